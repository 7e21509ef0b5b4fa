package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

func granted(b core.BusinessID, i, minute int) consent.Event {
	return consent.Event{
		ID: newEventID(), Business: b, Number: guest(i), Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing,
		At: at(minute), Recorded: at(minute), Venue: place.Place{State: place.MustState("TX"), Zone: place.MustZone("America/Chicago")},
		Evidence: consent.Evidence{
			Disclosure: sha256.Sum256([]byte("shown")), Promised: 6, Poster: sha256.Sum256([]byte("hung")), RawText: "luna", Keyword: "LUNA", To: guest(9000), CarrierID: "c-1", InboxID: "telnyx:1",
		},
	}
}

func revoked(b core.BusinessID, i, minute int) consent.Event {
	return consent.Event{
		ID: newEventID(), Business: b, Number: guest(i), Kind: consent.Revoked, Method: consent.ByReply, At: at(minute), Recorded: at(minute),
		Evidence: consent.Evidence{RawText: "STOP", To: guest(9000), CarrierID: "c-2", Rule: "stop"},
	}
}

func (s *suite) append(es ...consent.Event) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Consent.Lock(ctx, pairsOf(es)); err != nil {
			return err
		}
		return tx.Consent.Append(ctx, es)
	})
}

func pairsOf(es []consent.Event) []core.Pair {
	ps := make([]core.Pair, len(es))
	for i, e := range es {
		ps[i] = core.Pair{Business: e.Business, Number: e.Number}
	}
	return ps
}

func (s *suite) subscriber(p core.Pair) (sub consent.Subscriber) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		sub, err = tx.Consent.Subscriber(ctx, p)
		return err
	})
	return sub
}

func testAppend(s *suite) {
	b := newBusiness()
	join, leave := granted(b, 1, 0), revoked(b, 1, 5)
	join.Evidence.Actor, join.Evidence.Note = "ana", "at the bar"
	s.append(join)
	first := s.subscriber(pairOf(b, 1))
	s.equal("Standing after joining", first.Standing, consent.Fold([]consent.Event{join}))

	s.append(join, join)
	s.equal("subscriber after the same event again", s.subscriber(pairOf(b, 1)), first)

	s.append(leave)
	second := s.subscriber(pairOf(b, 1))
	s.equal("Standing after leaving", second.Standing, consent.Fold([]consent.Event{join, leave}))
	if second.Revision <= first.Revision {
		s.Errorf("Revision went from %d to %d, want more", first.Revision, second.Revision)
	}
	// An opt-in that is older than the opt-out comes late and lifts nothing.
	late := granted(b, 1, 2)
	s.append(late)
	if got := s.subscriber(pairOf(b, 1)).Standing.State; got != consent.OptedOut {
		s.Errorf("an opt-in from before the opt-out made the guest %v", got)
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		history, err := tx.Consent.History(ctx, pairOf(b, 1))
		s.equal("History", history, []consent.Event{join, late, leave})
		return err
	})
}

// Whatever events come, in whatever order and batches, and however often, the
// stored standing is the fold of the history.
func testFold(s *suite) {
	kinds := []consent.Kind{consent.Granted, consent.Revoked, consent.Doubted, consent.Cleared, consent.AgePassed, consent.AgeFailed, consent.None}
	s.property(func(d *dice) {
		b := newBusiness()
		var all []consent.Event
		for range d.n(1, 12) {
			e := granted(b, d.n(1, 2), d.n(0, 5))
			if e.Kind = pick(d, kinds); e.Kind != consent.Granted {
				e.Scope, e.Venue = 0, place.Place{}
			}
			if d.yes() {
				e.Evidence.CarrierID = ""
			}
			all = append(all, e)
		}
		for rest := all; len(rest) > 0; {
			n := d.n(1, len(rest))
			batch := slices.Clone(rest[:n])
			if d.yes() {
				batch = append(batch, all[0])
			}
			s.append(batch...)
			rest = rest[n:]
		}
		for i := 1; i <= 2; i++ {
			s.foldOf(all, pairOf(b, i))
		}
	})
}

