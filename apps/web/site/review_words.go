package site

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/site/words"
	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
)

// A reviewGroup is one part of the audience: now, later or not.
type reviewGroup struct {
	ID, Title string
	Waits     []waitRow
	Reasons   []reviewReason
}

// A waitRow is who waits until one instant, with the list of them.
type waitRow struct{ Text, URL string }

// A reviewReason is one reason with the first of its people.
type reviewReason struct {
	N        int
	Text     string // "" where there is nothing to say
	All, URL string // of the whole list
	People   []reviewPerson
}

type reviewPerson struct {
	URL, Number, Why string
	Lines            []whyLine
}

// A share is what a venue thinks of as one part of the audience. The shares hold
// each state that a dry run can have, once, so they sum to the audience.
type share struct {
	id, tone string
	states   []message.State
}

var shares = []share{
	{"now", "good", []message.State{message.Sending}},
	{"later", "wait", []message.State{message.Planned}},
	{"not", "bad", []message.State{message.Blocked, message.Expired, message.Cancelled}},
}

// The most that is said at once. The rest is a click away.
const (
	waitsSaid   = 2 // in the sentence
	waitsListed = 8
	peopleShown = 5
	reasonsSaid = 3
)

// tellReport puts a dry run into words.
func (v *visit) tellReport(view *reviewView, r dryrun.Report) {
	scheduled := r.At.After(r.Campaign.Approved)
	view.Sentence = v.dryRunSentence(r, scheduled)
	if !scheduled {
		view.Button = v.sendButton(r)
	}
	view.Finish = v.forecast(r)
	if parts := r.PartsNow + r.PartsLater; parts > 0 {
		view.Paid = v.say("review.size.paid", "n", parts)
		if r.Price > 0 {
			view.Cost = v.say("review.cost.text", "n", parts, "cost", dollars(r.Cost()))
		}
	}
	for _, sh := range shares {
		n := r.Tally.Of(sh.states...)
		label := v.say("review.part."+sh.id, "n", n)
		switch {
		case sh.id != "later":
		case !r.Campaign.Test.IsZero():
			label = v.say("review.part.rest", "n", n)
		case !r.Campaign.Wall.IsZero():
			label = v.say("review.part.turn", "n", n)
		}
		view.Parts = append(view.Parts, ui.Part{Tone: sh.tone, N: n, Label: label, URL: peopleOf(view.ID, sh.id, "", dryrun.Until{}, "")})
		if n > 0 {
			view.Groups = append(view.Groups, v.reviewGroup(view.ID, label, sh, r))
		}
	}
}

// dryRunSentence is the whole in one line: "3 of 5 get it now, 1 tomorrow at
// 9:00 am, 1 not: opted out".
func (v *visit) dryRunSentence(r dryrun.Report, scheduled bool) string {
	when := v.say("review.get.now")
	if scheduled {
		when = v.say("review.get.at", "when", v.when(r.At))
	}
	now, all := r.Now(), r.Tally.Audience()
	var parts []string
	switch {
	case r.Not() == all:
		return v.say("review.get.nobody", "why", v.whyNot(r))
	case now == all:
		return v.say("review.get.all", "n", now, "when", when)
	case now == 0:
		parts = append(parts, v.say("review.get.none", "when", when))
	default:
		parts = append(parts, v.say("review.get", "n", now, "of", all, "when", when))
	}
	waits := byInstant(r.Waits)
	switch {
	case len(waits) > waitsSaid:
		parts = append(parts, v.say("review.waits", "n", r.Later(), "when", v.until(waits[0], r)))
	default:
		for _, w := range waits {
			parts = append(parts, v.say("review.wait", "n", w.N, "when", v.until(w, r)))
		}
	}
	if n := r.Not(); n > 0 {
		parts = append(parts, v.say("review.not", "n", n, "why", v.whyNot(r)))
	}
	return strings.Join(parts, ", ") + "."
}

// byInstant adds up those who wait until one instant. Where they wait for hours
// of several places, none is named.
func byInstant(waits []dryrun.Wait) []dryrun.Wait {
	var out []dryrun.Wait
	for _, w := range waits {
		last := len(out) - 1
		if last < 0 || !out[last].At.Equal(w.At) {
			out = append(out, w)
			continue
		}
		out[last].N += w.N
		out[last].Place, out[last].Where = place.Place{}, ""
	}
	return out
}

// whyNot names the most frequent reasons: "41 opted out, 22 had enough texts".
func (v *visit) whyNot(r dryrun.Report) string {
	byWords := map[string]int{}
	for why, n := range r.Tally.ByReason {
		if why.State != message.Sending && why.State != message.Planned {
			byWords[v.short(why.Code)] += n
		}
	}
	said := slices.SortedFunc(maps.Keys(byWords), func(a, b string) int { return cmp.Or(byWords[b]-byWords[a], strings.Compare(a, b)) })
	if len(said) == 1 {
		return said[0]
	}
	var out []string
	rest := 0
	for i, s := range said {
		if i < reasonsSaid {
			out = append(out, words.Number(byWords[s])+" "+s)
			continue
		}
		rest += byWords[s]
	}
	if rest > 0 {
		out = append(out, v.say("review.not.others", "n", rest))
	}
	return strings.Join(out, ", ")
}

