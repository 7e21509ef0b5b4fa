package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A campaignLog is what truly happened with a campaign.
type campaignLog struct {
	campaign.Campaign // as it was last read
	venue             *venue
	stopped           time.Time // since when it is paused or cancelled; zero while it runs
	stoppedSeq        int64
	gone              map[*guest]bool // whose text was, or may have been, taken
	seen              map[core.MessageID]message.State
	planned           int
	dirty             bool // something was written since the last look
	looks             int
	planFrom, planTo  int64 // between which it was planned, in the order of events
	texts             map[core.Number]core.MessageID
	begins            time.Time      // of a series: its first date
	occurred          []*campaignLog // of a series
}

var somebody = core.UserID{1}

// ownersLive lets each venue write campaigns, some hours apart.
func (w *world) ownersLive() {
	for _, v := range w.venues {
		w.after(w.dice.between(6*time.Hour, 16*time.Hour), func() { w.ownerActs(v) })
	}
}

func (w *world) ownerActs(v *venue) {
	if w.calm {
		return
	}
	w.tags(v)
	w.compose(v)
	w.after(w.dice.between(time.Hour, 14*time.Hour), func() { w.ownerActs(v) })
}

// compose writes a campaign, approves it, and plans what else is done to it.
func (w *world) compose(v *venue) {
	d := &w.dice
	draft := launch.Draft{Audience: w.audience(v), Name: fmt.Sprintf("%s %d", v.Name, len(w.campaigns)), Body: v.Name + ": half-price tacos until 9pm tonight. Reply STOP to opt out"}
	switch n := d.below(100); {
	case n < 35:
		draft.SendAt = w.closing(v)
	case n < 55:
		draft.SendAt = w.now.Add(d.between(0, 6*time.Hour))
	case n < 63:
		draft.Repeat.Rule, draft.SendAt = w.repeats(v)
		if d.hits(300) { // by the guests' clocks
			draft.Wall, draft.SendAt = campaign.WallOf(draft.SendAt.In(v.Zone.Location())), time.Time{}
		}
	case n < 72:
		draft.Wall = campaign.WallOf(w.now.Add(d.between(time.Minute, 8*time.Hour)).In(v.Zone.Location()))
	}
	if d.hits(150) {
		draft.Test = campaign.Test{Body: v.Name + ": tacos at half price, tonight till 9. Reply STOP to opt out", Percent: 40}
		if d.hits(700) {
			draft.Test.After = d.between(campaign.ShortestTest, 3*time.Hour)
		}
	}
	p := w.office
	c, err := p.launch.Save(calls(), v.ID, core.CampaignID{}, draft)
	p.stepped("launch.Save", err)
	if err != nil {
		return
	}
	cl := w.track(v, c)
	cl.begins = c.SendAt
	if draft.SendAt.IsZero() && draft.Wall.IsZero() && w.idleWorker() != nil && d.hits(400) {
		w.tryDry(cl, w.idleWorker())
	} else if err := w.press(cl, "approve", func() error {
		_, err := p.launch.Approve(calls(), v.ID, c.ID, somebody)
		return err
	}); err != nil {
		return
	}
	w.meddle(cl)
}

// track begins the log of a campaign.
func (w *world) track(v *venue, c campaign.Campaign) *campaignLog {
	cl := &campaignLog{Campaign: c, venue: v, gone: make(map[*guest]bool), seen: make(map[core.MessageID]message.State)}
	w.campaigns = append(w.campaigns, cl)
	w.byID[c.ID] = cl
	return cl
}

// closing is an instant just before hours end at the venue: 7, 8 or 9 pm there,
// less the margin.
func (w *world) closing(v *venue) time.Time {
	zone := zoneOf[v.Zone.String()]
	at := w.now.Truncate(time.Hour)
	shut := time.Duration(19+w.dice.below(3)) * time.Hour
	for localTime(at, zone).clock != shut || !at.After(w.now.Add(w.margin)) {
		at = at.Add(time.Hour)
	}
	return at.Add(-w.margin - w.dice.between(0, 1200*time.Millisecond))
}