func (s *suite) foldOf(all []consent.Event, p core.Pair) {
	of := slices.DeleteFunc(slices.Clone(all), func(e consent.Event) bool { return e.Number != p.Number })
	if len(of) == 0 {
		return
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		sub, err := tx.Consent.Subscriber(ctx, p)
		history, err2 := tx.Consent.History(ctx, p)
		if len(history) != len(of) {
			s.Errorf("%d events kept of %d", len(history), len(of))
		}
		s.equal("Standing against the fold of what was appended", sub.Standing, consent.Fold(of))
		s.equal("Standing against the fold of the history", sub.Standing, consent.Fold(history))
		return errors.Join(err, err2)
	})
}

func testSubscribers(s *suite) {
	b := newBusiness()
	var es []consent.Event
	for i := range 10 {
		es = append(es, granted(b, i, i))
	}
	es = append(es, revoked(b, 3, 20), revoked(b, 4, 20), revoked(newBusiness(), 5, 20))
	s.append(es...)
	s.view(func(ctx context.Context, tx store.Tx) error {
		list := func(q consent.Query, n int) (got []int) {
			subs, err := tx.Consent.Subscribers(ctx, b, q, n)
			if err != nil {
				s.Fatalf("Subscribers: %v", err)
			}
			for _, sub := range subs {
				got = append(got, int(sub.Number.Digits()-guest(0).Digits()))
			}
			return got
		}
		s.equal("all", list(consent.Query{}, 100), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
		s.equal("first page", list(consent.Query{}, 4), []int{0, 1, 2, 3})
		s.equal("second page", list(consent.Query{After: guest(3)}, 4), []int{4, 5, 6, 7})
		s.equal("opted out", list(consent.Query{State: consent.OptedOut}, 100), []int{3, 4})
		s.equal("active after 7", list(consent.Query{State: consent.Active, After: guest(7)}, 100), []int{8, 9})
		s.equal("joined before", list(consent.Query{JoinedBefore: at(3)}, 100), []int{0, 1, 2})
		s.equal("by the end", list(consent.Query{Last4: "0107"}, 100), []int{7})
		s.equal("by two digits", list(consent.Query{Last4: "09"}, 100), []int{9})
		s.equal("by an end that none has", list(consent.Query{Last4: "9999"}, 100), []int(nil))
		s.equal("by what is no digits", list(consent.Query{Last4: "0' OR"}, 100), []int(nil))

		counts, err := tx.Consent.Count(ctx, b)
		s.equal("Count", [2]int{counts[consent.Active], counts[consent.OptedOut]}, [2]int{8, 2})

		flow, err3 := tx.Consent.Flow(ctx, b, at(0))
		s.equal("Flow", flow, []consent.Hour{{At: at(0).Truncate(time.Hour), Joined: 10, Left: 2}})
		later, err4 := tx.Consent.Flow(ctx, b, at(0).Add(2*time.Hour))
		s.equal("Flow since later", later, []consent.Hour(nil))

		locked, err2 := tx.Consent.Lock(ctx, []core.Pair{pairOf(b, 2), pairOf(b, 99), pairOf(b, 1), pairOf(b, 2)})
		if len(locked) != 2 {
			s.Errorf("Lock returned %d subscribers, want the 2 that are there", len(locked))
		}
		return errors.Join(err, err2, err3, err4)
	})
}

// testNewest lists who ever joined, the last first, by each way to narrow it.
func testNewest(s *suite) {
	b := newBusiness()
	var es []consent.Event
	for i := range 10 {
		es = append(es, granted(b, i, i/2)) // two in each minute
	}
	stranger := granted(newBusiness(), 1, 1)
	never := granted(b, 50, 1)
	never.Kind = consent.Doubted // wrote, and never joined
	s.append(append(es, revoked(b, 3, 20), revoked(b, 4, 20), stranger, never)...)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Guests.Tag(ctx, pairOf(b, 6), "vip"), tx.Guests.Tag(ctx, pairOf(b, 1), "vip"))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		list := func(q consent.Listing, n int) (got []int) {
			subs, err := tx.Consent.Newest(ctx, b, q, n)
			if err != nil {
				s.Fatalf("Newest: %v", err)
			}
			for _, sub := range subs {
				got = append(got, int(sub.Number.Digits()-guest(0).Digits()))
			}
			return got
		}
		s.equal("all", list(consent.Listing{}, 100), []int{9, 8, 7, 6, 5, 4, 3, 2, 1, 0})
		s.equal("first page", list(consent.Listing{}, 3), []int{9, 8, 7})
		s.equal("next page, in the middle of a minute", list(consent.Listing{Before: consent.Joiner{Joined: at(3), Number: guest(7)}}, 3), []int{6, 5, 4})
		s.equal("opted out", list(consent.Listing{State: consent.OptedOut}, 100), []int{4, 3})
		s.equal("since", list(consent.Listing{Since: at(4)}, 100), []int{9, 8})
		s.equal("by the end", list(consent.Listing{Last4: "0107"}, 100), []int{7})
		s.equal("by two digits", list(consent.Listing{Last4: "09"}, 100), []int{9})
		s.equal("by what is no digits", list(consent.Listing{Last4: "0' OR"}, 100), []int(nil))
		s.equal("by tag", list(consent.Listing{Tag: "vip"}, 100), []int{6, 1})
		s.equal("by keyword", len(list(consent.Listing{Keyword: es[0].Evidence.Keyword}, 100)), 10)
		s.equal("by another keyword", list(consent.Listing{Keyword: "NOBODY"}, 100), []int(nil))
		return nil
	})
}

