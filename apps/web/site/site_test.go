package site_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

const goodText = "Luna's Cantina: taco night tonight, two for one. Reply STOP to opt out"

var campaignPath = regexp.MustCompile(`^/campaigns/([0-9a-f-]{36})`)

func (w *world) idAt(path string) core.CampaignID {
	w.t.Helper()
	m := campaignPath.FindStringSubmatch(path)
	if m == nil {
		w.t.Fatalf("%s is not the address of a campaign", path)
	}
	id, err := core.ParseUUID(m[1])
	if err != nil {
		w.t.Fatal(err)
	}
	return core.CampaignID(id)
}

// send writes, reviews and approves a campaign, and returns its report.
func (b *browser) send(text string) page {
	b.w.t.Helper()
	review := b.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {text}, "when": {"now"}, "do": {"review"}})
	review.must(http.StatusOK)
	id := b.w.idAt(review.path)
	return b.submit("/campaigns/"+id.String()+"/review", "/campaigns/"+id.String()+"/approve", url.Values{})
}

func TestFromSignUpToTheReasonForEachText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.get("/").must(200, "Luna's Cantina", "Put up your QR code")
	owner.get("/subscribers").must(200, "Nobody has joined yet", "Show my QR code")
	owner.get("/optouts").must(200, "Nobody has opted out")
	owner.get("/campaigns").must(200, "No campaign yet")
	for i := 1; i <= 5; i++ {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	w.event(biz, guestNumber(5), consent.Revoked, "stop", time.Date(2026, 11, 24, 1, 40, 0, 0, time.UTC))

	review := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {goodText}, "when": {"now"}, "do": {"review"}})
	review.must(200, "4 of 5 get it now, 1 not: opted out.", "Text 4 guests now", "The guest opted out")
	id := w.idAt(review.path)
	approve := "/campaigns/" + id.String() + "/approve"
	report := owner.submit("/campaigns/"+id.String()+"/review", approve, url.Values{})
	report.must(200)
	if want := "/campaigns/" + id.String(); report.path != want {
		t.Fatalf("after approving, the browser is at %s, want %s", report.path, want)
	}
	again := owner.submit("/settings", approve, url.Values{}) // the same form, sent twice
	again.must(200)
	if again.path != "/campaigns/"+id.String() {
		t.Errorf("approving twice leads to %s", again.path)
	}

	w.run(biz, id)
	w.update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, biz.ID, id, message.PeopleQuery{States: []message.State{message.Sent}}, 10)
		if err != nil || len(ms) == 0 {
			return err
		}
		_, err = tx.Messages.Settle(ctx, []message.Receipt{{Token: ms[0].Token(), State: message.Delivered, At: noon}})
		return err
	})
	report = owner.get("/campaigns/" + id.String()).must(200)
	if got, want := report.text("report-sentence"), "3 sent, 1 delivered, 2 not sent"; got != want {
		t.Errorf("the report says %q, want %q", got, want)
	}
	if n := len(report.texts("person-row")); n != 5 {
		t.Errorf("%d people are listed, want all 5", n)
	}
	if reasons := strings.Join(report.texts("person-reason"), "|"); !strings.Contains(reasons, "Opted out Mon 23 Nov, 7:40 pm") || !strings.Contains(reasons, "The carrier refused it") {
		t.Errorf("the reasons are %q", reasons)
	}
	// The list narrows to those who got nothing, and each has a page of reasons.
	few := owner.get("/campaigns/" + id.String() + "?show=notsent").must(200)
	if n := len(few.texts("person-row")); n != 2 {
		t.Errorf("%d people got nothing, want 2", n)
	}
	why := owner.get(firstLink(t, few, "/campaigns/"+id.String()+"/people/")).must(200, "Law edition")
	if why.text("why-reason") == "" {
		t.Error("the page of one person gives no reason")
	}
	guest := owner.get(firstLink(t, why, "/subscribers/")).must(200, "Joined by keyword", "The words shown", "By texting LUNA to (512) 555-0100")
	if n := len(guest.texts("moment")); n < 2 {
		t.Errorf("the timeline has %d moments", n)
	}
	owner.get("/optouts").must(200, "Opted out", "(•••) •••-0105")
	owner.get("/").must(200, "3 sent, 1 delivered, 2 not sent")
	owner.get("/campaigns").must(200, "3 sent, 1 delivered, 2 not sent")
}

