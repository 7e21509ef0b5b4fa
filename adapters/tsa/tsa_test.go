package tsa_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/jobfluss/nexo/adapters/tsa"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// authority is a time-stamping authority that may be made to lie.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	lie  func(*timestamp.Timestamp)
	spam string // instead of an answer
}

func newAuthority(t *testing.T) (*authority, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	return a, s.URL
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query, _ := io.ReadAll(r.Body)
	q, err := timestamp.ParseRequest(query)
	if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if a.spam != "" {
		_, _ = io.WriteString(w, a.spam)
		return
	}
	t := &timestamp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: time.Now(), Nonce: q.Nonce,
		Policy: []int{1, 2, 3, 4}, AddTSACertificate: q.Certificates}
	if a.lie != nil {
		a.lie(t)
	}
	answer, err := t.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer)
}

func open(t *testing.T, url string) *tsa.Authority {
	t.Helper()
	a, err := tsa.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The token that is kept says who stamped which head when, and can be read alone.
func TestToken(t *testing.T) {
	_, url := newAuthority(t)
	cp := evidence.Checkpoint{Size: 42, Note: []byte("a head\n")}
	token, err := open(t, url).Keep(t.Context(), cp)
	if err != nil {
		t.Fatal(err)
	}
	got, err := timestamp.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(cp.Note)
	if string(got.HashedMessage) != string(sum[:]) || time.Since(got.Time) > time.Hour || len(got.Certificates) != 1 {
		t.Errorf("the token is %+v", got)
	}
}

func TestAuthorityThatCannotBeReliedOn(t *testing.T) {
	a, url := newAuthority(t)
	for name, c := range map[string]struct {
		lie  func(*timestamp.Timestamp)
		spam string
		want core.Kind
	}{
		"another head":   {lie: func(t *timestamp.Timestamp) { t.HashedMessage = make([]byte, 32) }, want: core.Denied},
		"an old answer":  {lie: func(t *timestamp.Timestamp) { t.Nonce = big.NewInt(7) }, want: core.Denied},
		"no nonce":       {lie: func(t *timestamp.Timestamp) { t.Nonce = nil }, want: core.Denied},
		"a page":         {spam: "<html>", want: core.Unavailable},
		"without an end": {spam: strings.Repeat("0", 1<<20), want: core.Unavailable},
		"a wrong status": {lie: func(t *timestamp.Timestamp) { t.HashAlgorithm = 0 }, want: core.Unavailable},
	} {
		a.lie, a.spam = c.lie, c.spam
		if _, err := open(t, url).Keep(t.Context(), evidence.Checkpoint{Size: 1, Note: []byte("a head\n")}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	for _, closed := range []bool{false, true} {
		if closed {
			s.Close()
		}
		if _, err := open(t, s.URL).Keep(t.Context(), evidence.Checkpoint{Size: 1}); !errors.Is(err, core.Unavailable) {
			t.Errorf("%v", err)
		}
	}
}
