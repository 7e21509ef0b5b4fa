package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/export"
)

// exportCmd writes everything on record about a business.
type exportCmd struct {
	Business string `required:"" help:"The business's id." placeholder:"ID"`
	Out      string `short:"o" required:"" help:"The folder to write to. A run that was interrupted goes on there." placeholder:"DIR" type:"path"`
	Quiet    bool   `short:"q" help:"Say nothing while it runs."`
}

const opExport = "nexo.export"

// Run writes, and says on standard error how far it is.
func (c exportCmd) Run(ctx context.Context) error {
	b, err := core.ParseUUID(c.Business)
	if err != nil {
		return core.E(opExport, core.Invalid, "--business must be an id: 36 characters with hyphens")
	}
	return withDatabase(ctx, func(d *nexo.Database) error {
		if err := d.Schema.CheckSchema(ctx); err != nil {
			return err
		}
		to, err := openFolder(c.Out)
		if err != nil {
			return err
		}
		told := func(n int64) {
			if !c.Quiet && n%(1<<14) < 1<<8 {
				fmt.Fprintf(os.Stderr, "%d records\n", n)
			}
		}
		rep, err := (&export.Service{Store: d.Store}).Export(ctx, core.BusinessID(b), to, told)
		if err != nil && rep.Records > 0 {
			fmt.Fprintf(os.Stderr, "%d records are written; run it again to go on\n", rep.Records)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(os.Stdout, exported(rep, c.Out))
		return err
	})
}

func exported(r export.Report, dir string) string {
	s := fmt.Sprintf("%s written to %s, under the log's head of %d.", count(int(r.Records), "record is", "records are"), dir, r.Size)
	switch {
	case r.Resumed == r.Records:
		return s + " It was all there already."
	case r.Resumed > 0:
		return s + fmt.Sprintf(" An earlier run had written %d of them.", r.Resumed)
	}
	return s
}

// A diskFolder is an [export.Folder] on the disk. Only its owner may read it: it
// holds what guests wrote, and their numbers.
type diskFolder struct {
	fs.FS
	dir string
}

var _ export.Folder = diskFolder{}

func openFolder(dir string) (diskFolder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return diskFolder{}, core.Wrap(opExport, core.Invalid, "the folder cannot be made: choose another with -o", err)
	}
	return diskFolder{os.DirFS(dir), dir}, nil
}

// Put writes beside the file and renames, so that a crash leaves the old or the
// new.
func (d diskFolder) Put(name string, data []byte) error {
	f, err := os.CreateTemp(d.dir, "."+name+"-*")
	if err != nil {
		return diskError(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(d.dir, name))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return diskError(err)
	}
	return nil
}

// Extend cuts the file off and writes on.
func (d diskFolder) Extend(name string, size int64) (io.WriteCloser, error) {
	f, err := os.OpenFile(filepath.Join(d.dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, diskError(err)
	}
	err = f.Truncate(size)
	if err == nil {
		_, err = f.Seek(size, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, diskError(err)
	}
	return diskFile{f}, nil
}

type diskFile struct{ *os.File }

// Close returns once the disk has what was written.
func (f diskFile) Close() error {
	err := f.Sync()
	if cerr := f.File.Close(); err == nil {
		err = cerr
	}
	return diskError(err)
}

func diskError(err error) error {
	if err == nil {
		return nil
	}
	return core.Wrap(opExport, core.Unavailable, "the folder cannot be written to: make room or choose another, and run it again to go on", err)
}
