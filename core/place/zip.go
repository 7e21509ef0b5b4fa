package place

// Through a second file: the generator compiles this package, so the table must
// not be gone while it runs.
//go:generate sh -c "go run ./gen > zz_zip.tmp && mv zz_zip.tmp zz_zip.go"

// A zipSpan is a run of five-digit ZIP codes that differ from their prefix.
type zipSpan struct {
	from, to uint32
	set      uint8
}

// FromZIP returns every place that an address with the US ZIP code may be in:
// five digits, or ZIP+4 with or without its hyphen. Where a code lies across a
// zone or state line, it returns both sides.
//
// It returns false for what is no ZIP code, for codes not in use, for military
// mail (APO, FPO, DPO), which says nothing of where the phone is, and for the
// freely associated states of the Pacific, whose law the rulebook does not hold.
//
// The slice is shared and must not be changed. FromZIP does not allocate.
func FromZIP(zip string) ([]Place, bool) {
	n, ok := parseZIP(zip)
	if !ok {
		return nil, false
	}
	ps := zipSets[zipSet(n)]
	return ps, len(ps) > 0
}

func parseZIP(zip string) (uint32, bool) {
	switch {
	case len(zip) == 5, len(zip) == 9:
	case len(zip) == 10 && zip[5] == '-':
	default:
		return 0, false
	}
	var n uint32
	for i := range len(zip) {
		if i == 5 && len(zip) == 10 {
			continue
		}
		c := zip[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if i < 5 {
			n = n*10 + uint32(c-'0')
		}
	}
	return n, true
}

func zipSet(n uint32) uint8 {
	lo, hi := 0, len(zipSpans)
	for lo < hi { // the first span that does not end before n
		mid := int(uint(lo+hi) >> 1)
		if zipSpans[mid].to < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(zipSpans) && zipSpans[lo].from <= n {
		return zipSpans[lo].set
	}
	return zipPrefixes[n/100]
}

// Within returns every place in a US state, DC or territory: the state with each
// clock that people there live by. It is empty for the others. The slice is
// shared and must not be changed.
func Within(s State) []Place {
	if int(s) >= len(withinSets) {
		return nil
	}
	return zipSets[withinSets[s]]
}
