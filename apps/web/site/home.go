package site

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A homeView is what the first page shows.
type homeView struct {
	Reachable     int
	Week          string // what changed in seven days
	Left, Arrived string // rates, with what they are of; "" where there is nothing yet
	LeftOf        string
	ArrivedOf     string
	Growth        ui.Chart
	Doubts        int // who may have opted out, for staff to read
	Next, Last    *campaignRow
	Steps         []todo // of setting up; nil once all are done
	StepsDone     int
	Signs         []sign
}

// A todo is one step of setting up, done or not.
type todo struct {
	Done              bool
	Current           bool // the next one to do
	Title, Text       string
	ActionURL, Action string
}

// homeFacts are what the page is made of.
type homeFacts struct {
	counts  map[consent.State]int
	flow    []consent.Hour
	list    []campaign.Campaign
	tallies map[core.CampaignID]message.Tally
	doubts  []suppression.Entry
	poster  bool
	health  health
}

// The page looks back so far.
const (
	growthDays = 90
	rateDays   = 30
	lastTexts  = 10
)

func (s *site) home(v *visit) error {
	var x homeFacts
	now := s.Clock.Now()
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if x.counts, err = tx.Consent.Count(ctx, v.biz.ID); err != nil {
			return err
		}
		if x.flow, err = tx.Consent.Flow(ctx, v.biz.ID, now.AddDate(0, 0, -growthDays)); err != nil {
			return err
		}
		if x.doubts, err = tx.Suppression.InForce(ctx, v.biz.ID, suppression.LikelyOut, perPage); err != nil {
			return err
		}
		if x.list, err = tx.Campaigns.List(ctx, v.biz.ID, core.CampaignID{}, 30); err != nil {
			return err
		}
		if x.tallies, err = tx.Messages.Tallies(ctx, v.biz.ID, begunOf(x.list, lastTexts)); err != nil {
			return err
		}
		if x.health, err = v.readHealth(ctx, tx); err != nil {
			return err
		}
		x.poster, err = hasPoster(ctx, tx, v.biz)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(homePage(v.page("home", "home.title"), v.biz.Name, v.homeOf(x, now)))
}

func (v *visit) homeOf(x homeFacts, now time.Time) homeView {
	out := x.counts[consent.OptedOut] + x.counts[consent.Uncertain]
	h := homeView{Reachable: x.counts[consent.Active], Doubts: len(x.doubts), Signs: v.signs(x.health)}
	days := v.days(x.flow, now, growthDays)
	joined, left := sum(days[len(days)-7:])
	h.Week = num(0)
	if joined+left > 0 {
		h.Week = v.say("home.week", "joined", joined, "left", left)
	}
	if _, left30 := sum(days[len(days)-rateDays:]); x.counts[consent.Active]+left30 > 0 {
		h.Left = percent(left30, x.counts[consent.Active]+left30)
		h.LeftOf = v.say("home.left.of", "n", left30)
	}
	var arrived, tried int
	for _, t := range x.tallies {
		arrived += t.Of(message.Delivered)
		tried += t.Of(message.Delivered, message.Undelivered, message.Failed, message.Unconfirmed)
	}
	if tried > 0 {
		h.Arrived, h.ArrivedOf = percent(arrived, tried), v.say("home.arrived.of", "n", tried)
	}
	if x.counts[consent.Active]+out > 0 {
		h.Growth = v.growth(days, x.counts[consent.Active])
	}
	if c := newest(x.list, func(c campaign.Campaign) bool { return c.Status == campaign.Scheduled }); c != nil {
		h.Next = v.row(*c, message.Tally{})
	}
	last := newest(x.list, begun)
	if last != nil {
		h.Last = v.row(*last, x.tallies[last.ID])
	}
	h.Steps, h.StepsDone = v.setUp(x.poster, x.counts[consent.Active]+out > 0, last != nil || h.Next != nil)
	return h
}

func begun(c campaign.Campaign) bool {
	return c.Status == campaign.Sending || c.Status == campaign.Paused || c.Status.Over() && !c.Approved.IsZero()
}

