package decide

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/place"
)

// TestClocks compares every zone's clock with package time, within the years that
// are laid out and beyond.
func TestClocks(t *testing.T) {
	cs := clocks()
	rapid.Check(t, func(t *rapid.T) {
		z := place.Zone(rapid.IntRange(1, place.NumZones-1).Draw(t, "zone"))
		unix := rapid.Int64Range(1e9, 4e9).Draw(t, "second")
		if i := len(cs[z].segments); i > 1 && rapid.Bool().Draw(t, "near a change") {
			unix = cs[z].segments[rapid.IntRange(1, i-1).Draw(t, "change")].from + rapid.Int64Range(-7200, 7200).Draw(t, "off")
		}
		at := time.Unix(unix, 0).In(z.Location())
		_, offset := at.Zone()
		s := cs[z].at(unix)
		if int(s.offset) != offset || (s.saving != 0) != at.IsDST() {
			t.Fatalf("%v at %v: %+v", z, at, s)
		}
		// The first second of that wall time is not after this one, and reads it or,
		// where the clock is put forward over it, later.
		local := unix + int64(offset)
		first := cs[z].first(local)
		if first > unix {
			t.Fatalf("%v reads %v at %d, and not before %d", z, at, unix, first)
		}
		_, o := time.Unix(first, 0).In(z.Location()).Zone()
		if first+int64(o) < local {
			t.Fatalf("%v: the first second of %d reads %d", z, local, first+int64(o))
		}
	})
}
