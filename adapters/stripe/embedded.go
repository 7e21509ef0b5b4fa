//go:build embedded

package stripe

import (
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/charge"
)

// A Verifier denies everything: what a program that is built for embedded parts
// never uses is not in it, since a newcomer waits for each line that is compiled.
type Verifier struct{}

// NewVerifier refuses. The error has kind Invalid.
func NewVerifier(string) (*Verifier, error) {
	return nil, core.E("stripe.NewVerifier", core.Invalid,
		"this program was built for a trial on embedded parts and cannot take Stripe's webhooks; build it without the tag embedded")
}

// Verify denies.
func (*Verifier) Verify(func(string) string, []byte, time.Time) error {
	return core.E("stripe.Verify", core.Denied, "no signing secret is set")
}

// NewTill refuses. The error has kind Invalid.
func NewTill(TillConfig) (charge.Till, error) {
	return nil, core.E("stripe.NewTill", core.Invalid,
		"this program was built for a trial on embedded parts and sells nothing; build it without the tag embedded")
}