// begunOf are the newest campaigns that have texts, at most n.
func begunOf(list []campaign.Campaign, n int) (out []core.CampaignID) {
	for _, c := range list {
		if begun(c) && len(out) < n {
			out = append(out, c.ID)
		}
	}
	return out
}

func newest(list []campaign.Campaign, ok func(campaign.Campaign) bool) *campaign.Campaign {
	for i := range list {
		if ok(list[i]) {
			return &list[i]
		}
	}
	return nil
}

// hasPoster reports whether any sheet of the venue's was ever looked at to be
// printed: what it shows is kept then.
func hasPoster(ctx context.Context, tx store.Tx, b account.Business) (bool, error) {
	words, err := tx.Accounts.Keywords(ctx, b.ID)
	if err != nil || len(words) == 0 {
		return false, err
	}
	ds, err := tx.Consent.Disclosures(ctx, b.ID, words[0].Word)
	if err != nil {
		return false, err
	}
	for _, d := range ds[:min(len(ds), 5)] {
		ps, err := tx.Consent.Posters(ctx, b.ID, d.Version)
		if err != nil || len(ps) > 0 {
			return len(ps) > 0, err
		}
	}
	return false, nil
}

// setUp is the way to the first text. Each is done when what it asks for is
// there, so the progress is kept wherever it was made; they go once all are done.
func (v *visit) setUp(poster, joined, sent bool) ([]todo, int) {
	hasNumber := !v.biz.Sender.IsZero()
	registered, act, text := "/settings#registered", v.say("todo.registered.act"), v.say("todo.registered.text")
	if v.s.Enroll.Works() {
		registered, act, text = "/settings/number", v.say("todo.number.act"), v.say("todo.number.text")
	}
	steps := []todo{
		{Done: true, Title: v.say("todo.business"), Text: v.say("todo.business.text"), ActionURL: "/settings", Action: v.say("todo.business.act")},
		{Done: v.biz.Zone.Location() != nil, Title: v.say("todo.address"), Text: v.say("todo.address.text"), ActionURL: "/settings", Action: v.say("todo.business.act")},
		{Done: hasNumber, Title: v.say("todo.sender"), Text: v.say("todo.sender.text"), ActionURL: "/settings/number", Action: v.say("todo.sender.act")},
		{Done: v.biz.Registered, Title: v.say("todo.registered"), Text: text, ActionURL: registered, Action: act},
		{Done: poster, Title: v.say("todo.poster"), Text: v.say("todo.poster.text"), ActionURL: "/grow", Action: v.say("todo.poster.act")},
		{Done: joined, Title: v.say("todo.try"), Text: v.say("todo.try.text"), ActionURL: "/grow", Action: v.say("todo.try.act")},
		{Done: sent, Title: v.say("todo.first"), Text: v.say("todo.first.text"), ActionURL: "/campaigns/new", Action: v.say("todo.first.act")},
	}
	done := 0
	current := false
	for i := range steps {
		if steps[i].Done {
			done++
		} else if !current {
			steps[i].Current, current = true, true
		}
	}
	if done == len(steps) || joined && sent && v.biz.Registered {
		return nil, 0 // texts go out: who runs without a poster of ours knows why
	}
	return steps, done
}

// A health is what the compliance light is made of.
type health struct {
	drift   int       // settings with the carrier that are not as they should be
	checked time.Time // when these were last looked at
	mirror  suppression.Pass
	stops   []time.Duration // how long the last opt-outs took to count
	sealed  time.Time
	unknown int
	doubts  int
}

// lastStops is how many opt-outs the light looks at.
const lastStops = 5

