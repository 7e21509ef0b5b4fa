package site

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/rights"
)

// A requestRow is what a guest asked, with its clock.
type requestRow struct {
	Number, Kind, How, Words, At string
	Clock                        ui.Badge
	Due                          string // what is due next, as a sentence
	Open, Acknowledged, Extended bool
	Deletes, Corrects            bool
	Action, EraseURL, DataURL    string
}

type requestsView struct {
	Waiting, Done []requestRow
	Form          requestForm
}

// A requestForm is what staff type about a guest who asked.
type requestForm struct{ Number, Kind, Words, Bad string }

func (s *site) requests(v *visit) error {
	return v.showRequests(http.StatusOK, requestForm{})
}

func (v *visit) showRequests(code int, f requestForm) error {
	open, err := v.s.Rights.Open(v.ctx(), v.biz.ID, perPage)
	if err != nil {
		return err
	}
	all, err := v.s.Rights.List(v.ctx(), v.biz.ID, perPage)
	if err != nil {
		return err
	}
	view := requestsView{Form: f}
	for _, r := range open {
		view.Waiting = append(view.Waiting, v.requestRow(r))
	}
	for _, r := range all {
		if !r.Closed.IsZero() {
			view.Done = append(view.Done, v.requestRow(r))
		}
	}
	return v.showWith(code, requestsPage(v.page("settings", "rights.title"), view))
}

func (v *visit) requestRow(r privacy.Request) requestRow {
	ref := v.seal.ref(r.Number)
	row := requestRow{
		Number: r.Number.Masked(), Kind: v.say("rights.kind." + r.Kind.String()), How: v.say("rights.source." + r.Source), Words: r.Words, At: v.when(r.At),
		Open: r.Closed.IsZero(), Acknowledged: !r.Acknowledged.IsZero(), Extended: !r.Extended.IsZero(), Deletes: r.Kind == privacy.Delete, Corrects: r.Kind == privacy.Correct,
		Action: "/settings/privacy/" + r.ID.String(), EraseURL: "/subscribers/" + ref + "/erase", DataURL: "/subscribers/" + ref + "/data",
	}
	if !row.Open {
		row.Clock = ui.Badge{Tone: "good", Icon: "check", Text: v.say("rights.outcome."+r.Outcome, "when", v.when(r.Closed))}
		return row
	}
	c := r.Clock(v.s.Clock.Now())
	row.Clock = ui.Badge{Icon: "wait", Text: v.say("rights.left", "n", c.Left)}
	switch {
	case c.Overdue:
		row.Clock.Tone, row.Clock.Text = "bad", v.say("rights.late", "n", -c.Left)
	case c.Left <= 7:
		row.Clock.Tone = "warn"
	}
	due := "rights.answer"
	if c.Acknowledge {
		due = "rights.acknowledge"
	}
	row.Due = v.say(due, "day", c.Due.In(located(v.biz.Zone)).Format("January 2"))
	return row
}