func firstLink(t *testing.T, p page, prefix string) string {
	t.Helper()
	m := regexp.MustCompile(`href="(` + regexp.QuoteMeta(prefix) + `[^"?#]+)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no link to %s…", p.path, prefix)
	}
	return m[1]
}

func TestAFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	form := signUpForm("luna@lunas.example", "555", "stop")
	p := b.submit("/signup", "/signup", form).must(http.StatusUnprocessableEntity, "2 things need a change", "Luna Hospitality LLC", "help@lunas.example")
	if p.text("sender-problem") == "" || p.text("keyword-problem") == "" || p.text("email-problem") != "" {
		t.Errorf("problems: sender %q, keyword %q, e-mail %q", p.text("sender-problem"), p.text("keyword-problem"), p.text("email-problem"))
	}
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {"Keep me"}, "when": {"later"}, "date": {"2026-11-01"}, "time": {"10:00"}, "do": {"review"}}).
		must(http.StatusUnprocessableEntity, "Keep me", "This time has passed")
	owner.submit("/settings", "/settings", url.Values{"business_name": {""}, "street": {"2 Other St"}}).
		must(http.StatusUnprocessableEntity, "2 Other St", "(512) 555-0100")
	b.submit("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"wrong"}}).
		must(http.StatusForbidden, `value="luna@lunas.example"`, "is not right")
}

func TestASettingsChangeIsAnotherVersionOfTheWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	before := owner.get("/grow").text("disclosure")
	form := signUpForm("", "", "")
	form.Set("monthly_texts", "3")
	owner.submit("/settings", "/settings", form).must(200, "print the poster again")
	after := owner.get("/grow").text("disclosure")
	if before == after || !strings.Contains(after, "3 texts a month") {
		t.Errorf("the words are %q", after)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		ds, err := tx.Consent.Disclosures(ctx, biz.ID, "LUNA")
		if len(ds) != 2 {
			t.Errorf("%d versions are kept, want 2", len(ds))
		}
		return err
	})
	form.Set("monthly_texts", "8") // back: the first version is in force again
	owner.submit("/settings", "/settings", form).must(200)
	if got := owner.get("/grow").text("disclosure"); got != before {
		t.Errorf("after changing back, guests are shown %q", got)
	}
}

// A second campaign of the same evening waits, and the report says until when
// and whose limit it is; the settings change it.
func TestTheVenuesOwnLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	send := func() page {
		sent := owner.send(goodText)
		w.run(biz, w.idAt(sent.path))
		return owner.get(sent.path)
	}
	send()
	send().must(200, "your own limit in the settings")
	owner.get("/settings").must(200, `name="rhythm_texts"`, `name="rhythm_hours"`, `value="12"`)
	form := signUpForm("", "", "")
	form.Set("rhythm_texts", "100")
	owner.submit("/settings", "/settings", form).must(422, "a number from 1 to 24")
	form.Set("rhythm_texts", "4")
	owner.submit("/settings", "/settings", form).must(200)
	if strings.Contains(send().body, "your own limit in the settings") {
		t.Error("with room for four, the third still waits")
	}
}

// What the carriers' registry says is chosen in the settings, and the review
// and the report tell when the last text leaves at that pace.
func TestForecast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 40 {
		w.event(biz, guestNumber(1+i), consent.Granted, "LUNA", noon.Add(-time.Hour))
	}
	form := signUpForm("", "", "")
	form.Set("att_class", "99")
	owner.submit("/settings", "/settings", form).must(422, "Choose one of the classes")
	form.Set("att_class", "5") // 15 a minute
	form.Set("tmobile_tier", "4")
	owner.submit("/settings", "/settings", form).must(200)
	owner.get("/settings").must(200, "15 texts a minute", "2,000 a day")
	review := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {goodText}, "when": {"now"}, "do": {"review"}})
	review.must(200)
	if got := review.text("review-finish"); !strings.Contains(got, "All have left by about") || !strings.Contains(got, "12:03") {
		t.Errorf("forty texts at fifteen a minute from noon on: %q", got)
	}
	// What went out today is gone from T-Mobile's allowance; tomorrow's is whole.
	if got := review.text("review-finish"); strings.Contains(got, "T-Mobile") {
		t.Errorf("forty texts are within the allowance: %q", got)
	}
	w.sentToday(biz, 400, 20)
	for day, over := range map[string]bool{"2026-11-24": true, "2026-11-26": false} {
		p := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {goodText}, "when": {"later"}, "date": {day}, "time": {"13:30"}, "do": {"review"}})
		if got := p.text("review-finish"); strings.Contains(got, "more than T-Mobile takes") != over {
			t.Errorf("for %s after 8,000 parts today: %q", day, got)
		}
	}
	report := owner.submit(review.path, strings.TrimSuffix(review.path, "/review")+"/approve", url.Values{})
	w.run(biz, w.idAt(report.path))
	if got := owner.get(report.path).text("forecast"); !strings.Contains(got, "12:03") {
		t.Errorf("while it is sent: %q", got)
	}
}

// sentToday is a campaign of so many texts of so many parts that went out at
// noon.
func (w *world) sentToday(b account.Business, texts, parts int) {
	c := campaign.Campaign{ID: core.CampaignID(w.web.IDs.New()), Business: b.ID, Status: campaign.Finished, SendAt: noon, Approved: noon, Segments: parts}
	ms, vs := make([]message.Message, texts), make([]message.Verdict, texts)
	for i := range ms {
		to, _ := core.NumberFromDigits(uint64(15125550100 + i%100 + 1_000_000*(i/100)))
		ms[i] = message.Message{ID: core.MessageID(w.web.IDs.New()), Business: b.ID, Campaign: c.ID, To: to, From: b.Sender, Class: message.Marketing,
			Key: message.CampaignKey(c.ID, to, 0), Due: noon, NotAfter: noon, Segments: parts}
		vs[i] = message.Verdict{Business: b.ID, Message: ms[i].ID, State: message.Sending, Lease: noon.Add(time.Hour), At: noon.Add(-40 * 24 * time.Hour)}
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, ms)
		if err == nil {
			_, err = tx.Messages.Record(ctx, vs)
		}
		return errors.Join(err, tx.Campaigns.Add(ctx, c))
	})
}

func TestWhatIsMissingIsMendedByOneClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	review := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {"Taco night tonight, two for one"}, "when": {"now"}, "do": {"review"}})
	review.must(200, "2 things must be mended first", "Once that is mended: Your one guest gets it now.")
	if review.text("review-send") != "" {
		t.Error("there is a button to send a text that must not be sent")
	}
	id := w.idAt(review.path)
	mend := "/campaigns/" + id.String() + "/mend"
	owner.submit("/campaigns/"+id.String()+"/review", mend, url.Values{"fix": {"stop"}}).must(200)
	ready := owner.submit("/campaigns/"+id.String()+"/review", mend, url.Values{"fix": {"brand"}}).must(200, "Text 1 guest now")
	if !ready.has("Luna's Cantina: Taco night tonight, two for one. Reply STOP to opt out") {
		t.Error("the mended text is not shown")
	}
	// The same without leaving the compose page.
	owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {"Café “La Lune”"}, "when": {"now"}, "fix": {"plain"}}).must(200, `Café "La Lune"`)
}

func TestApprovingAgainstTheRulesIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for _, text := range []string{"", "No brand, no way out", strings.Repeat("Luna's Cantina: very long. ", 70) + "Reply STOP to opt out", goodText} {
		p := owner.send(text)
		p.must(http.StatusUnprocessableEntity)
		if p.text("review-problems") == "" {
			t.Errorf("the refusal of %.20q names nothing", text)
		}
		var c campaign.Campaign
		w.update(func(ctx context.Context, tx store.Tx) error {
			list, err := tx.Campaigns.List(ctx, w.businessOf("luna@lunas.example"), core.CampaignID{}, 1)
			if err == nil {
				c = list[0]
			}
			return err
		})
		if c.Status != campaign.Draft {
			t.Errorf("the campaign is %v", c.Status)
		}
	}
}

func (w *world) businessOf(email string) core.BusinessID {
	var b core.BusinessID
	_ = w.web.Database.Store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.UserByEmail(ctx, email)
		b = u.Business
		return err
	})
	return b
}

func TestSchedulePauseAndCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	review := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {goodText}, "when": {"later"}, "date": {"2026-12-03"}, "time": {"19:40"}, "do": {"review"}})
	review.must(200, "Schedule for Thu 3 Dec, 7:40 pm")
	id := w.idAt(review.path)
	at := "/campaigns/" + id.String()
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200, "Goes out on Thu 3 Dec, 7:40 pm")
	owner.submit(at, at+"/pause", url.Values{}).must(200, "cannot become paused")
	owner.submit(at, at+"/cancel", url.Values{}).must(200, "Cancelled. What had not left does not leave.")
	owner.get(at + "/edit").must(200) // no draft any more: the report
	owner.submit("/settings", at+"/explode", url.Values{}).must(404)
}

func TestByEachGuestsOwnClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	spread(w, biz)
	form := url.Values{"body": {goodText}, "when": {"local"}, "date": {"2026-11-24"}, "time": {"18:00"}, "do": {"review"}}
	p := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "Tue 24 Nov, 6:00 pm, by each guest's own clock", "1 gets it when it is that time where they are")
	if got, want := p.text("review-sentence"), "3 of 5 get it on Tue 24 Nov, 6:00 pm, 1 at 8:00 pm, 1 not: opted out."; got != want {
		t.Errorf("the review says %q, want %q", got, want)
	}
	at := "/campaigns/" + w.idAt(p.path).String()
	edit := owner.get(at + "/edit")
	if !strings.Contains(edit.body, `value="local" checked`) || !strings.Contains(edit.body, `value="18:00"`) {
		t.Error("the choice is lost when the draft is opened again")
	}
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200, "by each guest's own clock")
}

func TestATextForSomeOfTheGuests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 3 {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	w.event(biz, guestNumber(2), consent.Revoked, "stop", noon.Add(-time.Hour))
	guest := owner.get("/subscribers").refs()[0]
	owner.submit(guest, guest+"/tags", url.Values{"tag": {" VIP "}, "do": {"add"}}).must(200)
	owner.submit(guest, guest+"/tags", url.Values{"tag": {"512 555 0100"}, "do": {"add"}}).must(200, "not a number to reach them")
	if got := owner.get(guest).texts("guest-tag"); len(got) != 1 || got[0] != "vip" {
		t.Errorf("the guest has the tags %q", got)
	}
	form := url.Values{"body": {goodText}, "when": {"now"}, "a_no_tags": {"vip"}, "do": {"review"}}
	if got := owner.submit("/campaigns/new", "/campaigns/reach", form).text("reach"); got != "2 guests, 1 of them can be texted as things stand." && got != "2 guests, 2 of them can be texted as things stand." {
		t.Errorf("the count says %q", got)
	}
	form.Set("a_engaged", "wrote")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(422, "Say how many days", goodText)
	form.Set("a_days", "30")
	if got := owner.submit("/campaigns/new", "/campaigns/reach", form).text("reach"); got != "Nobody. Choose less." {
		t.Errorf("the count says %q", got)
	}
	form.Set("do", "review")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "Nobody is like that", "wrote to you or opened a link in the 30 days before; have no tag of: vip")
	form.Del("a_engaged")
	form.Set("a_since", "2026-11-20")
	p := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "Guests who joined since 20 Nov 2026; have no tag of: vip")
	at := "/campaigns/" + w.idAt(p.path).String()
	owner.get(at+"/edit").must(200, `value="2026-11-20"`, `value="vip"`)
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200)
	w.run(biz, w.idAt(p.path))
	owner.get(at).must(200, "have no tag of: vip")
	var n int
	w.update(func(ctx context.Context, tx store.Tx) error {
		tally, err := tx.Messages.Tally(ctx, biz.ID, w.idAt(p.path))
		n = tally.Audience()
		return err
	})
	if n != 2 {
		t.Errorf("%d guests are planned, want 2", n)
	}
	owner.submit(guest, guest+"/tags", url.Values{"tag": {"vip"}, "do": {"remove"}}).must(200, "No tags yet")
}

var guestRef = regexp.MustCompile(`href="(/subscribers/[^"?]+)"`)

