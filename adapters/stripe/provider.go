package stripe

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
)

// Provider names Stripe in the inbox.
const Provider = "stripe"

var _ intake.Provider = (*Verifier)(nil)

// Parse is [Parse] for the inbox, which keeps what Stripe says and leaves it to
// those who know about money. So no event of Stripe's is a text or a receipt,
// whatever its body looks like.
func (v *Verifier) Parse(body []byte, received time.Time) inbox.Event {
	e := Parse(body, received)
	kept := inbox.Event{
		ID: Provider + ":" + e.ID, Provider: Provider, Type: e.Type,
		Occurred: e.Created, Received: received, Raw: body, Problem: e.Problem,
	}
	if e.Kind == Unparsable {
		kept.Kind = inbox.Unparsable
	}
	if e.ID == "" {
		sum := sha256.Sum256(body)
		kept.ID = Provider + ":sha256:" + hex.EncodeToString(sum[:])
	}
	return kept
}
