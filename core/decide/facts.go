package decide

import (
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// Facts is all that a decision depends on. The caller may keep and change it
// after Decide returns. The zero Facts is refused.
type Facts struct {
	Now     time.Time     // the instant to judge; the caller's clock
	Class   Class         // what the text is, and so which rules it must keep
	Profile law.Profile   // how much of the law applies
	Margin  time.Duration // how long before closing time to stop, as carriers queue; not negative

	// Places is everywhere the phone may be, from all signals. A text may go only
	// where every one allows it. None at all means unknown: the profile's narrow
	// window.
	Places []place.Place

	Consent Consent

	// SuppressionRead says that the lists were looked up; an empty Suppressed
	// means nothing without it.
	SuppressionRead bool
	Suppressed      []Suppression // the entries in force, own and global, in any order

	// Recent holds the instants of marketing texts from the business to this
	// number, of every campaign, in any order. It is complete from RecentSince on;
	// a cap whose window reaches further back blocks.
	Recent      []time.Time
	RecentSince time.Time
	Caps        []Cap // the business's own, and what its disclosure promised; the law's come from the book

	Content Content
	Account Account

	NotAfter  time.Time // the last instant at which the text makes sense; zero: none
	AnswersTo time.Time // when the carrier received the message that this text answers; zero for none

	// AlreadyConfirmed says that this opt-out was confirmed before, by us or by
	// the carrier in our place.
	AlreadyConfirmed bool

	Emergency States // the states whose emergency switch is on
}

// A Class says what a text is. The numbers are those of message.Class.
type Class uint8

// The classes.
const (
	NoClass       Class = iota // refused
	Marketing                  // on the business's own initiative
	Confirmation               // says that an opt-out was heard
	Help                       // the answer to HELP
	Welcome                    // the answer to a keyword
	Reply                      // staff answer what the guest wrote
	Informational              // not marketing, asked for by the guest
	numClasses
)

var classNames = [...]string{"", "marketing", "confirmation", "help", "welcome", "reply", "informational"}

// String returns the class's name as JSON has it, "" for NoClass.
func (c Class) String() string { return nameOf(classNames[:], uint8(c)) }

// answers reports whether the text answers a message of the person's own.
func (c Class) answers() bool { return c >= Confirmation && c <= Reply }

// solicits reports whether the text comes on our initiative.
func (c Class) solicits() bool { return !c.answers() }

// Consent is where the guest stands, and what proves it.
type Consent struct {
	State     ConsentState
	Since     time.Time // when the guest agreed
	RevokedAt time.Time // the latest revocation, zero for none
	Scope     Scope
	Disclosed bool // the words shown are stored and complete under 47 CFR 64.1200(f)(9)
	Verified  bool // the evidence of the agreement is there and complete
	AgeGate   AgeGate
}

// A ConsentState is where a guest stands. They are those of
// consent.State.
type ConsentState uint8

// The states.
const (
	Never     ConsentState = iota
	Active                 // agreed
	OptedOut               // agreed once, and revoked
	Uncertain              // said what may be an opt-out; staff have not looked
	Pending                // asked, and has not answered yet
)

var consentNames = [...]string{"never", "active", "opted_out", "uncertain", "pending"}

// String returns the state's name as JSON has it.
func (s ConsentState) String() string { return nameOf(consentNames[:], uint8(s)) }

// A Scope is what a guest agreed to, as bits.
type Scope uint8

// The scopes.
const (
	ScopeMarketing Scope = 1 << iota
	ScopeInformational
)

// An AgeGate is what is known of the guest's age; never a date of birth.
type AgeGate uint8

// The results.
const (
	AgeUnknown AgeGate = iota
	AgePassed
	AgeFailed
)

var ageNames = [...]string{"unknown", "passed", "failed"}

// String returns the result's name as JSON has it.
func (a AgeGate) String() string { return nameOf(ageNames[:], uint8(a)) }

// A Suppression is an entry that bars the number.
type Suppression struct {
	Global bool // for every business, not only this one
	Reason Reason
	At     time.Time
}

// A Reason is why a number is barred. The numbers are those of
// suppression.Reason.
type Reason uint8

// The reasons. The zero Reason bars all the same.
const (
	Unstated   Reason = iota
	ByGuest           // the guest opted out
	LikelyOut         // what the guest said may be an opt-out
	ByCarrier         // the carrier blocks the pair
	Invalid           // the number cannot be texted
	Complaint         // a complaint, or a known litigant
	Underage          // the age gate was not passed
	ByOperator        // the operator barred it
)

var reasonNames = [...]string{"unstated", "opt_out", "likely_opt_out", "carrier_block", "invalid_number", "complaint", "underage", "operator"}

// String returns the reason's name as JSON has it.
func (r Reason) String() string { return nameOf(reasonNames[:], uint8(r)) }

// A Cap is the most marketing texts in any rolling window. A Count or Window that
// is not positive blocks.
type Cap struct {
	Count  int
	Window time.Duration
	Source string // whose, for people: "your own limit", "the promise on your poster"
}

// Content is what the lint of the text found.
type Content struct {
	Checked      bool // it was looked at; marketing that was not is refused
	Blocked      bool // a finding forbids sending
	NeedsAgeGate bool // it is about alcohol or the like
}

// Account is whether the business may send.
type Account struct {
	Active     bool // in good standing
	Registered bool // sender number and campaign are on file with the carriers
	Trial      bool // may text only its own test phones
	TestPhone  bool // this number is one of them
}

// States is a set of states.
type States [2]uint64

// StatesOf returns the set of the given states.
func StatesOf(states ...place.State) States {
	var s States
	for _, st := range states {
		s[st/64] |= 1 << (st % 64)
	}
	return s
}

// Has reports whether st is in the set.
func (s States) Has(st place.State) bool { return st < 128 && s[st/64]&(1<<(st%64)) != 0 }

func (s States) empty() bool { return s[0]|s[1] == 0 }

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return ""
}
