package tests

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackageComments demands that every package, programs and tests included, says in a sentence what it is
// for: the first thing a newcomer reads.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	for _, p := range mustList(t) {
		files := p.GoFiles
		if len(files) == 0 {
			files = append(p.TestGoFiles, p.XTestGoFiles...)
		}
		if !anyComment(t, p, files) {
			t.Errorf("%s has no package comment: say in a sentence what it is for", p.ImportPath)
		}
	}
}

func anyComment(t *testing.T, p listed, files []string) bool {
	t.Helper()
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		// Five words, so that "Package sms." does not pass.
		if f.Doc != nil && len(strings.Fields(f.Doc.Text())) >= 5 {
			return true
		}
	}
	return false
}

var (
	link   = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	target = regexp.MustCompile("(?:`|^\\s*|\\$ )make ([a-z/]+)")
)

// TestDocumentsLeadSomewhere follows the links between our documents, and looks up the make targets that they
// tell the reader to run.
func TestDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(inRoot("Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tracked(t, "*.md") {
		text, err := os.ReadFile(inRoot(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], ":") {
				continue // the web is not ours to keep
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(inRoot(file)), m[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", file, m[1])
			}
		}
		for line := range strings.Lines(string(text)) {
			for _, m := range target.FindAllStringSubmatch(line, -1) {
				if !hasTarget(string(makefile), m[1]) {
					t.Errorf("%s says `make %s`, which the Makefile does not have", file, m[1])
				}
			}
		}
	}
}

// hasTarget also knows pattern targets, such as bench/%.
func hasTarget(makefile, name string) bool {
	dir, _, isPath := strings.Cut(name, "/")
	return strings.Contains(makefile, "\n"+name+":") || isPath && strings.Contains(makefile, "\n"+dir+"/%:")
}
