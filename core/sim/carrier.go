package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// A carrier takes texts, or not, and keeps its own list of who opted out.
type carrier struct {
	w       *world
	nth     int
	blocks  map[core.Pair]bool
	trouble trouble
	sender  core.Number
}

// A trouble is what is wrong with the carrier for a while.
type trouble uint8

const (
	noTrouble trouble = iota
	isDown            // takes nothing, and says so
	isMute            // does not answer; what it was told may be taken or not
	isSlow
	denies // one sender
	numTroubles
)

func newCarrier(w *world) *carrier { return &carrier{w: w, blocks: make(map[core.Pair]bool)} }

// hears is the carrier's own reading of an inbound text: it answers exact
// keywords where the venue let it, and blocks or unblocks.
func (c *carrier) hears(p *pairLog, body string) string {
	if !p.venue.autoAnswer {
		return ""
	}
	switch strings.ToUpper(strings.TrimSpace(body)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT":
		c.blocks[p.id()] = true
		return "STOP"
	case "START", "UNSTOP":
		delete(c.blocks, p.id())
		return "START"
	case "HELP", "INFO":
		return "HELP"
	}
	return ""
}

// line is the carrier as one process reaches it.
type line struct {
	c *carrier
	p *process
}

// Submit takes a text, and time. While it waits everybody else goes on.
func (l line) Submit(_ context.Context, m message.Message) (message.Ticket, error) {
	c, w := l.c, l.c.w
	w.submitted(l.p, m)
	c.nth++
	nth := c.nth
	pair := w.pair(w.bySender[m.From], w.byNumber[m.To])
	d := &w.dice
	if !w.calm && m.Class == message.Marketing && d.hits(15) {
		w.goAway(pair)
	}
	took, err := c.answer(m, pair)
	if took {
		w.taken(pair, m, nth)
		c.receipts(m, pair, nth)
	}
	if w.dies(l.p, 2) {
		w.note("%s dies while the carrier answers", l.p.name)
		panic(death{})
	}
	w.pass(c.latency())
	if w.dies(l.p, 2) {
		w.note("%s dies with the carrier's answer", l.p.name)
		panic(death{})
	}
	if errors.Is(err, message.ErrOptedOut) {
		pair.refused = true
		l.p.refusals = append(l.p.refusals, refusal{pair, w.now})
		if d.hits(600) { // the guest never knew, and joins again by a word that the carrier does not take
			w.after(d.between(time.Minute, 4*time.Hour), func() { w.says(pair.guest, pair.venue, joins) })
		}
	}
	if k := core.KindOf(err); err != nil && (k == core.Unavailable || k == core.Denied) && m.Class == message.Marketing {
		w.byID[m.Campaign].gone[pair.guest] = false // it surely was not taken, and may go again
	}
	if err != nil {
		w.note("the carrier to %s, to %v: %v", l.p.name, m.To, err)
		return message.Ticket{}, err
	}
	return message.Ticket{CarrierID: "out-" + strconv.Itoa(nth), Segments: 1}, nil
}

func (c *carrier) latency() time.Duration {
	d := &c.w.dice
	switch {
	case c.trouble == isSlow && !c.w.calm:
		return d.between(100*time.Millisecond, 3*time.Second)
	case c.w.calm || d.hits(990):
		return d.between(time.Millisecond, 15*time.Millisecond)
	case d.hits(950):
		return d.between(15*time.Millisecond, 1500*time.Millisecond)
	}
	return d.between(10*time.Second, 150*time.Second) // longer than a lease
}

// answer decides whether the text is taken, and what the carrier says.
func (c *carrier) answer(m message.Message, p *pairLog) (took bool, err error) {
	const op = "sim.Submit"
	d := &c.w.dice
	if c.blocks[p.id()] {
		kind := pick(d, []core.Kind{core.Denied, core.Invalid})
		return false, &core.Error{Op: op, Kind: kind, Code: "40300", Msg: "the person has opted out with the carrier", Err: message.ErrOptedOut}
	}
	say := func(k core.Kind, code, what string) error { return &core.Error{Op: op, Kind: k, Code: code, Msg: what} }
	if c.w.calm {
		return true, nil
	}
	switch {
	case c.trouble == isDown:
		return false, say(core.Unavailable, "503", "the carrier is down")
	case c.trouble == isMute:
		return d.hits(500), say(core.Ambiguous, "", "no answer came")
	case c.trouble == denies && c.sender == m.From:
		return false, say(core.Denied, "40333", "the sender is not registered")
	}
	switch n := d.below(1000); {
	case n < 940:
		return true, nil
	case n < 955:
		return true, say(core.Ambiguous, "", "the answer was lost")
	case n < 965:
		return false, say(core.Ambiguous, "", "the request was lost")
	case n < 975:
		e := &core.Error{Op: op, Kind: core.Unavailable, Code: "429", Msg: "too many requests"}
		e.RetryAfter = d.between(0, time.Minute)
		return false, e
	case n < 985:
		return false, say(core.Unavailable, "500", "the carrier failed before it took the text")
	case n < 995:
		return false, say(core.Invalid, "40310", "the number cannot be texted")
	default:
		return true, errors.New("an answer that nobody understands")
	}
}

// receipts come late, twice, out of order, or never.
func (c *carrier) receipts(m message.Message, p *pairLog, nth int) {
	d := &c.w.dice
	if d.hits(50) {
		return
	}
	states := []message.State{message.Sent}
	states = append(states, pick(d, []message.State{message.Delivered, message.Delivered, message.Delivered, message.Undelivered, message.Unconfirmed}))
	at := c.w.now
	for i, s := range states {
		if i == 0 && d.hits(700) {
			continue // most carriers' networks tell only the end
		}
		at = at.Add(d.between(10*time.Millisecond, 5*time.Second))
		r := &message.Receipt{CarrierID: "out-" + strconv.Itoa(nth), State: s, At: at}
		if !d.hits(100) {
			r.Token = m.Token()
		}
		if s == message.Undelivered {
			r.Code = "40002"
			if c.blocks[p.id()] {
				r.Code, r.OptedOut, p.doubtful = "40300", true, true
			}
		}
		if d.hits(20) { // a phone that was off: somebody may have said by then what became of it
			at = at.Add(d.between(time.Hour, 20*time.Hour))
		}
		h := &webhook{receipt: r, broken: d.hits(2)}
		c.w.after(at.Sub(c.w.now), func() { c.w.net.send(h) })
	}
}

// String names the carrier's trouble for the story.
func (t trouble) String() string {
	return [...]string{"is well again", "is down", "does not answer", "is slow", "denies a sender"}[t]
}