// short is a reason in the fewest words.
func (v *visit) short(code string) string {
	for _, key := range []string{"short." + code, "short." + ruleOf(code)} {
		if words.English.Has(key) {
			return v.say(key)
		}
	}
	return v.say("short.other")
}

// until says when a waiting text goes, by the venue's clock, and by the guests'
// where that shows another time: "tomorrow at 11:00 am (9:00 am in California)".
func (v *visit) until(w dryrun.Wait, r dryrun.Report) string {
	here := w.At.In(located(v.biz.Zone))
	clock := here.Format(clockLayout)
	said := v.say("until.day", "day", here.Format(dayLayout), "time", clock)
	switch days := daysBetween(r.At.In(located(v.biz.Zone)), here); days {
	case 0:
		said = v.say("until.today", "time", clock)
	case 1:
		said = v.say("until.tomorrow", "time", clock)
	}
	if w.Where == "" {
		return said
	}
	if loc := w.Place.Zone.Location(); loc != nil && w.At.In(loc).Format(clockLayout) != clock {
		return v.say("until.there", "when", said, "time", w.At.In(loc).Format(clockLayout), "where", w.Where)
	}
	if w.Place.State != v.biz.State {
		return v.say("until.in", "when", said, "where", w.Where)
	}
	return said
}

const (
	clockLayout = "3:04 pm"
	dayLayout   = "Mon 2 Jan"
)

// daysBetween counts midnights.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// sendButton says what pressing it does. "" where it would do nothing.
func (v *visit) sendButton(r dryrun.Report) string {
	now, later := r.Now(), r.Later()
	switch {
	case now > 0 && later > 0:
		return v.say("review.button.both", "n", now, "later", later)
	case now > 0:
		return v.say("review.button.now", "n", now)
	case later > 0:
		return v.say("review.button.wait", "when", v.until(byInstant(r.Waits)[0], r))
	}
	return ""
}

func (v *visit) reviewGroup(id, title string, sh share, r dryrun.Report) reviewGroup {
	g := reviewGroup{ID: sh.id, Title: title}
	if sh.id == "later" {
		g.Waits = v.waitRows(id, r)
	}
	for _, why := range slices.SortedFunc(maps.Keys(r.People), func(a, b message.Reason) int {
		return cmp.Or(r.Tally.ByReason[b]-r.Tally.ByReason[a], strings.Compare(a.Code, b.Code), int(a.State)-int(b.State))
	}) {
		if !slices.Contains(sh.states, why.State) {
			continue
		}
		n := r.Tally.ByReason[why]
		x := reviewReason{URL: peopleOf(id, sh.id, why.Code, dryrun.Until{}, ""), All: v.say("review.all", "n", n)}
		if why.Code != "" {
			x.N, x.Text = n, v.reason(why.Code, time.Time{})
		}
		people := r.People[why]
		for _, p := range people[:min(peopleShown, len(people))] {
			x.People = append(x.People, v.reviewPerson(p))
		}
		g.Reasons = append(g.Reasons, x)
	}
	return g
}

// waitRows are the first instants, and how many come after them.
func (v *visit) waitRows(id string, r dryrun.Report) []waitRow {
	var out []waitRow
	rest := 0
	for i, w := range r.Waits {
		if i >= waitsListed {
			rest += w.N
			continue
		}
		out = append(out, waitRow{v.say("review.wait.row", "n", w.N, "when", v.until(w, r)), peopleOf(id, "later", "", w.Until, "")})
	}
	if rest > 0 {
		out = append(out, waitRow{v.say("review.wait.rest", "n", rest), peopleOf(id, "later", "", dryrun.Until{}, "")})
	}
	return out
}

func (v *visit) reviewPerson(p dryrun.Person) reviewPerson {
	x := reviewPerson{URL: "/subscribers/" + v.seal.ref(p.Number), Number: p.Number.Masked()}
	verdict := decide.Block
	switch p.Verdict.State {
	case message.Sending:
		verdict = decide.Send
	case message.Planned:
		verdict = decide.Wait
	}
	if verdict == decide.Wait {
		x.Why = p.Summary
	}
	for _, l := range p.Lines {
		if x.Why == "" && verdict == decide.Block && l.Verdict == decide.Block {
			x.Why = l.Why
		}
	}
	x.Lines = v.whyLines(p.Lines)
	return x
}

// peopleOf is the address of a list of people in a dry run.
func peopleOf(id, share, code string, u dryrun.Until, after string) string {
	q := url.Values{"show": {share}}
	if code != "" {
		q.Set("reason", code)
	}
	if !u.At.IsZero() {
		q.Set("until", strconv.FormatInt(u.At.Unix(), 10))
		if u.Place.State != 0 || u.Place.Zone != 0 {
			q.Set("in", u.Place.String())
		}
	}
	if after != "" {
		q.Set("after", after)
	}
	return "/campaigns/" + id + "/review/people?" + q.Encode()
}

// dollars writes a price to the cent, rounded up: what is said is enough.
func dollars(p dryrun.Price) string {
	cents := int((p + 9_999) / 10_000)
	return "$" + words.Number(cents/100) + "." + strconv.Itoa(cents%100 + 100)[1:]
}
