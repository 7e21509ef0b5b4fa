// Package rrule reads the rules by which campaigns repeat, RRULE of RFC 5545,
// with rrule-go. It works on what clocks show, without a zone.
package rrule

import (
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

// Calendar is the port [campaign.Calendar]. It is safe for concurrent use.
type Calendar struct{}

var _ campaign.Calendar = Calendar{}

// horizon is how far ahead an occurrence is looked for: a rule that comes less
// often than every five years has ended for a bar.
const horizon = 5 * 366 * 24 * time.Hour

// Next looks for the next occurrence.
func (Calendar) Next(rule string, from, after campaign.Wall) (campaign.Wall, bool, error) {
	opt, err := parse(rule)
	if err != nil {
		return campaign.Wall{}, false, err
	}
	opt.Dtstart = floating(from)
	end := floating(after).Add(horizon)
	if opt.Until.IsZero() || opt.Until.After(end) {
		opt.Until = end
	}
	r, err := rrule.NewRRule(*opt)
	if err != nil {
		return campaign.Wall{}, false, bad(err)
	}
	t := r.After(floating(after), false)
	if t.IsZero() {
		return campaign.Wall{}, false, nil
	}
	return campaign.WallOf(t), true, nil
}

func parse(rule string) (*rrule.ROption, error) {
	if len(rule) > 300 || strings.ContainsAny(rule, "\r\n") {
		return nil, bad(nil)
	}
	opt, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, bad(err)
	}
	if opt.Freq > rrule.DAILY || len(opt.Byhour)+len(opt.Byminute)+len(opt.Bysecond) > 0 {
		return nil, core.E("rrule.Next", core.Invalid, "A campaign repeats once a day at most. Choose daily, weekly or monthly.")
	}
	if !opt.Dtstart.IsZero() || opt.Interval < 0 || opt.Count < 0 {
		return nil, bad(nil)
	}
	return opt, nil
}

func bad(err error) error {
	return core.Wrap("rrule.Next", core.Invalid, "How it repeats cannot be read. Choose daily, weekly or monthly.", err)
}

// floating is what the clock shows, as if it hung in Greenwich.
func floating(w campaign.Wall) time.Time {
	return time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, 0, 0, time.UTC)
}
