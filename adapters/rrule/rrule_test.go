package rrule_test

import (
	"errors"
	"testing"

	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

func wall(t *testing.T, s string) campaign.Wall {
	t.Helper()
	w, ok := campaign.ParseWall(s)
	if !ok {
		t.Fatalf("%q is no date and time", s)
	}
	return w
}

func TestNext(t *testing.T) {
	for _, tt := range []struct{ rule, from, after, want string }{
		{"FREQ=WEEKLY", "2026-12-01T18:00", "2026-12-01T18:00", "2026-12-08T18:00"},
		{"FREQ=WEEKLY", "2026-12-01T18:00", "2026-12-10T09:00", "2026-12-15T18:00"},
		{"FREQ=WEEKLY;INTERVAL=2", "2026-12-01T18:00", "2026-12-08T18:00", "2026-12-15T18:00"},
		{"FREQ=DAILY", "2026-03-07T02:30", "2026-03-07T02:30", "2026-03-08T02:30"}, // clocks leave it out: the zone's matter
		{"FREQ=MONTHLY", "2027-01-31T18:00", "2027-01-31T18:00", "2027-03-31T18:00"},
		{"FREQ=WEEKLY;COUNT=2", "2026-12-01T18:00", "2026-12-08T18:00", ""},
		{"FREQ=WEEKLY;UNTIL=20261210T235959Z", "2026-12-01T18:00", "2026-12-01T18:00", "2026-12-08T18:00"},
		{"FREQ=WEEKLY;UNTIL=20261210T235959Z", "2026-12-01T18:00", "2026-12-08T18:00", ""},
		{"FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "2026-12-01T18:00", "2026-12-01T18:00", ""}, // never
	} {
		got, ok, err := rrule.Calendar{}.Next(tt.rule, wall(t, tt.from), wall(t, tt.after))
		if err != nil || got.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("%s after %s is %v, %v, %v; want %q", tt.rule, tt.after, got, ok, err, tt.want)
		}
	}
}

func TestBadRules(t *testing.T) {
	for _, rule := range []string{"", "weekly", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY\nFREQ=DAILY", "DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY"} {
		if got, ok, err := (rrule.Calendar{}).Next(rule, wall(t, "2026-12-01T18:00"), wall(t, "2026-12-01T18:00")); !errors.Is(err, core.Invalid) || core.MessageOf(err) == "" || ok {
			t.Errorf("%q gives %v, %v, %v", rule, got, ok, err)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add("FREQ=WEEKLY;BYDAY=TU")
	f.Fuzz(func(t *testing.T, rule string) {
		from, _ := campaign.ParseWall("2026-12-01T18:00")
		if got, ok, err := (rrule.Calendar{}).Next(rule, from, from); ok && (err != nil || got == from || got.IsZero()) {
			t.Errorf("%q gives %v, %v", rule, got, err)
		}
	})
}
