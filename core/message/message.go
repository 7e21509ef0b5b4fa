// Package message holds one outbound text from plan to receipt: its class, its
// states and the moves between them. It declares the outbox and the carrier.
package message

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Class says what a text is, and so which rules it must keep. The zero Class
// may not be sent.
type Class uint8

// The classes. Their numbers are stored.
const (
	NoClass       Class = iota
	Marketing           // sent on the business's own initiative
	Confirmation        // says that an opt-out was heard: one, at once, no marketing (47 CFR 64.1200(a)(12))
	Help                // the answer to HELP
	Welcome             // the answer to a keyword that opted the guest in
	Reply               // a person at the business answers what the guest wrote
	Informational       // not marketing, asked for by the guest
)

var classNames = [...]string{"", "marketing", "confirmation", "help", "welcome", "reply", "informational"}

func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return ""
}

// ParseClass reads what String writes; any other text is NoClass and false.
func ParseClass(s string) (Class, bool) {
	for i, n := range classNames {
		if n == s && s != "" {
			return Class(i), true
		}
	}
	return NoClass, false
}

// Answers reports whether a text of the class answers what the guest just
// sent. It goes before marketing and is not held for the hour.
func (c Class) Answers() bool { return c >= Confirmation && c <= Reply }

// A State is where a text stands. Their numbers are stored.
type State uint8

// The states. From Planned a text goes to Sending, and from there to exactly
// one of the others, but for a carrier that surely did not take it, which
// returns it to Planned. Sent, Unknown and Unconfirmed still move on by a receipt.
const (
	NoState     State = iota
	Planned           // waits for its time
	Sending           // decided, written down, on its way to the carrier
	Sent              // the carrier has taken it
	Delivered         // the carrier says that it arrived
	Undelivered       // the carrier says that it did not
	Failed            // the carrier refused it
	Blocked           // the engine refused it
	Unknown           // it may have gone out; only a receipt, a look-up or a person settles it
	Cancelled         // the campaign was cancelled, or the guest left before its time
	Expired           // its time ran out while it waited
	Unconfirmed       // the carrier cannot say whether it arrived
)

