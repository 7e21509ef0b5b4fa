// Package billing holds what a venue pays for: its plan, how much of it is used,
// and what that allows. It knows no cards: those are only ever typed at the
// payment service's own pages.
//
// Running out of credit keeps a whole campaign from beginning. It never stops one
// in the middle, and it never touches what the law asks us to answer.
package billing

import (
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Plan is what can be bought by the month.
type Plan struct {
	ID       string // also the name of its price with the payment service, with "nexo_" before it
	Name     string
	Monthly  int // in cents
	Included int // parts of texts a month
	Over     int // what each further part costs, in tenths of a cent; 0 where there are none
}

// Plans are those on offer, smallest first.
func Plans() []Plan {
	return []Plan{
		{ID: "starter", Name: "Starter", Monthly: 4900, Included: 1_000},
		{ID: "growth", Name: "Growth", Monthly: 14900, Included: 5_000, Over: 30},
		{ID: "pro", Name: "Pro", Monthly: 39900, Included: 20_000, Over: 22},
	}
}

// PlanOf returns the plan of an id, and false where there is none.
func PlanOf(id string) (Plan, bool) {
	for _, p := range Plans() {
		if p.ID == id {
			return p, true
		}
	}
	return Plan{}, false
}

// TrialDays is how long a first subscription is free, and TrialParts how much may
// be sent in that time.
const (
	TrialDays  = 14
	TrialParts = 250
)

// A Status is how a subscription stands. The zero Status is none.
type Status string

// The statuses, as the payment service calls them.
const (
	None       Status = ""
	Trialing   Status = "trialing"
	Active     Status = "active"
	PastDue    Status = "past_due"   // a payment failed and is tried again: texts go on
	Unpaid     Status = "unpaid"     // it was tried often enough
	Canceled   Status = "canceled"   // over
	Incomplete Status = "incomplete" // the first payment is missing
	Paused     Status = "paused"
)

// Live reports whether texts may be sent under the status.
func (s Status) Live() bool { return s == Trialing || s == Active || s == PastDue }

// Over reports whether nothing more comes of a subscription.
func (s Status) Over() bool { return s == None || s == Canceled || s == "incomplete_expired" }

// A Subscription is what the payment service says of one, now.
type Subscription struct {
	ID, Customer, Status string
	Plan                 string // the id of its plan; "" for a price that is none of ours
	Item, OverItem       string // what the plan and its further parts are billed by
	Schedule             string // that changes it later; "" for none
	Start, End, TrialEnd time.Time
	CancelAtEnd          bool
}

// An Account is what is known of a business's payments. The zero Account, but for
// its Business, is of one that has never paid.
type Account struct {
	Business core.BusinessID `json:"-"`
	Customer string          `json:"-"` // the payment service's name for it
	Due      time.Time       `json:"-"` // when the payment service is asked next; zero for never
	Revision int64           `json:"-"` // one more at each save

	Sub      Subscription `json:"sub"`
	NextPlan string       `json:"next_plan,omitempty"` // what it becomes at the end of the period
	// Read is when the payment service was asked last. What was read before is
	// never put over what was read later.
	Read     time.Time `json:"read,omitzero"`
	Failing  time.Time `json:"failing,omitzero"` // since when payments fail
	Reported int       `json:"reported,omitempty"`
	// ReportedFor is the beginning of the period that Reported is of.
	ReportedFor time.Time `json:"reported_for,omitzero"`
	Tried       bool      `json:"tried,omitempty"` // had a trial: there is no second one
}

// Status is how the subscription stands.
func (a Account) Status() Status { return Status(a.Sub.Status) }

// With is the account after the payment service was asked at an instant. An answer
// that is older than the last one changes nothing.
func (a Account) With(s Subscription, read time.Time) Account {
	if read.Before(a.Read) {
		return a
	}
	// One that is over does not take the place of another that is not: both may be
	// asked for in any order.
	if s.ID != a.Sub.ID && Status(s.Status).Over() && !a.Status().Over() {
		return a
	}
	if s.Plan == a.NextPlan || Status(s.Status).Over() || s.Schedule == "" {
		a.NextPlan = ""
	}
	a.Sub, a.Read = s, read
	switch st := Status(s.Status); {
	case st == PastDue || st == Unpaid:
		if a.Failing.IsZero() {
			a.Failing = read
		}
	default:
		a.Failing = time.Time{}
	}
	a.Tried = a.Tried || !s.TrialEnd.IsZero()
	return a
}

// A Use is how many parts were sent in a period, and how many are on their way.
type Use struct{ Sent, Waiting int }

// A Level is how much of what is included is used.
type Level uint8

// The levels.
const (
	Fine Level = iota
	Near       // four fifths
	Full       // all of it
)

// nearPercent is from when on a venue is warned.
const nearPercent = 80

// Included is how many parts the account may send in this period without paying
// more.
func (a Account) Included() int {
	p, _ := PlanOf(a.Sub.Plan)
	if a.Status() == Trialing {
		return min(p.Included, TrialParts)
	}
	return p.Included
}

// Extra reports whether more than that can be sent, and paid for.
func (a Account) Extra() bool {
	p, _ := PlanOf(a.Sub.Plan)
	return p.Over > 0 && a.Sub.OverItem != "" && a.Status() == Active
}

// Level returns the meter's level.
func (a Account) Level(u Use) Level {
	switch in := a.Included(); {
	case u.Sent >= in:
		return Full
	case u.Sent*100 >= in*nearPercent:
		return Near
	}
	return Fine
}

// Billable is how many parts are to be paid beside the plan.
func (a Account) Billable(u Use) int {
	if !a.Extra() {
		return 0
	}
	return max(0, u.Sent-a.Included())
}

// May says why a campaign of so many parts must not begin, and "" where it may.
// It is asked before the first text of a campaign and never again.
func (a Account) May(u Use, need int) string {
	switch a.Status() {
	case Trialing, Active, PastDue:
	case None, Canceled, "incomplete_expired":
		return "There is no plan yet. Choose one under Settings, Billing, and it can begin."
	case Unpaid:
		return "The last payments failed. Put them right under Settings, Billing, and it can begin."
	default:
		return "The plan is not paid for yet. Finish that under Settings, Billing, and it can begin."
	}
	if a.Extra() {
		return ""
	}
	left := a.Included() - u.Sent - u.Waiting
	switch {
	case left <= 0:
		return "The plan's texts are used up. Choose a larger plan under Settings, Billing, or wait for the next period."
	case need > left:
		return "It needs more texts than the plan has left. Choose a larger plan under Settings, Billing, text fewer guests, or wait for the next period."
	}
	return ""
}

// A Move is what changing to another plan means.
type Move uint8

// The moves.
const (
	Stay Move = iota
	Buy       // there is no subscription: the payment service's own pages sell one
	Up        // at once, and the rest of the period is charged for
	Down      // at the end of the period, which is paid for
)

// To returns what it takes to come to a plan.
func (a Account) To(p Plan) Move {
	old, ok := PlanOf(a.Sub.Plan)
	switch {
	case a.Status().Over() || !ok:
		return Buy
	case p.ID == old.ID:
		return Stay
	case p.Monthly > old.Monthly:
		return Up
	}
	return Down
}

// An Invoice is one bill, which is shown at the payment service's own address.
type Invoice struct {
	Number, Status, URL string
	Cents               int64
	Created             time.Time
}

// News is what a webhook is about: enough to know whom to ask after.
type News struct {
	Customer string
	Business core.BusinessID // where the webhook says whose customer it is
}
