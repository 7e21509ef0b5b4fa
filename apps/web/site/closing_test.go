package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/closing"
)

// An owner deletes the account, keeps it, deletes it again; after thirty days nobody
// can sign in, and nothing of it is there.
func TestAnOwnerDeletesTheAccount(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	b.get("/settings").must(200, "Delete the account")
	p := b.submit("/settings/delete", "/settings/delete", url.Values{"name": {"Lunas"}})
	if p.status != http.StatusUnprocessableEntity || !p.has("Nothing has happened") {
		t.Errorf("another name: %d", p.status)
	}
	b.submit("/settings/delete", "/settings/delete", url.Values{"name": {" luna's cantina"}}).must(200, "This account is erased on December 24, 2026.", "nexo export "+biz.ID.String())
	b.submit("/settings/delete", "/settings/delete/keep", url.Values{}).must(200, "The account goes on.")
	if p := b.get("/settings/delete"); strings.Contains(p.body, `data-testid="closing-asked"`) {
		t.Error("the page still says that it ends")
	}
	b.submit("/settings/delete", "/settings/delete", url.Values{"name": {"Luna's Cantina"}}).must(200)
	w.clock.now = w.clock.Now().Add(closing.Grace)
	if r, err := w.web.Depart.Step(t.Context()); err != nil || r.Erased != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if p := b.get("/settings"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("a session of it is at %s", p.path)
	}
	out := w.browser()
	if p := out.submit("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}}); strings.HasSuffix(p.path, "/") {
		t.Error("its owner can sign in")
	}
}
