package openai_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/adapters/openai"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

// A fake behaves as OpenAI's server does: a stream of small pieces, its reason to
// end, what it cost, and [DONE].
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []string
	answers []http.HandlerFunc // of the chat, the last again and again
	flagged string
	moderr  int
}

func newFake(t testing.TB, answers ...http.HandlerFunc) *fake {
	f := &fake{answers: answers}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.bodies = append(f.bodies, string(body))
	f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer sk-test" {
		refuse(http.StatusUnauthorized, "invalid_api_key")(w, r)
		return
	}
	if r.URL.Path == "/v1/moderations" {
		if f.moderr != 0 {
			w.WriteHeader(f.moderr)
			return
		}
		var in struct{ Input string }
		_ = json.Unmarshal(body, &in)
		fmt.Fprintf(w, `{"results":[{"flagged":%v}]}`, f.flagged != "" && strings.Contains(in.Input, f.flagged))
		return
	}
	f.mu.Lock()
	answer := f.answers[0]
	if len(f.answers) > 1 {
		f.answers = f.answers[1:]
	}
	f.mu.Unlock()
	answer(w, r)
}

func (f *fake) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.bodies)
}

func refuse(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":"you said tacos at nine","type":"x","code":%q}}`, code)
	}
}

// says streams text in pieces of three bytes.
func says(text, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		begin(w)
		for piece := range slices.Chunk([]byte(text), 3) {
			chunk(w, map[string]any{"content": string(piece)}, nil)
		}
		if reason != "" {
			chunk(w, map[string]any{}, &reason)
		}
		fmt.Fprint(w, `data: {"choices":[],"usage":{"total_tokens":321}}`+"\n\ndata: [DONE]\n\n")
	}
}

func begin(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
}

func chunk(w http.ResponseWriter, delta map[string]any, reason *string) {
	b, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}}})
	fmt.Fprintf(w, "data: %s\n\n", b)
	_ = http.NewResponseController(w).Flush()
}

