package storetest

import "sync"

// parallel runs f n times at once and fails on the first error of each.
func (s *suite) parallel(n int, f func(i int) error) {
	s.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := f(i); err != nil {
				s.Errorf("writer %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}
