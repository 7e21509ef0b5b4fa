package browser_test

import (
	"strings"
	"testing"
)

// A venue without a number signs up, chooses one, registers it, is told what
// would be refused, and may text when the carriers have agreed.
func TestNumberAndRegistration(t *testing.T) {
	d := startDemo(t)
	venue := newTab(t, "the venue")
	venue.open(d.pages + "/signup")
	for name, text := range map[string]string{
		"owner_name": "Max Reyes", "email": "max@maxs.example", "password": "tacos and mezcal", "business_name": "Max's Bar", "legal_name": "Max Hospitality LLC",
		"street": "2 Congress Ave", "city": "Austin", "zip": "78701", "website": "maxs.example", "help_contact": "help@maxs.example", "keyword": "MAXBAR",
	} {
		venue.write(name, text)
	}
	venue.until("Texas is chosen", `(document.querySelector('[data-testid="state"]').value = "TX") === "TX"`)
	venue.click("signup")
	venue.until("home is shown", `document.querySelector('[data-testid="stat-reachable"]')`)
	venue.open(d.pages + "/grow")
	venue.shows("empty", "First a number")

	venue.open(d.pages + "/settings/number")
	venue.write("area", "512")
	venue.click("search-numbers")
	venue.shows("offers", "$1.00 a month")
	venue.click("order-number")
	again(venue, `[data-testid="number"]`)
	venue.shows("number", "(512) 555-01")
	venue.shows("filing-state", "Not registered")

	venue.write("ein", "12-34")
	venue.write("phone", "512 555 0101")
	venue.click("save-registration")
	venue.shows("ein-problem", "nine digits")
	venue.shows("pack", "What the carriers get")
	eval[string](venue, `(document.querySelector('[name="ein"]').value = "")`)
	venue.write("ein", "12-3456789")
	venue.click("send-registration")
	venue.shows("filing-state", "In review")
	again(venue, `[data-testid="registration-form"]`)
	venue.shows("filing-state", "Approved")
	venue.shows("profile", "All as they should be")
	look(t, venue, "number-approved")

	venue.open(d.pages + "/grow")
	venue.shows("keyword", "MAXBAR")
	if got := venue.text("sender"); !strings.HasPrefix(got, "(512) 555-01") {
		t.Errorf("guests text to %q", got)
	}
	venue.open(d.pages + "/")
	if said := venue.said(); strings.Contains(said, "Carriers block texts from senders they do not know") && !strings.Contains(said, "Done:") {
		t.Errorf("home still asks for the registration")
	}
}

// again presses "Look again" until the page has what is waited for.
func again(b *tab, has string) {
	b.until("the carrier has answered", `(() => {
		if (document.querySelector('`+has+`')) return true;
		const look = document.querySelector('[data-testid="look-again"]');
		if (look && !look.dataset.pressed) { look.dataset.pressed = "yes"; setTimeout(() => look.click(), 1000); }
		return false;
	})()`)
}
