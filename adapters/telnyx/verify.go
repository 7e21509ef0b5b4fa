package telnyx

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
)

// Tolerance is how far a webhook's time may be from ours, either way. It is the
// carrier's own.
const Tolerance = 300 * time.Second

// The headers that a webhook is signed in.
const (
	SignatureHeader = "Telnyx-Signature-Ed25519"
	TimestampHeader = "Telnyx-Timestamp"
)

// A Verifier tells the carrier's webhooks from forgeries. It is safe for
// concurrent use.
type Verifier struct {
	key ed25519.PublicKey
}

// NewVerifier returns a Verifier for the account's public key: base64 of the 32
// bytes as the carrier's portal shows them, or of the 44 bytes of the same key in
// SPKI form. Errors have kind Invalid.
func NewVerifier(publicKey string) (*Verifier, error) {
	const op = "telnyx.NewVerifier"
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(publicKey))
	if err != nil {
		return nil, core.E(op, core.Invalid, "the carrier's public key is not base64; copy it from the portal once more")
	}
	if len(raw) == ed25519.PublicKeySize {
		return &Verifier{key: raw}, nil
	}
	if k, err := x509.ParsePKIXPublicKey(raw); err == nil {
		if k, ok := k.(ed25519.PublicKey); ok {
			return &Verifier{key: k}, nil
		}
	}
	return nil, core.E(op, core.Invalid, "the carrier's public key is not an Ed25519 key of 32 bytes; copy it from the portal once more")
}

// Verify reports whether the carrier signed the body within [Tolerance] of now.
// It reads nothing of the body, so it comes before any parsing. header returns
// a header of the request, as http.Header.Get does. Errors have kind Denied.
func (v *Verifier) Verify(header func(string) string, body []byte, now time.Time) error {
	const op = "telnyx.Verify"
	deny := func(msg string) error { return core.E(op, core.Denied, msg) }

	signature, timestamp := header(SignatureHeader), header(TimestampHeader)
	if signature == "" || timestamp == "" {
		return deny("the webhook is not signed: a signature header is missing")
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(sig) != ed25519.SignatureSize {
		return deny("the webhook's signature is malformed")
	}
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || at < 0 || len(timestamp) > 19 {
		return deny("the webhook's timestamp is malformed")
	}
	// In whole seconds, since a time.Duration cannot hold every difference.
	switch age := now.Unix() - at; {
	case age > int64(Tolerance/time.Second):
		return deny("the webhook is too old; if all are, check this machine's clock")
	case age < -int64(Tolerance/time.Second):
		return deny("the webhook is from the future; check this machine's clock")
	}
	if !v.signed(sig, timestamp, body) {
		return deny("the webhook's signature does not fit; if all fail, check the carrier's public key")
	}
	return nil
}

// signed checks the signature over timestamp, a bar, and the body.
func (v *Verifier) signed(sig []byte, timestamp string, body []byte) bool {
	p := signedBytes.Get().(*[]byte)
	defer signedBytes.Put(p)
	b := append(append((*p)[:0], timestamp...), '|')
	b = append(b, body...)
	if cap(b) <= 64<<10 {
		*p = b // keep what usual webhooks need, not what one huge one did
	}
	return ed25519.Verify(v.key, b, sig)
}

var signedBytes = sync.Pool{New: func() any { return new([]byte) }}
