package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

type messages struct{ *tx }

// put stores m and keeps the indexes true.
func (b messages) put(m message.Message) {
	k := messageKey{m.Business, m.ID}
	b.d.messages.set(b.tx, k, m)
	mark := func(tb *table[messageKey, struct{}], in bool) {
		if _, is := tb.get(k); is == in {
			return
		}
		if in {
			tb.set(b.tx, k, struct{}{})
		} else {
			tb.remove(b.tx, k)
		}
	}
	mark(&b.d.planned, m.State == message.Planned)
	mark(&b.d.sending, m.State == message.Sending)
	if m.CarrierID != "" {
		b.d.byCarrier.set(b.tx, m.CarrierID, k)
	}
}

func (b messages) Plan(ctx context.Context, ms []message.Message) (int, error) {
	if err := b.write(ctx); err != nil {
		return 0, err
	}
	added := 0
	for _, m := range ms {
		pk := planKey{m.Business, m.Key}
		if _, taken := b.d.byKey.get(pk); taken {
			continue
		}
		k := messageKey{m.Business, m.ID}
		m.State = message.Planned
		b.put(m)
		b.d.byKey.set(b.tx, pk, k)
		appendTo(b.tx, &b.d.byPair, m.Pair(), k)
		if !m.Campaign.IsZero() {
			appendTo(b.tx, &b.d.byCampaign, campaignKey{m.Business, m.Campaign}, k)
		}
		added++
	}
	return added, nil
}

