package site

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/store"
)

// tag puts a tag on a guest, or takes it off.
func (s *site) tag(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	back := "/subscribers/" + v.seal.ref(n)
	t, err := guest.ParseTag(v.req.PostFormValue("tag"))
	if err != nil {
		v.flash("warn", core.MessageOf(err))
		return v.see(back)
	}
	pair := core.Pair{Business: v.biz.ID, Number: n}
	full := false
	err = s.Database.Store.Update(v.ctx(), func(ctx context.Context, tx store.Tx) error {
		full = false
		if _, err := tx.Consent.Subscriber(ctx, pair); err != nil {
			return err // nobody's tags are kept who is no guest
		}
		if v.req.PostFormValue("do") == "remove" {
			return tx.Guests.Untag(ctx, pair, t)
		}
		notes, err := tx.Guests.Of(ctx, v.biz.ID, []core.Number{n})
		if full = err == nil && len(notes[n].Tags) >= guest.MostTags; full || err != nil {
			return err
		}
		return tx.Guests.Tag(ctx, pair, t)
	})
	if err != nil {
		return err
	}
	if full {
		v.flash("warn", v.say("tags.full", "n", guest.MostTags))
	}
	return v.see(back)
}
