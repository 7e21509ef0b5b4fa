package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A Campaign is one text to many guests.
type Campaign struct {
	ID       string    `json:"id" format:"uuid"`
	Name     string    `json:"name"`
	Body     string    `json:"body"`
	Media    []string  `json:"media" nullable:"false"`
	Status   string    `json:"status" enum:"draft,scheduled,sending,paused,finished,cancelled,expired"`
	Segments int       `json:"segments" doc:"Parts of each text."`
	Audience *Audience `json:"audience,omitempty" doc:"Missing where it is for everybody who joined."`
	SendAt   time.Time `json:"send_at,omitzero" doc:"When it begins; missing in a draft that is to go at once."`
	Wall     string    `json:"guests_clock,omitempty" doc:"When by each guest's own clock." example:"2026-12-03T19:40"`
	NotAfter time.Time `json:"not_after,omitzero" doc:"After it no text of it leaves."`
	Repeats  string    `json:"repeats,omitempty" doc:"An RRULE of RFC 5545, for a series."`
	Series   string    `json:"series,omitempty" doc:"The series that it is one of."`
	Created  time.Time `json:"created"`
	Approved time.Time `json:"approved,omitzero"`
	Planned  int       `json:"planned" doc:"Texts planned so far."`
	Ended    time.Time `json:"ended,omitzero"`
	Revision int64     `json:"revision" doc:"Rises with each change; it is the ETag too."`
}

// An Audience is whom a campaign is for, of all who joined.
type Audience struct {
	Keywords     []string  `json:"keywords,omitempty" nullable:"false" maxItems:"20" doc:"Joined last by one of these."`
	JoinedSince  time.Time `json:"joined_since,omitzero"`
	JoinedBefore time.Time `json:"joined_before,omitzero"`
	WroteWithin  int       `json:"wrote_within_days,omitempty" minimum:"0" maximum:"3650"`
	SilentFor    int       `json:"silent_for_days,omitempty" minimum:"0" maximum:"3650"`
	Tags         []string  `json:"tags,omitempty" nullable:"false" maxItems:"20" doc:"Has any of these."`
	NoTags       []string  `json:"no_tags,omitempty" nullable:"false" maxItems:"20" doc:"Has none of these."`
	NotGot       []string  `json:"not_got,omitempty" nullable:"false" maxItems:"20" doc:"Was not texted by any of these campaigns."`
	Percent      int       `json:"percent,omitempty" minimum:"0" maximum:"100" doc:"A share by chance; 0 and 100 are all."`
}

// A CampaignDraft is what a campaign should be.
type CampaignDraft struct {
	Name     string    `json:"name" minLength:"1" maxLength:"200"`
	Body     string    `json:"body" minLength:"1" maxLength:"2000" doc:"What guests read. It names the venue and how to opt out, or the review refuses it."`
	Media    []string  `json:"media,omitempty" nullable:"false" maxItems:"10" doc:"Addresses of pictures."`
	Audience *Audience `json:"audience,omitempty"`
	SendAt   time.Time `json:"send_at,omitzero" doc:"Left out: as soon as it is scheduled."`
	Wall     string    `json:"guests_clock,omitempty" maxLength:"16" doc:"In the place of send_at: when by each guest's own clock."`
	NotAfter time.Time `json:"not_after,omitzero" doc:"Left out: the end of the venue's day."`
	Repeats  string    `json:"repeats,omitempty" maxLength:"500" doc:"An RRULE of RFC 5545 without DTSTART, by the venue's clock."`
}

type campaignPage struct {
	Body struct {
		Campaigns []Campaign `json:"campaigns" nullable:"false"`
		Next      string     `json:"next_cursor,omitempty"`
	}
}

type oneCampaign struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     Campaign
}

// A sameCampaign may be 304, which has no body.
type sameCampaign struct {
	Status int
	ETag   string `header:"ETag"`
	Body   Campaign
}

// CampaignPath names a campaign in an address.
type CampaignPath struct {
	ID string `path:"id" maxLength:"64" doc:"The campaign's id."`
}

