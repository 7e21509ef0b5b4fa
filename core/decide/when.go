package decide

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// moment is a finding's At on the clock of the first place.
func (x *explainer) moment(v *Finding) string { return x.local(v.Time()) }

// local writes an instant as "Thu 3 Dec, 7:40 pm in Texas"; with the year, if it
// is not the year of the decision.
func (x *explainer) local(t time.Time) string {
	ps := x.f.Places
	if len(ps) == 0 {
		ps = somewhere
	}
	loc, where := x.clock(ps[0].State, ps[0].Zone)
	year := ""
	if y := t.In(loc).Year(); y != x.f.Now.In(loc).Year() {
		year = " " + strconv.Itoa(y)
	}
	return dayOf(t, loc) + year + ", " + clockTime(t, loc) + " in " + where
}

func dayOf(t time.Time, loc *time.Location) string { return t.In(loc).Format("Mon 2 Jan") }

// clockTime writes 7:40 pm, and noon and midnight by name: 12:00 am is misread.
func clockTime(t time.Time, loc *time.Location) string {
	l := t.In(loc)
	if l.Second() != 0 || l.Nanosecond() != 0 {
		return l.Format("3:04:05 pm")
	}
	return minutes(l.Hour()*60 + l.Minute())
}

func minutes(m int) string {
	switch m {
	case 0, 24 * 60:
		return "midnight"
	case 12 * 60:
		return "noon"
	}
	return time.Date(2000, 1, 1, 0, m, 0, 0, time.UTC).Format("3:04 pm")
}

func count(n int) string {
	if n == 1 {
		return "1 text"
	}
	return strconv.Itoa(n) + " texts"
}

// span writes hours as days where they are whole days.
func span(hours int) string {
	switch {
	case hours > 24 && hours%24 == 0:
		return strconv.Itoa(hours/24) + " days"
	case hours == 1:
		return "1 hour"
	}
	return strconv.Itoa(hours) + " hours"
}

// spell writes a duration in its largest whole unit.
func spell(d time.Duration) string {
	n, unit := int(d/time.Minute), "minute"
	if d >= time.Hour && d%time.Hour == 0 {
		n, unit = int(d/time.Hour), "hour"
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + strings.TrimSuffix(s[n:], ".")
}
