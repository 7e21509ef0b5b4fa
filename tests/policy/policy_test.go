// Package policy_test holds the privacy policy against the code: what it says,
// sentence by sentence, and which tests keep it.
package policy_test

import (
	"bytes"
	_ "embed"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/terms"
)

const root = "../../"

// TestPrivacyIsFresh demands that the table of what is kept is what the code keeps.
func TestPrivacyIsFresh(t *testing.T) {
	cmd := exec.Command("go", "run", "./core/retention/gen")
	cmd.Dir = root
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, "docs/privacy.md"), want) {
		t.Error("docs/privacy.md is stale: go run ./core/retention/gen > docs/privacy.md")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

//go:embed kept.txt
var kept string

// notKeptYet is how many sentences the code does not keep yet: it goes down with
// each that it does, and never up.
const notKeptYet = 12

// A line of kept.txt.
var line = regexp.MustCompile(`^([0-9.]+-[0-9]+) "([^"]*)" (=|open:|says:) (.+)$`)

// TestEverySentenceIsKept: each sentence of the policy is kept by tests that
// exist, or says nothing that code could keep, or is known not to be kept yet.
func TestEverySentenceIsKept(t *testing.T) {
	said := sentences(string(read(t, "docs/privacy-policy.txt")))
	if len(said) < 90 {
		t.Fatalf("the policy has %d sentences: it was not read", len(said))
	}
	tests, open, seen := testNames(t), 0, make(map[string]bool)
	for l := range strings.Lines(kept) {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Errorf("this line of kept.txt is none: %s", l)
			continue
		}
		id, begins := m[1], m[2]
		switch text, ok := said[id]; {
		case !ok:
			t.Errorf("the policy has no sentence %s", id)
		case seen[id]:
			t.Errorf("sentence %s is there twice", id)
		case !strings.HasPrefix(text, begins):
			t.Errorf("sentence %s begins %.40q and not %q: read it again", id, text, begins)
		}
		seen[id] = true
		switch m[3] {
		case "open:":
			open++
		case "=":
			for name := range strings.FieldsSeq(m[4]) {
				if !tests[name] {
					t.Errorf("sentence %s is kept by %s, which is no test", id, name)
				}
			}
		}
	}
	for id, text := range said {
		if !seen[id] {
			t.Errorf("nothing says what keeps sentence %s: %q", id, text)
		}
	}
	if open != notKeptYet {
		t.Errorf("%d sentences are not kept yet, and %d were: change notKeptYet", open, notKeptYet)
	}
}

var (
	heading = regexp.MustCompile(`^(\d+(?:\.\d+)?)\.? +\S`)
	ends    = regexp.MustCompile(`[.!?] +[A-Z]`)
)

// sentences names each by its section and its place in it, from 1; what comes
// before the first heading is section 0. An item of a list is a sentence.
func sentences(policy string) map[string]string {
	out := make(map[string]string)
	section, n := "0", 0
	for l := range strings.Lines(policy) {
		l = strings.TrimSpace(l)
		if m := heading.FindStringSubmatch(l); m != nil && len(l) < 60 {
			section, n = m[1], 0
			continue
		}
		for l != "" {
			text, rest := l, ""
			if at := ends.FindStringIndex(l); at != nil {
				text, rest = l[:at[0]+1], strings.TrimSpace(l[at[0]+1:])
			}
			n++
			out[section+"-"+strconv.Itoa(n)] = strings.ReplaceAll(strings.TrimPrefix(text, "- "), `"`, "")
			l = rest
		}
	}
	return out
}

var function = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)

// testNames are those of all test functions of the repository, and of the suite
// that every store passes.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		b, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(b, -1) {
			out[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestThePolicyThatIsShownIsThisOne: the newest version that customers accept is the text above.
func TestThePolicyThatIsShownIsThisOne(t *testing.T) {
	if got := terms.Versions(terms.Privacy)[0].Text; got != string(read(t, "docs/privacy-policy.txt")) {
		t.Error("docs/privacy-policy.txt and the newest version of core/terms differ: a change is another version, with its own date")
	}
}
