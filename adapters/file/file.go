// Package file keeps checkpoints as files in a folder: on another machine's disk,
// a write-once volume, or one that a backup takes away.
package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
)

// Checkpoints is the anchor. Several processes may share a folder.
type Checkpoints struct{ dir string }

var _ seal.Anchor = (*Checkpoints)(nil)

// Open makes the folder where it is not there.
func Open(dir string) (*Checkpoints, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, core.Wrap("file.Open", core.Invalid, "the folder for checkpoints cannot be made; may this user write there?", err)
	}
	return &Checkpoints{dir: dir}, nil
}

// Name is the anchor's name.
func (c *Checkpoints) Name() string { return "file" }

// Keep writes the signed head into a file of its own, named by its size, and to
// the disk, before it returns. It never changes a file that is there.
func (c *Checkpoints) Keep(_ context.Context, cp evidence.Checkpoint) ([]byte, error) {
	const op = "file.Keep"
	path := filepath.Join(c.dir, fmt.Sprintf("checkpoint-%020d.txt", cp.Size))
	was, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(was, cp.Note):
		return nil, nil
	case err == nil:
		return nil, core.E(op, core.Conflict, fmt.Sprintf("the folder has another checkpoint of size %d: one of the two histories is false; keep both, and find out which", cp.Size))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, core.Wrap(op, core.Unavailable, "the folder of checkpoints cannot be read", err)
	}
	if err := c.write(path, cp.Note); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, core.Wrap(op, core.Unavailable, "another process keeps the same checkpoint now", err)
		}
		return nil, core.Wrap(op, core.Unavailable, "the checkpoint cannot be written; is the disk full?", err)
	}
	return nil, nil
}

// write makes the file whole or not at all: it appears under its name, by a link,
// once it is on the disk. A rename would replace what is there.
func (c *Checkpoints) write(path string, text []byte) error {
	f, err := os.CreateTemp(c.dir, ".checkpoint-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(0o444)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(c.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
