package browser_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// screenshots is where every page is kept for people to look at.
var screenshots = filepath.Join("..", "..", ".cache", "screenshots")

// lookAtEverything opens every page of the product with the data of a venue in
// business, and of a stranger.
func lookAtEverything(t *testing.T, venue, phone *tab, d demo) {
	venue.open(d.pages + "/campaigns")
	report := link(venue, "campaign-row")
	venue.open(report)
	why := eval[string](venue, `[...document.querySelectorAll('[data-testid="person-row"]')].find((e) => e.innerText.includes("0142")).querySelector("a").href`)
	venue.open(why)
	guest := eval[string](venue, `document.querySelector('[data-testid="guest-link"]').href`)
	venue.open(d.pages + "/campaigns/new")
	venue.write("compose-body", "Tonight “happy hour” — 2 for 1… text us")
	venue.click("compose-review")
	venue.until("the review lists problems", `document.querySelector('[data-testid="review-problems"]')`)
	review := eval[string](venue, "location.href")
	askToErase(venue, d)

	stranger := newTab(t, "a stranger's tab")
	code := d.optIn[strings.LastIndexByte(d.optIn, '/')+1:]
	for _, p := range []struct {
		tab       *tab
		name, url string
		complaint string // that the page may cause
	}{
		{venue, "home", d.pages + "/", ""},
		{venue, "campaigns", d.pages + "/campaigns", ""},
		{venue, "report", report, ""},
		{venue, "why", why, ""},
		{venue, "compose", strings.TrimSuffix(review, "/review") + "/edit", ""},
		{venue, "review", review, ""},
		{venue, "inbox-list", d.pages + "/inbox?show=all", ""},
		{venue, "grow", d.pages + "/grow", ""},
		{venue, "poster", d.pages + "/grow/poster", ""},
		{venue, "subscribers", d.pages + "/subscribers", ""},
		{venue, "guest", guest, ""},
		{venue, "optouts", d.pages + "/optouts", ""},
		{venue, "components", d.pages + "/ui", ""},
		{venue, "compliance", d.pages + "/compliance", ""},
		{venue, "settings", d.pages + "/settings", ""},
		{venue, "privacy-requests", d.pages + "/settings/privacy", ""},
		{venue, "guest-data", guest + "/data", ""},
		{venue, "guest-erase", guest + "/erase", ""},
		{venue, "number", d.pages + "/settings/number", ""},
		{stranger, "landing", d.pages + "/", ""},
		{stranger, "signin", d.signIn, ""},
		{stranger, "signup", d.pages + "/signup", ""},
		{stranger, "optin", d.optIn, ""},
		{stranger, "terms", d.pages + "/t/" + code, ""},
		{stranger, "privacy", d.pages + "/p/" + code, ""},
		{stranger, "notfound", d.pages + "/nowhere", "404"},
		{phone, "phone", d.phone, ""},
	} {
		t.Run("page "+p.name, func(t *testing.T) {
			p.tab.t = t
			p.tab.expect(p.complaint)
			p.tab.open(p.url)
			if p.tab == phone {
				hold(phone, ana)
			}
			look(t, p.tab, p.name)
		})
		p.tab.t = t
	}
}

// askToErase enters what a guest asked, and sees its clock.
func askToErase(venue *tab, d demo) {
	venue.open(d.pages + "/settings/privacy")
	eval[bool](venue, `(() => {
		const form = document.querySelector('[data-testid="request-form"]');
		form.closest("details").open = true;
		form.elements.number.value = "(512) 555-0142";
		form.elements.kind.value = "delete";
		return true;
	})()`)
	venue.click("enter-request")
	venue.shows("clock", "Tell the guest by")
}

func link(b *tab, row string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`document.querySelector('[data-testid="%s"] a').href`, row))
}

// look checks a page at the widths that people have and keeps pictures of it.
func look(t *testing.T, b *tab, name string) {
	t.Helper()
	for _, width := range []int64{360, 390, 1280} {
		b.resize(width, 800)
		if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > int(width) {
			t.Errorf("at %d px the page is %d wide: it scrolls sideways, because of %s", width, wide, eval[string](b, culprit))
		}
		if width == 360 {
			continue
		}
		for _, scheme := range []string{"light", "dark"} {
			b.scheme(scheme)
			b.resize(width, 800)
			accessible(t, b, fmt.Sprintf("at %d px, %s", width, scheme))
			picture(t, b, name, width, scheme)
			keep(t, filepath.Join(screenshots, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), whole(t, b))
		}
	}
	light(t, b)
	if title, headings := eval[string](b, "document.title"), eval[int](b, `document.querySelectorAll("h1").length`); title == "" || headings != 1 {
		t.Errorf("the page has the title %q and %d first headings, want one", title, headings)
	}
	if unnamed := eval[[]string](b, nameless); len(unnamed) > 0 {
		t.Errorf("a screen reader has no name for %q", unnamed)
	}
}

// inTour are the pages that docs/tour.md shows.
var inTour = []string{"home", "home-new", "compose", "review", "guest", "subscribers", "grow", "compliance"}

// picture is written for the documentation, and only on demand: the committed one
// would change with every run, by the time of day.
func picture(t *testing.T, b *tab, name string, width int64, scheme string) {
	t.Helper()
	if os.Getenv("NEXO_UPDATE_SCREENSHOTS") != "1" || width != 1280 || scheme != "light" || !slices.Contains(inTour, name) {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, filepath.Join("..", "..", "docs", "images", name+".png"), shot)
}

// culprit names the first element that is too wide.
const culprit = `(() => {
	for (const e of document.querySelectorAll("body *")) {
		if (e.getBoundingClientRect().right > innerWidth + 1) return e.outerHTML.slice(0, 120);
	}
	return "nothing that can be seen";
})()`

// nameless are fields, buttons and links that say nothing.
const nameless = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")].filter((e) => !(
	e.innerText?.trim() || e.textContent.trim() && e.tagName !== "SELECT" && e.tagName !== "TEXTAREA" || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.labels?.length || e.querySelector("img[alt]:not([alt=''])")
)).map((e) => e.outerHTML.slice(0, 120))`

// whole makes the window as high as the page, so that what is fixed to the
// window's edges is where a person sees it.
func whole(t *testing.T, b *tab) []byte {
	t.Helper()
	height := max(800, eval[int64](b, "document.documentElement.scrollHeight"))
	b.resize(eval[int64](b, "innerWidth"), height)
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	return shot
}

func keep(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
