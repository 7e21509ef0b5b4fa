package site_test

import (
	"encoding/base32"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/otp"
)

var linkPath = regexp.MustCompile(`https?://[^/\s]+(/\S+)`)

// letter waits for one to the address with the words in its subject, and returns
// where its link leads.
func (w *world) letter(to, subject string) string {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	give := time.After(10 * time.Second)
	for {
		for _, l := range w.post.Letters() {
			if l.To == to && strings.Contains(l.Subject, subject) {
				if m := linkPath.FindStringSubmatch(l.Body); m != nil {
					return m[1]
				}
				return ""
			}
		}
		select {
		case <-tick.C:
		case <-give:
			w.t.Fatalf("no letter to %s about %q", to, subject)
		}
	}
}

func TestSignUpAsksForConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.get("/settings/you").must(200, "We do not know yet that letters reach you")
	link := w.letter("luna@lunas.example", "Confirm")
	w.browser().get(link).must(200, "Confirm your e-mail address") // a program that looks at letters
	owner.get("/settings/you").must(200, "We do not know yet")
	owner.submit(link, link, url.Values{}).must(200)
	if owner.get("/settings/you").must(200).has("We do not know yet") {
		t.Error("the address is not confirmed")
	}
	owner.submit("/settings/you", link, url.Values{}).must(http.StatusNotFound, "This link was used already")
}

// The answer is the same for an address that somebody has and one that nobody has.
func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	b := w.browser()
	b.get("/signin").must(200, "Forgot your password?")
	nobody := b.submit("/forgot", "/forgot", url.Values{"email": {"nobody@lunas.example"}}).must(200)
	known := b.submit("/forgot", "/forgot", url.Values{"email": {"luna@lunas.example"}}).must(200)
	strip := regexp.MustCompile(`value="[^"]*"`)
	if strip.ReplaceAllString(nobody.body, "") != strip.ReplaceAllString(known.body, "") {
		t.Error("the answers differ")
	}
	link := w.letter("luna@lunas.example", "another password")
	b.submit(link, link, url.Values{"password": {"password1234"}}).must(http.StatusUnprocessableEntity, "tried first")
	b.submit(link, link, url.Values{"password": {"agave under the moon"}}).must(200, "The password is set")
	if p := owner.get("/campaigns"); !strings.HasPrefix(p.path, "/signin") {
		t.Error("the sign-ins from before are not over")
	}
	if p := b.signIn("luna@lunas.example", "agave under the moon"); p.path != "/" {
		t.Errorf("signing in leads to %s", p.path)
	}
	b.get(link).must(http.StatusNotFound)
}

// The page of letters is for this machine: not for whoever comes by another name.
func TestThreatTheOutboxIsLocal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.letter("luna@lunas.example", "Confirm")
	w.browser().get("/outbox").must(200, "Confirm your e-mail address")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/outbox", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "nexo.example"
	w.browser().do(req).must(http.StatusNotFound)
}

func TestSecondStepAtTheDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	typed := owner.get("/settings/security/app").must(200).text("app-secret")
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(typed)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		c, err := otp.Code(secret, w.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	owner.submit("/settings/security/app", "/settings/security/app", url.Values{"code": {"000000"}}).must(http.StatusUnprocessableEntity, "not right", typed)
	list := owner.submit("/settings/security/app", "/settings/security/app", url.Values{"code": {code()}}).must(200).texts("recovery-code")
	if len(list) != 10 {
		t.Fatalf("%d recovery codes", len(list))
	}
	b := w.browser()
	p := b.submit("/signin?next=/campaigns", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}, "next": {"/campaigns"}})
	p.must(200, "One more step")
	if q := b.get("/campaigns"); !strings.HasPrefix(q.path, "/signin") {
		t.Fatalf("halfway in, one is at %s", q.path)
	}
	b.submit(p.path, "/signin/second", url.Values{"code": {code()}, "next": {"/campaigns"}}).must(http.StatusForbidden, "not right") // it set the app up
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(30 * time.Second)
	w.clock.mu.Unlock()
	if q := b.submit(p.path, "/signin/second", url.Values{"code": {code()}, "next": {"/campaigns"}}).must(200); q.path != "/campaigns" {
		t.Errorf("after the second step one is at %s", q.path)
	}
	c := w.browser()
	p = c.signIn("luna@lunas.example", "tacos and mezcal")
	c.submit(p.path, "/signin/second", url.Values{"code": {list[0]}}).must(200)
	c.get("/settings/security").must(200, "Recovery code used", "9 recovery codes are left")
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(time.Minute)
	w.clock.mu.Unlock()
	d := w.browser()
	p = d.signIn("luna@lunas.example", "tacos and mezcal")
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(11 * time.Minute)
	w.clock.mu.Unlock()
	if q := d.get("/signin/second"); strings.HasPrefix(q.path, "/signin/second") {
		t.Error("the way to the second step is open for ever")
	}
}

func TestATeamIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.submit("/settings/team", "/settings/team", url.Values{"email": {"ben"}, "role": {"staff"}}).must(http.StatusUnprocessableEntity, `value="ben"`)
	owner.submit("/settings/team", "/settings/team", url.Values{"email": {"ben@lunas.example"}, "role": {"staff"}}).must(200, "on its way", "ben@lunas.example")
	link := w.letter("ben@lunas.example", "invites you")
	ben := w.browser()
	ben.get(link).must(200, "Luna's Cantina", "as staff")
	ben.submit(link, link, url.Values{"name": {"Ben"}, "password": {"agave under the moon"}}).must(200)
	ben.get("/settings").must(200)
	ben.submit("/settings", "/settings", signUpForm("", "", "")).must(http.StatusForbidden)
	p := owner.get("/settings/team").must(200, "Ben")
	act := firstAction(t, p, "/role")
	owner.submit("/settings/team", act, url.Values{"role": {"manager"}}).must(200, "The role is changed")
	ben.submit("/settings", "/settings", signUpForm("", "", "")).must(200)
	w.letter("ben@lunas.example", "What you may do has changed")
	owner.submit("/settings/team", strings.TrimSuffix(act, "role")+"dismiss", url.Values{}).must(200, "out of the team")
	if q := ben.get("/"); !q.has("Set up your venue") {
		t.Error("who is out of the team is still in")
	}
}

func firstAction(t *testing.T, p page, suffix string) string {
	t.Helper()
	m := regexp.MustCompile(`action="([^"]+` + regexp.QuoteMeta(suffix) + `)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no form to …%s", p.path, suffix)
	}
	return m[1]
}

func TestAboutOneself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.submit("/settings/you", "/settings/you", url.Values{"name": {""}, "email": {"luna@lunas.example"}}).must(http.StatusUnprocessableEntity, "Write your name")
	owner.submit("/settings/you", "/settings/you", url.Values{"name": {"Luna M"}, "email": {"luna@lunas.example"}, "phone": {"512 555 0177"}}).must(200, "Saved.", "Luna M", "+15125550177")
	owner.submit("/settings/you", "/settings/you", url.Values{"name": {"Luna M"}, "email": {"moon@lunas.example"}, "password": {"tacos and mezcal"}}).must(200, "moon@lunas.example")
	w.letter("luna@lunas.example", "was changed")
	w.letter("moon@lunas.example", "Confirm")
	owner.submit("/settings/security", "/settings/security/password", url.Values{"password": {"guess"}, "new_password": {"agave under the moon"}}).must(http.StatusUnprocessableEntity, "not your password")
	owner.submit("/settings/security", "/settings/security/password", url.Values{"password": {"tacos and mezcal"}, "new_password": {"agave under the moon"}}).must(200, "The password is changed")
	owner.submit("/settings/you", "/settings/you/delete", url.Values{"password": {"agave under the moon"}}).must(200, "A venue keeps an owner")
	staff := w.as(biz.ID, "staff@lunas.example", 1)
	staff.submit("/settings/you", "/settings/you/delete", url.Values{"password": {"agave under the moon"}}).must(200)
	staff.signIn("staff@lunas.example", "agave under the moon").must(http.StatusForbidden)
}