// refs are the addresses of the guests on a page.
func (p page) refs() (out []string) {
	for _, m := range guestRef.FindAllStringSubmatch(p.body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestAScheduledTextIsChangedByUnschedulingIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	form := url.Values{"body": {goodText}, "when": {"later"}, "date": {"2026-12-03"}, "time": {"19:40"}, "ends": {"at"}, "end_date": {"2026-12-03"}, "end_time": {"19:00"}, "do": {"review"}}
	p := owner.submit("/campaigns/new", "/campaigns/new", form).must(422, "before the text goes out", goodText)
	if !strings.Contains(p.body, `value="19:00"`) {
		t.Error("the end that was typed is lost")
	}
	form.Set("end_time", "21:30")
	review := owner.submit("/campaigns/new", "/campaigns/new", form).must(200)
	at := "/campaigns/" + w.idAt(review.path).String()
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200, "What has not left by Thu 3 Dec, 9:30 pm is not sent")
	edit := owner.submit(at, at+"/unschedule", url.Values{}).must(200, "It is a draft again", goodText)
	if edit.path != at+"/edit" || !strings.Contains(edit.body, `value="21:30"`) {
		t.Errorf("a draft again at %s, with its end: %v", edit.path, strings.Contains(edit.body, `value="21:30"`))
	}
	owner.submit(edit.path, edit.path, form).must(200)
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200)
	report := owner.submit(at, at+"/cancel", url.Values{}).must(200)
	want := "Cancelled by Luna Tue 24 Nov, 12:00 pm|Approved by Luna Tue 24 Nov, 12:00 pm|Made a draft again by Luna Tue 24 Nov, 12:00 pm|Approved by Luna Tue 24 Nov, 12:00 pm"
	if got := strings.Join(report.texts("move"), "|"); got != want {
		t.Errorf("what was done: %q, want %q", got, want)
	}
	c := owner.submit(at, at+"/copy", url.Values{}).must(200, "This is a copy", goodText)
	if !strings.HasSuffix(c.path, "/edit") || strings.HasPrefix(c.path, at) {
		t.Errorf("the copy is at %s", c.path)
	}
}

func TestOneVenueSeesNothingOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	report := owner.send(goodText).must(200)
	id := w.idAt(report.path)
	w.run(biz, id)
	person := firstLink(t, owner.get("/campaigns/"+id.String()), "/campaigns/"+id.String()+"/people/")
	guest := firstLink(t, owner.get("/subscribers"), "/subscribers/")

	stranger, _ := w.venue("rival@rival.example", "(512) 555-0101", "rival")
	for _, path := range []string{"/campaigns/" + id.String(), "/campaigns/" + id.String() + "/edit", "/campaigns/" + id.String() + "/review", "/campaigns/" + id.String() + "/live", person, guest} {
		p := stranger.get(path).must(http.StatusNotFound)
		if p.has("taco") {
			t.Errorf("%s shows the text of another venue", path)
		}
	}
	for _, path := range []string{"/approve", "/cancel", "/pause", "/mend", "/edit"} {
		stranger.submit("/settings", "/campaigns/"+id.String()+path, url.Values{"body": {"mine"}, "when": {"now"}}).must(http.StatusNotFound)
	}
	if p := stranger.get("/subscribers").must(200); p.has("0101") && p.text("guest-row") != "" {
		t.Error("the list shows another venue's guests")
	}
}

func TestAnEndedSessionComesBackToWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.submit("/settings", "/signout", url.Values{}).must(200)
	signin := owner.get("/campaigns?before=").must(200, "Sign in to go on where you were")
	next := regexp.MustCompile(`name="next" value="([^"]+)"`).FindStringSubmatch(signin.body)
	if next == nil || next[1] != "/campaigns?before=" {
		t.Fatalf("next is %v", next)
	}
	// A text that was being written is not lost either.
	m := tokenField.FindStringSubmatch(signin.body)
	p := owner.post("/campaigns/new", "/campaigns/new", url.Values{"body": {"Half a text"}, "csrf_token": {unescape(m[1])}}).must(200, "Sign in")
	m = tokenField.FindStringSubmatch(p.body)
	back := owner.post("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}, "next": {"/campaigns/new"}, "csrf_token": {unescape(m[1])}})
	back.must(200, "Half a text", "This is what you were writing")
}

func TestSignInLeadsOnlyToPagesOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		p := w.browser().submit("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"tacos and mezcal"}, "next": {next}})
		if p.must(200).path != "/" {
			t.Errorf("next=%q leads to %s", next, p.path)
		}
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.post("/settings", "/signout", url.Values{}).must(http.StatusForbidden, "not sent from our own page")
	owner.post("/settings", "/signout", url.Values{"csrf_token": {"invented"}}).must(http.StatusForbidden)
	m := tokenField.FindStringSubmatch(owner.get("/settings").body)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/signout", strings.NewReader(url.Values{"csrf_token": {unescape(m[1])}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	owner.do(req).must(http.StatusForbidden)
	owner.get("/settings").must(200, "Signed in as")
}

func TestOptInPageOpensTheMessagesOfEachDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *site.Options) { o.Demo = &site.DemoInfo{PhoneURL: "http://phone.example/phone"} })
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	path := firstPath(t, owner.get("/grow"), `/q/[0-9a-z]+`)
	ref := consent.Disclose(biz, "LUNA", noon).Ref
	for name, c := range map[string]struct{ agent, link string }{
		"iPhone":  {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15", "sms:+15125550100&body=LUNA%20" + ref},
		"Android": {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120 Mobile", "sms:+15125550100?body=LUNA%20" + ref},
		"desktop": {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120", "sms:+15125550100?&body=LUNA%20" + ref},
	} {
		guest := w.browser()
		guest.agent = c.agent
		p := guest.get(path).must(200, `href="`+c.link+`"`, "Luna's Cantina", "8 texts a month", "Message and data rates may apply", "Reply STOP", "HELP for help", "not a condition of any purchase",
			"http://phone.example/phone?body=LUNA+"+ref)
		if (name == "desktop") != strings.Contains(p.body, "<svg") {
			t.Errorf("%s: QR code shown: %v", name, strings.Contains(p.body, "<svg"))
		}
		if p.header.Get("Vary") != "User-Agent" || len(p.header.Values("Set-Cookie")) > 0 || len(p.body) > 20_000 || strings.Contains(p.body, "<script") {
			t.Errorf("%s: Vary %q, %d cookies, %d bytes", name, p.header.Get("Vary"), len(p.header.Values("Set-Cookie")), len(p.body))
		}
		guest.get(firstPath(t, p, `/t/[0-9a-z]+`)).must(200, "Terms", "8 texts a month", "Carriers are not liable")
		guest.get(firstPath(t, p, `/p/[0-9a-z]+`)).must(200, "Privacy policy", "not sold or shared")
	}
	w.browser().get("/q/nothing1").must(404)
}

func firstPath(t *testing.T, p page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindString(p.body)
	if m == "" {
		t.Fatalf("%s has no %s", p.path, pattern)
	}
	return m
}

func TestPagesAllowNothingForeign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.event(biz, guestNumber(1), consent.Revoked, "stop", noon.Add(-time.Minute))
	report := owner.send(goodText)
	id := w.idAt(report.path)
	w.run(biz, id)
	paths := []string{
		"/", "/signin", "/signup", "/grow", "/grow/poster", "/subscribers", "/subscribers?last4=0101", "/optouts", "/settings", "/campaigns", "/campaigns/new", "/campaigns/" + id.String(),
		firstPath(t, owner.get("/grow"), `/q/[0-9a-z]+`), firstLink(t, owner.get("/subscribers"), "/subscribers/"),
		firstLink(t, owner.get("/campaigns/"+id.String()), "/campaigns/"+id.String()+"/people/"), "/nothing-here",
	}
	inline := regexp.MustCompile(`(?i)<style|\sstyle="|\son[a-z]+="|<script(?:>| [^>]*[^c]>)|(?:src|href)="https?://`)
	for _, path := range paths {
		p := owner.get(path)
		csp := p.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || p.header.Get("X-Content-Type-Options") != "nosniff" || p.header.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %q", path, csp)
		}
		body := strings.ReplaceAll(p.body, w.server.URL, "")
		for _, m := range inline.FindAllString(body, -1) {
			// A frozen sheet has its own style in it, which its policy names by its hash.
			frozen := m == "<style" && path == "/grow/poster" && strings.Contains(csp, "style-src 'sha256-")
			if !frozen && !strings.HasPrefix(m, `<script type="module" src="/static/`) {
				t.Errorf("%s has %q", path, m)
			}
		}
		if strings.Contains(p.body, "5125550101") {
			t.Errorf("%s shows a guest's whole number", path)
		}
		if len(p.body) > 100_000 {
			t.Errorf("%s is %d bytes", path, len(p.body))
		}
	}
	if strings.Contains(w.log.String(), "5550101") || strings.Contains(w.log.String(), "0101") {
		t.Error("the log holds a guest's digits")
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().get("/healthz").must(200, "ok")
	w.browser().get("/readyz").must(200, "ready")
	if err := w.web.Database.SQL.Close(); err != nil {
		t.Fatal(err)
	}
	w.browser().get("/healthz").must(200)
	w.browser().get("/readyz").must(503)
}

func TestTheReportKeepsItselfUpToDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	report := owner.send(goodText).must(200, "data-live=")
	id := w.idAt(report.path)
	w.run(biz, id)
	w.update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, biz.ID, id, message.PeopleQuery{}, 10)
		if err != nil {
			return err
		}
		_, err = tx.Messages.Settle(ctx, []message.Receipt{{Token: ms[0].Token(), State: message.Delivered, At: noon}})
		return err
	})
	stream := owner.get("/campaigns/"+id.String()+"/live").must(200, "event: report", "1 sent, 1 delivered", "event: over")
	if got := stream.header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type is %q", got)
	}
}

func TestAReaderMayLookAndNotSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	hash, err := w.web.Passwords.Hash("only for looking")
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddUser(ctx, account.User{ID: core.UserID(w.web.IDs.New()), Business: biz.ID, Email: "door@lunas.example", Name: "Door", PasswordHash: hash, Role: account.ReadOnly, Created: noon})
	})
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	review := owner.submit("/campaigns/new", "/campaigns/new", url.Values{"body": {goodText}, "when": {"now"}})
	at := "/campaigns/" + w.idAt(review.path).String()
	door := w.browser()
	door.submit("/signin", "/signin", url.Values{"email": {"door@lunas.example"}, "password": {"only for looking"}}).must(200)
	door.get(at + "/review").must(200)
	for _, path := range []string{at + "/approve", at + "/cancel", "/settings", "/campaigns/new"} {
		door.submit("/settings", path, url.Values{"body": {"x"}, "when": {"now"}}).must(http.StatusForbidden, "Your role may not do this")
	}
}
