// Package consent holds who agreed to be texted, by what act, and which words
// they were shown. Events are only ever appended; where a guest stands is the
// fold of them.
package consent

import (
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/place"
)

// A Kind is what an event says.
type Kind uint8

// The kinds of event. The zero Kind says nothing and changes nothing.
const (
	None    Kind = iota
	Granted      // the guest opted in
	Revoked      // the guest opted out, by any means
	// Doubted: what the guest said may be an opt-out. Marketing stops at once;
	// staff confirm it or undo it.
	Doubted
	// Cleared: staff found that a Doubted message was no opt-out.
	Cleared
	AgePassed // the guest gave a date of birth that is of age
	AgeFailed
	// Joining: the guest asked to join, and was asked something that must be
	// answered before it counts. What it would have proved is in its evidence.
	Joining
	// AgeAsked: the guest was asked for a date of birth. Its evidence has the
	// keyword where this was the first time, and none where the guest was asked again.
	AgeAsked
)

var kindNames = [...]string{"", "granted", "revoked", "doubted", "cleared", "age_passed", "age_failed", "joining", "age_asked"}

func (k Kind) String() string { return nameOf(kindNames[:], uint8(k)) }

// ParseKind reads what String writes; any other text is None and false.
func ParseKind(s string) (Kind, bool) { k, ok := parseName(kindNames[:], s); return Kind(k), ok }

// A Method is how the guest did it.
type Method uint8

// The methods.
const (
	Unstated  Method = iota
	ByKeyword        // texted the keyword
	ByQR             // scanned the code, saw the opt-in page, sent the text it filled in
	ByReply          // replied to one of our texts: STOP, START, or in other words
	ByCarrier        // the carrier told us, by a block or its list
	ByStaff          // told staff, who entered it
	ByWeb            // used a link
)

var methodNames = [...]string{"", "keyword", "qr", "reply", "carrier", "staff", "web"}

func (m Method) String() string { return nameOf(methodNames[:], uint8(m)) }

// ParseMethod reads what String writes; any other text is Unstated and false.
func ParseMethod(s string) (Method, bool) {
	m, ok := parseName(methodNames[:], s)
	return Method(m), ok
}

// A Scope is what a guest agreed to. The zero Scope is nothing.
type Scope uint8

// The scopes, as bits.
const (
	Marketing Scope = 1 << iota
	Informational
)

// An Event is one act by or about one guest and one business, with its
// evidence. It is never changed.
type Event struct {
	ID       core.EventID
	Business core.BusinessID
	Number   core.Number
	Kind     Kind
	Method   Method
	Scope    Scope
	At       time.Time // when the act was received by the carrier, or done
	Recorded time.Time // when we wrote it down
	// Venue is where the venue of an opt-in is. A guest who opted in there may
	// live there, whatever the area code says.
	Venue    place.Place
	Evidence Evidence
}

// Evidence is what proves an event. What a keyword or QR opt-in must carry is
// in 47 CFR 64.1200(f)(9): the words shown, the act of agreement, the number;
// for us: everything but Actor and Note.
type Evidence struct {
	Disclosure Version // the words shown; zero for a revocation
	// Promised is how many texts a month those words promise at most; 0 where they
	// promise nothing, or it was not kept.
	Promised int
	// Poster is the SHA-256 of the printed page that showed them; zero where none
	// was printed, or the guest came by another way.
	Poster Version
	// RawText is what the guest sent, to the letter.
	RawText   string
	Keyword   string
	To        core.Number // the number texted
	CarrierID string      // the carrier's id of the inbound text
	InboxID   string      // the webhook event it came in, for the raw bytes
	// Rule is what in RawText was taken for a revocation, and how surely.
	Rule  string
	Actor string // who entered it, for staff
	Note  string
}

// Complete reports whether e proves an opt-in by text: the words shown, what
// was sent, from where to where, and the carrier's own record of it.
func (e Event) Complete() bool {
	v := e.Evidence
	return e.Kind == Granted && !e.Number.IsZero() && !e.At.IsZero() &&
		!v.Disclosure.IsZero() && v.RawText != "" && !v.To.IsZero() && v.CarrierID != ""
}

// A State is where a guest stands. The zero State is no consent.
type State uint8

// The states.
const (
	Never     State = iota
	Active          // may be texted
	OptedOut        // must not be texted
	Uncertain       // must not be texted until staff have looked
	Pending         // asked to join, and has not answered what must be known first
)

