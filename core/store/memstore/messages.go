package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
)

type messages struct{ *tx }

// message returns a copy of what is stored.
func (b messages) message(k messageKey) (message.Message, bool) {
	m, ok := b.d.messages.get(k)
	if !ok {
		return message.Message{}, false
	}
	return *m, true
}

// put stores m and keeps the indexes true.
func (b messages) put(m message.Message) {
	k := messageKey{m.Business, m.ID}
	old, had := b.d.messages.get(k)
	b.d.messages.set(b.tx, k, &m)
	mark(b.tx, &b.d.sending, k, m.State == message.Sending)
	mark(b.tx, &b.d.unknown, k, m.State == message.Unknown)
	if m.State != message.Planned {
		b.d.planned.remove(b.tx, k)
	} else if !had || old.State != message.Planned || !old.Due.Equal(m.Due) {
		b.d.planned.set(b.tx, k, m.Due)
	}
	if m.CarrierID != "" && (!had || old.CarrierID != m.CarrierID) {
		b.d.byCarrier.set(b.tx, m.CarrierID, k)
	}
	if had {
		b.count(old, -1)
	}
	b.count(&m, 1)
}

// mark puts k into a set or takes it out.
func mark(t *tx, tb *table[messageKey, struct{}], k messageKey, in bool) {
	if _, is := tb.get(k); is == in {
		return
	}
	if in {
		tb.set(t, k, struct{}{})
	} else {
		tb.remove(t, k)
	}
}

