package check

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"
)

var (
	hookNow    = time.Date(2026, 11, 24, 18, 30, 0, 0, time.UTC)
	telnyxKey  = ed25519.NewKeyFromSeed([]byte("a seed of the tests, 32 bytes it"))
	telnyxPub  = base64.StdEncoding.EncodeToString(telnyxKey.Public().(ed25519.PublicKey))
	stripeKey  = "whsec_of_the_tests"
	inbound    = `{"data":{"id":"ev-1","event_type":"message.received","occurred_at":"2026-11-24T18:29:59Z","payload":{"id":"m-1","from":{"phone_number":"+12125550100"},"to":[{"phone_number":"+12125550199"}],"text":"STOP"}}}`
	receipt    = `{"data":{"id":"ev-2","event_type":"message.finalized","payload":{"id":"m-1","to":[{"phone_number":"+12125550100","status":"delivered"}]}}}`
	paid       = `{"id":"evt_1","object":"event","api_version":"2023-10-16","type":"invoice.paid","data":{"object":{"id":"in_1","customer":"cus_1"}}}`
	newer      = `{"id":"evt_2","object":"event","api_version":"2025-03-31.basil","type":"customer.subscription.updated","data":{"object":{"id":"sub_1","customer":"cus_1","status":"active","items":{"data":[{"current_period_end":1798113600}]}}}}`
	incomplete = `{"id":"evt_3","object":"event","api_version":"2030-01-01.future","type":"invoice.paid","data":{"object":{"invoice":"in_1"}}}`
)

func telnyxHeaders(body string, at time.Time) [][]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	sig := ed25519.Sign(telnyxKey, []byte(stamp+"|"+body))
	return [][]string{{"Content-Type", "application/json"}, {"telnyx-signature-ed25519", base64.StdEncoding.EncodeToString(sig)}, {"TELNYX-TIMESTAMP", " " + stamp + "\t"}}
}

func stripeHeaders(body string, at time.Time, secret string) [][]string {
	sig := webhook.ComputeSignature(at, []byte(body), secret)
	return [][]string{{"stripe-signature", "t=" + strconv.FormatInt(at.Unix(), 10) + ",v1=" + hex.EncodeToString(sig)}}
}

type hook struct {
	Provider string     `json:"provider"`
	Key      string     `json:"key"`
	Now      any        `json:"now,omitempty"`
	Headers  [][]string `json:"headers"`
	Body     string     `json:"body_base64"`
}

func telnyxHook(body string, at time.Time) hook {
	return hook{"telnyx", telnyxPub, hookNow, telnyxHeaders(body, at), base64.StdEncoding.EncodeToString([]byte(body))}
}

func stripeHook(body string, at time.Time) hook {
	return hook{"stripe", stripeKey, hookNow, stripeHeaders(body, at, stripeKey), base64.StdEncoding.EncodeToString([]byte(body))}
}

