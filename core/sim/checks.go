package sim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// fresh is how old a decision may be when its text leaves.
const fresh = time.Second

// An answerKey names what a guest may have one answer to.
type answerKey struct {
	pair  *pairLog
	class message.Class
	to    int64
}

// submitted holds a text that is being handed to the carrier against the
// promises. It is the truth: what is handed over may arrive.
func (w *world) submitted(p *process, m message.Message) {
	w.sends++
	v, g := w.bySender[m.From], w.byNumber[m.To]
	if v == nil || g == nil || v.ID != m.Business || !strings.HasPrefix(m.Body, v.Name) {
		w.broken(10, "a text leaves in the name of another business")
		return
	}
	pair := w.pair(v, g)
	if m.Class != message.Marketing {
		return
	}
	cl := w.byID[m.Campaign]
	if cl == nil || cl.venue != v {
		w.broken(10, "a text of a campaign leaves that the venue does not have")
		return
	}
	if w.o.Story {
		w.note("%s hands %v a text of %s", p.name, m.To, cl.Name)
	}
	if cl.gone[g] {
		w.broken(2, "%v is sent %s a second time, by %s", m.To, cl.Name, p.name)
	}
	cl.gone[g] = true
	slack := fresh + p.jumped
	at := w.decided[m.ID]
	if !pair.may && (pair.barred.IsZero() || at > pair.barredSeq || w.now.Sub(pair.barred) > slack) {
		promise := 1
		if pair.barred.IsZero() {
			promise = 6
		}
		w.broken(promise, "%v is sent %s %v after leaving", m.To, cl.Name, w.now.Sub(pair.barred))
	}
	if !cl.stopped.IsZero() && (at > cl.stoppedSeq || w.now.Sub(cl.stopped) > slack) {
		w.broken(5, "a text of %s leaves %v after it was stopped", cl.Name, w.now.Sub(cl.stopped))
	}
	w.checkHours(p, pair, m, slack)
	w.checkLimits(pair, m, slack)
	w.checkEvidence(m)
}

// checkHours: the text was decided a moment ago, when the clock of p showed
// something between what it shows less slack, and what it shows with its jumps.
func (w *world) checkHours(p *process, pair *pairLog, m message.Message, slack time.Duration) {
	seen := p.Now()
	if !isOpen(seen, pair.spots, w.margin) && !isOpen(seen.Add(-slack), pair.spots, w.margin) &&
		(p.jumped == 0 || !isOpen(seen.Add(p.jumped), pair.spots, w.margin)) {
		w.broken(3, "%v is texted at %s, outside the hours of %v", m.To, seen.UTC().Format(time.DateTime), pair.spots)
	}
	if wall := w.byID[m.Campaign].Wall; !wall.IsZero() {
		for _, s := range pair.spots {
			if l := localTime(seen.Add(mostSkew), s.zone); l.date < dateOf(wall) || l.date == dateOf(wall) && l.clock < clockOf(wall) {
				w.broken(3, "%v is texted before it is %v in %v", m.To, wall, s)
			}
		}
	}
	if seen.After(w.byID[m.Campaign].NotAfter.Add(slack)) {
		w.broken(3, "a text leaves after its campaign's time")
	}
}

func dateOf(w campaign.Wall) int { return w.Year*10000 + int(w.Month)*100 + w.Day }

func clockOf(w campaign.Wall) time.Duration {
	return time.Duration(w.Hour)*time.Hour + time.Duration(w.Minute)*time.Minute
}

// checkLimits counts what arrived before. A text counts from when it was decided
// or when its outcome was noted, hence the slack.
func (w *world) checkLimits(pair *pairLog, m message.Message, slack time.Duration) {
	slack += 2*mostSkew + 4*time.Second // clocks differ
	for _, l := range limitsOf(pair, w.now) {
		n := 1
		for i := len(pair.arrivals) - 1; i >= 0; i-- {
			if w.now.Sub(pair.arrivals[i]) < l.window-slack {
				n++
			}
		}
		if n > l.count {
			w.broken(4, "%v gets %d texts in %v, more than %d", m.To, n, l.window, l.count)
		}
	}
}

// taken notes that the carrier took a text.
func (w *world) taken(p *pairLog, m message.Message, nth int) {
	w.accepted[m.ID] = true
	w.seq++
	w.tookAt[m.ID] = w.seq
	if m.Class == message.Marketing {
		p.arrivals = append(p.arrivals, w.now)
		return
	}
	k := answerKey{p, m.Class, m.Answers.UnixMicro()}
	if w.answered[k]++; w.answered[k] > 1 {
		w.broken(13, "%v gets a second %v to one text", m.To, m.Class)
	}
	if m.Class == message.Confirmation && !p.saidSo {
		w.broken(1, "%v is told of an opt-out that never was", m.To)
	}
}

