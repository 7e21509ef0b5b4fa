package reconcile_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// carrier has an opt-out list in pages of two rows.
type carrier struct {
	mu    sync.Mutex // of calls
	rows  []reconcile.OptOut
	asked []int
	fail  func(page int) error
	knows map[string]message.Receipt // by its own id, and by tokens
	mute  func(m string) error       // fails on what is asked about
	calls []string
}

func (c *carrier) Lookup(_ context.Context, id string) (message.Receipt, bool, error) {
	return c.look(id)
}

func (c *carrier) Find(_ context.Context, m message.Message) (message.Receipt, bool, error) {
	return c.look(string(m.Token()))
}

func (c *carrier) look(name string) (message.Receipt, bool, error) {
	c.mu.Lock()
	c.calls = append(c.calls, name)
	c.mu.Unlock()
	if c.mute != nil {
		if err := c.mute(name); err != nil {
			return message.Receipt{}, false, err
		}
	}
	r, found := c.knows[name]
	return r, found, nil
}

func (c *carrier) OptOutCode() string { return "40300" }

func (c *carrier) OptOuts(_ context.Context, _ string, page int) (reconcile.Page, error) {
	c.asked = append(c.asked, page)
	if c.fail != nil {
		if err := c.fail(page); err != nil {
			return reconcile.Page{}, err
		}
	}
	from := min(2*(page-1), len(c.rows))
	to := min(from+2, len(c.rows))
	return reconcile.Page{Rows: c.rows[from:to], Last: to == len(c.rows)}, nil
}

type world struct {
	*venuetest.World
	carrier *carrier
	service *reconcile.Service
	waited  time.Duration
}

func newWorld(t *testing.T) *world {
	w := &world{World: venuetest.New(t), carrier: &carrier{knows: make(map[string]message.Receipt)}}
	w.service = &reconcile.Service{Store: w.Store, Carrier: w.carrier, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs,
		Wait: func(_ context.Context, d time.Duration) error { w.waited += d; return nil }}
	return w
}

// blocks puts guests on the carrier's list.
func (w *world) blocks(at time.Time, guests ...core.Number) {
	for _, g := range guests {
		w.carrier.rows = append(w.carrier.rows, reconcile.OptOut{Person: g, Sender: w.Business.Sender, At: at})
	}
}

func (w *world) run(t *testing.T, sc reconcile.Scope) reconcile.Report {
	t.Helper()
	rep, err := w.service.OptOuts(t.Context(), sc)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func guest(i int) core.Number { return venuetest.Guest(i) }

func TestOptOutThatOnlyTheCarrierKnows(t *testing.T) {
	w := newWorld(t)
	w.Join(guest(0), guest(1), guest(2), guest(3))
	w.Clock.Add(time.Hour)
	stopped := w.Clock.Now()
	w.Says(guest(1), "STOP") // both know
	w.Hear()
	w.Says(guest(2), "please stop texting me") // only we know
	w.Hear()
	w.Clock.Add(time.Hour)
	c := w.Campaign()                    // for guests 0 and 3, planned and not sent
	w.blocks(stopped, guest(0))          // its webhook was lost
	w.blocks(stopped, guest(1))          // agreed
	w.blocks(stopped, guest(7))          // never joined
	w.blocks(time.Time{}, core.Number{}) // a row that cannot be read
	w.carrier.rows = append(w.carrier.rows, reconcile.OptOut{Person: guest(3), Sender: guest(8), At: stopped})

	want := suppression.Counts{Rows: 5, Strangers: 2, Agreed: 1, Left: 2, OnlyOurs: 1}
	if rep := w.run(t, reconcile.Scope{DryRun: true}); rep.Counts != want || rep.Counts.Drift() != 2 || len(w.Barred(guest(0))) != 0 {
		t.Errorf("dry run: %+v, want %+v, and nobody barred", rep.Counts, want)
	}
	want.Left, want.Healed = 0, 2
	rep := w.run(t, reconcile.Scope{})
	if rep.Counts != want || len(rep.Found) != 2 {
		t.Errorf("got %+v with %d examples, want %+v", rep.Counts, len(rep.Found), want)
	}
	for _, g := range []core.Number{guest(0), guest(7)} {
		if !w.Barred(g)[suppression.Carrier] || w.Standing(g).State != consent.OptedOut {
			t.Errorf("barred by %v, stands as %v; the carrier bars", w.Barred(g), w.Standing(g).State)
		}
	}
	if s := w.Standing(guest(0)); !s.Since.Equal(stopped) {
		t.Errorf("opted out since %v, want %v, as the carrier has it", s.Since, stopped)
	}
	if s := w.Standing(guest(3)); s.State != consent.Active {
		t.Errorf("a guest who opted out of another's number stands as %v", s.State)
	}
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d texts of %d left, want one, to the guest whom nobody bars", n, w.Tally(c.ID).Audience())
	}
	if rep := w.run(t, reconcile.Scope{}); rep.Counts.Drift() != 0 || rep.Counts.Agreed != 3 {
		t.Errorf("the next time: %+v, want no drift", rep.Counts)
	}
}