func (a *API) campaigns() {
	const tag = "Campaigns"
	register(a, op{id: "list-campaigns", method: http.MethodGet, path: "/campaigns", tag: tag, summary: "List campaigns", about: "Newest first.", scope: token.ReadCampaigns}, a.listCampaigns)
	register(a, op{id: "create-campaign", method: http.MethodPost, path: "/campaigns", tag: tag, summary: "Write a draft", scope: token.WriteCampaigns, effect: true, status: http.StatusCreated,
		about: "Nothing is sent. A draft may be imperfect: the review says what keeps it from being scheduled."}, a.createCampaign)
	register(a, op{id: "get-campaign", method: http.MethodGet, path: "/campaigns/{id}", tag: tag, summary: "Read a campaign", scope: token.ReadCampaigns, same: true}, a.getCampaign)
	register(a, op{id: "review-campaign", method: http.MethodGet, path: "/campaigns/{id}/review", tag: tag, summary: "Review a draft", scope: token.ReadCampaigns,
		about: "What keeps it from being scheduled, what is wrong with its text, and how many guests it is for."}, a.reviewCampaign)
	for _, m := range []struct{ name, summary, about string }{
		{"schedule", "Schedule a draft", "Approves it: what it says and whom it is for are fixed, and it begins when its time has come. What the review finds keeps it from being scheduled. This is the act that texts people: the record names this token."},
		{"unschedule", "Make a scheduled campaign a draft again", "Until it begins."},
		{"pause", "Pause a campaign", "Nothing leaves until it is resumed."},
		{"resume", "Resume a paused campaign", ""},
		{"cancel", "Cancel a campaign", "What has not left is cancelled. It cannot be taken back."},
	} {
		register(a, op{id: m.name + "-campaign", method: http.MethodPost, path: "/campaigns/{id}/" + m.name, tag: tag, summary: m.summary, about: m.about, scope: token.SendCampaigns, effect: true},
			func(ctx context.Context, g grant.Grant, in *CampaignPath) (*oneCampaign, error) {
				return a.moveCampaign(ctx, g, in.ID, m.name)
			})
	}
	a.dryRuns()
}

func showCampaign(c campaign.Campaign) Campaign {
	out := Campaign{
		ID: c.ID.String(), Name: c.Name, Body: c.Body, Media: append([]string{}, c.Media...), Status: c.Status.String(), Segments: c.Segments, Audience: showAudience(c.Audience),
		SendAt: c.SendAt, Wall: c.Wall.String(), NotAfter: c.NotAfter, Repeats: c.Repeat.Rule, Series: c.Series.String(),
		Created: c.Created, Approved: c.Approved, Planned: c.Planned, Ended: c.Ended, Revision: c.Revision,
	}
	return out
}

func showAudience(x campaign.Audience) *Audience {
	if x.IsZero() {
		return nil
	}
	out := &Audience{Keywords: x.Keywords, JoinedSince: x.JoinedSince, JoinedBefore: x.JoinedBefore, WroteWithin: x.WroteWithin, SilentFor: x.SilentFor, Percent: x.Percent}
	for _, t := range x.Tags {
		out.Tags = append(out.Tags, string(t))
	}
	for _, t := range x.NoTags {
		out.NoTags = append(out.NoTags, string(t))
	}
	for _, id := range x.NotGot {
		out.NotGot = append(out.NotGot, id.String())
	}
	return out
}

func (x *Audience) read() (out campaign.Audience, err error) {
	if x == nil {
		return out, nil
	}
	out = campaign.Audience{Keywords: x.Keywords, JoinedSince: x.JoinedSince, JoinedBefore: x.JoinedBefore, WroteWithin: x.WroteWithin, SilentFor: x.SilentFor, Percent: x.Percent}
	if out.Tags, err = readTags(x.Tags); err != nil {
		return out, err
	}
	if out.NoTags, err = readTags(x.NoTags); err != nil {
		return out, err
	}
	for _, s := range x.NotGot {
		id, err := core.ParseUUID(s)
		if err != nil {
			return out, err
		}
		out.NotGot = append(out.NotGot, core.CampaignID(id))
	}
	return out, out.Valid()
}

func readTags(xs []string) (out []guest.Tag, err error) {
	for _, s := range xs {
		t, err := guest.ParseTag(s)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// tagOf is the version of a campaign.
func tagOf(c campaign.Campaign) string { return `"` + strconv.FormatInt(c.Revision, 10) + `"` }

func (a *API) listCampaigns(ctx context.Context, g grant.Grant, in *struct{ Paging }) (*campaignPage, error) {
	before, err := openID(in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &campaignPage{}
	out.Body.Campaigns = []Campaign{}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		cs, err := tx.Campaigns.List(ctx, g.Business.ID, core.CampaignID(before), in.Limit+1)
		if err != nil {
			return err
		}
		cs, more := first(cs, in.Limit)
		for _, c := range cs {
			out.Body.Campaigns = append(out.Body.Campaigns, showCampaign(c))
		}
		if more {
			out.Body.Next = idCursor(cs[len(cs)-1].ID)
		}
		return nil
	})
	return out, err
}

func (a *API) campaign(ctx context.Context, g grant.Grant, id string) (c campaign.Campaign, err error) {
	x, err := core.ParseUUID(id)
	if err != nil {
		return c, core.E("api", core.NotFound, "there is no such campaign")
	}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err = tx.Campaigns.Campaign(ctx, g.Business.ID, core.CampaignID(x))
		return err
	})
	return c, err
}

