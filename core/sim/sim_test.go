package sim_test

import (
	"testing"

	"github.com/jobfluss/nexo/core/sim"
)

func TestPromises(t *testing.T) {
	sends := 0
	bad := 0
	for seed := range uint64(40) {
		r := sim.Run(seed, sim.Options{})
		sends += r.Sends
		if r.Violation != nil {
			bad++
			if bad == 1 {
				t.Error(sim.Run(seed, sim.Options{Story: true}).Tell(40))
			} else {
				t.Error(r.Tell(1))
			}
		}
	}
	t.Logf("%d sends", sends)
}
