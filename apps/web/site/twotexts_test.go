package site_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
)

func TestTwoTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	for i := range 20 {
		w.event(biz, guestNumber(i), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	}
	form := url.Values{"body": {goodText}, "second": {goodText}, "sample": {"x"}, "when": {"now"}, "do": {"review"}}
	owner.submit("/campaigns/new", "/campaigns/new", form).must(422, "from 2 to 100 percent", goodText)
	form.Set("sample", "50")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "Both texts are the same")
	form.Set("second", strings.Replace(goodText, "Luna's Cantina: ", "", 1))
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "In the second text:")
	other := strings.Replace(goodText, "Luna's Cantina: ", "Luna's Cantina: tonight: ", 1)
	form.Set("second", other)
	p := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, other, "50 % are asked first")
	id := w.idAt(p.path)
	at := "/campaigns/" + id.String()
	owner.get(at+"/edit").must(200, other, `value="50"`)
	owner.submit(at+"/review", at+"/approve", url.Values{}).must(200)
	w.run(biz, id)
	report := owner.get(at).must(200, "The rest waits until you choose.")
	if n := len(report.texts("arm")); n != 2 {
		t.Errorf("the report has %d arms before the winner is chosen", n)
	}
	owner.submit(at, at+"/winner", url.Values{"winner": {"3"}}).must(200, "choose the first or the second text")
	owner.submit(at, at+"/winner", url.Values{"winner": {"2"}}).must(200, "Chosen. The rest of the guests get it.", "Luna chose the second text.")
	owner.submit(at, at+"/winner", url.Values{"winner": {"1"}}).must(200, "the winner is chosen already")
	w.run(biz, id)
	if n := len(owner.get(at).texts("arm")); n != 3 {
		t.Errorf("the report has %d arms in the end", n)
	}
}
