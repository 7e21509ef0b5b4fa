package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

// calendar reads the rules that owners here write: every so many days, so often.
type calendar struct{}

// series is such a rule.
func series(days, times int) string {
	return fmt.Sprintf("FREQ=DAILY;INTERVAL=%d;COUNT=%d", days, times)
}

func readSeries(rule string) (days, times int, err error) {
	if _, err := fmt.Sscanf(rule, "FREQ=DAILY;INTERVAL=%d;COUNT=%d", &days, &times); err != nil {
		return 0, 0, core.Wrap("sim.calendar", core.Invalid, "the rule cannot be read", err)
	}
	return days, times, nil
}

// Next counts days.
func (calendar) Next(rule string, from, after campaign.Wall) (campaign.Wall, bool, error) {
	days, times, err := readSeries(rule)
	if err != nil {
		return campaign.Wall{}, false, err
	}
	at := func(w campaign.Wall, more int) time.Time {
		return time.Date(w.Year, w.Month, w.Day+more, w.Hour, w.Minute, 0, 0, time.UTC)
	}
	for i := 1; i < times; i++ {
		if t := at(from, i*days); t.After(at(after, 0)) {
			return campaign.WallOf(t), true, nil
		}
	}
	return campaign.Wall{}, false, nil
}

// repeats makes a series of a draft that begins at a minute by day.
func (w *world) repeats(v *venue) (rule string, begins time.Time) {
	begins = w.now.Truncate(time.Minute).Add(w.dice.between(5*time.Minute, 8*time.Hour).Truncate(time.Minute))
	for clock := localTime(begins, zoneOf[v.Zone.String()]).clock; clock < 6*time.Hour || clock > 21*time.Hour; clock = localTime(begins, zoneOf[v.Zone.String()]).clock {
		begins = begins.Add(time.Hour)
	}
	return series(1+w.dice.below(2), 2+w.dice.below(3)), begins
}

// meets takes note of a campaign that the system has made by itself: an occurrence
// of a series.
func (w *world) meets(c campaign.Campaign) {
	if c.Series.IsZero() || w.byID[c.ID] != nil {
		return
	}
	of := w.byID[c.Series]
	if of == nil || of.venue.ID != c.Business {
		w.broken(10, "a campaign is an occurrence of a series that the venue does not have")
		return
	}
	w.note("%s occurs", c.Name)
	of.occurred = append(of.occurred, w.track(of.venue, c))
	w.meddle(of.occurred[len(of.occurred)-1])
}

// dates are the instants of a series, by the oracle's own clocks on the wall.
func dates(cl *campaignLog) (out []time.Time) {
	days, times, err := readSeries(cl.Repeat.Rule)
	if err != nil {
		return nil
	}
	zone := zoneOf[cl.venue.Zone.String()]
	first := localTime(cl.begins, zone)
	for i := range times {
		about := cl.begins.Add(time.Duration(i*days) * 24 * time.Hour)
		for _, shift := range []time.Duration{0, -time.Hour, time.Hour} { // clocks have changed in between
			if localTime(about.Add(shift), zone).clock == first.clock {
				out = append(out, about.Add(shift))
				break
			}
		}
	}
	return out
}

// checkSeries: each of its dates became one campaign, or was left out since the
// one before it was not over; and after it was cancelled there was none.
func (w *world) checkSeries(cl *campaignLog) {
	if cl.Repeat.IsZero() || cl.Approved.IsZero() {
		return
	}
	all := dates(cl)
	made := make([]time.Time, 0, len(cl.occurred))
	for _, o := range cl.occurred {
		w.read(o)
		at := o.SendAt
		switch {
		case !slices.ContainsFunc(all, at.Equal):
			w.broken(5, "%s occurs at %s, which is none of its dates", cl.Name, at.UTC().Format(time.DateTime))
		case slices.ContainsFunc(made, at.Equal):
			w.broken(2, "%s occurs twice on one date", cl.Name)
		case !cl.stopped.IsZero() && at.After(cl.stopped.Add(2*mostSkew)):
			w.broken(5, "%s occurs %v after it was cancelled", cl.Name, at.Sub(cl.stopped))
		}
		made = append(made, at)
	}
	if cl.Status == campaign.Cancelled {
		return
	}
	if len(made)+cl.Repeat.Skipped != len(all) {
		w.broken(5, "%s is %v, and of its %d dates %d were kept and %d were left out", cl.Name, cl.Status, len(all), len(made), cl.Repeat.Skipped)
	}
	for _, at := range all {
		busy := slices.ContainsFunc(cl.occurred, func(o *campaignLog) bool { return o.SendAt.Before(at) && o.Ended.After(at.Add(-2*mostSkew)) })
		if !slices.ContainsFunc(made, at.Equal) && !busy {
			w.broken(5, "%s was left out on %s, and nothing was in its way", cl.Name, at.UTC().Format(time.DateOnly))
		}
	}
}
