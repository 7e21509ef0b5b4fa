package site

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/store"
)

// A campaignRow is a campaign in a list.
type campaignRow struct {
	URL, Name, Body, When string
	Status                ui.Badge
	Sentence              string
	Draft                 bool
}

type campaignsView struct {
	Rows []campaignRow
	Next string
}

func (s *site) campaigns(v *visit) error {
	var before core.CampaignID
	if b := v.req.URL.Query().Get("before"); b != "" {
		u, err := core.ParseUUID(b)
		if err != nil {
			return errNotFound
		}
		before = core.CampaignID(u)
	}
	const page = 20
	var list []campaign.Campaign
	var tallies map[core.CampaignID]message.Tally
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if list, err = tx.Campaigns.List(ctx, v.biz.ID, before, page+1); err != nil {
			return err
		}
		tallies, err = tx.Messages.Tallies(ctx, v.biz.ID, begunOf(list, len(list)))
		return err
	})
	if err != nil {
		return err
	}
	var view campaignsView
	if len(list) > page {
		list = list[:page]
		view.Next = "/campaigns?before=" + list[page-1].ID.String()
	}
	for _, c := range list {
		view.Rows = append(view.Rows, *v.row(c, tallies[c.ID]))
	}
	return v.show(campaignsPage(v.page("campaigns", "campaigns.title"), view))
}

func (v *visit) row(c campaign.Campaign, t message.Tally) *campaignRow {
	r := &campaignRow{URL: "/campaigns/" + c.ID.String(), Name: c.Name, Body: c.Body, Status: v.campaignBadge(c), Draft: c.Status == campaign.Draft, When: v.goesAt(c)}
	if r.Draft {
		r.URL += "/edit"
		r.When = v.say("campaigns.written", "when", v.when(c.Created))
	}
	if r.Name == "" {
		// Every text begins with the brand, which would make all names alike.
		r.Name, r.Body = firstLine(strings.TrimPrefix(strings.TrimSpace(c.Body), v.biz.Name+":")), ""
	}
	if r.Name == "" {
		r.Name = v.say("campaigns.unnamed")
	}
	if begun(c) {
		r.Sentence = v.sentence(t)
	}
	return r
}

// firstLine makes a name of a text: its first sentence.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	line, _, _ = strings.Cut(line, ". ")
	r := []rune(strings.TrimSuffix(line, "."))
	if len(r) > 60 {
		r = append(r[:60], '…')
	}
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

func (v *visit) campaignBadge(c campaign.Campaign) ui.Badge {
	b := ui.Badge{Icon: "edit", Text: v.say("status." + c.Status.String())}
	switch c.Status {
	case campaign.Scheduled:
		b.Tone, b.Icon = "info", "wait"
	case campaign.Sending:
		b.Tone, b.Icon = "info", "send"
	case campaign.Paused:
		b.Tone, b.Icon = "warn", "pause"
	case campaign.Finished:
		b.Tone, b.Icon = "good", "check"
	case campaign.Cancelled, campaign.Expired:
		b.Tone, b.Icon = "bad", "cross"
	}
	return b
}

// sentence is the report in one line: "5 sent, 4 delivered, 1 not sent".
func (v *visit) sentence(t message.Tally) string {
	if t.Audience() == 0 {
		return v.say("report.none")
	}
	handed := t.Of(message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed)
	parts := []string{v.say("report.n.sent", "n", handed)}
	for _, g := range groups {
		if n := t.Of(g.states...); n > 0 && g.key != "sent" {
			parts = append(parts, v.say("report.n."+g.key, "n", n))
		}
	}
	return strings.Join(parts, ", ")
}

// A reportView is how a campaign went, or goes.
type reportView struct {
	ID, Name, Body, Brand string
	Status                ui.Badge
	When, Explain         string
	Forecast              string // "" where nothing is about to leave
	Sentence              string
	Audience              int
	Parts                 []ui.Part
	Reasons               []reasonRow
	Moving                bool
	MayPause, MayResume   bool
	MayCancel, MayChange  bool
	Moves                 []moveRow
	ProofURL              string // "" where the user may have none
	Compared              []compareRow
	Whom                  string
	Series, Repeats       string    // the address of the series that it is one of; how it repeats
	Test                  *testView // nil where there is one text
	Links                 []linkView
	Short                 string // why it does not begin though its time has come
	Stage                 string // live, for the page's tests and scripts
}

type reasonRow struct {
	Text, URL string
	N         int
	Current   bool
}

// A personRow is one person's text in a campaign.
type personRow struct {
	URL, GuestURL, Number string
	State                 ui.Badge
	Reason, When          string
	// Settle: nobody knows whether it went out, and who looks may say so.
	Settle bool
}

type peopleView struct {
	Rows        []personRow
	Filter, All string // what the list is narrowed to, and the address of all
	Next        string
}

