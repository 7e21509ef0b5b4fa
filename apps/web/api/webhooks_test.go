package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/token"
)

// TestWebhooksThroughTheAPI adds an endpoint, finds the event of an opt-out in its
// log, and takes the endpoint away.
func TestWebhooksThroughTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna, sol := w.tenant("Luna's Cantina", 99), w.tenant("Bar Sol", 98)
	p, theirs := luna.program(token.All), sol.program(token.All)
	made := p.post("/webhooks", map[string]any{"url": "https://example.com/hooks", "events": []string{"subscriber.opted_out"}}).must(201).want("on", true)
	id := made.str("id")
	if !strings.HasPrefix(made.str("secret"), "whsec_") {
		t.Errorf("the secret is %q", made.str("secret"))
	}
	if list := p.get("/webhooks").must(200).want("endpoints.0.id", id); list.str("endpoints.0.secret") != "" {
		t.Error("the secret is shown again")
	}
	p.post("/suppressions", map[string]any{"number": guestNumber(1).E164(), "means": "email", "words": "stop"}).must(200)
	p.post("/webhooks/"+id+"/test", nil).must(204)
	log := p.get("/webhooks/"+id+"/deliveries").must(200).want("deliveries.2", nil)
	if events := log.str("deliveries.0.event") + " " + log.str("deliveries.1.event"); !strings.Contains(events, "subscriber.opted_out") || !strings.Contains(events, "endpoint.test") {
		t.Errorf("the log has %s", events)
	}
	delivery := "/webhooks/" + id + "/deliveries/" + log.str("deliveries.0.id") + "/replay"
	p.post(delivery, nil).must(409)
	for method, paths := range map[string][]string{
		http.MethodGet:  {"/webhooks/" + id + "/deliveries"},
		http.MethodPost: {delivery, "/webhooks/" + id + "/test", "/webhooks/" + id + "/rotate", "/webhooks/" + id + "/disable", "/webhooks/" + id + "/enable", "/webhooks/" + id + "/remove"},
	} {
		for _, path := range paths {
			theirs.do(method, "/api/v1"+path, nil).must(404)
		}
	}
	if p.post("/webhooks/"+id+"/rotate", nil).must(200).str("secret") == made.str("secret") {
		t.Error("the secret was not changed")
	}
	p.post("/webhooks/"+id+"/disable", nil).must(200).want("on", false)
	p.post("/webhooks/"+id+"/enable", nil).must(200).want("on", true)
	p.post("/webhooks/"+id+"/remove", nil).must(204)
	p.get("/webhooks/" + id + "/deliveries").must(404)
}

// API7: events go nowhere inside. What a name leads to is looked at when something
// is sent; see adapters/fetch.
func TestEndpointsAreOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.tenant("Luna's Cantina", 99).program(token.All)
	for _, url := range []string{
		"http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://localhost/", "https://metadata.google.internal/",
		"https://a:b@example.com/", "https://example.com:8080/", "file:///etc/passwd", "javascript:alert(1)", "https://0x7f000001/", "https://2130706433/", " ",
	} {
		p.post("/webhooks", map[string]any{"url": url}).must(422)
	}
	if p.get("/webhooks").must(200).at("endpoints.0") != nil {
		t.Error("an endpoint was made")
	}
}
