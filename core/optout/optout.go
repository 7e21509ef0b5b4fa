// Package optout takes in opt-outs by every means: a reply, a link, what a guest
// told staff, a block of the carrier's. All of them end in [Write].
//
// A sender may not choose how guests revoke (47 CFR 64.1200(a)(10)), and a guest
// who wrote an e-mail has revoked as surely as one who replied STOP. Only a reply
// is answered by a text: the confirmation must be the only later one, and who
// used another way has its answer there.
package optout

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// Write records an opt-out, or what may be one: the event of consent, its
// record, and the entry that bars the guest, with source, words and actor. An
// event that is written twice is there once. The caller holds the guest's lock
// and cancels what is planned.
//
// A sure opt-out settles every doubt that is older.
func Write(ctx context.Context, tx store.Tx, salts evidence.Salts, e consent.Event, r suppression.Reason, source string) error {
	if err := tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	if err := tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(salts.Salt(), e, consent.Disclosure{})}); err != nil {
		return err
	}
	err := tx.Suppression.Add(ctx, []suppression.Entry{{
		ID: core.SuppressionID(e.ID), Business: e.Business, Number: e.Number, Reason: r, Source: source,
		Words: e.Evidence.RawText, Actor: e.Evidence.Actor, At: e.At,
	}})
	if err != nil || r == suppression.LikelyOut {
		return err
	}
	_, err = tx.Suppression.Lift(ctx, e.Business, e.Number, e.At, suppression.LikelyOut)
	return err
}

// Now is the instant of an opt-out that reaches us now. It is never before the
// guest's last word, which the carrier's clock dated: where ours lags, the
// opt-out would count as the older of the two, and bar nobody.
func Now(now time.Time, s consent.Standing) time.Time {
	if s.Since.After(now) {
		return s.Since
	}
	return now
}

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	Salts evidence.Salts
	Links *Links
}

// An Invitation is what the page of a link shows.
type Invitation struct {
	Business account.Business
	Number   core.Number
	OptedOut bool // already
}

// Open returns what a link is about. One that we did not make is NotFound.
func (s *Service) Open(ctx context.Context, token string) (Invitation, error) {
	var in Invitation
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		in, err = s.open(ctx, tx, token)
		return err
	})
	return in, err
}

func (s *Service) open(ctx context.Context, tx store.Tx, token string) (Invitation, error) {
	code, n, ok := s.Links.Open(token)
	if !ok {
		return Invitation{}, core.E("optout.Open", core.NotFound, "this is no link of ours")
	}
	k, err := tx.Accounts.KeywordByCode(ctx, code)
	if err != nil {
		return Invitation{}, err
	}
	b, err := tx.Accounts.Business(ctx, k.Business)
	if err != nil {
		return Invitation{}, err
	}
	in := Invitation{Business: b, Number: n}
	_, in.OptedOut, err = standing(ctx, tx, core.Pair{Business: b.ID, Number: n})
	return in, err
}

// standing is where a guest stands, and whether an opt-out bars them.
func standing(ctx context.Context, tx store.Tx, p core.Pair) (consent.Standing, bool, error) {
	sub, err := tx.Consent.Subscriber(ctx, p)
	if err != nil && !errors.Is(err, core.NotFound) {
		return consent.Standing{}, false, err
	}
	es, err := tx.Suppression.Barring(ctx, []core.Pair{p})
	for _, e := range es {
		if e.Business == p.Business && e.Reason == suppression.OptOut {
			return sub.Standing, sub.Standing.State != consent.Active, err
		}
	}
	return sub.Standing, false, err
}

// ByLink opts out the guest that a link is about. Who is opted out already stays
// so, and nothing is written.
func (s *Service) ByLink(ctx context.Context, token string) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		in, err := s.open(ctx, tx, token)
		if err != nil {
			return err
		}
		p := core.Pair{Business: in.Business.ID, Number: in.Number}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		st, out, err := standing(ctx, tx, p)
		if err != nil || out {
			return err
		}
		now := s.Clock.Now()
		e := consent.Event{
			ID: core.EventID(s.IDs.New()), Business: p.Business, Number: p.Number,
			Kind: consent.Revoked, Method: consent.ByWeb, At: Now(now, st), Recorded: now,
			Evidence: consent.Evidence{Rule: SourceLink},
		}
		return s.bar(ctx, tx, e, SourceLink)
	})
}

// SourceLink is the source of entries that a link made.
const SourceLink = "link"

// bar writes an opt-out and cancels what is planned for the guest.
func (s *Service) bar(ctx context.Context, tx store.Tx, e consent.Event, source string) error {
	if err := Write(ctx, tx, s.Salts, e, suppression.OptOut, source); err != nil {
		return err
	}
	_, err := tx.Messages.Cancel(ctx, core.Pair{Business: e.Business, Number: e.Number}, message.Marketing, "opted_out", e.Recorded)
	return err
}
