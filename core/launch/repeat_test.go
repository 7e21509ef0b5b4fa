package launch_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
)

// days is a calendar whose rules are numbers of days, "7", or with an end,
// "7 until 2026-12-20T18:00".
type days struct{}

func (days) Next(rule string, from, after campaign.Wall) (campaign.Wall, bool, error) {
	every, until, _ := strings.Cut(rule, " until ")
	n := map[string]int{"1": 1, "7": 7}[every]
	if n == 0 {
		return campaign.Wall{}, false, core.E("days", core.Invalid, "no such rule")
	}
	last, _ := campaign.ParseWall(until)
	at, stop := from.In(time.UTC), last.In(time.UTC)
	for !at.After(after.In(time.UTC)) {
		at = at.AddDate(0, 0, n)
	}
	return campaign.WallOf(at), last.IsZero() || !at.After(stop), nil
}

// series approves one that begins in an hour.
func series(t *testing.T, w *venuetest.World, d launch.Draft) campaign.Campaign {
	t.Helper()
	w.Launch.Calendar = days{}
	if d.Body = venuetest.Text; d.SendAt.IsZero() {
		d.SendAt = w.Clock.Now().Add(time.Hour).Truncate(time.Minute)
	}
	c := save(t, w, d)
	c, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tick steps every open campaign until nothing more is planned, and sends.
func tick(t *testing.T, w *venuetest.World) {
	t.Helper()
	for range 3 {
		for _, c := range open(t, w) {
			w.Plan(c.ID)
		}
		w.Send()
	}
}

func TestASeries(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	s := series(t, w, launch.Draft{Repeat: campaign.Repeat{Rule: "7 until 2026-12-16T00:00"}})
	first := s.SendAt
	tick(t, w)
	if n := len(w.Carrier.Calls(message.Marketing)); n != 0 {
		t.Fatal("it begins before its time")
	}
	w.Clock.Add(time.Hour)
	tick(t, w)
	tick(t, w)
	if n := len(w.Texts(guest, message.Marketing)); n != 1 {
		t.Fatalf("the first occurrence is %d texts", n)
	}
	got := w.Stored(s.ID)
	if got.Status != campaign.Scheduled || !got.SendAt.Equal(first.AddDate(0, 0, 7)) || got.Planned != 0 {
		t.Errorf("the series is %v, next at %v, planned %d", got.Status, got.SendAt, got.Planned)
	}
	one := w.Stored(campaign.OccurrenceID(s.ID, first))
	if one.Series != s.ID || one.Status != campaign.Finished || !one.Repeat.IsZero() || !one.SendAt.Equal(first) {
		t.Errorf("the occurrence is %+v", one)
	}
	late := venuetest.Guest(5)
	w.Join(late)
	w.Clock.Add(7*24*time.Hour - time.Second)
	tick(t, w)
	if n := len(w.Texts(late, message.Marketing)); n != 1 {
		t.Errorf("who joined since then has %d texts", n)
	}
	if got := w.Stored(s.ID); got.Status != campaign.Finished || got.Ended.IsZero() {
		t.Errorf("with nothing to come it is %v", got.Status)
	}
	if n := len(w.Texts(guest, message.Marketing)); n != 2 {
		t.Errorf("%d texts in all", n)
	}
	wantMoves(t, w, s.ID, "draft→scheduled by owner", "scheduled→finished by worker")
}

// The clocks change between two occurrences: it stays 1 pm.
func TestASeriesKeepsTheVenuesClock(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	chicago := w.Business.Zone.Location()
	at := time.Date(2027, 3, 13, 13, 0, 0, 0, chicago)
	w.Clock.Add(at.Add(-time.Hour).Sub(w.Clock.Now()))
	s := series(t, w, launch.Draft{SendAt: at.UTC(), Repeat: campaign.Repeat{Rule: "1"}})
	w.Clock.Add(time.Hour)
	tick(t, w)
	if got := w.Stored(s.ID).SendAt; !got.Equal(time.Date(2027, 3, 14, 13, 0, 0, 0, chicago)) || got.Sub(at) != 23*time.Hour {
		t.Errorf("the next is at %v", got.In(chicago))
	}
}

func TestOccurrencesLeftOut(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	// No worker ran for three days: the occurrences of then are not made up for.
	s := series(t, w, launch.Draft{Repeat: campaign.Repeat{Rule: "1"}})
	w.Clock.Add(73 * time.Hour)
	tick(t, w)
	if got := w.Stored(s.ID); got.Repeat.Skipped != 3 || len(w.Texts(guest, message.Marketing)) != 1 {
		t.Errorf("%d were left out, %d sent", got.Repeat.Skipped, len(w.Texts(guest, message.Marketing)))
	}
	// The one before is not over.
	last := w.Stored(s.ID).Repeat.Last
	w.Clock.Add(24 * time.Hour)
	if _, err := w.Launch.Step(t.Context(), w.Business.ID, s.ID); err != nil {
		t.Fatal(err)
	}
	running := w.Stored(s.ID).Repeat.Last
	if running == last {
		t.Fatal("the next is not made")
	}
	w.Plan(running)
	if err := w.Launch.Pause(t.Context(), w.Business.ID, running); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(24 * time.Hour)
	if _, err := w.Launch.Step(t.Context(), w.Business.ID, s.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.Stored(s.ID); got.Repeat.Last != running || got.Repeat.Skipped != 4 {
		t.Errorf("while one is paused the next is made: %+v", got.Repeat)
	}
}

// A series is changed, put off and ended like any scheduled campaign.
func TestASeriesIsUnscheduledAndCancelled(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	s := series(t, w, launch.Draft{Repeat: campaign.Repeat{Rule: "7"}})
	if err := w.Launch.Unschedule(t.Context(), w.Business.ID, s.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(2 * time.Hour)
	tick(t, w)
	if n := len(w.Texts(guest, message.Marketing)); n != 0 {
		t.Errorf("a series that is a draft again sends %d texts", n)
	}
	d := launch.Draft{Body: venuetest.Text, SendAt: w.Clock.Now().Add(time.Hour), Repeat: campaign.Repeat{Rule: "7"}}
	if _, err := w.Launch.Save(t.Context(), w.Business.ID, s.ID, d); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, s.ID, owner); err != nil {
		t.Fatal(err)
	}
	if got := approval(t, w, s.ID)["repeats"]; got != "7" {
		t.Errorf("the record of the approval says it repeats %q", got)
	}
	if err := w.Launch.Cancel(t.Context(), w.Business.ID, s.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(30 * time.Hour)
	tick(t, w)
	if n := len(w.Texts(guest, message.Marketing)); n != 0 {
		t.Errorf("a cancelled series sends %d texts", n)
	}
}

func TestBadRepeats(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Launch.Calendar = days{}
	now := w.Clock.Now()
	for _, tt := range []struct {
		rule, want string
		end        time.Time
	}{
		{"3", "no such rule", time.Time{}},
		{"7 until 2026-12-09T00:00", "would not repeat", time.Time{}},
		{"1", "when the next one begins", now.Add(30 * time.Hour)},
	} {
		c := save(t, w, launch.Draft{Body: venuetest.Text, NotAfter: tt.end, Repeat: campaign.Repeat{Rule: tt.rule}})
		if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), tt.want) {
			t.Errorf("%s: %v, want %q", tt.rule, err, tt.want)
		}
	}
}

// What has not begun is not resumed: a campaign would go before its time, and a
// series would be sent itself and never repeat. (Found by the simulation.)
func TestOnlyAPausedCampaignIsResumed(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	s := series(t, w, launch.Draft{Repeat: campaign.Repeat{Rule: "7"}})
	later := save(t, w, launch.Draft{Body: venuetest.Text, SendAt: w.Clock.Now().Add(time.Hour)})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, later.ID, owner); err != nil {
		t.Fatal(err)
	}
	for _, id := range []core.CampaignID{s.ID, later.ID} {
		if err := w.Launch.Resume(t.Context(), w.Business.ID, id); !errors.Is(err, core.Conflict) {
			t.Errorf("resuming what is scheduled: %v, want Conflict", err)
		}
		if c := w.Stored(id); c.Status != campaign.Scheduled {
			t.Errorf("it is %v now", c.Status)
		}
	}
}
