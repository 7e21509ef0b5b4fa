package site

import (
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/launch"
)

// A timing is when a campaign goes and ends, as it was typed.
type timing struct {
	When             string // now, later or local
	Date, Time       string
	Ends             bool // at EndDate and EndTime, not with the venue's day
	EndDate, EndTime string
	Problem          string // with when it goes
	EndProblem       string
	Earliest         string // the first day that may be chosen
}

// When a campaign may go: at once, at one instant, by each guest's own clocks.
const whenNow, whenLater, whenLocal = "now", "later", "local"

// goesAt says when a campaign goes.
func (v *visit) goesAt(c campaign.Campaign) string {
	if c.Wall.IsZero() {
		return v.when(c.SendAt)
	}
	return v.say("compose.local.at", "when", v.when(c.SendAt))
}

func typedTiming(get func(string) string) timing {
	t := timing{When: get("when"), Date: get("date"), Time: get("time"), Ends: get("ends") == "at", EndDate: get("end_date"), EndTime: get("end_time")}
	if t.When != whenLater && t.When != whenLocal {
		t.When = whenNow
	}
	return t
}

func (v *visit) timingOf(c campaign.Campaign) timing {
	zone := located(v.biz.Zone)
	t := timing{When: whenNow, Ends: !c.NotAfter.IsZero()}
	if !c.SendAt.IsZero() {
		t.When = whenLater
		t.Date, t.Time = dayAndClock(c.SendAt.In(zone))
	}
	if !c.Wall.IsZero() {
		t.When = whenLocal
		t.Date, t.Time, _ = strings.Cut(c.Wall.String(), "T")
	}
	if t.Ends {
		t.EndDate, t.EndTime = dayAndClock(c.NotAfter.In(zone))
	}
	return t
}

func dayAndClock(t time.Time) (day, clock string) { return t.Format(time.DateOnly), t.Format("15:04") }

// suggest fills in what was not chosen: soon, and the end of the day after.
func (t *timing) suggest(now time.Time) {
	if t.When == "" {
		t.When = whenNow
	}
	t.Earliest = now.Format(time.DateOnly)
	day, clock := dayAndClock(now.Add(time.Hour).Truncate(30 * time.Minute))
	if t.Date == "" {
		t.Date = day
	}
	if t.Time == "" {
		t.Time = clock
	}
	if t.EndDate == "" {
		t.EndDate = now.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	if t.EndTime == "" {
		t.EndTime = "21:00"
	}
}

// readTiming reads t into d, by the venue's clock. If it cannot, it says so in t
// and reports false.
func (v *visit) readTiming(t *timing, d *launch.Draft) bool {
	now := v.s.Clock.Now()
	if t.When != whenNow {
		d.SendAt, t.Problem = v.instant(t.Date, t.Time, now)
	}
	if t.When == whenLocal && t.Problem == "" {
		d.Wall, _ = campaign.ParseWall(t.Date + "T" + firstN(t.Time, 5)) // as instant read it
	}
	if t.Ends {
		d.NotAfter, t.EndProblem = v.instant(t.EndDate, t.EndTime, now)
		if t.EndProblem == "" && !d.SendAt.IsZero() && !d.NotAfter.After(d.SendAt) {
			t.EndProblem = v.say("compose.ends.before")
		}
	}
	return t.Problem == "" && t.EndProblem == ""
}

// instant reads a day and a time by the venue's clock, or says what is wrong
// with them.
func (v *visit) instant(day, clock string, now time.Time) (time.Time, string) {
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+firstN(clock, 5), located(v.biz.Zone))
	switch {
	case err != nil:
		return time.Time{}, v.say("compose.when.bad")
	case at.Before(now.Add(-time.Minute)):
		return time.Time{}, v.say("compose.when.past")
	case at.After(now.AddDate(1, 0, 0)):
		return time.Time{}, v.say("compose.when.far")
	}
	return at.UTC(), ""
}

func firstN(s string, n int) string { return s[:min(n, len(s))] }
