package otp_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/otp"
)

// The vectors of RFC 6238, appendix B, in six digits.
func TestCodesOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		now := time.Unix(at, 0)
		if got, err := otp.Code(secret, now); err != nil || got != want {
			t.Errorf("at %d the code is %s, %v, want %s", at, got, err, want)
		}
		step, ok := otp.Codes{}.Step(secret, want, now)
		if !ok || step != at/30 {
			t.Errorf("at %d the code is of step %d, %v", at, step, ok)
		}
		if s, ok := (otp.Codes{}).Step(secret, want, now.Add(30*time.Second)); !ok || s != step {
			t.Errorf("half a minute later it is of step %d, %v", s, ok)
		}
		if _, ok := (otp.Codes{}).Step(secret, want, now.Add(90*time.Second)); ok {
			t.Error("a code counts a minute and a half later")
		}
	}
	for _, bad := range []string{"", "28708", "2870822", "abcdef", "287O82", "١٢٣٤٥٦"} {
		if _, ok := (otp.Codes{}).Step(secret, bad, time.Unix(59, 0)); ok {
			t.Errorf("%q counts", bad)
		}
	}
}

func TestEnrol(t *testing.T) {
	link, typed := otp.Codes{}.Enrol([]byte("12345678901234567890"), "luna@lunas.example")
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != typed || u.Path != "/NexoAlerts:luna@lunas.example" {
		t.Errorf("%s, %v", link, err)
	}
}
