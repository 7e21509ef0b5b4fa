package site

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A moveRow is one thing that was done with a campaign.
type moveRow struct{ What, When string }

// moves are those of a campaign in words, newest first.
func (v *visit) moves(ctx context.Context, tx store.Tx, id core.CampaignID) ([]moveRow, error) {
	ms, err := tx.Campaigns.Moves(ctx, v.biz.ID, id)
	if err != nil {
		return nil, err
	}
	names := map[core.UserID]string{}
	out := make([]moveRow, len(ms))
	for i, m := range ms {
		if _, known := names[m.By]; !known {
			if names[m.By], err = v.nameOf(ctx, tx, m.By); err != nil {
				return nil, err
			}
		}
		what := v.moveWords(m)
		if who := names[m.By]; who != "" {
			what = v.say("moves.by", "what", what, "who", who)
		}
		out[len(ms)-1-i] = moveRow{What: what, When: v.when(m.At)}
	}
	return out, nil
}

// nameOf is "" for the worker.
func (v *visit) nameOf(ctx context.Context, tx store.Tx, id core.UserID) (string, error) {
	if id.IsZero() {
		return "", nil
	}
	u, err := tx.Accounts.User(ctx, id)
	if core.KindOf(err) == core.NotFound {
		if name, err := v.programOf(ctx, tx, id); err != nil || name != "" {
			return name, err
		}
	}
	switch {
	case core.KindOf(err) == core.NotFound, err == nil && u.Business != v.biz.ID:
		return v.say("moves.gone"), nil
	case err != nil:
		return "", err
	case u.Name != "":
		return u.Name, nil
	}
	return u.Email, nil
}

// programOf is the name of a token that acted; "" where the id is no token's.
func (v *visit) programOf(ctx context.Context, tx store.Tx, id core.UserID) (string, error) {
	ts, err := tx.Tokens.Tokens(ctx, v.biz.ID)
	for _, t := range ts {
		if t.ID == token.ID(id) {
			return v.say("api.program", "name", t.Name), err
		}
	}
	return "", err
}

func (v *visit) moveWords(m campaign.Move) string {
	switch {
	case m.To == campaign.Draft:
		return v.say("moves.unscheduled")
	case m.To == campaign.Scheduled:
		return v.say("moves.approved")
	case m.From == campaign.Paused && m.To == campaign.Sending:
		return v.say("moves.resumed")
	case m.To == campaign.Sending:
		return v.say("moves.began")
	}
	return v.say("moves." + m.To.String())
}

// copyCampaign makes a draft like a campaign, and shows it.
func (v *visit) copyCampaign(id core.CampaignID) error {
	c, err := v.s.Launch.Copy(v.ctx(), v.biz.ID, id)
	if err != nil {
		return err
	}
	v.flash("good", v.say("moved.copy"))
	return v.see("/campaigns/" + c.ID.String() + "/edit")
}
