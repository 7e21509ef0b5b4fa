package place

import (
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core"
)

// Parse reads a place as [Place.String] writes it, "FL:America/New_York". Both
// halves must be known; errors have kind [core.Invalid].
func Parse(s string) (Place, error) {
	const op = "place.Parse"
	state, zone, ok := strings.Cut(s, ":")
	if !ok {
		return Place{}, core.E(op, core.Invalid, "write a place as STATE:zone, like FL:America/New_York")
	}
	var p Place
	if p.State, ok = ParseState(state); !ok {
		return Place{}, core.E(op, core.Invalid, "there is no state "+state+" in the North American plan")
	}
	if p.Zone, ok = ParseZone(zone); !ok {
		return Place{}, core.E(op, core.Invalid, "there is no zone "+zone+" in the North American plan")
	}
	return p, nil
}

// String returns "FL:America/New_York", with nothing for a half that is unknown.
func (p Place) String() string { return p.State.String() + ":" + p.Zone.String() }

// Union appends to dst the places of sets that it does not hold yet, in their
// order. It allocates only where dst is full.
func Union(dst []Place, sets ...[]Place) []Place {
	for _, set := range sets {
		for _, p := range set {
			dst = with(dst, p)
		}
	}
	return dst
}

func with(dst []Place, p Place) []Place {
	if slices.Contains(dst, p) {
		return dst
	}
	return append(dst, p)
}

// MaxCandidates is room for the answer of [Candidates] in any case that is
// likely; a longer answer is right too, and allocates.
const MaxCandidates = 16

// Candidates appends to dst every place where a subscriber may be, from all that
// is known: the places of the area code, the ZIP code of the address, the venue
// where they opted in, and what they said. A text may go only when the law of
// every candidate allows it, so each further signal can only narrow the hours.
//
// Signals that are absent ("", the zero Place) add nothing. A signal that is
// there but cannot be resolved adds the unknown Place, for which the rulebook
// has its narrow window: a foreign postal code or military mail means that the
// person is not simply where their area code is. A state without a zone adds
// every place in the state. With no signal at all the answer is empty, which
// also means unknown.
//
// Candidates allocates only where dst is full.
func Candidates(dst, area []Place, zip string, venue, said Place) []Place {
	for _, p := range area {
		dst = with(dst, p)
	}
	if zip != "" {
		dst = withZIP(dst, zip)
	}
	return withSaid(withSaid(dst, venue), said)
}

func withZIP(dst []Place, zip string) []Place {
	ps, ok := FromZIP(zip)
	if !ok {
		return with(dst, Place{})
	}
	for _, p := range ps {
		dst = with(dst, p)
	}
	return dst
}

func withSaid(dst []Place, p Place) []Place {
	if p == (Place{}) {
		return dst
	}
	if p.Zone == 0 {
		if all := Within(p.State); len(all) > 0 {
			for _, q := range all {
				dst = with(dst, q)
			}
			return dst
		}
	}
	return with(dst, p)
}

// States appends to dst the states of ps, each once, in order of first mention.
// Unknown is left out.
func States(dst []State, ps []Place) []State {
	for _, p := range ps {
		if p.State != Unknown && !slices.Contains(dst, p.State) {
			dst = append(dst, p.State)
		}
	}
	return dst
}

// Zones appends to dst the zones of ps, each once, in order of first mention.
// The unknown Zone is left out.
func Zones(dst []Zone, ps []Place) []Zone {
	for _, p := range ps {
		if p.Zone != 0 && !slices.Contains(dst, p.Zone) {
			dst = append(dst, p.Zone)
		}
	}
	return dst
}
