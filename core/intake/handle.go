package intake

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Report says what a Step did.
type Report struct {
	Handled   int // events, of any kind
	Postponed int // events that could not be acted on yet
	OptedIn   int
	OptedOut  int
	Receipts  int
}

// receiptGrace is how long a receipt that fits no message is kept waiting for
// one: it may have overtaken the answer to the send.
const receiptGrace = 10 * time.Minute

// Step acts on up to n kept events in one transaction, oldest first. If that
// fails because of one of them, it acts on one at a time and puts off the one
// that fails, so that a single bad event never holds up the others.
func (s *Service) Step(ctx context.Context, n int) (Report, error) {
	rep, err := s.step(ctx, n)
	if err == nil || ctx.Err() != nil || core.KindOf(err) == core.Unavailable || core.KindOf(err) == core.Ambiguous {
		return rep, err
	}
	return s.oneByOne(ctx, n)
}

func (s *Service) step(ctx context.Context, n int) (Report, error) {
	var rep Report
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		rep = Report{}
		now := s.Clock.Now()
		events, err := tx.Inbox.Next(ctx, now, n)
		if err != nil || len(events) == 0 {
			return err
		}
		return s.act(ctx, tx, events, now, &rep)
	})
	return rep, err
}

// oneByOne is the slow way around an event that breaks its transaction.
func (s *Service) oneByOne(ctx context.Context, n int) (Report, error) {
	var sum Report
	for range n {
		var id string
		var attempts int
		var rep Report
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			rep, id = Report{}, ""
			now := s.Clock.Now()
			events, err := tx.Inbox.Next(ctx, now, 1)
			if err != nil || len(events) == 0 {
				return err
			}
			id, attempts = events[0].ID, events[0].Attempts
			return s.act(ctx, tx, events, now, &rep)
		})
		switch {
		case err != nil && (id == "" || ctx.Err() != nil || core.KindOf(err) == core.Unavailable || core.KindOf(err) == core.Ambiguous):
			return sum, err
		case err != nil:
			due := s.Clock.Now().Add(backoff(attempts))
			// The cause may quote values of the event: the inbox is shown to
			// people, so only the kind goes there.
			note := "could not be acted on yet: " + core.KindOf(err).String()
			if err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
				return tx.Inbox.Postpone(ctx, id, due, note)
			}); err != nil {
				return sum, err
			}
			sum.Postponed++
		case id == "":
			return sum, nil
		default:
			sum.add(rep)
		}
	}
	return sum, nil
}

func (r *Report) add(o Report) {
	r.Handled += o.Handled
	r.Postponed += o.Postponed
	r.OptedIn += o.OptedIn
	r.OptedOut += o.OptedOut
	r.Receipts += o.Receipts
}

// backoff is 2 s, doubled with each attempt, at most an hour.
func backoff(attempts int) time.Duration {
	return min(time.Hour, 2*time.Second<<min(attempts, 12))
}

// act acts on events within one transaction and marks them as handled.
func (s *Service) act(ctx context.Context, tx store.Tx, events []inbox.Stored, now time.Time, rep *Report) error {
	notes := make(map[string]string, len(events))
	var receipts []message.Receipt
	from := make(map[receiptKey][]inbox.Stored)
	moved := make(map[core.BusinessID]bool) // whose conversations have changed
	for _, st := range events {
		e := s.Provider.Parse(st.Raw, st.Received)
		e.ID = st.ID // the name it was kept under
		switch {
		case e.Provider != st.Provider:
			// Another's event, which only looks like one of the carrier's.
			notes[st.ID] = "kept, nothing acts on events of this provider"
			if s.Other != nil {
				note, err := s.Other.Heard(ctx, tx, st, now)
				if err != nil {
					return err
				}
				notes[st.ID] = note
			}
		case e.Kind == inbox.Delivery && e.Receipt != nil:
			k := keyOf(*e.Receipt)
			if from[k] = append(from[k], st); len(from[k]) == 1 {
				receipts = append(receipts, *e.Receipt)
			}
			notes[st.ID] = "receipt: " + e.Receipt.State.String()
		case e.Kind == inbox.Inbound && e.Text != nil:
			note, err := s.inbound(ctx, tx, e, now, moved, rep)
			if err != nil {
				return err
			}
			notes[st.ID] = note
		case e.Kind == inbox.Registry:
			note, err := news(ctx, tx, e.About, now)
			if err != nil {
				return err
			}
			notes[st.ID] = note
		case e.Kind == inbox.Unparsable:
			notes[st.ID] = "kept, not acted on: " + e.Problem
		default:
			notes[st.ID] = "kept, nothing to act on"
		}
	}
	if err := s.receipts(ctx, tx, receipts, from, notes, now, moved, rep); err != nil {
		return err
	}
	rep.Handled += len(notes)
	if err := tx.Inbox.Handled(ctx, now, notes); err != nil {
		return err
	}
	return touched(ctx, tx, moved)
}

