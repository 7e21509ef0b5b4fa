// Package pace is how fast texts may leave: what carriers allow a sender, as
// data with its sources, a meter that several workers share, and a forecast of
// when a campaign ends, from the same figures.
//
// A business has one sender number, one registered campaign and one brand with
// the carriers, so limits for each of the three are limits of the business. One
// meter a business, and one for the whole account, holds them all.
package pace

import (
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// A Class is AT&T's class of a registered campaign: how many parts of texts it
// takes a minute from one campaign. The zero Class is not known, and not paced:
// the carrier's own queue does it then. Its numbers are stored.
type Class uint8

// The classes, as the carriers' registry names them.
const (
	ClassUnknown Class = iota
	ClassAB            // vetting score 75 to 100
	ClassCD            // 50 to 74
	ClassEF            // 1 to 49
	ClassT             // low-volume mixed
	ClassSole          // sole proprietor
	numClasses
)

// classes are AT&T's limits in parts a minute, and in texts with pictures a
// minute.
// https://developers.telnyx.com/docs/messaging/10dlc/rate-limits
var classes = [numClasses]struct {
	name     string
	tpm, mms int
}{
	{"", 0, 0}, {"A/B", 4500, 2400}, {"C/D", 2400, 1200}, {"E/F", 240, 150}, {"T", 75, 50}, {"sole proprietor", 15, 15},
}

func (c Class) String() string {
	if c < numClasses {
		return classes[c].name
	}
	return ""
}

// ParseClass reads what String writes; any other text is ClassUnknown and false.
func ParseClass(s string) (Class, bool) {
	for i, c := range classes {
		if c.name == s && s != "" {
			return Class(i), true
		}
	}
	return ClassUnknown, false
}

// Rate returns the class's limit; the zero Rate where it is not known. AT&T
// counts its own customers only. Whose customer a guest is we do not know, so
// all count.
func (c Class) Rate() Rate {
	if c > ClassUnknown && c < numClasses {
		return Rate{N: classes[c].tpm, Per: time.Minute, Picture: weight(classes[c].tpm, classes[c].mms)}
	}
	return Rate{}
}

// weight is how many parts a text with pictures counts as, where it may be so many
// of the one and so many of the other: rounded up, so that no mixture of both is
// too much.
func weight(parts, pictures int) int { return (parts + pictures - 1) / pictures }

// TollFree is what the carrier takes from one toll-free number, which is
// registered otherwise than local ones and has no class.
// https://developers.telnyx.com/docs/messaging/messages/rate-limiting
var TollFree = Rate{N: 20, Per: time.Second}

// SenderRate is what the carriers take from a sender: by the class of its
// campaign, or where it is a toll-free number, the same for all.
func SenderRate(c Class, tollFree bool) Rate {
	if tollFree {
		return TollFree
	}
	return c.Rate()
}

// A Tier is T-Mobile's daily limit for a brand, by its vetting score. The zero
// Tier is not known. Its numbers are stored.
type Tier uint8

// The tiers.
const (
	TierUnknown Tier = iota
	TierTop          // score 75 to 100
	TierHigh         // 50 to 74
	TierMid          // 25 to 49
	TierLow          // 1 to 24, not vetted, low-volume
	TierSole         // sole proprietor
	numTiers
)

// tiers are parts a day from one brand to T-Mobile's customers; the day ends at
// midnight Pacific time.
// https://developers.telnyx.com/docs/messaging/10dlc/rate-limits
var tiers = [numTiers]int{0, 200_000, 40_000, 10_000, 2_000, 1_000}

// Daily returns the tier's parts a day; 0 where it is not known.
func (t Tier) Daily() int {
	if t < numTiers {
		return tiers[t]
	}
	return 0
}

// TMobileShare is the part of guests that a forecast takes for customers of
// T-Mobile. Whose customer a guest is is not known before the receipt, and there
// is no figure for a venue's guests: of the three large carriers' customers it
// has about a third.
const TMobileShare = 0.35

// Midnight returns when T-Mobile's day after now begins.
func Midnight(now time.Time) time.Time {
	loc := place.MustZone("America/Los_Angeles").Location()
	l := now.In(loc)
	return time.Date(l.Year(), l.Month(), l.Day()+1, 0, 0, 0, 0, loc).UTC()
}

// A Rate is so many parts of texts in a time. The zero Rate is no limit.
type Rate struct {
	N   int
	Per time.Duration
	// Picture is how many parts a text with pictures counts as; 0 for as many as
	// any text.
	Picture int
}

// Parts returns what a text of so many parts counts as.
func (r Rate) Parts(segments int, pictures bool) int {
	if pictures && r.Picture > 0 {
		return r.Picture
	}
	return max(segments, 1)
}

// Limited reports whether r is a limit.
func (r Rate) Limited() bool { return r.N > 0 && r.Per > 0 }

// Time returns how long n parts take.
func (r Rate) Time(n int) time.Duration {
	if !r.Limited() {
		return 0
	}
	return time.Duration(float64(n) / float64(r.N) * float64(r.Per))
}

// Slower returns the slower of two rates.
func Slower(a, b Rate) Rate {
	switch {
	case !a.Limited():
		return b
	case !b.Limited() || a.Time(1000) > b.Time(1000):
		return a
	}
	return b
}

// AccountDefault is what the carrier takes from an account that has arranged
// nothing else: 50 parts a second, or 15 texts with pictures.
// https://developers.telnyx.com/docs/messaging/messages/rate-limiting
var AccountDefault = Rate{N: 50, Per: time.Second, Picture: weight(50, 15)}
