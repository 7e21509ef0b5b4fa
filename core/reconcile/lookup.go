package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

const (
	// grace is how long receipts are waited for before the carrier is asked. It
	// delivers a webhook within seconds, and tries again for minutes.
	grace = 15 * time.Minute
	// remembered is how long the carrier can say what became of a text.
	remembered = 10 * 24 * time.Hour
	// lookUps is how many texts are asked about before the answers are written.
	lookUps = 50
	// betweenLookUps is how long the carrier is left alone between two of them.
	betweenLookUps = 25 * time.Millisecond
	// atOnce is how many are under way together: one answer takes some tenths of a second.
	atOnce = 8
	// failures is after how many errors in a row the carrier is taken to be away.
	failures = 3
)

// LookedUp says what looking up has come to.
type LookedUp struct {
	Asked   int
	Settled int // of them, texts whose state the answers changed
	Silent  int // of them, texts of which the carrier knows nothing
	Failed  int // questions that it did not answer
}

// LookUp asks the carrier about texts whose receipts never came: those it has
// taken, and those that may have gone out. It ends when there is none left that
// is due, or the carrier cannot be asked any more. A text of which the carrier
// knows nothing stays as it is: of one that may have gone out only a person can
// then say more. Nothing is sent again.
//
// A text is looked up a quarter of an hour after it was decided, and then at
// twice its age each time, until the carrier remembers it no more.
func (s *Service) LookUp(ctx context.Context) (LookedUp, error) {
	var sum LookedUp
	for {
		now := s.Clock.Now()
		var ms []message.Message
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			ms, err = tx.Messages.Unsettled(ctx, now.Add(-grace), lookUps)
			return err
		})
		if err != nil || len(ms) == 0 {
			return sum, err
		}
		answers, asked, askErr := s.ask(ctx, ms, &sum)
		// What was learnt before the carrier went away is worth keeping.
		if err := s.learn(ctx, asked, answers, now, &sum); err != nil {
			return sum, err
		}
		if askErr != nil {
			if err := s.wait(ctx, askErr); err != nil {
				return sum, err
			}
		}
	}
}

// An answer is what the carrier knows of a text.
type answer struct {
	message.Message
	receipt message.Receipt
}

// A reply is what came of one question.
type reply struct {
	receipt message.Receipt
	found   bool
	err     error
	old     bool // nobody was asked: the carrier would not remember
}

// ask asks about some texts at once, one batch after the other, and returns those
// that it has asked about. A text that the carrier fails on is counted as asked
// about, so that it does not stand in the way of the others.
func (s *Service) ask(ctx context.Context, ms []message.Message, sum *LookedUp) (answers []answer, asked []message.Message, err error) {
	var doubtful []message.Message // the last ones, on which it failed
	for i, batch := range slices.Collect(slices.Chunk(ms, atOnce)) {
		if i > 0 {
			if err := s.pause(ctx, betweenLookUps); err != nil {
				return answers, asked, err
			}
		}
		for i, r := range s.together(ctx, batch) {
			m := batch[i]
			if r.old {
				asked, sum.Silent = append(asked, m), sum.Silent+1
				continue
			}
			if r.err != nil {
				sum.Failed++
				err = r.err
				if doubtful = append(doubtful, m); len(doubtful) == failures || ctx.Err() != nil {
					return answers, asked, err
				}
				continue
			}
			sum.Asked++
			asked, doubtful = append(append(asked, doubtful...), m), nil
			// An answer about another text would settle this one falsely.
			if r.found && (r.receipt.Token == "" || r.receipt.Token == m.Token()) {
				answers = append(answers, answer{m, r.receipt})
			} else {
				sum.Silent++
			}
		}
	}
	if len(asked) == 0 {
		return nil, nil, err
	}
	return answers, append(asked, doubtful...), nil
}

// together asks about a few texts, beginning one after the other, and returns when
// all have their replies.
func (s *Service) together(ctx context.Context, ms []message.Message) []reply {
	out := make([]reply, len(ms))
	var all sync.WaitGroup
	for i, m := range ms {
		if s.Clock.Now().Sub(m.Decided) > remembered {
			out[i].old = true
			continue
		}
		if i > 0 {
			if out[i].err = s.pause(ctx, betweenLookUps); out[i].err != nil {
				continue
			}
		}
		all.Go(func() {
			r := &out[i]
			r.receipt, r.found, r.err = s.one(ctx, m)
		})
	}
	all.Wait()
	return out
}

func (s *Service) one(ctx context.Context, m message.Message) (message.Receipt, bool, error) {
	if m.CarrierID != "" {
		if r, found, err := s.Carrier.Lookup(ctx, m.CarrierID); found || err != nil {
			return r, found, err
		}
	}
	return s.Carrier.Find(ctx, m)
}

// learn settles what was answered, and notes when each is to be asked about next.
func (s *Service) learn(ctx context.Context, asked []message.Message, answers []answer, now time.Time, sum *LookedUp) error {
	if len(asked) == 0 {
		return nil
	}
	settled := 0
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		settled = 0
		var rs []message.Receipt
		var news []evidence.Record
		var optedOut []answer
		for _, a := range answers {
			r := a.receipt
			r.Token = a.Token()
			if r.At.IsZero() {
				r.At = now
			}
			rs = append(rs, r)
			if a.State.Settles(a.Attempt, r.State) {
				settled++
				news = append(news, evidence.NewReceipt(evidence.NewSeed(s.IDs, s.Salts), a.Message, r, evidence.LookedUp))
			}
			if r.OptedOut {
				optedOut = append(optedOut, a)
			}
		}
		if _, err := tx.Messages.Settle(ctx, rs); err != nil {
			return err
		}
		if err := tx.Evidence.Append(ctx, news); err != nil {
			return err
		}
		for _, a := range optedOut {
			if err := intake.CarrierOptOut(ctx, tx, s.IDs, s.Salts, a.Pair(), "carrier code "+a.receipt.Code, now, now); err != nil {
				return err
			}
		}
		return tx.Messages.Looked(ctx, looks(asked, now))
	})
	if err == nil {
		sum.Settled += settled
	}
	return err
}

// looks says from when on each text counts as not asked about.
func looks(ms []message.Message, now time.Time) []message.Look {
	out := make([]message.Look, len(ms))
	for i, m := range ms {
		age := now.Sub(m.Decided)
		next := now.Add(max(age, grace))
		if age > remembered {
			next = now.AddDate(100, 0, 0) // never: nobody would remember
		}
		out[i] = message.Look{Business: m.Business, Message: m.ID, At: next.Add(-grace)}
	}
	return out
}
