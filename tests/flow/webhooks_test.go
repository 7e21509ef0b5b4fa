package flow_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// A webhook is a request as it comes in.
type webhook struct {
	body                 []byte
	signature, timestamp string
}

// carrierKey is what every simulated carrier here signs with.
var carrierKey = func() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}()

// signed is a webhook as the carrier signs it, so long ago.
func signed(body []byte, ago time.Duration) webhook {
	at := strconv.FormatInt(system.Time{Offset: afternoon}.Now().Add(-ago).Unix(), 10)
	sig := ed25519.Sign(carrierKey, append([]byte(at+"|"), body...))
	return webhook{body: body, timestamp: at, signature: base64.StdEncoding.EncodeToString(sig)}
}

// post sends it and returns the status.
func (w *town) post(x webhook) int {
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.events.URL+"/telnyx", bytes.NewReader(x.body))
	if err != nil {
		w.t.Error(err)
		return 0
	}
	if x.signature != "" {
		req.Header.Set(telnyx.SignatureHeader, x.signature)
		req.Header.Set(telnyx.TimestampHeader, x.timestamp)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Error(err)
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// kept is the inbox.
func (w *town) kept() (events []inbox.Stored) {
	w.t.Helper()
	if err := w.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		events, err = tx.Inbox.List(ctx, time.Time{}, 100)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return events
}

const hangup = `{"data":{"id":"e-77","event_type":"call.hangup","payload":{"id":"c-1"}}}`

// TestForgedWebhooks: what the carrier did not sign now leaves no trace.
func TestForgedWebhooks(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrated.URL(t), telnyxsim.Options{})
	good := signed([]byte(hangup), 0)
	changed := good
	changed.body = bytes.Replace(good.body, []byte("e-77"), []byte("e-78"), 1)
	moved := good
	moved.timestamp = strconv.FormatInt(system.Time{Offset: afternoon}.Now().Add(-time.Second).Unix()-1, 10)
	for _, c := range []struct {
		what string
		hook webhook
		want int
	}{
		{"not signed", webhook{body: good.body}, http.StatusUnauthorized},
		{"signed by nobody", webhook{body: good.body, timestamp: good.timestamp, signature: base64.StdEncoding.EncodeToString(make([]byte, 64))}, http.StatusUnauthorized},
		{"with no signature at all", webhook{body: good.body, timestamp: good.timestamp, signature: "!"}, http.StatusUnauthorized},
		{"changed on its way", changed, http.StatusUnauthorized},
		{"with another time", moved, http.StatusUnauthorized},
		{"an hour old", signed([]byte(hangup), time.Hour), http.StatusUnauthorized},
		{"of the future", signed([]byte(hangup), -time.Hour), http.StatusUnauthorized},
		{"larger than 1 MiB", signed(bytes.Repeat([]byte(" "), 1<<20+1), 0), http.StatusRequestEntityTooLarge},
	} {
		if got := w.post(c.hook); got != c.want {
			t.Errorf("a webhook %s is answered with %d, want %d", c.what, got, c.want)
		}
	}
	if n := len(w.kept()); n != 0 {
		t.Errorf("%d of them are in the inbox, want none", n)
	}
	if got := w.post(good); got != http.StatusOK {
		t.Errorf("the genuine one is answered with %d, want 200", got)
	}
}

// TestStrangeWebhooks: what the carrier signed is kept to the byte, whatever it
// is, and holds nothing up.
func TestStrangeWebhooks(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrated.URL(t), telnyxsim.Options{})
	cases := []struct {
		what, body string
		kind       inbox.Kind
	}{
		{"no JSON", `{"data":`, inbox.Unparsable},
		{"JSON of another shape", `["message.received"]`, inbox.Unparsable},
		{"nothing", ``, inbox.Unparsable},
		{"no UTF-8", "{\"data\":{\"id\":\"e-2\",\"event_type\":\"message.received\",\"payload\":\"\xff\xfe\"}}", inbox.Unparsable},
		{"bytes", "\x00\xff\x00", inbox.Unparsable},
		{"a text without its numbers", `{"data":{"id":"e-3","event_type":"message.received","payload":{"id":"m-3","text":"STOP"}}}`, inbox.Unparsable},
		{"a type that is not known", hangup, inbox.Unknown},
		{"a MiB", `{"data":{"id":"e-5","event_type":"` + strings.Repeat("x", 1<<20-60) + `"}}`, inbox.Unknown},
	}
	for _, c := range cases {
		for range 3 { // as often as the carrier likes
			// On a busy machine it may be told to come again, and does.
			eventually(t, c.what+" is taken, or the carrier sends it for days", func() bool {
				code := w.post(signed([]byte(c.body), 0))
				if code != http.StatusOK && code != http.StatusServiceUnavailable {
					t.Fatalf("%s: answered with %d, want 200", c.what, code)
				}
				return code == http.StatusOK
			})
		}
	}
	kept := map[string]inbox.Kind{}
	for _, e := range w.kept() {
		kept[string(e.Raw)] = e.Kind
	}
	for _, c := range cases {
		if kind, ok := kept[c.body]; !ok || kind != c.kind {
			t.Errorf("%s: kept %v as %v, want as %v, to the byte", c.what, ok, kind, c.kind)
		}
	}
	if n := len(w.kept()); n != len(cases) {
		t.Errorf("%d events are kept, want %d: each once", n, len(cases))
	}
	if r, err := w.worker.Intake.Step(t.Context(), 100); err != nil || r.Handled != len(cases) {
		t.Errorf("the worker handled %d of them (%v), want all %d", r.Handled, err, len(cases))
	}
}

// TestOnlyItsOwnAddresses: the ingester is open to the world.
func TestOnlyItsOwnAddresses(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrated.URL(t), telnyxsim.Options{})
	for _, path := range []string{"/", "/telnyx", "/telnyx/", "/telnyx/m/", "/other", "/telnyx/m/a/b"} {
		if got := status(t, w.events.URL+path); got < 400 || got >= 500 {
			t.Errorf("GET %s is answered with %d, want 4xx", path, got)
		}
	}
}
