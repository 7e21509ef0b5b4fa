//go:build !embedded

package stripe

import (
	"crypto/hmac"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/jobfluss/nexo/core"
)

// Tolerance is how far a webhook's time may be from ours, either way. It is
// Stripe's own.
const Tolerance = webhook.DefaultTolerance

// SignatureHeader is the header that a webhook is signed in: t=<unix seconds>
// and, while a secret is being changed, more than one v1=<hex>.
const SignatureHeader = "Stripe-Signature"

// maxSignatures is how many v1 signatures are tried. Stripe sends one for each
// secret that is valid, and two are the most that it lets be valid.
const maxSignatures = 16

// A Verifier tells Stripe's webhooks from forgeries. It is safe for concurrent
// use. The zero Verifier denies everything.
type Verifier struct {
	secret string
}

// NewVerifier returns a Verifier for the signing secret of one webhook endpoint,
// as the dashboard shows it (whsec_…). Errors have kind Invalid.
func NewVerifier(secret string) (*Verifier, error) {
	secret = strings.TrimSpace(secret)
	// Anyone can sign with an empty secret.
	if secret == "" {
		return nil, core.E("stripe.NewVerifier", core.Invalid, "the webhook's signing secret is empty; copy it from Stripe's dashboard, where it begins with whsec_")
	}
	return &Verifier{secret: secret}, nil
}

// Verify reports whether Stripe signed the body within [Tolerance] of now. It
// reads nothing of the body, so it comes before any parsing. header returns a
// header of the request, as http.Header.Get does. Errors have kind Denied.
func (v *Verifier) Verify(header func(string) string, body []byte, now time.Time) error {
	deny := func(msg string) error { return core.E("stripe.Verify", core.Denied, msg) }
	if v.secret == "" {
		return deny("no signing secret is set")
	}
	h := header(SignatureHeader)
	if h == "" {
		return deny("the webhook is not signed: its signature header is missing")
	}
	at, signatures, ok := parseSignature(h)
	if !ok {
		return deny("the webhook's signature is malformed")
	}
	// In whole seconds, since a time.Duration cannot hold every difference.
	switch age := now.Unix() - at; {
	case age > int64(Tolerance/time.Second):
		return deny("the webhook is too old; if all are, check this machine's clock")
	case age < -int64(Tolerance/time.Second):
		return deny("the webhook is from the future; check this machine's clock")
	}
	want := webhook.ComputeSignature(time.Unix(at, 0), body, v.secret)
	for _, s := range signatures {
		if hmac.Equal(s, want) {
			return nil
		}
	}
	return deny("the webhook's signature does not fit; if all fail, check the signing secret")
}

// parseSignature reads the header. A second time in it is refused: the one that
// was signed could not be told from the one that is judged.
func parseSignature(h string) (at int64, signatures [][]byte, ok bool) {
	at = -1
	for part := range strings.SplitSeq(h, ",") {
		k, v, found := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case !found:
			return 0, nil, false
		case k == "t":
			t, err := strconv.ParseInt(v, 10, 64)
			if err != nil || t < 0 || at >= 0 || strconv.FormatInt(t, 10) != v {
				return 0, nil, false
			}
			at = t
		case k == "v1" && len(signatures) < maxSignatures:
			if s, err := hex.DecodeString(v); err == nil {
				signatures = append(signatures, s)
			}
		}
	}
	return at, signatures, at >= 0
}
