package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/export"
)

// What is written is there, what is written over is cut off, and nobody else on
// the machine may read it.
func TestDiskFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "export")
	d, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(d, "a"); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
	for _, text := range []string{"one", "two"} {
		if err := d.Put("a", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(size int64, text string) {
		t.Helper()
		w, err := d.Extend("b", size)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write(0, "whole\nhalf a li")
	write(6, "line\n")
	for name, want := range map[string]string{"a": "two", "b": "whole\nline\n"} {
		if got, err := fs.ReadFile(d, name); string(got) != want {
			t.Errorf("%s holds %q, want %q (%v)", name, got, want, err)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by %v (%v)", name, info.Mode(), err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("%d files are left, want 2 (%v)", len(names), err)
	}
	if _, err := openFolder(filepath.Join(dir, "a", "b")); err == nil {
		t.Error("a folder inside a file was made")
	}
}

// An export is written, checked with nothing but the key, and a changed byte of
// it found.
func TestExportAndVerify(t *testing.T) {
	business, key := venue(t)
	dir := filepath.Join(t.TempDir(), "export")
	if err := (exportCmd{Business: business, Out: dir, Quiet: true}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	verify := verifyCmd{Pack: dir, Key: []string{key}}
	if err := verify.Run(); err != nil {
		t.Errorf("verify: %v", err)
	}
	path := filepath.Join(dir, export.RecordsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := verify.Run(); err != run.Exit(1) {
		t.Errorf("a flipped bit: %v", err)
	}
	if err := (verifyCmd{Pack: t.TempDir(), Key: []string{key}}).Run(); core.KindOf(err) != core.Invalid {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestExported(t *testing.T) {
	for want, r := range map[string]export.Report{
		"all there already":                {Records: 3, Resumed: 3},
		"An earlier run had written 2":     {Records: 3, Resumed: 2},
		"1 record is written to x, under ": {Records: 1},
	} {
		if got := exported(r, "x"); !strings.Contains(got, want) {
			t.Errorf("%+v is told as %q", r, got)
		}
	}
}