// enterRequest writes down what a guest asked staff.
func (s *site) enterRequest(v *visit) error {
	by, err := rights.Staff(v.user)
	if err != nil {
		return err
	}
	get := v.req.PostFormValue
	f := requestForm{Number: get("number"), Kind: get("kind"), Words: get("words")}
	n, _ := onboard.Number(f.Number) // none is a mistake that is told
	k, _ := privacy.ParseKind(f.Kind)
	_, err = s.Rights.Enter(v.ctx(), by, core.Pair{Business: v.biz.ID, Number: n}, k, f.Words, privacy.ReasonAsked)
	if core.KindOf(err) == core.Invalid {
		f.Bad = core.MessageOf(err)
		return v.showRequests(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	v.flash("good", v.say("rights.entered", "guest", n.Masked()))
	return v.see("/settings/privacy")
}

// actOnRequest is one tap on a request that waits.
func (s *site) actOnRequest(v *visit) error {
	by, err := rights.Staff(v.user)
	if err != nil {
		return err
	}
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return errNotFound
	}
	r, do := core.RecordID(id), v.req.PostFormValue("do")
	switch do {
	case "acknowledge":
		err = s.Rights.Acknowledge(v.ctx(), by, v.biz.ID, r)
	case "extend":
		err = s.Rights.Extend(v.ctx(), by, v.biz.ID, r)
	case "corrected":
		err = s.Rights.Close(v.ctx(), by, v.biz.ID, r, privacy.Corrected, "")
	case "refuse":
		err = s.Rights.Close(v.ctx(), by, v.biz.ID, r, privacy.Refused, v.req.PostFormValue("why"))
	default:
		return errNotFound
	}
	if k := core.KindOf(err); err != nil && (k == core.Conflict || k == core.Invalid) {
		v.flash("warn", core.MessageOf(err))
		return v.see("/settings/privacy")
	}
	if err != nil {
		return err
	}
	v.flash("good", v.say("rights.done."+do))
	return v.see("/settings/privacy")
}

// A heldView is everything that is held of a guest.
type heldView struct {
	Ref, Number, GuestURL string
	Held                  bool
	Facts                 []heldFact
	Lines                 []heldLine
	Kept                  []rights.KeptData
	Records               int
	Hashed                bool
}

type heldFact struct{ Name, Value string }

type heldLine struct{ When, What, Words string }

// held shows what is held of a guest: looking answers nothing.
func (s *site) held(v *visit) error {
	p, view, err := v.heldOf()
	if err != nil {
		return err
	}
	d, err := s.Rights.Look(v.ctx(), p)
	if err != nil {
		return err
	}
	v.fill(&view, d)
	return v.show(heldPage(v.page("subscribers", "rights.data.title"), view))
}

func (v *visit) heldOf() (core.Pair, heldView, error) {
	ref := v.req.Param("ref")
	n, err := v.seal.open(ref)
	return core.Pair{Business: v.biz.ID, Number: n}, heldView{Ref: ref, Number: n.Masked(), GuestURL: "/subscribers/" + ref}, err
}

func (v *visit) fill(view *heldView, d rights.Data) {
	view.Held, view.Kept, view.Records = d.Held, d.Kept, d.Records
	if st := d.Standing; st != nil {
		view.Facts = append(view.Facts, heldFact{v.say("col.state"), v.say("standing." + st.State)}, heldFact{v.say("col.joined"), v.when(st.Joined)})
	}
	for _, t := range d.Tags {
		view.Facts = append(view.Facts, heldFact{v.say("rights.tag"), t})
	}
	for _, b := range d.Barred {
		view.Facts = append(view.Facts, heldFact{v.say("rights.barred"), v.say("barred."+b.Reason) + " · " + v.when(b.At)})
	}
	for _, e := range d.Consent {
		view.Lines = append(view.Lines, heldLine{v.when(e.At), v.say("rights.event." + e.Kind), e.Said})
	}
	for _, t := range d.Texts {
		view.Lines = append(view.Lines, heldLine{v.when(t.At), v.say("rights.text", "state", t.State), t.Words})
	}
	for _, x := range d.Said {
		view.Lines = append(view.Lines, heldLine{v.when(x.At), v.say("rights.said." + x.By), x.Words})
	}
}

// takeOut hands out the copy, and answers the requests that asked for it.
func (s *site) takeOut(v *visit) error {
	by, err := rights.Staff(v.user)
	if err != nil {
		return err
	}
	p, _, err := v.heldOf()
	if err != nil {
		return err
	}
	d, err := s.Rights.Export(v.ctx(), by, p)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="guest-data.json"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(b)
	return err
}

// eraseForm says what goes and what stays, before it is done.
func (s *site) eraseForm(v *visit) error {
	p, view, err := v.heldOf()
	if err != nil {
		return err
	}
	d, err := s.Rights.Look(v.ctx(), p)
	if err != nil {
		return err
	}
	v.fill(&view, d)
	return v.show(erasePage(v.page("subscribers", "rights.erase.title"), view))
}

func (s *site) erase(v *visit) error {
	by, err := rights.Staff(v.user)
	if err != nil {
		return err
	}
	p, view, err := v.heldOf()
	if err != nil {
		return err
	}
	reason := privacy.ReasonAsked
	if v.req.PostFormValue("child") != "" {
		reason = privacy.ReasonChild
	}
	e, err := s.Rights.Erase(v.ctx(), by, p, reason)
	if errors.Is(err, core.Conflict) {
		v.flash("warn", core.MessageOf(err))
		return v.see("/settings/privacy")
	}
	if err != nil {
		return err
	}
	v.flash("good", v.say("rights.erased", "guest", view.Number, "n", e.Cancelled))
	return v.see("/settings/privacy")
}

// askByLink takes a request from whoever holds the guest's link. It hands out
// nothing: the venue answers.
func (s *site) askByLink(w http.ResponseWriter, req bunrouter.Request) error {
	token := req.Param("token")
	in, err := s.OptOut.Open(req.Context(), token)
	if err != nil {
		return err
	}
	k, _ := privacy.ParseKind(req.PostFormValue("kind"))
	if k != privacy.Export && k != privacy.Delete {
		return errNotFound
	}
	_, err = s.Rights.Enter(req.Context(), rights.Caller{Source: privacy.ByLink}, core.Pair{Business: in.Business.ID, Number: in.Number}, k, "", privacy.ReasonAsked)
	if err != nil {
		return err
	}
	s.alone(w)
	return see(w, req.Request, "/o/"+token+"?asked="+k.String())
}
