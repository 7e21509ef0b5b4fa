package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// follow leads from a short link to where it goes: only to an address that was
// approved with its campaign, so it leads nowhere else. Machines are led there too,
// and not counted. Nothing of the request is kept but the instant.
func (s *site) follow(w http.ResponseWriter, req bunrouter.Request) error {
	token, ok := click.ParseToken(req.Param("token"))
	if !ok {
		return errNotFound
	}
	var l click.Link
	err := s.Database.Store.View(req.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		l, err = tx.Clicks.LinkOf(ctx, token)
		return err
	})
	if err != nil {
		if errors.Is(err, core.NotFound) {
			return errNotFound
		}
		return err
	}
	if u, err := url.Parse(l.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		return errNotFound
	}
	if l.Opened.IsZero() && !click.Machine(req.Method, req.Header.Get) {
		err := s.Database.Store.Update(req.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Clicks.Open(ctx, token, s.Clock.Now())
		})
		if err != nil { // the guest gets where they wanted to
			s.o.Log.WarnContext(req.Context(), "a click was not counted", "kind", core.KindOf(err).String())
		}
	}
	s.alone(w)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, req.Request, l.URL, http.StatusFound)
	return nil
}

// A linkView is how often one address of a campaign was opened.
type linkView struct {
	URL, Opened string
	Hours       []hourRow
}

type hourRow struct {
	When, Say string
	Percent   int // of the busiest hour
}

// mostHours is how many hours are shown; most are opened in the first.
const mostHours = 24

// links is empty for a campaign without short links.
func (v *visit) links(ctx context.Context, tx store.Tx, c campaign.Campaign, tally message.Tally) ([]linkView, error) {
	urls := click.Targets(c.Body)
	for _, u := range click.Targets(c.Test.Body) {
		if !slices.Contains(urls, u) {
			urls = append(urls, u)
		}
	}
	if len(urls) == 0 || v.s.Launch.Links == "" {
		return nil, nil
	}
	counts, err := tx.Clicks.Opened(ctx, v.biz.ID, c.ID)
	if err != nil {
		return nil, err
	}
	sent := tally.Of(message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed, message.Unknown)
	var out []linkView
	for _, u := range slices.Compact(urls) {
		out = append(out, v.linkView(u, counts, sent))
	}
	return out, nil
}

func (v *visit) linkView(u string, counts []click.Count, sent int) linkView {
	x := linkView{URL: u}
	all, most := 0, 1
	for _, k := range counts {
		if k.URL == u {
			all, most = all+k.N, max(most, k.N)
		}
	}
	if all > 0 {
		x.Opened = v.say("links.opened", "n", all, "share", min(100, all*100/max(sent, 1)))
	}
	for _, k := range counts {
		if k.URL != u || len(x.Hours) == mostHours {
			continue
		}
		x.Hours = append(x.Hours, hourRow{When: k.Hour.In(located(v.biz.Zone)).Format("Mon 2 Jan, 3 pm"), Say: v.say("links.hour", "n", k.N), Percent: k.N * 100 / most})
	}
	return x
}
