package check

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/jobfluss/nexo/core"
)

func run(t testing.TB, name, in string) (string, Report) {
	t.Helper()
	var out bytes.Buffer
	r, err := newChecker(t, name).Run(context.Background(), strings.NewReader(in), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), r
}

// TestLines: whatever the lines are, there is one answer to each, in order.
func TestLines(t *testing.T) {
	t.Parallel()
	const ok, bad = `{"encoding":"GSM-7","units":1,"segments":1,"costly":[]}` + "\n", `{"error":`
	long := func(n int) string { return `{"text":"` + strings.Repeat(" ", n-len(`{"text":"a"}`)) + `a"}` }
	for _, c := range []struct {
		name, in string
		want     string // o for an answer, e for an error
	}{
		{"nothing", "", ""},
		{"no newline at the end", `{"text":"a"}`, "o"},
		{"one at the end", `{"text":"a"}` + "\n", "o"},
		{"carriage returns", "{\"text\":\"a\"}\r\n{\"text\":\"a\"}\r\n", "oo"},
		{"blank lines", "\n{\"text\":\"a\"}\n\n \t\r\n", "eoee"},
		{"a byte order mark", "\ufeff{\"text\":\"a\"}\n\ufeff{\"text\":\"a\"}\n", "oe"},
		{"mistakes between", "{\n{\"text\":\"a\"}\n}\n{\"text\":\"a\"}", "eoeo"},
		{"a zero byte", "{\"text\":\"a\"}\x00\n{\"text\":\"a\"}\n", "eo"},
		{"longer than the buffer", long(200<<10) + "\n{\"text\":\"a\"}\n", "oo"},
		{"as long as may be", long(MaxLine) + "\n{\"text\":\"a\"}\n", "oo"},
		{"longer by one", long(MaxLine+1) + "\n{\"text\":\"a\"}\n", "eo"},
		{"very long, and the last", "{\"text\":\"a\"}\n" + strings.Repeat("x", 3*MaxLine), "oe"},
		{"deep", strings.Repeat("[", 100_000) + "\n{\"text\":\"a\"}\n", "eo"},
	} {
		got, report := run(t, "text", c.in)
		var shape strings.Builder
		for line := range strings.Lines(got) {
			switch {
			case strings.HasPrefix(line, bad):
				shape.WriteByte('e')
			case line == ok || strings.HasSuffix(line, "\"costly\":[]}\n"):
				shape.WriteByte('o')
			default:
				t.Errorf("%s: %s", c.name, line)
			}
		}
		if shape.String() != c.want || report.Lines != len(c.want) || report.Errors != strings.Count(c.want, "e") {
			t.Errorf("%s: %q and %+v, want %q", c.name, shape.String(), report, c.want)
		}
	}
}

// TestConversation: a program that waits for each answer before it asks on gets
// it, though nothing tells us that it waits.
func TestConversation(t *testing.T) {
	t.Parallel()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	// Without an answer this would wait for ever.
	late := time.AfterFunc(20*time.Second, func() { _ = outR.CloseWithError(errors.New("no answer in 20 seconds")) })
	defer late.Stop()
	done := make(chan error, 1)
	go func() {
		_, err := newChecker(t, "reply").Run(context.Background(), inR, outW)
		done <- errors.Join(err, outW.Close())
	}()
	answers := bufio.NewScanner(outR)
	for _, q := range []string{"{\"text\":\"STOP\"}\n", "{\"text\":\"hi\"}\n{\"te", "xt\":\"HELP\"}\n"} {
		if _, err := io.WriteString(inW, q); err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() || !json.Valid(answers.Bytes()) {
			t.Fatalf("no answer to %q: %v", q, answers.Err())
		}
	}
	if err := inW.Close(); err != nil {
		t.Fatal(err)
	}
	if answers.Scan() {
		t.Errorf("one answer more: %s", answers.Text())
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestRunFails(t *testing.T) {
	t.Parallel()
	c := newChecker(t, "text")
	if _, err := c.Run(context.Background(), strings.NewReader(`{"text":"a"}`), broken{}); !errors.Is(err, core.Unavailable) {
		t.Errorf("writing: %v", err)
	}
	var out bytes.Buffer
	in := io.MultiReader(strings.NewReader("{\"text\":\"a\"}\n"), iotest.ErrReader(errors.New("gone")))
	if _, err := c.Run(context.Background(), in, &out); !errors.Is(err, core.Unavailable) || !strings.Contains(out.String(), "GSM-7") {
		t.Errorf("reading: %v, after %q", err, out.String())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Run(ctx, strings.NewReader(`{"text":"a"}`), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: %v", err)
	}
	if _, err := New("spelling", Options{}); !errors.Is(err, core.Invalid) {
		t.Errorf("an unknown check: %v", err)
	}
	if _, err := New("hours", Options{Profile: "lax"}); !errors.Is(err, core.Invalid) {
		t.Errorf("an unknown profile: %v", err)
	}
}

// TestOptions are for lines that do not say; a line that does is heard.
func TestOptions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC) // half past eight in the evening in Miami
	for _, c := range []struct {
		name, line string
		o          Options
		want       string
	}{
		{"hours", `{"number":"+13055550100"}`, Options{At: at}, `"allowed":false`},
		{"hours", `{"number":"+13055550100"}`, Options{At: at, Profile: "federal"}, `"allowed":true`},
		{"hours", `{"number":"+13055550100","profile":"default"}`, Options{At: at, Profile: "federal"}, `"allowed":false`},
		{"hours", `{"number":"+13055550100","at":"2026-11-24T18:30:00Z"}`, Options{At: at}, `"allowed":true`},
		{"send", `{}`, Options{At: at, Profile: "strict"}, `"edition":"us-2026`},
		{"send", `{"now":"1990-01-01T00:00:00Z"}`, Options{At: at, Profile: "strict"}, `"edition":""`},
		{"webhook", `{"provider":"stripe","key":"whsec_x","headers":[],"body_base64":""}`, Options{At: at}, `"reject"`},
		{"webhook", `{"provider":"stripe","key":"whsec_x","headers":[],"body_base64":""}`, Options{}, `\"now\" is missing`},
	} {
		checker, err := New(c.name, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(checker.Answer(nil, []byte(c.line))); !strings.Contains(got, c.want) {
			t.Errorf("%s %s with %+v: %s, want %s", c.name, c.line, c.o, got, c.want)
		}
	}
}

// FuzzLines: any bytes are answered line by line, with JSON that is one line, and
// a line is answered alike whatever was before it.
func FuzzLines(f *testing.F) {
	for _, name := range Names() {
		for line := range bytes.Lines(inputOf(f, name)) {
			f.Add(line)
		}
	}
	f.Add([]byte("{\"text\":\"\\ud83c\"}\n\n{"))
	var checkers []*Checker
	for _, name := range Names() {
		checkers = append(checkers, newChecker(f, name))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want := bytes.Count(in, []byte("\n"))
		if len(in) > 0 && in[len(in)-1] != '\n' {
			want++
		}
		for _, c := range checkers {
			var out bytes.Buffer
			if _, err := c.Run(context.Background(), bytes.NewReader(in), &out); err != nil {
				t.Fatal(err)
			}
			n := 0
			for line := range bytes.Lines(out.Bytes()) {
				if !json.Valid(line) || line[0] != '{' {
					t.Fatalf("%s: %q is no object", c.spec.name, line)
				}
				n++
			}
			if n != want {
				t.Fatalf("%s: %d answers to %d lines", c.spec.name, n, want)
			}
		}
	})
}
