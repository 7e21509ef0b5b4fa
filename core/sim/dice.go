package sim

import "time"

// dice is the chance of a run: splitmix64, from the run's seed.
type dice struct{ state uint64 }

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// hits is true so many times in a thousand.
func (d *dice) hits(perMille int) bool { return perMille > 0 && d.below(1000) < perMille }

// between returns a duration in [from, to), in microseconds: what stores keep.
func (d *dice) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.below(int((to-from)/time.Microsecond)))*time.Microsecond
}

func pick[T any](d *dice, xs []T) T { return xs[d.below(len(xs))] }
