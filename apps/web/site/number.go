package site

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/registration"
)

// A numberView is the page about the number and its registration.
type numberView struct {
	enroll.View
	Works  bool // there is a carrier to speak with
	Number string
	Badge  ui.Badge
	State  string // of the registration, the tail of a key
	Steps  []step
	Why    registration.Explanation // for what was refused
	Drift  []string
	Looked string // when the profile was compared last
	Form   registration.Particulars
	// Search is what was looked for, and Offers what was found; Searched tells a
	// page without a search from one that found nothing.
	Search   enroll.Search
	Searched bool
	Offers   []offerRow
	Problem  string // of the search
	// ByField are the findings beside their fields; the others stand by themselves.
	ByField map[string]registration.Finding
	Others  []registration.Finding
	Blocks  int
	May     bool // the person may change things
}

// A step is one of the way to an approval.
type step struct {
	Name       string
	Done, Here bool
}

type offerRow struct{ Value, Pretty, Where, Price string }

// ownFields are those of the form on the page. Other findings are about settings.
var ownFields = []string{
	registration.FieldEntity, registration.FieldEIN, registration.FieldFirst, registration.FieldLast, registration.FieldEmail, registration.FieldPhone,
	registration.FieldOffers, registration.FieldSample + "1", registration.FieldSample + "2",
}

func (s *site) number(v *visit) error {
	x, err := v.numberView()
	if err != nil {
		return err
	}
	v.search(&x)
	return v.show(numberPage(v.page("settings", "number.title"), x))
}

func (v *visit) numberView() (numberView, error) {
	s := v.s
	x := numberView{Works: s.Enroll.Works(), May: v.user.Role >= account.Manager}
	if s.Enroll == nil {
		return x, nil
	}
	var err error
	if x.View, err = s.Enroll.View(v.ctx(), v.biz.ID); err != nil {
		return x, err
	}
	if !x.Business.Sender.IsZero() {
		x.Number = consent.Pretty(x.Business.Sender)
	}
	f := x.Line.Filing
	x.State = cmp.Or(string(f.State), "draft")
	x.Badge = stateBadge(f.State, v.say("filing."+x.State))
	x.Steps = v.steps(f.State)
	if f.Reason != "" {
		x.Why = registration.Explain(f.Reason)
	}
	for _, d := range x.Line.Drift {
		x.Drift = append(x.Drift, v.say("drift."+d.Code, "is", cmp.Or(d.Is, v.say("drift.nothing")), "want", d.Want))
	}
	if !x.Line.Checked.IsZero() {
		x.Looked = v.when(x.Line.Checked)
	}
	x.Form = f.Particulars
	if x.Form == (registration.Particulars{}) {
		x.Form = v.guess()
	}
	x.findings()
	return x, nil
}

// Elsewhere reports whether the number was registered by somebody else than us, and is
// approved: there is nothing to fill in.
func (x numberView) Elsewhere() bool {
	return x.Line.Filing.State == registration.Approved && x.Line.Filing.Particulars == (registration.Particulars{})
}

// guess fills in what the owner has told us already.
func (v *visit) guess() registration.Particulars {
	first, last, _ := strings.Cut(strings.TrimSpace(v.user.Name), " ")
	return registration.Particulars{Entity: registration.Company, First: first, Last: last, Email: v.user.Email}
}

// findings puts each beside its field.
func (x *numberView) findings() {
	x.ByField = map[string]registration.Finding{}
	for _, f := range x.Findings {
		if f.Blocks {
			x.Blocks++
		}
		if _, taken := x.ByField[f.Field]; !taken && slices.Contains(ownFields, f.Field) {
			x.ByField[f.Field] = f
		} else if f.Field != registration.FieldNumber {
			x.Others = append(x.Others, f)
		}
	}
}

// Problem is what stands beside a field.
func (x numberView) Beside(field string) string {
	f, ok := x.ByField[field]
	if !ok || x.Line.Filing.Particulars == (registration.Particulars{}) {
		return "" // nothing was filled in yet: no reproach
	}
	return f.Says + " " + f.Do
}

func stateBadge(s registration.State, text string) ui.Badge {
	switch s {
	case registration.Approved:
		return ui.Badge{Tone: "good", Icon: "check", Text: text}
	case registration.Rejected, registration.Expired:
		return ui.Badge{Tone: "bad", Icon: "cross", Text: text}
	case registration.Submitted, registration.InReview:
		return ui.Badge{Tone: "info", Icon: "wait", Text: text}
	}
	return ui.Badge{Tone: "warn", Icon: "warn", Text: text}
}

// steps are the way from a number to an approval.
func (v *visit) steps(s registration.State) []step {
	at := 1
	switch {
	case v.biz.Sender.IsZero():
		at = 0
	case s == registration.Submitted, s == registration.InReview:
		at = 2
	case s == registration.Approved:
		at = 4
	}
	var out []step
	for i, name := range []string{"number", "fill", "review", "approved"} {
		out = append(out, step{Name: v.say("filing.step." + name), Done: i < at, Here: i == at})
	}
	return out
}