func (s *site) report(v *visit) error {
	c, err := v.campaign()
	if err != nil {
		return err
	}
	if c.Status == campaign.Draft {
		return v.see("/campaigns/" + c.ID.String() + "/edit")
	}
	q, people, err := v.peopleQuery(c.ID)
	if err != nil {
		return err
	}
	var tally message.Tally
	var ms []message.Message
	var moves []moveRow
	var beside []compareRow
	var whom string
	var test *testView
	var links []linkView
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if tally, err = tx.Messages.Tally(ctx, v.biz.ID, c.ID); err != nil {
			return err
		}
		if whom, err = v.whom(ctx, tx, c.Audience); err != nil {
			return err
		}
		if test, err = v.twoTexts(ctx, tx, c); err != nil {
			return err
		}
		if links, err = v.links(ctx, tx, c, tally); err != nil {
			return err
		}
		if moves, err = v.moves(ctx, tx, c.ID); err != nil {
			return err
		}
		if beside, err = v.compare(ctx, tx, c); err != nil {
			return err
		}
		ms, err = tx.Messages.People(ctx, v.biz.ID, c.ID, q, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	short, err := s.Launch.Short(v.ctx(), v.biz.ID, c.ID)
	if err != nil {
		return err
	}
	if len(ms) > perPage {
		ms = ms[:perPage]
		people.Next = peopleURL(c.ID, v.req.URL.Query().Get("show"), q.Reason, ms[perPage-1].ID.String())
	}
	for _, m := range ms {
		people.Rows = append(people.Rows, v.personRow(m))
	}
	view := v.reportOf(c, tally, v.req.URL.Query().Get("show"), q.Reason)
	view.Moves, view.Whom, view.Test, view.Compared = moves, whom, test, beside
	if v.canProve() && begun(c) {
		view.ProofURL = "/campaigns/" + c.ID.String() + "/proof"
	}
	view.Short, view.Links = short, links
	return v.show(reportPage(v.page("campaigns", "report.title", "live.js"), view, people))
}

// peopleQuery reads what the list of people is narrowed to.
func (v *visit) peopleQuery(id core.CampaignID) (message.PeopleQuery, peopleView, error) {
	get := v.req.URL.Query()
	q, view := message.PeopleQuery{Reason: get.Get("reason")}, peopleView{}
	if g, ok := groupByKey(get.Get("show")); ok {
		q.States = g.states
		view.Filter = v.say("group." + g.key)
	}
	if q.Reason != "" {
		view.Filter = v.reason(q.Reason, time.Time{})
	}
	if view.Filter != "" {
		view.All = peopleURL(id, "", "", "")
	}
	if after := get.Get("after"); after != "" {
		u, err := core.ParseUUID(after)
		if err != nil {
			return q, view, errNotFound
		}
		q.After = core.MessageID(u)
	}
	return q, view, nil
}

func peopleURL(id core.CampaignID, show, reason, after string) string {
	u := "/campaigns/" + id.String()
	sep := "?"
	for _, p := range [][2]string{{"show", show}, {"reason", reason}, {"after", after}} {
		if p[1] != "" {
			u += sep + p[0] + "=" + p[1]
			sep = "&"
		}
	}
	return u + "#people"
}

func (v *visit) reportOf(c campaign.Campaign, t message.Tally, show, reason string) reportView {
	row := v.row(c, t)
	r := reportView{
		ID: c.ID.String(), Name: row.Name, Body: c.Body, Brand: v.biz.Name, Status: row.Status, When: row.When,
		Sentence: v.sentence(t), Audience: t.Audience(), Stage: c.Status.String(),
		MayPause: c.Status.May(campaign.Paused), MayResume: c.Status == campaign.Paused, MayCancel: !c.Status.Over(),
		MayChange: c.Status == campaign.Scheduled,
		Explain:   v.say("explain."+c.Status.String(), "when", row.When, "end", v.when(c.NotAfter)),
	}
	r.Forecast, r.Repeats = v.goingOn(c, t), v.repeatWords(c.Repeat)
	if !c.Series.IsZero() {
		r.Series = "/campaigns/" + c.Series.String()
	}
	// Receipts come after the end, so a finished campaign may still move.
	r.Moving = !c.Status.Over() || t.Of(message.Sent, message.Unknown) > 0
	if c.Status == campaign.Scheduled {
		r.Sentence = v.say("report.scheduled", "when", row.When)
	}
	for _, g := range groups {
		n := t.Of(g.states...)
		r.Parts = append(r.Parts, ui.Part{Tone: g.tone, N: n, Label: v.say("report.part."+g.key, "n", n), URL: peopleURL(c.ID, g.key, "", ""), Current: show == g.key})
	}
	r.Reasons = v.reasonRows(c.ID, t, reason)
	return r
}

// reasonRows are the reasons for what did not arrive, the most frequent first.
func (v *visit) reasonRows(id core.CampaignID, t message.Tally, current string) []reasonRow {
	byCode := map[string]int{}
	var codes []string
	for r, n := range t.ByReason {
		if r.Code == "" || n == 0 || r.State == message.Delivered || r.State == message.Sent || r.State == message.Sending {
			continue
		}
		if byCode[r.Code] == 0 {
			codes = append(codes, r.Code)
		}
		byCode[r.Code] += n
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(byCode[b]-byCode[a], strings.Compare(a, b)) })
	var out []reasonRow
	for _, code := range codes {
		out = append(out, reasonRow{Text: v.reason(code, time.Time{}), N: byCode[code], URL: peopleURL(id, "", code, ""), Current: code == current})
	}
	return out
}

