package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/thread"
)

func testClosings(s *suite) {
	b, other := newBusiness(), newBusiness()
	c := closing.Closing{Business: b, Asked: at(0), By: core.UserID(id[any]()), EraseAt: at(60), Was: account.Suspended}
	s.update(func(ctx context.Context, tx store.Tx) error {
		late := closing.Closing{Business: other, Asked: at(0), EraseAt: at(90), Was: account.Active}
		return errors.Join(tx.Closings.Put(ctx, c), tx.Closings.Put(ctx, late))
	})
	due := func(minute int) (out []core.BusinessID) {
		s.view(func(ctx context.Context, tx store.Tx) error {
			cs, err := tx.Closings.Due(ctx, at(minute), 1000)
			for _, x := range cs {
				if x.Business == b || x.Business == other {
					out = append(out, x.Business)
				}
			}
			return err
		})
		return out
	}
	s.equal("due too early", len(due(59)), 0)
	s.equal("due", due(60), []core.BusinessID{b})
	s.equal("due later", due(90), []core.BusinessID{b, other})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Closings.Of(ctx, b)
		s.equal("Of", got, c)
		_, none := tx.Closings.Of(ctx, newBusiness())
		s.kind("Of a business that goes on", none, core.NotFound)
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		c.Erased, c.By = at(61), core.UserID{}
		return errors.Join(tx.Closings.Put(ctx, c), tx.Closings.Remove(ctx, other), tx.Closings.Remove(ctx, other))
	})
	s.equal("due after it", len(due(90)), 0)
}

// What an account had goes, and nobody else's; that its guests must not be texted stays.
func testForgetAccount(s *suite) {
	b, other := newBusiness(), newBusiness()
	s.tagKeys("a key that is long enough for hashing numbers")
	defer s.tagKeys()
	users := map[core.BusinessID]core.UserID{b: core.UserID(id[any]()), other: core.UserID(id[any]())}
	camps := map[core.BusinessID]core.CampaignID{b: newCampaignID(), other: newCampaignID()}
	pics := map[core.BusinessID]core.MediumID{b: core.MediumID(id[any]()), other: core.MediumID(id[any]())}
	for i, x := range []core.BusinessID{b, other} {
		t := newThread(x, 1, 1)
		s.append(granted(x, 1, 0))
		m := planned(x, camps[x], 1)
		m.Body = "Tacos"
		s.update(func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Messages.Plan(ctx, []message.Message{m})
			_, err2 := tx.Messages.Cancel(ctx, m.Pair(), m.Class, "closed", at(1))
			_, err3 := tx.Threads.Put(ctx, thread.Item{ID: core.ItemID(id[any]()), Business: x, Thread: t.ID, Kind: thread.Heard, At: at(1), Text: "hello"}, []string{"hello"})
			return errors.Join(err, err2, err3,
				tx.Accounts.AddBusiness(ctx, account.Business{ID: x, Name: "Luna's", Sender: guest(7000 + i), Status: account.Closed, Created: t0}),
				tx.Accounts.AddUser(ctx, account.User{ID: users[x], Business: x, Email: users[x].String() + "@lunas.example", Created: t0}),
				tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "LUNA", Business: x, Number: guest(7000 + i), Code: x.String(), Created: t0}),
				tx.Threads.Add(ctx, t), tx.Campaigns.Add(ctx, campaign.Campaign{ID: camps[x], Business: x, Body: "Tacos", Created: t0}),
				tx.Media.Put(ctx, []media.Medium{{ID: pics[x], Business: x, State: media.Kept, Kind: media.PNG, Due: at(1), Made: at(1)}}),
				tx.Suppression.Add(ctx, []suppression.Entry{{ID: core.SuppressionID(id[any]()), Business: x, Number: guest(2), Reason: suppression.OptOut, Source: "reply", Words: "stop it", At: at(1)}}))
		})
	}
	both := account.User{ID: core.UserID(id[any]()), Business: b, Email: b.String() + "@two-jobs.example", Role: account.Owner, Created: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddUser(ctx, both), tx.Access.PutMembership(ctx, access.Membership{Business: other, User: both.ID, Role: account.Staff, Added: t0}))
	})
	total := 0
	for range 100 {
		n := 0
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			n, err = tx.Closings.Forget(ctx, b, 2)
			return err
		})
		if n > 10 { // the sign-ins of one person may go together
			s.Fatalf("Forget has erased %d rows at once", n)
		}
		if total += n; n == 0 {
			break
		}
	}
	if total < 8 {
		s.Errorf("Forget has erased %d rows", total)
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.User(ctx, both.ID)
		s.equal("who works for another venue too", u.Business == other && u.Role == account.Staff, true)
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		for _, x := range []core.BusinessID{b, other} {
			gone := x == b
			has := func(what string, err error) {
				s.Helper()
				if gone {
					s.kind(what+" of an account that is gone", err, core.NotFound)
				} else if err != nil {
					s.Errorf("%s of another account: %v", what, err)
				}
			}
			_, err := tx.Accounts.User(ctx, users[x])
			has("the user", err)
			_, err = tx.Campaigns.Campaign(ctx, x, camps[x])
			has("the campaign", err)
			_, err = tx.Media.Medium(ctx, x, pics[x])
			has("the picture", err)
			_, err = tx.Threads.OfGuest(ctx, pairOf(x, 1))
			has("the thread", err)
			_, err = tx.Consent.Subscriber(ctx, pairOf(x, 1))
			has("the guest", err)
			ks, err := tx.Accounts.Keywords(ctx, x)
			s.equal("keywords are gone", len(ks) == 0, gone)
			ms, err2 := tx.Messages.ForPair(ctx, pairOf(x, 1), 10)
			s.equal("the text is there", len(ms), 1)
			s.equal("its words are gone", len(ms) == 1 && ms[0].Body == "", gone)
			biz, err3 := tx.Accounts.Business(ctx, x)
			s.equal("the business is blank", biz.Name == "" && biz.Sender.IsZero() && biz.Created.Equal(t0), gone)
			bars, err4 := tx.Suppression.Barring(ctx, []core.Pair{pairOf(x, 2)})
			s.equal("the guest is barred", len(bars), 1)
			list, err5 := tx.Suppression.Entries(ctx, x, time.Time{}, 10)
			s.equal("the number is gone from the list", len(list) == 0, gone)
			hist, err6 := tx.Consent.History(ctx, pairOf(x, 1))
			s.equal("the opt-in is there", len(hist), 1)
			if err := errors.Join(err, err2, err3, err4, err5, err6); err != nil {
				return err
			}
		}
		return nil
	})
}