// webhooks has each question with the answer's outcome and the rest that is
// wanted; "" for an error.
func webhooks() []struct{ q, want any } {
	with := func(h hook, f func(*hook)) hook { f(&h); return h }
	reject := `{"outcome":"reject","kind":"","event_id":""}`
	first := func(hs [][]string, name, value string) [][]string { return append([][]string{{name, value}}, hs...) }
	return []struct{ q, want any }{
		{telnyxHook(inbound, hookNow), `{"outcome":"accept","kind":"inbound","event_id":"ev-1"}`},
		{telnyxHook(receipt, hookNow.Add(-300*time.Second)), `{"outcome":"accept","kind":"delivery","event_id":"ev-2"}`},
		{telnyxHook(inbound, hookNow.Add(-301*time.Second)), reject},
		{telnyxHook(inbound, hookNow.Add(301*time.Second)), reject},
		{telnyxHook(`{"data":{"id":"ev-3","event_type":"call.initiated"}}`, hookNow), `{"outcome":"ignore","kind":"unknown","event_id":"ev-3"}`},
		{telnyxHook(`{"data":{"id":"ev-4","event_type":"message.received","payload":{}}}`, hookNow), `{"outcome":"ignore","kind":"unparsable","event_id":"ev-4"}`},
		{telnyxHook(`no JSON`, hookNow), `{"outcome":"ignore","kind":"unparsable","event_id":"sha256:29ecbeb830e3244605e5a88493e4088424a71780e5cf59bb3475f278f294335b"}`},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Now = hookNow.Unix() }), `{"outcome":"accept","kind":"inbound","event_id":"ev-1"}`},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Body = base64.StdEncoding.EncodeToString([]byte(inbound + " ")) }), reject},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers = nil }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers = [][]string{} }), reject},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers = first(h.Headers, "Telnyx-Signature-Ed25519", "AAAA") }), reject},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers = append(h.Headers, []string{"Telnyx-Signature-Ed25519", "AAAA"}) }), `{"outcome":"accept","kind":"inbound","event_id":"ev-1"}`},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers[1][0] = "telnyx-\u017fignature-ed25519" }), reject},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Headers[1] = []string{"one"} }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Key = "AAAA" }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Key = stripeKey }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Body = "***" }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Now = nil }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Now = "noon" }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Provider = "twilio" }), ""},
		{with(telnyxHook(inbound, hookNow), func(h *hook) { h.Provider, h.Key = "stripe", stripeKey }), reject},
		{stripeHook(paid, hookNow), `{"outcome":"accept","kind":"invoice","event_id":"evt_1"}`},
		{stripeHook(newer, hookNow), `{"outcome":"accept","kind":"subscription","event_id":"evt_2"}`},
		{stripeHook(incomplete, hookNow), `{"outcome":"ignore","kind":"unparsable","event_id":"evt_3"}`},
		{stripeHook(`{"id":"evt_4","type":"balance.available"}`, hookNow), `{"outcome":"ignore","kind":"unknown","event_id":"evt_4"}`},
		{stripeHook(paid, hookNow.Add(-301*time.Second)), reject},
		{stripeHook(paid, hookNow.Add(time.Hour)), reject},
		{with(stripeHook(paid, hookNow), func(h *hook) { h.Key = "whsec_another" }), reject},
		{with(stripeHook(paid, hookNow), func(h *hook) { h.Key, h.Headers = "", stripeHeaders(paid, hookNow, "") }), ""},
	}
}

func webhookLines() []byte {
	var b bytes.Buffer
	for _, w := range webhooks() {
		line, err := json.Marshal(w.q)
		if err != nil {
			panic(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	c := newChecker(t, "webhook")
	for i, line := range strings.Split(strings.TrimSpace(string(webhookLines())), "\n") {
		want := webhooks()[i].want.(string)
		got := string(c.Answer(nil, []byte(line)))
		if got != want && (want != "" || !strings.HasPrefix(got, `{"error":`)) {
			t.Errorf("%s\nis %s, want %s", line, got, want)
		}
	}
}

// FuzzWebhook: no request without the key is accepted, and none makes it panic.
func FuzzWebhook(f *testing.F) {
	for line := range bytes.Lines(webhookLines()) {
		f.Add(bytes.TrimSpace(line))
	}
	known := map[string]bool{}
	for _, w := range webhooks() {
		body, _ := base64.StdEncoding.DecodeString(w.q.(hook).Body)
		known[string(body)] = true
	}
	c := newChecker(f, "webhook")
	f.Fuzz(func(t *testing.T, line []byte) {
		answer := c.Answer(nil, line)
		if !json.Valid(answer) {
			t.Fatalf("%q is no JSON", answer)
		}
		var h hook
		if json.Unmarshal(line, &h) != nil || h.Key != telnyxPub && h.Key != stripeKey {
			return
		}
		body, _ := base64.StdEncoding.DecodeString(h.Body)
		if !bytes.Contains(answer, []byte("reject")) && !bytes.HasPrefix(answer, []byte(`{"error":`)) && !known[string(body)] {
			t.Fatalf("%s for %s, which nobody signed", answer, line)
		}
	})
}
