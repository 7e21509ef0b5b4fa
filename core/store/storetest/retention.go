package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

func newHold(b core.BusinessID, minute int) retention.Hold {
	return retention.Hold{ID: core.RecordID(id[any]()), Business: b, Matter: "Doe v. Luna’s", Reason: "a letter of counsel", Placed: at(minute)}
}

func testHolds(s *suite) {
	b, other := newBusiness(), newBusiness()
	all, one, theirs := newHold(b, 1), newHold(b, 2), newHold(other, 3)
	one.Number, one.Campaign, one.From, one.To, one.By = guest(1), newCampaignID(), at(-100), at(-50), core.UserID(id[any]())
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Holds.Place(ctx, all), tx.Holds.Place(ctx, one), tx.Holds.Place(ctx, theirs))
	})
	s.kind("placed twice", s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Holds.Place(ctx, one) }), core.Conflict)
	s.view(func(ctx context.Context, tx store.Tx) error {
		hs, err := tx.Holds.InForce(ctx, b)
		s.equal("InForce", hs, retention.Holds{all, one})
		every, err2 := tx.Holds.InForce(ctx, core.BusinessID{})
		s.equal("InForce, of all", every, retention.Holds{all, one, theirs})
		newest, err3 := tx.Holds.All(ctx, b, 1)
		s.equal("All", newest, retention.Holds{one})
		return errors.Join(err, err2, err3)
	})
	by := core.UserID(id[any]())
	s.update(func(ctx context.Context, tx store.Tx) error {
		h, err := tx.Holds.Lift(ctx, b, one.ID, by, at(5))
		one.Lifted, one.LiftedBy = at(5), by
		s.equal("Lift", h, one)
		_, again := tx.Holds.Lift(ctx, b, one.ID, by, at(6))
		s.kind("lifted twice", again, core.Conflict)
		_, stranger := tx.Holds.Lift(ctx, other, all.ID, by, at(6))
		s.kind("lifted by another business", stranger, core.NotFound)
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		hs, err := tx.Holds.InForce(ctx, b)
		s.equal("InForce after that", hs, retention.Holds{all})
		every, err2 := tx.Holds.All(ctx, core.BusinessID{}, 10)
		s.equal("All after that", every, retention.Holds{theirs, one, all})
		return errors.Join(err, err2)
	})
}

// Whoever erases looks at the holds first, and no hold is placed until they are
// done: one that is placed during a purge wins over all that comes after it.
func testHoldGate(s *suite) {
	b := newBusiness()
	h := newHold(b, 1)
	looked, placed := make(chan struct{}), make(chan error, 1)
	go func() {
		<-looked
		placed <- s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Holds.Place(ctx, h) })
	}()
	seen := 0
	s.update(func(ctx context.Context, tx store.Tx) error {
		hs, err := tx.Holds.InForce(ctx, b)
		if seen++; seen == 1 {
			close(looked)
		}
		for range 50 { // long enough for a placer that does not wait
			again, err := tx.Holds.InForce(ctx, b)
			if err != nil {
				return err
			}
			s.equal("holds while erasing", len(again), len(hs))
		}
		return err
	})
	if err := <-placed; err != nil {
		s.Errorf("placed after that: %v", err)
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		hs, err := tx.Holds.InForce(ctx, b)
		s.equal("holds afterwards", hs, retention.Holds{h})
		return err
	})
}

