package telnyx

import (
	"time"

	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
)

var _ intake.Provider = (*Verifier)(nil)

// Parse is [Parse] for a webhook whose address is not known any more: the token
// is then taken from what the carrier repeats of it.
func (v *Verifier) Parse(body []byte, received time.Time) inbox.Event {
	return Parse(body, "", received)
}
