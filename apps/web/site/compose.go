package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
)

// A draft is the compose form as it was typed.
type draft struct {
	Action        string // where the form goes
	Name, Body    string
	When          timing
	Whom          audienceForm
	Second        testForm
	Repeat        repeatForm
	Picture       pictureForm
	Zone          string
	Brand, Number string
	Reach         int // guests who may be texted now
	Check         check
	Kept          bool // the text was kept from a session that had ended
	Existing      bool
	Assist        assist
	Links         string // what short links begin with
}

// A check is what is known of a text before it is sent.
type check struct {
	Size     sms.Size
	Findings []finding
	Reach    int
	Empty    bool
	Picture  bool
}

// A finding is one thing about the text, with the mend that one click does.
type finding struct {
	Tone, Why, Mend string
	Quote           string // the words that it is about
	Fix, FixLabel   string // "" where only a person can mend it
}

func (s *site) compose(v *visit) error {
	d := draft{Picture: v.pictureOf(nil)}
	if v.req.Param("id") != "" {
		c, err := v.campaign()
		if err != nil {
			return err
		}
		if c.Status != campaign.Draft {
			return v.see("/campaigns/" + c.ID.String())
		}
		d = v.draftOf(c)
	}
	if kept := s.sessions.PopString(v.ctx(), keyDraft); kept != "" {
		d.Body, d.Kept = kept, true
	}
	return v.showCompose(http.StatusOK, d)
}

func (v *visit) campaign() (campaign.Campaign, error) {
	id, err := v.campaignID()
	if err != nil {
		return campaign.Campaign{}, err
	}
	var c campaign.Campaign
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		c, err = tx.Campaigns.Campaign(ctx, v.biz.ID, id)
		return err
	})
	return c, err
}

func (v *visit) draftOf(c campaign.Campaign) draft {
	return draft{Name: c.Name, Body: c.Body, When: v.timingOf(c), Whom: v.audienceOf(c.Audience), Second: v.testOf(c.Test), Repeat: repeatOf(c.Repeat), Picture: v.pictureOf(c.Media), Existing: true}
}

// showCompose completes d with what the form does not hold.
func (v *visit) showCompose(code int, d draft) error {
	err := v.view(func(ctx context.Context, tx store.Tx) error { return v.offer(ctx, tx, &d.Whom) })
	if err != nil {
		return err
	}
	reach, err := v.fillReach(&d.Whom)
	if err != nil {
		return err
	}
	now := v.s.Clock.Now().In(located(v.biz.Zone))
	d.Action = "/campaigns/new"
	if id := v.req.Param("id"); id != "" {
		d.Action = "/campaigns/" + id + "/edit"
	}
	d.Zone, d.Brand, d.Number, d.Reach = now.Format("MST"), v.biz.Name, consent.Pretty(v.biz.Sender), reach
	d.Assist.On, d.Links = v.s.Suggest.On(), string(v.s.Launch.Links)
	d.When.suggest(now)
	d.Check = v.check(d.Body, d.Reach)
	d.Check.pictured(d.Picture.Ref != "")
	return v.showWith(code, composePage(v.page("campaigns", "compose.title", "compose.js", "assist.js"), d))
}

// saveDraft takes what was typed, whatever it is: only the time must make
// sense, since it cannot be stored otherwise.
func (s *site) saveDraft(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	get := v.req.PostFormValue
	d := draft{Name: strings.TrimSpace(get("name")), Body: newlines(get("body")), When: typedTiming(get), Whom: typedAudience(get, v.all), Second: typedTest(get), Repeat: typedRepeat(get)}
	var err error
	if d.Picture, err = v.picture(); err != nil {
		return err
	}
	if fix := get("fix"); fix != "" {
		d.Body = v.mended(d.Body, fix)
		return v.showCompose(http.StatusOK, d)
	}
	if v.assisted(get, &d) {
		return v.showCompose(http.StatusOK, d)
	}
	typed := launch.Draft{Name: d.Name, Body: d.Body, Media: d.Picture.refs()}
	if do := get("do"); do == "count" || do == "unpicture" {
		return v.showCompose(http.StatusOK, d)
	}
	var understood bool
	typed.Audience, understood = v.readAudience(&d.Whom)
	var tried, again bool
	typed.Repeat, again = v.readRepeat(&d.Repeat)
	typed.Test, tried = v.readTest(&d.Second)
	if !v.readTiming(&d.When, &typed) || !understood || !tried || !again || d.Picture.Problem != "" {
		return v.showCompose(http.StatusUnprocessableEntity, d)
	}
	var id core.CampaignID
	if v.req.Param("id") != "" {
		if id, err = v.campaignID(); err != nil {
			return err
		}
	}
	c, err := s.Launch.Save(v.ctx(), v.biz.ID, id, typed)
	if errors.Is(err, core.Invalid) && len(typed.Media) > 0 { // it waited for longer than a day
		d.Picture = pictureForm{Ready: d.Picture.Ready, Problem: core.MessageOf(err)}
		return v.showCompose(http.StatusUnprocessableEntity, d)
	}
	if errors.Is(err, core.Conflict) {
		v.flash("warn", core.MessageOf(err))
		return v.see("/campaigns/" + id.String())
	}
	if err != nil {
		return err
	}
	if get("do") == "save" {
		v.flash("good", v.say("compose.saved"))
		return v.see("/campaigns/" + c.ID.String() + "/edit")
	}
	return v.see("/campaigns/" + c.ID.String() + "/review")
}

