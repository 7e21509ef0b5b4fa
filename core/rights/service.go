// Package rights answers guests' requests about their own data: it writes them
// down, tells what is held, and erases it. What may be asked, and by when it must
// be answered, is in [github.com/jobfluss/nexo/core/privacy].
package rights

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store   store.Store
	Clock   core.Clock
	IDs     core.IDs
	Salts   evidence.Salts
	Periods retention.Periods
}

// A Caller is who does something, and by which way.
type Caller struct {
	User   core.UserID // zero for the guest, and for an operator
	Source string      // privacy.ByStaff, privacy.ByOperator, privacy.ByText or privacy.ByLink
}

// Staff is the caller for a user; one whose role does not reach gets Denied.
func Staff(u account.User) (Caller, error) {
	if u.Role < account.Staff {
		return Caller{}, core.E("rights", core.Denied, "You may look, and not answer for guests. Ask a manager.")
	}
	return Caller{User: u.ID, Source: privacy.ByStaff}, nil
}

const maxWords = 1000

// Enter writes down a request. A second one of the same kind, while the first is
// open, is the first: two requests for one number have one answer.
func (s *Service) Enter(ctx context.Context, by Caller, p core.Pair, k privacy.Kind, words, reason string) (r privacy.Request, err error) {
	const op = "rights.Enter"
	words = strings.TrimSpace(words)
	switch {
	case k == privacy.NoKind:
		return r, core.E(op, core.Invalid, "say what is asked for: to know, a copy, a correction or deletion")
	case p.Number.IsZero() || p.Business.IsZero():
		return r, core.E(op, core.Invalid, "write the guest's ten-digit number, like (512) 555-0100")
	case utf8.RuneCountInString(words) > maxWords || !utf8.ValidString(words):
		return r, core.E(op, core.Invalid, "this is too long; use at most 1,000 characters")
	case k == privacy.Correct && words == "":
		return r, core.E(op, core.Invalid, "say what is wrong and what is right")
	}
	if reason != privacy.ReasonChild {
		reason = privacy.ReasonAsked
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Accounts.Business(ctx, p.Business); err != nil {
			return err
		}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		var open bool
		if r, open, err = s.open(ctx, tx, p, k); err != nil || open {
			return err
		}
		r = s.request(by, p, k, words, reason)
		return tx.Requests.Add(ctx, r)
	})
	return r, err
}

func (s *Service) request(by Caller, p core.Pair, k privacy.Kind, words, reason string) privacy.Request {
	now := s.now()
	r := privacy.Request{ID: core.RecordID(s.IDs.New()), Business: p.Business, Number: p.Number, Kind: k, Source: by.Source, Words: words, Reason: reason, By: by.User, At: now}
	if by.Source != privacy.ByStaff && by.Source != privacy.ByOperator {
		r.Acknowledged = now // by the page or the text that took it
	}
	return r
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

// open returns the request of the kind that waits.
func (s *Service) open(ctx context.Context, tx store.Tx, p core.Pair, k privacy.Kind) (privacy.Request, bool, error) {
	rs, err := tx.Requests.OfPair(ctx, p)
	for _, r := range rs {
		if r.Kind == k && r.Closed.IsZero() {
			return r, true, err
		}
	}
	return privacy.Request{}, false, err
}

// Acknowledge notes that the guest was told that the request has come in.
func (s *Service) Acknowledge(ctx context.Context, by Caller, b core.BusinessID, id privacy.RequestID) error {
	return s.change(ctx, b, id, func(r *privacy.Request, now time.Time) error {
		if r.Acknowledged.IsZero() {
			r.Acknowledged = now
		}
		return nil
	})
}

// Extend notes that the guest was told that it takes 45 days more, which may be
// done once.
func (s *Service) Extend(ctx context.Context, by Caller, b core.BusinessID, id privacy.RequestID) error {
	return s.change(ctx, b, id, func(r *privacy.Request, now time.Time) error {
		if !r.Extended.IsZero() {
			return core.E("rights.Extend", core.Conflict, "this was extended already; it may be only once")
		}
		if now.After(r.AnswerBy()) {
			return core.E("rights.Extend", core.Conflict, "the time to answer is over; it can be extended only before")
		}
		r.Extended = now
		return nil
	})
}

// Close closes a request: with privacy.Corrected, privacy.Answered, or with privacy.Refused and why.
func (s *Service) Close(ctx context.Context, by Caller, b core.BusinessID, id privacy.RequestID, outcome, why string) error {
	const op = "rights.Close"
	why = strings.TrimSpace(why)
	if outcome != privacy.Corrected && outcome != privacy.Answered && outcome != privacy.Refused {
		return core.E(op, core.Invalid, "say what became of the request")
	}
	if outcome == privacy.Refused && why == "" {
		return core.E(op, core.Invalid, "say why it is refused: the guest must be told")
	}
	return s.change(ctx, b, id, func(r *privacy.Request, now time.Time) error {
		if outcome != privacy.Refused && r.Kind == privacy.Delete {
			return core.E(op, core.Conflict, "a request to delete is closed by erasing")
		}
		if why != "" {
			r.Words = strings.TrimSpace(r.Words + "\n" + why)
		}
		s.closed(r, by, outcome, now)
		return nil
	})
}

func (s *Service) closed(r *privacy.Request, by Caller, outcome string, now time.Time) {
	if r.Acknowledged.IsZero() {
		r.Acknowledged = now
	}
	r.Closed, r.ClosedBy, r.Outcome = now, by.User, outcome
}

func (s *Service) change(ctx context.Context, b core.BusinessID, id privacy.RequestID, f func(*privacy.Request, time.Time) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		r, err := tx.Requests.Request(ctx, b, id)
		if err != nil {
			return err
		}
		if !r.Closed.IsZero() {
			return core.E("rights", core.Conflict, "this request was answered already")
		}
		if err := f(&r, s.now()); err != nil {
			return err
		}
		return tx.Requests.Save(ctx, r)
	})
}

