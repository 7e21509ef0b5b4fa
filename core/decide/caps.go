package decide

import (
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// caps speaks for the law's caps in every place and for the business's own.
func (j *judge) caps() {
	if j.f.Class != Marketing {
		j.d.say(RuleCap, Send, CapNotBound)
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
		j.cap(int(c.Count), time.Duration(c.Hours)*time.Hour, Finding{Rule: RuleCap, State: p.State, Index: index(i)})
	}
	for i := range j.f.Caps {
		bound = true
		j.cap(j.f.Caps[i].Count, j.f.Caps[i].Window, Finding{Rule: RuleCap, Index: index(i), Zone: ownCap})
	}
	if !bound {
		// No cap binds, but not to know what was sent is still not to know.
		if j.f.RecentSince.IsZero() {
			j.d.say(RuleCap, Block, CapHistory)
		} else {
			j.d.say(RuleCap, Send, CapNotBound)
		}
	}
}

// ownCap, in a cap finding's Zone, says that Index is into Facts.Caps.
const ownCap = place.Zone(255)

// cap speaks about one cap. Texts in (now-window, now] count, and later ones too:
// another machine's clock may be ahead.
func (j *judge) cap(count int, window time.Duration, f Finding) {
	f.Of, f.Hours = clamp(count), clamp(int((window+time.Hour-1)/time.Hour))
	if count <= 0 || window <= 0 {
		f.Verdict, f.Code = Block, CapZero
		j.d.add(f)
		return
	}
	from := j.now - int64(window)
	if j.f.RecentSince.IsZero() || nano(j.f.RecentSince) > from {
		f.Verdict, f.Code = Block, CapHistory
		j.d.add(f)
		return
	}
	n := since(j.f.Recent, from)
	f.N = clamp(n)
	if n < count {
		f.Verdict, f.Code = Send, CapRoom
		j.d.add(f)
		return
	}
	f.Verdict, f.Code = Wait, CapReached
	f.At = later(newest(j.f.Recent, count), window)
	j.d.add(f)
	j.earliest = max(j.earliest, f.At)
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
	if j.f.Class != Marketing {
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
