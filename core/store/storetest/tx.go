package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/terms"
)

// scene is one of everything.
type scene struct {
	business account.Business
	user     account.User
	keyword  account.Keyword
	event    consent.Event
	shown    consent.Disclosure
	entry    suppression.Entry
	campaign campaign.Campaign
	message  message.Message
	kept     inbox.Event
	decision evidence.Record
}

func newScene() scene {
	b, c := newBusiness(), newCampaignID()
	m := planned(b, c, 1)
	return scene{
		business: account.Business{ID: b, Name: "Luna's Cantina", MonthlyTexts: 4, Sender: guest(9000), Status: account.Active, Created: t0},
		user:     account.User{ID: core.UserID(id[any]()), Business: b, Email: "ana@" + b.String() + ".example", Name: "Ana", Role: account.Owner, Created: t0},
		keyword:  account.Keyword{Word: "LUNA", Business: b, Number: guest(9000), Code: b.String(), Created: t0},
		event:    granted(b, 1, 0),
		shown:    disclosure(b, "LUNA", "By texting LUNA …", 0),
		entry:    suppression.Entry{ID: newEntryID(), Business: b, Number: guest(2), Reason: suppression.OptOut, Source: "reply", At: t0},
		campaign: campaign.Campaign{ID: c, Business: b, Name: "Tacos", Body: "Tacos", Status: campaign.Sending, SendAt: t0, Created: t0},
		message:  m,
		kept:     inbox.Event{ID: "telnyx:" + b.String(), Provider: "telnyx", Kind: inbox.Inbound, Type: "message.received", Occurred: t0, Received: t0, Raw: []byte(`{"data":{}}`)},
		decision: recordOf(b, m, 0),
	}
}

