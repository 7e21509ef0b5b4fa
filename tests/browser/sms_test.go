package browser_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/jobfluss/nexo/core/sms"
)

// A measure is what either counter says of a text.
type measure struct {
	Encoding string   `json:"encoding"`
	Units    int      `json:"units"`
	Segments int      `json:"segments"`
	Costly   []costly `json:"costly"`
	Plain    *string  `json:"plain"`
}

type costly struct {
	Char  string  `json:"char"`
	At    int     `json:"at"`
	Plain *string `json:"plain"`
}

// TestCounterAgreesWithTheCore runs the compose page's counter, as it is served,
// on the vectors of core/sms, and on texts made by chance against core/sms
// itself: a guest must never cost more than the page said.
func TestCounterAgreesWithTheCore(t *testing.T) {
	b := newTab(t, "the counter's tab")
	b.open(startDemo(t).signIn)
	t.Run("vectors", func(t *testing.T) {
		var vectors []struct {
			Name, Text string
			measure
		}
		raw, err := os.ReadFile(filepath.Join("..", "..", "core", "sms", "testdata", "vectors.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &vectors); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(vectors))
		for i, v := range vectors {
			texts[i] = v.Text
		}
		for i, got := range inBrowser(b, texts) {
			want := vectors[i].measure
			if want.Plain == nil {
				got.Plain = nil // the vector does not say
			}
			for j := range got.Costly {
				got.Costly[j].Plain = nil // what they all become is in Plain
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: the vector (-) and sms.js (+) differ:\n%s", vectors[i].Name, diff)
			}
		}
	})
	t.Run("texts by chance", func(t *testing.T) {
		texts := byChance(400)
		for i, got := range inBrowser(b, texts) {
			if diff := cmp.Diff(byCore(texts[i]), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%q: core/sms (-) and sms.js (+) differ:\n%s", texts[i], diff)
			}
		}
	})
}

// inBrowser measures texts with the served file.
func inBrowser(b *tab, texts []string) []measure {
	b.t.Helper()
	list, err := json.Marshal(texts)
	if err != nil {
		b.t.Fatal(err)
	}
	got := eval[[]measure](b, fmt.Sprintf(`(async () => {
		const at = document.querySelector('link[href$="css/app.css"]').href.replace("css/app.css", "js/sms.js");
		const { measure, costly, plain } = await import(at);
		return %s.map((t) => ({ ...measure(t), costly: costly(t), plain: plain(t) }));
	})()`, list))
	if len(got) != len(texts) {
		b.t.Fatalf("sms.js measured %d texts of %d", len(got), len(texts))
	}
	return got
}

func byCore(text string) measure {
	size, plain := sms.Measure(text), sms.Plain(text)
	m := measure{Encoding: size.Encoding.String(), Units: size.Units, Segments: size.Segments, Plain: &plain}
	for _, c := range sms.Costly(text) {
		x := costly{Char: string(c.Rune), At: c.At}
		if c.HasPlain {
			x.Plain = &c.Plain
		}
		m.Costly = append(m.Costly, x)
	}
	return m
}

// byChance makes texts around the lengths where a part is full, of what people
// and their phones write. The same ones in every run.
func byChance(n int) []string {
	pieces := strings.Split("a|B|7| |é|ñ|€|[|]|~|’|“|—|…|½|ж|中|🌮|🇺🇸|👩‍👧|\u0301|\u00a0|\n|ß|Ω|ç|Ł|¼|\u200b|Ａ", "|")
	rng := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, n)
	for i := range texts {
		var s strings.Builder
		kinds := 1 + rng.IntN(len(pieces))
		for range rng.IntN(340) {
			s.WriteString(pieces[rng.IntN(kinds)])
		}
		texts[i] = s.String()
	}
	return texts
}
