package account

import "time"

// A Rhythm is the most marketing texts to one guest in any so many hours, of all
// campaigns together. It is the venue's own: the law's caps and the promise in
// the disclosure bind beside it. The zero Rhythm stands for [DefaultRhythm].
type Rhythm struct {
	Texts int
	Hours int
}

// DefaultRhythm keeps two campaigns that a venue sends on one evening, by
// accident or because two people did, from reaching a guest twice.
var DefaultRhythm = Rhythm{Texts: 1, Hours: 12}

// The bounds of what a venue may choose. A window of a month is as far back as
// submissions are counted.
const (
	MostRhythmTexts = 24
	MostRhythmHours = 30 * 24
)

// Valid reports whether r may be chosen. The zero Rhythm may: it is the default.
func (r Rhythm) Valid() bool {
	return r == Rhythm{} || r.Texts >= 1 && r.Texts <= MostRhythmTexts && r.Hours >= 1 && r.Hours <= MostRhythmHours
}

// Or returns r, or the default for one that is zero or not valid.
func (r Rhythm) Or(def Rhythm) Rhythm {
	if r == (Rhythm{}) || !r.Valid() {
		return def
	}
	return r
}

// Window returns the length of the window.
func (r Rhythm) Window() time.Duration { return time.Duration(r.Hours) * time.Hour }
