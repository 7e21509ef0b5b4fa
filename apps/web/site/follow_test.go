package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
)

const (
	linkText = "Luna's Cantina: half-price tacos {https://lunas.example/tacos} Reply STOP to opt out"
	iphone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)

// raw asks without following redirects.
func (w *world) raw(method, path, agent string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("User-Agent", agent)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if len(resp.Cookies()) > 0 {
		w.t.Errorf("a link sets %v", resp.Cookies())
	}
	return resp.StatusCode, resp.Header.Get("Location")
}

func TestShortLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.web.Launch.Links, w.web.DryRun.Links = "https://go.example", "https://go.example"
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 3 {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	owner.get("/campaigns/new").must(200, `data-links="go.example"`)
	p := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {linkText}, "when": {"now"}, "do": {"review"}}).must(200)
	id := w.idAt(p.path)
	at := "/campaigns/" + id.String()
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200)
	w.run(biz, id)
	owner.get(at).must(200, "https://lunas.example/tacos", "Nobody has opened it yet")
	person := regexp.MustCompile(at + `/people/[0-9a-f-]+`).FindString(owner.get(at).body)
	token := regexp.MustCompile(`go\.example(/c/[0-9A-Za-z]{10}) `).FindStringSubmatch(owner.get(person).must(200).body)
	if token == nil {
		t.Fatal("a guest's text has no link")
	}
	for _, machine := range []struct{ method, agent string }{{"HEAD", iphone}, {"GET", "facebookexternalhit/1.1 Facebot Twitterbot/1.0"}, {"GET", "curl/8"}} {
		if code, to := w.raw(machine.method, token[1], machine.agent); code != 302 || to != "https://lunas.example/tacos" {
			t.Errorf("%s by %s: %d %s", machine.method, machine.agent, code, to)
		}
	}
	owner.get(at).must(200, "Nobody has opened it yet")
	for range 3 {
		w.raw("GET", token[1]+"?to=https://evil.example", iphone)
	}
	owner.get(at).must(200, "Opened by 1 guest (33 %)", "Tue 24 Nov, 12 pm")
	for _, path := range []string{"/c/aaaaaaaaaa", "/c/x", "/c/https:%2F%2Fevil.example"} {
		if code, to := w.raw("GET", path, iphone); code != 404 || to != "" {
			t.Errorf("%s: %d %s", path, code, to)
		}
	}
	reach := owner.submit("/campaigns/new", "/campaigns/reach", url.Values{"a_engaged": {"wrote"}, "a_days": {"2"}, "body": {goodText}}).must(200)
	if !strings.Contains(reach.body, `data-reach="1"`) {
		t.Errorf("who opened a link is not engaged: %s", reach.body)
	}
	if strings.Contains(w.log.String(), token[1]) || strings.Contains(w.log.String(), "127.0.0.1") {
		t.Error("the log says who opened what")
	}
}
