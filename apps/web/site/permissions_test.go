package site_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

var routeLine = regexp.MustCompile(`\b(get|post|r\.GET|r\.POST)\("(/[^"]*)", (s\.in\(|s\.number|s\.programs|s\.createToken|s\.revokeToken|s\.operate\()`)

// routesOf reads the routes of the signed-in pages from the source: what is not
// registered there is no route.
func routesOf(t *testing.T) (seen, done map[string]bool) {
	t.Helper()
	seen, done = map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range routeLine.FindAllStringSubmatch(string(src), -1) {
			if m[1] == "get" || m[1] == "r.GET" {
				seen[m[2]] = true
			} else {
				done[m[2]] = true
			}
		}
	}
	return seen, done
}

// Every route names its permission, and every permission a route.
func TestEveryRouteNamesItsPermission(t *testing.T) {
	t.Parallel()
	seen, done := routesOf(t)
	if len(seen) < 25 || len(done) < 35 {
		t.Fatalf("%d and %d routes were found: are they registered in another way now?", len(seen), len(done))
	}
	for name, c := range map[string]struct {
		routes map[string]bool
		table  map[string]access.Permission
	}{"seeing": {seen, site.Seeing}, "doing": {done, site.Doing}} {
		for r := range c.routes {
			if c.table[r] == access.Nobody {
				t.Errorf("%s %s has no permission: name one in permissions.go", name, r)
			}
		}
		for r := range c.table {
			if !c.routes[r] {
				t.Errorf("%s %s is in permissions.go and is no route: take it out", name, r)
			}
		}
	}
}

// as signs in somebody new of the venue with a role.
func (w *world) as(b core.BusinessID, email string, r account.Role) *browser {
	w.t.Helper()
	hash, err := w.web.Passwords.Hash("agave under the moon")
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddUser(ctx, account.User{ID: core.UserID(w.web.IDs.New()), Business: b, Email: email, Name: "Somebody", PasswordHash: hash, Role: r, Created: noon})
	})
	x := w.browser()
	x.signIn(email, "agave under the moon").must(200)
	return x
}

var params = regexp.MustCompile(`:[a-z0-9]+`)

// What a role may not do is refused, route by route, before anything else is
// looked at.
func TestThreatNoRouteDoesMoreThanTheRoleMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for role, email := range map[account.Role]string{account.ReadOnly: "look@lunas.example", account.Staff: "staff@lunas.example", account.Manager: "boss@lunas.example"} {
		b := w.as(biz.ID, email, role)
		m := tokenField.FindStringSubmatch(b.get("/settings/security").body)
		if m == nil {
			t.Fatal("there is no form")
		}
		form := url.Values{"csrf_token": {unescape(m[1])}}
		for route, p := range site.Doing {
			if access.May(role, p) {
				continue
			}
			path := params.ReplaceAllString(route, "01a20ed5-4e64-7c05-a897-64b4baa6f3a8")
			if got := b.post("/settings/security", path, form).status; got != http.StatusForbidden {
				t.Errorf("%v: POST %s answers %d", role, route, got)
			}
		}
		for route, p := range site.Seeing {
			if access.May(role, p) {
				continue
			}
			if got := b.get(params.ReplaceAllString(route, "01a20ed5-4e64-7c05-a897-64b4baa6f3a8")).status; got != http.StatusForbidden {
				t.Errorf("%v: GET %s answers %d", role, route, got)
			}
		}
	}
}

// Without a token of our own page, no form does anything.
func TestThreatForgedForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for route := range site.Doing {
		path := params.ReplaceAllString(route, "01a20ed5-4e64-7c05-a897-64b4baa6f3a8")
		if got := owner.post("/settings", path, url.Values{}).status; got != http.StatusForbidden {
			t.Errorf("POST %s without a token answers %d", route, got)
		}
	}
	for _, path := range []string{"/signin", "/signup", "/signout", "/forgot", "/signin/second", "/signin/passkey", "/reset/x", "/confirm/x", "/invite/x"} {
		if got := owner.post("/settings", path, url.Values{"csrf_token": {"x"}}).status; got != http.StatusForbidden {
			t.Errorf("POST %s with an invented token answers %d", path, got)
		}
	}
}

// Another venue's people are not there, whoever knows their id.
func TestThreatAnotherVenuesTeam(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	_, other := w.venue("sol@sols.example", "(512) 555-0101", "sol")
	var id core.UserID
	w.update(func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.UserByEmail(ctx, "sol@sols.example")
		id = u.ID
		return err
	})
	for _, act := range []string{"role", "dismiss"} {
		owner.submit("/settings/team", "/settings/team/"+id.String()+"/"+act, url.Values{"role": {"staff"}}).must(http.StatusNotFound)
	}
	owner.submit("/settings/security", "/settings/places", url.Values{"id": {other.ID.String()}}).must(http.StatusNotFound)
	u, _ := url.Parse(w.server.URL)
	owner.client.Jar.SetCookies(u, []*http.Cookie{{Name: "nexo_location", Value: other.ID.String(), Path: "/"}})
	if p := owner.get("/settings/team").must(200); p.has("sol@sols.example") {
		t.Error("a cookie with another venue's id opens it")
	}
}
