package sim

import (
	"slices"
	"time"
)

// The law as a person reads it: for the states that guests of a run may be in,
// what the default profile enforces. Nothing here comes from core/law,
// core/decide, core/nanp or core/place.

// An area is an area code, and everywhere a phone with it may be.
type area struct {
	code   int
	places []spot
}

// A spot is a state and the zone that people there live by.
type spot struct {
	state string
	zone  string // as in zones
}

// zones are hours from Greenwich in winter, and whether clocks change.
var zones = map[string]struct {
	offset  int
	changes bool
}{
	"E": {-5, true}, "C": {-6, true}, "M": {-7, true}, "P": {-8, true}, "AZ": {-7, false}, "AK": {-9, true}, "AD": {-10, true},
	"HI": {-10, false}, "PR": {-4, false}, "GU": {10, false},
}

// zoneOf is the zone's name here by the name that others use.
var zoneOf = map[string]string{
	"America/New_York": "E", "America/Chicago": "C", "America/Denver": "M", "America/Los_Angeles": "P", "America/Phoenix": "AZ",
	"Pacific/Honolulu": "HI",
}

var areas = []area{
	{512, []spot{{"TX", "C"}}}, {915, []spot{{"TX", "M"}}}, {214, []spot{{"TX", "C"}}},
	{305, []spot{{"FL", "E"}}}, {850, []spot{{"FL", "E"}, {"FL", "C"}}},
	{215, []spot{{"PA", "E"}}}, {717, []spot{{"PA", "E"}}},
	{405, []spot{{"OK", "C"}}}, {580, []spot{{"OK", "C"}}},
	{503, []spot{{"OR", "P"}}}, {541, []spot{{"OR", "P"}, {"OR", "M"}}},
	{206, []spot{{"WA", "P"}}}, {301, []spot{{"MD", "E"}}}, {860, []spot{{"CT", "E"}}}, {601, []spot{{"MS", "C"}}},
	{312, []spot{{"IL", "C"}}}, {219, []spot{{"IN", "C"}, {"IN", "E"}}}, {808, []spot{{"HI", "HI"}}},
	{907, []spot{{"AK", "AK"}, {"AK", "AD"}}}, {602, []spot{{"AZ", "AZ"}}}, {928, []spot{{"AZ", "AZ"}, {"AZ", "M"}}},
	{702, []spot{{"NV", "P"}}}, {775, []spot{{"NV", "P"}, {"NV", "M"}}}, {605, []spot{{"SD", "C"}, {"SD", "M"}}},
	{270, []spot{{"KY", "C"}, {"KY", "E"}}}, {423, []spot{{"TN", "E"}, {"TN", "C"}}}, {208, []spot{{"ID", "M"}, {"ID", "P"}}},
	{415, []spot{{"CA", "P"}}}, {212, []spot{{"NY", "E"}}}, {616, []spot{{"MI", "E"}}}, {906, []spot{{"MI", "E"}, {"MI", "C"}}},
	{402, []spot{{"NE", "C"}}}, {308, []spot{{"NE", "C"}, {"NE", "M"}}}, {701, []spot{{"ND", "C"}, {"ND", "M"}}},
	{504, []spot{{"LA", "C"}}}, {251, []spot{{"AL", "C"}}}, {671, []spot{{"GU", "GU"}}}, {787, []spot{{"PR", "PR"}}},
	{404, []spot{{"GA", "E"}}}, {303, []spot{{"CO", "M"}}},
}

// spotsOf are all the places where a guest who joined at a venue may be.
func spotsOf(g *guest, v *venue) []spot {
	i := slices.IndexFunc(areas, func(a area) bool { return a.code == g.area })
	return append(slices.Clone(areas[i].places), spot{v.State.String(), zoneOf[v.Zone.String()]})
}

// hours are those of one kind of day, in hours of the clock; zero is closed.
type hours struct{ open, shut int }

// A ruling is a state's hours from a date on.
type ruling struct {
	from                      int // yyyymmdd
	weekday, saturday, sunday hours
	holidays                  []int // closed dates, mmdd of each year or yyyymmdd
}

var (
	federal = hours{8, 21} // 47 CFR 64.1200(c)(1)
	till8   = hours{8, 20}
)

