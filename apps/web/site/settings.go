package site

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/onboard"
)

func (s *site) settings(v *visit) error {
	return v.showSettings(http.StatusOK, v.formOf(v.biz), nil)
}

func (v *visit) showSettings(code int, form onboard.Form, bad onboard.Problems) error {
	in, err := v.invitation("")
	if err != nil && !errors.Is(err, core.NotFound) {
		return err
	}
	return v.showWith(code, settingsPage(v.page("settings", "settings.title"), form, bad, in, v.user, v.s.Enroll.Works()))
}

func (s *site) saveSettings(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	form := businessForm(v.req.Request, s.o.PublicURL)
	form.FromCarrier = s.Enroll.Works()
	biz, err := s.Onboard.UpdateBusiness(v.ctx(), v.biz.ID, v.user.ID, form)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		form.Sender = v.biz.Sender.E164()
		form.RhythmTexts = cmp.Or(form.RhythmTexts, strconv.Itoa(account.DefaultRhythm.Texts))
		form.RhythmHours = cmp.Or(form.RhythmHours, strconv.Itoa(account.DefaultRhythm.Hours))
		return v.showSettings(http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	text := "settings.saved"
	if consent.Disclose(biz, "", biz.Created).Version != consent.Disclose(v.biz, "", v.biz.Created).Version {
		text = "settings.saved.words" // posters on the wall may now say something else
	}
	v.flash("good", v.say(text))
	return v.see("/settings")
}

// formOf is the form that would make b. Addresses of pages that we serve are
// left empty, so that they stay ours.
func (v *visit) formOf(b account.Business) onboard.Form {
	ours := func(u string) string {
		if strings.HasPrefix(u, v.s.o.PublicURL+"/") {
			return ""
		}
		return u
	}
	rhythm := b.Rhythm.Or(account.DefaultRhythm)
	return onboard.Form{
		RhythmTexts: strconv.Itoa(rhythm.Texts), RhythmHours: strconv.Itoa(rhythm.Hours),
		ATTClass: orEmpty(int(b.Class)), TMobileTier: orEmpty(int(b.Tier)),
		BusinessName: b.Name, LegalName: b.LegalName, Street: b.Street, City: b.City, State: b.State.String(), ZIP: b.ZIP, Zone: b.Zone.String(),
		Website: b.Website, HelpContact: b.HelpContact, TermsURL: ours(b.TermsURL), PrivacyURL: ours(b.PrivacyURL),
		ServesAlcohol: b.ServesAlcohol, AgeGate: b.AgeGate, DoubleOptIn: b.DoubleOptIn, Registered: b.Registered, MonthlyTexts: strconv.Itoa(b.MonthlyTexts), Sender: b.Sender.E164(),
	}
}

// orEmpty is the value of an option, "" for the one that says nothing.
func orEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
