package site_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

func TestATextThatRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	form := url.Values{"body": {goodText}, "when": {"later"}, "date": {"2026-11-24"}, "time": {"13:00"}, "repeat": {"FREQ=HOURLY"}, "do": {"review"}}
	owner.submit("/campaigns/new", "/campaigns/new", form).must(422, "Choose how often", goodText)
	form.Set("repeat", "FREQ=WEEKLY")
	form.Set("repeat_until", "2026-11-25")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "It would not repeat even once")
	form.Set("repeat_until", "2026-12-01")
	p := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "Every week on the same day, until Tue 1 Dec 2026")
	id := w.idAt(p.path)
	at := "/campaigns/" + id.String()
	owner.get(at+"/edit").must(200, `value="FREQ=WEEKLY" selected`, `value="2026-12-01"`)
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200, "Goes out on Tue 24 Nov, 1:00 pm", "Every week on the same day")
	w.clock.now = noon.Add(time.Hour)
	w.run(biz, id)
	one := campaign.OccurrenceID(id, noon.Add(time.Hour))
	w.run(biz, one)
	owner.get("/campaigns/"+one.String()).must(200, "1 sent", "One of a series")
	owner.get(at).must(200, "Goes out on Tue 1 Dec, 1:00 pm")
	w.clock.now = noon.Add(7*24*time.Hour + time.Hour)
	w.run(biz, id)
	report := owner.get(at).must(200)
	if got := report.text("report-status"); got != "Sent" {
		t.Errorf("the series is %q in the end", got)
	}
	var list []campaign.Campaign
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		list, err = tx.Campaigns.List(ctx, biz.ID, core.CampaignID{}, 10)
		return err
	})
	if n := len(list); n != 4 { // with the draft that was refused twice
		var names []string
		for _, c := range list {
			names = append(names, c.Status.String())
		}
		t.Errorf("%d campaigns in the end: %s", n, strings.Join(names, ", "))
	}
}
