package enroll

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/registration"
)

// A Carrier sells numbers and takes registrations. Implementations are safe for
// concurrent use and repeat nothing by themselves. What only asks may be asked
// again: its errors are Unavailable, Denied where the account may not, or
// Invalid. What makes something (Make…) fails with Ambiguous where it may have
// been made: the matching Find… tells, and nothing is made before it was looked
// for.
type Carrier interface {
	// FindProfile looks for a messaging profile by its name.
	FindProfile(ctx context.Context, name string) (id string, found bool, err error)
	MakeProfile(ctx context.Context, want registration.Settings) (id string, err error)
	// Settings reads a profile with its automatic answers.
	Settings(ctx context.Context, profile string) (s registration.Settings, found bool, err error)
	// SaveSettings makes a profile as it should be. Done twice, it is the same.
	SaveSettings(ctx context.Context, profile string, want registration.Settings) error

	// Offers returns up to 20 numbers that can be ordered and can text.
	Offers(ctx context.Context, s Search) ([]Offer, error)
	// FindOrder looks for an order by the reference that we gave it.
	FindOrder(ctx context.Context, reference string) (o Ordered, found bool, err error)
	// MakeOrder orders a number that was offered, for a profile. Invalid means that
	// it is not to be had any more.
	MakeOrder(ctx context.Context, reference string, n core.Number, profile string) (Ordered, error)
	// ProfileOf returns the profile that a number is on, "" for none; found is
	// false where the number is not in the account.
	ProfileOf(ctx context.Context, n core.Number) (profile string, found bool, err error)
	// Attach puts a number of the account on a profile. Done twice, it is the same.
	Attach(ctx context.Context, n core.Number, profile string) error

	// FindBrand looks for the brand of a pack.
	FindBrand(ctx context.Context, b registration.Brand) (r Review, found bool, err error)
	MakeBrand(ctx context.Context, b registration.Brand) (Review, error)
	// SaveBrand corrects a brand and has it looked at anew.
	SaveBrand(ctx context.Context, id string, b registration.Brand) error
	Brand(ctx context.Context, id string) (r Review, found bool, err error)

	// FindCampaign looks among a brand's campaigns for our reference.
	FindCampaign(ctx context.Context, brand, reference string) (r Review, found bool, err error)
	MakeCampaign(ctx context.Context, brand, reference string, p registration.Pack) (Review, error)
	Campaign(ctx context.Context, id string) (r Review, found bool, err error)
	// Assignment returns the campaign that a number is assigned to, and whether
	// that is done.
	Assignment(ctx context.Context, n core.Number) (campaign string, r Review, found bool, err error)
	// Assign asks that a number be assigned. Done twice, it is the same.
	Assign(ctx context.Context, n core.Number, campaign string) error

	// FindVerification looks for the verification of a toll-free number.
	FindVerification(ctx context.Context, n core.Number) (r Review, found bool, err error)
	MakeVerification(ctx context.Context, p registration.Pack) (Review, error)
	// SaveVerification corrects one and has it looked at anew.
	SaveVerification(ctx context.Context, id string, p registration.Pack) error
}

// A Review is what became of something that was submitted.
type Review struct {
	ID     string
	State  registration.State // InReview, Approved, Rejected or Expired
	Reason string             // the carrier's words, without numbers in them
}

// A Search says which number is wanted. Empty fields do not matter.
type Search struct {
	AreaCode string // three digits
	City     string
	State    string // two letters
	TollFree bool
}

// An Offer is a number that can be ordered.
type Offer struct {
	Number core.Number
	City   string
	State  string
	// Monthly and Upfront are prices as the carrier writes them, in Currency.
	Monthly, Upfront, Currency string
	MMS                        bool
}

// An Ordered is what the carrier says of an order.
type Ordered struct {
	ID     string
	Number core.Number
	State  registration.OrderState // Pending, Ready or Failed
}
