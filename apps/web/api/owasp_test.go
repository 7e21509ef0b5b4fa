package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/token"
)

// Tests of the OWASP API security top ten (2023), one for each risk that the API
// has by itself. What webhooks add is in webhooks_test.go.

// A documented operation, as the served document has it.
type documented struct {
	method, path string
	scopes       token.Scopes
}

func operations(t testing.TB, w *world) []documented {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(w.api.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	var out []documented
	for path, ops := range doc.Paths {
		for method, o := range ops {
			s, err := token.ParseScopes(o.Security[0]["token"])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, documented{strings.ToUpper(method), path, s})
		}
	}
	if len(out) < 20 {
		t.Fatalf("the document has %d operations", len(out))
	}
	return out
}

// fill puts ids into an address.
func (d documented) fill(ids map[string]string) string {
	path := d.path
	for part, id := range ids {
		path = strings.ReplaceAll(path, part, id)
	}
	return strings.NewReplacer("{id}", "x", "{check}", "text", "{delivery}", "x").Replace(path)
}

// API1: another tenant's things are not there, for every operation that names one.
func TestObjectsOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna, sol := w.tenant("Luna's Cantina", 99), w.tenant("Bar Sol", 98)
	luna.join(1)
	sol.join(2)
	mine, theirs := luna.program(token.All), sol.program(token.All)
	id := mine.post("/campaigns", map[string]any{"name": "Tacos", "body": text}).must(201).str("id")
	mine.post("/campaigns/"+id+"/schedule", nil).must(200)
	luna.run(id)
	message := mine.get("/campaigns/" + id + "/messages").must(200).str("messages.0.id")
	guest := mine.get("/subscribers").must(200).str("subscribers.0.id")
	tried := 0
	for _, d := range operations(t, w) {
		var path string
		switch {
		case strings.Contains(d.path, "/campaigns/{id}"):
			path = d.fill(map[string]string{"{id}": id})
		case strings.Contains(d.path, "/messages/{id}"):
			path = d.fill(map[string]string{"{id}": message})
		case strings.Contains(d.path, "/subscribers/{id}"):
			path = d.fill(map[string]string{"{id}": guest})
		default:
			continue
		}
		tried++
		var body any
		if d.method == http.MethodPost {
			body = map[string]any{}
			switch {
			case strings.HasSuffix(path, "/erase"):
				body = map[string]any{"reason": "asked"}
			case strings.HasSuffix(path, "/suppress"):
				body = map[string]any{"means": "email", "words": "stop"}
			}
		}
		theirs.do(d.method, path, body).must(http.StatusNotFound)
	}
	if tried < 15 {
		t.Errorf("only %d operations name a thing", tried)
	}
	if n := theirs.get("/subscribers").must(200).at("subscribers.1"); n != nil {
		t.Error("the other tenant sees two guests")
	}
	theirs.get("/subscribers?cursor=" + guest).must(422)
	theirs.get("/campaigns/" + id + "/messages").must(404)
}

// API2: nothing but a live token lets anybody in.
func TestOnlyLiveTokensLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	p := luna.program(token.All)
	p.get("/token").must(200)
	forged := p
	last := p.secret[len(p.secret)-1]
	forged.secret = p.secret[:10] + strings.Repeat("a", 10) + p.secret[20:]
	for name, secret := range map[string]string{"none": "", "forged": forged.secret, "cut": p.secret[:30], "longer": p.secret + string(last), "garbage": "x y z", "upper": strings.ToUpper(p.secret)} {
		a := program{w: w, secret: secret}.get("/token")
		if a.status != http.StatusUnauthorized || a.str("code") != "unauthenticated" || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	nobody := program{w: w}
	nobody.get("/token?access_token=" + p.secret).must(401)
	nobody.do(http.MethodGet, "/api/v1/token", nil, "Authorization", "Basic "+p.secret).must(401)
	nobody.do(http.MethodGet, "/api/v1/token", nil, "Cookie", "nexo_session="+p.secret).must(401)
	if err := w.web.Grants.Revoke(t.Context(), luna.owner, p.id); err != nil {
		t.Fatal(err)
	}
	p.get("/token").must(401)
	q := luna.program(token.All)
	w.clock.add(30*24*time.Hour - time.Second)
	q.get("/token").must(200)
	w.clock.add(time.Second)
	q.get("/token").must(401)
}

