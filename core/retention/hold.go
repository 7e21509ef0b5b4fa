package retention

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Hold keeps what a court may ask for from being erased: of a guest, of a
// campaign, or of the whole business where it names neither, and of a time
// where it names one.
type Hold struct {
	ID       core.RecordID // of the record that it was placed by
	Business core.BusinessID
	Number   core.Number     // zero for everybody
	Campaign core.CampaignID // zero for all
	From, To time.Time       // what happened then, To not included; zero for without bound
	Matter   string          // as lawyers call it
	Reason   string
	By       core.UserID // zero for an operator
	Placed   time.Time
	Lifted   time.Time // zero while in force
	LiftedBy core.UserID
}

// A Thing is what may be erased: whose it is, of which campaign, and of when.
// What is not known is zero.
type Thing struct {
	Business core.BusinessID
	Number   core.Number
	Campaign core.CampaignID
	At       time.Time // when it began
	Until    time.Time // when it last changed; zero for At
}

// last is when the thing last changed.
func (t Thing) last() time.Time {
	if t.Until.After(t.At) {
		return t.Until
	}
	return t.At
}

// Covers reports whether the hold keeps the thing. What the thing does not say
// is taken to be what the hold names: in doubt it is kept.
func (h Hold) Covers(t Thing) bool {
	switch {
	case !h.Lifted.IsZero():
		return false
	case h.Business != t.Business:
		return false
	case !h.Number.IsZero() && !t.Number.IsZero() && h.Number != t.Number:
		return false
	case !h.Campaign.IsZero() && !t.Campaign.IsZero() && h.Campaign != t.Campaign:
		return false
	case t.At.IsZero():
		return true
	case !h.From.IsZero() && t.last().Before(h.From):
		return false
	}
	return h.To.IsZero() || t.At.Before(h.To)
}

// Holds are several.
type Holds []Hold

// Held reports whether one of them keeps the thing.
func (hs Holds) Held(t Thing) bool {
	for _, h := range hs {
		if h.Covers(t) {
			return true
		}
	}
	return false
}

// A Book holds holds. There is no delete: a hold is lifted. All errors are
// [core.Error].
type Book interface {
	// InForce returns the holds of the business that are not lifted, of all
	// businesses for the zero one, oldest first. In an Update it also keeps every
	// other transaction from placing one until this one ends, so that what was
	// looked at before an erasure is true while it is done.
	InForce(ctx context.Context, b core.BusinessID) (Holds, error)
	// All returns up to n holds of the business, of all for the zero one, newest
	// first, lifted ones too.
	All(ctx context.Context, b core.BusinessID, n int) (Holds, error)
	// Place adds one. The same id again is a Conflict.
	Place(ctx context.Context, h Hold) error
	// Lift ends one. One that is not there is NotFound, one that was lifted a
	// Conflict.
	Lift(ctx context.Context, b core.BusinessID, id core.RecordID, by core.UserID, at time.Time) (Hold, error)
}
