package crash_test

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/programs"
)

// recover gives everything back, and waits until nothing is left to do.
func (w *world) recover() {
	w.t.Helper()
	w.sim.SetFaults(telnyxsim.Faults{})
	for _, s := range w.slots {
		w.ready(s)
	}
	w.said.Wait()
	// One more worker, whose clock is ahead, so that what the dead had in their
	// hands is given up now and not after two minutes.
	late := &slot{name: "worker", env: []string{"NEXO_ADDR=127.0.0.1:0", programs.Env(programs.Clock, afternoon+3*time.Minute)}}
	w.slots = append(w.slots, late)
	w.launch(late)
	w.ready(late)
	for _, v := range w.venues {
		w.eventually("every campaign is over", func() bool {
			y, err := w.tally(v)
			return err == nil && y.Audience() >= guests && y.Of(message.Planned, message.Sending) == 0
		})
	}
	if err := w.sim.WaitIdle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	// What the guests said is taken in before the count, if it ever is.
	end := time.Now().Add(programs.Patience / 4)
	for w.unheard() > 0 && time.Now().Before(end) {
		w.pause(100 * time.Millisecond)
	}
}

// A result is what the comparison found.
type result struct {
	arrived, unknown int
	duplicates       int // texts of a campaign beyond the first to a number
	lost             int // guests without a message, texts said to be sent that never arrived or the other way round, words not acted on
	afterStop        int // texts that came more than a second after the carrier was told that the STOP is kept
	stops, joins     int
}

// compare holds the carrier's own log against the database.
func (w *world) compare() result {
	w.t.Helper()
	r := result{stops: len(w.stops), joins: len(w.joins), lost: w.unheard()}
	arrived := map[string]map[string][]time.Time{} // by text and number
	for _, a := range w.sim.Arrivals() {
		if arrived[a.Text] == nil {
			arrived[a.Text] = map[string][]time.Time{}
		}
		arrived[a.Text][a.To] = append(arrived[a.Text][a.To], a.At)
	}
	for _, v := range w.venues {
		w.compareCampaign(v, arrived[v.campaign.Body], &r)
	}
	for _, s := range w.stops {
		for _, at := range arrived[s.venue.campaign.Body][s.guest] {
			if at.After(s.heard.Add(time.Second)) {
				r.afterStop++
				w.t.Logf("a text came %v after STOP", at.Sub(s.heard))
			}
		}
	}
	return r
}

func (w *world) compareCampaign(v *venue, arrived map[string][]time.Time, r *result) {
	w.t.Helper()
	planned := map[string]bool{}
	for _, m := range w.messages(v) {
		to := m.To.E164()
		if planned[to] {
			r.duplicates++
		}
		planned[to] = true
		n := len(arrived[to])
		r.arrived += min(n, 1)
		r.duplicates += max(n-1, 0)
		switch m.State {
		case message.Sent, message.Delivered:
			if n == 0 {
				r.lost++
				w.t.Logf("a text is said to be %v and never arrived", m.State)
			}
		case message.Unknown:
			r.unknown++
		default:
			if n > 0 {
				r.lost++
				w.t.Logf("a text arrived and is said to be %v, %s", m.State, m.Reason)
			}
		}
	}
	for i := range guests {
		if !planned[guest(i)] {
			r.lost++
			w.t.Log("a guest has no message")
		}
	}
}

// unheard counts what guests said, was acknowledged, and is not in force.
func (w *world) unheard() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
		for _, s := range w.stops {
			p := core.Pair{Business: s.venue.biz.ID, Number: core.MustNumber(s.guest)}
			entries, err := tx.Suppression.Barring(ctx, []core.Pair{p})
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				n++
			}
		}
		for _, j := range w.joins {
			h, err := tx.Consent.History(ctx, core.Pair{Business: j.venue.biz.ID, Number: core.MustNumber(j.guest)})
			if err != nil {
				return err
			}
			if len(h) == 0 {
				n++
			}
		}
		return nil
	})
	if err != nil {
		return max(n, 1)
	}
	return n
}

func (w *world) tally(v *venue) (y message.Tally, err error) {
	err = w.store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
		y, err = tx.Messages.Tally(ctx, v.biz.ID, v.campaign.ID)
		return err
	})
	return y, err
}

func (w *world) messages(v *venue) (all []message.Message) {
	w.t.Helper()
	var q message.PeopleQuery
	for {
		var page []message.Message
		if err := w.store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			page, err = tx.Messages.People(ctx, v.biz.ID, v.campaign.ID, q, 500)
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		if all = append(all, page...); len(page) < 500 {
			return all
		}
		q.After = page[len(page)-1].ID
	}
}
