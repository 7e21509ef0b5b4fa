package site

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// An audienceForm is whom a campaign is for, as it was typed.
type audienceForm struct {
	Keywords      []string // chosen
	Since, Before string   // days
	Engaged, Days string   // "", wrote or silent; of so many days
	Tags, NoTags  string
	NotGot        []string // ids of campaigns
	Percent       string

	Problem string
	Count   string // who it is, in figures
	// What may be chosen.
	AllKeywords []string
	AllTags     string
	Campaigns   []ui.Option
}

var emptyTally message.Tally

const engagedWrote, engagedSilent = "wrote", "silent"

func typedAudience(get func(string) string, all func(string) []string) audienceForm {
	return audienceForm{
		Keywords: all("a_keyword"), Since: get("a_since"), Before: get("a_before"), Engaged: get("a_engaged"), Days: strings.TrimSpace(get("a_days")),
		Tags: get("a_tags"), NoTags: get("a_no_tags"), NotGot: slices.DeleteFunc(all("a_not_got"), func(s string) bool { return s == "" }), Percent: strings.TrimSpace(get("a_percent")),
	}
}

// Narrow reports whether anything was chosen, so that the fields are shown.
func (f audienceForm) Narrow() bool {
	return len(f.Keywords) > 0 || f.Since != "" || f.Before != "" || f.Engaged != "" || f.Tags != "" || f.NoTags != "" || len(f.NotGot) > 0 ||
		f.Percent != "" && f.Percent != "100" || f.Problem != ""
}

func (v *visit) audienceOf(a campaign.Audience) audienceForm {
	f := audienceForm{Keywords: a.Keywords, Tags: tagList(a.Tags), NoTags: tagList(a.NoTags)}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(located(v.biz.Zone)).Format(time.DateOnly)
	}
	f.Since, f.Before = day(a.JoinedSince), day(a.JoinedBefore)
	switch {
	case a.WroteWithin > 0:
		f.Engaged, f.Days = engagedWrote, strconv.Itoa(a.WroteWithin)
	case a.SilentFor > 0:
		f.Engaged, f.Days = engagedSilent, strconv.Itoa(a.SilentFor)
	}
	for _, id := range a.NotGot {
		f.NotGot = append(f.NotGot, id.String())
	}
	if a.Percent > 0 {
		f.Percent = strconv.Itoa(a.Percent)
	}
	return f
}

func tagList(ts []guest.Tag) string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = string(t)
	}
	return strings.Join(out, ", ")
}

// readAudience reads f. If it cannot, it says so in f and reports false.
func (v *visit) readAudience(f *audienceForm) (campaign.Audience, bool) {
	a := campaign.Audience{Keywords: f.Keywords}
	var err error
	problem := func(s string) (campaign.Audience, bool) {
		f.Problem = s
		return campaign.Audience{}, false
	}
	for _, d := range []struct {
		typed string
		to    *time.Time
	}{{f.Since, &a.JoinedSince}, {f.Before, &a.JoinedBefore}} {
		if d.typed == "" {
			continue
		}
		if *d.to, err = time.ParseInLocation(time.DateOnly, d.typed, located(v.biz.Zone)); err != nil {
			return problem(v.say("audience.day.bad"))
		}
		*d.to = d.to.UTC()
	}
	if f.Engaged != "" {
		n, err := strconv.Atoi(f.Days)
		if err != nil || n < 1 {
			return problem(v.say("audience.days.bad"))
		}
		if f.Engaged == engagedSilent {
			a.SilentFor = n
		} else {
			a.WroteWithin = n
		}
	}
	if a.Tags, err = guest.ParseTags(f.Tags); err != nil {
		return problem(core.MessageOf(err))
	}
	if a.NoTags, err = guest.ParseTags(f.NoTags); err != nil {
		return problem(core.MessageOf(err))
	}
	for _, s := range f.NotGot {
		u, err := core.ParseUUID(s)
		if err != nil {
			return problem(v.say("audience.not_got.bad"))
		}
		a.NotGot = append(a.NotGot, core.CampaignID(u))
	}
	if f.Percent != "" {
		if a.Percent, err = strconv.Atoi(f.Percent); err != nil || a.Percent < 1 {
			return problem(v.say("audience.percent.bad"))
		}
	}
	if err := a.Valid(); err != nil {
		return problem(core.MessageOf(err))
	}
	return a, true
}

