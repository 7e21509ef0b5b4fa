package site_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/terms"
)

// The page lists each cookie that browsers are given, and no other.
func TestThePageListsEveryCookie(t *testing.T) {
	w := newWorld(t)
	b, _ := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	for _, path := range []string{"/", "/campaigns/new", "/inbox", "/grow", "/subscribers", "/settings", "/settings/delete", "/optouts"} {
		b.get(path).must(200)
	}
	given := map[string]bool{}
	u, _ := url.Parse(w.server.URL)
	for _, c := range b.client.Jar.(*cookiejar.Jar).Cookies(u) {
		given[c.Name] = true
	}
	listed := w.browser().get("/legal/cookies").must(200).texts("cookie")
	for name := range given {
		if !slices.Contains(listed, name) {
			t.Errorf("the cookie %s is set and not listed", name)
		}
	}
	if len(listed) != len(given) {
		t.Errorf("listed are %v, set are %v", listed, given)
	}
	// Guests, and who reads what is agreed to, get none.
	out := w.browser()
	for _, path := range []string{"/legal/privacy", "/legal/terms", "/legal/cookies", "/legal/california", "/legal/privacy/2026-03-14"} {
		if p := out.get(path).must(200); p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
	}
	for _, path := range []string{"/legal/nothing", "/legal/privacy/2020-01-01"} {
		out.get(path).must(http.StatusNotFound)
	}
}

func TestThePolicyHasItsDate(t *testing.T) {
	w := newWorld(t)
	p := w.browser().get("/legal/privacy").must(200, "Privacy Policy", "3. SMS Data Use", "We do not sell subscriber phone numbers.")
	if p.text("legal-date") != "Last updated: March 14, 2026" {
		t.Errorf("the date is %q", p.text("legal-date"))
	}
	w.browser().get("/legal/california").must(200, "tell the venue", "open the link in its texts")
}

// Who signs up accepts what there is; what is new is asked for on every page, once.
func TestWhatIsNewIsAccepted(t *testing.T) {
	w := newWorld(t)
	b, _ := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	if p := b.get("/"); strings.Contains(p.body, `data-testid="agree"`) {
		t.Error("who has just signed up is asked again")
	}
	w.web.Agree.Versions = append(terms.All(), terms.Version{Doc: terms.Privacy, Date: "2027-01-01", Material: true, Changes: "Clicks are kept for six months.", Text: "Privacy"})
	p := b.get("/campaigns").must(200, "Clicks are kept for six months.")
	if !strings.Contains(p.body, `data-testid="agree"`) {
		t.Fatal("what is new is not shown")
	}
	if p := b.submit("/campaigns", "/agree", url.Values{"back": {"/campaigns"}}).must(200, "That is on record."); p.path != "/campaigns" {
		t.Errorf("after it, the page is %s", p.path)
	}
	if p := b.get("/campaigns"); strings.Contains(p.body, `data-testid="agree"`) {
		t.Error("it is asked again")
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.UserByEmail(ctx, "luna@lunas.example")
		if err != nil {
			return err
		}
		ns, err := tx.Terms.Notes(ctx, u.ID)
		if len(ns) != 3 {
			t.Errorf("on record are %+v", ns)
		}
		return err
	})
}
