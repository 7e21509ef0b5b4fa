package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
)

// A request is entered, its days are counted, and it is answered with a copy.
func TestAGuestAsksWhatIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))

	owner.get("/settings").must(200, "/settings/privacy")
	owner.get("/settings/privacy").must(200, "Nothing waits")
	owner.submit("/settings/privacy", "/settings/privacy", url.Values{"number": {"555"}, "kind": {"know"}, "words": {"keep what I typed"}}).
		must(http.StatusUnprocessableEntity, "keep what I typed", "ten-digit number")
	p := owner.submit("/settings/privacy", "/settings/privacy", url.Values{"number": {"512 555 0101"}, "kind": {"know"}, "words": {"what do you have?"}}).
		must(200, "(•••) •••-0101", "What is held", "what do you have?", "Tell the guest by")
	if p.has("5550101") || p.has("555-0101") {
		t.Error("the page shows a whole number")
	}
	owner.get(firstLink(t, p, "/subscribers/")).must(200, "Everything that is held about (•••) •••-0101", "Joined", "LUNA", "What stays after erasing", "for ever")
	ref := strings.TrimSuffix(strings.TrimPrefix(firstLink(t, p, "/subscribers/"), "/subscribers/"), "/data")
	copied := owner.submit("/subscribers/"+ref+"/data", "/subscribers/"+ref+"/export", url.Values{}).must(200, `"number": "+15125550101"`, `"held": true`)
	if copied.header.Get("Content-Type") != "application/json" || !strings.Contains(copied.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the copy comes as %v", copied.header)
	}
	owner.get("/settings/privacy").must(200, "Nothing waits", "Answered")
}

// Erasing tells what stays, takes the guest off the list, and still bars.
func TestStaffEraseAGuest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	guest := firstLink(t, owner.get("/subscribers"), "/subscribers/")
	owner.get(guest).must(200, guest+"/data")
	owner.get(guest+"/erase").must(200, "This cannot be undone", "The guest is under 18")
	owner.submit(guest+"/erase", guest+"/erase", url.Values{}).must(200, "The data of (•••) •••-0101 is erased", "Erased")
	if owner.get("/subscribers").has("0101") {
		t.Error("the guest is on the list still")
	}
	owner.get(guest+"/data").must(200, "Not texted")
}

// The guest's own link asks, and shows nothing of what is held.
func TestALinkAsksAndShowsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	code := strings.TrimPrefix(firstLink(t, page{t: t, body: strings.ReplaceAll(owner.get("/grow").body, w.server.URL, "")}, "/q/"), "/q/")
	path := "/o/" + w.web.OptOut.Links.Token(code, guestNumber(1))
	stranger := w.browser()
	stranger.get(path).must(200, "Ask for a copy", "Ask to erase it")
	p := stranger.post(path, path+"/ask", url.Values{"kind": {"delete"}}).must(200, "will be erased within 45 days")
	if p.has("LUNA") || p.has("5550101") {
		t.Error("the page shows what is held")
	}
	stranger.post(path, path+"/ask", url.Values{"kind": {"delete"}}).must(200, "will be erased within 45 days")
	stranger.post(path, path+"/ask", url.Values{"kind": {"everything"}}).must(404)
	waiting := owner.get("/settings/privacy").must(200, "by the guest’s link", "To be erased")
	if n := len(waiting.texts("request")); n != 1 {
		t.Errorf("%d requests wait, want one for one number", n)
	}
	if w.standing(biz, guestNumber(1)) != consent.Active {
		t.Error("asking has changed something else")
	}
}
