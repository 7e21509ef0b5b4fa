package data

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core/place"
)

// Sets numbers distinct lists of places, so that a table holds each only once.
// Number 0 is the empty list.
type Sets struct{ all [][]place.Place }

// Index returns the number of ps, which it keeps.
func (s *Sets) Index(ps []place.Place) int {
	if len(ps) == 0 {
		return 0
	}
	for i, have := range s.all {
		if slices.Equal(have, ps) {
			return i + 1
		}
	}
	s.all = append(s.all, ps)
	return len(s.all)
}

// Source returns the elements of a Go array of the lists, with their names as
// comments.
func (s *Sets) Source() string {
	var b strings.Builder
	b.WriteString("\tnil,\n")
	for _, ps := range s.all {
		var names []string
		b.WriteString("\t{")
		for i, p := range ps {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "{State: %d, Zone: %d}", p.State, p.Zone)
			names = append(names, p.String())
		}
		fmt.Fprintf(&b, "}, // %s\n", strings.Join(names, " "))
	}
	return b.String()
}

// ParsePlaces reads fields such as "FL:America/New_York".
func ParsePlaces(fields []string) ([]place.Place, error) {
	var ps []place.Place
	for _, f := range fields {
		p, err := place.Parse(f)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ps, p) {
			return nil, fmt.Errorf("%s stands twice", f)
		}
		ps = append(ps, p)
	}
	return ps, nil
}