// Look returns what is held of a guest, and writes nothing.
func (s *Service) Look(ctx context.Context, p core.Pair) (d Data, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		d, err = s.gather(ctx, tx, p, s.Clock.Now())
		return err
	})
	return d, err
}

// Export returns what is held of a guest, and answers the open requests to know
// or to have a copy. It is on record, with who made it; one that nobody asked
// for before is asked for by this.
func (s *Service) Export(ctx context.Context, by Caller, p core.Pair) (d Data, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		now := s.now()
		if d, err = s.gather(ctx, tx, p, now); err != nil {
			return err
		}
		outcome := privacy.Answered
		if !d.Held {
			outcome = privacy.Nothing
		}
		if err := s.answer(ctx, tx, by, p, outcome, privacy.Export, privacy.Know); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), p.Business, now, by.User, evidence.DataExported, core.CampaignID{}, map[string]string{"source": by.Source, "outcome": outcome}),
		})
	})
	return d, err
}

// answer closes the open requests of the kinds. Where there is none, it adds one
// of the first kind that is closed: the log has every answer.
func (s *Service) answer(ctx context.Context, tx store.Tx, by Caller, p core.Pair, outcome string, kinds ...privacy.Kind) error {
	found := false
	for _, k := range kinds {
		r, open, err := s.open(ctx, tx, p, k)
		if err != nil {
			return err
		}
		if !open {
			continue
		}
		found = true
		s.closed(&r, by, outcome, s.now())
		if err := tx.Requests.Save(ctx, r); err != nil {
			return err
		}
	}
	if found {
		return nil
	}
	r := s.request(by, p, kinds[0], "", privacy.ReasonAsked)
	s.closed(&r, by, outcome, r.At)
	return tx.Requests.Add(ctx, r)
}

// An Erasure is what was erased, and what is kept all the same.
type Erasure struct {
	Forgotten retention.Forgotten
	Cancelled int  // texts that were planned
	Hashed    bool // the entry that bars the number has only its keyed hash
	Kept      []KeptData
}

