package sim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core/sim"
)

// small is a run that takes a fraction of a second: a street of guests, for two
// days. `make sim` runs larger ones, by the thousand.
var small = sim.Options{Days: 2, Guests: 40}

func TestPromisesHold(t *testing.T) {
	seeds, sends := uint64(100), 0
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		r := sim.Run(seed, small)
		if sends += r.Sends; r.Violation != nil {
			o := small
			o.Story = true
			t.Fatal(sim.Run(seed, o).Tell(80))
		}
	}
	if sends < 100*int(seeds) {
		t.Errorf("%d texts left in %d runs: so few show nothing", sends, seeds)
	}
}

// TestBugsAreCaught plants each mistake and demands that a few runs find it.
func TestBugsAreCaught(t *testing.T) {
	for _, bug := range append(sim.Bugs(), sim.More()...) {
		t.Run(strings.ReplaceAll(bug.Name, " ", "_"), func(t *testing.T) {
			if !sim.Catches(bug) {
				t.Errorf("%d runs did not notice that %s", sim.Patience, bug.Name)
			}
		})
	}
}

// TestSeedsRepeat: the story of a seed is the same each time, also of one that
// breaks a promise.
func TestSeedsRepeat(t *testing.T) {
	for _, bug := range []*sim.Bug{nil, sim.Bugs()[4]} {
		o := small
		o.Story, o.Bug = true, bug
		one, two := sim.Run(7, o), sim.Run(7, o)
		if !slices.Equal(one.Story, two.Story) || one.Sends != two.Sends || one.Steps != two.Steps {
			t.Error("one seed tells two stories")
		}
		if bug == nil && len(one.Story) < 100 {
			t.Errorf("the story has %d lines", len(one.Story))
		}
		if told := one.Tell(20); strings.Contains(told, "55501") || strings.Count(told, "\n") > 22 {
			t.Errorf("the story shows a number, or is too long:\n%s", told)
		}
		if bug != nil && (one.Violation == nil || !strings.Contains(one.Tell(5), "seed 7 breaks promise")) {
			t.Errorf("the story does not say what was broken:\n%s", one.Tell(5))
		}
	}
}

func TestOtherSeedsTellOtherStories(t *testing.T) {
	o := small
	o.Story = true
	if slices.Equal(sim.Run(1, o).Story, sim.Run(2, o).Story) {
		t.Error("two seeds tell one story")
	}
}
