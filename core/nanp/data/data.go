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

// constants of package nanp by the words of the list.
var constants = map[string]string{
	"geographic": "Geographic", "toll_free": "TollFree", "premium": "Premium", "non_geographic": "NonGeographic",
}

func row(fields []string) (Row, error) {
	code, err := strconv.Atoi(fields[0])
	if err != nil || code < 200 || code > 999 {
		return Row{}, fmt.Errorf("%q is not an area code", fields[0])
	}
	if len(fields) < 2 || constants[fields[1]] == "" {
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
	var table strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&table, "\t%d: {%s, %d},\n", r.Code-200, constants[r.Kind], sets.Index(r.Places))
	}
	return "// Code generated from data/areacodes.txt by core/nanp/gen; DO NOT EDIT.\n\npackage nanp\n\n" +
		"import \"github.com/jobfluss/nexo/core/place\"\n\n" +
		"var sets = [...][]place.Place{\n" + sets.Source() + "}\n\n" +
		"// By area code less 200.\nvar table = [800]entry{\n" + table.String() + "}\n", nil
}
