package tests

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestGofmt(t *testing.T) {
	t.Parallel()
	for _, file := range tracked(t, "*.go") {
		source := read(t, file)
		formatted, err := format.Source(source)
		if err != nil {
			t.Errorf("%s does not parse: %v", file, err)
		} else if !bytes.Equal(source, formatted) {
			t.Errorf("%s is not formatted: run gofmt -w %s", file, file)
		}
	}
}

// TestFilesAreShort: a file that nobody can hold in mind is two files. Tests may be longer, since they are
// lists more than stories.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, file := range tracked(t, "*.go") {
		limit := 500
		if strings.HasSuffix(file, "_test.go") {
			limit = 700
		}
		source := read(t, file)
		if n := bytes.Count(source, []byte("\n")); n > limit && !generated.Match(source) {
			t.Errorf("%s has %d lines, more than %d: split it by what it tells", file, n, limit)
		}
	}
}

// generated is the mark that Go's tools agree on.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// TestLinters runs the linters with all their checks; each exception has its reason beside it.
func TestLinters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, line string }{
		{"mistakes that the compiler lets pass", "go vet ./..."},
		{"the same for wire.go, which has a tag", "go vet -tags wireinject ."},
		{"the same for make run's program, which has one too", "go vet -tags embedded ./apps/nexo"},
		// Which of its checks do not apply is in staticcheck.conf.
		{"what staticcheck finds", "go tool -modfile=tools/go.mod staticcheck ./..."},
		// Which errors may be dropped is in tools/errcheck.txt. Tests drop errors of clean-ups all the time.
		{"errors that are dropped", "go tool -modfile=tools/go.mod errcheck -ignoretests -exclude tools/errcheck.txt ./..."},
		{"go.mod names what is imported, and nothing else", "go mod tidy -diff"},
		{"the same for the tools", "go -C tools mod tidy -diff"},
	} {
		t.Run(strings.ReplaceAll(c.line, "/", ""), func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(c.line)
			if out, err := command(words[0], words[1:]...); err != nil && !allExplained(out) {
				t.Errorf("%s: %v", c.why, err)
			}
		})
	}
}

// explained is an exception in the code, which must say why.
var explained = regexp.MustCompile(`//nolint:[a-z]+ // \S`)

// allExplained looks at findings that quote their line of code.
func allExplained(findings string) bool {
	for line := range strings.Lines(findings) {
		if !explained.MatchString(line) {
			return false
		}
	}
	return findings != ""
}

// TestGeneratedFiles runs `make generate` in a copy of the repository. What it writes must be what is
// committed: tables, pages, and wire_gen.go.
func TestGeneratedFiles(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(inRoot("wire.go")); err != nil {
		t.Fatal("the root has no wire.go: nothing says how the programs are put together")
	}
	copied := t.TempDir()
	before := map[string][]byte{}
	for _, file := range tracked(t) {
		info, err := os.Stat(inRoot(file))
		if err != nil || !info.Mode().IsRegular() {
			continue // deleted but not committed yet
		}
		before[file] = read(t, file)
		write(t, filepath.Join(copied, filepath.FromSlash(file)), before[file], info.Mode())
	}
	if _, err := commandIn(copied, "make", "generate"); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(copied, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(copied, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		after, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(before[name], after) {
			t.Errorf("%s is not what its source generates: run make generate, and commit it", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(inRoot(file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, content []byte, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
}
