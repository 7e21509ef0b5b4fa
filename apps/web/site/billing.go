package site

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/charge"
)

// A billingView is the billing page.
type billingView struct {
	On, Owner     bool
	Plan, State   string
	Tone          string
	Used          string
	Percent       int
	Notes         []ui.Notice
	Keep          string // the label of the button that takes a change back; "" for none
	Portal        bool
	Plans         []planRow
	Invoices      []invoiceRow
	InvoiceSorrow string
}

type planRow struct {
	ID, Name, Price, Text, Choose string
	Down                          bool
}

type invoiceRow struct{ Day, Number, Amount, State, URL string }

// payAt are the hosts that the page's forms lead to. A browser holds a form's
// redirect to the same list as its address.
const payAt = "https://checkout.stripe.com https://billing.stripe.com"

func (s *site) billing(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	v.w.Header().Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' "+payAt, 1))
	if v.req.URL.Query().Get("paid") != "" {
		v.flash("good", v.say("billing.thanks"))
		return v.see("/settings/billing")
	}
	got, err := s.Charge.Show(v.ctx(), v.biz.ID)
	if err != nil {
		return err
	}
	return v.show(billingPage(v.page("settings", "billing.title"), v.billingView(got)))
}

// choosePlan does what a button of the page says.
func (s *site) choosePlan(v *visit) error {
	if err := v.need(account.Owner); err != nil {
		return err
	}
	var url, done string
	var err error
	switch get := v.req.PostFormValue; get("do") {
	case "portal":
		url, err = s.Charge.Portal(v.ctx(), v.biz.ID)
	case "keep":
		done, err = "billing.kept", s.Charge.Keep(v.ctx(), v.biz.ID)
	default:
		done = "billing.changed"
		if get("down") != "" {
			done = "billing.lowered"
		}
		url, err = s.Charge.Choose(v.ctx(), v.biz, v.user.Email, get("plan"))
	}
	switch {
	case err != nil && core.KindOf(err) == core.Internal:
		return err
	case err != nil:
		v.flash("bad", core.MessageOf(err))
	case url != "":
		http.Redirect(v.w, v.req.Request, url, http.StatusSeeOther)
		return nil
	default:
		v.flash("good", v.say(done))
	}
	return v.see("/settings/billing")
}

func (v *visit) billingView(x charge.View) billingView {
	a := x.Account
	out := billingView{On: v.s.Charge.On(), Owner: v.user.Role >= account.Owner, Portal: a.Customer != "", InvoiceSorrow: x.Problem}
	if !out.On {
		return out
	}
	day := func(t time.Time) string { return t.In(located(v.biz.Zone)).Format("Mon 2 Jan 2006") }
	p, has := billing.PlanOf(a.Sub.Plan)
	st := a.Status()
	switch {
	case st.Over() || !has:
		out.Plan, out.State = v.say("billing.none"), v.say("billing.none.text", "days", billing.TrialDays, "n", billing.TrialParts)
		if a.Tried {
			out.State = v.say("billing.none.again")
		}
	default:
		out.Plan = p.Name
		when := a.Sub.End
		switch st {
		case billing.Trialing:
			when = a.Sub.TrialEnd
		case billing.PastDue, billing.Unpaid:
			when, out.Tone = a.Failing, "bad"
		}
		out.State = v.say("billing.state."+string(st), "day", day(when), "price", inDollars(p.Monthly))
		v.meter(&out, x)
		if next, ok := billing.PlanOf(a.NextPlan); ok {
			out.Notes = append(out.Notes, ui.Notice{Tone: "info", Text: v.say("billing.next", "plan", next.Name, "day", day(a.Sub.End))})
		}
		if a.Sub.CancelAtEnd {
			out.Notes = append(out.Notes, ui.Notice{Tone: "warn", Text: v.say("billing.ends", "day", day(a.Sub.End))})
		}
		if a.NextPlan != "" || a.Sub.CancelAtEnd {
			out.Keep = v.say("billing.keep", "plan", p.Name)
		}
	}
	for _, q := range billing.Plans() {
		row := planRow{ID: q.ID, Name: q.Name, Price: v.say("billing.plan.price", "price", fmt.Sprint(q.Monthly/100)), Text: v.say("billing.plan.text", "n", q.Included)}
		if q.Over > 0 {
			row.Text += ", " + v.say("billing.plan.over", "cents", fmt.Sprintf("%.1f", float64(q.Over)/10))
		} else {
			row.Text += ", " + v.say("billing.plan.noover")
		}
		switch a.To(q) {
		case billing.Buy:
			row.Choose = v.say("billing.choose.buy", "plan", q.Name)
		case billing.Up:
			row.Choose = v.say("billing.choose.up", "plan", q.Name)
		case billing.Down:
			row.Down, row.Choose = true, v.say("billing.choose.down", "plan", q.Name, "day", day(a.Sub.End))
		}
		out.Plans = append(out.Plans, row)
	}
	for _, i := range x.Invoices {
		row := invoiceRow{Day: day(i.Created), Number: i.Number, Amount: inDollars(int(i.Cents)), State: v.say("billing.invoice." + i.Status)}
		if strings.HasPrefix(i.URL, "https://") {
			row.URL = i.URL
		}
		out.Invoices = append(out.Invoices, row)
	}
	return out
}

// meter is how much is used, with a word from four fifths on.
func (v *visit) meter(out *billingView, x charge.View) {
	a, u := x.Account, x.Use
	out.Used = v.say("billing.used", "n", u.Sent, "all", a.Included())
	if a.Included() > 0 {
		out.Percent = min(100, u.Sent*100/a.Included())
	}
	if u.Waiting > 0 {
		out.Used += ". " + v.say("billing.waiting", "n", u.Waiting)
	}
	switch level := a.Level(u); {
	case level == billing.Near:
		out.Notes = append(out.Notes, ui.Notice{Tone: "warn", Text: v.say("billing.near")})
	case level == billing.Full && a.Extra():
		out.Notes = append(out.Notes, ui.Notice{Tone: "warn", Text: v.say("billing.full.extra")})
	case level == billing.Full:
		out.Notes = append(out.Notes, ui.Notice{Tone: "bad", Text: v.say("billing.full")})
	}
}

func inDollars(cents int) string { return fmt.Sprintf("$%d.%02d", cents/100, cents%100) }