// writes are all calls that write, with what each needs.
func (c scene) writes(ctx context.Context, tx store.Tx) map[string]func() error {
	just := func(_ any, err error) error { return err }
	return map[string]func() error{
		"AddBusiness":    func() error { return tx.Accounts.AddBusiness(ctx, c.business) },
		"SaveBusiness":   func() error { return tx.Accounts.SaveBusiness(ctx, c.business) },
		"AddUser":        func() error { return tx.Accounts.AddUser(ctx, c.user) },
		"AddKeyword":     func() error { return tx.Accounts.AddKeyword(ctx, c.keyword) },
		"Consent.Append": func() error { return tx.Consent.Append(ctx, []consent.Event{c.event}) },
		"PutDisclosure":  func() error { return tx.Consent.PutDisclosure(ctx, c.shown) },
		"Suppression.Add": func() error {
			return tx.Suppression.Add(ctx, []suppression.Entry{c.entry})
		},
		"Lift":   func() error { return just(tx.Suppression.Lift(ctx, c.business.ID, guest(2), t0)) },
		"Plan":   func() error { return just(tx.Messages.Plan(ctx, []message.Message{c.message})) },
		"Record": func() error { return just(tx.Messages.Record(ctx, toSending(t0, []message.Message{c.message}))) },
		"Finish": func() error {
			return just(tx.Messages.Finish(ctx, []message.Outcome{{Business: c.business.ID, Message: c.message.ID, State: message.Sent, At: t0}}))
		},
		"Lapse": func() error { return just(tx.Messages.Lapse(ctx, t0, 10)) },
		"Settle": func() error {
			return just(tx.Messages.Settle(ctx, []message.Receipt{{Token: c.message.Token(), State: message.Sent, At: t0}}))
		},
		"Cancel": func() error { return just(tx.Messages.Cancel(ctx, c.message.Pair(), message.Marketing, "test", t0)) },
		"CancelCampaign": func() error {
			return just(tx.Messages.CancelCampaign(ctx, c.business.ID, c.campaign.ID, "test", t0, 10))
		},
		"Campaigns.Add":  func() error { return tx.Campaigns.Add(ctx, c.campaign) },
		"Campaigns.Save": func() error { return tx.Campaigns.Save(ctx, c.campaign) },
		"Keep":           func() error { return just(tx.Inbox.Keep(ctx, []inbox.Event{c.kept})) },
		"Handled":        func() error { return tx.Inbox.Handled(ctx, t0, map[string]string{c.kept.ID: "done"}) },
		"Postpone":       func() error { return tx.Inbox.Postpone(ctx, c.kept.ID, t0, "later") },
		"Evidence.Append": func() error {
			return tx.Evidence.Append(ctx, []evidence.Record{c.decision})
		},
		"Erase":       func() error { return tx.Evidence.Erase(ctx, c.business.ID, []core.RecordID{c.decision.ID}) },
		"Holds.Place": func() error { return tx.Holds.Place(ctx, newHold(c.business.ID, 0)) },
		"Holds.Lift":  func() error { return just(tx.Holds.Lift(ctx, c.business.ID, core.RecordID{}, core.UserID{}, t0)) },
		"Requests.Add": func() error {
			return tx.Requests.Add(ctx, privacy.Request{ID: core.RecordID(id[any]()), Business: c.business.ID, Number: guest(1), At: t0})
		},
		"Requests.Save": func() error { return tx.Requests.Save(ctx, privacy.Request{}) },
		"Terms.Note": func() error {
			return tx.Terms.Note(ctx, []terms.Note{{User: c.user.ID, Doc: terms.Privacy, Date: "2026-03-14", What: terms.Told, At: t0}})
		},
		"Closings.Put": func() error {
			return tx.Closings.Put(ctx, closing.Closing{Business: c.business.ID, Asked: t0, EraseAt: t0})
		},
		"Closings.Remove": func() error { return tx.Closings.Remove(ctx, c.business.ID) },
		"Closings.Forget": func() error { return just(tx.Closings.Forget(ctx, c.business.ID, 10)) },
		"Media.Use": func() error {
			return tx.Media.Use(ctx, c.business.ID, []core.MediumID{core.MediumID(id[any]())}, core.ThreadID{}, core.ItemID{}, t0)
		},
		"Shelf.Purge": func() error {
			return just(tx.Shelf.Purge(ctx, retention.WordsPile, c.business.ID, nil))
		},
		"Shelf.Forget":       func() error { return tx.Shelf.Forget(ctx, c.business.ID, nil) },
		"Shelf.SetMark":      func() error { return tx.Shelf.SetMark(ctx, c.business.ID, retention.WordsPile, retention.Mark{At: t0}) },
		"Shelf.ForgetGuest":  func() error { return just(tx.Shelf.ForgetGuest(ctx, pairOf(c.business.ID, 1), nil)) },
		"Suppression.Forget": func() error { return just(tx.Suppression.Forget(ctx, c.business.ID, guest(2))) },
		"Shelf.ClearMarks":   func() error { return tx.Shelf.ClearMarks(ctx, c.business.ID) },
		"Seal":               func() error { return tx.Evidence.Seal(ctx, nil, nil, nil, evidence.Checkpoint{}) },
	}
}

// add writes one of everything.
func (c scene) add(ctx context.Context, tx store.Tx) error {
	w := c.writes(ctx, tx)
	for _, name := range []string{
		"AddBusiness", "AddUser", "AddKeyword", "Consent.Append", "PutDisclosure", "Suppression.Add",
		"Campaigns.Add", "Plan", "Keep", "Evidence.Append",
	} {
		if err := w[name](); err != nil {
			return err
		}
	}
	return nil
}

