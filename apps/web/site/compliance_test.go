package site_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
)

func TestHomeLeadsToTheFirstText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.get("/").must(200, "The way to your first text", "4 of 7 done", "Put up your QR code")
	owner.get("/grow/poster").must(200)
	owner.get("/").must(200, "5 of 7 done", "Try it on yourself")
	w.event(biz, core.MustNumber("+15125550101"), consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.event(biz, core.MustNumber("+15125550102"), consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.event(biz, core.MustNumber("+15125550102"), consent.Revoked, "STOP", noon.Add(-time.Minute))
	home := owner.get("/").must(200, "6 of 7 done", "Send your first text", "Guests you can text: 0 13 days ago, 1 today.", "The last opt-out took effect within a second.")
	if got := home.text("stat-week"); !strings.HasPrefix(got, "+2 −1") {
		t.Errorf("the week is %q, want two joined and one left", got)
	}
	if got := home.text("stat-left"); !strings.HasPrefix(got, "50 %") {
		t.Errorf("the rate is %q, want half of two", got)
	}
}

func TestTheListOfGuestsIsNarrowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 60 {
		n := core.MustNumber("+1512555010" + string(rune('0'+i%10)))
		if i >= 10 {
			n = core.MustNumber("+1713555010" + string(rune('0'+i%10)))
		}
		if i >= 20 {
			break
		}
		w.event(biz, n, consent.Granted, "LUNA", noon.Add(-time.Duration(i)*24*time.Hour))
	}
	rows := func(address string) []string { return owner.get(address).must(200).texts("guest-row") }
	if all := rows("/subscribers"); len(all) != 20 || !strings.Contains(all[0], "0100") {
		t.Errorf("%d rows, the first is %q; want 20, the last to join first", len(all), all)
	}
	if got := rows("/subscribers?since=" + noon.AddDate(0, 0, -2).Format(time.DateOnly)); len(got) != 3 {
		t.Errorf("%d joined since the day before yesterday, want 3", len(got))
	}
	if got := rows("/subscribers?last4=0105"); len(got) != 2 {
		t.Errorf("%d numbers end in 0105, want 2", len(got))
	}
	if got := rows("/subscribers?keyword=LUNA&state=active"); len(got) != 20 {
		t.Errorf("%d joined by LUNA, want 20", len(got))
	}
	owner.get("/subscribers?keyword=NOPE").must(200, "Nobody")
	owner.get("/subscribers?since=yesterday").must(200, "Write the day as month, day and year.", `value="yesterday"`)
	owner.get("/subscribers?last4=12a").must(200, `value="12a"`)
	owner.get("/subscribers?after=x").must(404)
}

func TestAFullNumberIsShownOnPurposeAndOnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, core.MustNumber("+15125550101"), consent.Granted, "LUNA", noon.Add(-time.Hour))
	guest := firstLink(t, owner.get("/subscribers"), "/subscribers/")
	if body := owner.get(guest).must(200, "Show the full number").body; strings.Contains(body, "555-0101") {
		t.Error("a guest's page names the number before anybody asked for it")
	}
	if body := owner.get("/compliance").must(200).body; strings.Contains(body, "full number") {
		t.Error("the log says that somebody looked, and nobody did")
	}
	owner.submit(guest, guest+"/number", url.Values{}).must(200, "(512) 555-0101", "on record")
	owner.get("/compliance").must(200, "Looked at a guest’s full number")
	stranger, _ := w.venue("sol@sol.example", "(512) 555-0199", "sol")
	stranger.get(guest).must(404)
	stranger.submit("/", guest+"/number", url.Values{}).must(404)
	if body := stranger.get("/compliance").must(200).body; strings.Contains(body, "full number") {
		t.Error("another venue's log says that somebody of this one looked")
	}
}

func TestComplianceNamesTheLawInForce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	p := owner.get("/compliance").must(200, "Texas, your state", "9 am to 9 pm; Sunday 12 pm to 9 pm", "other states allow less", "Signed up")
	if !strings.Contains(p.body, "Law edition") {
		t.Error("the page does not name the edition")
	}
	owner.get("/compliance?before=nothing").must(404)
}

func TestAReportStandsBesideTheLastOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 4 {
		w.event(biz, core.MustNumber("+1512555010"+string(rune('0'+i))), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	send := func() string {
		p := owner.review(goodText)
		id := w.idAt(p.path)
		owner.submit(p.path, "/campaigns/"+id.String()+"/approve", url.Values{}).must(200)
		w.run(biz, id)
		return "/campaigns/" + id.String()
	}
	first := send()
	if got := owner.get(first).must(200).texts("compared"); len(got) != 0 {
		t.Errorf("the first report is compared with %q, and there is no other", got)
	}
	w.event(biz, core.MustNumber("+15125550103"), consent.Revoked, "STOP", noon.Add(time.Minute))
	second := owner.get(send()).must(200).text("compared")
	for _, must := range []string{"This one", "Taco", "4", "25 %"} {
		if !strings.Contains(second, must) {
			t.Errorf("beside the last ones it says %q, which has no %q", second, must)
		}
	}
}