// meddle plans to wake the workers when the campaign starts, to pause it, to
// resume it, and to cancel it.
func (w *world) meddle(cl *campaignLog) {
	d := &w.dice
	begins := max(0, cl.SendAt.Sub(w.now))
	w.after(begins+time.Duration(d.below(2))*time.Millisecond, func() {
		for _, p := range w.workers {
			p.wake(d.between(0, time.Second))
		}
	})
	soon := func() time.Duration {
		if d.hits(700) {
			return d.between(0, 4*time.Second)
		}
		return d.between(0, 8*time.Hour)
	}
	v, id := cl.venue, cl.ID
	if d.hits(250) {
		w.after(begins+soon(), func() {
			_ = w.press(cl, "pause", func() error { return w.office.launch.Pause(calls(), v.ID, id) })
			w.after(d.between(0, time.Second)+soon(), func() {
				_ = w.press(cl, "resume", func() error { return w.office.launch.Resume(calls(), v.ID, id) })
			})
		})
	}
	if d.hits(80) {
		w.after(begins+soon(), func() {
			_ = w.press(cl, "cancel", func() error { return w.office.launch.Cancel(calls(), v.ID, id) })
		})
	}
}

// press lets the owner press a button, and looks at where the campaign stands
// then: from now on is when it counts.
func (w *world) press(cl *campaignLog, what string, f func() error) error {
	if w.calm && what != "resume" {
		return nil
	}
	if what == "resume" {
		cl.stopped = time.Time{}
	}
	err := f()
	w.note("%s: %s, %v", cl.Name, what, err)
	w.read(cl)
	stops := err == nil && (what == "pause" || what == "cancel") // the owner was told so
	if stops || cl.stopped.IsZero() && (cl.Status == campaign.Paused || cl.Status == campaign.Cancelled) {
		w.seq++
		cl.stopped, cl.stoppedSeq = w.now, w.seq
	}
	cl.dirty = true
	seen := err
	if errors.Is(err, core.Conflict) || errors.Is(err, core.Invalid) {
		seen = nil // a refusal that says why: nobody has joined, it is over already
	}
	w.office.stepped("launch: "+what, seen)
	return err
}

// read brings the log up to date with the store.
func (w *world) read(cl *campaignLog) {
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Campaigns.Campaign(ctx, cl.venue.ID, cl.ID)
		cl.Campaign = c
		return err
	}))
}

// idleWorker returns one that has nothing to do just now, nil if there is work.
func (w *world) idleWorker() *process {
	for _, p := range w.workers {
		if p.down || p.busy || p.dispatch.Settings.Batch < len(w.guests) {
			continue
		}
		due := 0
		w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) (err error) {
			due, _, err = tx.Messages.Backlog(ctx, p.Now().Add(time.Second))
			return err
		}))
		if due == 0 {
			return p
		}
	}
	return nil
}

// tryDry runs a draft dry, sends it at the same instant, and compares: the
// verdicts of the one and of the other must be the same for everybody.
func (w *world) tryDry(cl *campaignLog, p *process) {
	w.quiet = true
	dry := &dryrun.Service{Store: w.store, Book: decide.US(), Clock: p, Settings: judge.Settings{Profile: law.Default, Margin: w.margin}}
	said := make(map[core.Number]message.Verdict)
	_, err := dry.Run(calls(), cl.venue.ID, cl.ID, time.Time{}, func(to core.Number, c *judge.Case) error {
		said[to] = c.Verdict
		return nil
	})
	w.must(err)
	err = w.press(cl, "approve after a dry run", func() error {
		_, err := p.launch.Approve(calls(), cl.venue.ID, cl.ID, somebody)
		return err
	})
	if err == nil {
		w.capture, w.captured = make(map[core.MessageID]message.Verdict), false
		p.alive(func() {
			for more := true; more; {
				rep, err := p.launchStep(cl.Campaign)
				w.must(err)
				more = rep.More && err == nil
			}
			_, err := p.dispatch.Step(calls())
			p.stepped("dispatch.Step", err)
		})
		w.compareDry(cl, said)
		w.capture = nil
	}
	w.quiet = false
	w.checkCampaigns()
}

func (w *world) compareDry(cl *campaignLog, said map[core.Number]message.Verdict) {
	sent := 0
	for _, m := range w.people(cl) {
		v, ok := w.capture[m.ID]
		if !ok {
			continue // cancelled, since the guest wrote meanwhile
		}
		sent++
		d, ok := said[m.To]
		if !ok || d.State != v.State || d.Reason != v.Reason || !d.Due.Equal(v.Due) {
			w.broken(14, "for %v the dry run said %v %s, and sending says %v %s", m.To, d.State, d.Reason, v.State, v.Reason)
		}
	}
	if sent > len(said) {
		w.broken(14, "the dry run knew of %d guests, and %d were decided", len(said), sent)
	}
}
