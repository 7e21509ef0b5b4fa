package decide_test

import (
	"encoding/json"
	"testing"

	"github.com/jobfluss/nexo/core/decide"
)

// FuzzFacts reads any bytes as facts. What is read must be decided without a
// panic, in the same way after being written and read again, and explained in
// JSON that is well formed.
func FuzzFacts(f *testing.F) {
	for _, facts := range []decide.Facts{{}, goodFacts(), twoPlaces()} {
		f.Add(facts.AppendJSON(nil))
	}
	f.Add([]byte(`{"v":1,"now":"2026-12-08T20:30:00Z","class":"reply","answers_to":"2026-12-08T20:29:00+05:30","emergency":["LA"],"suppressed":[{"global":true,"reason":"complaint"}]}`))
	f.Add([]byte(`{"now":"9999-12-31T23:59:59Z","margin_ns":9223372036854775807,"caps":[{"count":1,"window_ns":9223372036854775807}],"recent":["2026-12-08T20:30:00Z"],"recent_since":"0001-01-02T00:00:00Z"}`))
	book := decide.US()
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := decide.ParseFacts(data)
		if err != nil {
			return
		}
		d := book.Decide(&facts)
		if d.Verdict != decide.Block && facts.Class == decide.NoClass {
			t.Fatalf("%v without a class", d.Verdict)
		}
		if d.Verdict == decide.Wait && !d.NotBefore.After(facts.Now) {
			t.Fatalf("waits until %v, which is not after %v", d.NotBefore, facts.Now)
		}
		written := facts.AppendJSON(nil)
		r, err := book.Replay(written, d.AppendJSON(nil))
		if err != nil || !r.Same {
			t.Fatalf("does not replay: %v\n%s", err, written)
		}
		if out := book.ExplainJSON(nil, &facts, &d); !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		book.Summary(&facts, &d)
	})
}
