// Package data makes the table of package nanp from the readable list of area
// codes. Only its generator and the tests of package nanp use it.
package data

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/place/data"
)

//go:embed areacodes.txt
var areaCodes string

// A Row is one line of the list.
type Row struct {
	Code   int
	Kind   string
	Places []place.Place
	With   int // the code that this one overlays, 0 if none
}

// Rows returns the list in the order of the file. An error names the line.
func Rows() ([]Row, error) {
	var rows []Row
	last := 199
	for i, line := range strings.Split(areaCodes, "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		r, err := row(fields)
		if err == nil && r.Code <= last {
			err = fmt.Errorf("code %d is not in ascending order", r.Code)
		}
		if err != nil {
			return nil, fmt.Errorf("areacodes.txt:%d: %w", i+1, err)
		}
		last = r.Code
		rows = append(rows, r)
	}
	return rows, nil
}

// kinds has the values of nanp.Kind, which never change, by the words of the list.
var kinds = map[string]int{"geographic": 1, "toll_free": 2, "premium": 3, "non_geographic": 4}

func row(fields []string) (Row, error) {
	code, err := strconv.Atoi(fields[0])
	if err != nil || code < 200 || code > 999 {
		return Row{}, fmt.Errorf("%q is not an area code", fields[0])
	}
	if len(fields) < 2 || kinds[fields[1]] == 0 {
		return Row{}, fmt.Errorf("code %d has no kind that we know", code)
	}
	r := Row{Code: code, Kind: fields[1]}
	rest := fields[2:]
	if n := len(rest); n > 0 {
		if with, ok := strings.CutPrefix(rest[n-1], "with="); ok {
			if r.With, err = strconv.Atoi(with); err != nil {
				return Row{}, err
			}
			rest = rest[:n-1]
		}
	}
	if r.Places, err = data.ParsePlaces(rest); err != nil {
		return Row{}, err
	}
	if (r.Kind == "geographic") != (len(r.Places) > 0) {
		return Row{}, fmt.Errorf("code %d: a geographic code has places, and no other has", code)
	}
	return r, nil
}

// File returns the Go source of the table.
func File() (string, error) {
	rows, err := Rows()
	if err != nil {
		return "", err
	}
	var sets data.Sets
	var entries [800][2]int
	for _, r := range rows {
		entries[r.Code-200] = [2]int{kinds[r.Kind], sets.Index(r.Places)}
	}
	var table strings.Builder
	for i, e := range entries {
		fmt.Fprintf(&table, "{%d, %d},", e[0], e[1])
		if i%10 == 9 {
			fmt.Fprintf(&table, " // %d-%d\n", i+191, i+200)
		}
	}
	return "// Code generated from data/areacodes.txt by core/nanp/gen; DO NOT EDIT.\n\npackage nanp\n\n" +
		"import \"github.com/jobfluss/nexo/core/place\"\n\n" +
		"var sets = [...][]place.Place{\n" + sets.Source() + "}\n\n" +
		"// Kind and set by area code less 200; {0, 0} is not assigned.\nvar table = [800]entry{\n" + table.String() + "}\n", nil
}
