package retention

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Period is a length by the calendar. The zero Period is for ever.
type Period struct{ Years, Months, Days int }

// Ever reports whether the period has no end.
func (p Period) Ever() bool { return p == Period{} }

// Ends is when what began at t is due. It must not be asked of a period without
// an end.
func (p Period) Ends(t time.Time) time.Time { return t.UTC().AddDate(p.Years, p.Months, p.Days) }

// Before returns the cutoff at an instant: what began before it is due, and
// whatever it leaves is due a few days later at most. Months are of different
// lengths, so of two possible days it takes the earlier, and nothing is ever due
// before [Period.Ends] says so.
func (p Period) Before(now time.Time) time.Time {
	now = now.UTC()
	cut := time.Date(now.Year()-p.Years, now.Month()-time.Month(p.Months), 1, now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), time.UTC)
	last := cut.AddDate(0, 1, -1).Day()
	cut = cut.AddDate(0, 0, min(now.Day(), last)-1-p.Days)
	for p.Ends(cut).After(now) {
		cut = cut.AddDate(0, 0, -1)
	}
	return cut
}

// days is about how long the period is, to compare two.
func (p Period) days() int { return p.Years*1461/4 + p.Months*61/2 + p.Days }

// shorter reports whether p ends before q; nothing is longer than for ever.
func (p Period) shorter(q Period) bool {
	return !p.Ever() && (q.Ever() || p.days() < q.days())
}

// String writes the period as people say it: "5 years", "90 days".
func (p Period) String() string {
	if p.Ever() {
		return "for ever"
	}
	var parts []string
	for _, x := range []struct {
		n    int
		noun string
	}{{p.Years, "year"}, {p.Months, "month"}, {p.Days, "day"}} {
		switch {
		case x.n == 1:
			parts = append(parts, "1 "+x.noun)
		case x.n > 1:
			parts = append(parts, strconv.Itoa(x.n)+" "+x.noun+"s")
		}
	}
	return strings.Join(parts, " and ")
}

// ParsePeriod reads "12m", "90d", "5y" or "ever".
func ParsePeriod(s string) (Period, error) {
	if s == "ever" {
		return Period{}, nil
	}
	bad := core.E("retention.ParsePeriod", core.Invalid, fmt.Sprintf("%.20q is no period: write a number of days, months or years, such as 90d, 12m or 5y, or ever", s))
	if len(s) < 2 {
		return Period{}, bad
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || n < 1 || n > 10_000 {
		return Period{}, bad
	}
	switch s[len(s)-1] {
	case 'd':
		return Period{Days: n}, nil
	case 'm':
		return Period{Months: n}, nil
	case 'y':
		return Period{Years: n}, nil
	}
	return Period{}, bad
}