func testRequests(s *suite) {
	b, other := newBusiness(), newBusiness()
	first := privacy.Request{ID: core.RecordID(id[any]()), Business: b, Number: guest(1), Kind: privacy.Delete, Source: privacy.ByStaff, Words: "delete me", Reason: privacy.ReasonAsked, By: core.UserID(id[any]()), At: at(1)}
	second := privacy.Request{ID: core.RecordID(id[any]()), Business: b, Number: guest(1), Kind: privacy.Know, Source: privacy.ByLink, At: at(2)}
	theirs := privacy.Request{ID: core.RecordID(id[any]()), Business: other, Number: guest(1), Kind: privacy.Export, Source: privacy.ByText, At: at(3)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Requests.Add(ctx, first), tx.Requests.Add(ctx, second), tx.Requests.Add(ctx, theirs))
	})
	s.kind("added twice", s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Requests.Add(ctx, first) }), core.Conflict)
	done := first
	done.Acknowledged, done.Closed, done.ClosedBy, done.Outcome = at(4), at(5), first.By, privacy.Erased
	s.update(func(ctx context.Context, tx store.Tx) error {
		open, err := tx.Requests.Open(ctx, b, 10)
		s.equal("Open", open, []privacy.Request{first, second})
		stolen := done
		stolen.Business = other
		s.kind("saved by another business", tx.Requests.Save(ctx, stolen), core.NotFound)
		return errors.Join(err, tx.Requests.Save(ctx, done))
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		s.kind("closed twice", tx.Requests.Save(ctx, done), core.Conflict)
		got, err := tx.Requests.Request(ctx, b, first.ID)
		s.equal("Request", got, done)
		_, missing := tx.Requests.Request(ctx, other, first.ID)
		s.kind("another's", missing, core.NotFound)
		open, err2 := tx.Requests.Open(ctx, core.BusinessID{}, 10)
		s.equal("Open, of all", open, []privacy.Request{second, theirs})
		list, err3 := tx.Requests.List(ctx, b, 10)
		s.equal("List", list, []privacy.Request{second, done})
		of, err4 := tx.Requests.OfPair(ctx, pairOf(b, 1))
		s.equal("OfPair", of, []privacy.Request{done, second})
		return errors.Join(err, err2, err3, err4)
	})
}

// itemIDs are those of a pile's items, in their order.
func itemIDs(items []retention.Item) (out []core.UUID) {
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

func testShelfTexts(s *suite) {
	b, other, c := newBusiness(), newBusiness(), newCampaignID()
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddBusiness(ctx, account.Business{ID: b, Name: "Luna's", Created: t0, Status: account.Active})
	})
	old, late, waiting, theirs := planned(b, c, 1), planned(b, c, 2), planned(b, c, 3), planned(other, newCampaignID(), 4)
	s.plan(old, late, waiting, theirs)
	s.sending(at(1), old, late, theirs)
	s.finish(old, message.Outcome{State: message.Failed, At: at(2)})
	s.finish(late, message.Outcome{State: message.Failed, At: at(60)})
	s.finish(theirs, message.Outcome{State: message.Failed, At: at(2)})
	before := at(30)
	var items []retention.Item
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		items, err = tx.Shelf.Next(ctx, retention.WordsPile, b, retention.Place{}, before, 10, false)
		s.equal("Next", itemIDs(items), []core.UUID{core.UUID(old.ID), core.UUID(late.ID), core.UUID(waiting.ID)})
		s.equal("open", []bool{items[0].Open, items[1].Open, items[2].Open}, []bool{false, true, true})
		s.equal("whose", items[0].Thing, retention.Thing{Business: b, Number: old.To, Campaign: c, At: old.Planned, Until: at(2)})
		rest, err2 := tx.Shelf.Next(ctx, retention.WordsPile, b, items[0].Place(), before, 1, false)
		s.equal("Next behind the first", itemIDs(rest), []core.UUID{core.UUID(late.ID)})
		n, err3 := tx.Shelf.Count(ctx, retention.WordsPile, before)
		s.equal("Count", n, 3)
		return errors.Join(err, err2, err3)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		stolen, err := tx.Shelf.Purge(ctx, retention.WordsPile, other, items)
		s.equal("purged by another business", stolen, 0)
		n, err2 := tx.Shelf.Purge(ctx, retention.WordsPile, b, items)
		s.equal("purged: what waits keeps its words", n, 2)
		return errors.Join(err, err2, tx.Shelf.SetMark(ctx, b, retention.WordsPile, retention.Mark{ID: core.UUID(late.ID), At: at(61)}))
	})
	s.equal("words of the old text", s.message(b, old.ID).Body, "")
	s.equal("words of the waiting text", s.message(b, waiting.ID).Body, waiting.Body)
	s.equal("words of another business's", s.message(other, theirs.ID).Body, theirs.Body)
	s.update(func(ctx context.Context, tx store.Tx) error {
		left, err := tx.Shelf.Next(ctx, retention.WordsPile, b, retention.Place{}, before, 10, false)
		s.equal("Next after that", itemIDs(left), []core.UUID{core.UUID(waiting.ID)})
		n, err2 := tx.Shelf.Count(ctx, retention.WordsPile, before)
		s.equal("Count behind the mark", n, 1)
		m, err3 := tx.Shelf.Mark(ctx, b, retention.WordsPile)
		s.equal("Mark", m, retention.Mark{ID: core.UUID(late.ID), At: at(61)})
		none, err4 := tx.Shelf.Mark(ctx, other, retention.WordsPile)
		s.equal("Mark of another business", none, retention.Mark{})
		gone, err5 := tx.Shelf.Purge(ctx, retention.TextsPile, b, items)
		s.equal("deleted: what waits stays", gone, 2)
		tally, err6 := tx.Messages.Tally(ctx, b, c)
		s.equal("audience after that", tally.Audience(), 1)
		return errors.Join(err, err2, err3, err4, err5, err6, tx.Shelf.ClearMarks(ctx, b))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Message(ctx, b, old.ID)
		s.kind("a deleted text", err, core.NotFound)
		m, err2 := tx.Shelf.Mark(ctx, b, retention.WordsPile)
		s.equal("Mark, cleared", m, retention.Mark{})
		return err2
	})
}

