package telnyx_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"pgregory.net/rapid"
)

var (
	signer    = ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes......"))
	webhookAt = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
)

func publicKey() string {
	return base64.StdEncoding.EncodeToString(signer.Public().(ed25519.PublicKey))
}

func sign(timestamp string, body []byte) func(string) string {
	sig := ed25519.Sign(signer, append([]byte(timestamp+"|"), body...))
	return headers(base64.StdEncoding.EncodeToString(sig), timestamp)
}

func headers(signature, timestamp string) func(string) string {
	return func(name string) string {
		switch strings.ToLower(name) {
		case "telnyx-signature-ed25519":
			return signature
		case "telnyx-timestamp":
			return timestamp
		}
		return ""
	}
}

func unix(d time.Duration) string { return strconv.FormatInt(webhookAt.Add(d).Unix(), 10) }

func TestVerify(t *testing.T) {
	body := []byte(`{"data":{}}`)
	other := ed25519.NewKeyFromSeed(make([]byte, 32))
	forged := base64.StdEncoding.EncodeToString(ed25519.Sign(other, append([]byte(unix(0)+"|"), body...)))
	tests := []struct {
		name   string
		header func(string) string
		want   string // in the error; "" for none
	}{
		{"now", sign(unix(0), body), ""},
		{"300 s old", sign(unix(-300*time.Second), body), ""},
		{"300 s ahead", sign(unix(300*time.Second), body), ""},
		{"301 s old", sign(unix(-301*time.Second), body), "too old"},
		{"301 s ahead", sign(unix(301*time.Second), body), "future"},
		{"no headers", headers("", ""), "not signed"},
		{"no signature", headers("", unix(0)), "not signed"},
		{"no timestamp", headers(forged, ""), "not signed"},
		{"not base64", headers("???", unix(0)), "malformed"},
		{"short signature", headers("AAAA", unix(0)), "malformed"},
		{"timestamp with a word", headers(forged, "soon"), "malformed"},
		{"negative timestamp", headers(forged, "-1"), "malformed"},
		{"timestamp beyond 64 bits", headers(forged, "99999999999999999999"), "malformed"},
		{"the largest timestamp", headers(forged, strconv.FormatInt(math.MaxInt64, 10)), "future"},
		{"another key", headers(forged, unix(0)), "does not fit"},
		{"another body", sign(unix(0), []byte(`{"data":[]}`)), "does not fit"},
		{"another timestamp", headers(sign(unix(time.Second), body)("Telnyx-Signature-Ed25519"), unix(0)), "does not fit"},
	}
	v, err := telnyx.NewVerifier(publicKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := v.Verify(tt.header, body, webhookAt)
			if tt.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if core.KindOf(err) != core.Denied || !strings.Contains(core.MessageOf(err), tt.want) {
				t.Errorf("got %v, want Denied with %q", err, tt.want)
			}
		})
	}
}

func TestNewVerifierReadsBothForms(t *testing.T) {
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{
		"raw": publicKey(), "with spaces": " " + publicKey() + "\n", "SPKI": base64.StdEncoding.EncodeToString(spki),
	} {
		v, err := telnyx.NewVerifier(key)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := v.Verify(sign(unix(0), nil), nil, webhookAt); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []string{"", "not base64", base64.StdEncoding.EncodeToString(make([]byte, 31)), base64.StdEncoding.EncodeToString(make([]byte, 44))} {
		if _, err := telnyx.NewVerifier(key); core.KindOf(err) != core.Invalid {
			t.Errorf("%q: got %v, want Invalid", key, err)
		}
	}
}

// No change of a single bit of a signed webhook goes unnoticed.
func TestVerifySeesEveryBit(t *testing.T) {
	v, err := telnyx.NewVerifier(publicKey())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 1, 400).Draw(t, "body")
		h := sign(unix(0), body)
		if err := v.Verify(h, body, webhookAt); err != nil {
			t.Fatalf("an authentic webhook: %v", err)
		}
		bit := rapid.IntRange(0, len(body)*8-1).Draw(t, "bit")
		body[bit/8] ^= 1 << (bit % 8)
		if v.Verify(h, body, webhookAt) == nil {
			t.Fatal("a changed body passed")
		}
	})
}

func FuzzVerify(f *testing.F) {
	v, err := telnyx.NewVerifier(publicKey())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("AAAA", unix(0), []byte("{}"))
	f.Add(sign(unix(0), nil)("Telnyx-Signature-Ed25519"), unix(time.Second), []byte(nil))
	f.Add("", "-9223372036854775808", []byte("|"))
	f.Fuzz(func(t *testing.T, signature, timestamp string, body []byte) {
		err := v.Verify(headers(signature, timestamp), body, webhookAt)
		if err != nil && core.KindOf(err) != core.Denied {
			t.Errorf("kind is %v", core.KindOf(err))
		}
		// A pass means that the key, which nobody here but sign has, was used.
		if err == nil && signature != sign(timestamp, body)("Telnyx-Signature-Ed25519") {
			t.Error("a forgery passed")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	v, err := telnyx.NewVerifier(publicKey())
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(receivedEvent)
	h := sign(unix(0), body)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(h, body, webhookAt); err != nil {
			b.Fatal(err)
		}
	}
}