func client(t testing.TB, f *fake, change ...func(*openai.Config)) *openai.Client {
	t.Helper()
	cfg := openai.Config{Key: "sk-test", URL: f.URL + "/v1", Pause: time.Millisecond, Wait: 5 * time.Second}
	for _, c := range change {
		c(&cfg)
	}
	c, err := openai.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func prompt(t testing.TB, idea string) draft.Prompt {
	t.Helper()
	brand, err := draft.NewWords("Luna's")
	if err != nil {
		t.Fatal(err)
	}
	w, err := draft.NewWords(idea)
	if err != nil {
		t.Fatal(err)
	}
	return draft.Brief{Brand: brand, Idea: w}.Prompt(core.BusinessID{1, 2}, 3)
}

const good = `{"texts":["Tacos at nine","Hungry? \"Tacos\" at nine","Come by \u00e9"]}`

func TestWrite(t *testing.T) {
	t.Parallel()
	three := []string{"Tacos at nine", `Hungry? "Tacos" at nine`, "Come by é"}
	for _, c := range []struct {
		name    string
		answers []http.HandlerFunc
		want    []string
		kind    core.Kind // of the error, where says is not ""
		says    string
		calls   int
	}{
		{"streams", []http.HandlerFunc{says(good, "stop")}, three, 0, "", 1},
		{"in a code fence", []http.HandlerFunc{says("```json\n"+good+"\n```", "stop")}, three, 0, "", 1},
		{"no texts", []http.HandlerFunc{says(`{"texts":[]}`, "stop")}, nil, 0, "", 1},
		{"empty", []http.HandlerFunc{says("", "stop")}, nil, core.Unavailable, "could not be read", 1},
		{"not JSON", []http.HandlerFunc{says("Sure! Here are three texts.", "stop")}, nil, core.Unavailable, "could not be read", 1},
		{"another shape", []http.HandlerFunc{says(`{"messages":["a"]}`, "stop")}, nil, core.Unavailable, "could not be read", 1},
		{"texts that are none", []http.HandlerFunc{says(`{"texts":["a",{"b":1}]}`, "stop")}, []string{"a"}, core.Unavailable, "could not be read", 1},
		{"cut off by length", []http.HandlerFunc{says(`{"texts":["Tacos at nine","Hung`, "length")}, three[:1], core.Unavailable, "cut off", 1},
		{"cut off by the line", []http.HandlerFunc{says(`{"texts":["Tacos at nine","Hung`, "")}, three[:1], core.Unavailable, "cut off", 1},
		{"whole, without a reason", []http.HandlerFunc{says(good, "")}, three, core.Unavailable, "cut off", 1},
		{"filtered", []http.HandlerFunc{says(`{"te`, "content_filter")}, nil, core.Denied, "will not", 1},
		{"refuses", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			stop := "stop"
			chunk(w, map[string]any{"refusal": "I cannot"}, &stop)
			fmt.Fprint(w, "data: [DONE]\n\n")
		}}, nil, core.Denied, "will not", 1},
		{"far too long", []http.HandlerFunc{says(`{"texts":["`+strings.Repeat("tacos ", 10_000), "stop")}, nil, core.Unavailable, "A", 1},
		{"busy once", []http.HandlerFunc{refuse(429, "rate_limit_exceeded"), says(good, "stop")}, three, 0, "", 2},
		{"busy", []http.HandlerFunc{refuse(429, "rate_limit_exceeded")}, nil, core.Unavailable, "busy", 2},
		{"no credit", []http.HandlerFunc{refuse(429, "insufficient_quota")}, nil, core.Unavailable, "credit", 1},
		{"broken once", []http.HandlerFunc{refuse(502, ""), says(good, "stop")}, three, 0, "", 2},
		{"broken", []http.HandlerFunc{refuse(500, "server_error")}, nil, core.Unavailable, "reached", 2},
		{"a wrong request", []http.HandlerFunc{refuse(400, "invalid_request_error")}, nil, core.Unavailable, "understand", 1},
		{"a page of a proxy", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
			fmt.Fprint(w, "<html>tacos at nine</html>")
		}}, nil, core.Unavailable, "reached", 2},
		{"a redirect", []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}}, nil, core.Unavailable, "", 1},
		{"an error in the stream", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			fmt.Fprint(w, `data: {"error":{"message":"tacos at nine","type":"server_error"}}`+"\n\n")
		}}, nil, core.Unavailable, "A", 1},
	} {
		f := newFake(t, c.answers...)
		var got []string
		_, err := client(t, f).Write(t.Context(), prompt(t, "tacos at nine"), func(s string) { got = append(got, s) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		failed := c.kind != 0
		if (err != nil) != failed || failed && (core.KindOf(err) != c.kind || !strings.Contains(core.MessageOf(err), c.says) || core.MessageOf(err) == "") {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "tacos") || strings.Contains(err.Error(), "sk-test") || strings.Contains(err.Error(), f.URL)) {
			t.Errorf("%s: the error quotes: %v", c.name, err)
		}
		if f.asked() != c.calls {
			t.Errorf("%s: asked %d times, want %d", c.name, f.asked(), c.calls)
		}
	}
}

// TestFirstTextBeforeTheLast: a text is there as soon as it is whole.
func TestFirstTextBeforeTheLast(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		begin(w)
		chunk(w, map[string]any{"content": `{"texts":["Tacos at nine",`}, nil)
		<-seen
		stop := "stop"
		chunk(w, map[string]any{"content": `"Again"]}`}, &stop)
		fmt.Fprint(w, "data: [DONE]\n\n")
	})
	n := 0
	if _, err := client(t, f).Write(t.Context(), prompt(t, "tacos"), func(string) {
		if n++; n == 1 {
			close(seen)
		}
	}); err != nil || n != 2 {
		t.Errorf("%d texts, %v", n, err)
	}
}