func testShelfTalk(s *suite) {
	b, other := newBusiness(), newBusiness()
	one, theirs := newThread(b, 1, 1), newThread(other, 1, 1)
	item := func(t thread.Thread, minute int) thread.Item {
		return thread.Item{ID: core.ItemID(id[any]()), Business: t.Business, Thread: t.ID, Kind: thread.Heard, At: at(minute), Text: "patio"}
	}
	old, young, foreign := item(one, 1), item(one, 50), item(theirs, 1)
	s.update(func(ctx context.Context, tx store.Tx) error {
		err := errors.Join(tx.Threads.Add(ctx, one), tx.Threads.Add(ctx, theirs))
		for _, i := range []thread.Item{old, young, foreign} {
			_, err2 := tx.Threads.Put(ctx, i, thread.Words(i.Text))
			err = errors.Join(err, err2)
		}
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		items, err := tx.Shelf.Next(ctx, retention.TalkPile, b, retention.Place{}, at(30), 10, false)
		s.equal("Next", itemIDs(items), []core.UUID{core.UUID(old.ID)})
		s.equal("whose", items[0].Thing, retention.Thing{Business: b, Number: guest(1), At: at(1)})
		n, err2 := tx.Shelf.Count(ctx, retention.TalkPile, at(30))
		s.equal("Count", n, 2)
		gone, err3 := tx.Shelf.Purge(ctx, retention.TalkPile, b, items)
		s.equal("Purge", gone, 1)
		left, err4 := tx.Threads.Items(ctx, b, one.ID, 10)
		s.equal("left", left, []thread.Item{young})
		found, err5 := tx.Threads.List(ctx, b, thread.Query{Search: thread.ParseSearch("patio")}, 10)
		s.equal("found by what is left", len(found), 1)
		all, err6 := tx.Shelf.Next(ctx, retention.TalkPile, b, retention.Place{}, at(100), 10, false)
		_, err7 := tx.Shelf.Purge(ctx, retention.TalkPile, b, all)
		t, err8 := tx.Threads.Thread(ctx, b, one.ID)
		s.equal("what was said last", t.Last, "")
		none, err9 := tx.Threads.List(ctx, b, thread.Query{Search: thread.ParseSearch("patio")}, 10)
		s.equal("found by nothing", len(none), 0)
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9)
	})
}

