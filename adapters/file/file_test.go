package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jobfluss/nexo/adapters/file"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

func TestCheckpointsStay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	c, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	cp := evidence.Checkpoint{Size: 42, Note: []byte("a head\n")}
	for range 2 {
		if _, err := c.Keep(t.Context(), cp); err != nil {
			t.Fatal(err)
		}
	}
	forged := evidence.Checkpoint{Size: 42, Note: []byte("another head\n")}
	if _, err := c.Keep(t.Context(), forged); !errors.Is(err, core.Conflict) {
		t.Errorf("another head of the same size: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "checkpoint-00000000000000000042.txt" {
		t.Fatalf("the folder holds %v, %v", entries, err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, entries[0].Name())); string(b) != "a head\n" {
		t.Errorf("the file holds %q", b)
	}
}

// Two processes with two histories: one wins, whole, and the other hears of it.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	for size := range int64(20) {
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, text := range []string{"one history\n", "the other one\n"} {
			wg.Go(func() {
				c, err := file.Open(dir)
				if err == nil {
					_, err = c.Keep(t.Context(), evidence.Checkpoint{Size: size, Note: []byte(text)})
				}
				errs[i] = err
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("size %d: %v and %v; want one to fail", size, errs[0], errs[1])
		}
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Open(path); !errors.Is(err, core.Invalid) {
		t.Errorf("a file for a folder: %v", err)
	}
}
