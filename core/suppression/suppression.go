// Package suppression holds who must not be texted, and why. Entries are
// lifted, never deleted: they survive erasure, the closing of an account and
// signing up anew.
package suppression

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Reason is why. The zero Reason is unstated, and bars all the same.
type Reason uint8

// The reasons.
const (
	Unstated   Reason = iota
	OptOut            // the guest said so
	LikelyOut         // what the guest said may be an opt-out; staff have not looked
	Carrier           // the carrier blocks the pair
	Invalid           // the number cannot be texted
	Complaint         // a complaint, or a known litigant
	Underage          // the age gate was not passed
	ByOperator        // we barred it
)

var reasonNames = [...]string{"unstated", "opt_out", "likely_opt_out", "carrier_block", "invalid_number", "complaint", "underage", "operator"}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return reasonNames[0]
}

// ParseReason reads what String writes; any other text is Unstated and false.
func ParseReason(s string) (Reason, bool) {
	for i, n := range reasonNames {
		if n == s {
			return Reason(i), true
		}
	}
	return Unstated, false
}

// An Entry bars a number. A zero Business bars it for all.
type Entry struct {
	ID       core.SuppressionID
	Business core.BusinessID
	Number   core.Number
	Reason   Reason
	Source   string    // where it came from: "reply", "link", "staff.phone", "carrier 40300"
	Words    string    // what the guest said, as it came or as staff noted it; "" for none
	Actor    string    // the id of the user who entered it; "" for nobody
	At       time.Time // from when; what counts in a dispute
	Lifted   time.Time // zero while in force
}

// Global reports whether e bars the number for every business.
func (e Entry) Global() bool { return e.Business.IsZero() }

// Bars reports whether e is in force at t.
func (e Entry) Bars(t time.Time) bool {
	return !t.Before(e.At) && (e.Lifted.IsZero() || t.Before(e.Lifted))
}

// A List holds entries. There is no Delete: an entry in force bars the guest for
// as long as nobody lifts it, also once the guest is erased. All errors are
// [core.Error].
type List interface {
	// Forget puts keyed hashes in the place of the number in the business's own
	// entries that are in force, and drops what the guest said and the entries that
	// were lifted: the evidence has them. Barring and Lift find a hashed entry by the
	// number all the same; lists leave it out. It reports false where the store has
	// no key, and the number stays.
	Forget(ctx context.Context, b core.BusinessID, n core.Number) (hashed bool, err error)
	// Add adds entries. One with the id of another is not added again. A pair
	// that is already barred for the same reason by an entry in force gets no
	// second one.
	Add(ctx context.Context, entries []Entry) error
	// Barring returns the entries that are not lifted for the pairs: each
	// business's own and those for all, in one query and no particular order.
	Barring(ctx context.Context, pairs []core.Pair) ([]Entry, error)
	// Lift ends the business's own entries for the number with these reasons
	// from t on, those excepted that began after t: an older START does not undo
	// a newer STOP. The rows stay. No reasons means every reason but Complaint and
	// ByOperator.
	Lift(ctx context.Context, b core.BusinessID, n core.Number, t time.Time, reasons ...Reason) (lifted int, err error)
	// Entries returns up to n of the business's own, newest first, older than
	// before (zero: from the newest).
	Entries(ctx context.Context, b core.BusinessID, before time.Time, n int) ([]Entry, error)
	// InForce returns up to n of the business's own that are not lifted and have
	// the reason, newest first.
	InForce(ctx context.Context, b core.BusinessID, r Reason, n int) ([]Entry, error)
}
