package site_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/store"
)

// upload sends a form with a file in it, as browsers do.
func (b *browser) upload(from, path string, form url.Values, file []byte) page {
	b.w.t.Helper()
	m := tokenField.FindStringSubmatch(b.get(from).body)
	if m == nil {
		b.w.t.Fatalf("there is no form at %s", from)
	}
	form.Set("csrf_token", unescape(m[1]))
	var body bytes.Buffer
	f := multipart.NewWriter(&body)
	for k, vs := range form {
		for _, v := range vs {
			_ = f.WriteField(k, v)
		}
	}
	part, err := f.CreateFormFile("picture", "flyer.png")
	if err != nil {
		b.w.t.Fatal(err)
	}
	_, _ = part.Write(file)
	_ = f.Close()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+path, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", f.FormDataContentType())
	req.Header.Set("Referer", b.w.server.URL+from)
	return b.do(req)
}

func drawing() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9)))
	return b.Bytes()
}

const offer = "Luna's Cantina: Tacos for $2 tonight. Reply STOP to opt out"

// A campaign with a picture: seen while it is written and before it is sent, one
// picture message for each guest, and a link that only the carrier has.
func TestACampaignWithAPicture(t *testing.T) {
	w := newWorld(t)
	w.web.DryRun.Price, w.web.DryRun.Picture = 7500, 20000
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	eve, _ := w.venue("eve@sol.example", "(512) 555-0191", "SOL")
	n := guestNumber(1)
	w.event(biz, n, consent.Granted, "LUNA", noon.Add(-time.Hour))

	for what, bad := range map[string][]byte{"an SVG": []byte("<svg onload=alert(1)>"), "half a picture": drawing()[:40]} {
		p := b.upload("/campaigns/new", "/campaigns/new", url.Values{"body": {offer}, "do": {"review"}}, bad)
		if p.status != http.StatusUnprocessableEntity || p.text("picture-problem") == "" || !p.has(offer) {
			t.Errorf("%s: %d, %q", what, p.status, p.text("picture-problem"))
		}
	}
	p := b.upload("/campaigns/new", "/campaigns/new", url.Values{"body": {offer + strings.Repeat(" more", 40)}, "do": {"save"}}, drawing()).must(200)
	src := regexp.MustCompile(`src="(/pictures/[^"]+)"`).FindStringSubmatch(p.body)
	if src == nil {
		t.Fatal("the saved draft shows no picture")
	}
	if got := b.get(src[1]).must(200); got.body != string(drawing()) || got.header.Get("Content-Type") != "image/png" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture is served as %v", got.header)
	}
	eve.get(src[1]).must(http.StatusNotFound)
	if got := w.browser().get(src[1]); strings.Contains(got.header.Get("Content-Type"), "image") {
		t.Error("a picture goes to somebody who is not signed in")
	}

	// Changing the words keeps the picture, and taking it out takes it out.
	edit := p.path
	form := url.Values{"body": {offer}, "pictured": {strings.TrimPrefix(src[1], "/pictures/")}}
	form.Set("do", "unpicture")
	if p := b.upload(edit, edit, form, nil).must(200); strings.Contains(p.body, src[1]) {
		t.Error("the picture cannot be taken out")
	}
	form.Set("do", "review")
	p = b.upload(edit, edit, form, nil).must(200, "One picture message each", "$0.02")
	if !strings.Contains(p.body, src[1]) {
		t.Error("the review does not show the picture")
	}
	id := strings.Split(p.path, "/")[2]
	b.submit(p.path, "/campaigns/"+id+"/approve", url.Values{}).must(200)
	var sent message.Message
	u, _ := core.ParseUUID(id)
	w.run(biz, core.CampaignID(u))
	w.update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.ForPair(ctx, core.Pair{Business: biz.ID, Number: n}, 1)
		sent = ms[0]
		return err
	})
	r, ok := picture.Parse(sent.Media[0])
	if !ok || sent.Segments != 1 || sent.State != message.Sent {
		t.Fatalf("what went is %+v", sent)
	}
	link := strings.TrimPrefix(w.web.Pictures.Links.URL(biz.ID, r, noon.Add(time.Hour)), "https://nexo.example")
	if got := w.browser().get(link).must(200); got.body != string(drawing()) || got.header.Get("Set-Cookie") != "" || got.header.Get("Content-Type") != "image/png" {
		t.Errorf("the carrier gets %v", got.header)
	}
	w.browser().get(link + "x").must(http.StatusNotFound)
	w.clock.now = w.clock.Now().Add(2 * time.Hour)
	w.browser().get(link).must(http.StatusNotFound)
}

// A picture that waited too long for its text is asked for again.
func TestAPictureThatIsGoneIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	b, _ := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	form := url.Values{"body": {offer}, "do": {"review"}, "pictured": {picture.Ref{ID: core.MediumID(w.web.IDs.New()), Kind: 2}.String()}}
	p := b.upload("/campaigns/new", "/campaigns/new", form, nil)
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text("picture-problem"), "Add it again") || !p.has(offer) {
		t.Errorf("%d, %q", p.status, p.text("picture-problem"))
	}
	form.Set("pictured", "https://example.com/a.png")
	var c []campaign.Campaign
	b.upload("/campaigns/new", "/campaigns/new", form, nil)
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		u, err := tx.Accounts.UserByEmail(ctx, "luna@lunas.example")
		if err == nil {
			c, err = tx.Campaigns.List(ctx, u.Business, core.CampaignID{}, 9)
		}
		return err
	})
	for _, x := range c {
		if len(x.Media) > 0 {
			t.Errorf("a draft has taken an address from a form: %v", x.Media)
		}
	}
}

func TestAReplyWithAPicture(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	n := guestNumber(1)
	w.event(biz, n, consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.says(n, biz, "Do you have a menu?")
	talk := b.talk()
	reply := func(file []byte) page {
		return b.upload(talk, talk+"/reply", url.Values{"body": {""}, "key": {w.web.Converse.NewKey().String()}}, file)
	}
	if p := reply([]byte("<svg/>")); p.status != http.StatusUnprocessableEntity || p.text("picture-problem") == "" {
		t.Errorf("an SVG: %d %q", p.status, p.text("picture-problem"))
	}
	if p := reply(nil); p.status != http.StatusUnprocessableEntity || p.text("body-problem") == "" {
		t.Errorf("nothing at all: %d", p.status)
	}
	p := reply(drawing()).must(200)
	src := regexp.MustCompile(`src="(/pictures/[^"]+)"`).FindStringSubmatch(p.body)
	if src == nil {
		t.Fatal("the conversation does not show the picture")
	}
	b.get(src[1]).must(200)
	// With the conversation the picture goes.
	w.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Threads.Erase(ctx, core.Pair{Business: biz.ID, Number: n})
	})
	b.get(src[1]).must(http.StatusNotFound)
}