func (v *visit) readHealth(ctx context.Context, tx store.Tx) (h health, err error) {
	line, err := tx.Registration.Line(ctx, v.biz.ID)
	if err != nil && !errors.Is(err, core.NotFound) {
		return h, err
	}
	h.drift, h.checked = len(line.Drift), line.Checked
	if h.mirror, err = tx.Mirror.Pass(ctx, core.BusinessID{}); err != nil {
		return h, err
	}
	if h.stops, err = v.lastStops(ctx, tx); err != nil {
		return h, err
	}
	head, err := tx.Evidence.Head(ctx)
	if err != nil {
		return h, err
	}
	h.sealed = head.At
	unknown, err := tx.Messages.Unknown(ctx, v.biz.ID, core.MessageID{}, perPage)
	if err != nil {
		return h, err
	}
	h.unknown = len(unknown)
	doubts, err := tx.Suppression.InForce(ctx, v.biz.ID, suppression.LikelyOut, perPage)
	h.doubts = len(doubts)
	return h, err
}

// lastStops is how long it took, from when the carrier had the text or somebody
// pressed the button, until nobody could text the guest any more.
func (v *visit) lastStops(ctx context.Context, tx store.Tx) ([]time.Duration, error) {
	entries, err := tx.Suppression.InForce(ctx, v.biz.ID, suppression.OptOut, lastStops)
	if err != nil {
		return nil, err
	}
	var out []time.Duration
	for _, e := range entries {
		events, err := tx.Consent.History(ctx, core.Pair{Business: v.biz.ID, Number: e.Number})
		if err != nil {
			return nil, err
		}
		for i := len(events) - 1; i >= 0; i-- {
			if x := events[i]; x.Kind == consent.Revoked && !x.Recorded.IsZero() {
				out = append(out, max(0, x.Recorded.Sub(x.At)))
				break
			}
		}
	}
	return out, nil
}

// A sign is one line of the compliance light.
type sign struct {
	ui.Badge
	URL, Link string
}

// signs says in words whether each promise is kept, what stands against it first.
func (v *visit) signs(h health) []sign {
	good := func(key string, args ...any) sign {
		return sign{Badge: ui.Badge{Tone: "good", Icon: "check", Text: v.say(key, args...)}}
	}
	look := func(tone, key, url, link string, args ...any) sign {
		return sign{Badge: ui.Badge{Tone: tone, Icon: "warn", Text: v.say(key, args...)}, URL: url, Link: v.say(link)}
	}
	var bad, fine []sign
	if h.doubts > 0 {
		bad = append(bad, look("warn", "light.doubts", "/optouts", "home.doubts.act", "n", h.doubts))
	}
	if h.unknown > 0 {
		bad = append(bad, look("warn", "light.unknown", "/campaigns", "light.unknown.act", "n", h.unknown))
	} else {
		fine = append(fine, good("light.known"))
	}
	switch slowest := slowest(h.stops); {
	case len(h.stops) == 0:
		fine = append(fine, good("light.stop.none"))
	case slowest > time.Minute:
		bad = append(bad, look("warn", "light.stop.slow", "/compliance", "light.more", "n", len(h.stops), "took", v.took(slowest)))
	default:
		fine = append(fine, good("light.stop", "n", len(h.stops), "took", v.took(slowest)))
	}
	switch {
	case h.drift > 0:
		bad = append(bad, look("bad", "light.drift", "/settings/number", "light.drift.act", "n", h.drift))
	case !h.checked.IsZero():
		fine = append(fine, good("light.carrier", "when", v.when(h.checked)))
	}
	if !h.mirror.Ended.IsZero() {
		fine = append(fine, good("light.mirror", "when", v.when(h.mirror.Ended)))
	}
	if !h.sealed.IsZero() {
		fine = append(fine, good("light.sealed", "when", v.when(h.sealed)))
	}
	return append(bad, fine...)
}

func slowest(ds []time.Duration) (out time.Duration) {
	for _, d := range ds {
		out = max(out, d)
	}
	return out
}

// took writes how long something took as people say it.
func (v *visit) took(d time.Duration) string {
	switch {
	case d < time.Second:
		return v.say("took.second")
	case d < 2*time.Minute:
		return v.say("took.seconds", "n", int((d+time.Second-1)/time.Second))
	}
	return v.say("took.minutes", "n", int(d/time.Minute))
}
