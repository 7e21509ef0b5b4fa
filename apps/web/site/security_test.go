package site_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/store"
)

func (b *browser) signIn(email, password string) page {
	b.w.t.Helper()
	return b.submit("/signin", "/signin", url.Values{"email": {email}, "password": {password}})
}

// Sign-ins are listed with their device, and one or all others can be ended.
func TestSignInsCanBeSeenAndEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	phone, laptop := w.browser(), w.browser()
	phone.agent, laptop.agent = "Mozilla (iPhone) Safari/604", "Mozilla (Windows NT) Chrome/130 Safari/537"
	for _, b := range []*browser{phone, laptop} {
		if p := b.signIn("luna@lunas.example", "tacos and mezcal"); p.path != "/" {
			t.Fatalf("signing in leads to %s", p.path)
		}
	}
	p := owner.get("/settings/security").must(200, "Safari on iPhone", "Chrome on Windows", "This device", "Signed in on a new device")
	if n := len(p.texts("session")); n != 3 {
		t.Errorf("%d sign-ins are listed, want 3", n)
	}
	m := regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(p.body, -1)
	if len(m) != 2 {
		t.Fatalf("%d can be ended, want the 2 others", len(m))
	}
	owner.submit("/settings/security", "/settings/security/end", url.Values{"id": {m[0][1]}}).must(200, "Signed out.")
	if p := laptop.get("/campaigns"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("the ended sign-in leads to %s", p.path)
	}
	phone.get("/campaigns").must(200)
	owner.submit("/settings/security", "/settings/security/end", url.Values{}).must(200, "Every other device is signed out.")
	if p := phone.get("/campaigns"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("after all others were ended, one is at %s", p.path)
	}
	owner.get("/campaigns").must(200)
	owner.submit("/settings/security", "/settings/security/end", url.Values{"id": {"none"}}).must(404)
}

// Who has been away too long signs in and goes on at the same page.
func TestAfterASignInThatRanOutOneIsBackWhereOneWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(access.Idle)
	w.clock.mu.Unlock()
	p := owner.get("/subscribers?show=left").must(200, "Sign in to go on where you were")
	next := regexp.MustCompile(`name="next" value="([^"]+)"`).FindStringSubmatch(p.body)
	if next == nil || unescape(next[1]) != "/subscribers?show=left" {
		t.Fatalf("the way back is %v", next)
	}
	back := owner.submit("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}, "next": {"/subscribers?show=left"}})
	if back.must(200); back.path != "/subscribers?show=left" {
		t.Errorf("after signing in, one is at %s", back.path)
	}
}

func TestThreatOpenRedirect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "evil.example", "/%0d%0aLocation: x"} {
		b := w.browser()
		p := b.submit("/signin?next="+url.QueryEscape(next), "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}, "next": {next}})
		if strings.Contains(p.path, "evil") || p.header.Get("Location") != "" {
			t.Errorf("next=%q leads to %s", next, p.path)
		}
	}
}

// A session that somebody planted in the browser is worth nothing after signing
// in, and cookies are out of reach of scripts and other sites.
func TestThreatSessionFixation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	victim := w.browser()
	u, err := url.Parse(w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	attacker := w.browser()
	attacker.get("/signin?next=/campaigns")
	attacker.post("/campaigns/new", "/campaigns/new", url.Values{"body": {"x"}}) // makes a session
	victim.client.Jar.SetCookies(u, attacker.client.Jar.Cookies(u))
	before := cookieOf(victim, u)
	victim.signIn("luna@lunas.example", "tacos and mezcal").must(200)
	if after := cookieOf(victim, u); after == "" || after == before {
		t.Error("signing in keeps the token of the session")
	}
	if p := attacker.get("/campaigns"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("the planted session is at %s", p.path)
	}
	var stored int
	err = w.web.Database.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM sessions WHERE token = ?`, cookieOf(victim, u)).Scan(&stored)
	if err != nil || stored != 0 {
		t.Errorf("the token itself is in the database: %d, %v", stored, err)
	}
}

func cookieOf(b *browser, u *url.URL) string {
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "nexo_session" {
			return c.Value
		}
	}
	return ""
}

func TestCookieFlags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	b := w.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := b.signIn("luna@lunas.example", "tacos and mezcal")
	set := p.header.Values("Set-Cookie")
	if len(set) < 2 {
		t.Fatalf("%d cookies are set, want the session's and the device's", len(set))
	}
	for _, c := range set {
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || strings.Contains(c, "Domain=") {
			t.Errorf("a cookie is without a flag: %s", strings.SplitN(c, "=", 2)[0])
		}
	}
}

// Guessing is throttled at the door, and the owner still comes in at her own
// browser.
func TestThreatGuessingAtTheDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.submit("/settings", "/signout", url.Values{})
	attacker := w.browser()
	for range 10 {
		attacker.signIn("luna@lunas.example", "guess").must(http.StatusForbidden, "is not right")
	}
	attacker.signIn("luna@lunas.example", "tacos and mezcal").must(http.StatusForbidden, "Too many tries")
	if p := owner.signIn("luna@lunas.example", "tacos and mezcal"); p.path != "/" {
		t.Errorf("the owner is at %s", p.path)
	}
}

// A tab that was left open hears that its sign-in was ended elsewhere.
func TestThreatSignedOutElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.get("/").must(200)
	w.update(func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.UserByEmail(ctx, "luna@lunas.example")
		if err != nil {
			return err
		}
		return tx.Access.End(ctx, u.ID)
	})
	if p := owner.get("/subscribers"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("after the sign-in was ended, the tab is at %s", p.path)
	}
}
