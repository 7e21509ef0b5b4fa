package check

import (
	"errors"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/place"
)

// The fields of send. Those before sendNumber are decide.Facts, by the names that
// a recorded decision has them under, so that what the product stored can be
// judged again.
const (
	sendVersion = iota
	sendNow
	sendClass
	sendProfile
	sendMarginNS
	sendPlaces
	sendConsent
	sendSuppressionRead
	sendSuppressed
	sendRecent
	sendRecentSince
	sendCaps
	sendContent
	sendAccount
	sendNotAfter
	sendAnswersTo
	sendAlreadyConfirmed
	sendEmergency
	sendNumber
	sendZIP
	sendMargin
	sendText
	sendBrand
	sendDomains
)

var (
	stateField = field{name: "state", kind: text, valid: isState, must: "the code of a state", about: "a state's or territory's USPS code, a province's code, or three letters for another country of the North American plan"}
	zoneField  = field{name: "zone", kind: text, valid: isZone, must: "an IANA time zone of the North American plan", about: "an IANA time zone of the North American plan"}
)

// sendSpec asks for the whole decision.
var sendSpec = spec{
	name: "send",
	about: "Whether a text may be sent, or when, and what every rule says, on all the facts of a send. A fact that is left out is not known, and a rule that lacks a fact blocks. " +
		"In place of some facts, what they follow from can be given: number and zip, margin_minutes, and text with brand and domains.",
	in: []field{
		sendVersion:  {name: "v", kind: integer, max: 1, about: "the version of the facts: 1, which is what is meant unless given"},
		sendNow:      {name: "now", kind: instant, about: "the instant that is judged; --at unless given"},
		sendClass:    {name: "class", kind: text, enum: namesUpTo(decide.Marketing, decide.Informational), about: "what the text is, and so which rules it must keep"},
		sendProfile:  {name: "profile", kind: text, enum: profileNames, about: "how much of the law is applied; --profile unless given"},
		sendMarginNS: {name: "margin_ns", kind: integer, about: "how long before closing time to stop, in nanoseconds; not with margin_minutes"},
		sendPlaces: {name: "places", kind: list, about: "everywhere the phone may be; with number or zip, in addition to what those say", item: &field{kind: object, fields: []field{
			stateField, zoneField,
		}}},
		sendConsent: {name: "consent", kind: object, about: "where the guest stands, and what proves it", fields: []field{
			{name: "state", kind: text, enum: namesUpTo(decide.Never, decide.Pending), about: "never unless given"},
			{name: "since", kind: instant, about: "when the guest agreed"},
			{name: "revoked_at", kind: instant, about: "the latest revocation"},
			{name: "scope", kind: list, item: &field{kind: text, enum: []string{"marketing", "informational"}}, about: "what was agreed to"},
			{name: "disclosed", kind: boolean, about: "the words shown are stored, and complete under 47 CFR 64.1200(f)(9)"},
			{name: "verified", kind: boolean, about: "the evidence of the agreement is there and complete"},
			{name: "age_gate", kind: text, enum: namesUpTo(decide.AgeUnknown, decide.AgeFailed), about: "unknown unless given"},
		}},
		sendSuppressionRead: {name: "suppression_read", kind: boolean, about: "the lists of barred numbers were looked up"},
		sendSuppressed: {name: "suppressed", kind: list, about: "the entries that bar the number", item: &field{kind: object, fields: []field{
			{name: "global", kind: boolean, about: "for every business, not only this one"},
			{name: "reason", kind: text, enum: namesUpTo(decide.Unstated, decide.ByOperator), about: "unstated unless given"},
			{name: "at", kind: instant, about: "since when"},
		}}},
		sendRecent:      {name: "recent", kind: list, item: &field{kind: instant}, about: "the instants of the business's marketing texts to this number"},
		sendRecentSince: {name: "recent_since", kind: instant, about: "from when on recent is complete"},
		sendCaps: {name: "caps", kind: list, about: "the business's own caps; those of the law come from the rulebook", item: &field{kind: object, fields: []field{
			{name: "count", kind: integer, about: "the most texts"},
			{name: "window_ns", kind: integer, about: "in any window of so many nanoseconds"},
			{name: "source", kind: text, about: "whose cap it is, for people"},
		}}},
		sendContent: {name: "content", kind: object, about: "what the check of the text found; not with text", fields: []field{
			{name: "checked", kind: boolean, about: "it was checked"},
			{name: "blocked", kind: boolean, about: "a finding forbids sending"},
			{name: "needs_age_gate", kind: boolean, about: "it is about alcohol or the like"},
		}},
		sendAccount: {name: "account", kind: object, about: "whether the business may send", fields: []field{
			{name: "active", kind: boolean, about: "in good standing"},
			{name: "registered", kind: boolean, about: "sender number and campaign are on file with the carriers"},
			{name: "trial", kind: boolean, about: "may text only its own test phones"},
			{name: "test_phone", kind: boolean, about: "this number is one of them"},
		}},
		sendNotAfter:         {name: "not_after", kind: instant, about: "the last instant at which the text makes sense"},
		sendAnswersTo:        {name: "answers_to", kind: instant, about: "when the carrier received the message that this text answers"},
		sendAlreadyConfirmed: {name: "already_confirmed", kind: boolean, about: "this opt-out was confirmed before"},
		sendEmergency:        {name: "emergency", kind: list, item: &field{kind: text, valid: isState, must: stateField.must, about: stateField.about}, about: "the states whose emergency switch is on"},

		sendNumber:  {name: "number", kind: text, about: "the number, in E.164 or as a person in the US types it"},
		sendZIP:     {name: "zip", kind: text, about: "the guest's ZIP code"},
		sendMargin:  {name: "margin_minutes", kind: integer, max: maxMargin, about: "how long before closing time to stop"},
		sendText:    {name: "text", kind: text, about: "the text, to be checked as check copy does; needs brand"},
		sendBrand:   {name: "brand", kind: text, about: "the name that guests know the venue by"},
		sendDomains: {name: "domains", kind: list, item: &field{kind: text}, about: "the venue's own domains for links"},
	},
	out: []field{
		{name: "verdict", kind: text, need: true, enum: verdictNames, about: "the strictest of the findings"},
		{name: "not_before", kind: instant, need: true, nullable: true, about: "for wait: when to ask again, in UTC, the first instant that all rules allow; else null"},
		{name: "edition", kind: text, need: true, about: "the edition of the rulebook that is in force; empty before the first"},
		{name: "findings", kind: list, need: true, about: "what every rule said", item: &field{kind: object, fields: []field{
			{name: "rule", kind: text, need: true, about: "the rule"},
			{name: "verdict", kind: text, need: true, enum: verdictNames, about: "what it says"},
			{name: "why", kind: text, need: true, about: "the reason, in a sentence"},
			{name: "cite", kind: text, need: true, about: "the law or the carriers' rule; empty where there is none"},
		}}},
	},
	answer: answerSend,
}

