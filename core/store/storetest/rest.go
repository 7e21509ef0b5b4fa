package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	guests "github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

func testCampaigns(s *suite) {
	b, other := newBusiness(), newBusiness()
	c := campaign.Campaign{
		ID: newCampaignID(), Business: b, Name: "Taco Tuesday?", Body: "Tacos 🌮", Media: []string{"https://lunas.example/a.jpg"},
		Status: campaign.Scheduled, SendAt: at(10), NotAfter: at(600), Wall: campaign.WallOf(at(10)), Audience: campaign.Audience{Tags: []guests.Tag{"vip"}, JoinedSince: at(-900), NotGot: []core.CampaignID{newCampaignID()}, Percent: 30}, Test: campaign.Test{Body: "Tacos?", Percent: 20, After: time.Hour, Sampled: at(12), Winner: message.SecondText, Chosen: at(72), By: core.UserID(id[any]())}, Repeat: campaign.Repeat{Rule: "FREQ=WEEKLY", From: campaign.WallOf(at(10)), Last: newCampaignID(), Skipped: 2}, Series: newCampaignID(), Created: t0, Approved: at(1), By: core.UserID(id[any]()),
		Segments: 2, NeedsAgeGate: true, Cursor: guest(3), Launched: at(11), Planned: 7, Ended: at(20),
	}
	draft := campaign.Campaign{ID: newCampaignID(), Business: b, Name: "Later", Created: t0}
	paused := campaign.Campaign{ID: newCampaignID(), Business: other, Status: campaign.Paused, SendAt: t0, Created: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Campaigns.Add(ctx, c), tx.Campaigns.Add(ctx, draft), tx.Campaigns.Add(ctx, paused))
	})
	s.kind("Add twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Campaigns.Add(ctx, draft) }), core.Conflict)
	c.Revision, draft.Revision, paused.Revision = 1, 1, 1
	save := func(c campaign.Campaign) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Campaigns.Save(ctx, c) })
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Campaigns.Campaign(ctx, b, c.ID)
		s.equal("Campaign", got, c)
		bare, err2 := tx.Campaigns.Campaign(ctx, b, draft.ID)
		s.equal("draft", bare, draft)
		list, err3 := tx.Campaigns.List(ctx, b, core.CampaignID{}, 10)
		s.equal("List, newest first", list, []campaign.Campaign{draft, c})
		next, err4 := tx.Campaigns.List(ctx, b, draft.ID, 10)
		s.equal("List, next page", next, []campaign.Campaign{c})
		some, err5 := tx.Campaigns.Campaigns(ctx, []core.CampaignID{c.ID, newCampaignID(), paused.ID, c.ID})
		s.equal("Campaigns that exist", len(some), 2)
		early, err6 := tx.Campaigns.Open(ctx, at(9), 10)
		s.equal("Open before SendAt", early, []campaign.Campaign{paused})
		due, err7 := tx.Campaigns.Open(ctx, at(10), 10)
		s.equal("Open at SendAt", len(due), 2)
		one, err8 := tx.Campaigns.Open(ctx, at(10), 1)
		s.equal("Open, one", len(one), 1)
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})

	c.Status, c.Media = campaign.Sending, nil
	if err := save(c); err != nil {
		s.Fatalf("Save: %v", err)
	}
	s.kind("Save of an old revision", save(c), core.Conflict)
	c.Revision = 2
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Campaigns.Campaign(ctx, b, c.ID)
		s.equal("Campaign after Save", got, c)
		return err
	})
	none := draft
	none.ID = newCampaignID()
	s.kind("Save of none", save(none), core.NotFound)
	theirs := c
	theirs.Business = other
	s.kind("Save as another business", save(theirs), core.NotFound)

	// Of many who save one revision, one wins.
	wins := make(chan struct{}, 8)
	s.parallel(8, func(int) error {
		err := save(c)
		if err == nil {
			wins <- struct{}{}
		} else if !errors.Is(err, core.Conflict) {
			return err
		}
		return nil
	})
	s.equal("who saved", len(wins), 1)
}

func kept(i int) inbox.Event {
	return inbox.Event{
		ID: fmt.Sprintf("telnyx:%d", i), Provider: "telnyx", Kind: inbox.Inbound, Type: "message.received",
		Occurred: at(i), Received: at(i), Raw: []byte(fmt.Sprintf(`{"n":%d}`, i)),
	}
}

