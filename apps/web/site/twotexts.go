package site

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A testForm is a second text, as it was typed.
type testForm struct {
	Body, Percent, Hours string
	Problem              string
}

// afterHours are when the figures may choose.
var afterHours = []int{1, 2, 4, 24}

func typedTest(get func(string) string) testForm {
	return testForm{Body: newlines(get("second")), Percent: strings.TrimSpace(get("sample")), Hours: get("after")}
}

func (v *visit) testOf(x campaign.Test) testForm {
	if x.IsZero() {
		return testForm{}
	}
	f := testForm{Body: x.Body, Percent: strconv.Itoa(x.Percent)}
	if x.After > 0 {
		f.Hours = strconv.Itoa(int(x.After / time.Hour))
	}
	return f
}

// readTest reads f: no second text is no test. If it cannot, it says so in f and
// reports false.
func (v *visit) readTest(f *testForm) (campaign.Test, bool) {
	if strings.TrimSpace(f.Body) == "" {
		return campaign.Test{}, true
	}
	x := campaign.Test{Body: f.Body}
	var err error
	if x.Percent, err = strconv.Atoi(f.Percent); err != nil || x.Percent < campaign.LeastPercent || x.Percent > 100 {
		f.Problem = v.say("twotexts.percent.bad")
		return x, false
	}
	if n, err := strconv.Atoi(f.Hours); err == nil && n > 0 && n <= 24 {
		x.After = time.Duration(n) * time.Hour
	}
	return x, true
}

// afterOptions are the choices of who chooses, and when.
func afterOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "twotexts.after.hand")}}
	for _, n := range afterHours {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: t(ctx, "twotexts.after.hours", "n", n)})
	}
	return out
}

// A testView is how two texts do.
type testView struct {
	Arms      []armRow
	State     string
	MayChoose bool
}

type armRow struct{ Name, Body, Of, Figures string }

// twoTexts is nil where a campaign has one text.
func (v *visit) twoTexts(ctx context.Context, tx store.Tx, c campaign.Campaign) (*testView, error) {
	if c.Test.IsZero() {
		return nil, nil
	}
	arms, err := tx.Messages.Arms(ctx, v.biz.ID, c.ID)
	if err != nil {
		return nil, err
	}
	results, err := tx.Messages.Results(ctx, v.biz.ID, c.ID)
	if err != nil {
		return nil, err
	}
	view := &testView{MayChoose: c.Test.Waits() && !c.Status.Over() && c.Status != campaign.Scheduled}
	for _, a := range []message.Arm{message.FirstText, message.SecondText, message.TheRest} {
		r, n := results[a], arms[a].Audience()
		row := armRow{Body: c.Text(a), Figures: v.say("twotexts.figures", "sent", r.Sent, "out", r.OptedOut, "replied", r.Replied), Of: v.say("twotexts.of", "n", n)}
		switch a {
		case message.FirstText:
			row.Name = v.say("twotexts.first")
		case message.SecondText:
			row.Name = v.say("twotexts.second")
		default:
			if n == 0 {
				continue
			}
			row.Name, row.Body, row.Of = v.say("twotexts.rest"), "", v.say("twotexts.ofrest", "n", n)
		}
		view.Arms = append(view.Arms, row)
	}
	view.State, err = v.testState(ctx, tx, c)
	return view, err
}

// testState says who chose, or what is waited for; "" where there is no rest.
func (v *visit) testState(ctx context.Context, tx store.Tx, c campaign.Campaign) (string, error) {
	x := c.Test
	switch {
	case x.Winner != message.NoArm:
		which := v.say("twotexts.which." + strconv.Itoa(int(x.Winner)))
		who, err := v.nameOf(ctx, tx, x.By)
		if who == "" {
			return v.say("twotexts.won", "which", which), err
		}
		return v.say("twotexts.won.you", "who", who, "which", which), err
	case x.Percent == 100 || c.Status.Over():
		return "", nil
	case !x.Waits():
		return v.say("twotexts.sampling"), nil
	case x.After == 0:
		return v.say("twotexts.waits.hand"), nil
	}
	return v.say("twotexts.waits", "when", v.when(x.Due())), nil
}

// choose lets the owner choose between two texts.
func (s *site) choose(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	id, err := v.campaignID()
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(v.req.PostFormValue("winner"))
	switch err := s.Launch.As(v.user.ID).Choose(v.ctx(), v.biz.ID, id, message.Arm(n)); core.KindOf(err) {
	case core.Conflict, core.Invalid:
		v.flash("warn", core.MessageOf(err))
	default:
		if err != nil {
			return err
		}
		v.flash("good", v.say("twotexts.chosen"))
	}
	return v.see("/campaigns/" + id.String())
}
