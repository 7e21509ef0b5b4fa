package launch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

var (
	guest = venuetest.Guest(0)
	owner = core.UserID{1}
)

func save(t *testing.T, w *venuetest.World, d launch.Draft) campaign.Campaign {
	t.Helper()
	c, err := w.Launch.Save(t.Context(), w.Business.ID, core.CampaignID{}, d)
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	return c
}

func TestApproveNamesEveryProblem(t *testing.T) {
	for _, tt := range []struct {
		name  string
		draft launch.Draft
		empty bool // nobody has joined
		want  string
	}{
		{"empty", launch.Draft{Body: " \n"}, false, "text is empty"},
		{"no brand", launch.Draft{Body: "Half-price tacos tonight. Reply STOP to opt out"}, false, "name"},
		{"no opt-out", launch.Draft{Body: "Luna's Cantina: half-price tacos tonight."}, false, "STOP"},
		{"eleven parts", launch.Draft{Body: venuetest.Text + strings.Repeat(" tacos", 260)}, false, "ten parts"},
		{"nobody", launch.Draft{Body: venuetest.Text}, true, "Nobody has joined"},
		{"past", launch.Draft{Body: venuetest.Text, SendAt: venuetest.Afternoon.Add(-time.Hour)}, false, "has passed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := venuetest.New(t)
			if !tt.empty {
				w.Join(guest)
			}
			c := save(t, w, tt.draft)
			_, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
			if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), tt.want) {
				t.Errorf("Approve: %v, want Invalid with %q", err, tt.want)
			}
			r, err := w.Launch.Review(t.Context(), w.Business.ID, c.ID)
			if err != nil || len(r.Problems) != 1 {
				t.Errorf("Review names %q, %v; want the one problem", r.Problems, err)
			}
			if got := w.Stored(c.ID); got.Status != campaign.Draft {
				t.Errorf("the campaign is %v, want a draft still", got.Status)
			}
		})
	}
	w := venuetest.New(t)
	c := save(t, w, launch.Draft{Body: "Tacos!", SendAt: venuetest.Afternoon.Add(-time.Hour)})
	if r, _ := w.Launch.Review(t.Context(), w.Business.ID, c.ID); len(r.Problems) < 4 {
		t.Errorf("Review names %q, want every problem at once", r.Problems)
	}
}

func TestReviewCounts(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest, venuetest.Guest(1), venuetest.Guest(2))
	w.Says(guest, "STOP")
	w.Says(venuetest.Guest(3), "hello") // a stranger
	w.Says(venuetest.Guest(4), "STOP")  // a stranger who wants none
	w.Hear()
	c := save(t, w, launch.Draft{Body: venuetest.Text})
	r, err := w.Launch.Review(t.Context(), w.Business.ID, c.ID)
	if err != nil || r.Audience != 3 || r.OptedOut != 1 || len(r.Problems) != 0 {
		t.Errorf("Review: audience %d, opted out %d, problems %q, %v; want 3, 1, none", r.Audience, r.OptedOut, r.Problems, err)
	}
}

func TestApprovedTwiceIsAConflict(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Approve()
	if c.Status != campaign.Scheduled || !c.SendAt.Equal(w.Clock.Now()) || !c.Approved.Equal(w.Clock.Now()) || c.Segments != 1 {
		t.Errorf("approved: %+v", c)
	}
	_, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
	if !errors.Is(err, core.Conflict) || !strings.Contains(core.MessageOf(err), "already scheduled") {
		t.Errorf("the second Approve: %v", err)
	}
	_, err = w.Launch.Save(t.Context(), w.Business.ID, c.ID, launch.Draft{Body: "other words"})
	if !errors.Is(err, core.Conflict) {
		t.Errorf("Save of an approved campaign: %v, want Conflict", err)
	}
	if got := w.Stored(c.ID); got.Body != venuetest.Text || got.Revision != c.Revision {
		t.Errorf("stored %q revision %d, returned revision %d", got.Body, got.Revision, c.Revision)
	}
}

func TestSaveGivesBackTheRevision(t *testing.T) {
	w := venuetest.New(t)
	c := save(t, w, launch.Draft{Name: " one ", Body: "a"})
	d, err := w.Launch.Save(t.Context(), w.Business.ID, c.ID, launch.Draft{Name: "two", Body: "b"})
	if err != nil || c.Revision != 1 || d.Revision != 2 || c.Name != "one" {
		t.Errorf("%+v then %+v, %v", c, d, err)
	}
}

