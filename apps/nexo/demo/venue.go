package demo

import (
	"context"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

// venue is the demo's business. Its number is one of those kept for fiction.
var venue = onboard.Form{
	BusinessName: "Luna's Cantina",
	LegalName:    "Luna's Cantina LLC",
	Street:       "1200 Congress Avenue", City: "Austin", State: "TX", ZIP: "78701",
	Website:      "lunascantina.example",
	HelpContact:  "hello@lunascantina.example",
	MonthlyTexts: "8",
	// A newcomer sends a second campaign within minutes, and wants to see it
	// arrive. A venue of its own keeps the default.
	RhythmTexts: "4", RhythmHours: "12",
	// It serves alcohol. The age check is off until the newcomer turns it on in the
	// settings: joining is one text then, as at most venues.
	ServesAlcohol: true,
	OwnerName:     "Luna Reyes",
	Email:         "luna@example.com",
	Password:      "margaritas-at-midnight",
	Keyword:       "LUNA",
	Sender:        "+15125550100",
}

var venueZone = place.MustZone("America/Chicago").Location()

// handsets are the phones that the demo begins with. The first has not joined
// yet: that is for the newcomer to do.
func handsets() []telnyxsim.Handset {
	return []telnyxsim.Handset{
		{Name: "You", Number: "+15125550111"},
		{Name: "Ana", Number: "+15125550142"},
		{Name: "Ben", Number: "+15125550143"},
		{Name: "Cleo", Number: "+15125550144"},
	}
}

// seed signs the venue up and lets its first guests join by texting the
// keyword, through the carrier, the webhook and the worker. It returns the code
// of the opt-in page.
func seed(ctx context.Context, all *nexo.All, sim *telnyxsim.Sim, pages string) (string, error) {
	form := venue
	form.PublicURL = pages
	owner, b, err := all.Web.Onboard.SignUp(ctx, form)
	if err != nil {
		return "", err
	}
	if err := all.Web.Agree.Accept(ctx, owner); err != nil {
		return "", err
	}
	if err := all.Web.Enroll.PutRight(ctx, owner.ID, b.ID); err != nil {
		return "", err
	}
	var keywords []account.Keyword
	if err := all.Web.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		keywords, err = tx.Accounts.Keywords(ctx, b.ID)
		return err
	}); err != nil {
		return "", err
	}
	if len(keywords) == 0 {
		return "", core.E("demo", core.Internal, "the venue has no keyword")
	}
	if _, err := all.Web.Onboard.AddKeyword(ctx, owner.ID, b.ID, "PATIO", "Patio"); err != nil {
		return "", err
	}
	guests := handsets()[1:]
	for _, h := range guests {
		if err := sim.Inbound(ctx, h.Number, venue.Sender, venue.Keyword); err != nil {
			return "", err
		}
	}
	return keywords[0].Code, joined(ctx, all, b.ID, len(guests))
}

// joined waits until n guests are in.
func joined(ctx context.Context, all *nexo.All, b core.BusinessID, n int) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var in int
		if err := all.Web.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
			c, err := tx.Consent.Count(ctx, b)
			in = c[consent.Active]
			return err
		}); err != nil {
			return err
		}
		if in >= n {
			return nil
		}
		select {
		case <-ctx.Done():
			return core.Wrap("demo", core.Unavailable, "the demo's guests could not join", ctx.Err())
		case <-tick.C:
		}
	}
}
