package decide

import (
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// A Verdict is what may be done with a text. A lower one is stricter; the zero
// Verdict refuses.
type Verdict uint8

// The verdicts.
const (
	Block Verdict = iota // it must not be sent
	Wait                 // not now; decide again at Decision.NotBefore
	Send                 // it may be sent now
)

var verdictNames = [...]string{"block", "wait", "send"}

// String returns the verdict's name as JSON has it.
func (v Verdict) String() string { return nameOf(verdictNames[:], uint8(v)) }

// MaxFindings is how many findings a Decision can hold. Further ones still count
// towards the verdict, and [Decision.More] tells their number.
const MaxFindings = 24

// A Decision is the answer to Facts. The zero Decision is a refusal. Decisions
// compare with ==.
type Decision struct {
	Verdict   Verdict
	NotBefore time.Time // for Wait only, in UTC: the first instant that every rule allows
	Edition   string    // id of the edition in force, us-2026-10-18@0a1b2c3d
	n, more   uint8
	findings  [MaxFindings]Finding
}

// Findings returns what every rule said, in order of the rules. The slice is
// part of d.
func (d *Decision) Findings() []Finding { return d.findings[:d.n] }

// More returns how many findings did not fit.
func (d *Decision) More() int { return int(d.more) }

// A Finding is what one rule said. Which fields are set depends on the code.
type Finding struct {
	Rule    RuleID
	Verdict Verdict
	Code    Code
	Index   uint8       // into Facts.Suppressed, Facts.Caps or Facts.Places
	State   place.State // of the place, or whose law
	Zone    place.Zone  // of the place
	N, Of   uint16      // caps: texts counted, and allowed
	Hours   uint16      // caps: the window's length, rounded up
	At      int64       // Unix nanoseconds; 0 for none
}

// Time returns At in UTC, the zero Time for none.
func (f Finding) Time() time.Time {
	if f.At == 0 {
		return time.Time{}
	}
	return time.Unix(0, f.At).UTC()
}

// A RuleID names a rule. The numbers are those of no file: JSON has the names.
type RuleID uint8

// The rules, in the order in which they speak. An embedder's own come after
// RuleOwn.
const (
	RuleBook RuleID = iota
	RuleClass
	RuleConsent
	RuleSuppression
	RuleEmergency
	RuleContent
	RuleAccount
	RuleRegistration
	RuleCap
	RuleHours
	RuleExpiry
	RuleOwn
)

var ruleNames = [...]string{"book", "class", "consent", "suppression", "emergency", "content", "account", "registration", "cap", "hours", "expiry"}

// String returns the rule's name as JSON has it; an embedder's own are own-1,
// own-2 and so on.
func (r RuleID) String() string {
	if r >= RuleOwn {
		return "own-" + itoa(int(r-RuleOwn)+1)
	}
	return ruleNames[r]
}

// A Code is what a rule found.
type Code uint8

// The codes, by rule.
const (
	NoCode Code = iota

	BookInForce  // an edition is in force
	BookTooEarly // the instant is before the rulebook's first date, or missing
	BookProfile  // no profile was named
	BookMargin   // the margin is negative

	ClassOwn       // marketing or informational: the other rules bind
	ClassNone      // no class, or one that we do not know
	AnswerInTime   // answers the person's own message, soon enough
	AnswerMissing  // which message it answers is not known
	AnswerFuture   // that message is from the future
	AnswerLate     // it came too long ago
	ConfirmedTwice // the opt-out was confirmed already

	ConsentGiven
	ConsentNotNeeded
	ConsentNever
	ConsentPending
	ConsentRevoked
	ConsentUncertain
	ConsentScope      // does not cover this class
	ConsentUndated    // it is not known since when
	ConsentFuture     // it begins after now
	ConsentDisclosure // the words shown are not complete
	ConsentEvidence   // nothing proves it
	ConsentUnderage   // the age gate was failed
	ConsentAge        // the content needs an age gate that was not passed

	SuppressedNot
	SuppressedUnread // the lists were not looked up
	SuppressedOwn
	SuppressedAll
	SuppressedConfirming // barred by the very opt-out that is being confirmed
	SuppressedAsked      // barred, but the person asked for help since

	EmergencyNone
	EmergencyOn
	EmergencyUnknown // a switch is on, and the phone may be there

	ContentClean
	ContentUnchecked
	ContentBlocked
	ContentOwnWords // an answer in staff's own words or a fixed one, not linted

	AccountActive
	AccountInactive
	AccountTrial

	Registered
	Unregistered

	CapRoom
	CapReached
	CapHistory // what was sent is not known far enough back
	CapZero    // the cap allows nothing
	CapNotBound

	HoursOpen
	HoursEarly
	HoursLate
	HoursWeekday
	HoursHoliday
	HoursNever // no instant within SearchDays is allowed
	HoursAnswer
	HoursUnknown // the instant is missing, or before the rulebook

	ExpiryNone
	ExpiryAhead
	ExpiryPast
	ExpiryWait  // the wait would end after it
	AnswerWait  // the wait would end after the answer is due
	WaitTooLong // the wait would end after SearchDays

	numCodes
)

var codeNames = [numCodes]string{
	BookInForce: "in_force", BookTooEarly: "too_early", BookProfile: "no_profile", BookMargin: "bad_margin",
	ClassOwn: "own_initiative", ClassNone: "no_class", AnswerInTime: "in_time", AnswerMissing: "answers_nothing", AnswerFuture: "answers_future", AnswerLate: "too_late", ConfirmedTwice: "confirmed_already",
	ConsentGiven: "given", ConsentNotNeeded: "not_needed", ConsentNever: "never", ConsentPending: "pending", ConsentRevoked: "revoked", ConsentUncertain: "uncertain", ConsentScope: "scope", ConsentUndated: "undated", ConsentFuture: "future", ConsentDisclosure: "disclosure", ConsentEvidence: "evidence", ConsentUnderage: "underage", ConsentAge: "age_gate",
	SuppressedNot: "none", SuppressedUnread: "unread", SuppressedOwn: "own", SuppressedAll: "global", SuppressedConfirming: "confirming", SuppressedAsked: "asked_since",
	EmergencyNone: "off", EmergencyOn: "on", EmergencyUnknown: "may_be_on",
	ContentClean: "clean", ContentUnchecked: "unchecked", ContentBlocked: "blocked", ContentOwnWords: "answer",
	AccountActive: "active", AccountInactive: "inactive", AccountTrial: "trial",
	Registered: "registered", Unregistered: "unregistered",
	CapRoom: "room", CapReached: "reached", CapHistory: "history", CapZero: "zero", CapNotBound: "not_bound",
	HoursOpen: "open", HoursEarly: "early", HoursLate: "late", HoursWeekday: "closed_day", HoursHoliday: "holiday", HoursNever: "never", HoursAnswer: "answer", HoursUnknown: "unknown",
	ExpiryNone: "no_expiry", ExpiryAhead: "ahead", ExpiryPast: "past", ExpiryWait: "wait_too_long", AnswerWait: "answer_too_late", WaitTooLong: "wait_limit",
}

// String returns the code's name as JSON has it; it is unique within a rule.
func (c Code) String() string {
	if c < numCodes {
		return codeNames[c]
	}
	return "code-" + itoa(int(c))
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}
