package consent

import (
	"bytes"
	"cmp"
	"slices"
)

// sortEvents puts events in the order in which they count: by instant; at one
// instant first what permits and then what forbids, so that the stricter has
// the last word; then by id, so that the order is always the same.
func sortEvents(es []Event) {
	slices.SortFunc(es, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(strictness(a.Kind), strictness(b.Kind)), bytes.Compare(a.ID[:], b.ID[:]))
	})
}

func strictness(k Kind) int {
	switch k {
	case Joining:
		return -1 // who answers at the same instant has answered after it
	case Granted, Cleared, AgePassed:
		return 0
	case Doubted, AgeFailed:
		return 1
	case Revoked:
		return 2
	}
	return 0
}
