package decide

import (
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// SearchDays is how far ahead a wait may end. Nothing allowed until then blocks.
const SearchDays = 14

const daySeconds = 86400

// hours answers where and when a text may go, for one set of facts.
type hours struct {
	rb      *law.Rulebook
	clocks  *[place.NumZones]clock
	edition *law.Edition
	profile law.Profile
	margin  int64 // seconds
}

// somewhere is what Places means when it is empty.
var somewhere = []place.Place{{}}

// zones returns every zone that a place may be in: its own, all of its state, or
// all that an unknown place may be in.
func (h *hours) zones(p place.Place, one *[1]place.Zone) []place.Zone {
	if p.Zone != 0 && int(p.Zone) < place.NumZones {
		one[0] = p.Zone
		return one[:]
	}
	if zs := h.rb.Zones(p.State); p.State.US() && len(zs) > 0 {
		return zs
	}
	return law.UnknownZones()
}

// now judges one second in one place: HoursOpen, or why it is closed.
func (h *hours) now(s place.State, z place.Zone, unix int64) Code {
	seg := h.clocks[z].at(unix)
	local := unix + int64(seg.offset)
	day := floorDay(local)
	sec := local - int64(day)*daySeconds
	open, shut, why := h.window(s, day, int64(seg.saving))
	switch {
	case why == law.Weekday:
		return HoursWeekday
	case why == law.OnHoliday:
		return HoursHoliday
	case sec < open:
		return HoursEarly
	case sec >= shut:
		return HoursLate
	}
	return HoursOpen
}

// window returns the seconds of a local day, [open, shut), that the law in force
// on that day allows in a state.
func (h *hours) window(s place.State, day law.Day, saving int64) (open, shut int64, why law.Why) {
	hs := h.edition.On(day).Hours(h.profile, s, day)
	open = int64(hs.Open) * 60
	if hs.Standard {
		open += saving // the clock without daylight saving gets there later
	}
	return open, int64(hs.Close)*60 - h.margin, hs.Why
}

// next returns the first Unix second from unix on at which one place is open, and
// false if there is none before limit.
func (h *hours) next(s place.State, z place.Zone, unix, limit int64) (int64, bool) {
	c := &h.clocks[z]
	seg := c.at(unix)
	local := unix + int64(seg.offset)
	for day := floorDay(local); ; day++ {
		opens := c.first(int64(day) * daySeconds)
		if opens >= limit {
			return 0, false
		}
		// The saving of noon: clocks change at night, windows open by day.
		open, shut, why := h.window(s, day, int64(c.at(opens+daySeconds/2).saving))
		if why != law.Open || open >= shut {
			continue
		}
		at := max(unix, c.first(int64(day)*daySeconds+open))
		if at < limit && h.now(s, z, at) == HoursOpen {
			return at, true
		}
	}
}

// all returns the first Unix second from unix on at which every place is open.
// Each place in turn pushes the instant on until none does.
func (h *hours) all(places []place.Place, unix int64) (int64, bool) {
	limit := unix + SearchDays*daySeconds
	for moved := true; moved; {
		moved = false
		for _, p := range places {
			var one [1]place.Zone
			for _, z := range h.zones(p, &one) {
				if h.now(p.State, z, unix) == HoursOpen {
					continue
				}
				at, ok := h.next(p.State, z, unix, limit)
				if !ok {
					return 0, false
				}
				unix, moved = at, true
			}
		}
	}
	return unix, true
}

// place speaks about one place: open, or closed and why, and until when.
func (j *judge) place(p place.Place, index uint8, unix int64) {
	var one [1]place.Zone
	code := HoursOpen
	for _, z := range j.h.zones(p, &one) {
		if code = j.h.now(p.State, z, unix); code != HoursOpen {
			break
		}
	}
	verdict, at := Send, int64(0)
	if code != HoursOpen {
		verdict = Wait
		there := [1]place.Place{p}
		var ok bool
		if at, ok = j.h.all(there[:], unix); !ok {
			verdict, code, at = Block, HoursNever, 0
		}
	}
	f := j.say(RuleHours, verdict, code)
	f.Index, f.State, f.Zone, f.At = index, p.State, p.Zone, at*int64(time.Second)
}

func floorDay(local int64) law.Day {
	d := local / daySeconds
	if local%daySeconds < 0 {
		d--
	}
	return law.Day(d)
}
