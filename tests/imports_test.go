package tests

import (
	"strings"
	"testing"
)

// TestImports keeps the rooms: apps → root → adapters → core. It also looks at the files that only the wire
// tool compiles.
func TestImports(t *testing.T) {
	t.Parallel()
	all := mustList(t)
	wired, err := list("-tags", "wireinject", ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(all, wired...) {
		for _, imported := range p.Imports {
			// What others import of the core is as frugal as the core, but for testing itself.
			kit := isTestKit(p.path()) && (room(p.path()) != "core" || room(imported) == "testing")
			check(t, p, imported, kit)
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			check(t, p, imported, true)
		}
	}
	for _, p := range all {
		for _, imported := range p.Imports {
			if imported == wire {
				t.Errorf("%s imports wire outside of a file with the tag wireinject", p.ImportPath)
			}
		}
	}
}

func check(t *testing.T, p listed, imported string, inTest bool) {
	t.Helper()
	if why := forbidden(p.path(), imported, inTest); why != "" {
		t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
	}
}

const wire = "github.com/google/wire"

// isTestKit tells packages that exist for tests, such as core/store/storetest, though they are not test files.
func isTestKit(path string) bool { return strings.HasSuffix(path, "test") || room(path) == "tests" }

func room(path string) string { first, _, _ := strings.Cut(path, "/"); return first }

// forbidden says why the package at path may not import another, or "" where it may.
func forbidden(path, imported string, inTest bool) string {
	if why := forbiddenToAll(path, imported, inTest); why != "" {
		return why
	}
	own, ours := "", imported == module || strings.HasPrefix(imported, module+"/")
	if ours {
		own = strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
	}
	switch {
	case room(path) == "core":
		return forbiddenToCore(imported, own, inTest)
	case !ours:
		return ""
	case room(path) == "adapters":
		return forbiddenToAdapter(path, own, inTest)
	case path == "" && room(own) == "apps":
		return "the root package is given to apps, and knows none"
	case room(path) == "apps" && room(own) == "apps":
		return forbiddenToApp(path, own)
	}
	return ""
}

// testLibraries must not get into a program.
var testLibraries = []string{"testing", "github.com/testcontainers/", "github.com/chromedp/", "pgregory.net/rapid",
	"go.uber.org/goleak", "github.com/google/go-cmp/"}

func forbiddenToAll(path, imported string, inTest bool) string {
	switch {
	case imported == wire && path != "":
		return "only the root's wire.go imports wire"
	case imported == module+"/tests/pgtest" && inTest:
		return ""
	case strings.HasPrefix(imported, module+"/tests") && room(path) != "tests":
		return "nothing but tests/pgtest, and that only in test files, is imported from tests/"
	case !inTest && startsWithAny(imported, testLibraries):
		return "a library for tests would become part of the product"
	}
	return ""
}

// impure are the standard packages by which a clock-free, deterministic core would touch the world.
var impure = []string{"os", "os/", "net", "net/http", "net/http/", "net/rpc", "net/smtp", "net/textproto",
	"database/", "log", "log/", "math/rand", "math/rand/v2", "crypto/rand", "syscall", "plugin", "expvar"}

// coreModules are the few modules outside the standard library that the core builds on.
var coreModules = []string{"golang.org/x/text/", "golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/sumdb/note"}

func forbiddenToCore(imported, own string, inTest bool) string {
	standard := !strings.Contains(room(imported), ".")
	switch {
	case own != "" && room(own) == "core":
		return ""
	case standard && matchesAny(imported, impure):
		return "the core is pure: what it needs from the world comes in as a value or through a port"
	case standard, startsWithAny(imported, coreModules):
		return ""
	case inTest && startsWithAny(imported, []string{"github.com/google/go-cmp/", "pgregory.net/rapid"}):
		return ""
	}
	return "the core imports the standard library, golang.org/x/text, x/mod's tlog and note, and itself"
}

func forbiddenToAdapter(path, own string, inTest bool) string {
	switch {
	case room(own) == "core", strings.HasPrefix(own, "adapters/internal/"), product(own) == product(path):
		return ""
	case inTest && own == "tests/pgtest":
		return ""
	}
	return "an adapter imports core, adapters/internal and its own folder, and never another adapter, the root or an app"
}

func forbiddenToApp(path, own string) string {
	switch {
	case strings.HasPrefix(own, "apps/internal/"), product(own) == product(path), product(path) == "apps/nexo":
		return ""
	}
	return "only apps/nexo, which runs them all, imports another app"
}

// product is the folder of one adapter or app: adapters/telnyx for adapters/telnyx/telnyxsim.
func product(path string) string {
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// matchesAny takes patterns: one that ends in "/" matches everything below it, any other only itself.
func matchesAny(s string, patterns []string) bool {
	for _, p := range patterns {
		if s == p || strings.HasSuffix(p, "/") && strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func startsWithAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if s == strings.TrimSuffix(p, "/") || strings.HasPrefix(s, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}

// TestForbidden is the table of the rooms, with an example on either side of each line.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, imported string
		inTest, want   bool
	}{
		{"core/decide", "time", false, false},
		{"core/decide", "embed", false, false},
		{"core/decide", "net/url", false, false},
		{"core/decide", "os", false, true},
		{"core/decide", "os/exec", true, true},
		{"core/decide", "net/http", false, true},
		{"core/decide", "net/http/httptest", true, true},
		{"core/decide", "log/slog", false, true},
		{"core/decide", "database/sql/driver", false, true},
		{"core/decide", "math/rand/v2", true, true},
		{"core/decide", "crypto/rand", false, true},
		{"core/decide", "crypto/sha256", false, false},
		{"core/reply", "golang.org/x/text/unicode/norm", false, false},
		{"core/evidence", "golang.org/x/mod/sumdb/tlog", false, false},
		{"core/evidence", "golang.org/x/mod/module", false, true},
		{"core/decide", "github.com/google/uuid", false, true},
		{"core/decide", "pgregory.net/rapid", true, false},
		{"core/decide", "pgregory.net/rapid", false, true},
		{"core/decide", "testing", false, true},
		{"core/decide", module + "/core/law", false, false},
		{"core/decide", module + "/adapters/sqlite", true, true},
		{"core/decide", module, true, true},
		{"core/decide", module + "/tests/flow", true, true},
		{"adapters/sqlite", module + "/core/store", false, false},
		{"adapters/sqlite", module + "/adapters/internal/bunstore", false, false},
		{"adapters/sqlite", module + "/adapters/postgres", true, true},
		{"adapters/sqlite", module, false, true},
		{"adapters/sqlite", "github.com/uptrace/bun", false, false},
		{"adapters/telnyx", module + "/adapters/telnyx/telnyxsim", true, false},
		{"adapters/postgres", module + "/tests/pgtest", true, false},
		{"adapters/postgres", module + "/tests/pgtest", false, true},
		{"", module + "/adapters/postgres", false, false},
		{"", module + "/apps/web", false, true},
		{"", wire, false, false},
		{"adapters/sqlite", wire, false, true},
		{"apps/web", module, false, false},
		{"apps/web", module + "/apps/internal/run", false, false},
		{"apps/web", module + "/apps/web/pages", false, false},
		{"apps/web", module + "/apps/worker/loop", false, true},
		{"apps/nexo", module + "/apps/worker/loop", false, false},
		{"apps/web", "github.com/testcontainers/testcontainers-go", false, true},
		{"tests/flow", module + "/tests/pgtest", true, false},
		{"tests/flow", module + "/adapters/sqlite", true, false},
	} {
		if why := forbidden(c.path, c.imported, c.inTest); (why != "") != c.want {
			t.Errorf("%q importing %s (in a test: %v): forbidden %v, want %v %s", c.path, c.imported, c.inTest, why != "", c.want, why)
		}
	}
}
