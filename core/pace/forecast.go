package pace

import (
	"slices"
	"time"
)

// A Load is texts that may leave at an instant or later.
type Load struct {
	At time.Time
	N  int // texts
}

// A Plan is what a forecast is made of.
type Plan struct {
	Now      time.Time
	NotAfter time.Time // no text leaves later; zero for none
	Loads    []Load    // in any order
	Parts    int       // of each text; 0 counts as 1
	Rate     Rate      // the zero Rate takes no time
	Ahead    int       // parts of others that leave before
	// Daily is T-Mobile's allowance in parts, Used what of it is gone today. 0 is
	// not known.
	Daily, Used int
}

// A Finish is what a plan comes to.
type Finish struct {
	// At is when the last text leaves that leaves in time; zero for none.
	At time.Time
	// Today is when those end that need not wait; zero for none.
	Today time.Time
	// Late are the texts that would leave after NotAfter, and so do not.
	Late int
	// Over are the texts that T-Mobile's allowance of the day would not take, an
	// estimate by its share of all phones.
	Over int
}

// Forecast says when the texts would have left. Each load leaves in its turn at
// the rate; the allowance of a day starts anew at midnight Pacific time.
func Forecast(p Plan) Finish {
	loads := slices.Clone(p.Loads)
	slices.SortStableFunc(loads, func(a, b Load) int { return a.At.Compare(b.At) })
	parts := max(p.Parts, 1)
	free := p.Now.Add(p.Rate.Time(p.Ahead))
	left, day := max(p.Daily-p.Used, 0), Midnight(p.Now)
	var f Finish
	for _, l := range loads {
		if l.N <= 0 {
			continue
		}
		start := later(free, l.At)
		inTime := l.N
		if !p.NotAfter.IsZero() {
			inTime = fits(p.Rate, parts, l.N, start, p.NotAfter)
		}
		f.Late += l.N - inTime
		if inTime == 0 {
			continue
		}
		free = start.Add(p.Rate.Time(inTime * parts))
		f.At = later(f.At, free)
		if !l.At.After(p.Now) {
			f.Today = later(f.Today, free)
		}
		if p.Daily == 0 {
			continue
		}
		for !start.Before(day) {
			left, day = p.Daily, Midnight(day)
		}
		need := int(float64(inTime)*TMobileShare+0.5) * parts
		if need > left {
			f.Over += (need - left + parts - 1) / parts
		}
		left = max(left-need, 0)
	}
	return f
}

// fits is how many of n texts leave from start on and not after the end.
func fits(r Rate, parts, n int, start, end time.Time) int {
	if start.After(end) {
		return 0
	}
	one := r.Time(parts)
	if one <= 0 {
		return n
	}
	return min(n, int(end.Sub(start)/one))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
