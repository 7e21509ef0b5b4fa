//go:build unix

package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
)

// lock lets one process at a time look for the shared container and make it: two that look at the same
// moment would both make one. The lock ends with the process, whatever happens to it.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
