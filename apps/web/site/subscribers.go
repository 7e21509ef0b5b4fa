package site

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// perPage is how many rows a list has.
const perPage = 50

// A guestRow is one guest in a list.
type guestRow struct {
	URL, Number, Joined, Method string
	State                       ui.Badge
}

// A guestsView is the list of subscribers.
type guestsView struct {
	guestsQuery
	Tabs           []tab
	Problem        string
	Rows           []guestRow
	Next           string // address of the next page; "" at the end
	First          bool   // the business has no subscriber at all
	Keywords, Tags []ui.Option
}

type tab struct {
	URL, Label string
	N          int
	Current    bool
}

// A guestsQuery is what the list is narrowed to, as it stands in the address.
type guestsQuery struct{ State, Last4, Since, Keyword, Tag, After string }

// Narrow reports whether it is narrowed by more than the state.
func (q guestsQuery) Narrow() bool { return q.Last4+q.Since+q.Keyword+q.Tag != "" }

func (q guestsQuery) URL() string {
	u := url.Values{}
	for k, x := range map[string]string{"state": q.State, "last4": q.Last4, "since": q.Since, "keyword": q.Keyword, "tag": q.Tag, "after": q.After} {
		if x != "" {
			u.Set(k, x)
		}
	}
	if len(u) == 0 {
		return "/subscribers"
	}
	return "/subscribers?" + u.Encode()
}

