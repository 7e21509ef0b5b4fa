package site

import (
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// settleUnknown takes what a person says of a text that may have gone out.
func (s *site) settleUnknown(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	c, err := v.campaignID()
	if err != nil {
		return err
	}
	u, err := core.ParseUUID(v.req.Param("message"))
	if err != nil {
		return errNotFound
	}
	outcome := v.req.Param("outcome")
	if outcome != "arrived" && outcome != "lost" {
		return errNotFound
	}
	err = s.Desk.Settle(v.ctx(), v.user.ID, v.biz.ID, core.MessageID(u), outcome == "arrived")
	switch {
	case err == nil:
		v.flash("good", v.say("unknown.settled."+outcome))
	case core.KindOf(err) == core.Conflict:
		v.flash("warn", core.MessageOf(err))
	default:
		return err
	}
	return v.see("/campaigns/" + c.String() + "?show=unknown#people")
}
