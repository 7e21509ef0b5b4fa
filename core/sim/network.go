package sim

import (
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
)

// A webhook is something that the carrier tells: a guest's text, or a receipt.
// Its body is its number here.
type webhook struct {
	id      string
	text    *inbox.Text
	receipt *message.Receipt
	broken  bool // it is not what it promises
	pair    *pairLog
	word    word
	told    bool // that the guest said so counts
	acked   bool
	tries   int
	handled int64 // when it was acted on, in the order of events; 0: not yet
}

// The network brings webhooks, sometimes twice, late, or not at all.
type network struct {
	w     *world
	hooks []*webhook
}

func (n *network) send(h *webhook) {
	d := &n.w.dice
	h.id = "hook-" + strconv.Itoa(len(n.hooks))
	n.hooks = append(n.hooks, h)
	chance := 30
	if h.text != nil && h.text.Answered == "STOP" {
		chance = 150 // then only the carrier knows
	}
	if !n.w.calm && d.hits(chance) {
		n.w.note("the network loses %s", h.id)
		return
	}
	n.w.after(n.delay(), func() { n.deliver(h) })
	for !n.w.calm && d.hits(60) {
		n.w.after(n.delay()+d.between(0, time.Minute), func() { n.deliver(h) })
	}
}

// delay is mostly short.
func (n *network) delay() time.Duration {
	switch d := &n.w.dice; {
	case n.w.calm || d.hits(850):
		return d.between(50*time.Millisecond, 900*time.Millisecond)
	case d.hits(800):
		return d.between(time.Second, 20*time.Second)
	default:
		return d.between(20*time.Second, 20*time.Minute)
	}
}

// deliver hands a webhook to one of the gates and, where it is not acknowledged,
// tries again some times.
func (n *network) deliver(h *webhook) {
	w := n.w
	gate := pick(&w.dice, w.gates)
	if !gate.down && gate.accept(h) {
		return
	}
	if h.tries++; h.tries < 6 || w.calm {
		w.after(w.dice.between(0, time.Second)+time.Second<<min(h.tries, 8), func() { n.deliver(h) })
	}
}

// acked notes that a webhook was acknowledged.
func (n *network) acked(h *webhook) {
	if h.acked {
		return
	}
	h.acked = true
	if h.pair != nil {
		n.w.note("%v %s %s (%s), and it is kept", h.pair.guest.number, intentNames[h.word.intent], h.pair.venue.Name, h.id)
		if !h.told {
			n.w.heard(h.pair, h.word)
		}
		n.w.checkBarred(h.pair)
	}
	soon := 20 * time.Second // a receipt can wait
	if h.pair != nil {
		soon = 2 * time.Second
	}
	pick(&n.w.dice, n.w.workers).wake(n.w.dice.between(0, soon))
}

// provider reads webhooks.
type provider struct{ w *world }

func (provider) Verify(header func(string) string, _ []byte, _ time.Time) error {
	if header("signature") != "good" {
		return core.E("sim.Verify", core.Denied, "the signature is not the carrier's")
	}
	return nil
}

func (p provider) Parse(body []byte, received time.Time) inbox.Event {
	e := inbox.Event{Provider: "sim", Received: received, Occurred: received, Raw: body, Type: "sim"}
	i, err := strconv.Atoi(strings.TrimPrefix(string(body), "hook-"))
	if err != nil || i >= len(p.w.net.hooks) {
		e.ID, e.Kind, e.Problem = string(body), inbox.Unparsable, "there is no such webhook"
		return e
	}
	h := p.w.net.hooks[i]
	e.ID = h.id
	switch {
	case h.broken:
		e.Kind, e.Problem = inbox.Unparsable, "a field is missing"
	case h.text != nil:
		t := *h.text
		e.Kind, e.Text = inbox.Inbound, &t
	case h.receipt != nil:
		r := *h.receipt
		e.Kind, e.Receipt = inbox.Delivery, &r
	}
	return e
}

func signed(string) string { return "good" }
func forged(string) string { return "bad" }
