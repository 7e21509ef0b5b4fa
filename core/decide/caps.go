package decide

import (
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// caps speaks for the law's caps in every place and for the business's own.
func (j *judge) caps() {
	if !j.capped() {
		j.say(RuleCap, Send, CapNotBound)
		return
	}
	var last law.Cap
	bound := false
	for i, p := range j.places {
		c := j.h.edition.Cap(j.h.profile, p.State)
		if c.Count == 0 || c == last && bound {
			continue // the states that have a cap have the same one
		}
		last, bound = c, true
		f := j.cap(int(c.Count), time.Duration(c.Hours)*time.Hour)
		f.State, f.Index = p.State, index(i)
	}
	for i := range j.f.Caps {
		bound = true
		f := j.cap(j.f.Caps[i].Count, j.f.Caps[i].Window)
		f.Zone, f.Index = ownCap, index(i)
	}
	if !bound {
		// No cap binds, but not to know what was sent is still not to know.
		if j.f.RecentSince.IsZero() {
			j.say(RuleCap, Block, CapHistory)
		} else {
			j.say(RuleCap, Send, CapNotBound)
		}
	}
}

// capped reports whether caps bind: all but answers and what the guest asked for.
func (j *judge) capped() bool { return j.f.Class.solicits() && j.f.Class != Informational }

// ownCap, in a cap finding's Zone, says that Index is into Facts.Caps.
const ownCap = place.Zone(255)

// OwnCap reports whether f is about one of Facts.Caps, and which.
func (f Finding) OwnCap() (int, bool) { return int(f.Index), f.Rule == RuleCap && f.Zone == ownCap }

// cap speaks about one cap. Texts in (now-window, now] count, and later ones too:
// another machine's clock may be ahead.
func (j *judge) cap(count int, window time.Duration) *Finding {
	verdict, code, n, at := Send, CapRoom, 0, int64(0)
	from := j.now - int64(max(window, 0))
	switch {
	case count <= 0 || window <= 0:
		verdict, code = Block, CapZero
	case j.f.RecentSince.IsZero() || nano(j.f.RecentSince) > from:
		verdict, code = Block, CapHistory
	default:
		if n = since(j.f.Recent, from); n >= count {
			verdict, code = Wait, CapReached
			at = later(newest(j.f.Recent, count), window)
			j.earliest = max(j.earliest, at)
		}
	}
	f := j.say(RuleCap, verdict, code)
	f.N, f.Of, f.Hours, f.At = clamp(n), clamp(count), hoursOf(window), at
	return f
}

// hoursOf rounds up.
func hoursOf(window time.Duration) uint16 {
	h := window / time.Hour
	if window%time.Hour > 0 {
		h++
	}
	return clamp(int(h))
}

// since counts the instants after from.
func since(ts []time.Time, from int64) int {
	n := 0
	for i := range ts {
		if nano(ts[i]) > from {
			n++
		}
	}
	return n
}

// newest returns the kth newest instant, k from 1 to len(ts): when it leaves the
// window, fewer than k are left. It searches in place of sorting, since Recent is
// the caller's and a copy would be an allocation.
func newest(ts []time.Time, k int) int64 {
	for i := range ts {
		at, after, same := nano(ts[i]), 0, 0
		for j := range ts {
			switch o := nano(ts[j]); {
			case o > at:
				after++
			case o == at:
				same++
			}
		}
		if after < k && k <= after+same {
			return at
		}
	}
	return 0
}

// later adds a window of any length to an instant.
func later(at int64, window time.Duration) int64 {
	if int64(window) > lastInstant-at {
		return lastInstant
	}
	return at + int64(window)
}

// release pushes an instant on until no cap of the law then in force is reached
// there. It matters where a wait crosses the date of a new cap.
func (j *judge) release(at int64) int64 {
	if !j.capped() {
		return at
	}
	for _, p := range j.places {
		e := j.h.edition.On(law.DayIn(time.Unix(0, at), time.UTC))
		c := e.Cap(j.h.profile, p.State)
		window := time.Duration(c.Hours) * time.Hour
		if c.Count > 0 && since(j.f.Recent, at-int64(window)) >= int(c.Count) {
			at = max(at, later(newest(j.f.Recent, int(c.Count)), window))
		}
	}
	return at
}

func clamp(n int) uint16 { return uint16(max(0, min(n, 1<<16-1))) }

func index(i int) uint8 { return uint8(min(i, 255)) }