func TestAnothersCampaignIsNotFound(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Approve()
	other, _ := w.Open("Sol Bar", "SOLBAR", core.MustNumber("+15125550199"))
	for name, f := range map[string]func() error{
		"Review":  func() error { _, err := w.Launch.Review(t.Context(), other.ID, c.ID); return err },
		"Approve": func() error { _, err := w.Launch.Approve(t.Context(), other.ID, c.ID, owner); return err },
		"Save":    func() error { _, err := w.Launch.Save(t.Context(), other.ID, c.ID, launch.Draft{}); return err },
		"Cancel":  func() error { return w.Launch.Cancel(t.Context(), other.ID, c.ID) },
		"Step":    func() error { _, err := w.Launch.Step(t.Context(), other.ID, c.ID); return err },
	} {
		if err := f(); !errors.Is(err, core.NotFound) {
			t.Errorf("%s by another business: %v, want NotFound", name, err)
		}
	}
}

// join appends opt-ins without the way through the inbox, for many guests.
func join(w *venuetest.World, n int) {
	var es []consent.Event
	for i := range n {
		g := venuetest.Guest(i)
		es = append(es, consent.Event{
			ID: core.EventID(w.IDs.New()), Business: w.Business.ID, Number: g, Kind: consent.Granted, Method: consent.ByQR,
			Scope: consent.Marketing, At: w.Clock.Now().Add(-time.Hour), Venue: place.Place{State: w.Business.State, Zone: w.Business.Zone},
			Evidence: consent.Evidence{Disclosure: w.Disclosure.Version, RawText: "TACOS", To: w.Business.Sender, CarrierID: "x"},
		})
	}
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.Append(ctx, es) })
}

func TestPages(t *testing.T) {
	for _, n := range []int{999, 1000, 1001, 2500} {
		w := venuetest.New(t)
		join(w, n)
		c := w.Approve()
		steps, planned := 0, 0
		for {
			r, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID)
			if err != nil {
				t.Fatalf("Step: %v", err)
			}
			steps, planned = steps+1, planned+r.Planned
			if !r.More {
				break
			}
		}
		if want := n/1000 + 1; steps != want || planned != n {
			t.Errorf("%d guests: %d planned in %d pages, want %d", n, planned, steps, want)
		}
		if got := w.Stored(c.ID); got.Planned != n || w.Tally(c.ID).Audience() != n || got.Launched.IsZero() {
			t.Errorf("%d guests: planned %d, tally %d", n, got.Planned, w.Tally(c.ID).Audience())
		}
	}
}

// Promise 2: a page that runs twice plans once, also where the second run does
// not see the first's cursor.
func TestPromise2PageTwicePlansOnce(t *testing.T) {
	w := venuetest.New(t)
	join(w, 1500)
	c := w.Approve()
	before := w.Stored(c.ID)
	if _, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error { // put the cursor back, as if its save had been lost
		c, err := tx.Campaigns.Campaign(ctx, w.Business.ID, c.ID)
		if err != nil {
			return err
		}
		c.Cursor = before.Cursor
		return tx.Campaigns.Save(ctx, c)
	})
	r, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID)
	if err != nil || r.Planned != 0 || !r.More {
		t.Errorf("the page again: %+v, %v; want nothing new, and more to come", r, err)
	}
	w.Plan(c.ID)
	w.Plan(c.ID)
	if got := w.Stored(c.ID); got.Planned != 1500 || w.Tally(c.ID).Audience() != 1500 {
		t.Errorf("planned %d, tally %d, want 1500", got.Planned, w.Tally(c.ID).Audience())
	}
}