func testInbox(s *suite) {
	raw := []byte("{\"text\":\"\x00\xff'?\\\"}")
	odd := kept(0)
	odd.Raw = raw
	keep := func(es ...inbox.Event) (fresh []bool) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			fresh, err = tx.Inbox.Keep(ctx, es)
			return err
		})
		return fresh
	}
	s.equal("fresh", keep(odd, kept(1), kept(1), kept(2)), []bool{true, true, false, true})
	s.equal("fresh, kept before", keep(kept(1), kept(3), odd), []bool{false, true, false})

	next := func(minute, n int) (got []inbox.Stored) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			got, err = tx.Inbox.Next(ctx, at(minute), n)
			return err
		})
		return got
	}
	first := next(10, 10)
	s.equal("Next, oldest first", storedIDs(first), []string{"telnyx:0", "telnyx:1", "telnyx:2", "telnyx:3"})
	if !slices.Equal(first[0].Raw, raw) {
		s.Errorf("Raw came back as %q, want every byte of %q", first[0].Raw, raw)
	}
	s.equal("Stored", first[1], inbox.Stored{
		ID: "telnyx:1", Provider: "telnyx", Kind: inbox.Inbound, Type: "message.received", Raw: []byte(`{"n":1}`), Received: at(1),
	})
	s.equal("Next, two", storedIDs(next(10, 2)), []string{"telnyx:0", "telnyx:1"})

	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Inbox.Handled(ctx, at(11), map[string]string{"telnyx:0": "opted in", "telnyx:2": "receipt"}),
			tx.Inbox.Postpone(ctx, "telnyx:1", at(20), "later"),
			tx.Inbox.Postpone(ctx, "telnyx:1", at(30), "later still"))
	})
	s.equal("Next before it is due", storedIDs(next(29, 10)), []string{"telnyx:3"})
	due := next(30, 10)
	s.equal("Next when it is due", storedIDs(due), []string{"telnyx:1", "telnyx:3"})
	s.equal("attempts and note", []any{due[0].Attempts, due[0].Note}, []any{2, "later still"})
	s.kind("Postpone of none", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Postpone(ctx, "telnyx:404", t0, "")
	}), core.NotFound)

	s.view(func(ctx context.Context, tx store.Tx) error {
		n, oldest, err := tx.Inbox.Waiting(ctx)
		s.equal("Waiting", []any{n, oldest}, []any{2, at(1)})
		all, err2 := tx.Inbox.List(ctx, time.Time{}, 10)
		s.equal("List, newest first", storedIDs(all), []string{"telnyx:3", "telnyx:2", "telnyx:1", "telnyx:0"})
		s.equal("handled", []any{all[3].Handled, all[3].Note}, []any{at(11), "opted in"})
		older, err3 := tx.Inbox.List(ctx, at(2), 1)
		s.equal("List, older", storedIDs(older), []string{"telnyx:1"})
		return errors.Join(err, err2, err3)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Handled(ctx, at(31), map[string]string{"telnyx:1": "", "telnyx:3": ""})
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		n, oldest, err := tx.Inbox.Waiting(ctx)
		s.equal("Waiting for nothing", []any{n, oldest.IsZero()}, []any{0, true})
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Reopen(ctx, "telnyx:1", at(40)) })
	s.equal("Next before a reopened one is due", storedIDs(next(39, 10)), []string{})
	again := next(40, 10)
	s.equal("Next, reopened", storedIDs(again), []string{"telnyx:1"})
	s.equal("attempts and note, reopened", []any{again[0].Attempts, again[0].Note, again[0].Handled.IsZero()}, []any{0, "", true})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Replace(ctx, "telnyx:2", []byte("\x00gone"))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		e, err := tx.Inbox.Event(ctx, "telnyx:2")
		s.equal("what was replaced", []any{string(e.Raw), e.Note}, []any{"\x00gone", "receipt"})
		return err
	})
	s.kind("Replace of none", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Replace(ctx, "telnyx:404", nil) }), core.NotFound)
	s.kind("Reopen of none", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Reopen(ctx, "telnyx:404", t0)
	}), core.NotFound)
	s.view(func(ctx context.Context, tx store.Tx) error {
		e, err := tx.Inbox.Event(ctx, "telnyx:0")
		if !slices.Equal(e.Raw, raw) || !e.Handled.Equal(at(11)) || e.Note != "opted in" {
			s.Errorf("Event gives back %+v", e)
		}
		_, none := tx.Inbox.Event(ctx, "telnyx:404")
		s.kind("Event of none", none, core.NotFound)
		s.kind("Reopen in a view", tx.Inbox.Reopen(ctx, "telnyx:0", t0), core.Denied)
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Handled(ctx, at(41), map[string]string{"telnyx:1": ""})
	})
	// Many deliveries of one event: one of them is new.
	news := make(chan bool, 8)
	s.parallel(8, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			fresh, err := tx.Inbox.Keep(ctx, []inbox.Event{kept(7), kept(6)})
			if err == nil && (fresh[0] || fresh[1]) {
				news <- fresh[0] && fresh[1]
			}
			return err
		})
	})
	if len(news) != 1 || !<-news {
		s.Error("of eight deliveries of two events, not exactly one found both new")
	}
}

