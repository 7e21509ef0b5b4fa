package inbox

import "time"

// A Spool is what the store knows of a place outside it where events wait while
// the store is away: on the disk of one machine. What is in there the store does
// not know, and it may be an opt-out.
type Spool struct {
	Name  string
	Holds bool // when it was last heard of
	// Silent is how long ago that was. A spool says so every BeatEvery.
	Silent time.Duration
}

const (
	// BeatEvery is how often a spool says what it holds.
	BeatEvery = 500 * time.Millisecond
	// SilentFor is how long a spool may be silent before it may hold anything: its
	// machine may have lost the store, and keep taking opt-outs.
	SilentFor = 2 * time.Second
	// GivenUp is when a silent spool counts no more, or one broken machine would
	// end all marketing for ever. The law gives an opt-out ten business days (47
	// CFR 64.1200(a)(10)); we do not mean to need them.
	GivenUp = 5 * time.Minute
)

// Unread says whether one of the spools may hold opt-outs that the store does
// not know of. Nothing that an opt-out would stop leaves meanwhile.
func Unread(spools []Spool) bool {
	for _, s := range spools {
		if s.Silent < GivenUp && (s.Holds || s.Silent > SilentFor) {
			return true
		}
	}
	return false
}
