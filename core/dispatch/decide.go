package dispatch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// pausedFor is how long a message of a paused campaign is put off before it is
// looked at again.
const pausedFor = 30 * time.Second

// claim takes due messages, decides them and records the verdicts, in one
// transaction. Where the commit may have happened, nothing is done: messages
// that are then in Sending are left to their lease, since another worker may
// have made the same attempt of them.
func (s *Service) claim(ctx context.Context, set Settings) (*batch, error) {
	var b *batch
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.now()
		ms, err := tx.Messages.Claim(ctx, now, set.Batch)
		if err != nil {
			return err
		}
		b, err = s.decideAll(ctx, tx, set, ms, now)
		return err
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
		b, err = s.decideAll(ctx, tx, set, ms, s.now())
		return err
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
	k, err := gather(ctx, tx, ms, now)
	if err != nil {
		return nil, err
	}
	verdicts := make([]message.Verdict, 0, len(ms))
	records := make([]evidence.Decision, 0, len(ms))
	var f decide.Facts // one for the batch: its slices are used again
	for _, m := range ms {
		v := message.Verdict{Business: m.Business, Message: m.ID, Attempt: m.Attempt, At: now}
		if !k.campaignRuns(m, &v, now) {
			verdicts = append(verdicts, v)
			continue
		}
		k.facts(m, set, now, &f)
		d := s.Book.Decide(&f)
		apply(&d, &f, &v, set)
		if v.State == message.Sending && m.Class == message.Marketing {
			k.recent[m.Pair()] = append(k.recent[m.Pair()], now)
		}
		verdicts = append(verdicts, v)
		records = append(records, evidence.Decision{
			Business: m.Business, Message: m.ID, Attempt: m.Attempt, At: now,
			Edition: d.Edition, Verdict: d.Verdict.String(),
			Facts: f.AppendJSON(nil), Findings: d.AppendJSON(nil),
		})
	}
	return b, b.record(ctx, tx, ms, verdicts, records)
}

// record writes verdicts and evidence, and keeps what may be submitted.
func (b *batch) record(ctx context.Context, tx store.Tx, ms []message.Message, vs []message.Verdict, records []evidence.Decision) error {
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

// campaignRuns reports whether the campaign of m, if it has one, is running; if
// not, it fills in v.
func (k *knowledge) campaignRuns(m message.Message, v *message.Verdict, now time.Time) bool {
	if m.Campaign.IsZero() {
		return true
	}
	c, ok := k.campaigns[m.Campaign]
	switch {
	case ok && c.Status == campaign.Sending:
		return true
	case ok && c.Status == campaign.Paused && now.Before(m.NotAfter):
		v.State, v.Due, v.Reason = message.Planned, now.Add(pausedFor), "campaign_paused"
	case ok && c.Status == campaign.Paused:
		v.State, v.Reason, v.ReasonAt = message.Expired, "expiry.past", m.NotAfter
	default:
		v.State, v.Reason, v.ReasonAt = message.Cancelled, "campaign_"+c.Status.String(), c.Ended
	}
	return false
}

// apply turns a decision into what is done with the message.
func apply(d *decide.Decision, f *decide.Facts, v *message.Verdict, set Settings) {
	if d.Verdict == decide.Send {
		v.State, v.Lease = message.Sending, f.Now.Add(set.Lease)
		return
	}
	why := reason(d)
	v.Reason, v.ReasonAt = why.Rule.String()+"."+why.Code.String(), why.Time()
	if v.ReasonAt.IsZero() && why.Rule == decide.RuleConsent {
		v.ReasonAt = f.Consent.RevokedAt // a report names the time of the opt-out
	}
	switch {
	case d.Verdict == decide.Wait:
		v.State, v.Due, v.ReasonAt = message.Planned, d.NotBefore, d.NotBefore
	case onlyExpired(d):
		v.State = message.Expired
	default:
		v.State = message.Blocked
	}
}

// reason is the finding that a report names: the first of the strictest. Rules
// speak in the order in which people ask: may we, then may we now.
func reason(d *decide.Decision) decide.Finding {
	for _, f := range d.Findings() {
		if f.Verdict == d.Verdict {
			return f
		}
	}
	return decide.Finding{}
}

// onlyExpired reports whether nothing but time stands in the way.
func onlyExpired(d *decide.Decision) bool {
	for _, f := range d.Findings() {
		if f.Verdict == decide.Block && f.Rule != decide.RuleExpiry {
			return false
		}
	}
	return true
}
