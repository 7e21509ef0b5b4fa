package check

import (
	"errors"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/place"
)

var (
	profileNames = []string{law.Federal.String(), law.Default.String(), law.Strict.String()}
	verdictNames = []string{decide.Block.String(), decide.Wait.String(), decide.Send.String()}
)

// maxMargin is a day, in minutes: more is a mistake.
const maxMargin = 24 * 60

// Scratch is room that is used for one line after another.
type scratch struct {
	places [place.MaxCandidates]place.Place
}

// The fields of hours.
const (
	hoursNumber = iota
	hoursAt
	hoursProfile
	hoursZIP
	hoursMargin
)

// hoursSpec asks whether the law lets a marketing text go to a number now.
var hoursSpec = spec{
	name:  "hours",
	about: "Whether the hours of the law allow a marketing text to a number at an instant, in every place where the phone may be, and if not, when they will.",
	in: []field{
		hoursNumber:  {name: "number", kind: text, need: true, about: "the number, in E.164 or as a person in the US types it"},
		hoursAt:      {name: "at", kind: instant, about: "the instant that is judged; needed unless --at gives one"},
		hoursProfile: {name: "profile", kind: text, enum: profileNames, about: "how much of the law is applied; that of --profile, or default, unless given"},
		hoursZIP:     {name: "zip", kind: text, about: "the guest's ZIP code, which adds the places where it lies"},
		hoursMargin:  {name: "margin_minutes", kind: integer, max: maxMargin, about: "how long before closing time to stop, as carriers queue; 0 unless given"},
	},
	out: []field{
		{name: "allowed", kind: boolean, need: true, about: "whether it may go now"},
		{name: "not_before", kind: instant, need: true, nullable: true, about: "the first instant that every place allows, in UTC; null if it may go now, or on none of the next 14 days"},
		{name: "edition", kind: text, need: true, about: "the edition of the rulebook that is in force then; empty before the first"},
		{name: "findings", kind: list, need: true, about: "what each rule said of each place", item: &field{kind: object, fields: []field{
			{name: "rule", kind: text, need: true, about: "the rule"},
			{name: "verdict", kind: text, need: true, enum: verdictNames, about: "what it says"},
			{name: "state", kind: text, need: true, about: "whose law, as in check number, or three letters for the other countries of the North American plan; empty for an unknown place"},
			{name: "zone", kind: text, need: true, about: "on which clock, by its IANA name; empty where every zone that may be counts"},
			{name: "why", kind: text, need: true, about: "the reason, in a sentence"},
			{name: "cite", kind: text, need: true, about: "the law; empty where there is none"},
		}}},
	},
	answer: answerHours,
}

func answerHours(c *Checker, dst []byte, v *values) ([]byte, error) {
	n, err := parseNumber("number", v.str(hoursNumber), homeRegion)
	if err != nil {
		return nil, err
	}
	f := decide.Facts{
		Now:     v.time(hoursAt, c.options.at),
		Class:   decide.Marketing,
		Profile: c.profile(v.str(hoursProfile), law.Default),
		Margin:  time.Duration(v.int(hoursMargin)) * time.Minute,
		Places:  place.Candidates(c.scratch.places[:0], nanp.Lookup(n).Places(), v.str(hoursZIP), place.Place{}, place.Place{}),
	}
	if f.Now.IsZero() {
		return nil, errors.New(`the field "at" is missing`)
	}
	d := book().Hours(&f)
	dst = appendKey(append(dst, '{'), "allowed")
	if d.Verdict == decide.Send {
		dst = append(dst, "true"...)
	} else {
		dst = append(dst, "false"...)
	}
	dst = appendInstant(appendKey(dst, "not_before"), d.NotBefore)
	dst = appendField(dst, "edition", d.Edition)
	return appendFindings(dst, &f, &d, true), nil
}

// book is the US rulebook, loaded when the first line needs it.
func book() *decide.Book { return decide.US() }

// profile is the one that a line names, or that of the options, or instead.
func (c *Checker) profile(name string, instead law.Profile) law.Profile {
	if p, ok := law.ParseProfile(name); ok {
		return p
	}
	if c.options.profile != law.NoProfile {
		return c.options.profile
	}
	return instead
}

// appendFindings appends the findings and closes the object. The words are
// decide's.
func appendFindings(dst []byte, f *decide.Facts, d *decide.Decision, places bool) []byte {
	dst = append(appendKey(dst, "findings"), '[')
	found := d.Findings()
	for i, l := range book().Explain(f, d) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendField(append(dst, '{'), "rule", l.Name)
		dst = appendField(dst, "verdict", l.Verdict.String())
		if places {
			var at decide.Finding // the last line may be of none: more did not fit
			if i < len(found) {
				at = found[i]
			}
			dst = appendField(dst, "state", at.State.String())
			dst = appendField(dst, "zone", at.Zone.String())
		}
		dst = appendField(dst, "why", l.Why)
		dst = appendField(dst, "cite", l.Cite)
		dst = append(dst, '}')
	}
	return append(dst, ']', '}')
}