func TestAudience(t *testing.T) {
	w := venuetest.New(t)
	gone, late, stranger := venuetest.Guest(1), venuetest.Guest(2), venuetest.Guest(3)
	w.Join(guest, gone)
	w.Says(gone, "STOP")
	w.Says(stranger, "HELP")
	w.Says(venuetest.Guest(4), "STOP") // opted out without ever having joined
	w.Hear()
	c := w.Approve()
	w.Clock.Add(time.Second)
	w.Join(late)
	w.Plan(c.ID)
	w.Send()
	in := func(n core.Number) bool { return len(w.Texts(n, message.Marketing)) > 0 }
	if !in(guest) || !in(gone) || in(late) || in(stranger) || in(venuetest.Guest(4)) {
		t.Errorf("joined %v, opted out %v, joined later %v, strangers %v %v; want the first two", in(guest), in(gone), in(late), in(stranger), in(venuetest.Guest(4)))
	}
	m := w.Texts(gone, message.Marketing)[0]
	if m.State != message.Blocked || m.Reason != "consent.revoked" || m.ReasonAt.IsZero() {
		t.Errorf("who has opted out: %v for %q at %v", m.State, m.Reason, m.ReasonAt)
	}
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d were texted, want 1", n)
	}
}

func step(t *testing.T, w *venuetest.World, id core.CampaignID) campaign.Status {
	t.Helper()
	r, err := w.Launch.Step(t.Context(), w.Business.ID, id)
	if err != nil {
		t.Fatalf("Step: %v", err)
	}
	return r.Status
}

func TestScheduledStartsInTimeAndFinishes(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := save(t, w, launch.Draft{Body: venuetest.Text, SendAt: w.Clock.Now().Add(time.Hour)})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	if s := step(t, w, c.ID); s != campaign.Scheduled || len(open(t, w)) != 0 {
		t.Errorf("before its time: %v, %d open", s, len(open(t, w)))
	}
	w.Clock.Add(time.Hour)
	if n := len(open(t, w)); n != 1 {
		t.Errorf("%d open, want 1", n)
	}
	if s := step(t, w, c.ID); s != campaign.Sending {
		t.Errorf("in its time: %v", s)
	}
	w.Send()
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Errorf("at its end: %v", s)
	}
	got := w.Stored(c.ID)
	if !got.Ended.Equal(w.Clock.Now()) || len(open(t, w)) != 0 {
		t.Errorf("ended %v, %d open", got.Ended, len(open(t, w)))
	}
	if s := step(t, w, c.ID); s != campaign.Finished || w.Stored(c.ID).Revision != got.Revision {
		t.Error("a step too many changes a finished campaign")
	}
}

func open(t *testing.T, w *venuetest.World) []campaign.Campaign {
	t.Helper()
	cs, err := w.Launch.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func TestNotAfter(t *testing.T) {
	chicago := place.MustZone("America/Chicago").Location()
	for _, tt := range []struct{ at, want string }{
		{"2026-12-08 09:00", "2026-12-09 00:00"},
		{"2026-12-08 12:00", "2026-12-09 00:00"},
		{"2026-12-08 12:01", "2026-12-10 00:00"}, // less than twelve hours are left
		{"2026-12-08 23:30", "2026-12-10 00:00"},
		{"2027-03-13 09:00", "2027-03-14 00:00"},
		{"2027-03-14 11:00", "2027-03-15 00:00"}, // a day of 23 hours
	} {
		w := venuetest.New(t)
		w.Join(guest)
		at, _ := time.ParseInLocation("2006-01-02 15:04", tt.at, chicago)
		w.Clock.Add(time.Minute)
		c := save(t, w, launch.Draft{Body: venuetest.Text, SendAt: at.UTC()})
		if at.Before(w.Clock.Now()) {
			w.Clock.Add(at.Sub(w.Clock.Now()))
		}
		c, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
		if err != nil {
			t.Fatalf("%s: %v", tt.at, err)
		}
		if got := c.NotAfter.In(chicago).Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("sent %s: not after %s, want %s", tt.at, got, tt.want)
		}
	}
}

