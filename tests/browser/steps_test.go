package browser_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A text that keeps to every rule, and fits in one part.
const (
	first  = "Luna's Cantina: taco night tonight, two for one until 8. Reply STOP to opt out"
	second = "Luna's Cantina: live mariachi this Friday at 7. Reply STOP to opt out"
)

// The demo's phones.
const (
	you = "+15125550111"
	ana = "+15125550142"
)

// TestFiveSteps is the README's five steps, by hand, in two windows. What it
// leaves behind is then looked at page by page.
func TestFiveSteps(t *testing.T) {
	d := startDemo(t)
	eachLinkAnswers(t, d)
	venue, phone := newTab(t, "the venue's tab"), newTab(t, "the guests' tab")
	step := func(name string, f func(t *testing.T)) {
		if !t.Run(name, func(t *testing.T) { venue.t, phone.t = t, t; f(t) }) {
			t.FailNow() // what follows needs it
		}
		venue.t, phone.t = t, t
	}
	step("1 sign in", func(t *testing.T) {
		signIn(venue, d)
		if got := venue.text("stat-reachable"); !strings.HasPrefix(got, "3") {
			t.Errorf("Luna begins with %q, want the three guests of the demo", got)
		}
	})
	step("2 join", func(t *testing.T) { join(t, venue, phone, d) })
	step("3 write a campaign", func(t *testing.T) {
		venue.open(d.pages + "/")
		venue.click("write-text")
		countsAsTyped(t, venue)
		send(venue, "Text 4 guests now")
		venue.shows("report-sentence", "4 delivered")
		for _, number := range handsets(phone) {
			hold(phone, number)
			phone.shows("bubble-in", first)
		}
	})
	step("4 reply STOP", func(t *testing.T) {
		hold(phone, ana)
		say(phone, "STOP")
		// The carrier answers, in the venue's own words.
		phone.shows("bubble-in", "Luna's Cantina: You're opted out")
		// Our side has it when the text is shown as delivered.
		phone.until("STOP is delivered", `[...document.querySelectorAll('[data-testid="bubble-out"]')].at(-1).dataset.status === "sent"`)
		venue.open(d.pages + "/optouts")
		if rows := venue.texts("optout-row"); len(rows) != 1 || !strings.Contains(rows[0], "0142") {
			t.Errorf("after STOP the list of opt-outs is %q, want one row about 0142", rows)
		}
	})
	step("5 send another", func(t *testing.T) { sendAnother(t, venue, phone, d) })
	lookAtEverything(t, venue, phone, d)
}

func signIn(b *tab, d demo) {
	b.t.Helper()
	b.open(d.signIn)
	b.write("email", d.email)
	b.write("password", d.password)
	b.click("signin")
	b.until("home is shown", `document.querySelector('[data-testid="stat-reachable"]')`)
}

// join is what a guest does: see what they agree to, press the button, and send
// what is filled in.
func join(t *testing.T, venue, phone *tab, d demo) {
	phone.open(d.optIn)
	terms := phone.text("disclosure")
	for _, must := range []string{"Luna's Cantina", "STOP", "HELP", "rates may apply", "not a condition"} {
		if !strings.Contains(strings.ToLower(terms), strings.ToLower(must)) {
			t.Errorf("the opt-in page does not say %q before the guest agrees: %q", must, terms)
		}
	}
	phone.click("open-phone")
	phone.until("the text is filled in", `document.querySelector('[data-testid="composer"]')?.value.startsWith("LUNA ")`)
	if held := eval[string](phone, `document.querySelector('[data-testid="handset"][aria-checked="true"]').dataset.number`); held != you {
		t.Errorf("the phone that joins ends in %s, want the one named You", held[len(held)-4:])
	}
	phone.click("send")
	phone.until("the text is delivered", `document.querySelector('[data-testid="bubble-out"]')?.dataset.status === "sent"`)
	phone.shows("bubble-in", "Luna's Cantina")
	venue.open(d.pages + "/")
	if got := venue.text("stat-reachable"); !strings.HasPrefix(got, "4") {
		t.Errorf("after a guest has joined, Luna has %q, want 4", got)
	}
}

