package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// axe is axe-core, which knows the rules of WCAG; see testdata/axe/LICENSE.
var axe = func() string {
	b, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		panic(err) // it is in the repository
	}
	return string(b)
}()

// accessible holds the page that is open to WCAG 2.2 AA, as far as a program can
// tell. Nothing is let pass.
func accessible(t *testing.T, b *tab, where string) {
	t.Helper()
	eval[bool](b, axe+`; true`)
	for _, v := range eval[[]string](b, violations) {
		t.Errorf("%s: %s", where, v)
	}
}

const violations = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) =>
	r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + v.help + ": " + n.html.slice(0, 160) + " " + n.failureSummary.replaceAll("\n", " ").slice(0, 240))))`

// heavy is how many bytes of HTML a page may have: it is read on phones.
const heavy = 100_000

func light(t *testing.T, b *tab) {
	t.Helper()
	if size := eval[int](b, `fetch(location.href).then((r) => r.text()).then((s) => s.length)`); size > heavy {
		t.Errorf("the page %s has %d bytes, want at most %d", strings.TrimSpace(eval[string](b, "document.title")), size, heavy)
	}
}
