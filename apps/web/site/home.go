package site

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A homeView is what the first page shows.
type homeView struct {
	Reachable, OptedOut, Joined int
	Doubts                      int // who may have opted out, for staff to read
	Next, Last                  *campaignRow
	Todo                        []todo
}

// A todo is one step of setting up, done or not.
type todo struct {
	Done              bool
	Title, Text       string
	ActionURL, Action string
}

func (s *site) home(v *visit) error {
	var counts map[consent.State]int
	var list []campaign.Campaign
	var doubts []suppression.Entry
	tallies := map[core.CampaignID]message.Tally{}
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if counts, err = tx.Consent.Count(ctx, v.biz.ID); err != nil {
			return err
		}
		if doubts, err = tx.Suppression.InForce(ctx, v.biz.ID, suppression.LikelyOut, perPage); err != nil {
			return err
		}
		if list, err = tx.Campaigns.List(ctx, v.biz.ID, core.CampaignID{}, 30); err != nil {
			return err
		}
		if last := newest(list, begun); last != nil {
			tallies[last.ID], err = tx.Messages.Tally(ctx, v.biz.ID, last.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	left := counts[consent.OptedOut] + counts[consent.Uncertain]
	h := homeView{Reachable: counts[consent.Active], OptedOut: left, Joined: counts[consent.Active] + left, Doubts: len(doubts)}
	if c := newest(list, func(c campaign.Campaign) bool { return c.Status == campaign.Scheduled }); c != nil {
		h.Next = v.row(*c, message.Tally{})
	}
	last := newest(list, begun)
	if last != nil {
		h.Last = v.row(*last, tallies[last.ID])
	}
	h.Todo = v.todos(h.Joined > 0, last != nil || h.Next != nil)
	return v.show(homePage(v.page("home", "home.title"), v.biz.Name, h))
}

func begun(c campaign.Campaign) bool {
	return c.Status == campaign.Sending || c.Status == campaign.Paused || c.Status.Over() && !c.Approved.IsZero()
}

func newest(list []campaign.Campaign, ok func(campaign.Campaign) bool) *campaign.Campaign {
	for i := range list {
		if ok(list[i]) {
			return &list[i]
		}
	}
	return nil
}

// todos are the steps to the first text; they go once all are done.
func (v *visit) todos(joined, sent bool) []todo {
	where, act := "/settings#registered", v.say("todo.registered.act")
	text := v.say("todo.registered.text")
	if v.s.Enroll.Works() {
		where, act, text = "/settings/number", v.say("todo.number.act"), v.say("todo.number.text")
	}
	steps := []todo{
		{true, v.say("todo.business"), v.say("todo.business.text"), "/settings", v.say("todo.business.act")},
		{v.biz.Registered, v.say("todo.registered"), text, where, act},
		{joined, v.say("todo.poster"), v.say("todo.poster.text"), "/grow", v.say("todo.poster.act")},
		{sent, v.say("todo.first"), v.say("todo.first.text"), "/campaigns/new", v.say("todo.first.act")},
	}
	for _, s := range steps {
		if !s.Done {
			return steps
		}
	}
	return nil
}