func disclosure(b core.BusinessID, keyword, text string, minute int) consent.Disclosure {
	return consent.Disclosure{Version: sha256.Sum256([]byte(b.String() + text)), Business: b, Keyword: keyword, Text: text, Ref: "BCDF", Monthly: 8, Since: at(minute)}
}

func testDisclosures(s *suite) {
	b, other := newBusiness(), newBusiness()
	old, young, elsewhere := disclosure(b, "LUNA", "old words", 0), disclosure(b, "LUNA", "new words", 1), disclosure(b, "SOL", "words", 2)
	for _, d := range []consent.Disclosure{old, young, elsewhere, old} {
		s.update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutDisclosure(ctx, d) })
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Consent.Disclosure(ctx, b, old.Version)
		s.equal("Disclosure", got, old)
		all, err2 := tx.Consent.Disclosures(ctx, b, "LUNA")
		s.equal("Disclosures, newest first", all, []consent.Disclosure{young, old})
		_, none := tx.Consent.Disclosure(ctx, other, old.Version)
		s.kind("Disclosure of another business", none, core.NotFound)
		_, none = tx.Consent.Disclosure(ctx, b, consent.Version{})
		s.kind("Disclosure of no version", none, core.NotFound)
		return errors.Join(err, err2)
	})
	// The old words come back: they are the ones that a poster shows now.
	old.Since = young.Since.Add(time.Hour)
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutDisclosure(ctx, old) })
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Consent.Disclosures(ctx, b, "LUNA")
		s.equal("Disclosures after the old words came back", all, []consent.Disclosure{old, young})
		return err
	})
}

// Many transactions lock overlapping pairs in different orders, one of which
// nobody has stored yet, and each adds an event that names how many it found.
// Under the lock nobody finds the same number.
func testLock(s *suite) {
	b := newBusiness()
	s.append(granted(b, 1, 0), granted(b, 2, 0))
	const writers, rounds = 6, 5
	s.parallel(writers, func(w int) error {
		for range rounds {
			pairs := []core.Pair{pairOf(b, 1), pairOf(b, 2), pairOf(b, 3)}
			if w%2 == 1 {
				slices.Reverse(pairs)
			}
			err := s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
				if _, err := tx.Consent.Lock(ctx, pairs); err != nil {
					return err
				}
				before, err := tx.Consent.History(ctx, pairOf(b, 3))
				if err != nil {
					return err
				}
				e := granted(b, 3, 0)
				e.At = t0.Add(time.Duration(len(before)) * time.Second)
				return tx.Consent.Append(ctx, []consent.Event{e})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		history, err := tx.Consent.History(ctx, pairOf(b, 3))
		if len(history) != writers*rounds {
			s.Errorf("%d events, want %d", len(history), writers*rounds)
		}
		for i, e := range history {
			if want := t0.Add(time.Duration(i) * time.Second); !e.At.Equal(want) {
				s.Fatalf("event %d found %v others: two transactions held the lock at once", i, e.At.Sub(t0).Seconds())
			}
		}
		return err
	})
	if got := s.subscriber(pairOf(b, 3)).Revision; got != writers*rounds {
		s.Errorf("Revision %d after %d changes", got, writers*rounds)
	}
}
