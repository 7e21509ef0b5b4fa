package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// testClicks: the first time counts, once for each guest and address.
func testClicks(s *suite) {
	b, c := newBusiness(), newCampaignID()
	link := func(token string, i, n int, url string) click.Link {
		return click.Link{Business: b, Message: idAt(t0, i), N: n, Token: click.Token(token + "_________"), Campaign: c, Number: guest(i), URL: url, Made: t0}
	}
	ls := []click.Link{link("a", 1, 0, "https://x.example/1"), link("b", 1, 1, "https://x.example/2"), link("c", 2, 0, "https://x.example/1"), link("d", 3, 0, "https://x.example/1")}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Clicks.AddLinks(ctx, ls), tx.Clicks.AddLinks(ctx, nil))
	})
	s.kind("a token twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		l := ls[0]
		l.Message = newMessageID()
		return tx.Clicks.AddLinks(ctx, []click.Link{l})
	}), core.Conflict)
	open := func(token click.Token, at time.Time) {
		s.update(func(ctx context.Context, tx store.Tx) error { return tx.Clicks.Open(ctx, token, at) })
	}
	open(ls[0].Token, at(1))
	open(ls[0].Token, at(90))
	open(ls[1].Token, at(70))
	open(ls[2].Token, at(2))
	open("unknown___", at(2))
	hour := t0.Truncate(time.Hour)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Clicks.LinkOf(ctx, ls[0].Token)
		want := ls[0]
		want.Opened = at(1)
		s.equal("LinkOf", got, want)
		_, err2 := tx.Clicks.LinkOf(ctx, "unknown___")
		s.kind("a token of nobody", err2, core.NotFound)
		counts, err3 := tx.Clicks.Opened(ctx, b, c)
		s.equal("Opened", counts, []click.Count{{URL: "https://x.example/1", Hour: hour, N: 2}, {URL: "https://x.example/2", Hour: at(70).Truncate(time.Hour), N: 1}})
		none, err4 := tx.Clicks.Opened(ctx, newBusiness(), c)
		s.equal("another's", len(none), 0)
		last, err5 := tx.Clicks.LastOpened(ctx, b, []core.Number{guest(1), guest(2), guest(3)})
		s.equal("LastOpened", last, map[core.Number]time.Time{guest(1): at(70), guest(2): at(2)})
		s.kind("Open in a view", tx.Clicks.Open(ctx, ls[0].Token, t0), core.Denied)
		s.kind("AddLinks in a view", tx.Clicks.AddLinks(ctx, ls), core.Denied)
		return errors.Join(err, err3, err4, err5)
	})
	s.clicksAge(b, ls)
}

// clicksAge: links go twelve months after they were opened, or made, and with
// their guest.
func (s *suite) clicksAge(b core.BusinessID, ls []click.Link) {
	s.update(func(ctx context.Context, tx store.Tx) error {
		items, err := tx.Shelf.Next(ctx, retention.ClicksPile, b, retention.Place{}, at(60), 10, false)
		if err != nil {
			return err
		}
		open := map[core.Number]bool{}
		for _, i := range items {
			open[i.Number] = open[i.Number] || i.Open
		}
		s.equal("which texts' links are still kept", open, map[core.Number]bool{guest(1): true, guest(2): false, guest(3): false})
		var due []retention.Item
		for _, i := range items {
			if i.Number == guest(2) {
				due = append(due, i)
			}
		}
		n, err := tx.Shelf.Purge(ctx, retention.ClicksPile, b, due)
		s.equal("purged", n, 1)
		_, err2 := tx.Clicks.LinkOf(ctx, ls[2].Token)
		s.kind("a link that was purged", err2, core.NotFound)
		_, err3 := tx.Shelf.ForgetGuest(ctx, core.Pair{Business: b, Number: guest(1)}, nil)
		_, err4 := tx.Clicks.LinkOf(ctx, ls[0].Token)
		s.kind("a link of a guest who was forgotten", err4, core.NotFound)
		_, err5 := tx.Clicks.LinkOf(ctx, ls[3].Token)
		return errors.Join(err, err3, err5)
	})
}
