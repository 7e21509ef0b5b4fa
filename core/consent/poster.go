package consent

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Size is a kind of printed sheet that shows a disclosure. The zero Size is
// none: the opt-in page itself.
type Size uint8

// The sizes. Their numbers are stored.
const (
	NoPoster Size = iota
	Wall          // a poster, a whole sheet of Letter
	Card          // half a sheet, for the counter and the door
	Tent          // a sheet folded to stand on a table
	numSizes
)

var sizeNames = [...]string{"", "wall", "card", "tent"}

// String returns the size's name, "" for none.
func (s Size) String() string { return nameOf(sizeNames[:], uint8(s)) }

// ParseSize reads what String writes; any other text is NoPoster and false.
func ParseSize(name string) (Size, bool) {
	i := slices.Index(sizeNames[:], name)
	if i <= 0 {
		return NoPoster, false
	}
	return Size(i), true
}

// Sizes are all printed ones.
func Sizes() []Size { return []Size{Wall, Card, Tent} }

// A Poster is a printable page, frozen when it was first shown: what a guest saw
// on the wall when they opted in.
type Poster struct {
	Business core.BusinessID
	SHA256   Version // of Page
	Version  Version // of the disclosure on it
	Size     Size
	Page     []byte // to the byte
	Made     time.Time
}

// NewPoster freezes a page.
func NewPoster(d Disclosure, s Size, page []byte, now time.Time) Poster {
	return Poster{Business: d.Business, SHA256: sha256.Sum256(page), Version: d.Version, Size: s, Page: page, Made: now}
}

// RefOn returns the four letters that stand behind the keyword where the guest
// came from a sheet of the size: they name the words and the sheet. For NoPoster
// it is d.Ref.
func (d Disclosure) RefOn(s Size) string {
	if s == NoPoster {
		return d.Ref
	}
	return ref(sha256.Sum256(append(d.Version[:], byte(s))))
}

// Named reports whether ref is one of d's, and of which sheet.
func (d Disclosure) Named(ref string) (Size, bool) {
	for s := NoPoster; s < numSizes; s++ {
		if d.RefOn(s) == ref {
			return s, true
		}
	}
	return NoPoster, false
}
