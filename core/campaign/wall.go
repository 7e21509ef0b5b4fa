package campaign

import (
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/place"
)

// A Wall is a date and a time of day without a zone: clocks show it at another
// instant in each. The zero Wall is none.
type Wall struct {
	Year         int
	Month        time.Month
	Day          int
	Hour, Minute int
}

const wallLayout = "2006-01-02T15:04"

// WallOf is what the clock of t shows, to the minute.
func WallOf(t time.Time) Wall {
	return Wall{Year: t.Year(), Month: t.Month(), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute()}
}

// ParseWall reads what String writes, like 2026-12-03T19:40; "" is the zero
// Wall. Anything else is the zero Wall and false.
func ParseWall(s string) (Wall, bool) {
	if s == "" {
		return Wall{}, true
	}
	t, err := time.Parse(wallLayout, s)
	if err != nil || t.Format(wallLayout) != s {
		return Wall{}, false
	}
	return WallOf(t), true
}

// IsZero reports whether w is none.
func (w Wall) IsZero() bool { return w == Wall{} }

func (w Wall) String() string {
	if w.IsZero() {
		return ""
	}
	return w.on(time.UTC).Format(wallLayout)
}

func (w Wall) on(loc *time.Location) time.Time {
	return time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, 0, 0, loc)
}

// In is the instant at which clocks in the zone show w: the later one where they
// show it twice, and the first instant after it where they leave it out.
func (w Wall) In(loc *time.Location) time.Time {
	// Clocks are changed by an hour at most, and never twice in a day, so the
	// offsets of half a day around are all that w can have.
	t := w.on(time.UTC)
	var at time.Time
	for _, near := range []time.Duration{-12 * time.Hour, 12 * time.Hour} {
		_, offset := t.Add(near).In(loc).Zone()
		x := t.Add(-time.Duration(offset) * time.Second)
		if WallOf(x.In(loc)) == w && x.After(at) {
			at = x
		}
	}
	if !at.IsZero() {
		return at
	}
	_, start := t.Add(-12 * time.Hour).In(loc).Zone()
	x := t.Add(-time.Duration(start) * time.Second) // the clocks of before the change go on
	begin, _ := x.In(loc).ZoneBounds()
	return begin.UTC()
}

// InAll is the instant from which on no clock in any of the
// places is before w. Where it is not known in which zone a phone is, that is
// every zone of the United States.
func (w Wall) InAll(places []place.Place) time.Time {
	var at time.Time
	later := func(z place.Zone) {
		if t := w.In(z.Location()); t.After(at) {
			at = t
		}
	}
	unknown := len(places) == 0
	for _, p := range places {
		if p.Zone.Location() == nil {
			unknown = true
			continue
		}
		later(p.Zone)
	}
	if unknown {
		for _, z := range american {
			later(z)
		}
	}
	return at
}

// american are the zones of the United States and its territories.
var american = func() []place.Zone {
	var out []place.Zone
	for s := range place.State(place.NumStates) {
		if !s.US() {
			continue
		}
		out = place.Zones(out, place.Within(s))
	}
	slices.Sort(out)
	return out
}()

// MarshalText writes what String does.
func (w Wall) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads it. Errors have kind Invalid.
func (w *Wall) UnmarshalText(b []byte) error {
	x, ok := ParseWall(string(b))
	if !ok {
		return core.E("campaign.Wall", core.Invalid, "a date and a time are written like 2026-12-03T19:40")
	}
	*w = x
	return nil
}