var stateNames = [...]string{"never", "active", "opted_out", "uncertain", "pending"}

func (s State) String() string { return nameOf(stateNames[:], uint8(s)) }

// ParseState reads what String writes; any other text is Never and false.
func ParseState(s string) (State, bool) { x, ok := parseName(stateNames[:], s); return State(x), ok }

// An AgeGate is what is known of a guest's age. Never a date of birth.
type AgeGate uint8

// The results.
const (
	AgeUnknown AgeGate = iota
	Passed
	Failed
)

var ageNames = [...]string{"unknown", "passed", "failed"}

func (a AgeGate) String() string { return nameOf(ageNames[:], uint8(a)) }

// ParseAgeGate reads what String writes; any other text is AgeUnknown and false.
func ParseAgeGate(s string) (AgeGate, bool) {
	x, ok := parseName(ageNames[:], s)
	return AgeGate(x), ok
}

// A Standing is the fold of a guest's events: all that a decision needs. The
// zero Standing is no consent.
type Standing struct {
	State      State
	Since      time.Time // of State; zero for Never
	Scope      Scope
	Method     Method  // of the last opt-in
	Disclosure Version // shown at the last opt-in
	Keyword    string  // of the last opt-in; "" where it named none
	Promised   int     // how many texts a month it promised at most; 0 for unknown
	Event      core.EventID
	// Proven: the opt-in in force carries complete evidence.
	Proven  bool
	Venue   place.Place // of the last opt-in
	AgeGate AgeGate
	AgeAt   time.Time
	// Joined is the first opt-in ever, zero if there was none.
	Joined time.Time
}

// Fold returns where a guest stands after the events, which may come in any
// order: they are taken by At, and of two at one instant the one that texts
// less wins. An opt-out is lifted only by a later Granted; Uncertain also by
// Cleared. Pending is not consent, whatever was before it: a guest who opted out
// and then asked to join again has not joined.
func Fold(history []Event) Standing {
	ordered := append([]Event(nil), history...)
	sortEvents(ordered)
	var s Standing
	for _, e := range ordered {
		s = s.Apply(e)
	}
	return s
}

// Apply returns the standing after one more event, which must not be earlier
// than those already applied.
func (s Standing) Apply(e Event) Standing {
	switch e.Kind {
	case Granted:
		s.State, s.Since, s.Event = Active, e.At, e.ID
		s.Scope, s.Method, s.Disclosure, s.Proven = e.Scope, e.Method, e.Evidence.Disclosure, e.Complete()
		s.Venue, s.Keyword, s.Promised = e.Venue, e.Evidence.Keyword, e.Evidence.Promised
		if s.Joined.IsZero() {
			s.Joined = e.At
		}
	case Revoked:
		if s.State != OptedOut {
			s.State, s.Since, s.Event = OptedOut, e.At, e.ID
		}
	case Doubted:
		switch s.State {
		case Active:
			s.State, s.Since, s.Event = Uncertain, e.At, e.ID
		case Pending: // nothing was agreed to that staff could give back
			s = s.withdrawn(e)
		}
	case Cleared:
		if s.State == Uncertain {
			s.State, s.Since, s.Event = Active, e.At, e.ID
		}
	case AgePassed:
		s.AgeGate, s.AgeAt = Passed, e.At
	case AgeFailed:
		s.AgeGate, s.AgeAt = Failed, e.At
		if s.State == Pending {
			s = s.withdrawn(e)
		}
	case Joining:
		if s.State != Active {
			s.State, s.Since, s.Event = Pending, e.At, e.ID
		}
	}
	return s
}

// withdrawn is the standing of a guest whose asking to join came to nothing: they
// never joined, or have left.
func (s Standing) withdrawn(e Event) Standing {
	s.State, s.Since, s.Event = Never, time.Time{}, core.EventID{}
	if !s.Joined.IsZero() {
		s.State, s.Since, s.Event = OptedOut, e.At, e.ID
	}
	return s
}

// A Subscriber is a guest of a business, as the store keeps them: who, and
// where they stand.
type Subscriber struct {
	Business core.BusinessID
	Number   core.Number
	Standing Standing
	// Revision rises with every change, so that a cached reading can be told
	// from a current one.
	Revision int64
}

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return names[0]
}

func parseName(names []string, s string) (uint8, bool) {
	for i, n := range names {
		if n == s && s != "" {
			return uint8(i), true
		}
	}
	return 0, false
}
