package dryrun_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// beer is a text for adults.
const beer = "Luna's Cantina: two margaritas for one tonight. Reply STOP to opt out"

// service is a dry run over the world's store, with the settings that the world
// sends with.
func service(w *venuetest.World) *dryrun.Service {
	set := w.Dispatch.Settings
	return &dryrun.Service{Store: w.Store, Book: w.Dispatch.Book, Clock: w.Clock, Settings: judge.Settings{Profile: set.Profile, Margin: set.Margin}, Price: 4000}
}

// An answer is what is done with one guest's text.
type answer struct {
	State         message.State
	Reason        string
	Due, ReasonAt time.Time
}

// Promise 14: the dry run and the send, at the same instant on the same facts,
// give the same answer for everyone.
func TestPromise14DryRunIsSend(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := randomVenue(t)
		c := draft(w, rapid.SampledFrom([]string{venuetest.Text, beer}).Draw(t, "text"))
		if rapid.IntRange(0, 3).Draw(t, "only some") == 0 {
			c = narrowed(t, w, c)
		}
		dry := map[core.Number]answer{}
		r, err := service(w).Run(t.Context(), w.Business.ID, c.ID, time.Time{}, func(to core.Number, c *judge.Case) error {
			v := c.Verdict
			dry[to] = answer{v.State, v.Reason, v.Due, v.ReasonAt}
			seen[v.State.String()+" "+v.Reason]++
			return nil
		})
		if err != nil {
			t.Fatalf("dry run: %v", err)
		}

		if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, core.UserID{1}); err != nil {
			if r.Tally.Audience() == 0 && errors.Is(err, core.Invalid) {
				return // and the dry run has nobody either
			}
			t.Fatalf("approving: %v", err)
		}
		w.Plan(c.ID)
		w.Carrier.Answer = nil
		w.Send()
		sent := map[core.Number]answer{}
		for _, m := range people(w, c.ID) {
			a := answer{m.State, m.Reason, m.Due, m.ReasonAt}
			switch m.State {
			case message.Sent:
				a.State, a.Due = message.Sending, time.Time{} // the carrier took it
			case message.Planned:
			default:
				a.Due = time.Time{} // it was due, and that is not said again
			}
			sent[m.To] = a
		}
		if len(dry) != len(sent) {
			t.Errorf("the dry run has %d guests, the campaign %d", len(dry), len(sent))
		}
		for to, want := range sent {
			if dry[to] != want {
				t.Errorf("%v: the dry run says %+v, the send %+v", to, dry[to], want)
			}
		}
		if tally := w.Tally(c.ID); r.Tally.Audience() != tally.Audience() || r.Now() != tally.Of(message.Sent) || r.Later() != tally.Of(message.Planned) {
			t.Errorf("the dry run counts %v, the campaign %v", r.Tally.ByReason, tally.ByReason)
		}
		later := 0
		for _, x := range r.Waits {
			later += x.N
		}
		if later != r.Later() {
			t.Errorf("%d wait, and the instants sum to %d", r.Later(), later)
		}
	})
	// What never happens is not tested.
	for _, want := range []string{"sending ", "planned hours.early", "planned hours.late", "blocked consent.revoked", "blocked consent.uncertain", "blocked consent.age_gate",
		"blocked consent.evidence", "blocked suppression.own", "blocked suppression.global", "blocked account.inactive", "blocked registration.unregistered", "expired expiry.promise"} {
		if seen[want] == 0 {
			t.Errorf("no guest was %q; there were %v", want, seen)
		}
	}
}

// areas are in states and zones of many laws, outside of the contiguous states,
// in Canada, and nowhere.
var areas = []int{512, 915, 212, 305, 850, 205, 312, 303, 415, 504, 617, 702, 808, 907, 928, 787, 671, 416, 800}

