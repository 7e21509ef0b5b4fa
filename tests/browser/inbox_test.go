package browser_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

const question = "Do you have a table for four tonight?"

// TestInbox: a guest asks, staff see it at once and answer, the guest's phone
// shows it; and when the guest leaves, nothing can be sent any more.
func TestInbox(t *testing.T) {
	d := startDemo(t)
	venue, phone, stranger := newTab(t, "the venue's tab"), newTab(t, "the guests' tab"), newTab(t, "another venue's tab")
	signIn(venue, d)
	venue.open(d.pages + "/inbox")
	look(t, venue, "inbox-empty")
	venue.resize(1280, 800)
	guestJoins(phone, d)

	say(phone, question)
	venue.until("the text is in the list", fmt.Sprintf(`document.querySelector('[data-testid="thread-row"]')?.innerText.includes(%s)`, quote(question)))
	venue.until("the navigation counts it", `document.querySelector('.rail [data-testid="nav-unread"]').innerText.includes("1")`)
	look(t, venue, "inbox")
	venue.resize(1280, 800)
	venue.click("thread-row")
	venue.until("the conversation is open", `document.querySelector('[data-testid="reply-body"]')`)
	venue.until("it counts as read", `!document.querySelector('.rail [data-testid="nav-unread"]').innerText.trim()`)
	talk := eval[string](venue, `location.origin + location.pathname`)

	venue.write("reply-body", "Yes, at 8 – see bit.ly/abc")
	venue.shows("findings", "shorteners")
	eval[bool](venue, `(document.getElementById("body").value = "", true)`)
	venue.write("reply-body", "Yes, at 8. Ask for Luna.")
	venue.until("the counter keeps up", `document.querySelector('[data-meter="units"]').textContent === "24"`)
	venue.click("reply-send")
	phone.shows("bubble-in", "Yes, at 8. Ask for Luna.")
	venue.until("the receipt is shown", `document.querySelector('[data-testid="line-staff"]')?.innerText.includes("Delivered")`)

	say(phone, "Great, thank you")
	venue.until("the next text comes in by itself", `document.querySelector('[data-testid="lines"]').innerText.includes("Great, thank you")`)
	venue.until("and is read, since somebody looks at it", `!document.querySelector('.rail [data-testid="nav-unread"]').innerText.trim()`)
	eval[bool](phone, sendsPicture)
	venue.until("the picture is shown", `(() => { const i = document.querySelector('img[data-testid="medium"]'); return i?.complete && i.naturalWidth === 64; })()`)
	venue.click("note-open")
	venue.write("note", "Birthday, likes the window")
	venue.click("note-save")
	venue.until("the note is there", `document.querySelector('[data-testid="line-note"]')?.innerText.includes("Birthday")`)
	look(t, venue, "thread")
	venue.resize(1280, 800)

	stranger.expect("404")
	signUp(stranger, d)
	stranger.open(talk)
	if got := eval[string](stranger, `document.querySelector("h1").innerText`); got != "Not found" {
		t.Errorf("another venue sees %q at the address of the conversation", got)
	}

	venue.write("reply-body", "One more thing")
	say(phone, "STOP")
	venue.until("the composer is locked while it is looked at", `document.querySelector('[data-testid="locked"]')?.innerText.includes("Opted out")`)
	if !eval[bool](venue, `document.querySelector('[data-testid="reply-send"]').disabled && document.querySelector('[data-testid="reply-body"]').value === "One more thing"`) {
		t.Error("after STOP the answer may be sent, or what was typed is gone")
	}
	look(t, venue, "thread-locked")
	whatSTOPLeaves(t, venue)
}

// guestJoins makes the phone named You join, and leaves its conversation open.
func guestJoins(phone *tab, d demo) {
	phone.t.Helper()
	phone.open(d.optIn)
	phone.click("open-phone")
	phone.until("the text is filled in", `document.querySelector('[data-testid="composer"]')?.value.startsWith("LUNA ")`)
	phone.click("send")
	phone.shows("bubble-in", "Luna's Cantina")
}

// signUp sets up another venue by its form.
func signUp(b *tab, d demo) {
	b.t.Helper()
	b.open(d.pages + "/signup")
	for name, value := range map[string]string{
		"owner_name": "Eve", "email": "eve@sol.example", "password": "sun and sand and sea", "business_name": "Sol", "street": "1 Main St",
		"city": "Austin", "state": "TX", "zip": "78701", "help_contact": "help@sol.example", "sender": "(512) 555-0177", "keyword": "SOL",
	} {
		eval[bool](b, fmt.Sprintf(`(document.querySelector('[name="%s"]').value = %s, true)`, name, quote(value)))
	}
	eval[bool](b, `(document.querySelector("main form").requestSubmit(), true)`)
	b.until("home is shown", `document.querySelector('[data-testid="stat-reachable"]')`)
}

// whatSTOPLeaves: a machine has answered it, so nobody has to read it.
func whatSTOPLeaves(t *testing.T, venue *tab) {
	venue.resize(1280, 800)
	if got := eval[string](venue, `document.querySelector('.rail [data-testid="nav-unread"]').innerText`); strings.TrimSpace(got) != "" {
		t.Errorf("after STOP the navigation counts %q", got)
	}
	keep(t, filepath.Join(screenshots, "thread-after-stop.png"), whole(t, venue))
}

// sendsPicture chooses a file on the phone, which sends it: a square of 64 by 64.
const sendsPicture = `(async () => {
	const c = document.createElement("canvas");
	c.width = c.height = 64;
	const x = c.getContext("2d");
	x.fillStyle = "#b45309";
	x.fillRect(0, 0, 64, 64);
	const blob = await new Promise((done) => c.toBlob(done, "image/png"));
	const data = new DataTransfer();
	data.items.add(new File([blob], "square.png", { type: "image/png" }));
	const file = document.getElementById("file");
	file.files = data.files;
	file.dispatchEvent(new Event("change"));
	return true;
})()`