// absent fails if anything of the scene is there.
func (s *suite) absent(c scene) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) error {
		b := c.business.ID
		_, err := tx.Accounts.Business(ctx, b)
		s.kind("Business", err, core.NotFound)
		_, err = tx.Accounts.User(ctx, c.user.ID)
		s.kind("User", err, core.NotFound)
		_, err = tx.Accounts.UserByEmail(ctx, c.user.Email)
		s.kind("UserByEmail", err, core.NotFound)
		_, err = tx.Accounts.Keyword(ctx, c.keyword.Number, c.keyword.Word)
		s.kind("Keyword", err, core.NotFound)
		_, err = tx.Accounts.KeywordByCode(ctx, c.keyword.Code)
		s.kind("KeywordByCode", err, core.NotFound)
		_, err = tx.Consent.Subscriber(ctx, pairOf(b, 1))
		s.kind("Subscriber", err, core.NotFound)
		_, err = tx.Consent.Disclosure(ctx, b, c.shown.Version)
		s.kind("Disclosure", err, core.NotFound)
		_, err = tx.Messages.Message(ctx, b, c.message.ID)
		s.kind("Message", err, core.NotFound)
		_, err = tx.Campaigns.Campaign(ctx, b, c.campaign.ID)
		s.kind("Campaign", err, core.NotFound)
		history, err := tx.Consent.History(ctx, pairOf(b, 1))
		barring, err2 := tx.Suppression.Barring(ctx, []core.Pair{pairOf(b, 2)})
		listed, err3 := tx.Inbox.List(ctx, time.Time{}, 10)
		decisions, err4 := tx.Evidence.OfMessage(ctx, b, c.message.ID)
		if n := len(history) + len(barring) + len(listed) + len(decisions); n > 0 {
			s.Errorf("%d rows are there: events %v, entries %v, inbox %v, decisions %v", n, history, barring, listed, decisions)
		}
		return errors.Join(err2, err3, err4, err)
	})
}

// An error or a panic of f leaves nothing behind, and the error comes out as it
// went in.
func testRollback(s *suite) {
	c := newScene()
	err := s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := c.add(ctx, tx); err != nil {
			s.Errorf("adding: %v", err)
		}
		return errGiveUp
	})
	if !errors.Is(err, errGiveUp) {
		s.Errorf("Update returned %v, want the error of f", err)
	}
	s.absent(c)

	func() {
		defer func() {
			if recover() == nil {
				s.Error("the panic of f was swallowed")
			}
		}()
		s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { //nolint:errcheck // it panics
			if err := c.add(ctx, tx); err != nil {
				s.Errorf("adding: %v", err)
			}
			panic("by the test")
		})
	}()
	s.absent(c)

	// The store still works, and now it stays.
	s.update(c.add)
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Campaigns.Campaign(ctx, c.business.ID, c.campaign.ID)
		return err
	})
}

func testView(s *suite) {
	c := newScene()
	var names []string
	s.view(func(ctx context.Context, tx store.Tx) error {
		for name := range c.writes(ctx, tx) {
			names = append(names, name)
		}
		return nil
	})
	for _, name := range names {
		err := s.Store.View(s.Context(), func(ctx context.Context, tx store.Tx) error { return c.writes(ctx, tx)[name]() })
		s.kind(name+" in a View", err, core.Denied)
	}
	s.absent(c)
	s.update(c.add)
	s.view(func(ctx context.Context, tx store.Tx) error {
		subs, err := tx.Consent.Lock(ctx, []core.Pair{pairOf(c.business.ID, 1), pairOf(c.business.ID, 7)})
		if len(subs) != 1 {
			s.Errorf("Lock in a View read %d subscribers, want 1", len(subs))
		}
		return err
	})
}

// A context that has ended ends the transaction, and nothing is written.
func testContexts(s *suite) {
	c := newScene()
	ended, cancel := context.WithCancel(s.Context())
	cancel()
	err := s.Store.Update(ended, c.add)
	s.kind("Update with a context that has ended", err, core.Unavailable)
	if !errors.Is(err, context.Canceled) {
		s.Errorf("error %v does not say that the context was cancelled", err)
	}
	err = s.Store.View(ended, func(context.Context, store.Tx) error { return nil })
	s.kind("View with a context that has ended", err, core.Unavailable)

	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := c.add(ctx, tx); err != nil {
			s.Errorf("adding: %v", err)
		}
		cancel()
		return nil
	})
	s.kind("Update whose context ends before its commit", err, core.Unavailable)
	s.absent(c)

	ctx, cancel = context.WithCancel(s.Context())
	defer cancel()
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		cancel()
		return c.add(ctx, tx)
	})
	s.kind("Update whose context ends before it writes", err, core.Unavailable)
	s.absent(c)
	if err := s.Ping(s.Context()); err != nil {
		s.Errorf("Ping after that: %v", err)
	}
	s.kind("Ping with a context that has ended", s.Ping(ended), core.Unavailable)
}
