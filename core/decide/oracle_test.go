package decide_test

import (
	"slices"
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// The oracle says whether a minute is allowed, from the statutes as a person
// reads them. It shares nothing with the engine: no rulebook file, no edition, no
// arithmetic of days. It is slow and plain.

// oracleRow is a state's hours: for each weekday "open-close", "" closed.
type oracleRow struct {
	from     string // first date in force
	weekday  string // Monday to Friday
	saturday string
	sunday   string
	holidays string
	strict   bool // only in the strict profile
	standard bool // the opening is in standard time, in the strict profile
}

var oracleRows = map[string][]oracleRow{
	"CT": {{from: "2023-10-01", weekday: "9-20", saturday: "9-20", sunday: "9-20"}},
	"FL": {{from: "2021-07-01", weekday: "8-20", saturday: "8-20", sunday: "8-20"}},
	"MD": {{from: "2024-01-01", weekday: "8-20", saturday: "8-20", sunday: "8-20"}},
	"MS": {{from: "2020-01-01", weekday: "8-20", saturday: "8-20", standard: true}},
	"OK": {{from: "2022-11-01", weekday: "8-20", saturday: "8-20", sunday: "8-20"}},
	"OR": {{from: "2026-01-01", weekday: "8-20", saturday: "8-20", sunday: "8-20"}},
	"PA": {
		{from: "2020-01-01", weekday: "8-21", saturday: "8-21", sunday: "8-21", holidays: "PA", strict: true},
		{from: "2026-10-18", weekday: "9-19", saturday: "9-19", holidays: "PA"},
	},
	"TX": {
		{from: "2020-01-01", weekday: "9-21", saturday: "9-21", sunday: "12-21", strict: true},
		{from: "2025-09-01", weekday: "9-21", saturday: "9-21", sunday: "12-21"},
	},
	"WA": {{from: "2022-06-09", weekday: "8-20", saturday: "8-20", sunday: "8-20"}},
	"AL": {{from: "2020-01-01", weekday: "8-20", saturday: "8-20", holidays: "AL", strict: true}},
	"KY": {{from: "2020-01-01", weekday: "10-21", saturday: "10-21", sunday: "10-21", strict: true}},
	"LA": {{from: "2020-01-01", weekday: "8-20", saturday: "8-20", holidays: "LA", strict: true}},
	"MA": {{from: "2020-01-01", weekday: "8-20", saturday: "8-20", sunday: "8-20", strict: true}},
	"MI": {{from: "2020-01-01", weekday: "9-21", saturday: "9-21", sunday: "9-21", strict: true}},
	"MN": {{from: "2020-01-01", weekday: "9-21", saturday: "9-21", sunday: "9-21", strict: true}},
	"NV": {{from: "2020-01-01", weekday: "9-20", saturday: "9-20", sunday: "9-20", strict: true}},
	"NM": {{from: "2020-01-01", weekday: "9-21", saturday: "9-21", sunday: "9-21", strict: true}},
	"RI": {{from: "2020-01-01", weekday: "9-18", saturday: "10-17", holidays: "RI", strict: true}},
	"SD": {{from: "2020-01-01", weekday: "9-21", saturday: "9-21", strict: true}},
	"UT": {{from: "2020-01-01", weekday: "8-21", saturday: "8-21", holidays: "UT", strict: true}},
	"WY": {{from: "2020-01-01", weekday: "8-20", saturday: "8-20", sunday: "8-20", strict: true}},
}

var oracleUnknown = map[law.Profile]oracleRow{
	law.Federal: {weekday: "8-21", saturday: "8-21", sunday: "8-21"},
	law.Default: {weekday: "9-19", saturday: "9-19", holidays: "PA"},
	law.Strict:  {weekday: "10-18", saturday: "10-17", holidays: "RI PA UT LA AL"},
}

// stateZones is where a state lies, for places without a zone.
var stateZones = map[string][]string{
	"FL": {"America/New_York", "America/Chicago"}, "TX": {"America/Chicago", "America/Denver"},
	"OR": {"America/Los_Angeles", "America/Boise"}, "PA": {"America/New_York"}, "CA": {"America/Los_Angeles"},
}

var everyZone = []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu"}

// oracleAllows reports whether marketing may go at t to all places.
func oracleAllows(t time.Time, places []place.Place, p law.Profile, margin time.Duration) bool {
	if len(places) == 0 {
		places = []place.Place{{}}
	}
	for _, pl := range places {
		zones := everyZone
		if pl.Zone != 0 {
			zones = []string{pl.Zone.String()}
		} else if zs := stateZones[pl.State.String()]; zs != nil {
			zones = zs
		}
		for _, z := range zones {
			loc := place.MustZone(z).Location()
			if !oracleOpen(t.In(loc), pl.State, p, margin) {
				return false
			}
		}
	}
	return true
}

func oracleOpen(local time.Time, s place.State, p law.Profile, margin time.Duration) bool {
	federal := oracleRow{weekday: "8-21", saturday: "8-21", sunday: "8-21"}
	if !federal.open(local, p, margin) {
		return false
	}
	if !s.US() {
		u := oracleUnknown[p]
		return u.open(local, p, margin)
	}
	row, found := oracleRow{}, false
	for _, r := range oracleRows[s.String()] {
		if local.Format(time.DateOnly) >= r.from {
			row, found = r, true
		}
	}
	if !found || p == law.Federal || p == law.Default && row.strict {
		return true
	}
	return row.open(local, p, margin)
}

func (r *oracleRow) open(local time.Time, p law.Profile, margin time.Duration) bool {
	hours := r.weekday
	switch local.Weekday() {
	case time.Saturday:
		hours = r.saturday
	case time.Sunday:
		hours = r.sunday
	}
	if hours == "" || r.holidays != "" && oracleHoliday(local, r.holidays) {
		return false
	}
	var a, b int
	for i, c := range hours {
		if c == '-' {
			a, b = atoi(hours[:i]), atoi(hours[i+1:])
		}
	}
	wall := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	opens := time.Duration(a) * time.Hour
	if r.standard && p == law.Strict && local.IsDST() {
		opens += time.Hour
	}
	return wall >= opens && wall < time.Duration(b)*time.Hour-margin
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// oracleEaster is from an almanac.
var oracleEaster = map[int]string{2023: "2023-04-09", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28",
	2028: "2028-04-16", 2029: "2029-04-01", 2030: "2030-04-21", 2031: "2031-04-13"}

var oracleCache = map[string][]string{}

func oracleHoliday(local time.Time, lists string) bool {
	key := lists + local.Format("2006")
	days, ok := oracleCache[key]
	if !ok {
		for y := local.Year() - 1; y <= local.Year()+1; y++ {
			days = append(days, oracleDays(y, lists)...)
		}
		oracleCache[key] = days
	}
	return slices.Contains(days, local.Format(time.DateOnly))
}

// oracleDays lists the closed dates of a year, found by walking the calendar.
func oracleDays(year int, lists string) []string {
	var out []string
	add := func(d time.Time, sat, sun bool) {
		out = append(out, d.Format(time.DateOnly))
		if sat && d.Weekday() == time.Saturday {
			out = append(out, d.AddDate(0, 0, -1).Format(time.DateOnly))
		}
		if sun && d.Weekday() == time.Sunday {
			out = append(out, d.AddDate(0, 0, 1).Format(time.DateOnly))
		}
	}
	date := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	nth := func(m time.Month, w time.Weekday, n int) time.Time {
		var hits []time.Time
		for d := date(m, 1); d.Month() == m; d = d.AddDate(0, 0, 1) {
			if d.Weekday() == w {
				hits = append(hits, d)
			}
		}
		if n < 0 {
			return hits[len(hits)-1]
		}
		return hits[n-1]
	}
	easter, _ := time.Parse(time.DateOnly, oracleEaster[year])
	federal := func() {
		for _, d := range []time.Time{date(1, 1), nth(1, 1, 3), nth(2, 1, 3), nth(5, 1, -1), date(6, 19), date(7, 4), nth(9, 1, 1), nth(10, 1, 2), date(11, 11), nth(11, 4, 4), date(12, 25)} {
			add(d, true, true)
		}
	}
	election := nth(11, 1, 1).AddDate(0, 0, 1)
	for _, list := range split(lists) {
		switch list {
		case "PA":
			for _, d := range []time.Time{date(1, 1), nth(1, 1, 3), nth(2, 1, 3), easter.AddDate(0, 0, -2), nth(5, 1, -1), date(6, 14), date(7, 4), nth(9, 1, 1), nth(10, 1, 2), election, date(11, 11), nth(11, 4, 4), date(12, 25)} {
				add(d, true, true)
			}
		case "RI":
			federal()
			add(date(5, 4), false, true)
			add(nth(8, 1, 2), false, true)
			if year%2 == 0 {
				add(election, false, true)
			}
		case "UT":
			federal()
			add(date(7, 24), true, true)
			june := date(6, 19)
			for june.Weekday() != time.Monday {
				if w := june.Weekday(); w == time.Saturday || w == time.Sunday {
					june = june.AddDate(0, 0, 1)
				} else {
					june = june.AddDate(0, 0, -1)
				}
			}
			add(june, false, false)
		case "LA":
			for _, d := range []time.Time{date(1, 1), nth(1, 1, 3), easter.AddDate(0, 0, -47), easter.AddDate(0, 0, -2), nth(5, 1, -1), date(7, 4), nth(9, 1, 1), date(11, 1), date(11, 11), nth(11, 4, 4), nth(11, 4, 4).AddDate(0, 0, 1), date(12, 25)} {
				add(d, true, true)
			}
			if year%2 == 0 {
				add(election, true, true)
			}
		case "AL":
			federal()
			add(easter.AddDate(0, 0, -47), true, true)
			add(nth(4, 1, 4), true, true)
			add(nth(6, 1, 1), true, true)
		}
	}
	return out
}

func split(s string) []string {
	var out []string
	for len(s) >= 2 {
		out = append(out, s[:2])
		s = s[min(3, len(s)):]
	}
	return out
}