// rulings are those of the states whose hours may bind texts with consent.
var rulings = map[string][]ruling{
	"CT": {{20231001, hours{9, 20}, hours{9, 20}, hours{9, 20}, nil}},     // Conn. Gen. Stat. 42-288a(c)
	"FL": {{20210701, till8, till8, till8, nil}},                          // Fla. Stat. 501.616(6)
	"MD": {{20240101, till8, till8, till8, nil}},                          // Md. Com. Law 14-4502
	"MS": {{20000101, till8, till8, hours{}, nil}},                        // Miss. Code 77-3-723
	"OK": {{20221101, till8, till8, till8, nil}},                          // 15 O.S. 775C.4
	"OR": {{20260101, till8, till8, till8, nil}},                          // HB 3865
	"PA": {{20261018, hours{9, 19}, hours{9, 19}, hours{}, pennsylvania}}, // 73 P.S. 2245
	"TX": {{20250901, hours{9, 21}, hours{9, 21}, hours{12, 21}, nil}},    // SB 140
	"WA": {{20220609, till8, till8, till8, nil}},                          // RCW 80.36.390
}

// pennsylvania are the days without calls until the end of 2027, from a
// calendar; where one falls on a weekend, the weekday beside it too.
var pennsylvania = []int{
	20261103, 20261111, 20261126, 20261225,
	20270101, 20270118, 20270215, 20270326, 20270531, 20270614, 20270704, 20270705, 20270906, 20271011, 20271102, 20271111, 20271125,
	20271224, 20271225, 20271231,
	20280101, 20280103,
}

// local is what a clock on the wall shows: the date, the weekday, the time.
type local struct {
	date    int
	weekday time.Weekday
	clock   time.Duration
}

func localTime(t time.Time, zone string) local {
	z := zones[zone]
	standard := t.UTC().Add(time.Duration(z.offset) * time.Hour)
	if z.changes && isSummer(standard) {
		standard = standard.Add(time.Hour)
	}
	y, m, d := standard.Date()
	return local{
		date: y*10000 + int(m)*100 + d, weekday: standard.Weekday(),
		clock: time.Duration(standard.Hour())*time.Hour + time.Duration(standard.Minute())*time.Minute + time.Duration(standard.Second())*time.Second + time.Duration(standard.Nanosecond()),
	}
}

// isSummer reports whether daylight saving is on where standard time is t: from
// 2 am on the second Sunday of March to 1 am, standard, on the first of November
// (15 U.S.C. 260a).
func isSummer(t time.Time) bool {
	march := time.Date(t.Year(), time.March, 8, 2, 0, 0, 0, time.UTC)
	march = march.AddDate(0, 0, (7-int(march.Weekday()))%7)
	november := time.Date(t.Year(), time.November, 1, 1, 0, 0, 0, time.UTC)
	november = november.AddDate(0, 0, (7-int(november.Weekday()))%7)
	return !t.Before(march) && t.Before(november)
}

// isOpen reports whether marketing may go to all of the spots at t, the last of
// it margin before the end.
func isOpen(t time.Time, spots []spot, margin time.Duration) bool {
	for _, s := range spots {
		l := localTime(t, s.zone)
		if !federal.has(l.clock, margin) {
			return false
		}
		for _, r := range rulings[s.state] {
			if l.date >= r.from && !r.allows(l, margin) {
				return false
			}
		}
	}
	return true
}

func (r *ruling) allows(l local, margin time.Duration) bool {
	if slices.Contains(r.holidays, l.date) {
		return false
	}
	switch l.weekday {
	case time.Saturday:
		return r.saturday.has(l.clock, margin)
	case time.Sunday:
		return r.sunday.has(l.clock, margin)
	}
	return r.weekday.has(l.clock, margin)
}

func (h hours) has(clock, margin time.Duration) bool {
	return clock >= time.Duration(h.open)*time.Hour && clock < time.Duration(h.shut)*time.Hour-margin
}

// A limit is the most marketing texts in any window.
type limit struct {
	count  int
	window time.Duration
}

// limitsOf are those that bind a text to a pair at t: three a day by the law of
// some states, and what the venue promised and chose.
func limitsOf(p *pairLog, t time.Time) []limit {
	out := []limit{{p.venue.MonthlyTexts, 30 * 24 * time.Hour}}
	if r := p.venue.Rhythm; r.Texts > 0 {
		out = append(out, limit{r.Texts, time.Duration(r.Hours) * time.Hour})
	}
	for _, s := range p.spots {
		switch s.state {
		case "OR":
			if localTime(t, s.zone).date < 20260101 {
				continue
			}
			fallthrough
		case "FL", "MD", "OK": // Fla. Stat. 501.616(6); Md. Com. Law 14-4503; 15 O.S. 775C.4
			out = append(out, limit{3, 24 * time.Hour})
		}
	}
	return out
}
