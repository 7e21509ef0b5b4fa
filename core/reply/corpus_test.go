package reply

import (
	"bufio"
	"embed"
	"strings"
	"testing"
)

//go:embed testdata/*.tsv
var corpora embed.FS

// A labelled is one line of the corpus: what a guest wrote, and how a person
// read it. Certainty "any" leaves open whether the reading is sure.
type labelled struct {
	text, intent, certainty string
}

func readCorpus(t testing.TB, name string) []labelled {
	t.Helper()
	f, err := corpora.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for sc := bufio.NewScanner(f); sc.Scan(); {
		p := strings.Split(sc.Text(), "\t")
		if len(p) != 3 {
			t.Fatalf("%s: %q: want text, intent, certainty", name, sc.Text())
		}
		out = append(out, labelled{unescape.Replace(p[0]), p[1], p[2]})
	}
	return out
}

var unescape = strings.NewReplacer(`\n`, "\n", `\u200b`, "\u200b", `\u00ad`, "\u00ad")

// rates counts the errors of a reading, the worse ones first.
type rates struct {
	optOuts, missed     int // revocations, and those not heard
	others, falseAlarms int // everything else, and what was taken for a revocation
	wrong               int // any other wrong intent
	unsure              int // right intent, wrong certainty
}

func measure(t *testing.T, name string, show bool) rates {
	var r rates
	for _, l := range readCorpus(t, name) {
		m := Read(l.text, Context{})
		got, isOut := m.Intent.String(), l.intent == "opt_out"
		report := func(what string) {
			if show {
				t.Logf("%s: %q read as %v %v by %s (%q), labelled %s %s", what, l.text, m.Intent, m.Certainty, m.Rule, m.Matched, l.intent, l.certainty)
			}
		}
		if isOut {
			r.optOuts++
		} else {
			r.others++
		}
		switch {
		case isOut && got != "opt_out":
			r.missed++
			report("missed")
		case !isOut && got == "opt_out":
			r.falseAlarms++
			report("false alarm")
		case got != l.intent:
			r.wrong++
			report("wrong")
		case l.certainty != "any" && m.Certainty.String() != l.certainty:
			r.unsure++
			report("certainty")
		}
	}
	return r
}

func (r rates) missedRate() float64 { return float64(r.missed) / float64(r.optOuts) }
func (r rates) falseRate() float64  { return float64(r.falseAlarms) / float64(r.others) }

func TestCorpus(t *testing.T) {
	for _, c := range []struct {
		file          string
		missed, alarm float64
		show          bool
	}{
		{"tuning.tsv", 0.005, 0.01, true},
		{"heldback.tsv", 0.01, 0.02, false},
	} {
		r := measure(t, c.file, c.show)
		t.Logf("%s: %d of %d opt-outs missed (%.2f %%), %d of %d others taken for one (%.2f %%), %d other intents wrong, %d of other certainty",
			c.file, r.missed, r.optOuts, 100*r.missedRate(), r.falseAlarms, r.others, 100*r.falseRate(), r.wrong, r.unsure)
		if r.missedRate() > c.missed || r.falseRate() > c.alarm {
			t.Errorf("%s: errors above bounds of %.1f %% missed, %.1f %% false", c.file, 100*c.missed, 100*c.alarm)
		}
	}
}