// namesUpTo returns the names of an enumeration of decide's.
func namesUpTo[T interface {
	~uint8
	String() string
}](first, last T) []string {
	var ns []string
	for v := first; v <= last; v++ {
		ns = append(ns, v.String())
	}
	return ns
}

func isState(s string) bool { _, ok := place.ParseState(s); return ok }
func isZone(s string) bool  { _, ok := place.ParseZone(s); return ok }

func answerSend(c *Checker, dst []byte, v *values) ([]byte, error) {
	f, err := c.facts(v)
	if err != nil {
		return nil, err
	}
	d := book().Decide(&f)
	dst = appendField(append(dst, '{'), "verdict", d.Verdict.String())
	dst = appendInstant(appendKey(dst, "not_before"), d.NotBefore)
	dst = appendField(dst, "edition", d.Edition)
	return appendFindings(dst, &f, &d, false), nil
}

// facts are those that the line gives, and those that follow from it.
func (c *Checker) facts(v *values) (decide.Facts, error) {
	f, err := decide.ParseFacts(recorded(v, c.spec.in))
	if err != nil {
		return f, err
	}
	if f.Now.IsZero() {
		f.Now = c.options.at
	}
	if f.Profile == law.NoProfile {
		f.Profile = c.options.profile
	}
	if v.has(sendMargin) {
		if v.has(sendMarginNS) {
			return f, errors.New(`give the field "margin_minutes" or "margin_ns", not both`)
		}
		f.Margin = time.Duration(v.int(sendMargin)) * time.Minute
	}
	if err := addPlaces(&f, v); err != nil {
		return f, err
	}
	return f, addContent(&f, v)
}

// recorded is the part of the line that is facts.
func recorded(v *values, fields []field) []byte {
	b := []byte{'{'}
	for i := range sendNumber {
		if v.raw[i] != nil {
			b = appendPlain(appendKey(b, fields[i].name), v.raw[i])
		}
	}
	return append(b, '}')
}

// appendPlain copies JSON whose numbers are all whole, and writes 5.0 and 5e0 as
// 5: to JSON they are the same, to Go they are not.
func appendPlain(dst, b []byte) []byte {
	for i := 0; i < len(b); {
		end := i + 1
		switch {
		case b[i] == '"':
			end = skipText(b, i)
		case b[i] == '-' || b[i] >= '0' && b[i] <= '9':
			end = skip(b, i)
			if n, ok := whole(b[i:end]); ok {
				dst, i = strconv.AppendInt(dst, n, 10), end
				continue
			}
		}
		dst = append(dst, b[i:end]...)
		i = end
	}
	return dst
}

func addPlaces(f *decide.Facts, v *values) error {
	var area []place.Place
	if v.has(sendNumber) {
		n, err := parseNumber("number", v.str(sendNumber), homeRegion)
		if err != nil {
			return err
		}
		area = nanp.Lookup(n).Places()
	}
	f.Places = place.Union(nil, f.Places, place.Candidates(nil, area, v.str(sendZIP), place.Place{}, place.Place{}))
	return nil
}

func addContent(f *decide.Facts, v *values) error {
	switch {
	case !v.has(sendText) && (v.has(sendBrand) || v.has(sendDomains)):
		return errors.New(`the field "text" is missing: "brand" and "domains" are about it`)
	case !v.has(sendText):
		return nil
	case v.has(sendContent):
		return errors.New(`give the field "text" or "content", not both`)
	case !v.has(sendBrand):
		return errors.New(`the field "brand" is missing: "text" is checked with it`)
	}
	// Whether this guest passed the age gate is the consent's to say, not the text's.
	r := copy.Check(copy.Draft{Text: v.str(sendText), Brand: v.str(sendBrand), AgeGated: true, Domains: v.strs(sendDomains)})
	f.Content = decide.Content{Checked: true, Blocked: r.Verdict == copy.Block, NeedsAgeGate: r.NeedsAgeGate}
	return nil
}
