package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/apps/web/api"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

const text = "Luna's Cantina: tacos for two tonight, until ten. Reply STOP to opt out"

// TestCampaignThroughTheAPI takes a campaign from the draft to the explained
// decision, as a program would.
func TestCampaignThroughTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	luna.join(1)
	gone := luna.join(2)
	p := luna.program(token.All)

	p.get("/token").must(200).want("brand", "Luna's Cantina").want("id", p.id)
	list := p.get("/subscribers?limit=1").must(200).want("subscribers.0.state", "active").want("subscribers.0.number", guestNumber(1).E164())
	second := p.get("/subscribers?limit=1&cursor="+list.str("next_cursor")).must(200).want("subscribers.0.last4", gone.Last4()).want("next_cursor", nil)
	p.post("/subscribers/"+second.str("subscribers.0.id")+"/suppress", map[string]any{"means": "email", "words": "no more texts please"}).must(200).
		want("barred", true).want("subscriber.state", "opted_out").want("subscriber.barred.0.reason", "opt_out")

	draft := p.post("/campaigns", map[string]any{"name": "Tacos", "body": text}).must(201).want("status", "draft")
	id := draft.str("id")
	if draft.header.Get("Location") != "/api/v1/campaigns/"+id {
		t.Errorf("Location is %q", draft.header.Get("Location"))
	}
	p.get("/campaigns/"+id+"/review").must(200).want("problems", []any{}).want("audience", 2).want("opted_out", 1)
	p.post("/campaigns/"+id+"/dry-run", map[string]any{}).must(200).want("audience", 2).want("now", 1).want("not", 1)
	p.post("/campaigns/"+id+"/dry-run/people?outcome=not", map[string]any{}).must(200).want("people.0.last4", gone.Last4())
	same := p.do(http.MethodGet, "/api/v1/campaigns/"+id, nil, "If-None-Match", draft.header.Get("ETag")).must(304)
	if len(same.body) != 0 {
		t.Errorf("304 has a body: %s", same.body)
	}
	p.post("/campaigns/"+id+"/schedule", nil).must(200).want("status", "scheduled")
	p.post("/campaigns/"+id+"/schedule", nil).must(409).want("code", "conflict")
	luna.run(id)
	p.get("/campaigns/"+id).must(200).want("status", "finished").want("planned", 2)
	sent := p.get("/campaigns/"+id+"/messages?state=sent").must(200).want("messages.0.state", "sent").want("messages.1", nil)
	p.get("/messages/"+sent.str("messages.0.id")).must(200).want("body", text)
	why := p.get("/messages/"+sent.str("messages.0.id")+"/decisions").must(200).want("decisions.0.verdict", "send")
	if why.str("decisions.0.rules.0.why") == "" || why.str("decisions.0.summary") == "" {
		t.Errorf("the decision is not explained: %s", why.body)
	}
	p.get("/subscribers/"+sent.str("messages.0.subscriber")+"/messages").must(200).want("messages.0.id", sent.str("messages.0.id"))
	p.post("/subscribers/"+sent.str("messages.0.subscriber")+"/erase", map[string]any{"reason": "asked"}).must(200)
	p.get("/messages/"+sent.str("messages.0.id")).must(200).want("body", "")
	recorded(t, luna, id, evidence.CampaignApproved, p.id)
	if log := w.log.String(); strings.Contains(log, gone.E164()[2:]) || strings.Contains(log, p.secret) {
		t.Error("the log has a number or a secret in it")
	}
}

// recorded fails unless a record of the campaign says that the token did it.
func recorded(t *testing.T, n *tenant, campaign, action string, by token.ID) {
	t.Helper()
	u, err := core.ParseUUID(campaign)
	if err != nil {
		t.Fatal(err)
	}
	err = n.w.store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		rs, _, err := tx.Evidence.OfCampaign(ctx, n.biz.ID, core.CampaignID(u), 0, 100)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Kind != evidence.KindStaffAction {
				continue
			}
			if b, err := evidence.ParseStaffAction(r); err == nil && b.Action == action && b.By == by.String() {
				return nil
			}
		}
		t.Errorf("no record of %s names the token", action)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPausing goes through the other moves.
func TestPausing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	luna.join(1)
	p := luna.program(token.All)
	id := p.post("/campaigns", map[string]any{"name": "Tacos", "body": text, "send_at": noon.Add(time.Hour)}).must(201).str("id")
	p.post("/campaigns/"+id+"/pause", nil).must(409)
	p.post("/campaigns/"+id+"/schedule", nil).must(200)
	p.post("/campaigns/"+id+"/unschedule", nil).must(200).want("status", "draft")
	p.post("/campaigns/"+id+"/schedule", nil).must(200)
	p.post("/campaigns/"+id+"/cancel", nil).must(200).want("status", "cancelled")
	p.post("/campaigns/"+id+"/resume", nil).must(409)
	bad := p.post("/campaigns", map[string]any{"name": "No brand", "body": "Tacos!"}).must(201).str("id")
	p.post("/campaigns/"+bad+"/schedule", nil).must(422).want("code", "invalid")
}

