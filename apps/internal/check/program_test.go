package check

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgram runs the binary: the flags, the files, and the exit codes are only
// there.
func TestProgram(t *testing.T) {
	t.Parallel()
	nexo := filepath.Join(t.TempDir(), "nexo")
	if out, err := exec.Command("go", "build", "-o", nexo, "../../nexo").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "lines.jsonl")
	if err := os.WriteFile(file, []byte("{\"text\":\"STOP\"}\nno JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	schema := string(newChecker(t, "number").Schema())
	for _, c := range []struct {
		args, in string
		code     int
		out      string // all of it, or its beginning before …
		err      string // a part of it
	}{
		{"check reply", "{\"text\":\"HELP\"}\n", 0, `{"intent":"help","certainty":"certain","matched":"help"}` + "\n", ""},
		{"check reply", "", 0, "", ""},
		{"check reply", "{\"text\":\"STOP\"", 0, `{"error":"the line is not JSON…`, ""},
		{"check reply " + file + " -", "{\"text\":\"HELP\"}\n", 0, `{"intent":"opt_out","certainty":"certain","matched":"stop"}` + "\n" + `{"error":…`, ""},
		{"check reply missing.jsonl", "", 1, "", `the file "missing.jsonl" cannot be opened`},
		{"check number --schema", "not read", 0, schema, ""},
		{"check hours --profile=federal --at=2026-11-25T01:30:00Z", "{\"number\":\"+13055550100\"}\n", 0, `{"allowed":true,"not_before":null,"edition":"us-2026-10-18@…`, ""},
		{"check hours --at=noon", "", 1, "", "--at must be an instant"},
		{"check hours --profile=lax", "", 1, "", "there is no such profile"},
		{"check webhook --at=2026-11-24T18:30:00Z", `{"provider":"stripe","key":"whsec_x","headers":[],"body_base64":""}`, 0, `{"outcome":"reject","kind":"","event_id":""}` + "\n", ""},
		{"check send --at=2026-11-25T01:30:00Z --profile=strict", "{}\n", 0, `{"verdict":"block","not_before":null,"edition":"us-2026-10-18@…`, ""},
	} {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(nexo, strings.Fields(c.args)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.in), &stdout, &stderr
		code := 0
		var exit *exec.ExitError
		if err := cmd.Run(); errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		want, more := strings.CutSuffix(c.out, "…")
		if got := stdout.String(); code != c.code || got != want && !(more && strings.HasPrefix(got, want)) || !strings.Contains(stderr.String(), c.err) {
			t.Errorf("nexo %s: exit %d, %q, %q", c.args, code, got, stderr.String())
		}
	}
}