// Erase erases what is held of a guest and answers the open requests to delete.
// Consent ends with it, whatever was planned is cancelled, and an entry bars the
// number for good: under its keyed hash where a key is configured. Proofs that
// texts were lawful stay until nobody can sue over them (Cal. Civ. Code
// 1798.105(d)(8)).
//
// Where a legal hold covers the guest it is a Conflict, nothing is erased, and
// the requests stay open.
func (s *Service) Erase(ctx context.Context, by Caller, p core.Pair, reason string) (e Erasure, err error) {
	if reason != privacy.ReasonChild {
		reason = privacy.ReasonAsked
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		e = Erasure{Kept: s.kept()}
		holds, err := tx.Holds.InForce(ctx, core.BusinessID{})
		if err != nil {
			return err
		}
		if holds.Held(retention.Thing{Business: p.Business, Number: p.Number}) {
			return core.E("rights.Erase", core.Conflict, "a legal hold keeps this guest's data; nothing was erased. Tell the guest that it takes longer, and erase once the hold is lifted")
		}
		if _, err := tx.Accounts.Business(ctx, p.Business); err != nil {
			return err
		}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		if err := s.end(ctx, tx, by, p, reason); err != nil {
			return err
		}
		if e.Cancelled, err = tx.Messages.Cancel(ctx, p, message.Marketing, "erased", s.now()); err != nil {
			return err
		}
		if err := tx.Threads.Erase(ctx, p); err != nil {
			return err
		}
		if e.Forgotten, err = tx.Shelf.ForgetGuest(ctx, p, namedBy(holds)); err != nil {
			return err
		}
		if e.Hashed, err = tx.Suppression.Forget(ctx, p.Business, p.Number); err != nil {
			return err
		}
		if err := s.answer(ctx, tx, by, p, privacy.Erased, privacy.Delete); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewErasure(evidence.NewSeed(s.IDs, s.Salts), p.Business, s.now(), by.User, why(by, reason, e), nil),
		})
	})
	return e, err
}

// namedBy are the numbers that a hold of any business names: a webhook that has
// one of them is not touched, whosever it is.
func namedBy(holds retention.Holds) (out []core.Number) {
	for _, h := range holds {
		if !h.Number.IsZero() {
			out = append(out, h.Number)
		}
	}
	return out
}

func why(by Caller, reason string, e Erasure) string {
	return fmt.Sprintf("privacy request (%s, %s): words of %d texts, %d events, %d webhooks; %d texts cancelled", by.Source, reason, e.Forgotten.Texts, e.Forgotten.Events, e.Forgotten.Webhooks, e.Cancelled)
}

// end ends consent, on record, and bars the number; as underage where that is
// the reason.
func (s *Service) end(ctx context.Context, tx store.Tx, by Caller, p core.Pair, reason string) error {
	es, err := tx.Suppression.Barring(ctx, []core.Pair{p})
	if err != nil {
		return err
	}
	bar := suppression.OptOut
	if reason == privacy.ReasonChild {
		bar = suppression.Underage
	}
	for _, e := range es {
		if e.Business == p.Business && e.Reason == bar {
			return nil
		}
	}
	sub, err := tx.Consent.Lock(ctx, []core.Pair{p})
	if err != nil {
		return err
	}
	var st consent.Standing
	if len(sub) > 0 {
		st = sub[0].Standing
	}
	method := consent.ByStaff
	if by.Source == privacy.ByLink {
		method = consent.ByWeb
	} else if by.Source == privacy.ByText {
		method = consent.ByReply
	}
	now := s.now()
	actor := ""
	if !by.User.IsZero() {
		actor = by.User.String()
	}
	return optout.Write(ctx, tx, s.Salts, consent.Event{
		ID: core.EventID(s.IDs.New()), Business: p.Business, Number: p.Number, Kind: consent.Revoked, Method: method,
		At: optout.Now(now, st), Recorded: now, Evidence: consent.Evidence{Rule: "privacy.delete", Actor: actor, Note: reason},
	}, bar, "privacy")
}

// kept says what outlives an erasure.
func (s *Service) kept() []KeptData {
	of := func(what string, c retention.Class) KeptData {
		return KeptData{What: what, Long: s.Periods.Of(c).String(), Why: c.Rule().Why + " (" + c.Rule().Source + ")"}
	}
	return []KeptData{
		of("that this number must not be texted", retention.Suppressions),
		of("the proof of consent", retention.ConsentProof),
		of("the proof of the opt-out", retention.Revocations),
		of("number, time and outcome of each text, without its words", retention.Texts),
		of("why each text was allowed, without its words", retention.Decisions),
		of("that this was asked and answered", retention.Requests),
	}
}

// Open returns up to n requests that wait, oldest first.
func (s *Service) Open(ctx context.Context, b core.BusinessID, n int) (rs []privacy.Request, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		rs, err = tx.Requests.Open(ctx, b, n)
		return err
	})
	return rs, err
}

// List returns up to n requests of a business, newest first.
func (s *Service) List(ctx context.Context, b core.BusinessID, n int) (rs []privacy.Request, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		rs, err = tx.Requests.List(ctx, b, n)
		return err
	})
	return rs, err
}
