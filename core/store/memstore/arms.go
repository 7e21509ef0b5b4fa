package memstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
)

func (b messages) Arms(ctx context.Context, biz core.BusinessID, c core.CampaignID) (map[message.Arm]message.Tally, error) {
	out := make(map[message.Arm]message.Tally)
	for _, m := range b.ofCampaign(biz, c) {
		t, ok := out[m.Arm]
		if !ok {
			t = message.Tally{ByState: make(map[message.State]int), ByReason: make(map[message.Reason]int)}
			out[m.Arm] = t
		}
		t.ByState[m.State]++
		t.ByReason[message.Reason{State: m.State, Code: m.Reason}]++
	}
	return out, alive(ctx)
}

func (b messages) Results(ctx context.Context, biz core.BusinessID, c core.CampaignID) (map[message.Arm]message.Result, error) {
	out := make(map[message.Arm]message.Result)
	for _, m := range b.ofCampaign(biz, c) {
		if !m.State.Submitted() {
			continue
		}
		at := m.Submitted
		if at.IsZero() {
			at = m.Decided
		}
		r := out[m.Arm]
		r.Sent++
		sub, _ := b.d.subscribers.get(m.Pair())
		if s := sub.Standing; (s.State == consent.OptedOut || s.State == consent.Uncertain) && !s.Since.Before(at) {
			r.OptedOut++
		}
		if n, _ := b.d.notes.get(m.Pair()); !n.Wrote.IsZero() && !n.Wrote.Before(at) {
			r.Replied++
		}
		out[m.Arm] = r
	}
	return out, alive(ctx)
}

func (b messages) ofCampaign(biz core.BusinessID, c core.CampaignID) []*message.Message {
	ks, _ := b.d.byCampaign.get(campaignKey{biz, c})
	out := make([]*message.Message, 0, len(ks))
	for _, k := range ks {
		if m, ok := b.d.messages.get(k); ok {
			out = append(out, m)
		}
	}
	return out
}
