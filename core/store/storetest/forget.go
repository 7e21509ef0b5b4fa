package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	guests "github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// tagKeys sets the keys of a store, which all stores of ours take.
func (s *suite) tagKeys(secrets ...string) {
	s.Helper()
	s.Store.(interface{ UseTagKeys(*suppression.Keys) }).UseTagKeys(must(suppression.NewKeys(secrets...)))
}

func testForgetGuest(s *suite) {
	b, other := newBusiness(), newBusiness()
	p, friend, theirs := pairOf(b, 1), pairOf(b, 2), pairOf(other, 1)
	sent, waiting, hers := planned(b, newCampaignID(), 1), planned(b, newCampaignID(), 1), planned(b, newCampaignID(), 2)
	s.plan(sent, waiting, hers)
	s.sending(at(1), sent, hers)
	s.finish(sent, message.Outcome{State: message.Failed, At: at(2)})
	s.finish(hers, message.Outcome{State: message.Failed, At: at(2)})
	event := func(id, raw string) inbox.Event {
		return inbox.Event{ID: id, Provider: "t", Kind: inbox.Inbound, Type: "x", Received: at(1), Raw: []byte(raw)}
	}
	digits := func(i int) string { return guest(i).E164()[2:] }
	hooks := []inbox.Event{
		event("f:1", `{"from":"+1`+digits(1)+`","to":"+1`+digits(9000)+`"}`),
		event("f:2", `{"from":"+1`+digits(1)+`","to":"+1`+digits(9100)+`"}`), // another venue's
		event("f:3", `{"from":"+1`+digits(2)+`","to":"+1`+digits(9000)+`"}`), // a friend's
		event("f:4", `{"from":"+1`+digits(1)+`","cc":"`+digits(5)+`","to":"+1`+digits(9000)+`"}`),
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.Keep(ctx, hooks)
		return errors.Join(err,
			tx.Accounts.AddBusiness(ctx, account.Business{ID: b, Name: "Luna's", Sender: guest(9000), Created: t0, Status: account.Active}),
			tx.Inbox.Handled(ctx, at(2), map[string]string{"f:1": "x", "f:2": "x", "f:3": "x", "f:4": "x"}),
			tx.Consent.Append(ctx, []consent.Event{granted(b, 1, 0), granted(b, 2, 0), granted(other, 1, 0)}),
			tx.Guests.Tag(ctx, p, "vip"), tx.Guests.Heard(ctx, p, at(1)), tx.Guests.Tag(ctx, theirs, "vip"),
		)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		f, err := tx.Shelf.ForgetGuest(ctx, p, []core.Number{guest(5)})
		s.equal("ForgetGuest", f, retention.Forgotten{Texts: 1, Events: 1, Webhooks: 1})
		return err
	})
	s.equal("words of a text that was sent", s.message(b, sent.ID).Body, "")
	s.equal("words of one that waits", s.message(b, waiting.ID).Body, waiting.Body)
	s.equal("words of a friend's", s.message(b, hers.ID).Body, hers.Body)
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Consent.Subscriber(ctx, p)
		s.kind("the subscriber", err, core.NotFound)
		history, err1 := tx.Consent.History(ctx, p)
		notes, err2 := tx.Guests.Of(ctx, b, []core.Number{p.Number})
		s.equal("events and notes", []int{len(history), len(notes)}, []int{0, 0})
		_, err3 := tx.Consent.Subscriber(ctx, friend)
		_, err4 := tx.Consent.Subscriber(ctx, theirs)
		kept, err5 := tx.Guests.Of(ctx, other, []core.Number{theirs.Number})
		s.equal("another venue's notes", kept, map[core.Number]guests.Note{theirs.Number: {Tags: []guests.Tag{"vip"}}})
		for _, h := range hooks {
			e, err := tx.Inbox.Event(ctx, h.ID)
			if err != nil {
				return err
			}
			if gone := string(e.Raw) == "{}"; gone != (h.ID == "f:1") {
				s.Errorf("webhook %s is %s", h.ID, e.Raw)
			}
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
}

// Promise 9: who is barred stays barred when the number is not kept, and is
// let in again by the same word as anybody.
func testForgetSuppression(s *suite) {
	old, now := strings.Repeat("o", 32), strings.Repeat("n", 32)
	b, other := newBusiness(), newBusiness()
	p := pairOf(b, 1)
	entry := func(b core.BusinessID, r suppression.Reason) suppression.Entry {
		return suppression.Entry{ID: newEntryID(), Business: b, Number: guest(1), Reason: r, Source: "reply", Words: "STOP", At: at(1)}
	}
	out, complaint, theirs := entry(b, suppression.OptOut), entry(b, suppression.Complaint), entry(other, suppression.OptOut)
	reasons := func(tx store.Tx, ctx context.Context, p core.Pair) (out []suppression.Reason) {
		es, err := tx.Suppression.Barring(ctx, []core.Pair{p, pairOf(b, 2)})
		if err != nil {
			s.Error(err)
		}
		for _, e := range es {
			if e.Number != p.Number || e.Words != "" && e.Business == b {
				s.Errorf("barred by %+v", e)
			}
			out = append(out, e.Reason)
		}
		slices.Sort(out)
		return out
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		err := tx.Suppression.Add(ctx, []suppression.Entry{out, complaint, theirs})
		hashed, err2 := tx.Suppression.Forget(ctx, b, guest(1))
		s.equal("hashed without a key", hashed, false)
		s.equal("barred without a key", reasons(tx, ctx, p), []suppression.Reason{suppression.OptOut, suppression.Complaint})
		return errors.Join(err, err2)
	})
	s.tagKeys(old)
	s.update(func(ctx context.Context, tx store.Tx) error {
		hashed, err := tx.Suppression.Forget(ctx, b, guest(1))
		s.equal("hashed", hashed, true)
		list, err2 := tx.Suppression.Entries(ctx, b, at(100), 10)
		s.equal("listed", len(list), 0)
		return errors.Join(err, err2)
	})
	// A newer key finds what an older one made.
	s.tagKeys(now, old)
	s.update(func(ctx context.Context, tx store.Tx) error {
		s.equal("barred by hashes", reasons(tx, ctx, p), []suppression.Reason{suppression.OptOut, suppression.Complaint})
		s.equal("another venue's", reasons(tx, ctx, pairOf(other, 1)), []suppression.Reason{suppression.OptOut})
		early, err := tx.Suppression.Lift(ctx, b, guest(1), at(0))
		later, err2 := tx.Suppression.Lift(ctx, b, guest(1), at(5))
		s.equal("lifted by an older word, and by a newer", []int{early, later}, []int{0, 1})
		s.equal("barred after START", reasons(tx, ctx, p), []suppression.Reason{suppression.Complaint})
		return errors.Join(err, err2)
	})
	if check, ok := s.Store.(interface{ CheckTagKeys(context.Context) error }); ok {
		if err := check.CheckTagKeys(s.Context()); err != nil {
			s.Error(err)
		}
		s.tagKeys(now)
		s.kind("a key is missing", check.CheckTagKeys(s.Context()), core.Invalid)
	}
	s.tagKeys()
}