// randomVenue has guests of all kinds, and a clock at any instant of a week.
func randomVenue(t *rapid.T) *venuetest.World {
	w := venuetest.New(t)
	w.Dispatch.Settings.Profile = rapid.SampledFrom([]law.Profile{law.Federal, law.Default, law.Default, law.Strict}).Draw(t, "profile")
	w.Dispatch.Settings.Margin = rapid.SampledFrom([]time.Duration{0, 15 * time.Minute}).Draw(t, "margin")
	b := w.Business
	b.MonthlyTexts = rapid.IntRange(1, 3).Draw(t, "texts a month")
	b.Rhythm = account.Rhythm{Texts: rapid.IntRange(1, 2).Draw(t, "texts in a while"), Hours: rapid.IntRange(1, 24).Draw(t, "the while")}
	if rapid.IntRange(0, 9).Draw(t, "account") == 0 {
		b.Status = account.Suspended
	}
	b.Registered = rapid.IntRange(0, 9).Draw(t, "registered") != 0
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	w.Business = b
	w.Join(venuetest.Guest(50)) // a campaign without an audience is not approved
	for i := range rapid.IntRange(1, 12).Draw(t, "guests") {
		randomGuest(t, w, i)
	}
	for range rapid.IntRange(0, 3).Draw(t, "campaigns before") {
		w.Carrier.Answer = nil
		if rapid.Bool().Draw(t, "answers are lost") {
			w.Carrier.Answer = func(message.Message, int) error { return core.E("carrier", core.Ambiguous, "the answer was lost") }
		}
		c := w.Campaign()
		w.Send()
		if err := w.Launch.Cancel(t.Context(), b.ID, c.ID); err != nil && !errors.Is(err, core.Conflict) {
			t.Fatalf("cancelling: %v", err)
		}
		w.Clock.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(t, "hours between")) * time.Hour)
	}
	w.Clock.Add(time.Duration(rapid.IntRange(1, 7*24*60).Draw(t, "minutes")) * time.Minute)
	return w
}

func randomGuest(t *rapid.T, w *venuetest.World, i int) {
	n := core.MustNumber(fmt.Sprintf("+1%d55501%02d", rapid.SampledFrom(areas).Draw(t, "area"), 1+i))
	at := w.Clock.Now().Add(-100 * time.Hour)
	event := func(k consent.Kind) consent.Event {
		at = at.Add(time.Hour)
		return consent.Event{ID: core.EventID(w.IDs.New()), Business: w.Business.ID, Number: n, Kind: k, Method: consent.ByReply, At: at, Recorded: at}
	}
	e := event(consent.Granted)
	e.Scope = rapid.SampledFrom([]consent.Scope{consent.Marketing, consent.Marketing, consent.Marketing, consent.Informational}).Draw(t, "scope")
	e.Venue = place.Place{State: w.Business.State, Zone: w.Business.Zone}
	e.Evidence = consent.Evidence{Disclosure: w.Disclosure.Version, RawText: "TACOS", To: w.Business.Sender, CarrierID: "in"}
	if rapid.IntRange(0, 9).Draw(t, "proof") == 0 {
		e.Evidence.CarrierID = ""
	}
	events := []consent.Event{e}
	kinds := []consent.Kind{consent.Revoked, consent.Doubted, consent.AgePassed, consent.AgePassed, consent.AgePassed, consent.AgeFailed, consent.Granted}
	for _, k := range rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 2).Draw(t, "then") {
		next := event(k)
		if k == consent.Granted {
			next.Scope, next.Venue, next.Evidence = e.Scope, e.Venue, e.Evidence
		}
		events = append(events, next)
	}
	if rapid.IntRange(0, 19).Draw(t, "never joined") == 0 {
		events = []consent.Event{event(consent.Revoked)}
	}
	var barred []suppression.Entry
	if x := rapid.IntRange(0, 9).Draw(t, "barred"); x < 2 {
		entry := suppression.Entry{ID: core.SuppressionID(w.IDs.New()), Business: w.Business.ID, Number: n, Reason: suppression.OptOut, Source: "reply", At: at}
		if x == 0 {
			entry.Business, entry.Reason = core.BusinessID{}, suppression.Invalid
		}
		barred = append(barred, entry)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Consent.Lock(ctx, []core.Pair{w.Pair(n)}); err != nil {
			return err
		}
		return errors.Join(tx.Consent.Append(ctx, events), tx.Suppression.Add(ctx, barred))
	})
}

