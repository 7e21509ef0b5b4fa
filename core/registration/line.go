package registration

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/nanp"
)

// A Line is what we know of a business's place with the carrier. The number and
// the profile themselves are the business's (account.Business).
type Line struct {
	Business core.BusinessID `json:"-"`
	// Keyword and Code are the first keyword and the code of its page, for a
	// venue that signed up without a number: they wait for one.
	Keyword string `json:"keyword,omitempty"`
	Code    string `json:"code,omitempty"`

	// Due is when the carrier is asked about the line again.
	Due time.Time `json:"-"`
	// Leased keeps others from asking until then: what is asked for once must not
	// be asked for twice at the same time.
	Leased time.Time `json:"-"`

	Order  Order   `json:"order,omitzero"`
	Drift  []Drift `json:"drift,omitempty"`
	Filing Filing  `json:"filing,omitzero"`
	// Checked is when the profile was last compared with what we expect.
	Checked time.Time `json:"checked,omitzero"`
	// Trouble is why the carrier could not be asked the last time; "" if it could.
	Trouble string `json:"trouble,omitempty"`
}

// Ids returns what the carrier calls the parts of the line.
func (l Line) Ids() []string {
	var out []string
	for _, id := range []string{l.Filing.BrandID, l.Filing.CampaignID, l.Filing.RequestID, l.Order.ID} {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

// An Order is a number that was asked for. It goes by Reference with the
// carrier, which we choose: when the answer to an order is lost, the order is
// looked up by it and not given again.
type Order struct {
	Reference string      `json:"reference,omitempty"`
	Number    core.Number `json:"-"`            // see MarshalLine
	ID        string      `json:"id,omitempty"` // the carrier's
	State     OrderState  `json:"state,omitempty"`
	Asked     time.Time   `json:"asked,omitzero"`
	By        core.UserID `json:"by,omitzero"`
	Note      string      `json:"note,omitempty"` // why it failed
}

// Open reports whether it is not known yet what becomes of the order.
func (o Order) Open() bool { return o.State == Asked || o.State == Pending }

// An OrderState is how far an order is.
type OrderState string

// The states. The zero OrderState is no order.
const (
	Asked   OrderState = "asked"   // written down; the carrier may or may not have it
	Pending OrderState = "pending" // the carrier has it
	Ready   OrderState = "ready"   // the number is the venue's
	Failed  OrderState = "failed"  // there is no such order, or it was refused
)

// Forgotten is how long after asking an order that the carrier knows nothing of
// was surely never taken.
const Forgotten = 10 * time.Minute

// A Kind is what carriers ask of a number.
type Kind uint8

// The kinds.
const (
	NoKind   Kind = iota // no number yet, or one that cannot be registered
	Local                // brand and campaign: 10DLC
	TollFree             // verification
)

// KindOf tells what a number needs.
func KindOf(n core.Number) Kind {
	switch nanp.Lookup(n).Kind {
	case nanp.Geographic:
		return Local
	case nanp.TollFree:
		return TollFree
	}
	return NoKind
}

// A State is how far a registration is.
type State string

// The states. The zero State is none: nothing was submitted by us.
const (
	Draft     State = ""
	Submitted State = "submitted" // on its way
	InReview  State = "in_review" // the carrier or the registry has it
	Approved  State = "approved"
	Rejected  State = "rejected" // with a reason, and may be submitted again
	Expired   State = "expired"  // was approved, and is not any more
)

// Open reports whether somebody else is to act.
func (s State) Open() bool { return s == Submitted || s == InReview }

// A Filing is a registration as it was submitted.
type Filing struct {
	State       State       `json:"state,omitempty"`
	Particulars Particulars `json:"particulars,omitzero"`
	// Attempt counts submissions; each has a reference of its own.
	Attempt    int    `json:"attempt,omitempty"`
	BrandID    string `json:"brand_id,omitempty"`
	CampaignID string `json:"campaign_id,omitempty"`
	RequestID  string `json:"request_id,omitempty"` // of a toll-free verification
	// Pack is what was submitted, and Fingerprint names it: another pack today
	// means that what is on file is not what guests meet any more.
	Pack      *Pack     `json:"pack,omitempty"`
	Submitted time.Time `json:"submitted,omitzero"`
	Changed   time.Time `json:"changed,omitzero"`
	// Asked is when the part that is under way was sent; its answer may be lost.
	Asked time.Time `json:"asked,omitzero"`
	// Corrected is the attempt for which what was refused has been corrected.
	Corrected int    `json:"corrected,omitempty"`
	Reason    string `json:"reason,omitempty"` // the carrier's, for Rejected and Expired
}

// A Drift is one setting with the carrier that is not as we expect.
type Drift struct {
	Code string `json:"code"`
	Is   string `json:"is,omitempty"`
	Want string `json:"want,omitempty"`
}

// A Book keeps lines. Errors are [core.Error]. A business that has none has the
// zero Line with its id.
type Book interface {
	Line(ctx context.Context, b core.BusinessID) (Line, error)
	// Lock is Line, and keeps every other Lock of the same line waiting until the
	// transaction ends.
	Lock(ctx context.Context, b core.BusinessID) (Line, error)
	// Save writes a line, in the place of the one that was there.
	Save(ctx context.Context, l Line) error
	// Named returns the businesses that have the id among their line's Ids.
	Named(ctx context.Context, id string) ([]core.BusinessID, error)
	// Due returns up to n businesses whose line is due at now and leased by nobody
	// then, the longest due first.
	Due(ctx context.Context, now time.Time, n int) ([]core.BusinessID, error)
}