// checkBarred: when an opt-out is acknowledged, it is written down.
func (w *world) checkBarred(p *pairLog) {
	s := p.stands()
	if s != optedOut && s != uncertain {
		return
	}
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Suppression.Barring(ctx, []core.Pair{p.id()})
		if err != nil {
			return err
		}
		sub, err := tx.Consent.Subscriber(ctx, p.id())
		if err != nil && !errors.Is(err, core.NotFound) {
			return err
		}
		if len(es) == 0 || sub.Standing.State == consent.Active {
			w.broken(1, "%v left, that was acknowledged, and %d entries bar them, standing %v", p.guest.number, len(es), sub.Standing.State)
		}
		if s == optedOut && !slices.ContainsFunc(es, func(e suppression.Entry) bool { return e.Reason != suppression.LikelyOut }) {
			w.broken(9, "the opt-out of %v is only taken for a likely one", p.guest.number)
		}
		return nil
	}))
}

// checkCampaigns holds the figures of campaigns that were written to against the promise that
// everybody is accounted for.
func (w *world) checkCampaigns() {
	if w.violation != nil {
		return
	}
	for _, cl := range w.campaigns {
		if !cl.dirty {
			continue
		}
		cl.dirty = false
		w.read(cl)
		w.checkTally(cl)
		if cl.looks++; cl.looks%8 == 0 {
			w.checkMoves(cl)
		}
	}
}

func (w *world) checkTally(cl *campaignLog) {
	var t message.Tally
	w.must(w.seenStore().View(calls(), func(ctx context.Context, tx store.Tx) (err error) {
		t, err = tx.Messages.Tally(ctx, cl.venue.ID, cl.ID)
		return err
	}))
	if t.Audience() != cl.Planned || t.Audience() < cl.planned {
		w.broken(5, "%s has %d texts, planned are %d, and it had %d before", cl.Name, t.Audience(), cl.Planned, cl.planned)
	}
	cl.planned = t.Audience()
	if left := t.Of(message.Planned, message.Sending); left > 0 && (cl.Status == campaign.Finished || cl.Status == campaign.Expired) {
		w.broken(5, "%s is %v, and %d texts of it are left", cl.Name, cl.Status, left)
	}
}

// moves are those that a text may make between two looks at it.
var moves = map[message.State][]message.State{
	message.Planned: {message.Sending, message.Sent, message.Delivered, message.Undelivered, message.Failed, message.Blocked,
		message.Unknown, message.Cancelled, message.Expired, message.Unconfirmed},
	message.Sending: {message.Planned, message.Sent, message.Delivered, message.Undelivered, message.Failed, message.Blocked,
		message.Unknown, message.Cancelled, message.Expired, message.Unconfirmed},
	message.Unknown:     {message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed, message.Failed},
	message.Sent:        {message.Delivered, message.Undelivered, message.Unconfirmed},
	message.Unconfirmed: {message.Delivered, message.Undelivered},
}

// tells are the states that a text which the carrier took may be in, by what
// is known of it.
var tells = []message.State{message.Sending, message.Sent, message.Delivered, message.Undelivered, message.Unknown, message.Unconfirmed}

// checkMoves looks at every text of a campaign: none goes backwards, and none
// that the carrier took is said not to have been sent.
func (w *world) checkMoves(cl *campaignLog) {
	for _, m := range w.people(cl) {
		if before, ok := cl.seen[m.ID]; ok && before != m.State && !slices.Contains(moves[before], m.State) {
			w.broken(13, "the text to %v goes from %v to %v", m.To, before, m.State)
		}
		cl.seen[m.ID] = m.State
		switch took := w.accepted[m.ID]; {
		case took && !slices.Contains(tells, m.State):
			w.broken(5, "the carrier took the text to %v, which is said to be %v (%s)", m.To, m.State, m.Reason)
		case !took && !w.personSaid[m.ID] && (m.State == message.Sent || m.State == message.Delivered):
			w.broken(5, "the text to %v is said to be %v, and the carrier never had it", m.To, m.State)
		}
		w.noNumber("the reason of a text", m.Reason)
	}
}

// people are a campaign's texts.
func (w *world) people(cl *campaignLog) []message.Message {
	var ms []message.Message
	w.must(w.seenStore().View(calls(), func(ctx context.Context, tx store.Tx) (err error) {
		ms, err = tx.Messages.People(ctx, cl.venue.ID, cl.ID, message.PeopleQuery{}, 10_000)
		return err
	}))
	return ms
}

// seenStore is the store as people see it, which a bug may lie about.
func (w *world) seenStore() store.Store {
	if w.o.Bug == nil || w.o.Bug.tx == nil {
		return w.store
	}
	return lying{w}
}

type lying struct{ w *world }

func (l lying) Ping(ctx context.Context) error { return nil }
func (l lying) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return l.w.store.View(ctx, func(ctx context.Context, tx store.Tx) error { return f(ctx, l.w.o.Bug.tx(l.w.office, tx)) })
}
func (l lying) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return l.w.store.Update(ctx, f)
}

// noNumber looks for a whole phone number where none may be.
func (w *world) noNumber(where, s string) {
	run := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			run = 0
		} else if run++; run == 10 {
			w.broken(11, "%s shows a phone number", where)
			return
		}
	}
}
