package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jobfluss/nexo/adapters/file"
	"github.com/jobfluss/nexo/core/media/mediatest"
)

func TestMedia(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pictures")
	m, err := file.OpenMedia(dir)
	if err != nil {
		t.Fatal(err)
	}
	mediatest.Run(t, m)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may look into the folder: %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".part-*")); len(left) > 0 {
		t.Errorf("parts of files are left: %q", left)
	}
}

func TestMediaFolderThatCannotBe(t *testing.T) {
	if _, err := file.OpenMedia("/dev/null/x"); err == nil {
		t.Error("a folder under a file was made")
	}
}