// API3: what a client may not set, it cannot set.
func TestMassAssignment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.tenant("Luna's Cantina", 99).program(token.All)
	for field, value := range map[string]any{"status": "sending", "id": "01890000-0000-7000-8000-000000000000", "business": "x", "approved": noon, "revision": 9, "planned": 1, "by": "x"} {
		p.post("/campaigns", map[string]any{"name": "Tacos", "body": text, field: value}).must(422).want("errors.0.location", "body."+field)
	}
	if p.get("/campaigns").must(200).at("campaigns.0") != nil {
		t.Error("a campaign was made")
	}
}

// API4: requests that would cost too much are refused.
func TestHugeRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.tenant("Luna's Cantina", 99).program(token.All)
	huge := `{"name":"x","body":"` + strings.Repeat("a", 100<<10) + `"}`
	p.post("/campaigns", huge).must(413).want("code", "too_large")
	p.post("/campaigns", huge, "Idempotency-Key", "k").must(413)
	p.get("/subscribers?limit=100000").must(422)
	p.get("/subscribers?limit=0").must(422)
	p.get("/subscribers?limit=-1").must(422)
	p.get("/subscribers?cursor=" + strings.Repeat("x", 65)).must(422)
}

// TestHostileJSON: what is no JSON, or not ours, is a problem and nothing else.
func TestHostileJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.tenant("Luna's Cantina", 99).program(token.All)
	for _, body := range []string{
		"", "{", "null", "[]", `"x"`, "1e999", `{"name":null,"body":null}`, strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 10_000),
		`{"name":"x","body":"y","name":{}}`, `{"name":"x","body":"y"} trailing`, "\xff\xfe", `{"name":"\ud800","body":5}`, `{"__proto__":{"x":1}}`,
	} {
		for _, path := range []string{"/campaigns", "/check/text", "/check/send", "/subscribers/lookup"} {
			a := p.post(path, body)
			if a.status/100 != 4 && a.status != 200 || a.header.Get("Content-Type") == "" {
				t.Errorf("%s with %.40q answers %d %s", path, body, a.status, a.body)
			}
			if a.status/100 == 4 && a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s with %.40q answers %s", path, body, a.header.Get("Content-Type"))
			}
		}
	}
	p.post("/campaigns", "name=x", "Content-Type", "application/x-www-form-urlencoded").must(415)
	if n := p.post("/subscribers/lookup", map[string]any{"number": "+1 (512) 555-0123"}).must(422); strings.Contains(string(n.body), "555") {
		t.Errorf("the problem repeats the number: %s", n.body)
	}
	if n := p.post("/subscribers/lookup", map[string]any{"number": guestNumber(1).E164(), guestNumber(2).E164(): 1}).must(422); strings.Contains(string(n.body), "555") {
		t.Errorf("the problem repeats the number: %s", n.body)
	}
}

// API5: each operation needs its scope, and nothing else will do.
func TestEachOperationNeedsItsScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	without := map[token.Scopes]program{}
	for _, d := range operations(t, w) {
		if d.scopes == 0 {
			if d.path != "/api/v1/token" {
				t.Errorf("%s needs no scope", d.path)
			}
			continue
		}
		p, ok := without[d.scopes]
		if !ok {
			p = luna.program(token.All &^ d.scopes)
			without[d.scopes] = p
		}
		var body any
		if d.method == http.MethodPost {
			body = "{}"
		}
		a := p.do(d.method, d.fill(nil), body)
		if a.status != http.StatusForbidden || a.str("code") != "denied" || !strings.Contains(a.header.Get("WWW-Authenticate"), "insufficient_scope") {
			t.Errorf("%s %s without %v answers %d %s", d.method, d.path, d.scopes, a.status, a.body)
		}
	}
}

// API8: headers, methods and errors give nothing away.
func TestNothingIsGivenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.tenant("Luna's Cantina", 99).program(token.All)
	a := p.do(http.MethodGet, "/api/v1/token", nil, "Origin", "https://evil.example").must(200)
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": ""} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, path := range []string{"/api/v1/nothing", "/api/v1/campaigns/../token/x", "/api/v1x", "/api/v1/openapi.yaml", "/api/v1/schemas/Campaign.json"} {
		if a := p.do(http.MethodGet, path, nil); a.status != 404 || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s answers %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
	p.do(http.MethodDelete, "/api/v1/campaigns", nil).must(404)
	p.do(http.MethodGet, "/api/v1/campaigns", nil, "X-HTTP-Method-Override", "DELETE").must(200)
}
