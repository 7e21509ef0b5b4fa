package intake_test

import (
	"context"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/store"
)

// Each opt-in names the sheet that the guest read, and the page of it that hung
// there last; where none was printed, none.
func TestAnOptInNamesTheSheet(t *testing.T) {
	w := venuetest.New(t)
	hang := func(s consent.Size, page string) consent.Version {
		w.Clock.Add(time.Minute)
		p := consent.NewPoster(w.Disclosure, s, []byte(page), w.Clock.Now())
		w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutPoster(ctx, p) })
		return p.SHA256
	}
	hang(consent.Wall, "first print")
	wall, tent := hang(consent.Wall, "second print"), hang(consent.Tent, "tent")
	for i, x := range []struct {
		says   string
		method consent.Method
		poster consent.Version
	}{
		{"TACOS " + w.Disclosure.RefOn(consent.Wall), consent.ByQR, wall},
		{"tacos " + w.Disclosure.RefOn(consent.Tent), consent.ByQR, tent},
		{"TACOS " + w.Disclosure.RefOn(consent.Card), consent.ByQR, consent.Version{}}, // never printed by us
		{"TACOS " + w.Disclosure.Ref, consent.ByQR, consent.Version{}},                 // from the page alone
		{"Tacos", consent.ByKeyword, wall},
	} {
		g := venuetest.Guest(i)
		w.Says(g, x.says)
		w.Hear()
		es := history(w, g)
		if len(es) != 1 || es[0].Method != x.method || es[0].Evidence.Poster != x.poster || es[0].Evidence.Disclosure != w.Disclosure.Version || !es[0].Complete() {
			t.Errorf("%q: %+v", x.says, es)
		}
		w.Update(func(ctx context.Context, tx store.Tx) error {
			rs, err := tx.Evidence.OfPair(ctx, w.Pair(g), core.RecordID{}, 10)
			if err != nil {
				return err
			}
			b, err := evidence.ParseConsent(rs[0])
			if got := b.PosterSHA256; (got == nil) != x.poster.IsZero() || got != nil && *got != x.poster.String() {
				t.Errorf("%q: the record names another sheet", x.says)
			}
			return err
		})
	}
}

func TestSheetsHaveNamesOfTheirOwn(t *testing.T) {
	w := venuetest.New(t)
	seen := map[string]consent.Size{}
	for _, s := range append(consent.Sizes(), consent.NoPoster) {
		ref := w.Disclosure.RefOn(s)
		if other, twice := seen[ref]; twice || !consent.IsRef(ref) {
			t.Errorf("%v is named %s, as %v is", s, ref, other)
		}
		seen[ref] = s
		if got, ok := w.Disclosure.Named(ref); !ok || got != s {
			t.Errorf("%s names %v, want %v", ref, got, s)
		}
		if got, ok := consent.ParseSize(s.String()); got != s || ok == (s == consent.NoPoster) {
			t.Errorf("ParseSize(%q) is %v, %v", s, got, ok)
		}
	}
	if _, ok := w.Disclosure.Named("ZZZZ"); ok {
		t.Error("a made-up name is known")
	}
}
