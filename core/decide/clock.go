package decide

import (
	"sync"
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// A clock is a zone's changes over the years in which decisions fall, laid out so
// that the one in force is found in constant time; package time searches, and
// for zones that end in a rule parses that rule each time.
type clock struct {
	loc      *time.Location
	segments []segment
	bucket   []uint8 // the segment in force at the start of each bucket
}

// A segment is a time without change, [from, the next one's from).
type segment struct {
	from   int64 // Unix seconds
	offset int32 // seconds east of UTC
	saving int32 // seconds by which the clock is ahead of standard time
}

const bucketBits = 22 // 2^22 s are 48 days: at most one change in each

// The seconds that clocks cover, 2019 to 2045; before and after, package time
// answers.
const clockStart, clockEnd = 1546300800, 2398377600

var clocks = sync.OnceValue(func() *[place.NumZones]clock {
	var cs [place.NumZones]clock
	for z := range cs {
		if loc := place.Zone(z).Location(); loc != nil {
			cs[z] = newClock(loc)
		}
	}
	return &cs
})

func newClock(loc *time.Location) clock {
	c := clock{loc: loc}
	for at := int64(clockStart); at < clockEnd; {
		t := time.Unix(at, 0).In(loc)
		s := segmentAt(t, at)
		if n := len(c.segments); n == 0 || c.segments[n-1].offset != s.offset || c.segments[n-1].saving != s.saving {
			c.segments = append(c.segments, s)
		}
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		if end.Unix() > at {
			at = end.Unix()
		} else {
			// Past its table, ZoneBounds ends a zone at the 365th day of each year, and
			// on the last day of a leap year stands still there.
			at += daySeconds
		}
	}
	i := 0
	for at := int64(clockStart); at < clockEnd; at += 1 << bucketBits {
		for i+1 < len(c.segments) && c.segments[i+1].from <= at {
			i++
		}
		c.bucket = append(c.bucket, uint8(i))
	}
	return c
}

func segmentAt(t time.Time, from int64) segment {
	_, offset := t.Zone()
	s := segment{from: from, offset: int32(offset)}
	if t.IsDST() {
		// Every daylight saving of our zones is one hour.
		s.saving = 3600
	}
	return s
}

// at returns the segment in force at a Unix second.
func (c *clock) at(unix int64) segment {
	if unix < clockStart || unix >= clockEnd {
		return c.slow(unix)
	}
	i := int(c.bucket[(unix-clockStart)>>bucketBits])
	if i+1 < len(c.segments) && c.segments[i+1].from <= unix {
		i++
	}
	return c.segments[i]
}

func (c *clock) slow(unix int64) segment {
	t := time.Unix(unix, 0).In(c.loc)
	start, _ := t.ZoneBounds()
	return segmentAt(t, start.Unix())
}

// first returns the first Unix second at which the wall clock reads at least
// local, a second count since 1970 in local time. Where the clock is put back
// that is the earlier of the two; where it is put forward over local, the change.
func (c *clock) first(local int64) int64 {
	before, after := c.at(local-86400), c.at(local+86400)
	if before.offset == after.offset {
		return local - int64(before.offset)
	}
	if unix := local - int64(before.offset); unix < after.from {
		return unix
	}
	return max(local-int64(after.offset), after.from)
}