func draft(w *venuetest.World, text string) campaign.Campaign {
	c, err := w.Launch.Save(context.Background(), w.Business.ID, core.CampaignID{}, launch.Draft{Name: "Tacos", Body: text})
	if err != nil {
		w.T.Fatalf("writing: %v", err)
	}
	return c
}

// narrowed is the draft for some of the guests only.
func narrowed(t *rapid.T, w *venuetest.World, c campaign.Campaign) campaign.Campaign {
	for i := range 13 {
		if p := w.Pair(core.MustNumber(fmt.Sprintf("+1%d55501%02d", rapid.SampledFrom(areas).Draw(t, "area"), 1+i))); rapid.Bool().Draw(t, "vip") {
			w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Guests.Tag(ctx, p, "vip") })
		}
	}
	a := campaign.Audience{Percent: rapid.IntRange(1, 100).Draw(t, "percent")}
	if rapid.Bool().Draw(t, "no vips") {
		a = campaign.Audience{NoTags: []guest.Tag{"vip"}}
	}
	c, err := w.Launch.Save(context.Background(), w.Business.ID, c.ID, launch.Draft{Body: c.Body, Audience: a})
	if err != nil {
		w.T.Fatalf("%v", err)
	}
	return c
}

func people(w *venuetest.World, id core.CampaignID) []message.Message {
	var out []message.Message
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		out, err = tx.Messages.People(ctx, w.Business.ID, id, message.PeopleQuery{}, 10_000)
		return err
	})
	return out
}