func storedIDs(es []inbox.Stored) []string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = e.ID
	}
	return out
}

func testNext(s *suite) {
	var es []inbox.Event
	for i := range 60 {
		es = append(es, kept(i))
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.Keep(ctx, es)
		return err
	})
	handled := make(chan string, 200)
	s.parallel(4, func(int) error {
		for {
			var got []inbox.Stored
			err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
				if got, err = tx.Inbox.Next(ctx, at(100), 7); err != nil {
					return err
				}
				notes := make(map[string]string)
				for _, e := range got {
					notes[e.ID] = "done"
				}
				return tx.Inbox.Handled(ctx, at(100), notes)
			})
			if err != nil || len(got) == 0 {
				return err
			}
			for _, e := range got {
				handled <- e.ID
			}
		}
	})
	close(handled)
	times := make(map[string]int)
	for id := range handled {
		times[id]++
	}
	s.equal("events handled", len(times), 60)
	for id, n := range times {
		if n != 1 {
			s.Errorf("event %s was handled %d times", id, n)
		}
	}
}

// Whoever asks with another business's id learns nothing.
func testTenants(s *suite) {
	c, stranger := newScene(), newBusiness()
	s.update(c.add)
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Message(ctx, stranger, c.message.ID)
		s.kind("Message", err, core.NotFound)
		_, err = tx.Campaigns.Campaign(ctx, stranger, c.campaign.ID)
		s.kind("Campaign", err, core.NotFound)
		_, err = tx.Consent.Subscriber(ctx, pairOf(stranger, 1))
		s.kind("Subscriber", err, core.NotFound)
		history, err1 := tx.Consent.History(ctx, pairOf(stranger, 1))
		subs, err2 := tx.Consent.Subscribers(ctx, stranger, consent.Query{}, 10)
		locked, err3 := tx.Consent.Lock(ctx, []core.Pair{pairOf(stranger, 1)})
		shown, err4 := tx.Consent.Disclosures(ctx, stranger, "LUNA")
		barring, err5 := tx.Suppression.Barring(ctx, []core.Pair{pairOf(stranger, 2)})
		entries, err6 := tx.Suppression.Entries(ctx, stranger, time.Time{}, 10)
		thread, err7 := tx.Messages.ForPair(ctx, pairOf(stranger, 1), 10)
		people, err8 := tx.Messages.People(ctx, stranger, c.campaign.ID, message.PeopleQuery{}, 10)
		list, err9 := tx.Campaigns.List(ctx, stranger, core.CampaignID{}, 10)
		words, err10 := tx.Accounts.Keywords(ctx, stranger)
		decisions, err11 := tx.Evidence.OfMessage(ctx, stranger, c.message.ID)
		tally, err12 := tx.Messages.Tally(ctx, stranger, c.campaign.ID)
		counts, err13 := tx.Consent.Count(ctx, stranger)
		n := len(history) + len(subs) + len(locked) + len(shown) + len(barring) + len(entries) + len(thread) + len(people) + len(list) +
			len(words) + len(decisions) + tally.Audience() + counts[consent.Active]
		if n != 0 {
			s.Errorf("another business saw %d rows", n)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		recorded, err1 := tx.Messages.Record(ctx, []message.Verdict{{Business: stranger, Message: c.message.ID, State: message.Blocked, At: t0}})
		finished, err2 := tx.Messages.Finish(ctx, []message.Outcome{{Business: stranger, Message: c.message.ID, State: message.Sent, At: t0}})
		cancelled, err3 := tx.Messages.Cancel(ctx, pairOf(stranger, 1), message.Marketing, "x", t0)
		ofCampaign, err4 := tx.Messages.CancelCampaign(ctx, stranger, c.campaign.ID, "x", t0, 10)
		lifted, err5 := tx.Suppression.Lift(ctx, stranger, guest(2), at(1))
		theirs := c.message
		theirs.Business = stranger
		unmatched, err6 := tx.Messages.Settle(ctx, []message.Receipt{{Token: theirs.Token(), State: message.Sent, At: t0}})
		s.equal("written by another business", []int{len(recorded), len(finished), cancelled, ofCampaign, lifted, len(unmatched)}, []int{0, 0, 0, 0, 0, 1})
		return errors.Join(err1, err2, err3, err4, err5, err6)
	})
	s.equal("the message", s.message(c.business.ID, c.message.ID), c.message)
}