func TestExpires(t *testing.T) {
	for _, pause := range []string{"no", "when planned", "before it is planned"} {
		w := venuetest.New(t)
		join(w, 1200)
		c := w.Approve()
		step(t, w, c.ID)
		if pause != "before it is planned" {
			w.Plan(c.ID)
		}
		if pause != "no" {
			if err := w.Launch.Pause(t.Context(), w.Business.ID, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.Clock.Add(72 * time.Hour)
		w.Plan(c.ID)
		w.Send()
		if s := step(t, w, c.ID); s != campaign.Expired {
			t.Errorf("paused %s: %v, want expired", pause, s)
		}
		if got := w.Tally(c.ID); got.Of(message.Expired) != 1200 {
			t.Errorf("paused %s: %v, want all 1200 expired", pause, got.ByState)
		}
		if n := len(w.Carrier.Calls(message.Marketing)); n != 0 {
			t.Errorf("paused %s: %d texts", pause, n)
		}
	}
}

func TestPauseResumeCancel(t *testing.T) {
	w := venuetest.New(t)
	join(w, 1200)
	c := w.Approve()
	id, b := c.ID, w.Business.ID
	if err := w.Launch.Pause(t.Context(), b, id); !errors.Is(err, core.Conflict) {
		t.Errorf("pausing what has not begun: %v, want Conflict", err)
	}
	step(t, w, id)
	if err := w.Launch.Pause(t.Context(), b, id); err != nil {
		t.Fatal(err)
	}
	if s := step(t, w, id); s != campaign.Paused || w.Tally(id).Audience() != 1000 {
		t.Errorf("paused: %v, %d planned; want no page more", s, w.Tally(id).Audience())
	}
	if err := w.Launch.Resume(t.Context(), b, id); err != nil {
		t.Fatal(err)
	}
	w.Plan(id)
	if n := w.Tally(id).Audience(); n != 1200 {
		t.Errorf("resumed: %d planned, want 1200", n)
	}
	w.Dispatch.Settings.Batch = 100
	if _, err := w.Dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Launch.Cancel(t.Context(), b, id); err != nil {
		t.Fatal(err)
	}
	got := w.Tally(id)
	if got.ByState[message.Sent] != 100 || got.ByReason[message.Reason{State: message.Cancelled, Code: "campaign_cancelled"}] != 1100 {
		t.Errorf("cancelled: %v", got.ByReason)
	}
	for name, err := range map[string]error{"Resume": w.Launch.Resume(t.Context(), b, id), "Cancel": w.Launch.Cancel(t.Context(), b, id)} {
		if !errors.Is(err, core.Conflict) {
			t.Errorf("%s of a cancelled campaign: %v, want Conflict", name, err)
		}
	}
	wantMoves(t, w, id, "draft→scheduled by owner", "scheduled→sending by worker", "sending→paused by worker", "paused→sending by worker", "sending→cancelled by worker")
	if s := step(t, w, id); s != campaign.Cancelled || w.Stored(id).Ended.IsZero() {
		t.Errorf("a step later: %v, ended %v", s, w.Stored(id).Ended)
	}
}

func wantMoves(t *testing.T, w *venuetest.World, id core.CampaignID, want ...string) {
	t.Helper()
	moves, err := w.Launch.Moves(t.Context(), w.Business.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range moves {
		by := map[core.UserID]string{{}: "worker", owner: "owner", {9}: "ana"}[m.By]
		got = append(got, m.From.String()+"→"+m.To.String()+" by "+by)
		if m.At.IsZero() {
			t.Errorf("%v has no time", m)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("moves %q, want %q", got, want)
	}
}

// Who paused a campaign stays known, and a move that is not allowed leaves no
// trace.
func TestMovesNameWhoMadeThem(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	ana := w.Launch.As(core.UserID{9})
	for _, move := range []func(context.Context, core.BusinessID, core.CampaignID) error{ana.Pause, ana.Pause, ana.Resume} {
		if err := move(t.Context(), w.Business.ID, c.ID); err != nil && !errors.Is(err, core.Conflict) {
			t.Fatal(err)
		}
	}
	w.Send()
	step(t, w, c.ID)
	wantMoves(t, w, c.ID, "draft→scheduled by owner", "scheduled→sending by worker", "sending→paused by ana", "paused→sending by ana", "sending→finished by worker")
}

// A paused campaign whose last text was on its way is finished, not stuck.
func TestPausedAtItsEndFinishes(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	w.Send()
	if err := w.Launch.Pause(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Errorf("%v, want finished", s)
	}
}

func TestBusinessWithoutANumber(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	b := w.Business
	b.Sender, b.Status = core.Number{}, account.Active
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	c := save(t, w, launch.Draft{Body: venuetest.Text})
	if _, err := w.Launch.Approve(t.Context(), b.ID, c.ID, owner); !errors.Is(err, core.Invalid) {
		t.Errorf("Approve: %v, want Invalid", err)
	}
}