// Whom the carrier does not bar any more stays barred with us: only the guest's
// own word lifts it.
func TestWhatTheCarrierLiftedStays(t *testing.T) {
	w := newWorld(t)
	w.Join(guest(0))
	w.Clock.Add(time.Hour)
	w.blocks(w.Clock.Now(), guest(0))
	w.run(t, reconcile.Scope{})
	w.carrier.rows = nil
	w.Clock.Add(time.Hour)
	if rep := w.run(t, reconcile.Scope{}); rep.Counts.Lifted != 1 || !w.Barred(guest(0))[suppression.Carrier] {
		t.Errorf("%+v, barred by %v", rep.Counts, w.Barred(guest(0)))
	}
}

// A guest who joined while the list was on its way may have come off it.
func TestGuestWhoJustJoinedIsLeftForTheNextPass(t *testing.T) {
	w := newWorld(t)
	w.blocks(w.Clock.Now().Add(-time.Hour), guest(0))
	w.Join(guest(0))
	if rep := w.run(t, reconcile.Scope{}); rep.Counts.Recent != 1 || rep.Counts.Drift() != 0 || len(w.Barred(guest(0))) != 0 {
		t.Errorf("%+v, barred by %v", rep.Counts, w.Barred(guest(0)))
	}
	w.Clock.Add(time.Hour)
	if rep := w.run(t, reconcile.Scope{}); rep.Counts.Healed != 1 || w.Standing(guest(0)).State != consent.OptedOut {
		t.Errorf("an hour later: %+v, stands as %v; a keyword does not lift the carrier's block", rep.Counts, w.Standing(guest(0)).State)
	}
}

func TestOneBusinessOnly(t *testing.T) {
	w := newWorld(t)
	w.Join(guest(0))
	w.Clock.Add(time.Hour)
	other, _ := w.Open("Sol Bar", "SOL", guest(50))
	w.blocks(w.Clock.Now(), guest(0))
	w.carrier.rows = append(w.carrier.rows, reconcile.OptOut{Person: guest(0), Sender: other.Sender})
	rep := w.run(t, reconcile.Scope{Business: other.ID})
	if want := (suppression.Counts{Rows: 1, Healed: 1}); rep.Counts != want || len(w.Barred(guest(0))) != 0 {
		t.Errorf("got %+v, want %+v, and the first business's guest let be (barred by %v)", rep.Counts, want, w.Barred(guest(0)))
	}
	if _, err := w.service.OptOuts(t.Context(), reconcile.Scope{Business: core.BusinessID{9}}); !errors.Is(err, core.NotFound) {
		t.Errorf("a business that is not there: %v", err)
	}
}