// At 8:30 am in Austin it is 9:30 in New York and 6:30 in Los Angeles.
func TestWaitsAreGroupedByInstantAndPlace(t *testing.T) {
	w := venuetest.New(t)
	for _, n := range []string{"+12125550101", "+12125550102", "+14155550103", "+14155550104", "+15125550105"} {
		w.Join(core.MustNumber(n))
	}
	w.Says(core.MustNumber("+14155550104"), "STOP")
	w.Hear()
	w.Send()
	w.Clock.Add(time.Date(2026, 12, 9, 13, 30, 0, 0, time.UTC).Sub(w.Clock.Now())) // 7:30 am in Austin
	c := draft(w, venuetest.Text)
	r, err := service(w).Run(t.Context(), w.Business.ID, c.ID, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Now() != 0 || r.Later() != 4 || r.Not() != 1 || r.Tally.Audience() != 5 {
		t.Errorf("now %d, later %d, not %d of %d", r.Now(), r.Later(), r.Not(), r.Tally.Audience())
	}
	type wait struct {
		At, Where string
		N         int
	}
	var got []wait
	for _, x := range r.Waits {
		got = append(got, wait{x.At.Format(time.RFC3339), x.Where, x.N})
	}
	// Everybody joined in Austin, so New Yorkers wait for Texas.
	want := []wait{{"2026-12-09T15:00:00Z", "Texas", 3}, {"2026-12-09T16:00:00Z", "California", 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	if r.PartsNow != 0 || r.PartsLater != 4 || r.Cost() != 16_000 {
		t.Errorf("parts %d and %d, cost %d", r.PartsNow, r.PartsLater, r.Cost())
	}
	out := r.People[message.Reason{State: message.Blocked, Code: "consent.revoked"}]
	if len(out) != 1 || out[0].Number != core.MustNumber("+14155550104") || len(out[0].Lines) == 0 || out[0].Summary == "" {
		t.Errorf("who has opted out: %+v", out)
	}
}

// A campaign for Friday is judged by Friday's clock, as drafted and as scheduled.
func TestScheduledIsJudgedAtItsTime(t *testing.T) {
	w := venuetest.New(t)
	w.Join(venuetest.Guest(0))
	w.Clock.Add(9 * time.Hour) // 11:30 pm in Austin
	friday := time.Date(2026, 12, 11, 20, 0, 0, 0, time.UTC)
	c, err := w.Launch.Save(t.Context(), w.Business.ID, core.CampaignID{}, launch.Draft{Body: venuetest.Text, SendAt: friday})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := service(w).Run(t.Context(), w.Business.ID, c.ID, time.Time{}, nil)
		if err != nil || r.Now() != 1 || !r.At.Equal(friday) {
			t.Errorf("now %d at %v, %v; want 1 on Friday", r.Now(), r.At, err)
		}
		if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, core.UserID{1}); err != nil && !errors.Is(err, core.Conflict) {
			t.Fatal(err)
		}
	}
	if got := w.Stored(c.ID); got.Status != campaign.Scheduled || !got.Cursor.IsZero() || w.Tally(c.ID).Audience() != 0 {
		t.Errorf("the dry run left traces: %v, cursor %v, %d planned", got.Status, got.Cursor, w.Tally(c.ID).Audience())
	}
}

// More guests than a page are each counted once, and listed page by page.
func TestManyPages(t *testing.T) {
	const guests = 2050
	w := venuetest.New(t)
	w.Update(func(ctx context.Context, tx store.Tx) error {
		es := make([]consent.Event, guests)
		for i := range es {
			at := w.Clock.Now().Add(-time.Hour)
			es[i] = consent.Event{
				ID: core.EventID(w.IDs.New()), Business: w.Business.ID, Number: venuetest.Guest(i), Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing, At: at, Recorded: at,
				Evidence: consent.Evidence{Disclosure: w.Disclosure.Version, RawText: "TACOS", To: w.Business.Sender, CarrierID: "in"},
			}
		}
		return tx.Consent.Append(ctx, es)
	})
	for i := range 30 {
		w.Says(venuetest.Guest(i*60), "STOP")
	}
	w.Hear()
	s, c := service(w), draft(w, venuetest.Text)
	visited := map[core.Number]bool{}
	r, err := s.Run(t.Context(), w.Business.ID, c.ID, time.Time{}, func(to core.Number, _ *judge.Case) error { visited[to] = true; return nil })
	if err != nil || r.Tally.Audience() != guests || len(visited) != guests || r.Not() != 30 || r.Now() != guests-30 {
		t.Fatalf("%d decided, %d visited, %d not, %v", r.Tally.Audience(), len(visited), r.Not(), err)
	}
	if n := len(r.People[message.Reason{State: message.Sending}]); n != 10 {
		t.Errorf("%d examples of who gets it, want 10", n)
	}
	q := dryrun.Query{States: []message.State{message.Blocked}, Code: "consent.revoked"}
	var got []core.Number
	for {
		page, err := s.People(t.Context(), w.Business.ID, c.ID, time.Time{}, q, 8)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page {
			got = append(got, p.Number)
		}
		if len(page) < 8 {
			break
		}
		q.After = page[len(page)-1].Number
	}
	sorted := slices.IsSortedFunc(got, func(a, b core.Number) int { return int(int64(a.Digits()) - int64(b.Digits())) })
	if len(got) != 30 || !sorted {
		t.Errorf("%d are listed, in order %v; want each of 30 once", len(got), sorted)
	}
}

func TestStartedOrAnothersIsRefused(t *testing.T) {
	w := venuetest.New(t)
	w.Join(venuetest.Guest(0))
	s, mine := service(w), draft(w, venuetest.Text)
	other, _ := w.Open("Sol", "SOL", core.MustNumber("+15125550177"))
	if _, err := s.Run(t.Context(), other.ID, mine.ID, time.Time{}, nil); !errors.Is(err, core.NotFound) {
		t.Errorf("another's campaign: %v, want not found", err)
	}
	if _, err := s.Run(t.Context(), w.Business.ID, w.Campaign().ID, time.Time{}, nil); !errors.Is(err, core.Conflict) {
		t.Errorf("a campaign that is sent: %v, want a conflict", err)
	}
	stop := errors.New("stop")
	if _, err := s.Run(t.Context(), w.Business.ID, mine.ID, time.Time{}, func(core.Number, *judge.Case) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a visit that fails: %v", err)
	}
}
