// Package otp makes and checks one-time codes of authenticator apps, by time
// (RFC 6238), with github.com/pquerna/otp.
package otp

import (
	"encoding/base32"
	"net/url"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
)

// issuer is what apps show beside the code.
const issuer = "NexoAlerts"

// period is for how long a code counts. A code of the one before or after is
// taken too: clocks differ (RFC 6238, 5.2).
const (
	period = 30
	skew   = 1
)

// Codes implements [access.Codes]. The zero value is ready and safe for
// concurrent use.
type Codes struct{}

var _ access.Codes = Codes{}

// encoding is how apps write a secret.
var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Enrol returns the address that an app reads from a QR code, and the secret as
// people type it.
func (Codes) Enrol(secret []byte, account string) (link, typed string) {
	typed = encoding.EncodeToString(secret)
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: url.Values{
		"secret": {typed}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}, // what every app can
	}.Encode()}
	return u.String(), typed
}

// Step returns the step of time that the code is of, and false where it is of
// none that counts now. It looks at each in the same time.
func (Codes) Step(secret []byte, code string, now time.Time) (int64, bool) {
	var step int64
	found := false
	for d := int64(-skew); d <= skew; d++ {
		at := now.Add(time.Duration(d) * period * time.Second)
		ok, err := totp.ValidateCustom(code, encoding.EncodeToString(secret), at.UTC(), totp.ValidateOpts{
			Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && ok {
			step, found = at.Unix()/period, true
		}
	}
	return step, found
}

// Code returns the code of an instant, for tests and tools.
func Code(secret []byte, at time.Time) (string, error) {
	c, err := totp.GenerateCode(encoding.EncodeToString(secret), at.UTC())
	if err != nil {
		return "", core.Wrap("otp.Code", core.Internal, "", err)
	}
	return c, nil
}
