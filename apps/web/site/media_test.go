package site_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/media/mediatest"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// sent puts a picture or the like beside what the guest wrote last.
func (w *world) sent(b account.Business, n core.Number, m media.Medium, bytes string) {
	w.t.Helper()
	m.ID, m.Business = core.MediumID(w.web.IDs.New()), b.ID
	w.update(func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Threads.OfGuest(ctx, core.Pair{Business: b.ID, Number: n})
		if err != nil {
			return err
		}
		m.Thread = t.ID
		i := thread.Item{ID: core.ItemID(w.web.IDs.New()), Business: b.ID, Thread: t.ID, Kind: thread.Heard, At: w.clock.Now(), Media: 1}
		m.Item, m.Due, m.Made = i.ID, w.clock.Now(), w.clock.Now()
		if _, err := tx.Threads.Put(ctx, i, nil); err != nil {
			return err
		}
		return tx.Media.Put(ctx, []media.Medium{m})
	})
	if bytes != "" {
		if err := w.web.Media.Put(w.t.Context(), m.Key(), []byte(bytes)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestPicturesAreShownSafely(t *testing.T) {
	w := newWorld(t)
	w.web.Media = &mediatest.Memory{}
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	eve, _ := w.venue("eve@sol.example", "(512) 555-0191", "SOL")
	n := guestNumber(1)
	w.says(n, biz, "Look")
	w.sent(biz, n, media.Medium{State: media.Kept, Kind: media.PNG}, "png")
	w.sent(biz, n, media.Medium{State: media.Kept, Kind: media.PDF}, "pdf")
	w.sent(biz, n, media.Medium{State: media.Waiting, URL: "https://carrier.example/x"}, "")
	w.sent(biz, n, media.Medium{State: media.Refused}, "")
	talk := b.talk()
	p := b.get(talk).must(200, "A picture is on its way.", "did not come through")
	if strings.Contains(p.body, "carrier.example") {
		t.Error("the page names the carrier's address: a browser would load it from there")
	}
	links := regexp.MustCompile(`(?:src|href)="(/inbox/[0-9a-f-]{36}/media/[0-9a-f-]{36})"`).FindAllStringSubmatch(p.body, -1)
	seen := map[string]string{}
	for _, l := range links {
		got := b.get(l[1]).must(200)
		seen[got.header.Get("Content-Type")] = got.header.Get("Content-Disposition")
		if got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(got.header.Get("Cache-Control"), "public") {
			t.Errorf("the headers of a picture are %v", got.header)
		}
		eve.get(l[1]).must(http.StatusNotFound)
		if got := w.browser().get(l[1]); strings.Contains(got.header.Get("Content-Type"), "image") {
			t.Error("a picture goes to somebody who is not signed in")
		}
	}
	if len(seen) != 2 || seen["image/png"] != "" || seen["application/pdf"] != "attachment" {
		t.Errorf("shown are %v", seen)
	}
	b.get(talk + "/media/" + w.web.IDs.New().String()).must(http.StatusNotFound)
	b.get(talk + "/media/x").must(http.StatusNotFound)
	w.says(guestNumber(2), biz, "Hi")
	if other := b.talk(); other != talk {
		b.get(strings.Replace(links[0][1], talk, other, 1)).must(http.StatusNotFound)
	}
}

// Where pictures are not fetched, the page says so.
func TestPicturesThatAreNotFetched(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	w.says(guestNumber(1), biz, "Look")
	w.sent(biz, guestNumber(1), media.Medium{State: media.Waiting, URL: "https://carrier.example/x"}, "")
	if got := b.get(b.talk()).must(200).text("media-missing"); got != "Sent 1 picture or file, which is not kept here" {
		t.Errorf("it says %q", got)
	}
}
