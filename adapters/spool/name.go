package spool

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Name is the same as long as the folder exists, and no other's.
func (s *Spool) Name() string { return s.name }

// name reads the folder's name, or gives it one. It is made in one step, so that
// a crash leaves a whole one or none.
func name(dir string) (string, error) {
	path := filepath.Join(dir, "name")
	b, err := os.ReadFile(path)
	if n := strings.TrimSpace(string(b)); err == nil && n != "" {
		return n, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	host, _ := os.Hostname() // helps who reads it; chance makes it unique
	n := host + "-" + strings.ToLower(rand.Text()[:12])
	if err := os.WriteFile(path+".new", []byte(n+"\n"), 0o600); err != nil {
		return "", err
	}
	return n, os.Rename(path+".new", path)
}
