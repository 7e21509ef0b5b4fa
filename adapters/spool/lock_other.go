//go:build !unix

package spool

import "errors"

var errLocked = errors.New("locked")

// lock does nothing where files cannot be locked: give each process its folder.
func lock(string) (unlock func(), err error) { return func() {}, nil }
