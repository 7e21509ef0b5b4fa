package site_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// doubt has a guest write what may be an opt-out.
func (w *world) doubt(b account.Business, n core.Number, said string, at time.Time) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx store.Tx) error {
		e := consent.Event{
			ID: core.EventID(w.web.IDs.New()), Business: b.ID, Number: n, Kind: consent.Doubted, Method: consent.ByReply, At: at, Recorded: at,
			Evidence: consent.Evidence{RawText: said, Rule: "plain.short_stop", To: b.Sender},
		}
		if err := tx.Suppression.Add(ctx, []suppression.Entry{{ID: core.SuppressionID(e.ID), Business: b.ID, Number: n, Reason: suppression.LikelyOut, Source: "reply", Words: said, At: at}}); err != nil {
			return err
		}
		return tx.Consent.Append(ctx, []consent.Event{e})
	})
}

func (w *world) standing(b account.Business, n core.Number) (s consent.State) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx store.Tx) error {
		sub, err := tx.Consent.Subscriber(ctx, core.Pair{Business: b.ID, Number: n})
		s = sub.Standing.State
		return err
	})
	return s
}

func TestStaffReadWhatMayBeAnOptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := 1; i <= 2; i++ {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
		w.doubt(biz, guestNumber(i), "Stop friend", noon.Add(-time.Duration(i)*time.Hour))
	}
	owner.get("/").must(200, "2 guests wrote what may be an opt-out", "Read and decide")
	list := owner.get("/optouts").must(200, "“Stop friend”")
	if n := len(list.texts("doubt")); n != 2 {
		t.Fatalf("%d guests are to be read, want 2", n)
	}
	first, last := formOf(t, list, 0)
	owner.submit("/optouts", first, url.Values{"last": {last}, "do": {"undo"}}).must(200, "(•••) •••-0101 may be texted again")
	if s := w.standing(biz, guestNumber(1)); s != consent.Active {
		t.Errorf("the guest is %v, want active", s)
	}
	list = owner.get("/optouts")
	second, last := formOf(t, list, 0)
	owner.submit("/optouts", second, url.Values{"last": {last}, "do": {"out"}}).must(200, "(•••) •••-0102 is opted out")
	if s := w.standing(biz, guestNumber(2)); s != consent.OptedOut {
		t.Errorf("the guest is %v, want opted out", s)
	}
	// The same page in another window is too late, and says so.
	owner.submit("/optouts", second, url.Values{"last": {last}, "do": {"undo"}}).must(200, "This was settled already")
	if s := w.standing(biz, guestNumber(2)); s != consent.OptedOut {
		t.Errorf("after the late tap the guest is %v, want opted out", s)
	}
	if owner.get("/").has("may be an opt-out") {
		t.Error("the first page still asks")
	}
}

// formOf is where the nth doubt's form goes, and the text that it is about.
func formOf(t *testing.T, p page, n int) (action, last string) {
	t.Helper()
	parts := strings.Split(p.body, `action="/optouts/doubts/`)
	if len(parts) <= n+1 {
		t.Fatalf("there are %d doubts", len(parts)-1)
	}
	ref, _, _ := strings.Cut(parts[n+1], `"`)
	_, rest, _ := strings.Cut(parts[n+1], `name="last" value="`)
	last, _, _ = strings.Cut(rest, `"`)
	return "/optouts/doubts/" + ref, last
}

func TestStaffEnterAnOptOutTheyWereTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))

	bad := owner.submit("/optouts/new", "/optouts/new", url.Values{"number": {"555"}, "words": {"keep what I typed"}, "day": {"2026-11-25"}})
	bad.must(http.StatusUnprocessableEntity, "keep what I typed", "3 things need a change", "still to come")
	owner.submit("/optouts/new", "/optouts/new", url.Values{"number": {"512 555 0101"}, "means": {"phone"}, "words": {"no more of these, please"}, "day": {"2026-11-24"}}).
		must(200, "(•••) •••-0101 gets no more campaigns", "told staff by phone", "no more of these, please")
	if s := w.standing(biz, guestNumber(1)); s != consent.OptedOut {
		t.Errorf("the guest is %v", s)
	}
	guest := owner.get(firstLink(t, owner.get("/optouts"), "/subscribers/")).must(200, "Opted out (told staff by phone)", "Guest said, as noted")
	if guest.has("Enter opt-out") {
		t.Error("a guest who is out can be opted out again")
	}

	// From a guest's own page the number need not be typed, nor is it shown.
	w.event(biz, guestNumber(2), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	page := owner.get(firstLink(t, owner.get("/subscribers?state=active"), "/subscribers/")).must(200, "https://nexo.example/o/")
	ref := strings.TrimPrefix(page.path, "/subscribers/")
	owner.get("/optouts/new?guest="+ref).must(200, "(•••) •••-0102")
	owner.submit("/optouts/new?guest="+ref, "/optouts/new", url.Values{"guest": {ref}, "means": {"in_person"}, "words": {"told the barman"}, "day": {"2026-11-24"}}).
		must(200, "told staff in person")
	if s := w.standing(biz, guestNumber(2)); s != consent.OptedOut {
		t.Errorf("the second guest is %v", s)
	}
	// Who had opted in since then stays in, and staff are told.
	w.event(biz, guestNumber(3), consent.Granted, "LUNA", noon.Add(-time.Hour))
	owner.submit("/optouts/new", "/optouts/new", url.Values{"number": {"512 555 0103"}, "means": {"letter"}, "words": {"stop"}, "day": {"2026-11-20"}}).
		must(200, "opted in again after that day")
}

func TestALinkIsOneTapAndNoLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	code := strings.TrimPrefix(firstLink(t, page{t: t, body: strings.ReplaceAll(owner.get("/grow").body, w.server.URL, "")}, "/q/"), "/q/")
	path := "/o/" + w.web.OptOut.Links.Token(code, guestNumber(1))

	stranger := w.browser()
	p := stranger.get(path).must(200, "Stop texts from Luna's Cantina", "(•••) •••-0101")
	if p.has("5550101") || p.has("555-0101") || p.has("csrf") || p.header.Get("Set-Cookie") != "" {
		t.Error("the page shows a number, or needs a session")
	}
	if p.header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(p.header.Get("Cache-Control"), "no-store") || p.header.Get("X-Robots-Tag") == "" {
		t.Errorf("the page's headers are %v", p.header)
	}
	if s := w.standing(biz, guestNumber(1)); s != consent.Active {
		t.Errorf("looking at the link made the guest %v", s)
	}
	stranger.post("", path, url.Values{}).must(200, "You get no more texts from Luna's Cantina")
	stranger.post("", path, url.Values{}).must(200, "You get no more texts from Luna's Cantina") // once more changes nothing
	if s := w.standing(biz, guestNumber(1)); s != consent.OptedOut {
		t.Errorf("the guest is %v, want opted out", s)
	}
	owner.get("/optouts").must(200, "by opt-out link")
	w.update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, core.Pair{Business: biz.ID, Number: guestNumber(1)}, core.RecordID{}, 10)
		if n := len(rs); n != 1 || rs[0].Kind != evidence.KindRevocation {
			t.Errorf("%d records of one opt-out", n)
		}
		return err
	})
	for _, bad := range []string{"/o/x", "/o/" + strings.Repeat("0", 26), path + "0"} {
		stranger.get(bad).must(404)
		stranger.post("", bad, url.Values{}).must(404)
	}
	if strings.Contains(w.log.String(), strings.TrimPrefix(path, "/o/")) {
		t.Error("the log has the link")
	}
}
