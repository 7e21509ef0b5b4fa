package dispatch

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// claim takes up to n due messages, decides them and records the verdicts, in one
// transaction. Where the commit may have happened, nothing is done: messages
// that are then in Sending are left to their lease, since another worker may
// have made the same attempt of them.
func (s *Service) claim(ctx context.Context, set Settings, n int) (*batch, error) {
	var b *batch
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.now()
		ms, err := tx.Messages.Claim(ctx, now, n)
		if err != nil {
			return err
		}
		ms, unread, err := withoutHeld(ctx, tx, ms, now)
		if err != nil {
			return err
		}
		if b, err = s.decideAll(ctx, tx, set, ms, now); err != nil {
			return err
		}
		b.report.Unread = b.report.Unread || unread
		if len(b.sending) > 0 {
			if err := b.meters.spend(ctx, tx, b.sending, now); err != nil {
				return err
			}
		}
		return tx.Threads.Touch(ctx, b.stopped)
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// redecide decides messages again that have waited too long in Sending.
func (s *Service) redecide(ctx context.Context, set Settings, ms []message.Message) (*batch, error) {
	var b *batch
	err := s.Store.Update(context.WithoutCancel(ctx), func(ctx context.Context, tx store.Tx) error {
		var err error
		if b, err = s.decideAll(ctx, tx, set, ms, s.now()); err != nil {
			return err
		}
		return tx.Threads.Touch(ctx, b.stopped)
	})
	return b, err
}

// now is the clock at the precision that stores keep, so that an instant that
// was stored equals the one that was meant.
func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

// decideAll decides messages that this transaction, or an attempt of this
// process, holds. It takes a constant number of queries.
func (s *Service) decideAll(ctx context.Context, tx store.Tx, set Settings, ms []message.Message, now time.Time) (*batch, error) {
	b := &batch{decided: now}
	b.report.Claimed = len(ms)
	if len(ms) == 0 {
		return b, nil
	}
	k, err := judge.Gather(ctx, tx, ms, now)
	if err != nil {
		return nil, err
	}
	unread, err := optOutsUnread(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	b.report.Unread = unread
	if b.meters, err = readMeters(ctx, tx, set, k.Rates(), now); err != nil {
		return nil, err
	}
	judged := ms[:0:0]
	verdicts := make([]message.Verdict, 0, len(ms))
	records := make([]evidence.Record, 0, len(ms))
	var c judge.Case // one for the batch: its slices are used again
	for _, m := range ms {
		if unread && waits(m) {
			if m.State == message.Sending {
				verdicts = append(verdicts, message.Verdict{
					Business: m.Business, Message: m.ID, Attempt: m.Attempt, State: message.Planned, Due: now.Add(unreadFor), Reason: "opt_outs_unread", At: now,
				})
				judged = append(judged, m)
			}
			continue // what was only planned stays due
		}
		if m.State == message.Planned && !b.meters.take(m) {
			continue // it stays due, and the meter says when
		}
		judged = append(judged, m)
		k.Judge(s.Book, set.judge(), m, now, &c)
		v := c.Verdict
		if v.State == message.Sending {
			v.Lease = now.Add(set.Lease)
		}
		verdicts = append(verdicts, v)
		if !c.Decided {
			continue
		}
		records = append(records, evidence.NewDecision(evidence.NewSeed(s.IDs, s.Salts), m, now, &c.Facts, &c.Decision))
	}
	b.report.Claimed = len(judged)
	return b, b.record(ctx, tx, judged, verdicts, records)
}

// withoutHeld drops what waits for opt-outs to be read, and says whether any may be
// unread. It only spares the locks of guests who are not texted now, for which
// whoever reads those opt-outs would wait: what counts is what is read with the
// locks held.
func withoutHeld(ctx context.Context, tx store.Tx, ms []message.Message, now time.Time) ([]message.Message, bool, error) {
	if len(ms) == 0 {
		return ms, false, nil
	}
	unread, err := optOutsUnread(ctx, tx, now)
	if !unread || err != nil {
		return ms, false, err
	}
	return slices.DeleteFunc(ms, waits), true, nil
}

// waits says whether an opt-out that is not read yet could stop the message.
func waits(m message.Message) bool { return !m.Class.Answers() || m.Class == message.Reply }

// unreadFor is how long a text that was on its way waits for opt-outs to be read.
const unreadFor = time.Second

// optOutsUnread says whether opt-outs may wait outside the store, on the disk of
// an ingester that lost it. Whoever sent them has been told that they are kept.
func optOutsUnread(ctx context.Context, tx store.Tx, now time.Time) (bool, error) {
	spools, err := tx.Inbox.Spools(ctx, now)
	return inbox.Unread(spools), err
}

// record writes verdicts and evidence, and keeps what may be submitted.
func (b *batch) record(ctx context.Context, tx store.Tx, ms []message.Message, vs []message.Verdict, records []evidence.Record) error {
	ids, err := tx.Messages.Record(ctx, vs)
	if err != nil {
		return err
	}
	written := make(map[core.MessageID]bool, len(ids))
	for _, id := range ids {
		written[id] = true
	}
	kept := records[:0]
	for _, r := range records {
		if written[r.Message] {
			kept = append(kept, r)
		}
	}
	if err := tx.Evidence.Append(ctx, kept); err != nil {
		return err
	}
	for i, v := range vs {
		if !written[v.Message] {
			continue // moved on in the meantime: not ours any more
		}
		if v.State != message.Sending && ms[i].Campaign.IsZero() {
			b.stopped = append(b.stopped, v.Business) // of the others, the outcome is shown
		}
		if v.State != message.Sending {
			b.report.stop(message.Reason{State: v.State, Code: v.Reason}, 1)
		}
		switch v.State {
		case message.Sending:
			m := ms[i]
			m.State, m.Attempt, m.Lease, m.Decided = message.Sending, m.Attempt+1, v.Lease, v.At
			b.sending = append(b.sending, m)
		case message.Planned:
			b.report.Waiting++
		case message.Blocked:
			b.report.Blocked++
		case message.Expired:
			b.report.Expired++
		case message.Cancelled:
			b.report.Cancelled++
		}
	}
	return nil
}
