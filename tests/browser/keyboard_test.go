package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestKeyboardAlone signs in, writes a campaign and sends it without a mouse,
// and sees at every stop where it is.
func TestKeyboardAlone(t *testing.T) {
	d := startDemo(t)
	b := newTab(t, "the keyboard's tab")
	b.open(d.signIn)
	walk(b, `e.name === "email"`)
	b.press(d.email)
	walk(b, `e.name === "password"`)
	b.press(d.password)
	b.press(kb.Enter)
	b.until("home is shown", `document.querySelector('[data-testid="stat-reachable"]')`)

	walk(b, `e.dataset.testid === "write-text"`)
	b.press(kb.Enter)
	b.until("there is something to write in", `document.querySelector('[data-testid="compose-body"]')`)
	walk(b, `e.id === "body"`)
	b.press(first)
	walk(b, `e.dataset.testid === "compose-review"`)
	b.press(kb.Enter)
	b.until("the review is shown", `document.querySelector('[data-testid="review-send"]')`)
	walk(b, `e.dataset.testid === "review-send"`)
	b.press(kb.Enter)
	b.shows("report-sentence", "3 delivered")
}

// walk presses Tab until the element in focus is the one that is meant. Every
// stop on the way must be visible.
func walk(b *tab, meant string) {
	b.t.Helper()
	for range 40 {
		b.press(kb.Tab)
		if !eval[bool](b, visibleFocus) {
			b.t.Errorf("the focus cannot be seen on %s", eval[string](b, "document.activeElement.outerHTML.slice(0, 120)"))
		}
		if eval[bool](b, fmt.Sprintf("((e) => %s)(document.activeElement)", meant)) {
			return
		}
	}
	b.t.Fatalf("forty presses of Tab do not reach %s.\n%s", meant, b.said())
}

const visibleFocus = `(() => {
	const e = document.activeElement;
	if (e === document.body) return true; // the browser's own controls
	if (e.matches("input[type=date], input[type=time]")) return true; // have parts, which the browser rings by itself
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
	return ring && r.width > 0 && r.height > 0;
})()`
