package copy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/copy"
)

// A sample is a labelled text.
type sample struct {
	verdict, code, text string
	heldBack            bool
}

func (s sample) draft() copy.Draft {
	return copy.Draft{Text: s.text, Brand: "Luna's Cantina", Domains: []string{"lunascantina.com"}}
}

func corpus(tb testing.TB) []sample {
	tb.Helper()
	raw, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		tb.Fatal(err)
	}
	var out []sample
	wrap := true
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if line == "== whole" {
			wrap = false
			continue
		}
		f := strings.SplitN(line, " | ", 3)
		if len(f) != 3 {
			tb.Fatalf("corpus: %q has no three fields", line)
		}
		s := sample{verdict: f[0], code: f[1], text: f[2], heldBack: len(out)%2 == 1}
		if wrap {
			s.text = "Luna's Cantina: " + s.text + " Reply STOP to opt out"
		}
		out = append(out, s)
	}
	return out
}

// TestCorpus holds the lint to its labels. The half that rules were tuned on
// must be right throughout; of the half held back a few may be wrong, but never
// so that forbidden content passes as clean more than rarely.
func TestCorpus(t *testing.T) {
	t.Parallel()
	samples := corpus(t)
	if len(samples) < 400 {
		t.Fatalf("only %d samples", len(samples))
	}
	var total, wrong, missed [2]int
	for _, s := range samples {
		half := 0
		if s.heldBack {
			half = 1
		}
		total[half]++
		r := copy.Check(s.draft())
		ok := r.Verdict.String() == s.verdict && (s.code == "-" || slices.ContainsFunc(r.Findings, func(f copy.Finding) bool { return f.Code == s.code }))
		if ok {
			continue
		}
		wrong[half]++
		if s.verdict == "block" && r.Verdict != copy.Block {
			missed[half]++
		}
		t.Logf("half %d: want %s %s, got %s %v: %s", half, s.verdict, s.code, r.Verdict, codes(r), s.text)
	}
	for half, name := range []string{"tuned", "held back"} {
		t.Logf("%s: %d texts, %d wrong (%.1f %%), %d of them forbidden but let through", name, total[half], wrong[half], 100*float64(wrong[half])/float64(total[half]), missed[half])
	}
	if wrong[0] > 0 {
		t.Errorf("%d texts of the tuned half are wrong", wrong[0])
	}
	if wrong[1]*20 > total[1] || missed[1]*50 > total[1] {
		t.Errorf("%d of %d held back texts are wrong, %d missed", wrong[1], total[1], missed[1])
	}
}

func codes(r copy.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	return out
}