// TestNumbersNeedTheirScope: who may list guests does not see their numbers.
func TestNumbersNeedTheirScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	n := luna.join(1)
	p := luna.program(token.ReadSubscribers)
	list := p.get("/subscribers").must(200).want("subscribers.0.last4", n.Last4())
	found := p.post("/subscribers/lookup", map[string]any{"number": n.E164()}).must(200).want("id", list.str("subscribers.0.id"))
	stranger := p.post("/subscribers/lookup", map[string]any{"number": guestNumber(50).E164()}).must(200).want("state", "never")
	for _, a := range []answer{list, found, stranger} {
		if strings.Contains(string(a.body), "+1512") {
			t.Errorf("a number in full: %s", a.body)
		}
	}
}

// TestIdempotencyKeys: the same request twice is carried out once.
func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	p := luna.program(token.All)
	draft := map[string]any{"name": "Tacos", "body": text}
	one := p.post("/campaigns", draft, "Idempotency-Key", "k-1").must(201)
	two := p.post("/campaigns", draft, "Idempotency-Key", "k-1").must(201)
	if string(one.body) != string(two.body) || two.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the second answer is not the first: %s and %s", one.body, two.body)
	}
	p.post("/campaigns", map[string]any{"name": "Other", "body": text}, "Idempotency-Key", "k-1").must(422).want("code", "invalid")
	p.post("/campaigns", draft, "Idempotency-Key", strings.Repeat("x", 200)).must(422)
	other := luna.program(token.All)
	other.post("/campaigns", draft, "Idempotency-Key", "k-1").must(201)
	if p.get("/campaigns").must(200).at("campaigns.2") != nil {
		t.Error("a third campaign was made")
	}
	// A refusal is an answer too: what was refused is not carried out later.
	none := "/campaigns/" + one.str("id") + "/schedule"
	p.post(none, nil, "Idempotency-Key", "k-2").must(422)
	luna.join(1)
	p.post(none, nil, "Idempotency-Key", "k-2").must(422)
	p.post(none, nil, "Idempotency-Key", "k-3").must(200)
	w.clock.add(25 * time.Hour)
	p.post("/campaigns", draft, "Idempotency-Key", "k-1").must(201)
	if p.get("/campaigns").must(200).at("campaigns.2") == nil {
		t.Error("a day later, the key is not free")
	}
}

// TestRateLimits: who asks too much waits, and everybody is told what is left.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Rate, o.Burst = 0.001, 3 })
	luna := w.tenant("Luna's Cantina", 99)
	p, other := luna.program(token.All), luna.program(token.All)
	for left := 2; left >= 0; left-- {
		a := p.get("/token").must(200)
		if got := a.header.Get("RateLimit-Remaining"); got != string(rune('0'+left)) || a.header.Get("RateLimit-Limit") != "3" {
			t.Errorf("RateLimit-Remaining is %q, want %d", got, left)
		}
	}
	a := p.get("/token").must(429).want("code", "rate_limited")
	if a.header.Get("Retry-After") == "" || a.header.Get("RateLimit-Reset") == "0" {
		t.Errorf("the answer does not say when: %v", a.header)
	}
	other.get("/token").must(200)
}

// TestCheck asks what nexo check answers.
func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	p := luna.program(token.Check)
	p.post("/check/reply", map[string]any{"text": "STOP"}).must(200).want("intent", "opt_out")
	p.post("/check/text", map[string]any{"text": "Tacos"}).must(200)
	p.post("/check/send", map[string]any{}).must(200).want("verdict", "block")
	p.post("/check/hours", map[string]any{"number": 7}).must(422)
	p.post("/check/none", map[string]any{}).must(422)
	p.post("/check/text", "[]").must(422)
}

// TestDocumentIsServed: document and reference are for everybody, and load nothing
// from elsewhere.
func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nobody := program{w: w}
	nobody.get("/openapi.json").must(200).want("openapi", "3.1.0")
	page := nobody.get("/reference").must(200)
	for _, want := range []string{"Schedule a draft", "campaigns:send", "/api/v1/campaigns/{id}/schedule", "/static/"} {
		if !strings.Contains(string(page.body), want) {
			t.Errorf("the reference lacks %q", want)
		}
	}
	for _, far := range []string{`src="http`, `href="http`, "<script"} {
		if strings.Contains(string(page.body), far) {
			t.Errorf("the reference has %q", far)
		}
	}
	nobody.do(http.MethodPost, "/api/v1/openapi.json", "{}").must(405)
}
