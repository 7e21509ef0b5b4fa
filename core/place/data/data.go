// Package data makes the table of package place from the readable list of ZIP
// codes. Only its generator and the test that the table is fresh use it.
package data

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core/place"
)

//go:embed zip.txt
var zips string

// File returns the Go source of the table. An error names the line at fault.
func File() (string, error) {
	var t table
	for i, line := range strings.Split(zips, "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if err := t.add(fields); err != nil {
			return "", fmt.Errorf("zip.txt:%d: %w", i+1, err)
		}
	}
	return t.source(), nil
}

type table struct {
	sets     Sets
	prefixes [1000]int
	zips     []span
	within   [place.NumStates][]place.Place
}

// A span is a run of five-digit codes that differ from their prefix.
type span struct{ from, to, set int }

func (t *table) add(fields []string) error {
	places, err := t.places(fields[1:])
	if err != nil {
		return err
	}
	from, to, err := codes(fields[0])
	if err != nil {
		return err
	}
	set := t.sets.Index(places)
	if len(fields[0]) >= 5 && !strings.Contains(fields[0][:4], "-") {
		t.zips = append(t.zips, span{from, to, set})
		return nil
	}
	for p := from; p <= to; p++ {
		if t.prefixes[p] != 0 {
			return fmt.Errorf("prefix %03d stands in two lines", p)
		}
		t.prefixes[p] = set
	}
	return nil
}

func (t *table) places(fields []string) ([]place.Place, error) {
	if len(fields) == 1 && fields[0] == "none" {
		return nil, nil
	}
	places, err := ParsePlaces(fields)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("no place")
	}
	for _, p := range places {
		t.within[p.State] = place.Union(t.within[p.State], []place.Place{p})
	}
	return places, nil
}

// codes reads "123", "123-125", "12345" or "12345-12347".
func codes(s string) (from, to int, err error) {
	a, b, two := strings.Cut(s, "-")
	if !two {
		b = a
	}
	if len(a) != len(b) || len(a) != 3 && len(a) != 5 {
		return 0, 0, fmt.Errorf("%q is not a prefix of three digits, a ZIP of five, or two of them with a hyphen", s)
	}
	if from, err = strconv.Atoi(a); err != nil {
		return 0, 0, err
	}
	if to, err = strconv.Atoi(b); err != nil {
		return 0, 0, err
	}
	if from > to {
		return 0, 0, fmt.Errorf("%q runs backwards", s)
	}
	return from, to, nil
}

func (t *table) source() string {
	sort.Slice(t.zips, func(i, j int) bool { return t.zips[i].from < t.zips[j].from })
	var within strings.Builder
	for s, ps := range t.within {
		if len(ps) > 0 {
			fmt.Fprintf(&within, "\t%d: %d, // %s\n", s, t.sets.Index(ps), place.State(s))
		}
	}
	var b strings.Builder
	b.WriteString("// Code generated from data/zip.txt by core/place/gen; DO NOT EDIT.\n\npackage place\n\n")
	b.WriteString("var zipSets = [...][]Place{\n" + t.sets.Source() + "}\n\n")
	b.WriteString("// By three-digit prefix, twenty on a line.\nvar zipPrefixes = [1000]uint8{\n")
	for p, set := range t.prefixes {
		fmt.Fprintf(&b, "%d,", set)
		if p%20 == 19 {
			b.WriteString("\n")
		}
	}
	b.WriteString("}\n\n// In ascending order.\nvar zipSpans = [...]zipSpan{\n")
	for _, s := range t.zips {
		fmt.Fprintf(&b, "\t{%d, %d, %d},\n", s.from, s.to, s.set)
	}
	b.WriteString("}\n\nvar withinSets = [NumStates]uint8{\n" + within.String() + "}\n")
	return b.String()
}