func testShelfWebhooks(s *suite) {
	first := inbox.Event{ID: "t:1", Provider: "t", Kind: inbox.Inbound, Type: "x", Occurred: at(-7), Received: at(1), Raw: []byte(`{"from":"+15125550101"}`)}
	open := inbox.Event{ID: "t:2", Provider: "t", Kind: inbox.Inbound, Type: "x", Occurred: at(-6), Received: at(1), Raw: []byte(`{}`)}
	young := inbox.Event{ID: "t:3", Provider: "t", Kind: inbox.Delivery, Type: "x", Occurred: at(-5), Received: at(50), Raw: []byte(`{}`)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.Keep(ctx, []inbox.Event{first, open, young})
		return errors.Join(err, tx.Inbox.Handled(ctx, at(2), map[string]string{first.ID: "done", young.ID: "done"}))
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		newest, _, err := tx.Shelf.Newest(ctx)
		s.equal("Newest, by the carrier's clock", newest, at(-5))
		items, err2 := tx.Shelf.Next(ctx, retention.WebhooksPile, core.BusinessID{}, retention.Place{}, at(30), 10, true)
		if len(items) != 2 || items[0].Event != first.ID || items[0].Open || string(items[0].Raw) != string(first.Raw) || !items[1].Open {
			s.Errorf("Next: %+v", items)
		}
		behind, err3 := tx.Shelf.Next(ctx, retention.WebhooksPile, core.BusinessID{}, items[0].Place(), at(30), 10, false)
		if len(behind) != 1 || behind[0].Event != open.ID || behind[0].Raw != nil {
			s.Errorf("Next behind the first: %+v", behind)
		}
		n, err4 := tx.Shelf.Count(ctx, retention.WebhooksPile, at(30))
		s.equal("Count", n, 1)
		purged, err5 := tx.Shelf.Purge(ctx, retention.WebhooksPile, core.BusinessID{}, items)
		s.equal("purged: what was not acted on stays", purged, 1)
		list, err6 := tx.Inbox.List(ctx, time.Time{}, 10)
		s.equal("left", len(list), 2)
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		fresh, err := tx.Inbox.Keep(ctx, []inbox.Event{{ID: "t:4", Provider: "t", Received: at(60), Raw: []byte(`{}`)}, open})
		s.equal("kept after that", fresh, []bool{true, false})
		return err
	})
}

func testShelfRecords(s *suite) {
	b, other := newBusiness(), newBusiness()
	m, n := planned(b, newCampaignID(), 1), planned(b, newCampaignID(), 2)
	first, second, theirs := recordOf(b, m, 0), recordOf(b, n, 1), recordOf(other, m, 0)
	joined, out := granted(b, 3, 0), granted(b, 4, 1)
	out.Kind = consent.Revoked
	s.plan(m)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Evidence.Append(ctx, []evidence.Record{first, second, theirs}), tx.Consent.Append(ctx, []consent.Event{joined, out}))
	})
	kinds := []evidence.Kind{first.Kind}
	s.update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Aged(ctx, b, kinds, at(100), core.RecordID{}, 10)
		if len(rs) != 2 || rs[0].ID != first.ID || rs[1].ID != second.ID || rs[0].Number != first.Number || rs[0].Body != nil {
			s.Errorf("Aged: %+v", rs)
		}
		behind, err2 := tx.Evidence.Aged(ctx, b, kinds, at(100), first.ID, 10)
		young, err3 := tx.Evidence.Aged(ctx, b, kinds, first.At, core.RecordID{}, 10)
		others, err4 := tx.Evidence.Aged(ctx, b, []evidence.Kind{evidence.KindHold}, at(100), core.RecordID{}, 10)
		s.equal("Aged behind, before, of another kind", []int{len(behind), len(young), len(others)}, []int{1, 0, 0})
		err5 := tx.Evidence.Erase(ctx, b, []core.RecordID{first.ID})
		left, err6 := tx.Evidence.Aged(ctx, b, kinds, at(100), core.RecordID{}, 10)
		s.equal("Aged after erasing one", len(left), 1)
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		st, err := tx.Shelf.LastTexts(ctx, b, []core.Number{guest(1), guest(3), guest(4), guest(5)})
		s.equal("LastTexts", st, map[core.Number]retention.Standing{
			guest(1): {LastText: m.Planned}, guest(3): {Subscribed: true}, guest(4): {},
		})
		err2 := tx.Shelf.Forget(ctx, other, []core.EventID{joined.ID})
		kept, err3 := tx.Consent.History(ctx, core.Pair{Business: b, Number: joined.Number})
		s.equal("forgotten by another business", len(kept), 1)
		err4 := tx.Shelf.Forget(ctx, b, []core.EventID{joined.ID})
		gone, err5 := tx.Consent.History(ctx, core.Pair{Business: b, Number: joined.Number})
		s.equal("forgotten", len(gone), 0)
		return errors.Join(err, err2, err3, err4, err5)
	})
}
