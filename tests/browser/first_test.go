package browser_test

import (
	"strings"
	"testing"
)

// mostClicks is how many a newcomer may need, from the front page to the first
// text that has arrived. Each field that is filled in counts for one.
const mostClicks = 25

// TestFirstTextInFewClicks is somebody who was never here: they sign up, print
// the poster, try it with their own phone, and send the first text.
func TestFirstTextInFewClicks(t *testing.T) {
	d := startDemo(t)
	venue, phone := newTab(t, "the newcomer"), newTab(t, "the newcomer's phone")
	clicks := 0
	click := func(b *tab, name string) { t.Helper(); clicks++; b.click(name) }
	write := func(name, text string) { t.Helper(); clicks++; venue.write(name, text) }

	venue.open(d.pages + "/")
	click(venue, "go-signup")
	for _, f := range [][2]string{
		{"owner_name", "Max Reyes"}, {"email", "max@maxs.example"}, {"password", "tacos and mezcal"}, {"business_name", "Max's Bar"},
		{"street", "2 Congress Ave"}, {"city", "Austin"}, {"zip", "78701"}, {"help_contact", "help@maxs.example"}, {"sender", "(512) 555-0160"}, {"keyword", "MAXBAR"},
	} {
		write(f[0], f[1])
	}
	clicks++
	venue.until("Texas is chosen", `(document.querySelector('[data-testid="state"]').value = "TX") === "TX"`)
	click(venue, "signup")
	venue.shows("steps", "4 of 7 done")
	look(t, venue, "home-new")

	// The next step leads to the poster, and the poster's own page to joining.
	click(venue, "step-next")
	click(venue, "poster-link")
	venue.shows("poster", "MAXBAR")
	venue.open(d.pages + "/")
	venue.shows("steps", "Try it on yourself")
	venue.open(d.pages + "/grow")
	phone.open(eval[string](venue, `document.querySelector('[data-testid="qr-link"]').href`)) // that is the camera
	click(phone, "open-phone")
	phone.until("the text is filled in", `document.querySelector('[data-testid="composer"]')?.value.startsWith("MAXBAR ")`)
	click(phone, "send")
	phone.shows("bubble-in", "Max's Bar")

	venue.open(d.pages + "/")
	click(venue, "step-next")
	write("compose-body", "Max's Bar: open mic tonight at 8. Reply STOP to opt out")
	click(venue, "compose-review")
	venue.shows("review-send", "Text 1 guest now")
	click(venue, "review-send")
	venue.shows("report-sentence", "1 delivered")
	phone.shows("bubble-in", "open mic tonight")
	venue.open(d.pages + "/")
	if steps := venue.texts("steps"); len(steps) != 0 {
		t.Errorf("all is done, and home still lists the steps: %q", steps)
	}
	t.Logf("%d clicks", clicks)
	if clicks > mostClicks {
		t.Errorf("the first text takes %d clicks, want at most %d", clicks, mostClicks)
	}
}

// TestAFormSentTwiceAndASessionThatEnds: nothing happens twice, and nobody loses
// their place.
func TestAFormSentTwiceAndASessionThatEnds(t *testing.T) {
	d := startDemo(t)
	b := newTab(t, "a hasty owner")
	signIn(b, d)
	b.open(d.pages + "/campaigns/new")
	b.write("compose-body", first)
	b.click("compose-review")
	b.shows("review-send", "Text 3 guests now")
	// Two requests of the same form at once, as by two fast presses.
	answers := eval[[]int](b, `(() => {
		const form = document.querySelector('[data-testid="review-send"]').form;
		const send = () => fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form))}).then((r) => r.status);
		return Promise.all([send(), send()]);
	})()`)
	for _, status := range answers {
		if status >= 500 {
			t.Errorf("a form sent twice answers %d", answers)
		}
	}
	b.open(d.pages + "/campaigns")
	if rows := b.texts("campaign-row"); len(rows) != 1 {
		t.Errorf("a form sent twice makes %d campaigns: %q", len(rows), rows)
	}
	b.open(link(b, "campaign-row"))
	b.shows("report-sentence", "3 delivered")

	b.open(d.pages + "/settings")
	b.click("signout")
	b.until("the sign-in page is shown", `document.querySelector('[data-testid="signin"]')`)
	b.open(d.pages + "/subscribers?state=active")
	b.write("email", d.email)
	b.write("password", d.password)
	b.click("signin")
	b.until("the list is shown", `document.querySelector('[data-testid="guest-row"]')`)
	if at := eval[string](b, "location.pathname + location.search"); !strings.HasPrefix(at, "/subscribers?state=active") {
		t.Errorf("who signs in again is at %s, want the list as it was narrowed", at)
	}
}
