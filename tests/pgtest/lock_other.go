//go:build !unix

package pgtest

// lock does nothing where files cannot be locked: run one package at a time there (go test -p 1).
func lock(string) (unlock func(), err error) { return func() {}, nil }