// news has the carrier asked at once about the registrations that an event is
// about. What the event says is not taken at its word: the carrier's answer is
// what counts, and its events come late, twice and out of order.
func news(ctx context.Context, tx store.Tx, about []string, now time.Time) (string, error) {
	n := 0
	for _, id := range about {
		bs, err := tx.Registration.Named(ctx, id)
		if err != nil {
			return "", err
		}
		for _, b := range bs {
			l, err := tx.Registration.Lock(ctx, b)
			if err != nil {
				return "", err
			}
			l.Due = now
			if err := tx.Registration.Save(ctx, l); err != nil {
				return "", err
			}
			n++
		}
	}
	if n == 0 {
		return "kept, about a registration that is not ours", nil
	}
	return "the carrier is asked about the registration", nil
}

// A receiptKey tells receipts apart that a store gives back: one receipt may
// come in several events, and a store may write its instant in another zone.
type receiptKey struct {
	token     message.Token
	carrierID string
	state     message.State
	code      string
	optedOut  bool
	at        int64
}

func keyOf(r message.Receipt) receiptKey {
	return receiptKey{r.Token, r.CarrierID, r.State, r.Code, r.OptedOut, r.At.UnixMicro()}
}

// receipts settles messages. A receipt that fits none yet is put off.
func (s *Service) receipts(ctx context.Context, tx store.Tx, rs []message.Receipt, from map[receiptKey][]inbox.Stored, notes map[string]string, now time.Time, moved map[core.BusinessID]bool, rep *Report) error {
	unmatched, err := tx.Messages.Settle(ctx, rs)
	if err != nil {
		return err
	}
	if err := s.recordReceipts(ctx, tx, rs, from, now, moved); err != nil {
		return err
	}
	for _, r := range unmatched {
		for _, st := range from[keyOf(r)] {
			if now.Sub(st.Received) >= receiptGrace {
				notes[st.ID] = "receipt of no message of ours"
				continue
			}
			delete(notes, st.ID)
			rep.Postponed++
			if err := tx.Inbox.Postpone(ctx, st.ID, now.Add(backoff(st.Attempts)), "receipt came before its message"); err != nil {
				return err
			}
		}
	}
	rep.Receipts += len(rs) - len(unmatched)
	return nil
}

// recordReceipts writes down what the carrier said of messages of ours, and
// takes over the opt-outs that it knows of and we do not.
func (s *Service) recordReceipts(ctx context.Context, tx store.Tx, rs []message.Receipt, from map[receiptKey][]inbox.Stored, now time.Time, moved map[core.BusinessID]bool) error {
	if len(rs) == 0 {
		return nil
	}
	ms, err := tx.Messages.Named(ctx, rs)
	if err != nil {
		return err
	}
	records := make([]evidence.Record, 0, len(rs))
	for i, m := range ms {
		if !m.ID.IsZero() {
			if m.Campaign.IsZero() { // an answer, which stands in a conversation
				moved[m.Business] = true
			}
			records = append(records, evidence.NewReceipt(evidence.NewSeed(s.IDs, s.Salts), m, rs[i], from[keyOf(rs[i])][0].ID))
		}
	}
	if err := tx.Evidence.Append(ctx, records); err != nil {
		return err
	}
	for i, m := range ms {
		if rs[i].OptedOut && !m.ID.IsZero() {
			if err := CarrierOptOut(ctx, tx, s.IDs, s.Salts, m.Pair(), "carrier code "+rs[i].Code, now, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// CarrierOptOut records that the carrier blocks a pair because the person has
// opted out with it: suppression, the end of consent, and nothing more planned.
// at is when the carrier says so, or by our clock when we heard of it.
//
// Where the guest's last word is dated later than that, the opt-out counts from
// that word on: the carrier blocks whatever our clock, which may lag, makes of
// the order, and a guest who is blocked must not show as one who may be texted.
func CarrierOptOut(ctx context.Context, tx store.Tx, ids core.IDs, salts evidence.Salts, p core.Pair, source string, at, now time.Time) error {
	subs, err := tx.Consent.Lock(ctx, []core.Pair{p})
	if err != nil {
		return err
	}
	for _, sub := range subs {
		at = optout.Now(at, sub.Standing)
	}
	e := consent.Event{
		ID: core.EventID(ids.New()), Business: p.Business, Number: p.Number,
		Kind: consent.Revoked, Method: consent.ByCarrier, At: at, Recorded: now,
		Evidence: consent.Evidence{Rule: source},
	}
	if err := optout.Write(ctx, tx, salts, e, suppression.Carrier, source); err != nil {
		return err
	}
	_, err = tx.Messages.Cancel(ctx, p, message.Marketing, "opted_out", now)
	return err
}

// inbound acts on what a guest wrote, for each business that texts from the
// number.
func (s *Service) inbound(ctx context.Context, tx store.Tx, e inbox.Event, now time.Time, moved map[core.BusinessID]bool, rep *Report) (string, error) {
	if e.Text.From.IsZero() {
		return "written from no number that can be answered", nil
	}
	hs, err := s.hearings(ctx, tx, now, e)
	if err != nil {
		return "", err
	}
	if len(hs) == 0 {
		return "written to a number that no business texts from", nil
	}
	var notes []string
	for _, h := range hs {
		note, err := h.act(ctx, rep)
		if err != nil {
			return "", err
		}
		if err := h.show(ctx); err != nil {
			return "", err
		}
		moved[h.business.ID] = true
		if h.redact {
			if err := h.forget(ctx); err != nil {
				return "", err
			}
		}
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return strings.Join(notes, "; "), nil
}