// An empty batch is no error and nothing.
func testEmpty(s *suite) {
	s.update(func(ctx context.Context, tx store.Tx) error {
		bs, err1 := tx.Accounts.Businesses(ctx, nil)
		err2 := tx.Consent.Append(ctx, nil)
		subs, err3 := tx.Consent.Lock(ctx, nil)
		err4 := tx.Suppression.Add(ctx, nil)
		es, err5 := tx.Suppression.Barring(ctx, nil)
		added, err6 := tx.Messages.Plan(ctx, nil)
		recorded, err7 := tx.Messages.Record(ctx, nil)
		finished, err8 := tx.Messages.Finish(ctx, nil)
		unmatched, err9 := tx.Messages.Settle(ctx, nil)
		recent, err10 := tx.Messages.Recent(ctx, nil, t0)
		cs, err11 := tx.Campaigns.Campaigns(ctx, nil)
		fresh, err12 := tx.Inbox.Keep(ctx, nil)
		err13 := tx.Inbox.Handled(ctx, t0, nil)
		err14 := tx.Evidence.Append(ctx, nil)
		n := len(bs) + len(subs) + len(es) + added + len(recorded) + len(finished) + len(unmatched) + len(recent) + len(cs) + len(fresh)
		s.equal("results of empty batches", n, 0)
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13, err14)
	})
}

// A batch of any size is one call.
func testLarge(s *suite) {
	b, c := newBusiness(), newCampaignID()
	const n = 2500
	var events []consent.Event
	var entries []suppression.Entry
	var ms []message.Message
	var pairs []core.Pair
	for i := range n {
		events, ms = append(events, granted(b, i, 0)), append(ms, planned(b, c, i))
		entries, pairs = append(entries, entry(b, i, suppression.OptOut, 0)), append(pairs, pairOf(b, i))
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		if err := errors.Join(tx.Consent.Append(ctx, events), tx.Suppression.Add(ctx, entries)); err != nil {
			return err
		}
		added, err := tx.Messages.Plan(ctx, ms)
		s.equal("planned", added, n)
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		claimed, err1 := tx.Messages.Claim(ctx, t0, n)
		subs, err2 := tx.Consent.Lock(ctx, pairs)
		barring, err3 := tx.Suppression.Barring(ctx, pairs)
		recorded, err4 := tx.Messages.Record(ctx, toSending(t0, claimed))
		recent, err5 := tx.Messages.Recent(ctx, pairs, t0)
		s.equal("sizes", []int{len(claimed), len(subs), len(barring), len(recorded), len(recent)}, []int{n, n, n, n, n})
		return errors.Join(err1, err2, err3, err4, err5)
	})
}

// Whatever a guest's phone sends can be kept: an opt-out that a store refused
// would be no opt-out.
func testAnyBytes(s *suite) {
	b := newBusiness()
	e := revoked(b, 1, 0)
	e.Evidence.RawText = "STOP\x00 \xff\xfe '); DROP TABLE messages; -- \\ ? 🛑"
	e.Evidence.Note, e.Evidence.CarrierID = "a\x00b\xff", "c\x00"
	s.append(e)
	s.view(func(ctx context.Context, tx store.Tx) error {
		history, err := tx.Consent.History(ctx, pairOf(b, 1))
		if len(history) != 1 || history[0].Evidence.RawText != e.Evidence.RawText {
			s.Errorf("the text of an opt-out did not come back: %d events", len(history))
		}
		return err
	})
	odd := kept(1)
	odd.ID, odd.Type, odd.Problem = "telnyx:\x00\xff", "\x00", "\xff"
	for _, want := range []bool{true, false} {
		s.update(func(ctx context.Context, tx store.Tx) error {
			fresh, err := tx.Inbox.Keep(ctx, []inbox.Event{odd})
			s.equal("fresh", fresh, []bool{want})
			return err
		})
	}
}
