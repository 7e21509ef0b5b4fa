package fetch_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/jobfluss/nexo/adapters/fetch"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/deliver"
)

// TestSendIsSigned: the official library accepts what is sent, under the new and
// the old secret, and nothing else.
func TestSendIsSigned(t *testing.T) {
	t.Parallel()
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	fresh, old := []byte("a secret of thirty-two characters"), []byte("another secret of thirty-two chars")
	p := deliver.Post{URL: server.URL + "/hook", ID: "msg-1", At: time.Now(), Secrets: [][]byte{fresh, old}, Body: []byte(`{"type":"x"}`)}
	status, err := fetch.New(fetch.Config{Trusted: server.URL, Key: "carrier key"}).Send(t.Context(), p)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("Send: %d, %v", status, err)
	}
	for name, c := range map[string]struct {
		secret []byte
		want   bool
	}{"new": {fresh, true}, "old": {old, true}, "other": {[]byte("no secret of anybody's, at all"), false}} {
		wh, err := standardwebhooks.NewWebhookRaw(c.secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, header); (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if header.Get("Authorization") != "" {
		t.Error("the carrier's key was sent to a stranger")
	}
}

// TestSendReachesPublicHostsOnly is API7 of the OWASP top ten: an address that
// leads inside is refused at the moment of connecting, and a redirect is not
// followed.
func TestSendReachesPublicHostsOnly(t *testing.T) {
	t.Parallel()
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	for _, address := range []string{
		inside.URL, "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://localhost/x", "http://example.com/",
		"https://user:pass@example.com/", "https://example.com:8443/", "https://0x7f000001/", "gopher://example.com/", "https:///x", "",
	} {
		_, err := fetch.New(fetch.Config{}).Send(t.Context(), deliver.Post{URL: address, ID: "m", At: time.Now(), Secrets: [][]byte{{1}}})
		if k := core.KindOf(err); err == nil || k != core.Invalid && k != core.Unavailable {
			t.Errorf("%s: %v", address, err)
		}
	}
	away := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
	defer away.Close()
	status, err := fetch.New(fetch.Config{Trusted: away.URL}).Send(t.Context(), deliver.Post{URL: away.URL, ID: "m", At: time.Now(), Secrets: [][]byte{{1}}})
	if err != nil || status != http.StatusTemporaryRedirect || reached {
		t.Errorf("a redirect: %d, %v, followed %v", status, err, reached)
	}
}

// TestSendGivesUpInTime: an endpoint that never answers costs no more than its
// time.
func TestSendGivesUpInTime(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }))
	defer server.Close()
	if _, err := fetch.New(fetch.Config{Trusted: server.URL}).Send(ctx, deliver.Post{URL: server.URL, ID: "m", At: time.Now(), Secrets: [][]byte{{1}}}); core.KindOf(err) != core.Unavailable {
		t.Errorf("an endpoint that does not answer: %v", err)
	}
}
