package tests

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheExample: the Go code in the README is the body of an example
// that is compiled and whose output is checked.
func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../core/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```go\n")
	shown, after, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no Go code")
	}
	for line := range strings.Lines(shown) {
		if l := strings.TrimSpace(line); !strings.Contains(string(example), l) {
			t.Errorf("the README shows %q, which the example in core/example_test.go does not have", l)
		}
	}
	_, output, _ := strings.Cut(string(example), "// Output:\n\t// ")
	output, _, _ = strings.Cut(output, "\n")
	if !strings.Contains(after, output) {
		t.Errorf("the README does not show the example's output %q", output)
	}
}