func (s *site) subscribers(v *visit) error {
	view := guestsView{}
	q, err := v.guestListing(&view)
	if err != nil {
		return err
	}
	var counts map[consent.State]int
	var subs []consent.Subscriber
	var words []account.Keyword
	var tags []guest.TagCount
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if counts, err = tx.Consent.Count(ctx, v.biz.ID); err != nil {
			return err
		}
		if words, err = tx.Accounts.Keywords(ctx, v.biz.ID); err != nil {
			return err
		}
		if tags, err = tx.Guests.Tags(ctx, v.biz.ID); err != nil || view.Problem != "" {
			return err
		}
		subs, err = tx.Consent.Newest(ctx, v.biz.ID, q, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	if len(subs) > perPage {
		subs = subs[:perPage]
		next := view.guestsQuery
		next.After = v.placeOf(subs[perPage-1])
		view.Next = next.URL()
	}
	for _, sub := range subs {
		view.Rows = append(view.Rows, v.guestRow(sub))
	}
	view.Tabs = v.guestTabs(q.State, counts)
	view.First = view.Tabs[0].N == 0
	view.Keywords, view.Tags = []ui.Option{{Label: v.say("filter.any")}}, []ui.Option{{Label: v.say("filter.any")}}
	for _, k := range words {
		view.Keywords = append(view.Keywords, ui.Option{Value: k.Word, Label: k.Word})
	}
	for _, t := range tags {
		view.Tags = append(view.Tags, ui.Option{Value: string(t.Tag), Label: string(t.Tag)})
	}
	return v.show(subscribersPage(v.page("subscribers", "subscribers.title"), view))
}

// placeOf is a place in the list for the address of the next page. The number
// in it is sealed.
func (v *visit) placeOf(s consent.Subscriber) string {
	return strconv.FormatInt(s.Standing.Joined.UnixMicro(), 36) + "." + v.seal.ref(s.Number)
}

// guestListing reads the filters from the address. What cannot be read is said
// beside them, and what was typed stays.
func (v *visit) guestListing(view *guestsView) (consent.Listing, error) {
	get := v.req.URL.Query().Get
	q := consent.Listing{Keyword: get("keyword"), Tag: get("tag")}
	view.guestsQuery = guestsQuery{Keyword: q.Keyword, Tag: q.Tag, Since: get("since")}
	for _, st := range []consent.State{consent.Active, consent.OptedOut, consent.Uncertain} {
		if get("state") == st.String() {
			q.State, view.State = st, st.String()
		}
	}
	view.Last4 = strings.TrimSpace(get("last4"))
	if strings.Trim(view.Last4, "0123456789") != "" || len(view.Last4) > 4 {
		view.Problem = v.say("subscribers.search.bad")
	}
	q.Last4 = view.Last4
	if view.Since != "" {
		at, err := time.ParseInLocation(time.DateOnly, view.Since, located(v.biz.Zone))
		if err != nil {
			view.Problem = v.say("subscribers.since.problem")
		}
		q.Since = at
	}
	if after := get("after"); after != "" {
		at, ref, _ := strings.Cut(after, ".")
		micros, err := strconv.ParseInt(at, 36, 64)
		if err != nil {
			return q, errNotFound
		}
		n, err := v.seal.open(ref)
		if err != nil {
			return q, err
		}
		q.Before = consent.Joiner{Joined: time.UnixMicro(micros).UTC(), Number: n}
	}
	return q, nil
}

func (v *visit) guestTabs(current consent.State, counts map[consent.State]int) []tab {
	all := counts[consent.Active] + counts[consent.OptedOut] + counts[consent.Uncertain]
	tabs := []tab{{"/subscribers", v.say("subscribers.tab.all"), all, current == consent.Never}}
	for _, st := range []consent.State{consent.Active, consent.OptedOut, consent.Uncertain} {
		if st == consent.Uncertain && counts[st] == 0 && current != st {
			continue // it is rare, and a tab of nothing is a question
		}
		tabs = append(tabs, tab{guestsQuery{State: st.String()}.URL(), v.say("subscribers.tab." + st.String()), counts[st], current == st})
	}
	return tabs
}

func (v *visit) guestRow(sub consent.Subscriber) guestRow {
	return guestRow{
		URL: "/subscribers/" + v.seal.ref(sub.Number), Number: sub.Number.Masked(),
		State: v.standing(sub.Standing), Joined: v.when(sub.Standing.Joined), Method: v.say("method." + orNone(sub.Standing.Method.String())),
	}
}

func (v *visit) standing(s consent.Standing) ui.Badge {
	b := ui.Badge{Tone: "", Icon: "ask", Text: v.say("standing." + s.State.String())}
	switch s.State {
	case consent.Active:
		b.Tone, b.Icon = "good", "check"
	case consent.OptedOut:
		b.Tone, b.Icon = "bad", "stop"
	case consent.Uncertain:
		b.Tone, b.Icon = "warn", "ask"
	}
	return b
}

func orNone(s string) string { return cmp.Or(s, "none") }

// A moment is one entry of a guest's timeline.
type moment struct {
	At         time.Time
	When       string
	Tone, Icon string
	Wall       bool // an opt-out: nothing passes it
	Title      string
	Quote      string // what was said, by us or by the guest
	QuoteLabel string
	Disclosure string // the words shown at an opt-in
	PosterURL  string // of the printed page that showed them
	State      ui.Badge
	Why        []verdict
}

// A guestView is a guest's page.
type guestView struct {
	Ref, Number, Since string
	Full               string // the number, where it was asked for on purpose
	Tags               []string
	State              ui.Badge
	OptedOut           bool
	OptOutURL          string // of the form for staff
	Link               string // by which the guest opts out; "" where there are none
	TalkURL            string // of the conversation; "" for who never wrote
	ProofURL           string // "" where the user may have none
	Moments            []moment
}

func (s *site) guest(v *visit) error {
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	view, err := v.guestView(n)
	if err != nil {
		return err
	}
	return v.show(guestPage(v.page("subscribers", "guest.title"), view))
}

func (v *visit) guestView(n core.Number) (guestView, error) {
	pair := core.Pair{Business: v.biz.ID, Number: n}
	var sub consent.Subscriber
	var events []consent.Event
	var texts []message.Message
	var bars []suppression.Entry
	var notes map[core.Number]guest.Note
	var words []account.Keyword
	var talk string
	shown := map[consent.Version]string{}
	reasons := map[core.MessageID][]evidence.DecisionBody{}
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if sub, err = tx.Consent.Subscriber(ctx, pair); err != nil {
			return err
		}
		if events, err = tx.Consent.History(ctx, pair); err != nil {
			return err
		}
		if err := disclosures(ctx, tx, v.biz.ID, events, shown); err != nil {
			return err
		}
		if texts, err = tx.Messages.ForPair(ctx, pair, perPage); err != nil {
			return err
		}
		for _, m := range texts {
			if reasons[m.ID], err = decisions(ctx, tx, m); err != nil {
				return err
			}
		}
		if talk, err = talkURL(ctx, tx, pair); err != nil {
			return err
		}
		if notes, err = tx.Guests.Of(ctx, v.biz.ID, []core.Number{n}); err != nil {
			return err
		}
		if words, err = tx.Accounts.Keywords(ctx, v.biz.ID); err != nil {
			return err
		}
		bars, err = tx.Suppression.Barring(ctx, []core.Pair{pair})
		return err
	})
	if err != nil {
		return guestView{}, err
	}
	view := guestView{
		Number: n.Masked(), State: v.standing(sub.Standing), Since: v.when(sub.Standing.Joined),
		OptedOut: sub.Standing.State == consent.OptedOut, OptOutURL: "/optouts/new?guest=" + v.seal.ref(n),
	}
	view.Ref, view.TalkURL = v.seal.ref(n), talk
	for _, t := range notes[n].Tags {
		view.Tags = append(view.Tags, string(t))
	}
	if len(words) > 0 {
		view.Link = v.s.OptOut.Links.URL(words[0].Code, n)
	}
	if v.canProve() {
		view.ProofURL = "/subscribers/" + v.seal.ref(n) + "/proof"
	}
	for _, e := range events {
		view.Moments = append(view.Moments, v.eventMoment(e, shown[e.Evidence.Disclosure]))
	}
	for _, m := range texts {
		view.Moments = append(view.Moments, v.textMoment(m, reasons[m.ID]))
	}
	for _, b := range bars {
		if b.Reason != suppression.OptOut && b.Reason != suppression.LikelyOut { // those are events already
			view.Moments = append(view.Moments, moment{At: b.At, Wall: true, Icon: "stop", Title: v.say("barred." + b.Reason.String())})
		}
	}
	slices.SortStableFunc(view.Moments, func(a, b moment) int { return b.At.Compare(a.At) })
	for i := range view.Moments {
		view.Moments[i].When = v.when(view.Moments[i].At)
	}
	return view, nil
}

