package retention

import (
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
)

// How far clocks may be apart, and how long nothing may have happened, before
// nothing is erased: a clock that is a year ahead would erase a year too much.
const (
	clocksApart = 48 * time.Hour
	longQuiet   = 45 * 24 * time.Hour
)

// Believe reports as an error of kind Denied why now is not to be believed:
// because the store's own clock says another time, or because it is long before
// or after the newest instant that the store knows of from elsewhere.
func Believe(now, newest, clock time.Time) error {
	const op = "retention.Believe"
	if !clock.IsZero() && now.Sub(clock).Abs() > clocksApart {
		return core.E(op, core.Denied, fmt.Sprintf("this machine's clock (%s) and the database's (%s) disagree; nothing was erased. Set the wrong one", day(now), day(clock)))
	}
	switch {
	case newest.IsZero():
		return nil
	case now.Before(newest.Add(-clocksApart)):
		return core.E(op, core.Denied, fmt.Sprintf("this machine's clock says %s, but the database holds what happened on %s; nothing was erased. Set the clock", day(now), day(newest)))
	case now.After(newest.Add(longQuiet)):
		return core.E(op, core.Denied, fmt.Sprintf("this machine's clock says %s, and nothing has happened since %s; nothing was erased. If the clock is right, run nexo retention run --clock-is-right", day(now), day(newest)))
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
