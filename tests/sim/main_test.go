package main

import "testing"

// TestSQLite runs the simulation on the embedded database: what is right on the
// store in memory is right there.
func TestSQLite(t *testing.T) {
	for seed := range uint64(2) {
		r, err := runOnSQLite(seed, false)
		if err != nil {
			t.Fatal(err)
		}
		if r.Violation != nil {
			told, _ := runOnSQLite(seed, true)
			t.Error(told.Tell(80))
		}
		if r.Sends < 20 {
			t.Errorf("seed %d: %d texts left", seed, r.Sends)
		}
	}
}