func (a *API) createCampaign(ctx context.Context, g grant.Grant, in *struct{ Body CampaignDraft }) (*oneCampaign, error) {
	d := launch.Draft{Name: in.Body.Name, Body: in.Body.Body, Media: in.Body.Media, SendAt: in.Body.SendAt, NotAfter: in.Body.NotAfter, Repeat: campaign.Repeat{Rule: in.Body.Repeats}}
	var ok bool
	if d.Wall, ok = campaign.ParseWall(in.Body.Wall); !ok {
		return nil, core.E("api", core.Invalid, "guests_clock is a date and a time of day without a zone, like 2026-12-03T19:40")
	}
	var err error
	if d.Audience, err = in.Body.Audience.read(); err != nil {
		return nil, err
	}
	c, err := a.w.Launch.As(g.User().ID).Save(ctx, g.Business.ID, core.CampaignID{}, d)
	if err != nil {
		return nil, err
	}
	return &oneCampaign{ETag: tagOf(c), Location: Prefix + "/campaigns/" + c.ID.String(), Body: showCampaign(c)}, nil
}

func (a *API) getCampaign(ctx context.Context, g grant.Grant, in *struct {
	CampaignPath
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"The ETag of what you have: 304 where it is still so."`
}) (*sameCampaign, error) {
	c, err := a.campaign(ctx, g, in.ID)
	if err != nil {
		return nil, err
	}
	if in.IfNoneMatch == tagOf(c) {
		return &sameCampaign{Status: http.StatusNotModified, ETag: tagOf(c)}, nil
	}
	return &sameCampaign{Status: http.StatusOK, ETag: tagOf(c), Body: showCampaign(c)}, nil
}

// moveCampaign makes one of the moves that people make on the pages.
func (a *API) moveCampaign(ctx context.Context, g grant.Grant, id, move string) (*oneCampaign, error) {
	c, err := a.campaign(ctx, g, id)
	if err != nil {
		return nil, err
	}
	if u := g.User(); u.Role < account.Manager {
		return nil, core.E("api", core.Denied, "this token may not send")
	}
	as := a.w.Launch.As(g.User().ID)
	switch move {
	case "schedule":
		_, err = as.Approve(ctx, g.Business.ID, c.ID, g.User().ID)
	case "unschedule":
		err = as.Unschedule(ctx, g.Business.ID, c.ID)
	case "pause":
		err = as.Pause(ctx, g.Business.ID, c.ID)
	case "resume":
		err = as.Resume(ctx, g.Business.ID, c.ID)
	case "cancel":
		err = as.Cancel(ctx, g.Business.ID, c.ID)
	}
	if err != nil {
		return nil, err
	}
	c, err = a.campaign(ctx, g, id)
	return &oneCampaign{ETag: tagOf(c), Body: showCampaign(c)}, err
}

// A Review is what is looked at before a campaign is scheduled.
type Review struct {
	Problems []string  `json:"problems" nullable:"false" doc:"What keeps it from being scheduled; empty where nothing does."`
	Findings []Finding `json:"findings" nullable:"false" doc:"What is wrong with the text."`
	Segments int       `json:"segments"`
	Encoding string    `json:"encoding" doc:"Which alphabet it needs: GSM-7 or UCS-2."`
	Audience int       `json:"audience" doc:"Everybody it is for, those who have left too."`
	OptedOut int       `json:"opted_out" doc:"Of them, those who have left or whose standing is uncertain."`
}

// A Finding is one thing that is wrong with a text.
type Finding struct {
	Code   string `json:"code"`
	Blocks bool   `json:"blocks" doc:"It keeps the campaign from being scheduled."`
	Why    string `json:"why"`
	Mend   string `json:"mend"`
	Begin  int    `json:"begin" doc:"Where, in bytes of the text; 0 to 0 where something is missing."`
	End    int    `json:"end"`
}

type oneReview struct{ Body Review }

func (a *API) reviewCampaign(ctx context.Context, g grant.Grant, in *CampaignPath) (*oneReview, error) {
	c, err := a.campaign(ctx, g, in.ID)
	if err != nil {
		return nil, err
	}
	r, err := a.w.Launch.Review(ctx, g.Business.ID, c.ID)
	if err != nil {
		return nil, err
	}
	out := &oneReview{Review{Problems: append([]string{}, r.Problems...), Findings: []Finding{}, Segments: r.Size.Segments, Encoding: r.Size.Encoding.String(), Audience: r.Audience, OptedOut: r.OptedOut}}
	for _, f := range r.Copy.Findings {
		out.Body.Findings = append(out.Body.Findings, Finding{Code: f.Code, Blocks: f.Verdict == copy.Block, Why: f.Why, Mend: f.Mend, Begin: f.Span[0], End: f.Span[1]})
	}
	return out, nil
}
