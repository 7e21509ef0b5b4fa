// Package privacy answers what guests may ask about their own data: to know what
// is held, to have a copy, to have it corrected, to have it deleted (Cal. Civ.
// Code 1798.105, 1798.106, 1798.110; the privacy policy gives these rights to
// everybody).
//
// Who has the phone is who asks: a text from the number, or a link that was sent
// to it, is all the proof there is to ask for (Cal. Code Regs. tit. 11, 7060(c)).
// Deletion ends consent, leaves an entry that bars the number, under a keyed hash
// only, and leaves the proofs that texts were lawful until nobody can sue over
// them. The answer says so.
package privacy

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Kind is what is asked for. The zero Kind is nothing.
type Kind uint8

// The kinds. Their numbers are stored.
const (
	NoKind  Kind = iota
	Know         // what is held
	Export       // a copy
	Correct      // what is wrong
	Delete
)

var kindNames = [...]string{"", "know", "export", "correct", "delete"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// ParseKind reads what String writes; any other text is NoKind and false.
func ParseKind(s string) (Kind, bool) {
	i := slices.Index(kindNames[:], s)
	if i <= 0 {
		return NoKind, false
	}
	return Kind(i), true
}

// Where requests come from.
const (
	ByStaff    = "staff"
	ByOperator = "operator" // the command line
	ByText     = "text"
	ByLink     = "link"
)

// Why more than what was asked for is erased.
const (
	ReasonAsked = "asked"
	ReasonChild = "child" // the guest is under 18 (privacy policy 11)
)

// What became of a request.
const (
	Answered  = "answered"
	Erased    = "erased"
	Corrected = "corrected"
	Nothing   = "nothing_held"
	Refused   = "refused" // not by the guest, or withdrawn
)

// A RequestID names a request.
type RequestID = core.RecordID

// A Request is what somebody asked, and what became of it.
type Request struct {
	ID           RequestID
	Business     core.BusinessID
	Number       core.Number
	Kind         Kind
	Source       string
	Words        string // what was said, or which value is wrong
	Reason       string // for Delete: ReasonAsked or ReasonChild
	By           core.UserID
	At           time.Time
	Acknowledged time.Time // zero until then
	Extended     time.Time // when the guest was told that it takes longer; zero if not
	Closed       time.Time // zero while it is open
	ClosedBy     core.UserID
	Outcome      string
}

// The deadlines: to acknowledge, 10 business days (Cal. Code Regs. tit. 11,
// 7021(a)); to answer, 45 days, and 45 more where the guest is told why
// (Cal. Civ. Code 1798.130(a)(2)(A)).
const (
	acknowledgeDays = 10
	answerDays      = 45
)

// AcknowledgeBy is when the request must have been acknowledged: the end of the
// tenth business day after it. Saturdays, Sundays and the days that are closed,
// as the calendar says, do not count; with a nil calendar only weekends do not.
func (r Request) AcknowledgeBy(closed func(time.Time) bool) time.Time {
	d := r.At.UTC()
	for n := 0; n < acknowledgeDays; {
		d = d.AddDate(0, 0, 1)
		if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday || closed != nil && closed(d) {
			continue
		}
		n++
	}
	return d
}

// AnswerBy is when the request must have been answered.
func (r Request) AnswerBy() time.Time {
	n := answerDays
	if !r.Extended.IsZero() {
		n += answerDays
	}
	return r.At.AddDate(0, 0, n)
}

// A Clock is what a deadline says at an instant.
type Clock struct {
	Due     time.Time // zero where nothing is due any more
	Overdue bool
	Left    int // whole days; negative where it is overdue
	// Acknowledge: the deadline is for the acknowledgement, which comes first.
	Acknowledge bool
}

// Clock returns the next deadline.
func (r Request) Clock(now time.Time) Clock {
	if !r.Closed.IsZero() {
		return Clock{}
	}
	c := Clock{Due: r.AnswerBy()}
	if ack := r.AcknowledgeBy(nil); r.Acknowledged.IsZero() && ack.Before(c.Due) {
		c.Due, c.Acknowledge = ack, true
	}
	c.Overdue = now.After(c.Due)
	c.Left = int(c.Due.Sub(now) / (24 * time.Hour))
	if c.Overdue {
		c.Left = -int((now.Sub(c.Due) + 24*time.Hour - 1) / (24 * time.Hour))
	}
	return c
}

// A Log holds requests. Errors are [core.Error].
type Log interface {
	// Add adds one. The same id again is a Conflict.
	Add(ctx context.Context, r Request) error
	// Save puts r in place of the request of the same id, which is NotFound where
	// there is none, and a Conflict where it was closed.
	Save(ctx context.Context, r Request) error
	// Request is NotFound where there is none.
	Request(ctx context.Context, b core.BusinessID, id RequestID) (Request, error)
	// Open returns up to n that are not closed, oldest first: of a business, or of
	// all for the zero one.
	Open(ctx context.Context, b core.BusinessID, n int) ([]Request, error)
	// List returns up to n of the business, newest first.
	List(ctx context.Context, b core.BusinessID, n int) ([]Request, error)
	// OfPair returns those for a number, oldest first.
	OfPair(ctx context.Context, p core.Pair) ([]Request, error)
}