// countsAsTyped writes the first text and watches the counter: it must keep up
// with every letter, without the server.
func countsAsTyped(t *testing.T, venue *tab) {
	meter := func(name, want string) {
		t.Helper()
		venue.until(fmt.Sprintf("the counter's %s are %s", name, want), fmt.Sprintf(`document.querySelector('[data-meter="%s"]').textContent.includes(%s)`, name, quote(want)))
	}
	venue.write("compose-body", first[:20])
	meter("units", "20")
	venue.write("compose-body", "’")
	meter("encoding", "70") // it makes the text dearer
	venue.press("\b")
	venue.write("compose-body", first[20:])
	meter("units", fmt.Sprint(len(first)))
	meter("parts", "1")
	meter("texts", "4")
	venue.until("nothing is to be mended", `document.querySelector('[data-testid="no-findings"]')`)
	if preview := eval[string](venue, `document.getElementById("preview").innerText`); preview != first {
		t.Errorf("the preview shows %q, want what was typed", preview)
	}
}

// send reviews what is written and lets it go.
func send(venue *tab, button string) {
	venue.t.Helper()
	venue.click("compose-review")
	venue.shows("review-send", button)
	venue.click("review-send")
	venue.until("the report is shown", `document.querySelector('[data-testid="report-status"]')`)
}

// sendAnother is the point of it all: nobody who has said STOP gets the next
// campaign, and the report says so by itself, while it is being looked at.
func sendAnother(t *testing.T, venue, phone *tab, d demo) {
	hold(phone, ana)
	before := len(phone.texts("bubble-in"))
	venue.open(d.pages + "/campaigns/new")
	venue.write("compose-body", second)
	send(venue, "Text 3 guests now")
	venue.shows("report-sentence", "3 delivered, 1 not sent")
	venue.until("the report is complete", `document.querySelector('[data-testid="report-status"]').dataset.stage === "finished"`)
	venue.until("everybody is listed", `document.querySelectorAll('[data-testid="person-row"]').length === 4`)

	if reasons := venue.texts("reason-row"); len(reasons) != 1 || !strings.Contains(reasons[0], "Opted out") {
		t.Errorf("the report's reasons are %q, want one: opted out", reasons)
	}
	row := ""
	for _, r := range venue.texts("person-row") {
		if strings.Contains(r, "0142") {
			row = r
		}
	}
	// The demo's clock began at four, and this took less than an hour.
	for _, must := range []string{"Not sent", "Opted out", "4:", "pm"} {
		if !strings.Contains(row, must) {
			t.Errorf("the report says of the guest who said STOP %q, which has no %q", row, must)
		}
	}
	screenshotForREADME(t, venue)

	for _, number := range handsets(phone) {
		if number == ana {
			continue
		}
		hold(phone, number)
		phone.shows("bubble-in", second)
	}
	// All others have it by now, and the campaign is over.
	hold(phone, ana)
	if after := len(phone.texts("bubble-in")); after != before {
		t.Errorf("the phone that said STOP got %d more texts, want none", after-before)
	}
}

// handsets are the numbers of all phones.
func handsets(phone *tab) []string {
	phone.t.Helper()
	return eval[[]string](phone, `[...document.querySelectorAll('[data-testid="handset"]')].map((e) => e.dataset.number)`)
}

// hold takes a phone in hand and opens its only conversation.
func hold(phone *tab, number string) {
	phone.t.Helper()
	choose := fmt.Sprintf(`[data-testid="handset"][data-number="%s"]`, number)
	phone.do("take a phone", chromedp.Click(chromedp.CSS(choose)))
	phone.until("the phone is held", fmt.Sprintf(`document.querySelector('%s').getAttribute("aria-checked") === "true"`, choose))
	phone.do("open the conversation", chromedp.Click(id("conversation")))
}

func say(phone *tab, text string) {
	phone.t.Helper()
	phone.write("composer", text)
	phone.click("send")
}

// screenshotForREADME is written only on demand: the committed one would change
// with every run, by the time of day.
func screenshotForREADME(t *testing.T, venue *tab) {
	t.Helper()
	venue.resize(1280, 800)
	venue.scheme("light")
	ctx, cancel := context.WithTimeout(venue.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("NEXO_UPDATE_SCREENSHOTS") == "1" {
		keep(t, filepath.Join("..", "..", "docs", "images", "report.png"), shot)
	}
}
