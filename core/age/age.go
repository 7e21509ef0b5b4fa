// Package age reads a date of birth as guests write one, and says whether its
// owner is of age. It never gives the date back: what nobody holds, nobody can
// keep by mistake. A venue that serves alcohol asks for the full date, not for a
// yes, since carriers ask for a gate that cannot be passed by habit (CTIA 5.3.1,
// T-Mobile's code of conduct).
package age

import "time"

// OfAge is how old a guest must be for texts about alcohol, in years: 23 U.S.C.
// 158, which every state follows.
const OfAge = 21

// A Result is what a text says about its writer's age. The zero Result says
// nothing.
type Result uint8

// The results.
const (
	// NoDate: the text has no date in it, nor a part of one.
	NoDate Result = iota
	// Unclear: it has a date, or a part of one, that cannot be told for sure, or
	// that cannot be a date of birth. Such a text must not be kept either.
	Unclear
	Under
	Passed
)

var names = [...]string{"no_date", "unclear", "under", "passed"}

// String returns the result's name.
func (r Result) String() string {
	if int(r) < len(names) {
		return names[r]
	}
	return names[0]
}

// Check reads the text of somebody who was asked for a full date of birth, on
// the day that now is, in now's zone, and says whether they are so many years
// old. Somebody born on 29 February comes of age on 1 March. It never fails, and
// may be called from many goroutines.
//
// Numbers are read as Americans write them, month first, unless that is no date
// and the other order is. Of a year of two digits the one is meant that makes the
// writer youngest. Where a text has two dates, or the order of month and day
// decides whether its writer is of age, it is Unclear.
func Check(text string, now time.Time, years int) Result {
	today := date{now.Year(), int(now.Month()), now.Day()}
	readings, parts := read(text, today)
	if len(readings) == 0 {
		if parts {
			return Unclear
		}
		return NoDate
	}
	result := NoDate
	for _, born := range readings {
		r := born.result(today, years)
		if result != NoDate && r != result {
			return Unclear
		}
		result = r
	}
	return result
}

// oldest is how old a guest may say to be, in years: older is a slip.
const oldest = 115

// A date is a day of the Gregorian calendar.
type date struct{ year, month, day int }

func (d date) result(today date, years int) Result {
	switch {
	case today.before(d), d.year < today.year-oldest:
		return Unclear
	case today.before(date{d.year + years, d.month, d.day}):
		return Under
	}
	return Passed
}

// before compares dates, also those that do not exist: 29 February of a common
// year comes after the 28th and before 1 March.
func (d date) before(o date) bool {
	if d.year != o.year {
		return d.year < o.year
	}
	if d.month != o.month {
		return d.month < o.month
	}
	return d.day < o.day
}

func (d date) exists() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