// The carrier fails half-way. Whoever comes next goes on there, unless too much
// time has passed.
func TestPassGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.blocks(w.Clock.Now(), guest(0), guest(1), guest(2), guest(3), guest(4))
	w.Clock.Add(time.Hour)
	w.carrier.fail = func(page int) error {
		if page == 2 {
			return core.E("carrier", core.Unavailable, "the carrier failed")
		}
		return nil
	}
	if rep, err := w.service.Hourly(t.Context()); !errors.Is(err, core.Unavailable) || rep.Counts.Healed != 2 {
		t.Errorf("the carrier fails: %v, %+v", err, rep.Counts)
	}
	w.carrier.fail, w.carrier.asked = nil, nil
	w.Clock.Add(30 * time.Minute)
	rep, err := w.service.Hourly(t.Context())
	if err != nil || rep.Counts.Rows != 5 || rep.Counts.Healed != 5 || w.carrier.asked[0] != 2 {
		t.Errorf("went on at page %v with %+v, %v", w.carrier.asked, rep.Counts, err)
	}
	w.carrier.asked = nil
	if rep, err := w.service.Hourly(t.Context()); err != nil || !rep.Skipped || rep.Counts.Rows != 5 || len(w.carrier.asked) != 0 {
		t.Errorf("a second time in the hour: %+v, %v, asked for %v", rep, err, w.carrier.asked)
	}
	w.Clock.Add(time.Hour)
	if rep, err := w.service.Hourly(t.Context()); err != nil || rep.Skipped || w.carrier.asked[0] != 1 {
		t.Errorf("an hour later: %+v, %v, asked for %v", rep, err, w.carrier.asked)
	}
}

func TestCarrierThatAsksForAPauseGetsIt(t *testing.T) {
	w := newWorld(t)
	w.blocks(w.Clock.Now(), guest(0))
	refuse := []time.Duration{7 * time.Second, time.Hour}
	w.carrier.fail = func(int) error {
		if len(w.carrier.asked) == 2 {
			return nil
		}
		e := core.E("carrier", core.Unavailable, "slow down")
		e.RetryAfter = refuse[0]
		return e
	}
	if rep := w.run(t, reconcile.Scope{}); w.waited != refuse[0] || rep.Counts.Rows != 1 {
		t.Errorf("waited %v, %+v", w.waited, rep.Counts)
	}
	w.carrier.asked, refuse = nil, refuse[1:]
	if _, err := w.service.OptOuts(t.Context(), reconcile.Scope{}); !errors.Is(err, core.Unavailable) {
		t.Errorf("asked to wait an hour: %v, want the rest left for another time", err)
	}
}

// A text that the carrier refused for an opt-out, and nobody barred the guest: by
// an older version, or in a database that was restored.
func TestRefusedTextBarsItsGuest(t *testing.T) {
	w := newWorld(t)
	w.Join(guest(0), guest(1))
	w.Campaign()
	w.Clock.Add(time.Minute)
	for i := range 2 {
		m := w.Texts(guest(i), message.Marketing)[0]
		w.Update(func(ctx context.Context, tx store.Tx) error {
			v := message.Verdict{Business: m.Business, Message: m.ID, State: message.Sending, At: w.Clock.Now(), Lease: w.Clock.Now()}
			if _, err := tx.Messages.Record(ctx, []message.Verdict{v}); err != nil {
				return err
			}
			_, err := tx.Messages.Finish(ctx, []message.Outcome{{Business: m.Business, Message: m.ID, Attempt: 1, State: message.Failed, Code: "40300", At: w.Clock.Now()}})
			return err
		})
	}
	w.Clock.Add(time.Hour)
	w.Says(guest(1), "START") // has come back since
	w.Hear()
	w.Clock.Add(time.Hour)
	want := suppression.Counts{Refused: 2, Missed: 1}
	if rep := w.run(t, reconcile.Scope{DryRun: true}); rep.Counts != want || len(w.Barred(guest(0))) != 0 {
		t.Errorf("dry run: %+v, want %+v", rep.Counts, want)
	}
	want.Lifted = 1 // its list, which is empty here, does not name the guest
	if rep := w.run(t, reconcile.Scope{}); rep.Counts != want {
		t.Errorf("got %+v, want %+v", rep.Counts, want)
	}
	if a, b := w.Standing(guest(0)).State, w.Standing(guest(1)).State; a != consent.OptedOut || b != consent.Active {
		t.Errorf("the guest who was refused stands as %v, the one who came back as %v", a, b)
	}
	if rep := w.run(t, reconcile.Scope{}); rep.Counts.Drift() != 0 {
		t.Errorf("the next time: %+v", rep.Counts)
	}
}
