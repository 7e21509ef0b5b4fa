package stripe

import (
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/billing"
)

// TillConfig is how Stripe is reached.
type TillConfig struct {
	Key string
	URL string // of the API; "" is Stripe's own
	// Prices are the ids of prices by lookup key, where they are not to be looked up.
	Prices map[string]string
}

// News reads a webhook for [charge.Service].
func News(raw []byte, received time.Time) (billing.News, bool) {
	e := Parse(raw, received)
	if e.Kind == Unknown || e.Kind == Unparsable {
		return billing.News{}, false
	}
	n := billing.News{Customer: e.Customer}
	if id, err := core.ParseUUID(e.Reference); err == nil {
		n.Business = core.BusinessID(id)
	}
	return n, n.Customer != ""
}