// count keeps the tally of a campaign: to count its messages anew each time
// would make a large campaign slow.
func (b messages) count(m *message.Message, n int) {
	if m.Campaign.IsZero() {
		return
	}
	k := campaignKey{m.Business, m.Campaign}
	counts, ok := b.d.counts[k]
	if !ok {
		counts = make(map[message.Reason]int)
		b.d.counts[k] = counts
	}
	r := message.Reason{State: m.State, Code: m.Reason}
	counts[r] += n
	b.undo = append(b.undo, func() { counts[r] -= n })
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
	var answers, rest []message.Message
	account, _ := b.d.meters.get(core.BusinessID{})
	for k, due := range b.d.planned.m {
		if due.After(now) {
			continue
		}
		m, _ := b.message(k)
		c, _ := b.d.campaigns.get(campaignKey{m.Business, m.Campaign})
		own, _ := b.d.meters.get(m.Business)
		switch {
		case m.Due.After(now), c.Status == campaign.Paused && c.NotAfter.After(now):
		case m.Class.Answers():
			answers = append(answers, m)
		case own.NotBefore().After(now), account.NotBefore().After(now):
		default:
			rest = append(rest, m)
		}
	}
	due := inTurns(answers, n)
	due = append(due, inTurns(rest, n-len(due))...)
	slices.SortFunc(due, func(x, y message.Message) int {
		return cmp.Or(cmp.Compare(priority(x), priority(y)), x.Due.Compare(y.Due), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return due, nil
}

// inTurns takes up to n of ms, so many of each business and campaign as
// [message.Share] says, until the places or the messages are given out.
func inTurns(ms []message.Message, n int) []message.Message {
	if len(ms) <= n {
		return ms
	}
	slices.SortFunc(ms, func(x, y message.Message) int { return cmp.Or(x.Due.Compare(y.Due), bytes.Compare(x.ID[:], y.ID[:])) })
	left := make(map[campaignKey][]message.Message)
	for _, m := range ms {
		k := campaignKey{m.Business, m.Campaign}
		left[k] = append(left[k], m)
	}
	var out []message.Message
	for len(out) < n {
		var lanes []message.Lane
		for k, ms := range left {
			if len(ms) > 0 {
				lanes = append(lanes, message.Lane{Business: k.business, Campaign: k.id, Due: ms[0].Due})
			}
		}
		for i, places := range message.Share(lanes, n-len(out)) {
			k := campaignKey{lanes[i].Business, lanes[i].Campaign}
			take := min(places, len(left[k]))
			out, left[k] = append(out, left[k][:take]...), left[k][take:]
		}
	}
	return out
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
		m, ok := b.message(messageKey{v.Business, v.Message})
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
		m, ok := b.message(messageKey{o.Business, o.Message})
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

func (b messages) Lapse(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	if err := b.write(ctx); err != nil {
		return nil, err
	}
	var lapsed []message.Message
	for _, k := range b.sorted(&b.d.sending) {
		if m, _ := b.message(k); m.Lease.Before(now) && len(lapsed) < n {
			m.State, m.Reason = message.Unknown, "lease_lapsed"
			b.put(m)
			lapsed = append(lapsed, message.Message{Business: m.Business, ID: m.ID, Campaign: m.Campaign, To: m.To, Attempt: m.Attempt})
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
		m, _ := b.message(k)
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
		m, _ := b.message(k)
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
	m, ok := b.message(messageKey{biz, id})
	if !ok {
		return m, notFound("Message", "message")
	}
	return m, alive(ctx)
}

func (b messages) ForPair(ctx context.Context, p core.Pair, n int) ([]message.Message, error) {
	ks, _ := b.d.byPair.get(p)
	var out []message.Message
	for _, k := range ks {
		m, _ := b.message(k)
		out = append(out, m)
	}
	slices.SortFunc(out, func(x, y message.Message) int { return bytes.Compare(y.ID[:], x.ID[:]) })
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Left(ctx context.Context, biz core.BusinessID, c core.CampaignID) (bool, error) {
	for r, n := range b.d.counts[campaignKey{biz, c}] {
		if n > 0 && (r.State == message.Planned || r.State == message.Sending) {
			return true, alive(ctx)
		}
	}
	return false, alive(ctx)
}

func (b messages) Tally(ctx context.Context, biz core.BusinessID, c core.CampaignID) (message.Tally, error) {
	t := message.Tally{ByState: make(map[message.State]int), ByReason: make(map[message.Reason]int)}
	for r, n := range b.d.counts[campaignKey{biz, c}] {
		if n > 0 {
			t.ByState[r.State] += n
			t.ByReason[r] += n
		}
	}
	return t, alive(ctx)
}

func (b messages) Tallies(ctx context.Context, biz core.BusinessID, cs []core.CampaignID) (map[core.CampaignID]message.Tally, error) {
	out := make(map[core.CampaignID]message.Tally)
	for _, c := range cs {
		t, err := b.Tally(ctx, biz, c)
		if err != nil {
			return nil, err
		}
		if t.Audience() > 0 {
			out[c] = t
		}
	}
	return out, alive(ctx)
}

func (b messages) People(ctx context.Context, biz core.BusinessID, c core.CampaignID, q message.PeopleQuery, n int) ([]message.Message, error) {
	ks, _ := b.d.byCampaign.get(campaignKey{biz, c})
	var out []message.Message
	for _, k := range ks {
		m, _ := b.d.messages.get(k)
		if bytes.Compare(m.ID[:], q.After[:]) > 0 &&
			(len(q.States) == 0 || slices.Contains(q.States, m.State)) && (q.Reason == "" || q.Reason == m.Reason) {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, func(x, y message.Message) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Unsettled(ctx context.Context, before time.Time, n int) ([]message.Message, error) {
	looked := func(m message.Message) time.Time {
		if at, ok := b.d.looked.get(messageKey{m.Business, m.ID}); ok {
			return at
		}
		return m.Decided
	}
	var out []message.Message
	for _, m := range b.d.messages.m {
		if (m.State == message.Sent || m.State == message.Unknown) && looked(*m).Before(before) {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, func(x, y message.Message) int {
		return cmp.Or(looked(x).Compare(looked(y)), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Looked(ctx context.Context, ls []message.Look) error {
	if err := b.write(ctx); err != nil {
		return err
	}
	for _, l := range ls {
		b.d.looked.set(b.tx, messageKey{l.Business, l.Message}, l.At)
	}
	return nil
}

func (b messages) Unknown(ctx context.Context, biz core.BusinessID, after core.MessageID, n int) ([]message.Message, error) {
	var out []message.Message
	for _, k := range b.sorted(&b.d.unknown) {
		if bytes.Compare(k.id[:], after[:]) > 0 && (biz.IsZero() || k.business == biz) && len(out) < n {
			m, _ := b.message(k)
			out = append(out, m)
		}
	}
	return out, alive(ctx)
}

func (b messages) Coded(ctx context.Context, code string, settled time.Time, after core.MessageID, n int) ([]message.Message, error) {
	order := func(x message.Message, t time.Time, id core.MessageID) int {
		return cmp.Or(x.Settled.Compare(t), bytes.Compare(x.ID[:], id[:]))
	}
	var out []message.Message
	for _, m := range b.d.messages.m {
		if m.Code == code && code != "" && !m.Settled.IsZero() && order(*m, settled, after) > 0 {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, func(x, y message.Message) int { return order(x, y.Settled, y.ID) })
	return out[:min(n, len(out))], alive(ctx)
}

func (b messages) Backlog(ctx context.Context, now time.Time) (due, unknown int, err error) {
	for _, at := range b.d.planned.m {
		if !at.After(now) {
			due++
		}
	}
	unknown = len(b.d.unknown.m)
	return due, unknown, alive(ctx)
}
