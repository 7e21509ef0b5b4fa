package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

// Options are how a run goes. Zero fields mean their default.
type Options struct {
	// Store is where the system keeps its data; an empty one, for this run alone.
	// Nil means one in memory.
	Store store.Store
	// Days is how long owners and guests act; 4.
	Days int
	// Guests have a phone each; 90.
	Guests int
	// Story is whether Result.Story is written down. It costs much time.
	Story bool
	// Bug is planted; nil for the real system.
	Bug *Bug
}

// A Violation is a promise that was broken.
type Violation struct {
	Promise int // as numbered in docs/design.md; 0: the run itself went wrong
	At      time.Time
	What    string
}

// A Result is what came of a run.
type Result struct {
	Seed      uint64
	Sends     int // texts that were handed to the carrier
	Steps     int // calls into the system
	Violation *Violation
	// Story is the run as a timeline, one event a line, numbers redacted.
	Story []string
}

// Run runs one seed until everything is settled, or a promise is broken. Runs
// share nothing, and may go side by side.
func Run(seed uint64, o Options) Result {
	if o.Store == nil {
		o.Store = memstore.New()
	}
	if o.Days == 0 {
		o.Days = 4
	}
	if o.Guests == 0 {
		o.Guests = 90
	}
	w := newWorld(seed, o)
	w.run()
	return Result{Seed: seed, Sends: w.sends, Steps: w.steps, Violation: w.violation, Story: w.story}
}

// Patience is how many runs a bug may stay unnoticed.
const Patience = 60

// Catches reports whether one of the first runs breaks a promise with the bug
// planted.
func Catches(b *Bug) bool {
	for seed := range uint64(Patience) {
		if Run(seed, Options{Bug: b}).Violation != nil {
			return true
		}
	}
	return false
}

// Tell returns the end of a run's story, up to n lines, under a line that says
// what was broken.
func (r Result) Tell(n int) string {
	var b strings.Builder
	if v := r.Violation; v != nil {
		fmt.Fprintf(&b, "seed %d breaks promise %d at %s: %s\n", r.Seed, v.Promise, v.At.UTC().Format(time.DateTime), v.What)
	}
	lines := r.Story
	if len(lines) > n {
		fmt.Fprintf(&b, "  … %d lines before\n", len(lines)-n)
		lines = lines[len(lines)-n:]
	}
	for _, l := range lines {
		fmt.Fprintf(&b, "  %s\n", l)
	}
	return b.String()
}

// run lets the days go by, then brings everything to rest and looks at what is
// left.
func (w *world) run() {
	w.guestsLive()
	w.ownersLive()
	w.deskLives()
	w.faultsLive()
	for _, p := range w.workers {
		p.wake(w.dice.between(0, time.Second))
	}
	w.halfHours()
	w.until(w.end)
	w.settle()
	if w.violation == nil {
		w.finalChecks()
	}
}

// halfHours wakes the workers where windows open and close.
func (w *world) halfHours() {
	next := w.now.Truncate(30 * time.Minute).Add(30 * time.Minute)
	w.after(next.Sub(w.now)-2*time.Second, func() {
		for _, p := range w.workers {
			p.wake(w.dice.between(0, 4*time.Second))
		}
		w.after(3*time.Second, w.halfHours)
	})
}

// settle lets the faults end and waits until every campaign is over and every
// webhook acted on.
func (w *world) settle() {
	w.calm = true
	w.note("the faults end")
	for _, p := range w.everyProcess() {
		p.skew, p.down = 0, false
	}
	for range 8 * 24 { // hours
		if w.violation != nil || w.atRest() {
			return
		}
		for _, p := range w.workers {
			p.wake(time.Second)
		}
		w.pass(time.Hour)
	}
	w.broken(13, "a week after the last fault something still waits")
}

// broken writes down the first broken promise; the run then ends.
func (w *world) broken(promise int, format string, args ...any) {
	if w.violation != nil {
		return
	}
	w.violation = &Violation{Promise: promise, At: w.now, What: fmt.Sprintf(format, args...)}
	w.note("BROKEN %d: %s", promise, w.violation.What)
}

// note adds a line to the story.
func (w *world) note(format string, args ...any) {
	if w.o.Story {
		w.story = append(w.story, w.now.UTC().Format("01-02 15:04:05.000 ")+fmt.Sprintf(format, args...))
	}
}
