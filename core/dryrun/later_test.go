package dryrun_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
)

// Promise 14 for a campaign by each guest's own clock: what the dry run says of
// a guest is what is decided when that guest's time has come.
func TestPromise14ByEachGuestsClock(t *testing.T) {
	seen := map[message.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := randomVenue(t)
		now := w.Clock.Now()
		d := launch.Draft{Body: venuetest.Text, Wall: campaign.WallOf(now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "hours")) * time.Hour).In(w.Business.Zone.Location()))}
		if rapid.Bool().Draw(t, "an early end") {
			d.NotAfter = now.Add(21 * time.Hour)
		}
		c, err := w.Launch.Save(context.Background(), w.Business.ID, core.CampaignID{}, d)
		if err != nil {
			t.Fatal(err)
		}
		dry := map[core.Number]answer{}
		if _, err := service(w).Run(t.Context(), w.Business.ID, c.ID, time.Time{}, func(to core.Number, c *judge.Case) error {
			v := c.Verdict
			dry[to] = answer{v.State, v.Reason, v.Due, v.ReasonAt}
			seen[v.State]++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if c, err = w.Launch.Approve(t.Context(), w.Business.ID, c.ID, core.UserID{1}); err != nil {
			t.Fatalf("approving: %v", err)
		}
		w.Clock.Add(c.SendAt.Sub(now))
		w.Plan(c.ID)
		w.Carrier.Answer = nil
		due := map[core.Number]time.Time{}
		for _, m := range people(w, c.ID) {
			due[m.To] = m.Due
		}
		checked := map[core.Number]bool{}
		for range len(due) {
			next := time.Time{}
			for to, at := range due {
				if !checked[to] && (next.IsZero() || at.Before(next)) {
					next = at
				}
			}
			if next.IsZero() {
				break
			}
			if next.After(w.Clock.Now()) {
				w.Clock.Add(next.Sub(w.Clock.Now()))
			}
			w.Send()
			for _, m := range people(w, c.ID) {
				if checked[m.To] || due[m.To].After(w.Clock.Now()) {
					continue
				}
				checked[m.To] = true
				got := answer{m.State, m.Reason, time.Time{}, m.ReasonAt}
				want := dry[m.To]
				switch m.State {
				case message.Sent:
					if got.State = message.Sending; want.State == message.Planned && want.Reason == "" {
						want.State = message.Sending // the dry run says when
					}
				case message.Planned:
					got.Due = m.Due
				}
				if got.State == message.Planned && !want.Due.Equal(got.Due) || got.State != want.State || got.Reason != want.Reason || !got.ReasonAt.Equal(want.ReasonAt) {
					t.Errorf("%v: the dry run says %+v, the send %+v", m.To, dry[m.To], got)
				}
			}
		}
		if len(dry) != len(due) {
			t.Errorf("the dry run has %d guests, the campaign %d", len(dry), len(due))
		}
	})
	for _, want := range []message.State{message.Sending, message.Planned, message.Blocked, message.Expired} {
		if seen[want] == 0 {
			t.Errorf("nobody was %v: %v", want, seen)
		}
	}
}
