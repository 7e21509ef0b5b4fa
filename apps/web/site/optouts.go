package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A barRow is one entry of the suppression list.
type barRow struct{ URL, Number, Reason, How, Words, At, Lifted string }

// A doubtRow is a guest who may have opted out.
type doubtRow struct {
	URL, Number, Since string
	Said               []string
	Action, Last       string
}

type optOutsView struct {
	Doubts []doubtRow
	Rows   []barRow
	Next   string
}

func (s *site) optOuts(v *visit) error {
	var before time.Time
	if b := v.req.URL.Query().Get("before"); b != "" {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, b); err != nil {
			return errNotFound
		}
	}
	var entries []suppression.Entry
	var doubts []optout.Doubt
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if entries, err = tx.Suppression.Entries(ctx, v.biz.ID, before, perPage+1); err != nil {
			return err
		}
		doubts, err = optout.Doubts(ctx, tx, v.biz.ID, perPage)
		return err
	})
	if err != nil {
		return err
	}
	var view optOutsView
	if len(entries) > perPage {
		entries = entries[:perPage]
		view.Next = "/optouts?before=" + url.QueryEscape(entries[perPage-1].At.UTC().Format(time.RFC3339Nano))
	}
	for _, e := range entries {
		view.Rows = append(view.Rows, barRow{
			URL: "/subscribers/" + v.seal.ref(e.Number), Number: e.Number.Masked(), Reason: v.say("barred." + e.Reason.String()),
			How: v.sourceOf(e.Source), Words: e.Words, At: v.when(e.At), Lifted: v.when(e.Lifted),
		})
	}
	for _, d := range doubts {
		view.Doubts = append(view.Doubts, v.doubtRow(d))
	}
	return v.show(optOutsPage(v.page("optouts", "optouts.title"), view))
}

func (v *visit) doubtRow(d optout.Doubt) doubtRow {
	ref := v.seal.ref(d.Number)
	r := doubtRow{URL: "/subscribers/" + ref, Number: d.Number.Masked(), Since: v.when(d.Since), Action: "/optouts/doubts/" + ref, Last: d.Last().String()}
	for _, e := range d.Said {
		r.Said = append(r.Said, e.Evidence.RawText)
	}
	return r
}

// sourceOf says how an opt-out came, "" where its reason says it all.
func (v *visit) sourceOf(source string) string {
	switch source {
	case "reply", optout.SourceLink:
		return v.say("source." + source)
	}
	for m := optout.ByEmail; m <= optout.ByLetter; m++ {
		if source == m.Source() {
			return v.say("source.staff", "means", v.say("means."+m.String()))
		}
	}
	return ""
}

// settleDoubt is one tap on a guest who may have opted out.
func (s *site) settleDoubt(v *visit) error {
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	last, err := core.ParseUUID(v.req.PostFormValue("last"))
	if err != nil {
		return errNotFound
	}
	out := v.req.PostFormValue("do") == "out"
	if !out && v.req.PostFormValue("do") != "undo" {
		return errNotFound
	}
	switch err := s.OptOut.Settle(v.ctx(), v.user, n, core.EventID(last), out); {
	case errors.Is(err, core.Conflict):
		v.flash("warn", core.MessageOf(err))
	case err != nil:
		return err
	case out:
		v.flash("good", v.say("doubt.out.done", "guest", n.Masked()))
	default:
		v.flash("good", v.say("doubt.undo.done", "guest", n.Masked()))
	}
	if back := v.req.PostFormValue("back"); back != "" {
		return v.see(local(back)) // the conversation that it was read in
	}
	return v.see("/optouts")
}

// An optOutForm is what staff type about a guest who told them.
type optOutForm struct {
	Ref, Masked              string // of a guest who was chosen from the list
	Number, Means, Words, On string
	Today                    string
	Bad                      optout.Problems
}

func (v *visit) newOptOut() optOutForm {
	today := v.s.Clock.Now().In(located(v.biz.Zone)).Format("2006-01-02")
	return optOutForm{On: today, Today: today}
}

func (s *site) optOutForm(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	f := v.newOptOut()
	if f.Ref = v.req.URL.Query().Get("guest"); f.Ref != "" {
		n, err := v.seal.open(f.Ref)
		if err != nil {
			return err
		}
		f.Masked = n.Masked()
	}
	return v.show(optOutFormPage(v.page("optouts", "optout.title"), f))
}

func (s *site) enterOptOut(v *visit) error {
	f, get := v.newOptOut(), v.req.PostFormValue
	f.Ref, f.Number, f.Means, f.Words, f.On = get("guest"), get("number"), get("means"), get("words"), get("day")
	var n core.Number
	var err error
	if f.Ref != "" {
		if n, err = v.seal.open(f.Ref); err != nil {
			return err
		}
		f.Masked = n.Masked()
	} else {
		n, _ = onboard.Number(f.Number) // none is a problem of the request
	}
	barred, err := s.OptOut.Enter(v.ctx(), v.user, optout.Request{Number: n, Means: f.Means, Words: f.Words, Day: f.On})
	if errors.As(err, &f.Bad) {
		return v.showWith(http.StatusUnprocessableEntity, optOutFormPage(v.page("optouts", "optout.title"), f))
	}
	if err != nil {
		return err
	}
	if barred {
		v.flash("good", v.say("optout.done", "guest", n.Masked()))
	} else {
		v.flash("warn", v.say("optout.overtaken", "guest", n.Masked()))
	}
	return v.see("/optouts")
}

// meansChoices are how a guest can have told staff.
func meansChoices(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "field.choose")}}
	for m := optout.ByEmail; m <= optout.ByLetter; m++ {
		out = append(out, ui.Option{Value: m.String(), Label: t(ctx, "means."+m.String())})
	}
	return out
}
