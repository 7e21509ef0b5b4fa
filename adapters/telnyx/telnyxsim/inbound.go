package telnyxsim

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// An optOut is a row of the carrier's own STOP list.
type optOut struct {
	from, keyword string
	at            time.Time
}

// The words that the carrier acts on, and only as the whole message. REVOKE and
// OPT OUT are not among them: that is left to the sender.
var keywords = map[string]string{
	"STOP": "STOP", "STOPALL": "STOP", "STOP ALL": "STOP", "UNSUBSCRIBE": "STOP", "CANCEL": "STOP", "END": "STOP", "QUIT": "STOP",
	"START": "START", "UNSTOP": "START",
	"HELP": "HELP",
}

var autoReplies = map[string]string{
	"STOP":  "You have been unsubscribed and will get no more messages from this number. Reply START to subscribe again.",
	"START": "You have been subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe.",
	"HELP":  "This number sends messages for a business. Reply STOP to unsubscribe. Msg and data rates may apply.",
}

// Inbound sends a text from a person to a business and returns once the
// business's webhook has taken it. The carrier's own STOP list is changed, and
// its answer is on the handset, before the webhook is tried, as with Telnyx.
// Errors have kind Invalid for a number that is none, and Unavailable where no
// attempt was taken.
func (s *Sim) Inbound(ctx context.Context, from, to, text string) error {
	return s.InboundMedia(ctx, from, to, text)
}

// InboundMedia is Inbound of a text with pictures: media are their addresses. The
// text may then be empty.
func (s *Sim) InboundMedia(ctx context.Context, from, to, text string, media ...string) error {
	const op = "telnyxsim.Inbound"
	if !isE164(from) || !isE164(to) {
		return core.E(op, core.Invalid, "write both numbers as + and digits")
	}
	if text == "" && len(media) == 0 || len(text) > 1600 {
		return core.E(op, core.Invalid, "a text has 1 to 1600 characters")
	}
	done, bubble := s.receive(from, to, text, media)
	err := s.await(ctx, op, done)
	s.mark(from, to, bubble, err == nil)
	return err
}

func (s *Sim) await(ctx context.Context, op string, done <-chan bool) error {
	select {
	case ok := <-done:
		if !ok {
			return core.E(op, core.Unavailable, "nobody took the webhook for this number")
		}
		return nil
	case <-ctx.Done():
		return core.Wrap(op, core.Unavailable, "the wait for the webhook ended", ctx.Err())
	case <-s.ctx.Done():
		return core.E(op, core.Unavailable, "the simulator is closed")
	}
}

// receive takes a text from a person and starts telling about it.
func (s *Sim) receive(from, to, text string, media []string) (done <-chan bool, bubble int) {
	now := s.opt.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending >= 3*s.opt.MaxPending {
		busy := make(chan bool, 1)
		busy <- false
		return busy, 0
	}
	p := s.profileOf(to)
	word, reply := p.word(text)
	s.block(p, from, to, word, now)
	encoding, parts := segments(text)
	r := &record{
		id: s.newID(), profile: p.id, inbound: true, from: from, to: to, text: text, media: media, encoding: encoding, parts: parts,
		received: now, status: "webhook_delivered", webhookURL: p.webhookURL, failoverURL: p.failoverURL,
		urls: attempts(p.webhookURL, p.failoverURL),
	}
	if !s.opt.NoAutoReplies {
		r.autoresponse = word
	}
	s.remember(r)
	s.stats.Inbound++
	bubble = s.fromHandset(from, to, text, len(media), now)
	if r.autoresponse != "" && reply != "" {
		s.toHandset(&record{id: s.newID(), from: to, to: from, text: reply, received: now, sent: now})
	}
	h := s.newHook(r, "message.received", r.status, now)
	h.done = make(chan bool, 1)
	s.later(0, &job{hook: h})
	return h.done, bubble
}

// block keeps the STOP list of a profile. s.mu is held.
func (s *Sim) block(p *profile, person, number, word string, now time.Time) {
	switch word {
	case "STOP":
		if _, ok := p.blocked[person]; !ok {
			p.blocked[person] = optOut{from: number, keyword: word, at: now}
		}
	case "START":
		delete(p.blocked, person)
	}
}

// Blocked reports whether the carrier's own list keeps the business's number
// from texting the person.
func (s *Sim) Blocked(business, person string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.profileOf(business).blocked[person]
	return ok && !s.opt.NoStopList
}
