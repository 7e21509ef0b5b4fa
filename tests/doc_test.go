// Package tests holds what keeps the house in order: which room may import which, that everything is
// explained, formatted, generated from what it claims to be generated from, and clean to the linters. What
// needs several rooms to be tested, such as flows, browser and load, has a folder of its own beside it.
package tests

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the repository's root: tests run in their package's folder.
const root = ".."

// module is the path that every import of our own begins with.
const module = "github.com/jobfluss/nexo"

// listed is what we ask `go list` about a package.
type listed struct {
	Dir, ImportPath, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
	Error                              *struct{ Err string }
}

// path is the package's path inside the repository, such as core/sms; "" is the root package.
func (p listed) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// packages are all packages of this module. They are listed once; no test changes them.
var packages = sync.OnceValues(func() ([]listed, error) { return list("./...") })

func list(args ...string) ([]listed, error) {
	out, err := command("go", append([]string{"list", "-e", "-json=Dir,ImportPath,Name,GoFiles,TestGoFiles," +
		"XTestGoFiles,Imports,TestImports,XTestImports,Error"}, args...)...)
	if err != nil {
		return nil, err
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func mustList(t *testing.T) []listed {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("go list found no packages: nothing would be checked")
	}
	return all
}

// command runs a program in the repository's root and returns what it printed to standard output. Its error
// holds both outputs, since most tools we run explain themselves there.
func command(name string, args ...string) (string, error) { return commandIn(root, name, args...) }

func commandIn(dir, name string, args ...string) (string, error) {
	var stdout, both strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout = io.MultiWriter(&stdout, &both)
	cmd.Stderr = &both
	if err := cmd.Run(); err != nil {
		return stdout.String(), errors.New(name + " " + strings.Join(args, " ") + ": " + err.Error() + "\n" + both.String())
	}
	return stdout.String(), nil
}

// tracked are the repository's files as git sees them, with new ones that are not ignored, by their paths
// from the root.
func tracked(t *testing.T, patterns ...string) []string {
	t.Helper()
	out, err := command("git", append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard",
		"--deduplicate", "--"}, patterns...)...)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(out, "\x00"), func(f string) bool { return f == "" })
}

func inRoot(file string) string { return filepath.Join(root, filepath.FromSlash(file)) }
