package launch_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

const linked = "Luna's Cantina: half-price tacos tonight {https://lunas.example/tacos} Reply STOP to opt out"

// TestLinksPerGuest: each guest gets links of their own, which lead where the text
// says, and the parts are those that were reviewed.
func TestLinksPerGuest(t *testing.T) {
	w := venuetest.New(t)
	w.Launch.Links = "https://go.example"
	w.Join(guest, venuetest.Guest(1))
	c := save(t, w, launch.Draft{Body: linked})
	c, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
	if err != nil || c.Segments != 1 {
		t.Fatal(c.Segments, err)
	}
	if _, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	seen := map[string]core.Number{}
	err = w.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, w.Business.ID, c.ID, message.PeopleQuery{}, 10)
		if err != nil {
			return err
		}
		for _, m := range ms {
			_, rest, ok := strings.Cut(m.Body, "go.example/c/")
			if !ok || strings.Contains(m.Body, "{") || m.Segments != 1 {
				t.Fatalf("a text is %q", m.Body)
			}
			l, err := tx.Clicks.LinkOf(ctx, click.Token(rest[:10]))
			if err != nil || l.Number != m.To || l.Message != m.ID || l.URL != "https://lunas.example/tacos" {
				t.Errorf("its link is %+v, %v", l, err)
			}
			seen[rest[:10]] = m.To
		}
		return nil
	})
	if err != nil || len(seen) != 2 {
		t.Errorf("%d links for two guests, %v", len(seen), err)
	}
}

func TestLinksThatAreRefused(t *testing.T) {
	w := venuetest.New(t)
	w.Launch.Links = "https://go.example"
	w.Join(guest)
	for braces, want := range map[string]string{
		"{http://lunas.example/x}": "secure address", "{https://u:p@lunas.example/x}": "is none", "{https://bit.ly/x}": "shorteners",
		"{https://lunas.example/" + strings.Repeat("x", 500) + "}": "500 characters",
		strings.Repeat("{https://lunas.example/x} ", 4):            "more than three",
	} {
		c := save(t, w, launch.Draft{Body: strings.Replace(linked, "{https://lunas.example/tacos}", braces, 1)})
		r, err := w.Launch.Review(t.Context(), w.Business.ID, c.ID)
		if err != nil || !strings.Contains(strings.Join(r.Problems, " "), want) {
			t.Errorf("%.40s: %q, %v", braces, r.Problems, err)
		}
	}
}

func TestWithoutABaseTheAddressIsSent(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := save(t, w, launch.Draft{Body: linked})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	err := w.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, w.Business.ID, c.ID, message.PeopleQuery{}, 10)
		if err == nil && (len(ms) != 1 || !strings.Contains(ms[0].Body, " https://lunas.example/tacos ")) {
			t.Errorf("the text is %+v", ms)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