// search looks for numbers where the venue has none and somebody asks.
func (v *visit) search(x *numberView) {
	q := v.req.URL.Query()
	x.Search = enroll.Search{AreaCode: strings.TrimSpace(q.Get("area")), City: strings.TrimSpace(q.Get("city")), TollFree: q.Get("kind") == "tollfree"}
	if x.Search.City != "" {
		x.Search.State = v.biz.State.String()
	}
	x.Searched = x.Works && x.Business.Sender.IsZero() && !x.Line.Order.Open() && q.Has("area")
	if !x.Searched {
		return
	}
	offers, err := v.s.Enroll.Offers(v.ctx(), x.Search)
	if err != nil {
		x.Problem = core.MessageOf(err)
		return
	}
	for _, o := range offers {
		row := offerRow{Value: o.Number.E164(), Pretty: consent.Pretty(o.Number), Where: o.City}
		if o.Monthly != "" {
			row.Price = v.say("number.price", "amount", price(o.Monthly, o.Currency))
		}
		x.Offers = append(x.Offers, row)
	}
}

// price writes what a number costs, with no more zeros than money has.
func price(amount, currency string) string {
	whole, part, ok := strings.Cut(amount, ".")
	if ok && len(part) > 2 && strings.Trim(part[2:], "0") == "" {
		amount = whole + "." + part[:2]
	}
	if currency == "" || currency == "USD" {
		return "$" + amount
	}
	return amount + " " + currency
}

// numberAct is what the buttons of the page have in common: a manager presses
// them, and what the carrier says is shown on the page.
func (s *site) numberAct(act func(*visit) (done string, err error)) func(*visit) error {
	return func(v *visit) error {
		if err := v.need(account.Manager); err != nil {
			return err
		}
		if s.Enroll == nil {
			return errNotFound
		}
		done, err := act(v)
		switch core.KindOf(err) {
		case core.Invalid, core.Conflict, core.Unavailable, core.Ambiguous, core.Denied, core.NotFound:
			if err != nil {
				v.flash("bad", v.say("number.failed", "why", core.MessageOf(err)))
				return v.see("/settings/number")
			}
		}
		if err != nil {
			return err
		}
		if done != "" {
			v.flash("good", v.say(done))
		}
		return v.see("/settings/number")
	}
}

func (s *site) orderNumber(v *visit) (string, error) {
	n, err := core.ParseNumber(v.req.PostFormValue("number"))
	if err != nil {
		return "", err
	}
	// An answer that is lost is no failure: the page says that the order is under
	// way, and it is looked up.
	if err := s.Enroll.Order(v.ctx(), v.user.ID, v.biz.ID, n); err != nil && !errors.Is(err, core.Ambiguous) {
		return "", err
	}
	return "", nil
}

func (s *site) putRight(v *visit) (string, error) {
	return "number.right.done", s.Enroll.PutRight(v.ctx(), v.user.ID, v.biz.ID)
}

func (s *site) lookAgain(v *visit) (string, error) { return "", s.Enroll.Step(v.ctx(), v.biz.ID) }

func (s *site) register(v *visit) (string, error) {
	get := v.req.PostFormValue
	p := registration.Particulars{
		Entity: registration.Entity(get("entity")), EIN: get("ein"), First: get("first"), Last: get("last"), Email: get("email"), Phone: get("phone"),
		Offers: get("offers"), Sample1: get("sample1"), Sample2: get("sample2"), PrivacySays: get("privacy_says") != "",
	}
	if err := s.Enroll.Save(v.ctx(), v.biz.ID, p); err != nil {
		return "", err
	}
	if get("send") == "" {
		return "number.saved", nil
	}
	err := s.Enroll.Submit(v.ctx(), v.user.ID, v.biz.ID)
	if errors.Is(err, core.Ambiguous) {
		err = nil // it is looked up
	}
	return "number.sent", err
}

// enrolNew gets a venue that has just signed up its place with the carrier, as
// far as that goes in a moment. What does not is done by a worker.
func (s *site) enrolNew(ctx context.Context, b core.BusinessID) {
	if !s.Enroll.Works() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := s.Enroll.Step(ctx, b); err != nil {
		s.o.Log.WarnContext(ctx, "the carrier could not be asked about a new venue; a worker will", "kind", core.KindOf(err).String(), "err", err)
	}
}

// prettyPhone writes a contact's number for people; what is none stays as it was
// typed.
func prettyPhone(s string) string {
	n, err := core.ParseNumber(s)
	if err != nil {
		return s
	}
	return consent.Pretty(n)
}

func yesNo(ctx context.Context, b bool) string {
	if b {
		return t(ctx, "pack.yes")
	}
	return t(ctx, "pack.no")
}

// entityChoices are the kinds of business.
func (x numberView) entityChoices(ctx context.Context) []ui.Option {
	out := make([]ui.Option, 0, len(registration.Entities))
	for _, e := range registration.Entities {
		out = append(out, ui.Option{Value: string(e), Label: t(ctx, "entity."+strings.ToLower(string(e)))})
	}
	return out
}

// numberRoutes are the pages about the number.
func (s *site) numberRoutes(get, post func(string, func(*visit) error)) {
	get("/settings/number", s.number)
	post("/settings/number/order", s.numberAct(s.orderNumber))
	post("/settings/number/right", s.numberAct(s.putRight))
	post("/settings/number/look", s.numberAct(s.lookAgain))
	post("/settings/registration", s.numberAct(s.register))
}