// offer fills in what may be chosen.
func (v *visit) offer(ctx context.Context, tx store.Tx, f *audienceForm) error {
	ks, err := tx.Accounts.Keywords(ctx, v.biz.ID)
	if err != nil {
		return err
	}
	for _, k := range ks {
		f.AllKeywords = append(f.AllKeywords, k.Word)
	}
	tags, err := tx.Guests.Tags(ctx, v.biz.ID)
	if err != nil {
		return err
	}
	var names []guest.Tag
	for _, t := range tags[:min(len(tags), 12)] {
		names = append(names, t.Tag)
	}
	f.AllTags = tagList(names)
	list, err := tx.Campaigns.List(ctx, v.biz.ID, core.CampaignID{}, 40)
	if err != nil {
		return err
	}
	f.Campaigns = append(f.Campaigns, ui.Option{Value: "", Label: v.say("audience.not_got.none")})
	for _, c := range list {
		if begun(c) || slices.Contains(f.NotGot, c.ID.String()) {
			f.Campaigns = append(f.Campaigns, ui.Option{Value: c.ID.String(), Label: v.row(c, emptyTally).Name})
		}
	}
	return nil
}

// countOf says how many guests an audience has, and of them how many may be
// texted now.
func (v *visit) countOf(id core.CampaignID, a campaign.Audience) (said string, active int, err error) {
	r, err := v.s.Launch.Reach(v.ctx(), v.biz.ID, id, a)
	if err != nil {
		return "", 0, err
	}
	return v.reachWords(r), r.Active, nil
}

func (v *visit) reachWords(r launch.Reach) string {
	switch {
	case r.Guests == 0 && r.Whole:
		return v.say("audience.count.none")
	case !r.Whole:
		return v.say("audience.count.least", "n", r.Guests, "active", r.Active)
	}
	return v.say("audience.count", "n", r.Guests, "active", r.Active)
}

// reach answers the compose page while whom it is for is being chosen.
func (s *site) reach(v *visit) error {
	f := typedAudience(v.req.PostFormValue, v.all)
	a, ok := v.readAudience(&f)
	if !ok {
		return v.show(reachLine(f.Problem, true, 0))
	}
	said, active, err := v.countOf(core.CampaignID{}, a)
	if err != nil {
		return err
	}
	return v.show(reachLine(said, false, active))
}

// all are the values of a field that may be there more than once.
func (v *visit) all(name string) []string {
	v.req.PostFormValue(name) // reads the form
	return v.req.PostForm[name]
}

// fillReach says in f how many its guests are, and returns how many of them may
// be texted now.
func (v *visit) fillReach(f *audienceForm) (int, error) {
	a, ok := v.readAudience(f)
	if !ok {
		return 0, nil
	}
	var id core.CampaignID
	if v.req.Param("id") != "" {
		var err error
		if id, err = v.campaignID(); err != nil {
			return 0, err
		}
	}
	said, active, err := v.countOf(id, a)
	f.Count = said
	return active, err
}

// whom says an audience in words.
func (v *visit) whom(ctx context.Context, tx store.Tx, a campaign.Audience) (string, error) {
	if a.IsZero() {
		return v.say("audience.everybody"), nil
	}
	var parts []string
	add := func(s string) { parts = append(parts, s) }
	zone := located(v.biz.Zone)
	if len(a.Keywords) > 0 {
		add(v.say("audience.said.keyword", "words", strings.Join(a.Keywords, ", ")))
	}
	if !a.JoinedSince.IsZero() {
		add(v.say("audience.said.since", "day", a.JoinedSince.In(zone).Format("2 Jan 2006")))
	}
	if !a.JoinedBefore.IsZero() {
		add(v.say("audience.said.before", "day", a.JoinedBefore.In(zone).Format("2 Jan 2006")))
	}
	if a.WroteWithin > 0 {
		add(v.say("audience.said.wrote", "n", a.WroteWithin))
	}
	if a.SilentFor > 0 {
		add(v.say("audience.said.silent", "n", a.SilentFor))
	}
	if len(a.Tags) > 0 {
		add(v.say("audience.said.tags", "tags", tagList(a.Tags)))
	}
	if len(a.NoTags) > 0 {
		add(v.say("audience.said.no_tags", "tags", tagList(a.NoTags)))
	}
	if len(a.NotGot) > 0 {
		names, err := v.namesOf(ctx, tx, a.NotGot)
		if err != nil {
			return "", err
		}
		add(v.say("audience.said.not_got", "names", strings.Join(names, ", ")))
	}
	if a.Percent > 0 && a.Percent < 100 {
		add(v.say("audience.said.percent", "n", a.Percent))
	}
	return v.say("audience.said", "parts", strings.Join(parts, "; ")), nil
}

// namesOf are the names of campaigns of this business, in the order of the ids.
func (v *visit) namesOf(ctx context.Context, tx store.Tx, ids []core.CampaignID) ([]string, error) {
	cs, err := tx.Campaigns.Campaigns(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		i := slices.IndexFunc(cs, func(c campaign.Campaign) bool { return c.ID == id && c.Business == v.biz.ID })
		if i < 0 {
			out = append(out, v.say("audience.said.gone"))
			continue
		}
		out = append(out, v.row(cs[i], emptyTally).Name)
	}
	return out, nil
}

// tagHint names the tags that a venue has.
func tagHint(ctx context.Context, all string) string {
	if all == "" {
		return t(ctx, "audience.tags.hint")
	}
	return t(ctx, "audience.tags.known", "tags", all)
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
