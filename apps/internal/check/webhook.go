package check

import (
	"errors"
	"strings"
	"time"

	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
)

// The fields of webhook.
const (
	webhookProvider = iota
	webhookKey
	webhookNow
	webhookHeaders
	webhookBody
)

// webhookSpec asks what the ingester would do with a request.
var webhookSpec = spec{
	name:  "webhook",
	about: "What to do with a webhook: accept it, reject it as a forgery or a replay, or ignore it, being authentic but nothing to act on.",
	in: []field{
		webhookProvider: {name: "provider", kind: text, need: true, enum: []string{"telnyx", "stripe"}, about: "who is said to have sent it"},
		webhookKey:      {name: "key", kind: text, need: true, about: "Telnyx: the account's public key, base64; Stripe: the endpoint's signing secret, whsec_…"},
		webhookNow:      {name: "now", kind: moment, about: "the instant at which it came; needed unless --at gives one"},
		webhookHeaders: {name: "headers", kind: list, need: true, about: "the request's headers, each a name and a value; names in any case; the first of a name counts",
			item: &field{kind: list, min: 2, max: 2, item: &field{kind: text}}},
		webhookBody: {name: "body_base64", kind: bytes64, need: true, about: "the body, to the byte, in standard base64"},
	},
	out: []field{
		{name: "outcome", kind: text, need: true, enum: []string{"accept", "reject", "ignore"}, about: "what to do"},
		{name: "kind", kind: text, need: true, enum: []string{"", "unknown", "unparsable", "inbound", "delivery", "checkout", "subscription", "invoice"},
			about: "accept: what it is about; ignore: unknown for a type that nothing is done about, unparsable for one that lacks what its type promises; reject: empty"},
		{name: "event_id", kind: text, need: true, about: "the provider's id of the event, the same in every delivery of it; sha256: and the body's hash where the provider gave none; empty for reject"},
	},
	answer: answerWebhook,
}

// A verdict on a webhook; the zero value rejects.
type received struct{ outcome, kind, id string }

var rejected = received{outcome: "reject"}

func answerWebhook(c *Checker, dst []byte, v *values) ([]byte, error) {
	now := v.time(webhookNow, c.options.at)
	if now.IsZero() {
		return nil, errors.New(`the field "now" is missing`)
	}
	body, err := decode64(v.raw[webhookBody])
	if err != nil {
		return nil, err
	}
	receive := receiveTelnyx
	if v.str(webhookProvider) == "stripe" {
		receive = receiveStripe
	}
	r, err := receive(v.str(webhookKey), headersOf(v.raw[webhookHeaders]).get, body, now)
	if err != nil {
		return nil, errors.New(`the field "key" is of no use: ` + core.MessageOf(err))
	}
	dst = appendField(append(dst, '{'), "outcome", r.outcome)
	dst = appendField(dst, "kind", r.kind)
	dst = appendField(dst, "event_id", r.id)
	return append(dst, '}'), nil
}

func receiveTelnyx(key string, header func(string) string, body []byte, now time.Time) (received, error) {
	verifier, err := telnyx.NewVerifier(key)
	if err != nil {
		return rejected, err
	}
	if verifier.Verify(header, body, now) != nil {
		return rejected, nil
	}
	e := telnyx.Parse(body, "", now)
	r := received{"accept", e.Kind.String(), strings.TrimPrefix(e.ID, telnyx.Provider+":")}
	if e.Kind == inbox.Unknown || e.Kind == inbox.Unparsable {
		r.outcome = "ignore"
	}
	return r, nil
}

func receiveStripe(key string, header func(string) string, body []byte, now time.Time) (received, error) {
	verifier, err := stripe.NewVerifier(key)
	if err != nil {
		return rejected, err
	}
	if verifier.Verify(header, body, now) != nil {
		return rejected, nil
	}
	e := stripe.Parse(body, now)
	r := received{"accept", e.Kind.String(), e.ID}
	if e.Kind == stripe.Unknown || e.Kind == stripe.Unparsable {
		r.outcome = "ignore"
	}
	return r, nil
}

// A header is a name and a value.
type header [2]string

type headers []header

func headersOf(b []byte) headers {
	var hs headers
	for pair := range items(b) {
		var h header
		n := 0
		for s := range items(pair) {
			h[n] = unquote(s)
			n++
		}
		hs = append(hs, h)
	}
	return hs
}

// get returns the first value of a name, as http.Header.Get does, without the
// spaces around it, which are no part of it (RFC 9110 §5.5).
func (hs headers) get(name string) string {
	for _, h := range hs {
		if sameName(h[0], name) {
			return strings.Trim(h[1], " \t")
		}
	}
	return ""
}

// sameName compares names of headers, which are ASCII: strings.EqualFold would
// take ſ for s.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
