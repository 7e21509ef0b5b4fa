package site_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
)

// A text that nobody knows the end of has two buttons on the report, and only it.
func TestStaffSayWhatBecameOfAText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.event(biz, guestNumber(88), consent.Granted, "LUNA", noon.Add(-time.Hour))
	report := owner.send(goodText)
	w.run(biz, w.idAt(report.path))
	if n := len(owner.get(report.path).must(200).texts("settle-arrived")); n != 0 {
		t.Error("people are asked before the carrier was")
	}
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(time.Hour)
	w.clock.mu.Unlock()
	p := owner.get(report.path).must(200)
	if n := len(p.texts("settle-arrived")); n != 1 {
		t.Fatalf("%d texts can be settled, want the one that may have gone out", n)
	}
	at := firstPath(t, p, `/campaigns/[0-9a-f-]+/people/[0-9a-f-]+/lost`)
	settled := owner.submit(report.path, at, url.Values{}).must(200, "did not arrive")
	if n := len(settled.texts("settle-arrived")); n != 0 {
		t.Error("it can still be settled")
	}
	owner.submit(report.path, at, url.Values{}).must(200, "not unknown any more")
	other, _ := w.venue("sol@sol.example", "(312) 555-0100", "sol")
	other.submit("/campaigns", at, url.Values{}).must(404)
}
