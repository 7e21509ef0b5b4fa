package law

import "time"

// A Holiday is one day of a list, by exactly one of its rules.
type Holiday struct {
	Name      string  `json:"name"`
	Fixed     string  `json:"fixed,omitempty"` // MM-DD
	Month     int     `json:"month,omitempty"` // with Weekday and N
	Weekday   string  `json:"weekday,omitempty"`
	N         int     `json:"n,omitempty"`          // the nth of the month; -1 is the last
	Plus      int     `json:"plus,omitempty"`       // days after the nth weekday
	Easter    *int    `json:"easter,omitempty"`     // days from Easter Sunday
	Election  bool    `json:"election,omitempty"`   // Tuesday after the first Monday of November
	EvenYears bool    `json:"even_years,omitempty"` // only in even years
	MondayOf  string  `json:"monday_of,omitempty"`  // MM-DD, kept on the Monday: before, from Tuesday to Friday; after, at the weekend
	fixed     dayRule // parsed
}

// A dayRule is a month and day.
type dayRule struct {
	month time.Month
	day   int
}

// A HolidayList is a state's list. On a weekend, Observed says which weekday is
// kept as well; the day itself stays closed too, the stricter reading.
type HolidayList struct {
	Include    []string          `json:"include,omitempty"`
	Observed   map[string]string `json:"observed,omitempty"`
	Days       []Holiday         `json:"days"`
	Notes      string            `json:"notes,omitempty"`
	Source     string            `json:"source"`
	Confidence string            `json:"confidence"`
}

// on returns the day in a year, and false in a year without it.
func (h *Holiday) on(year int) (Day, bool) {
	switch {
	case h.EvenYears && year%2 != 0:
		return 0, false
	case h.Election:
		return nthWeekday(year, time.November, time.Monday, 1) + 1, true
	case h.Easter != nil:
		return easter(year) + Day(*h.Easter), true
	case h.Fixed != "":
		return DayOf(year, h.fixed.month, h.fixed.day), true
	case h.MondayOf != "":
		return mondayOf(DayOf(year, h.fixed.month, h.fixed.day)), true
	}
	w := weekdays[h.Weekday]
	return nthWeekday(year, time.Month(h.Month), w, h.N) + Day(h.Plus), true
}

// mondayOf follows Utah Code 63G-1-301 on Juneteenth.
func mondayOf(d Day) Day {
	switch w := d.Weekday(); w {
	case time.Saturday:
		return d + 2
	case time.Sunday:
		return d + 1
	default:
		return d - Day(w-time.Monday)
	}
}

func nthWeekday(year int, month time.Month, w time.Weekday, n int) Day {
	if n < 0 {
		last := DayOf(year+int(month)/12, month%12+1, 1) - 1
		return last - Day((int(last.Weekday())-int(w)+7)%7)
	}
	first := DayOf(year, month, 1)
	return first + Day((int(w)-int(first.Weekday())+7)%7) + Day(7*(n-1))
}

// easter is Western Easter Sunday, by the anonymous Gregorian computus.
func easter(year int) Day {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return DayOf(year, time.Month(n/31), n%31+1)
}

// The years whose holidays are kept as bits; others are computed when asked.
const firstYear, lastYear = 2019, 2045

var (
	firstBit = DayOf(firstYear, time.January, 1)
	lastBit  = DayOf(lastYear, time.December, 31)
)

// A holidaySet is the union of lists, a bit a day.
type holidaySet struct {
	lists []*HolidayList // with the included ones
	bits  [(27*366 + 63) / 64]uint64
}

func newHolidaySet(lists []*HolidayList) *holidaySet {
	s := &holidaySet{lists: lists}
	for y := firstYear - 1; y <= lastYear+1; y++ {
		s.each(y, func(d Day, _ string) {
			if d >= firstBit && d <= lastBit {
				s.bits[(d-firstBit)/64] |= 1 << ((d - firstBit) % 64)
			}
		})
	}
	return s
}

// has reports whether d is closed. It does not allocate.
func (s *holidaySet) has(d Day) bool {
	if d >= firstBit && d <= lastBit {
		i := d - firstBit
		return s.bits[i/64]&(1<<(i%64)) != 0
	}
	return s.name(d) != ""
}

// name returns the holiday's name, "" on any other day.
func (s *holidaySet) name(d Day) string {
	year, _, _ := d.Date()
	found := ""
	// New Year's Day may be observed in the year before.
	for y := year - 1; y <= year+1; y++ {
		s.each(y, func(at Day, name string) {
			if at == d && found == "" {
				found = name
			}
		})
	}
	return found
}

// each calls f with the days of a year and the weekdays they are observed on.
func (s *holidaySet) each(year int, f func(Day, string)) {
	for _, l := range s.lists {
		for i := range l.Days {
			d, ok := l.Days[i].on(year)
			if !ok {
				continue
			}
			f(d, l.Days[i].Name)
			if o := l.observed(d); o != d {
				f(o, l.Days[i].Name+" (observed)")
			}
		}
	}
}

func (l *HolidayList) observed(d Day) Day {
	switch w := d.Weekday(); {
	case w == time.Saturday && l.Observed["sat"] != "":
		return d - 1
	case w == time.Sunday && l.Observed["sun"] != "":
		return d + 1
	}
	return d
}

// A Closing is a holiday in a given year.
type Closing struct {
	Day  Day
	Name string
}

// Closings returns the days of a year on which a list closes, in order, with those
// of the lists that it includes and the weekdays on which they are observed. It
// returns nil for a list that is none.
func (rb *Rulebook) Closings(list string, year int) []Closing {
	if rb.holidays[list] == nil {
		return nil
	}
	s := newHolidaySet(rb.lists([]string{list}))
	var out []Closing
	for d := DayOf(year, time.January, 1); d <= DayOf(year, time.December, 31); d++ {
		if s.has(d) {
			out = append(out, Closing{d, s.name(d)})
		}
	}
	return out
}

// HolidayLists returns the lists by name. The caller must not change them.
func (rb *Rulebook) HolidayLists() map[string]*HolidayList { return rb.holidays }
