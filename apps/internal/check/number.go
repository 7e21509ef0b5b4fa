package check

import (
	"errors"
	"slices"

	"github.com/jobfluss/nexo/adapters/phonenumbers"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/place"
)

const homeRegion = "US"

// numberSpec asks whose a number may be.
var numberSpec = spec{
	name:  "number",
	about: "A phone number as a person types it, and where its area code says that the phone may be.",
	in: []field{
		{name: "input", kind: text, need: true, about: "the number as it was typed: any country, punctuation and script; letters for keys, tel: URIs and extensions too"},
		{name: "default_region", kind: text, valid: phonenumbers.Known, must: "the two-letter code of a country, such as US", about: "the two-letter code of the country whose numbers come without a country code; US unless given"},
	},
	out: []field{
		{name: "e164", kind: text, need: true, about: "the number in E.164, without an extension"},
		{name: "region", kind: text, need: true, about: "ISO 3166-1 alpha-2 code of the country or territory (PR, GU, VI, AS, MP); 001 for a worldwide service; empty where it cannot be told"},
		{name: "states", kind: list, need: true, item: &field{kind: text}, about: "where the phone may be: USPS codes of states and territories, or codes of Canadian provinces, sorted; empty where the number has no place, and outside both countries"},
		{name: "zones", kind: list, need: true, item: &field{kind: text}, about: "IANA time zones that the phone may be in, sorted; empty where the number has no place, and outside the North American plan"},
		{name: "kind", kind: text, need: true, enum: kindNames(), about: "what the area code is for; not_assigned for one that is not in use, foreign outside the North American plan"},
	},
	answer: func(_ *Checker, dst []byte, v *values) ([]byte, error) {
		region := v.str(1)
		if region == "" {
			region = homeRegion
		}
		n, err := parseNumber("input", v.str(0), region)
		if err != nil {
			return nil, err
		}
		area := nanp.Lookup(n)
		states, zones := placeNames(area.Places())
		dst = appendField(append(dst, '{'), "e164", n.E164())
		dst = appendField(dst, "region", regionOf(n, area))
		dst = appendNames(appendKey(dst, "states"), states)
		dst = appendNames(appendKey(dst, "zones"), zones)
		dst = appendField(dst, "kind", area.Kind.String())
		return append(dst, '}'), nil
	},
}

func kindNames() []string {
	var ks []string
	for k := nanp.Geographic; k <= nanp.Foreign; k++ {
		ks = append(ks, k.String())
	}
	return ks
}

// parseNumber reads a number that is E.164 already, as nearly all are that
// programs send, or as people type it.
func parseNumber(fieldName, s, region string) (core.Number, error) {
	n, err := core.ParseNumber(s)
	if err == nil {
		err = phonenumbers.Possible(n)
	}
	if err == nil {
		if _, ok := n.NANP(); ok {
			return n, nil
		}
	}
	// Of another country, or typed: that needs the tables of all countries.
	if n, err = phonenumbers.Parse(s, region); err != nil {
		return n, errors.New("the field \"" + fieldName + "\" holds no phone number: " + core.MessageOf(err))
	}
	return n, nil
}

// placeNames are the states and the zones of places, each once and sorted. The
// other countries of the plan have no states that anyone would know by a code.
func placeNames(ps []place.Place) (states, zones []string) {
	for _, p := range ps {
		if p.State.US() || p.State.Canada() {
			states = append(states, p.State.String())
		}
		zones = append(zones, p.Zone.String())
	}
	slices.Sort(states)
	slices.Sort(zones)
	return slices.Compact(states), slices.Compact(zones)
}

// regionOf tells a number's country by our own table, which knows every overlay,
// and where that has no place, by libphonenumber's.
func regionOf(n core.Number, area nanp.Area) string {
	for _, p := range area.Places() {
		switch {
		case p.State.Canada():
			return "CA"
		case p.State.Territory():
			return p.State.String()
		case p.State.US():
			return homeRegion
		}
	}
	return phonenumbers.Region(n)
}
