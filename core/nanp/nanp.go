// Package nanp tells where a phone may be from its area code: every pair of
// state and time zone, and what kind of code it is.
//
// The table is our own, in data/areacodes.txt. Those in common use give an
// overlay the zones of one prefix of it, or of none: they put Orlando's 689 in
// Chicago and Bowling Green's 364 in New York. Here an overlay has the places of
// the code that it overlays.
//
// An area code is a presumption, not a location: the law goes by where the phone
// is (47 CFR 64.1200(c)(1), "local time at the called party's location"), though
// Florida, Oklahoma and Connecticut presume residence from it and Oregon lets a
// sender rely on it. Numbers move with people; [place.Candidates] adds the other
// signals.
//
// # Names of zones
//
// A code lists one zone for each clock that people in its region may live by.
// Zones of one state that have had the same rules for years are not listed
// twice; the one listed bears the zone database's name for most of that region:
// America/Indiana/Indianapolis for 317, America/Detroit for 313, America/Boise
// for 208, America/Kentucky/Louisville for 502. Where a region has another
// clock, that too: 812 is America/Indiana/Indianapolis and America/Chicago, 928
// is America/Phoenix and (the Navajo Nation) America/Denver. Compare zones by
// their clocks, not by their names: America/Detroit is New York's time.
//
// In doubt the list is wider. A wider list can only shorten the hours.
package nanp

import (
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/place"
)

// Through a second file, so that a failure leaves the old table.
//go:generate sh -c "go run ./gen > zz_table.tmp && mv zz_table.tmp zz_table.go"

// A Kind says what an area code is for.
type Kind uint8

// The kinds. Only geographic codes have places. The values are part of stored
// facts: append only.
const (
	Unknown       Kind = iota // no number was given
	Geographic                // a region
	TollFree                  // 800, 833, 844, 855, 866, 877, 888
	Premium                   // 900
	NonGeographic             // 5XX, 600, 700, 710: anywhere
	NotAssigned               // no phone can have it: N11, kept for expansion, or free
	Foreign                   // not a number of the North American plan
)

var kindNames = [...]string{"unknown", "geographic", "toll_free", "premium", "non_geographic", "not_assigned", "foreign"}

// String returns the kind in lower case with underscores, as in "toll_free".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Unknown]
}

// MarshalText returns the kind as String writes it.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote; anything else gives Unknown.
func (k *Kind) UnmarshalText(b []byte) error {
	*k = Unknown
	for i, name := range kindNames {
		if name == string(b) {
			*k = Kind(i)
		}
	}
	return nil
}

// An Area is what an area code says. It is a small comparable value; the zero
// Area is unknown.
type Area struct {
	Code int // 200–999, 0 where there is none
	Kind Kind
	set  uint8
}

type entry struct {
	kind Kind
	set  uint8
}

// Lookup returns the area of n: kind [Foreign] for a number of another plan, and
// the zero Area for the zero Number. It does not allocate and may be called from
// many goroutines at once.
func Lookup(n core.Number) Area {
	if n.IsZero() {
		return Area{}
	}
	code, ok := n.NANP()
	if !ok {
		return Area{Kind: Foreign}
	}
	return AreaCode(code)
}

// AreaCode returns the area of a three-digit area code. A code outside 200–999
// is [NotAssigned], as no number can have it.
func AreaCode(code int) Area {
	i := code - 200
	if i < 0 || i >= len(table) || table[i].kind == Unknown {
		return Area{Code: code, Kind: NotAssigned}
	}
	return Area{Code: code, Kind: table[i].kind, set: table[i].set}
}

// Places returns every place where a phone with the code may be, in no order of
// likelihood; none unless the code is geographic. The slice is shared and must
// not be changed.
func (a Area) Places() []place.Place { return sets[a.set] }
