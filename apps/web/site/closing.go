package site

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/closing"
)

// A closingView is the page on which an account ends, or is kept after all.
type closingView struct {
	Name, Business string
	Problem        string
	Asked, EraseAt string // "" while nobody asked
	May            bool   // the person is an owner
}

func (v *visit) closingView() (closingView, error) {
	x := closingView{Name: v.biz.Name, Business: v.biz.ID.String(), May: v.user.Role >= account.Owner}
	c, err := v.s.Depart.Of(v.ctx(), v.biz.ID)
	if errors.Is(err, core.NotFound) {
		return x, nil
	}
	x.Asked, x.EraseAt = v.day(c.Asked), v.day(c.EraseAt)
	return x, err
}

// day is a day at the venue, with its year.
func (v *visit) day(t time.Time) string { return t.In(located(v.biz.Zone)).Format("January 2, 2006") }

func (s *site) closing(v *visit) error {
	x, err := v.closingView()
	if err != nil {
		return err
	}
	return v.show(closingPage(v.page("settings", "closing.title"), x))
}

// closeAccount asks for the venue's name, so that nobody does it by a slip.
func (s *site) closeAccount(v *visit) error {
	if err := v.need(account.Owner); err != nil {
		return err
	}
	x, err := v.closingView()
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSpace(v.req.PostFormValue("name")), strings.TrimSpace(v.biz.Name)) {
		x.Problem = v.say("closing.name.bad")
		return v.showWith(http.StatusUnprocessableEntity, closingPage(v.page("settings", "closing.title"), x))
	}
	c, err := s.Depart.Ask(v.ctx(), v.user)
	if err != nil {
		return err
	}
	v.flash("warn", v.say("closing.asked", "day", v.day(c.EraseAt)))
	return v.see("/settings/delete")
}

func (s *site) keepAccount(v *visit) error {
	if err := v.need(account.Owner); err != nil {
		return err
	}
	if err := s.Depart.Withdraw(v.ctx(), v.user); err != nil {
		return err
	}
	v.flash("good", v.say("closing.kept"))
	return v.see("/settings/delete")
}

// graceDays is how long an account can be kept after all.
const graceDays = int(closing.Grace / (24 * time.Hour))
