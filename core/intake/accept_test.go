package intake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/store"
)

// A picky store refuses batches with an event whose body holds "refused".
type picky struct {
	store.Store
	updates int
}

func (p *picky) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	p.updates++
	return p.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Inbox = pickyInbox{tx.Inbox}
		return f(ctx, tx)
	})
}

type pickyInbox struct{ inbox.Inbox }

func (p pickyInbox) Keep(ctx context.Context, es []inbox.Event) ([]bool, error) {
	for _, e := range es {
		if strings.Contains(string(e.Raw), "refused") {
			return nil, core.E("picky.Keep", core.Internal, "such an event is refused")
		}
	}
	return p.Inbox.Keep(ctx, es)
}

// Whichever events of a group the store refuses, it keeps the others, bars the
// guests of those, and takes few transactions about it.
func TestGroupIsKeptWithoutTheBadOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := venuetest.New(t)
		p := &picky{Store: w.Store}
		w.Intake.Store = p
		n := rapid.IntRange(1, 60).Draw(t, "events")
		bad := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, min(n, 3), rapid.ID).Draw(t, "bad")
		es := make([]inbox.Event, n)
		for i := range es {
			x := venuetest.Wire{ID: fmt.Sprint(i), From: venuetest.Guest(i).E164(), To: w.Business.Sender.E164(), Body: "STOP", At: w.Clock.Now()}
			if slices.Contains(bad, i) {
				x.Body = "refused"
			}
			e, err := w.Intake.Read(w.Intake.Provider, venuetest.Signed, x.Encode())
			if err != nil {
				t.Fatal(err)
			}
			es[i] = e
		}
		for i, a := range w.Intake.AcceptAll(context.Background(), es) {
			isBad := slices.Contains(bad, i)
			if (a.Err != nil) != isBad || a.Fresh == isBad || a.Event != es[i].ID {
				t.Fatalf("event %d of %d, bad %v: %+v", i, n, bad, a)
			}
			if barred := len(w.Barred(venuetest.Guest(i))) > 0; barred == isBad {
				t.Fatalf("event %d of %d, bad %v: barred %v", i, n, bad, barred)
			}
		}
		if most := 1 + 14*len(bad); p.updates > most {
			t.Fatalf("%d transactions for %d bad ones among %d", p.updates, len(bad), n)
		}
	})
}

// A box is a spool in memory.
type box struct {
	events []intake.Spooled
	aside  int
}

func (b *box) Add(es []intake.Spooled) error { b.events = append(b.events, es...); return nil }
func (b *box) Next(n int) ([]intake.Spooled, error) {
	return b.events[:min(n, len(b.events))], nil
}
func (b *box) Done(n int, refused []int) error {
	b.events, b.aside = b.events[n:], b.aside+len(refused)
	return nil
}
func (b *box) Stat() intake.SpoolStat { return intake.SpoolStat{Events: len(b.events)} }

func spooled(w *venuetest.World, bodies ...string) *box {
	b := &box{}
	for i, body := range bodies {
		x := venuetest.Wire{ID: fmt.Sprint(i), From: venuetest.Guest(i).E164(), To: w.Business.Sender.E164(), Body: body, At: w.Clock.Now()}
		e, err := w.Intake.Read(w.Intake.Provider, venuetest.Signed, x.Encode())
		if err != nil {
			w.T.Fatalf("Read: %v", err)
		}
		_ = b.Add([]intake.Spooled{intake.ToSpool(e)})
	}
	return b
}

func TestDrain(t *testing.T) {
	for _, c := range []struct {
		name         string
		bodies       []string
		fail         error // of every transaction
		want         intake.Drained
		failed       bool
		left, asides int
	}{
		{"all", []string{"STOP", "hello", "stop"}, nil, intake.Drained{Moved: 3, Barred: 2}, false, 0, 0},
		{"nothing", nil, nil, intake.Drained{}, false, 0, 0},
		{"a bad one among others", []string{"hello", "refused", "STOP"}, nil, intake.Drained{Moved: 2, Refused: 1, Barred: 1}, false, 0, 1},
		{"a bad one alone", []string{"refused"}, nil, intake.Drained{Refused: 1}, false, 0, 1},
		{"a store that is away", []string{"hello", "STOP"}, core.E("store", core.Unavailable, "away"), intake.Drained{}, true, 2, 0},
		{"a standby", []string{"hello", "STOP"}, core.E("store", core.Denied, "read only"), intake.Drained{}, true, 2, 0},
		{"a store that refuses everything", []string{"hello", "STOP"}, core.E("store", core.Internal, "a bug"), intake.Drained{}, true, 2, 0},
	} {
		w := venuetest.New(t)
		b := spooled(w, c.bodies...)
		w.Intake.Store = &picky{Store: w.Store}
		w.Store.Fail(func() error { return c.fail }, nil)
		got, err := w.Intake.Drain(t.Context(), b, map[string]intake.Provider{"test": venuetest.Provider{}}, 10)
		if got != c.want || (err != nil) != c.failed || len(b.events) != c.left || b.aside != c.asides {
			t.Errorf("%s: %+v, %v; %d left, %d aside", c.name, got, err, len(b.events), b.aside)
		}
		for id := range w.Notes() {
			if id == "nexo:try" {
				t.Errorf("%s: the event that was tried with is in the inbox", c.name)
			}
		}
	}
}