// talkURL is the address of a guest's conversation, "" where there is none.
func talkURL(ctx context.Context, tx store.Tx, p core.Pair) (string, error) {
	t, err := tx.Threads.OfGuest(ctx, p)
	if errors.Is(err, core.NotFound) {
		return "", nil
	}
	return "/inbox/" + t.ID.String(), err
}

// disclosures reads the words that were shown at each opt-in.
func disclosures(ctx context.Context, tx store.Tx, b core.BusinessID, events []consent.Event, into map[consent.Version]string) error {
	for _, e := range events {
		ver := e.Evidence.Disclosure
		if _, done := into[ver]; done || ver.IsZero() {
			continue
		}
		d, err := tx.Consent.Disclosure(ctx, b, ver)
		if err != nil && !errors.Is(err, core.NotFound) {
			return err
		}
		into[ver] = d.Text
	}
	return nil
}

func (v *visit) eventMoment(e consent.Event, shown string) moment {
	how := v.say("method." + orNone(e.Method.String()))
	if e.Method == consent.ByStaff && e.Kind == consent.Revoked {
		how = cmp.Or(v.sourceOf(e.Evidence.Rule), how)
	}
	m := moment{At: e.At, Icon: "check", Tone: "good", Title: v.say("event."+orNone(e.Kind.String()), "how", how),
		Quote: e.Evidence.RawText, QuoteLabel: v.say("guest.wrote"), Disclosure: shown}
	if !e.Evidence.Poster.IsZero() {
		m.PosterURL = "/grow/posters/" + e.Evidence.Poster.String()
	}
	if e.Method == consent.ByStaff && e.Kind == consent.Revoked {
		m.QuoteLabel = v.say("guest.said")
	}
	switch e.Kind {
	case consent.Revoked:
		m.Wall, m.Icon, m.Tone = true, "stop", "bad"
	case consent.Doubted, consent.AgeFailed:
		m.Icon, m.Tone = "ask", "bad"
	case consent.None, consent.Joining, consent.AgeAsked:
		m.Icon, m.Tone = "info", ""
	}
	return m
}

func (v *visit) textMoment(m message.Message, why []evidence.DecisionBody) moment {
	out := moment{At: m.Planned, Icon: "send", Title: v.say("text." + orNone(m.Class.String())), Quote: m.Body, QuoteLabel: v.say("guest.sent"),
		State: v.messageBadge(m), Why: v.verdicts(why, m.Reason, m.ReasonAt)}
	if !m.Submitted.IsZero() {
		out.At = m.Submitted
	}
	return out
}
