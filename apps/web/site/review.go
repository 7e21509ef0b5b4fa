package site

import (
	"context"
	"net/http"
	"strings"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
)

// A reviewView is the last look before a campaign goes: the dry run in words.
type reviewView struct {
	ID          string
	Name, Body  string
	Brand, From string
	Sentence    string
	Counting    bool   // the sentence is not the last word
	Button      string // "" where there is nothing to send
	Parts       []ui.Part
	Groups      []reviewGroup
	Size        sms.Size
	Picture     string // "" for none
	Paid, Cost  string // "" where not known
	Finish      string // when all have left; "" where nothing leaves
	Problems    []finding
	Notes       []finding
	When, Whom  string
	Repeats     string // "" where it goes once
	Second      string // "" where there is one text
	Sample      string
	Try         string // what to text to get it, "" where it cannot be sent
}

func (s *site) review(v *visit) error {
	id, err := v.campaignID()
	if err != nil {
		return err
	}
	r, err := s.Launch.Review(v.ctx(), v.biz.ID, id)
	if err != nil {
		return err
	}
	if r.Campaign.Status != campaign.Draft {
		return v.see("/campaigns/" + id.String())
	}
	return v.showReview(http.StatusOK, r, "")
}

func (v *visit) showReview(code int, r launch.Review, refused string) error {
	view := reviewView{
		ID: r.Campaign.ID.String(), Name: r.Campaign.Name, Body: r.Campaign.Body, Brand: v.biz.Name, From: consent.Pretty(v.biz.Sender),
		Size: r.Size, When: v.say("review.now"), Sentence: v.say("review.sentence.none"),
	}
	view.Picture = v.pictureOf(r.Campaign.Media).Ref
	if !r.Campaign.SendAt.IsZero() {
		view.When = v.goesAt(r.Campaign)
	}
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		view.Whom, err = v.whom(ctx, tx, r.Campaign.Audience)
		return err
	})
	if err != nil {
		return err
	}
	if r.Audience > 0 {
		v.tellCount(&view, r)
	}
	if r.Audience > 0 && len(r.Problems) > 0 && !view.Counting {
		view.Sentence = v.say("review.sentence.mended", "sentence", view.Sentence)
	}
	if x := r.Campaign.Test; !x.IsZero() {
		view.Second, view.Sample = x.Body, v.say("review.sample", "n", x.Percent)
	}
	view.Repeats = v.repeatWords(r.Campaign.Repeat)
	if len(r.Problems) == 0 {
		view.Try = "TEST " + campaign.Code(r.Campaign.ID)
	}
	v.sortFindings(&view, r, refused)
	return v.showWith(code, reviewPage(v.page("campaigns", "review.title"), view))
}

// tellCount says who gets it, or how far the count is. Each text is decided again
// when it leaves, so the button does not wait for the count.
func (v *visit) tellCount(view *reviewView, r launch.Review) {
	view.Button = v.say("review.button.any")
	if !r.Campaign.SendAt.IsZero() {
		view.Button = v.say("review.button.later", "when", view.When)
	}
	x, ended := v.s.counts.of(v.ctx(), v.s.DryRun, r.Campaign)
	switch {
	case !ended:
		view.Counting = true
		view.Sentence = v.say("review.counting", "n", int(x.seen.Load()), "of", max(r.Audience, int(x.seen.Load())))
		v.w.Header().Set("Refresh", "2")
	case x.err != nil:
		view.Sentence = v.say("review.uncounted")
		v.s.o.Log.WarnContext(v.ctx(), "dry run failed", "campaign", view.ID, "error", x.err)
	default:
		v.tellReport(view, x.report)
	}
}

// sortFindings splits what keeps the campaign from going from what only should
// be known. Approving is the judge: every problem of its own is shown.
func (v *visit) sortFindings(view *reviewView, r launch.Review, refused string) {
	said := map[string]bool{}
	for _, f := range r.Copy.Findings {
		said[f.Why+" "+f.Mend] = true // as approving puts it; here each has its mend
	}
	for _, f := range v.findings(click.Bare(r.Campaign.Body), r.Copy) {
		if f.Tone == "bad" {
			view.Problems = append(view.Problems, f)
			continue
		}
		view.Notes = append(view.Notes, f)
	}
	if len(r.Problems) == 0 || strings.TrimSpace(r.Campaign.Body) == "" {
		view.Problems = nil
	}
	for _, p := range r.Problems {
		if !said[p] {
			view.Problems = append(view.Problems, finding{Tone: "bad", Why: p})
		}
	}
	if refused != "" && len(view.Problems) == 0 {
		view.Problems = append(view.Problems, finding{Tone: "bad", Why: refused})
	}
}

// mend puts one thing right in a stored draft, from the review page.
func (s *site) mend(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	c, err := v.campaign()
	if err != nil {
		return err
	}
	d := launch.Draft{Name: c.Name, Body: v.mended(c.Body, v.req.PostFormValue("fix")), Media: c.Media, SendAt: c.SendAt, Wall: c.Wall, Audience: c.Audience, Test: c.Test, Repeat: c.Repeat, NotAfter: c.NotAfter}
	if _, err := s.Launch.Save(v.ctx(), v.biz.ID, c.ID, d); err != nil && core.KindOf(err) != core.Conflict {
		return err
	}
	return v.see("/campaigns/" + c.ID.String() + "/review")
}

// approve lets the campaign go. Sent twice, the second finds it approved and
// shows the report.
func (s *site) approve(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	id, err := v.campaignID()
	if err != nil {
		return err
	}
	_, err = s.Launch.Approve(v.ctx(), v.biz.ID, id, v.user.ID)
	switch {
	case err == nil, core.KindOf(err) == core.Conflict:
		return v.see("/campaigns/" + id.String())
	case core.KindOf(err) == core.Invalid:
		r, rerr := s.Launch.Review(v.ctx(), v.biz.ID, id)
		if rerr != nil {
			return rerr
		}
		return v.showReview(http.StatusUnprocessableEntity, r, core.MessageOf(err))
	}
	return err
}