func (b messages) Claim(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	if err := b.write(ctx); err != nil {
		return nil, err
	}
	var due []message.Message
	for k := range b.d.planned.m {
		if m, _ := b.d.messages.get(k); !m.Due.After(now) {
			due = append(due, m)
		}
	}
	slices.SortFunc(due, func(x, y message.Message) int {
		return cmp.Or(cmp.Compare(priority(x), priority(y)), x.Due.Compare(y.Due), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return due[:min(n, len(due))], nil
}

func priority(m message.Message) int {
	if m.Class.Answers() {
		return 0
	}
	return 1
}

func (b messages) Record(ctx context.Context, vs []message.Verdict) ([]core.MessageID, error) {
	if err := b.write(ctx); err != nil {
		return nil, err
	}
	var written []core.MessageID
	for _, v := range vs {
		m, ok := b.d.messages.get(messageKey{v.Business, v.Message})
		if !ok || m.Attempt != v.Attempt || m.State != message.Planned && m.State != message.Sending {
			continue
		}
		m.State, m.Reason, m.ReasonAt, m.Decided = v.State, v.Reason, v.ReasonAt, v.At
		switch v.State {
		case message.Sending:
			m.Attempt++
			m.Lease = v.Lease
		case message.Planned:
			m.Due = v.Due
		default:
			m.Settled = v.At
		}
		b.put(m)
		written = append(written, v.Message)
	}
	return written, nil
}

func (b messages) Finish(ctx context.Context, os []message.Outcome) ([]core.MessageID, error) {
	if err := b.write(ctx); err != nil {
		return nil, err
	}
	var written []core.MessageID
	for _, o := range os {
		m, ok := b.d.messages.get(messageKey{o.Business, o.Message})
		if !ok || m.Attempt != o.Attempt {
			continue
		}
		if m.State != message.Sending && m.State != message.Unknown {
			if m.CarrierID == "" && o.CarrierID != "" && m.State != message.Planned {
				m.CarrierID = o.CarrierID
				b.put(m)
			}
			continue
		}
		if m.State == message.Unknown && o.State == message.Planned {
			continue // what was given up is never planned again
		}
		m.State, m.Code, m.Reason = o.State, o.Code, o.Reason
		if o.CarrierID != "" {
			m.CarrierID = o.CarrierID
		}
		switch o.State {
		case message.Planned:
			m.Due = o.Due
		case message.Failed:
			m.Settled = o.At
		default:
			m.Submitted = o.At
		}
		b.put(m)
		written = append(written, o.Message)
	}
	return written, nil
}

func (b messages) Lapse(ctx context.Context, now time.Time, n int) (int, error) {
	if err := b.write(ctx); err != nil {
		return 0, err
	}
	lapsed := 0
	for _, k := range b.sorted(&b.d.sending) {
		if m, _ := b.d.messages.get(k); m.Lease.Before(now) && lapsed < n {
			m.State, m.Reason = message.Unknown, "lease_lapsed"
			b.put(m)
			lapsed++
		}
	}
	return lapsed, nil
}

func (b messages) sorted(tb *table[messageKey, struct{}]) []messageKey {
	var ks []messageKey
	for k := range tb.m {
		ks = append(ks, k)
	}
	slices.SortFunc(ks, func(x, y messageKey) int { return bytes.Compare(x.id[:], y.id[:]) })
	return ks
}

func (b messages) Named(ctx context.Context, rs []message.Receipt) ([]message.Message, error) {
	out := make([]message.Message, len(rs))
	for i, r := range rs {
		if k, ok := b.named(r); ok {
			m, _ := b.d.messages.get(k)
			out[i] = message.Message{Business: m.Business, ID: m.ID, Campaign: m.Campaign, To: m.To}
		}
	}
	return out, alive(ctx)
}

func (b messages) Settle(ctx context.Context, rs []message.Receipt) ([]message.Receipt, error) {
	if err := b.write(ctx); err != nil {
		return nil, err
	}
	var unmatched []message.Receipt
	for _, r := range rs {
		k, ok := b.named(r)
		if !ok {
			unmatched = append(unmatched, r)
			continue
		}
		m, _ := b.d.messages.get(k)
		if m.CarrierID == "" && r.CarrierID != "" {
			m.CarrierID = r.CarrierID
			b.put(m)
		}
		if !m.State.Settles(m.Attempt, r.State) {
			continue
		}
		if m.Submitted.IsZero() {
			m.Submitted = r.At
		}
		m.State, m.Code = r.State, r.Code
		if r.State != message.Sent {
			m.Settled = r.At
		}
		b.put(m)
	}
	return unmatched, nil
}

func (b messages) named(r message.Receipt) (messageKey, bool) {
	if bid, id, err := r.Token.Parse(); err == nil {
		k := messageKey{bid, id}
		_, ok := b.d.messages.get(k)
		return k, ok
	}
	return b.d.byCarrier.get(r.CarrierID)
}

func (b messages) Cancel(ctx context.Context, p core.Pair, c message.Class, reason string, at time.Time) (int, error) {
	if err := b.write(ctx); err != nil {
		return 0, err
	}
	ks, _ := b.d.byPair.get(p)
	return b.cancel(ks, func(m message.Message) bool { return m.Class == c }, reason, at, len(ks)), nil
}

func (b messages) CancelCampaign(ctx context.Context, biz core.BusinessID, c core.CampaignID, reason string, at time.Time, n int) (int, error) {
	if err := b.write(ctx); err != nil {
		return 0, err
	}
	ks, _ := b.d.byCampaign.get(campaignKey{biz, c})
	return b.cancel(ks, func(message.Message) bool { return true }, reason, at, n), nil
}

func (b messages) cancel(ks []messageKey, which func(message.Message) bool, reason string, at time.Time, n int) int {
	cancelled := 0
	for _, k := range ks {
		m, _ := b.d.messages.get(k)
		if m.State != message.Planned || !which(m) || cancelled == n {
			continue
		}
		m.State, m.Reason, m.ReasonAt, m.Settled = message.Cancelled, reason, at, at
		b.put(m)
		cancelled++
	}
	return cancelled
}

func (b messages) Recent(ctx context.Context, pairs []core.Pair, since time.Time) (map[core.Pair][]time.Time, error) {
	out := make(map[core.Pair][]time.Time)
	for _, p := range unique(pairs) {
		ks, _ := b.d.byPair.get(p)
		for _, k := range ks {
			m, _ := b.d.messages.get(k)
			at := m.Submitted
			if at.IsZero() {
				at = m.Decided
			}
			if m.Class == message.Marketing && m.State.Submitted() && !at.Before(since) {
				out[p] = append(out[p], at)
			}
		}
		slices.SortFunc(out[p], func(x, y time.Time) int { return y.Compare(x) })
	}
	return out, alive(ctx)
}

func (b messages) Message(ctx context.Context, biz core.BusinessID, id core.MessageID) (message.Message, error) {
	m, ok := b.d.messages.get(messageKey{biz, id})
	if !ok {
		return m, notFound("Message", "message")
	}
	return m, alive(ctx)
}

func (b messages) ForPair(ctx context.Context, p core.Pair, n int) ([]message.Message, error) {
	ks, _ := b.d.byPair.get(p)
	var out []message.Message
	for _, k := range ks {
		m, _ := b.d.messages.get(k)
		out = append(out, m)
	}
	slices.SortFunc(out, func(x, y message.Message) int { return bytes.Compare(y.ID[:], x.ID[:]) })
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Tally(ctx context.Context, biz core.BusinessID, c core.CampaignID) (message.Tally, error) {
	t := message.Tally{ByState: make(map[message.State]int), ByReason: make(map[message.Reason]int)}
	ks, _ := b.d.byCampaign.get(campaignKey{biz, c})
	for _, k := range ks {
		m, _ := b.d.messages.get(k)
		t.ByState[m.State]++
		t.ByReason[message.Reason{State: m.State, Code: m.Reason}]++
	}
	return t, alive(ctx)
}

func (b messages) People(ctx context.Context, biz core.BusinessID, c core.CampaignID, q message.PeopleQuery, n int) ([]message.Message, error) {
	ks, _ := b.d.byCampaign.get(campaignKey{biz, c})
	var out []message.Message
	for _, k := range ks {
		m, _ := b.d.messages.get(k)
		if bytes.Compare(m.ID[:], q.After[:]) > 0 &&
			(len(q.States) == 0 || slices.Contains(q.States, m.State)) && (q.Reason == "" || q.Reason == m.Reason) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(x, y message.Message) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Backlog(ctx context.Context, now time.Time) (due, unknown int, err error) {
	for _, m := range b.d.messages.m {
		if m.State == message.Planned && !m.Due.After(now) {
			due++
		}
		if m.State == message.Unknown {
			unknown++
		}
	}
	return due, unknown, alive(ctx)
}