func TestTakesTooLong(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		chunk(w, map[string]any{"content": `{"texts":["Tacos at nine",`}, nil)
		<-r.Context().Done()
	})
	got := 0
	_, err := client(t, f, func(c *openai.Config) { c.Wait = 100 * time.Millisecond }).Write(t.Context(), prompt(t, "tacos"), func(string) { got++ })
	if !errors.Is(err, core.Unavailable) || !strings.Contains(core.MessageOf(err), "too long") || got != 1 {
		t.Errorf("%d texts, %v", got, err)
	}
}

// TestBreaker: a service that fails again and again is left alone.
func TestBreaker(t *testing.T) {
	t.Parallel()
	f := newFake(t, refuse(400, "x"))
	c := client(t, f)
	for range 8 {
		if _, err := c.Write(t.Context(), prompt(t, "tacos"), func(string) {}); !errors.Is(err, core.Unavailable) {
			t.Fatal(err)
		}
	}
	if f.asked() != 5 {
		t.Errorf("asked %d times", f.asked())
	}
}

func TestModeration(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.flagged = "knives"
	c := client(t, f)
	for text, want := range map[string]bool{"tacos": false, "knives out": true} {
		if got, err := c.Objectionable(t.Context(), text); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	f.moderr = 500
	if _, err := c.Objectionable(t.Context(), "tacos"); !errors.Is(err, core.Unavailable) {
		t.Errorf("away: %v", err)
	}
	before := f.asked()
	if got, err := client(t, f, func(c *openai.Config) { c.NoModeration = true }).Objectionable(t.Context(), "knives"); got || err != nil || f.asked() != before {
		t.Errorf("switched off: %v, %v", got, err)
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(good, "stop"))
	used, err := client(t, f).Write(t.Context(), prompt(t, "tacos at nine"), func(string) {})
	if err != nil || used.Tokens != 321 {
		t.Fatalf("%+v, %v", used, err)
	}
	for _, s := range []string{`"strict":true`, `"model":"` + openai.DefaultModel, "tacos at nine", `"max_completion_tokens"`, `"include_usage":true`} {
		if !strings.Contains(f.bodies[0], s) {
			t.Errorf("the request lacks %s: %s", s, f.bodies[0])
		}
	}
	if _, err := openai.New(openai.Config{}); !errors.Is(err, core.Invalid) {
		t.Errorf("without a key: %v", err)
	}
}

// phone is another's idea of a phone number: ten digits with at most one sign
// between two of them.
var phone = regexp.MustCompile(`[2-9]\d{2}\D?\d{3}\D?\d{4}`)

// TestPromise11NoNumberLeaves: whatever a person types, either it is refused
// before anything is sent, or what is sent looks like no phone number.
func TestPromise11NoNumberLeaves(t *testing.T) {
	f := newFake(t, says(good, "stop"))
	c := client(t, f)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789 -.()abz")), 0, 40, -1).Draw(t, "text")
		if rapid.Bool().Draw(t, "number") {
			text += fmt.Sprintf(" 512-555-01%02d", rapid.IntRange(0, 99).Draw(t, "line"))
		}
		before := f.asked()
		_, err := c.Objectionable(t.Context(), text)
		w, bad := draft.NewWords(text)
		if bad == nil {
			p := draft.Brief{Idea: w}.Prompt(core.BusinessID{1}, 3)
			if _, err := c.Write(t.Context(), p, func(string) {}); err != nil {
				t.Fatalf("%q was let through and then: %v", text, err)
			}
		}
		if (err != nil) != (draft.Clean(text) != nil) {
			t.Fatalf("the last filter and the first differ over %q: %v", text, err)
		}
		for _, body := range f.bodies[before:] {
			if m := phone.FindString(body); m != "" {
				t.Fatalf("%q left in %s", m, body)
			}
		}
	})
}
