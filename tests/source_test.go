package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// TestCoreHasNoClock: in the core, time comes in. A decision that reads the machine's clock or zone files
// cannot be replayed years later. (A use case may wait, with a timer: that reads nothing.)
func TestCoreHasNoClock(t *testing.T) {
	t.Parallel()
	eachCall(t, tracked(t, "core/*.go"), func(file string, at token.Position, pkg, name string, _ []ast.Node) {
		if pkg != "time" || strings.HasSuffix(file, "_test.go") {
			return
		}
		switch name {
		case "Now", "Since", "Until", "Local", "Sleep":
			t.Errorf("%s: time.%s: in the core the time comes in", at, name)
		case "LoadLocation":
			// core/place loads its table of zones once, from the data linked into the program.
			if !strings.HasPrefix(file, "core/place/") {
				t.Errorf("%s: time.LoadLocation: in the core, zones come from core/place", at)
			}
		}
	})
}

// TestNoSleepsInTests: a sleep is either too short, on a busy machine, or a waste. Wait for a signal, or use
// testing/synctest.
func TestNoSleepsInTests(t *testing.T) {
	t.Parallel()
	eachCall(t, tracked(t, "*_test.go"), func(file string, at token.Position, pkg, name string, around []ast.Node) {
		if pkg == "time" && name == "Sleep" && !inSynctest(around) {
			t.Errorf("%s: time.Sleep in a test: wait for a signal, or use testing/synctest", at)
		}
	})
}

// inSynctest: in a bubble, sleeping costs no time and races with nothing.
func inSynctest(around []ast.Node) bool {
	for _, n := range around {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && isName(s.X, "synctest") {
				return true
			}
		}
	}
	return false
}

// TestNoSkippedTests: a test that does not run looks like one that passes. Throwing away one generated input,
// in a property or a fuzz target, is another thing and allowed.
func TestNoSkippedTests(t *testing.T) {
	t.Parallel()
	eachCall(t, tracked(t, "*_test.go"), func(file string, at token.Position, receiver, name string, around []ast.Node) {
		switch name {
		case "Skip", "Skipf", "SkipNow":
			if kind := parameter(around, receiver); kind != "" && kind != "rapid" && !inFuzz(around) {
				t.Errorf("%s: %s.%s: make it run, or delete it", at, receiver, name)
			}
		}
	})
}

// inFuzz looks for the function that is given to testing.F's Fuzz.
func inFuzz(around []ast.Node) bool {
	for _, n := range around {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Fuzz" {
				return true
			}
		}
	}
	return false
}

// parameter returns the package of the type that the innermost function gives to a name: "testing" for
// t *testing.T, "" where no function declares it.
func parameter(around []ast.Node, name string) string {
	for i := len(around) - 1; i >= 0; i-- {
		var list *ast.FieldList
		switch f := around[i].(type) {
		case *ast.FuncLit:
			list = f.Type.Params
		case *ast.FuncDecl:
			list = f.Type.Params
		default:
			continue
		}
		for _, field := range list.List {
			for _, n := range field.Names {
				if n.Name == name {
					return packageOf(field.Type)
				}
			}
		}
	}
	return ""
}

func packageOf(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name
		}
	}
	return ""
}

func isName(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}

// eachCall visits every use of a selector x.Name, with the nodes around it from the outside in.
func eachCall(t *testing.T, files []string, visit func(file string, at token.Position, x, name string, around []ast.Node)) {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("there are no files to look at: nothing would be checked")
	}
	for _, file := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, read(t, file), parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s does not parse: %v", file, err)
			continue
		}
		var around []ast.Node
		ast.Inspect(tree, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return true
			}
			around = append(around, n)
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					visit(file, set.Position(s.Pos()), x.Name, s.Sel.Name, around)
				}
			}
			return true
		})
	}
}

// secrets are the shapes of keys that must never be committed, not even in recorded traffic.
var secrets = map[string]*regexp.Regexp{
	"a Telnyx API key":      regexp.MustCompile(`\bKEY0[0-9A-F]{16,}`),
	"a Stripe key":          regexp.MustCompile(`\b[sr]k_live_[0-9A-Za-z]{8,}`),
	"a Stripe endpoint key": regexp.MustCompile(`\bwhsec_[0-9A-Za-z]{24,}`),
	"an OpenAI key":         regexp.MustCompile(`\bsk-(proj-)?[0-9A-Za-z_-]{24,}`),
	"an AWS key":            regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`),
	"a GitHub token":        regexp.MustCompile(`\bgh[pousr]_[0-9A-Za-z]{30,}`),
	"a private key":         regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[0-9A-Za-z+/=]{16,}`),
}

var (
	wholeNumber = regexp.MustCompile(`\+1\d{10}\b`)
	// fictional are the numbers that are kept free for examples: 555-0100 to 555-0199 in every area code.
	fictional = regexp.MustCompile(`^\+1\d{3}55501\d{2}$`)
	// published are businesses' advertised toll-free numbers, which stand for words: no fictional number spells one.
	published = regexp.MustCompile(`^\+1800(3569377|4633339)$`)
)

// TestNoSecretsNorPeople looks through every committed text for keys, and for telephone numbers that could be
// somebody's.
func TestNoSecretsNorPeople(t *testing.T) {
	t.Parallel()
	for _, file := range tracked(t) {
		if strings.HasSuffix(file, "go.sum") || strings.HasSuffix(file, ".png") {
			continue
		}
		text := read(t, file)
		for what, shape := range secrets {
			if shape.Match(text) {
				t.Errorf("%s holds what looks like %s: remove it, and have it revoked if it was real", file, what)
			}
		}
		for _, number := range wholeNumber.FindAllString(string(text), -1) {
			if !fictional.MatchString(number) && !published.MatchString(number) {
				t.Errorf("%s holds a telephone number ending in %s that is not a fictional 555-01xx one", file, number[len(number)-4:])
			}
		}
	}
}
