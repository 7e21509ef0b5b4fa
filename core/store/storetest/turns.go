package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/store"
)

// claimed claims up to n at the minute and records them as Sending.
func (s *suite) claimed(minute, n int) (got []message.Message) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) (err error) {
		if got, err = tx.Messages.Claim(ctx, at(minute), n); err != nil {
			return err
		}
		_, err = tx.Messages.Record(ctx, toSending(at(minute), got))
		return err
	})
	return got
}

// A venue with few texts is not kept waiting by one with many, nor a campaign
// by an older one of its own venue; and no place is left empty.
func testTurns(s *suite) {
	large, small := newBusiness(), newBusiness()
	first, second, third := newCampaignID(), newCampaignID(), newCampaignID()
	for i := range 60 {
		m := planned(large, first, i)
		m.Due = at(-60)
		s.plan(m)
	}
	for i := range 10 {
		m := planned(large, second, i)
		m.Due = at(-30)
		s.plan(m, planned(small, third, i))
	}
	count := func(ms []message.Message) (n [3]int) {
		for i, m := range ms {
			if i > 0 && m.Due.Before(ms[i-1].Due) {
				s.Errorf("claimed out of order: %v before %v", ms[i-1].Due, m.Due)
			}
			switch m.Campaign {
			case first:
				n[0]++
			case second:
				n[1]++
			case third:
				n[2]++
			}
		}
		return n
	}
	s.equal("of eight places", count(s.claimed(0, 8)), [3]int{2, 2, 4})
	s.equal("of forty, what the small ones leave goes to the large one", count(s.claimed(0, 40)), [3]int{26, 8, 6})
	s.equal("the rest", count(s.claimed(0, 100)), [3]int{32, 0, 0})
	s.equal("nothing is left", len(s.claimed(0, 100)), 0)
}

// A paused campaign is passed over, however long it waits; when it goes on, its
// texts are due as they were. When its time is over they are claimed, to be
// written down as expired.
func testPausedIsPassedOver(s *suite) {
	b, other := newBusiness(), newBusiness()
	c := campaign.Campaign{ID: newCampaignID(), Business: b, Status: campaign.Sending, SendAt: t0, NotAfter: at(600), Created: t0}
	runs := campaign.Campaign{ID: newCampaignID(), Business: b, Status: campaign.Sending, SendAt: t0, NotAfter: at(600), Created: t0}
	set := func(status campaign.Status) {
		s.update(func(ctx context.Context, tx store.Tx) error {
			now, err := tx.Campaigns.Campaign(ctx, b, c.ID)
			if err != nil {
				return err
			}
			now.Status = status
			return tx.Campaigns.Save(ctx, now)
		})
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Campaigns.Add(ctx, runs); err != nil {
			return err
		}
		return tx.Campaigns.Add(ctx, c)
	})
	for i := range 5 {
		s.plan(planned(b, c.ID, i))
	}
	s.plan(planned(b, runs.ID, 6), planned(other, c.ID, 1)) // another business's campaign of the same id is not paused
	answer := planned(b, core.CampaignID{}, 7)
	answer.Class, answer.Key = message.Help, key(7)
	s.plan(answer)
	set(campaign.Paused)
	s.equal("claimed while it is paused", len(s.claimed(0, 100)), 3)
	s.equal("claimed again", len(s.claimed(10, 100)), 0)
	set(campaign.Sending)
	s.equal("claimed when it goes on", len(s.claimed(10, 2)), 2)
	set(campaign.Paused)
	s.equal("claimed while it is paused again", len(s.claimed(599, 100)), 0)
	s.equal("claimed when its time is over", len(s.claimed(600, 100)), 3)
}

func testMoves(s *suite) {
	b, c := newBusiness(), newCampaignID()
	moves := []campaign.Move{
		{Business: b, Campaign: c, Revision: 2, From: campaign.Draft, To: campaign.Scheduled, By: core.UserID(id[any]()), At: t0},
		{Business: b, Campaign: c, Revision: 3, From: campaign.Scheduled, To: campaign.Sending, At: t0}, // by the worker
	}
	elsewhere := moves[0]
	elsewhere.Business = newBusiness()
	for _, m := range append(moves, elsewhere) {
		s.update(func(ctx context.Context, tx store.Tx) error { return tx.Campaigns.Note(ctx, m) })
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Campaigns.Moves(ctx, b, c)
		s.equal("moves", got, moves)
		none, err2 := tx.Campaigns.Moves(ctx, b, newCampaignID())
		s.equal("moves of none", len(none), 0)
		return errors.Join(err, err2)
	})
}

// A business whose meter says so is passed over, but for its answers; the zero
// id's meter holds everybody.
func testMeters(s *suite) {
	slow, quick := newBusiness(), newBusiness()
	answer := planned(slow, core.CampaignID{}, 7)
	answer.Class, answer.Key = message.Help, key(7)
	s.plan(planned(slow, newCampaignID(), 1), planned(quick, newCampaignID(), 1), answer)
	meter := pace.Meter{Free: at(-1), Until: at(5), Slow: 2.5, SlowAt: t0}
	save := func(b core.BusinessID, m pace.Meter) {
		s.update(func(ctx context.Context, tx store.Tx) error {
			return tx.Pace.SaveMeters(ctx, map[core.BusinessID]pace.Meter{b: m})
		})
	}
	save(slow, pace.Meter{Until: at(-5)})
	save(slow, meter)
	s.update(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Pace.Meters(ctx, []core.BusinessID{quick, slow, slow})
		s.equal("meters", got, map[core.BusinessID]pace.Meter{slow: meter})
		return err
	})
	s.equal("claimed while one is slowed", len(s.claimed(0, 100)), 2)
	save(core.BusinessID{}, pace.Meter{Until: at(9)})
	save(core.BusinessID{}, pace.Meter{}) // forgotten
	save(core.BusinessID{}, pace.Meter{Until: at(6)})
	s.equal("claimed while the account is", len(s.claimed(5, 100)), 0)
	s.equal("claimed after", len(s.claimed(6, 100)), 1)
}