func (v *visit) personRow(m message.Message) personRow {
	r := personRow{
		URL: "/campaigns/" + m.Campaign.String() + "/people/" + m.ID.String(), GuestURL: "/subscribers/" + v.seal.ref(m.To),
		Number: m.To.Masked(), State: v.messageBadge(m), When: v.when(lastMove(m)),
		Settle: m.State == message.Unknown && v.s.Clock.Now().Sub(m.Decided) >= reconcile.AskPeople && v.need(account.Staff) == nil,
	}
	switch m.State {
	case message.Delivered, message.Sent, message.Sending:
	default:
		r.Reason = v.reason(m.Reason, m.ReasonAt)
	}
	return r
}

func lastMove(m message.Message) time.Time {
	for _, t := range []time.Time{m.Settled, m.Submitted, m.Decided} {
		if !t.IsZero() {
			return t
		}
	}
	return m.Planned
}

// move pauses, resumes or cancels. A move that came too late says so on the
// report.
func (s *site) move(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	id, err := v.campaignID()
	if err != nil {
		return err
	}
	as := s.Launch.As(v.user.ID)
	moves := map[string]func(context.Context, core.BusinessID, core.CampaignID) error{
		"pause": as.Pause, "resume": as.Resume, "cancel": as.Cancel, "unschedule": as.Unschedule,
	}
	name := v.req.Param("move")
	if name == "copy" {
		return v.copyCampaign(id)
	}
	do, ok := moves[name]
	if !ok {
		return errNotFound
	}
	err = do(v.ctx(), v.biz.ID, id)
	switch {
	case err == nil:
		v.flash("good", v.say("moved."+name))
	case core.KindOf(err) == core.Conflict:
		v.flash("warn", core.MessageOf(err))
	default:
		return err
	}
	return v.see("/campaigns/" + id.String()) // of a draft, that is the page to change it
}

// live sends the report whenever a number in it changes, as server-sent events,
// until nothing moves any more.
func (s *site) live(v *visit) error {
	c, err := v.campaign()
	if err != nil {
		return err
	}
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // a stream outlives the server's time limit
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(s.o.Live)
	defer tick.Stop()
	quiet, last := 0, ""
	for {
		now, moving, err := v.fragment(c.ID)
		if err != nil {
			return nil // the browser asks again by itself
		}
		switch {
		case now != last:
			err = event(v.w, "report", now)
			last, quiet = now, 0
		case quiet >= 15:
			_, err = fmt.Fprint(v.w, ": still here\n\n")
			quiet = 0
		}
		if err == nil && !moving {
			err = event(v.w, "over", "")
		}
		if err != nil || out.Flush() != nil || !moving {
			return nil
		}
		quiet++
		select {
		case <-v.ctx().Done():
			return nil
		case <-s.o.Stop:
			return nil
		case <-tick.C:
		}
	}
}

// fragment is the part of the report that moves.
func (v *visit) fragment(id core.CampaignID) (html string, moving bool, err error) {
	var c campaign.Campaign
	var t message.Tally
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		if c, err = tx.Campaigns.Campaign(ctx, v.biz.ID, id); err != nil {
			return err
		}
		t, err = tx.Messages.Tally(ctx, v.biz.ID, id)
		return err
	})
	if err != nil {
		return "", false, err
	}
	r := v.reportOf(c, t, v.req.URL.Query().Get("show"), v.req.URL.Query().Get("reason"))
	var b bytes.Buffer
	err = reportNumbers(r).Render(v.ctx(), &b)
	return b.String(), r.Moving, err
}

func event(w http.ResponseWriter, name, data string) error {
	_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, strings.ReplaceAll(data, "\n", "\ndata: "))
	return err
}

// A whyView is one person's text with the reasons.
type whyView struct {
	Campaign, CampaignURL string
	GuestURL, Number      string
	Body, When            string
	State                 ui.Badge
	Reason                string
	Verdicts              []verdict
	Code                  string
}

func (s *site) why(v *visit) error {
	c, err := v.campaign()
	if err != nil {
		return err
	}
	u, err := core.ParseUUID(v.req.Param("message"))
	if err != nil {
		return errNotFound
	}
	var m message.Message
	var ds []evidence.DecisionBody
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if m, err = tx.Messages.Message(ctx, v.biz.ID, core.MessageID(u)); err != nil {
			return err
		}
		ds, err = decisions(ctx, tx, m)
		return err
	})
	if err != nil {
		return err
	}
	if m.Campaign != c.ID {
		return errNotFound
	}
	p := v.personRow(m)
	return v.show(whyPage(v.page("campaigns", "why.title"), whyView{
		Campaign: v.row(c, message.Tally{}).Name, CampaignURL: "/campaigns/" + c.ID.String(), GuestURL: p.GuestURL, Number: p.Number,
		Body: m.Body, When: p.When, State: p.State, Reason: p.Reason, Verdicts: v.verdicts(ds, m.Reason, m.ReasonAt), Code: m.Code,
	}))
}
