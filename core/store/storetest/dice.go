package storetest

import "testing/quick"

// dice are the choices of one run of a property, as numbers that testing/quick
// throws. (The libraries with shrinking are not for packages that others import.)
type dice struct {
	thrown [128]byte
	at     int
}

// n is a number from lo to hi.
func (d *dice) n(lo, hi int) int {
	b := d.thrown[d.at%len(d.thrown)]
	d.at++
	return lo + int(b)%(hi-lo+1)
}

func (d *dice) yes() bool { return d.n(0, 1) == 1 }

// pick is one of xs.
func pick[T any](d *dice, xs []T) T { return xs[d.n(0, len(xs)-1)] }

// property runs f with many throws, until the first that fails the test; the
// error quotes it.
func (s *suite) property(f func(*dice)) {
	s.Helper()
	err := quick.Check(func(thrown [128]byte) bool {
		f(&dice{thrown: thrown})
		return !s.Failed()
	}, nil)
	if err != nil {
		s.Error(err)
	}
}
