package tests

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestComplianceIsFresh demands that counsel's table is what the rulebook says, that it names every vector
// file, and that the tests it names exist.
func TestComplianceIsFresh(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "run", "./core/law/gen")
	cmd.Dir = inRoot(".")
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, "docs/compliance.md")
	if !bytes.Equal(got, want) {
		t.Error("docs/compliance.md is stale: go run ./core/law/gen > docs/compliance.md")
	}
	vectors, err := filepath.Glob(inRoot("core/decide/testdata/*.txtar"))
	if err != nil || len(vectors) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, v := range vectors {
		if !bytes.Contains(got, []byte("/"+filepath.Base(v)+")")) {
			t.Errorf("docs/compliance.md does not say which obligation %s is about", filepath.Base(v))
		}
	}
	for _, name := range regexp.MustCompile(`\b(Test|Example)[A-Z][A-Za-z_]+`).FindAllString(string(got), -1) {
		if !someTest(t, name) {
			t.Errorf("docs/compliance.md names %s, which no test of core/decide is", name)
		}
	}
}

func someTest(t *testing.T, name string) bool {
	t.Helper()
	files, err := filepath.Glob(inRoot("core/decide/*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		rel := strings.TrimPrefix(strings.TrimPrefix(f, inRoot(".")), "/")
		if bytes.Contains(read(t, rel), []byte("func "+name+"(")) {
			return true
		}
	}
	return false
}