var stateNames = [...]string{"", "planned", "sending", "sent", "delivered", "undelivered", "failed", "blocked", "unknown", "cancelled", "expired", "unconfirmed"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// ParseState reads what String writes; any other text is NoState and false.
func ParseState(s string) (State, bool) {
	for i, n := range stateNames {
		if n == s && s != "" {
			return State(i), true
		}
	}
	return NoState, false
}

// Submitted reports whether a text in this state was, or may have been, handed
// to the carrier. Such a text counts against caps and is never sent again.
func (s State) Submitted() bool {
	switch s {
	case Sending, Sent, Delivered, Undelivered, Unknown, Unconfirmed:
		return true
	}
	return false
}

// Final reports whether nothing but a person moves a text out of the state.
func (s State) Final() bool {
	switch s {
	case Delivered, Undelivered, Failed, Blocked, Cancelled, Expired:
		return true
	}
	return false
}

// May reports whether a text may go from s to t.
func (s State) May(t State) bool {
	switch s {
	case Planned:
		return t == Sending || t == Blocked || t == Cancelled || t == Expired || t == Planned
	case Sending:
		return t != NoState && t != Sending && t <= Unconfirmed
	case Unknown:
		return t == Sent || t == Delivered || t == Undelivered || t == Unconfirmed || t == Failed
	case Sent:
		return t == Delivered || t == Undelivered || t == Unconfirmed
	case Unconfirmed:
		return t == Delivered || t == Undelivered
	}
	return false
}

// Settles reports whether a receipt of state to moves a text in s that has been
// handed over attempt times. It does where [State.May] says so, and it does for
// a text that was put back because the carrier seemed not to have taken it: the
// receipt shows that it has, and sending it again would be a second text.
func (s State) Settles(attempt int, to State) bool {
	switch to {
	case Sent, Delivered, Undelivered, Unconfirmed:
		return s.May(to) || s == Planned && attempt > 0
	}
	return false
}

// An Arm is which of two texts that are compared a message has. The zero Arm is
// of a campaign with one text.
type Arm uint8

// The arms. Their numbers are stored.
const (
	NoArm      Arm = iota
	FirstText      // of the sample
	SecondText     // of the sample
	TheRest        // not of the sample: it gets the better text
)

// A Message is one text to one person.
type Message struct {
	ID       core.MessageID
	Business core.BusinessID
	Campaign core.CampaignID // zero for an answer
	To, From core.Number
	Class    Class
	Body     string
	Media    []string // URLs; not empty makes it an MMS
	Segments int
	// Key makes planning it twice harmless: unique in the business.
	Key Key
	Arm Arm
	// Answers is when the guest sent what this answers; zero for marketing.
	Answers time.Time

	State    State
	Due      time.Time // not before
	NotAfter time.Time // it expires; required for marketing
	// Attempt counts the times it went to Sending. An outcome names the attempt
	// that it is of, so that a worker that was given up cannot write over another.
	Attempt int
	// Lease is until when the worker that moved it to Sending may take; after
	// that it is Unknown.
	Lease time.Time

	CarrierID string
	Code      string // the carrier's code for a failure
	// Reason is the engine's code for why it was blocked or waits, the
	// carrier's for why it failed, or why it was cancelled.
	Reason string
	// ReasonAt is the instant that the reason is about: of the opt-out, of the
	// next allowed minute.
	ReasonAt  time.Time
	Planned   time.Time
	Decided   time.Time // when the last verdict was taken
	Submitted time.Time // when it went to the carrier
	Settled   time.Time // when it came to its last state
}

// Pair returns who the text is for.
func (m Message) Pair() core.Pair { return core.Pair{Business: m.Business, Number: m.To} }

// SaidAt is where the text stands in a conversation: when it went to the carrier or,
// until then, when it was planned.
func (m Message) SaidAt() time.Time {
	if m.Submitted.IsZero() {
		return m.Planned
	}
	return m.Submitted
}

// A Key names what a text is the consequence of.
type Key [16]byte

// CampaignKey is the key of a campaign's text to a number. step tells the texts
// of one campaign to one number apart; 0 is the first.
func CampaignKey(c core.CampaignID, to core.Number, step int) Key {
	var b [16 + 8 + 8]byte
	copy(b[:], c[:])
	binary.BigEndian.PutUint64(b[16:], to.Digits())
	binary.BigEndian.PutUint64(b[24:], uint64(step))
	return Key(sha256Of(b[:]))
}

// AnswerKey is the key of the answer of a class to an inbox event.
func AnswerKey(event string, c Class) Key {
	return Key(sha256Of([]byte(c.String() + "\n" + event)))
}

func sha256Of(b []byte) [16]byte {
	h := sha256.Sum256(b)
	return [16]byte(h[:16])
}

// A Token names a message to the carrier and back: it is the last part of the
// address that receipts are sent to. Half of it is the message's id, 74 bits of
// which are chance, so it cannot be guessed.
type Token string

var tokenEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Token returns the message's token, 52 letters and digits.
func (m Message) Token() Token {
	var b [32]byte
	copy(b[:16], m.Business[:])
	copy(b[16:], m.ID[:])
	return Token(tokenEncoding.EncodeToString(b[:]))
}

// Parse returns which message the token names. Errors have kind Invalid.
func (t Token) Parse() (core.BusinessID, core.MessageID, error) {
	b, err := tokenEncoding.DecodeString(string(t))
	if err != nil || len(b) != 32 {
		return core.BusinessID{}, core.MessageID{}, core.E("message.Token", core.Invalid, "a message token is 52 letters and digits")
	}
	return core.BusinessID(b[:16]), core.MessageID(b[16:]), nil
}
