package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// Media keeps what guests send as files in a folder, one folder for each business.
// Several processes may share it.
type Media struct{ dir string }

var _ media.Store = (*Media)(nil)

// OpenMedia makes the folder where it is not there. Nobody but its user may look
// into it.
func OpenMedia(dir string) (*Media, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, core.Wrap("file.OpenMedia", core.Invalid, "the folder for pictures cannot be made; may this user write there?", err)
	}
	return &Media{dir: dir}, nil
}

// Put writes a file beside the one that it replaces, and gives it its name once it
// is on the disk.
func (m *Media) Put(_ context.Context, key string, b []byte) error {
	const op = "file.Put"
	if !media.ValidKey(key) {
		return core.E(op, core.Invalid, "this is no key of a file")
	}
	path := filepath.Join(m.dir, filepath.FromSlash(key))
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = replace(path, b)
	}
	if err != nil {
		return core.Wrap(op, core.Unavailable, "the file cannot be written; is the disk full?", err)
	}
	return nil
}

func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// Get reads a file.
func (m *Media) Get(_ context.Context, key string) ([]byte, error) {
	const op = "file.Get"
	if !media.ValidKey(key) {
		return nil, core.E(op, core.NotFound, "there is no such file")
	}
	b, err := os.ReadFile(filepath.Join(m.dir, filepath.FromSlash(key)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, core.E(op, core.NotFound, "there is no such file")
	case err != nil:
		return nil, core.Wrap(op, core.Unavailable, "the file cannot be read", err)
	}
	return b, nil
}

// Delete removes a file.
func (m *Media) Delete(_ context.Context, key string) error {
	if !media.ValidKey(key) {
		return nil
	}
	err := os.Remove(filepath.Join(m.dir, filepath.FromSlash(key)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return core.Wrap("file.Delete", core.Unavailable, "the file cannot be deleted", err)
	}
	return nil
}
