package sim

import (
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
)

// guestsLive lets guests join in the first day, and say what they like until the
// last. On most of the instants one of them chats, comes or goes.
func (w *world) guestsLive() {
	for _, v := range w.venues {
		for _, g := range w.guests {
			if w.dice.hits(700) {
				w.after(w.dice.between(0, 12*time.Hour), func() { w.says(g, v, joins) })
			}
			if w.dice.hits(40) {
				w.after(w.dice.between(0, 48*time.Hour), func() { w.says(g, v, elsewhere) })
			}
		}
	}
	w.after(w.dice.between(0, time.Hour), w.somebodyTexts)
}

func (w *world) somebodyTexts() {
	if w.calm {
		return
	}
	w.says(pick(&w.dice, w.guests), pick(&w.dice, w.venues), w.mood())
	w.after(w.dice.between(time.Minute, 90*time.Minute), w.somebodyTexts)
}

func (w *world) mood() intent {
	switch n := w.dice.below(100); {
	case n < 35:
		return leaves
	case n < 50:
		return mayLeave
	case n < 65:
		return returns
	case n < 80:
		return joins
	case n < 88:
		return asks
	}
	return chatter
}

// regrets are what a guest says soon after something else: two texts whose
// webhooks may overtake each other.
var regrets = map[intent]intent{joins: leaves, leaves: returns, mayLeave: joins, returns: leaves}

// says lets a guest text a venue. Nobody texts twice within three seconds.
func (w *world) says(g *guest, v *venue, what intent) {
	if w.now.Before(g.busy) {
		w.after(3*time.Second, func() { w.says(g, v, what) })
		return
	}
	g.busy = w.now.Add(3 * time.Second)
	body := ""
	switch what {
	case joins:
		body = v.keyword
		switch {
		case w.dice.hits(250):
			body = v.second
		case w.dice.hits(500):
			body += " " + v.disclosure.Ref
		}
		if w.dice.hits(200) {
			body = strings.ToLower(body)
		}
	case elsewhere:
		for _, o := range w.venues {
			if o != v {
				body = o.keyword
			}
		}
	default:
		body = pick(&w.dice, words[what])
	}
	p := w.pair(v, g)
	p.saidSo = p.saidSo || what == leaves
	t := &inbox.Text{CarrierID: "in-" + strconv.Itoa(len(w.net.hooks)), From: g.number, To: v.Sender, Body: body, At: w.now}
	t.Answered = w.carrier.hears(p, body)
	w.note("%v texts %s: %s", g.number, v.Name, body)
	if opposite, ok := regrets[what]; ok && w.dice.hits(100) {
		w.after(w.dice.between(3*time.Second, 30*time.Second), func() { w.says(g, v, opposite) })
	}
	h := &webhook{text: t, pair: p, word: word{at: w.now, intent: what, text: body}}
	p.hooks = append(p.hooks, h)
	w.net.send(h)
}

// goAway lets the guest opt out while a text to them, or to others, is on its
// way: the moments that matter most.
func (w *world) goAway(p *pairLog) {
	what := leaves
	if w.dice.hits(300) {
		what = mayLeave
	}
	w.after(w.dice.between(0, 1500*time.Millisecond), func() { w.says(p.guest, p.venue, what) })
}
