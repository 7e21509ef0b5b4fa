package decide

import (
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// A Line is one finding in plain English.
type Line struct {
	Rule    RuleID
	Name    string // the rule's name; an embedder's own has its own
	Verdict Verdict
	Code    Code
	Why     string // one sentence: what is so, and what to do about it
	Cite    string // the law or the carriers' rule; empty where there is none
}

// String returns the sentence with its citation.
func (l Line) String() string {
	if l.Cite == "" {
		return l.Why
	}
	return l.Why + " [" + l.Cite + "]"
}

// Explain renders every finding of a decision on the facts it was made on. Local
// times are those of the place that the sentence is about. A decision of another
// edition is explained by the law of its own date, if the book holds it.
func (b *Book) Explain(f *Facts, d *Decision) []Line {
	x := b.explainer(f, d)
	lines := make([]Line, 0, int(d.n)+1)
	for i := range d.Findings() {
		lines = append(lines, x.line(&d.findings[i]))
	}
	if d.more > 0 {
		lines = append(lines, Line{Verdict: d.Verdict, Name: "more", Why: strconv.Itoa(int(d.more)) + " more findings did not fit the record; the verdict counts them."})
	}
	return lines
}

// Summary is the decision in one sentence: that it may go, until when it waits
// and in which place, or the first reason against it.
func (b *Book) Summary(f *Facts, d *Decision) string {
	x := b.explainer(f, d)
	switch d.Verdict {
	case Send:
		return "It may go now."
	case Wait:
		return "Waiting until " + x.waitPlace(d) + "."
	}
	for i := range d.Findings() {
		if v := &d.findings[i]; v.Verdict == Block {
			return "It must not be sent. " + x.line(v).Why
		}
	}
	return "It must not be sent."
}

// ExplainJSON appends the decision with its words as one line of JSON: verdict,
// not_before, edition, summary, and for each finding its rule, code, verdict, why
// and cite, with state, zone and at where there is one.
func (b *Book) ExplainJSON(dst []byte, f *Facts, d *Decision) []byte {
	x := b.explainer(f, d)
	o := object{append(dst, '{')}
	o.str("verdict", d.Verdict.String())
	o.time("not_before", d.NotBefore)
	o.str("edition", d.Edition)
	o.str("summary", b.Summary(f, d))
	o.key("findings")
	o.b = append(o.b, '[')
	for i := range d.Findings() {
		o.comma(i)
		o.b = append(o.b, '{')
		l := x.line(&d.findings[i])
		o.finding(&d.findings[i])
		if l.Rule >= RuleOwn {
			o.str("name", l.Name)
		}
		o.str("why", l.Why)
		o.str("cite", l.Cite)
		o.shut()
	}
	o.b = append(o.b, ']')
	o.int("more", int64(d.more))
	return append(o.b, '}')
}

// An explainer knows what the sentences of one decision need.
type explainer struct {
	book    *Book
	f       *Facts
	edition *law.Edition
	profile law.Profile
}

func (b *Book) explainer(f *Facts, d *Decision) explainer {
	e, ok := b.rb.Edition(d.Edition)
	if !ok {
		if e = b.rb.At(f.Now); e == nil {
			e = b.rb.Editions()[0]
		}
	}
	p := f.Profile
	if p == law.NoProfile || p >= law.NumProfiles {
		p = law.Strict // as book does
	}
	return explainer{book: b, f: f, edition: e, profile: p}
}

func (x *explainer) line(v *Finding) Line {
	l := Line{Rule: v.Rule, Name: v.Rule.String(), Verdict: v.Verdict, Code: v.Code}
	switch {
	case v.Rule >= RuleOwn:
		x.own(v, &l)
	case v.Rule == RuleHours && v.Code != HoursAnswer && v.Code != HoursUnknown:
		l.Why, l.Cite = x.hours(v), x.hoursCite(v)
	case v.Rule == RuleCap:
		l.Why, l.Cite = x.cap(v), x.capCite(v)
	default:
		l.Why, l.Cite = x.words(v), x.cite(v)
	}
	return l
}

func (x *explainer) own(v *Finding, l *Line) {
	i := int(v.Rule - RuleOwn)
	if i >= len(x.book.own) {
		l.Why = "A rule that this program does not have spoke."
		return
	}
	r := &x.book.own[i]
	l.Name, l.Cite, l.Why = r.Name, r.Cite, r.Name+" says: "+v.Verdict.String()+"."
	if int(v.Code) < len(r.Words) {
		l.Why = r.Words[v.Code]
	}
}

// citeOf names the rule of the rulebook that stands behind each of our rules.
var citeOf = [...]string{RuleConsent: "consent", RuleSuppression: "stop", RuleEmergency: "emergency", RuleContent: "content", RuleRegistration: "registration", RuleExpiry: ""}

func (x *explainer) cite(v *Finding) string {
	id := ""
	if int(v.Rule) < len(citeOf) {
		id = citeOf[v.Rule]
	}
	switch v.Code {
	case ConsentNotNeeded, AnswerInTime, AnswerMissing, AnswerFuture, AnswerLate, AnswerWait, HoursAnswer, ContentOwnWords:
		id = "answer"
		if x.f.Class == Confirmation {
			id = "confirmation"
		}
	case ConfirmedTwice, SuppressedConfirming:
		id = "confirmation"
	case ConsentRevoked, ConsentUncertain:
		id = "stop"
	case ConsentAge, ConsentUnderage:
		id = "age-gate"
	}
	if r := x.edition.Rule(id); r != nil {
		return r.Cite
	}
	return ""
}

// row returns the row whose hours bind in a state on a day: its own, or the
// federal one.
func (x *explainer) row(s place.State, day law.Day) *law.Row {
	e := x.edition.On(day)
	if e.Applies(x.profile, s) {
		return e.Row(s)
	}
	return e.Row(place.Unknown)
}

func (x *explainer) hoursCite(v *Finding) string {
	loc, _ := x.clock(v.State, v.Zone)
	cite := x.row(v.State, law.DayIn(x.f.Now, loc)).Cite
	// A wait that crosses a change of law ends by the later law.
	if v.At != 0 {
		if then := x.row(v.State, law.DayIn(v.Time(), loc)); then.Cite != cite {
			cite += "; from " + x.edition.On(law.DayIn(v.Time(), loc)).From().String() + " " + then.Cite
		}
	}
	if !v.State.US() {
		return "place unknown or outside the US: the narrow window of the " + x.profile.String() + " profile; " + cite
	}
	return cite
}

func (x *explainer) capCite(v *Finding) string {
	if v.Zone == ownCap || v.Of == 0 {
		if r := x.edition.Rule("promise"); r != nil && v.Of != 0 {
			return r.Cite
		}
		return ""
	}
	if !v.State.US() {
		return "place unknown or outside the US: the cap of the " + x.profile.String() + " profile"
	}
	return x.edition.Row(v.State).Cite
}

// clock returns the zone whose clock is shown for a place, and words for the
// place. Where the zone is not known, it is the first of those that count.
func (x *explainer) clock(s place.State, z place.Zone) (*time.Location, string) {
	h := hours{rb: x.book.rb}
	var one [1]place.Zone
	zones := h.zones(place.Place{State: s, Zone: z}, &one)
	where := x.stateName(s)
	switch {
	case s == place.Unknown && z == 0:
		where = "New York"
	case s == place.Unknown:
		where = zoneName(z)
	case len(x.book.rb.Zones(s)) > 1:
		where += " (" + zoneName(zones[0]) + ")"
	}
	return zones[0].Location(), where
}

func (x *explainer) stateName(s place.State) string {
	if s.US() {
		return x.edition.Row(s).Name
	}
	return s.String()
}

// zoneName turns America/Indiana/Knox into "Knox time", and the great zones into
// their common names.
func zoneName(z place.Zone) string {
	switch name := z.String(); name {
	case "America/New_York":
		return "Eastern time"
	case "America/Chicago":
		return "Central time"
	case "America/Denver":
		return "Mountain time"
	case "America/Los_Angeles":
		return "Pacific time"
	default:
		return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ") + " time"
	}
}

// waitPlace says until when the whole decision waits, on the clock of the place
// that waits longest.
func (x *explainer) waitPlace(d *Decision) string {
	var last *Finding
	for i := range d.Findings() {
		v := &d.findings[i]
		if v.Rule == RuleHours && (last == nil || v.At > last.At) {
			last = v
		}
	}
	if last == nil {
		return clockTime(d.NotBefore, time.UTC) + " UTC (" + dayOf(d.NotBefore, time.UTC) + ")"
	}
	loc, where := x.clock(last.State, last.Zone)
	return clockTime(d.NotBefore, loc) + " in " + where + " (" + dayOf(d.NotBefore, loc) + ")"
}
