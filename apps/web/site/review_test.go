package site_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

// spread is a venue in Austin at 9:10 am with three guests there, one in San
// Francisco, and one who has left.
func spread(w *world, b account.Business) {
	w.clock.now = time.Date(2026, 11, 24, 15, 10, 0, 0, time.UTC)
	for _, n := range []string{"+15125550101", "+15125550102", "+15125550103", "+14155550104", "+15125550105"} {
		w.event(b, core.MustNumber(n), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	w.event(b, core.MustNumber("+15125550105"), consent.Revoked, "stop", noon.Add(-20*time.Hour))
}

func (b *browser) review(text string) page {
	b.w.t.Helper()
	return b.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {text}, "when": {"now"}, "do": {"review"}}).must(http.StatusOK)
}

func TestReviewSaysWhoGetsItAndWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	spread(w, biz)
	w.web.DryRun.Price = 7500
	p := owner.review(goodText)
	for id, want := range map[string]string{
		"review-sentence": "3 of 5 get it now, 1 at 10:00 am (8:00 am in California), 1 not: opted out.",
		"review-send":     "Text 3 guests now, 1 later",
		"review-size":     "1 part each, 4 texts to pay for",
		"review-cost":     "About $0.03 for 4 texts",
	} {
		if got := p.text(id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	people := strings.Join(p.texts("review-person"), "|")
	for _, want := range []string{"(•••) •••-0104 Waiting until 8:00 am in California", "(•••) •••-0105 The guest opted out on Mon 23 Nov, 4:00 pm"} {
		if !strings.Contains(people, want) {
			t.Errorf("the people are %q, without %q", people, want)
		}
	}
	if n := strings.Count(people, "•••-"); n != 5 {
		t.Errorf("%d people are listed, want each of 5 once", n)
	}
	// What the review says is what happens.
	id := w.idAt(p.path)
	owner.submit(p.path, "/campaigns/"+id.String()+"/approve", url.Values{}).must(200)
	w.run(biz, id)
	if got := owner.get("/campaigns/" + id.String()).text("report-sentence"); got != "3 sent, 1 waiting, 1 not sent" {
		t.Errorf("the report says %q", got)
	}
	if after := owner.get("/campaigns/" + id.String() + "/review/people?show=now"); after.path != "/campaigns/"+id.String() {
		t.Errorf("the list of a campaign that is sent is at %s, want its report", after.path)
	}
}

func TestReviewListsThePeopleBehindEachFigure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	spread(w, biz)
	for i := range 60 {
		w.event(biz, core.MustNumber(fmt.Sprintf("+17135550%03d", 100+i)), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	p := owner.review(goodText)
	at := "/campaigns/" + w.idAt(p.path).String() + "/review/people"
	first := owner.get(at+"?show=now").must(200, "Who gets it", "The guest agreed on", "47 CFR 64.1200")
	if n := len(first.texts("review-person")); n != 50 {
		t.Errorf("%d on the first page, want 50", n)
	}
	rest := owner.get(unescape(between(first.body, `class="pager"><span></span> <a class="btn slim" href="`, `"`)))
	if n := len(rest.must(200).texts("review-person")); n != 13 {
		t.Errorf("%d on the second page, want 13", n)
	}
	later := owner.get(unescape(between(p.body, `data-testid="wait-row"><a href="`, `"`))).must(200, "Who waits", "•••-0104")
	if n := len(later.texts("review-person")); n != 1 {
		t.Errorf("%d wait for California, want 1", n)
	}
	if n := len(owner.get(at+"?show=not&reason=consent.revoked").must(200, "Opted out", "•••-0105").texts("review-person")); n != 1 {
		t.Errorf("%d opted out, want 1", n)
	}
	owner.get(at+"?show=not&reason=cap.zero").must(200, "Nobody here any more")
	for _, bad := range []string{"", "?show=all", "?show=now&after=x", "?show=later&until=x", "?show=later&until=1&in=Texas"} {
		owner.get(at + bad).must(404)
	}
	if strings.Contains(first.body+rest.body+p.body, "5125550101") || strings.Contains(first.body+rest.body, "7135550") {
		t.Error("a page shows a whole number")
	}
	other, _ := w.venue("sol@sol.example", "(512) 555-0177", "sol")
	other.get(at + "?show=now").must(404)
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestReviewWhereNobodyGetsItNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	w.clock.now = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC) // 10 pm in Austin
	p := owner.review(goodText)
	if got := p.text("review-sentence"); got != "Nobody gets it now, 1 tomorrow at 9:00 am." {
		t.Errorf("at night it says %q", got)
	}
	if got := p.text("review-send"); got != "Send when allowed: first tomorrow at 9:00 am" {
		t.Errorf("at night the button says %q", got)
	}
	p = owner.review("Luna's Cantina: two margaritas for one. Reply STOP to opt out")
	if got := p.text("review-sentence"); got != "Nobody gets this text: not shown to be 21." || p.text("review-send") != "" {
		t.Errorf("a text for nobody: %q, with the button %q", got, p.text("review-send"))
	}
}

// A heldStore answers when it is let go.
type heldStore struct {
	store.Store
	goOn chan struct{}
}

func (s heldStore) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	<-s.goOn
	return s.Store.View(ctx, f)
}

// A count that takes long does not hold the page: it says how far it is, and
// loads itself again.
func TestReviewDoesNotWaitForALongCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *site.Options) { o.Count = time.Nanosecond })
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 50 {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	held := heldStore{w.web.DryRun.Store, make(chan struct{})}
	w.web.DryRun.Store = held
	p := owner.review(goodText)
	close(held.goOn)
	counting := strings.Contains(p.text("review-sentence"), "Counting who gets it") && p.header.Get("Refresh") != "" && p.text("review-send") == "Text everybody who may get it"
	for range 1000 {
		if p.header.Get("Refresh") == "" {
			break
		}
		p = owner.get(p.path)
	}
	if got := p.text("review-sentence"); !counting || got != "All 50 guests get it now." {
		t.Errorf("counting %v, in the end %q", counting, got)
	}
}