// newlines undoes what forms do to line ends: they would be paid for twice.
func newlines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// checkDraft looks at a text while it is being written.
func (s *site) checkDraft(v *visit) error {
	var counts map[consent.State]int
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		counts, err = tx.Consent.Count(ctx, v.biz.ID)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(findingsList(v.check(newlines(v.req.PostFormValue("body")), counts[consent.Active])))
}

// pictured makes what is known of a text that of one with a picture: it goes as one
// message.
func (c *check) pictured(is bool) {
	if is {
		c.Picture, c.Size.Segments = true, 1
	}
}

func (v *visit) check(body string, reach int) check {
	c := check{Size: sms.Measure(v.s.Launch.Links.Shown(body)), Reach: reach, Empty: strings.TrimSpace(body) == ""}
	if c.Empty {
		return c
	}
	c.Findings = v.findings(click.Bare(body), launch.Check(body, v.biz))
	return c
}

// findings puts the linter's and the alphabet's into words.
func (v *visit) findings(body string, r copy.Report) []finding {
	var out []finding
	for _, f := range r.Findings {
		x := finding{Tone: "warn", Why: f.Why, Mend: f.Mend}
		if f.Verdict == copy.Block {
			x.Tone = "bad"
		}
		if f.Span[1] > f.Span[0] && f.Span[1] <= len(body) {
			x.Quote = body[f.Span[0]:f.Span[1]]
		}
		switch f.Code {
		case "brand_missing":
			x.Mend, x.Fix, x.FixLabel = "", "brand", v.say("fix.brand", "brand", v.biz.Name)
		case "optout_missing":
			x.Mend, x.Fix, x.FixLabel = "", "stop", v.say("fix.stop")
		}
		out = append(out, x)
	}
	if f, ok := v.costly(body); ok {
		out = append(out, f)
	}
	if r.NeedsAgeGate {
		why := v.say("finding.age")
		if !v.biz.AgeGate {
			why = v.say("finding.age.off")
		}
		out = append(out, finding{Tone: "warn", Why: why})
	}
	return out
}

// costly names the characters that make a text dear, and offers plain ones.
func (v *visit) costly(body string) (finding, bool) {
	var mends, others []string
	for _, c := range sms.Costly(body) {
		s := string(c.Rune)
		switch {
		case c.HasPlain && !contains(mends, s):
			mends = append(mends, s)
		case !c.HasPlain && !contains(others, s):
			others = append(others, s)
		}
	}
	all := append(mends, others...)
	if len(all) == 0 {
		return finding{}, false
	}
	f := finding{Tone: "info", Why: v.say("finding.costly", "n", len(all), "chars", strings.Join(all[:min(6, len(all))], " "))}
	if len(mends) > 0 {
		f.Fix, f.FixLabel = "plain", v.say("fix.plain")
		if plain := sms.Measure(sms.Plain(body)); plain.Segments < sms.Measure(body).Segments {
			f.Mend = v.say("finding.costly.saves", "n", plain.Segments)
		}
	}
	return f, true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// mended returns the text with one thing put right.
func (v *visit) mended(body, fix string) string {
	switch fix {
	case "brand":
		return v.biz.Name + ": " + strings.TrimLeft(body, " \n")
	case "stop":
		body = strings.TrimRight(body, " \n")
		if body != "" && !strings.ContainsAny(body[len(body)-1:], ".!?:,") {
			body += "."
		}
		return strings.TrimSpace(body + " Reply STOP to opt out")
	case "plain":
		return sms.Plain(body)
	}
	return body
}
