package campaign_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/place"
)

func TestWall(t *testing.T) {
	for _, tt := range []struct{ wall, zone, want string }{
		{"2026-12-03T19:00", "America/New_York", "2026-12-04T00:00:00Z"},
		{"2026-07-03T19:00", "America/New_York", "2026-07-03T23:00:00Z"},
		{"2026-07-03T19:00", "America/Phoenix", "2026-07-04T02:00:00Z"},
		{"2026-03-08T02:30", "America/Chicago", "2026-03-08T08:00:00Z"}, // left out: the clocks go to 3
		{"2026-11-01T01:30", "America/Chicago", "2026-11-01T07:30:00Z"}, // twice: the second time
		{"2026-11-01T02:00", "America/Chicago", "2026-11-01T08:00:00Z"},
		{"2026-12-03T19:00", "America/St_Johns", "2026-12-03T22:30:00Z"},
	} {
		w, ok := campaign.ParseWall(tt.wall)
		if !ok || w.String() != tt.wall {
			t.Errorf("%s reads as %v, %v", tt.wall, w, ok)
		}
		if got := w.In(place.MustZone(tt.zone).Location()).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s in %s is %s, want %s", tt.wall, tt.zone, got, tt.want)
		}
	}
	for _, bad := range []string{"x", "2026-02-30T10:00", "2026-12-03 19:00", "2026-12-03T24:00", "2026-12-03T9:00"} {
		if w, ok := campaign.ParseWall(bad); ok || !w.IsZero() {
			t.Errorf("%q reads as %v", bad, w)
		}
	}
	if w, ok := campaign.ParseWall(""); !ok || !w.IsZero() || w.String() != "" {
		t.Error("no wall clock must read as none")
	}
}

// From the instant on, the clocks of all places show at least the wall's time;
// the instant is the first such one for a minute's grain; and an unknown place
// makes it only later.
func TestWallIsTheStrictest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 2*365*24*60).Draw(t, "minute")) * time.Minute)
		w := campaign.WallOf(day)
		var ps []place.Place
		for _, z := range rapid.SliceOfN(rapid.IntRange(1, place.NumZones-1), 1, 4).Draw(t, "zones") {
			ps = append(ps, place.Place{Zone: place.Zone(z)})
		}
		at := w.InAll(ps)
		shows := func(t time.Time, z place.Zone) time.Time {
			t = t.In(z.Location())
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
		}
		early := 0
		for _, p := range ps {
			for _, after := range []time.Duration{0, time.Minute, 30 * time.Minute, 61 * time.Minute, 5 * time.Hour} {
				if shows(at.Add(after), p.Zone).Before(day) {
					t.Errorf("%v after %v it is not %v yet in %v", after, at, w, p.Zone)
				}
			}
			if shows(at.Add(-time.Minute), p.Zone).Before(day) {
				early++
			}
			// Where clocks show an hour twice, the minute before the second time is later.
			if shows(at.Add(-time.Minute), p.Zone).After(day) {
				early++
			}
		}
		if early == 0 {
			t.Errorf("%v is later than need be for %v", at, w)
		}
		if unsure := w.InAll(append(ps, place.Place{})); unsure.Before(at) || !w.InAll(nil).Equal(w.InAll([]place.Place{{}})) {
			t.Errorf("who may be anywhere gets it at %v, before %v", unsure, at)
		}
	})
}
