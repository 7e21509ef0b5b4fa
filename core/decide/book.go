package decide

import (
	"sync"
	"time"

	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// A Book is the rules bound to a rulebook. It is immutable and safe for
// concurrent use. The zero Book is not usable; see [New] and [US].
type Book struct {
	rb     *law.Rulebook
	clocks *[place.NumZones]clock
	own    []Rule
}

// A Rule is an embedder's own, heard after ours. It can only make a decision
// stricter.
type Rule struct {
	Name  string   // "happy-hour", for the record
	Cite  string   // where it is written
	Words []string // a sentence for each Ruling.Code
	// Judge must be a pure function of the facts, and must not keep them.
	Judge func(Facts) Ruling
}

// A Ruling is what an embedder's rule says. The zero Ruling blocks. A Wait without
// NotBefore blocks too.
type Ruling struct {
	Verdict   Verdict
	NotBefore time.Time
	Code      uint8
}

// MaxRules is how many rules of one's own a Book may have; more panic in [New].
const MaxRules = 64

// New returns a Book over a rulebook, with rules of the embedder's own.
func New(rb *law.Rulebook, own ...Rule) *Book {
	if len(own) > MaxRules {
		panic("decide: more than 64 rules")
	}
	return &Book{rb: rb, clocks: clocks(), own: own}
}

// US returns the Book over the embedded US rulebook.
func US() *Book { return us() }

var us = sync.OnceValue(func() *Book { return New(law.US()) })

// Rulebook returns the law that the Book decides by.
func (b *Book) Rulebook() *law.Rulebook { return b.rb }

// A judge is one decision in the making.
type judge struct {
	f        *Facts
	d        *Decision
	h        hours
	places   []place.Place
	now      int64 // Unix nanoseconds
	earliest int64 // the latest instant that any rule but the hours asks to wait for
	due      int64 // the last instant at which the text makes sense
	lawless  bool  // no edition is in force
	free     bool  // an immediate answer: keeps no hours
	scrap    Finding
}

// say notes what a rule found, lets the strictest verdict win, and returns the
// finding for the fields that are left to set. It is written in place: to build
// it elsewhere and copy it took a third of the whole decision.
func (j *judge) say(r RuleID, v Verdict, c Code) *Finding {
	d := j.d
	d.Verdict = min(d.Verdict, v)
	f := &j.scrap
	if d.n < MaxFindings {
		f = &d.findings[d.n]
		d.n++
	} else if d.more < 255 {
		d.more++
	}
	f.Rule, f.Verdict, f.Code = r, v, c
	return f
}

// Decide judges the facts. It keeps nothing of f, does not allocate, and gives the
// same answer for the same facts and edition always.
func (b *Book) Decide(f *Facts) (d Decision) { // named: a copy less
	j := judge{f: f, d: &d, places: f.Places}
	j.open(b)
	j.book()
	j.class()
	j.consent()
	j.suppression()
	j.emergency()
	j.content()
	j.account()
	j.caps()
	j.hours()
	if len(b.own) > 0 {
		b.hearOwn(f, &j)
	}
	at := j.settle()
	j.expiry(at)
	j.finish(at)
	return d
}

// Hours judges only the places and the instant: whether and when the law lets
// marketing go there. It reads Now, Profile, Margin, Places and Emergency.
func (b *Book) Hours(f *Facts) (d Decision) {
	j := judge{f: f, d: &d, places: f.Places}
	j.open(b)
	j.book()
	j.emergencyIn()
	j.hours()
	j.finish(j.settle())
	return d
}

// open begins a decision. It fills the judge in place, to spare a copy; what would
// escape through a pointer to it is set before.
func (j *judge) open(b *Book) {
	f := j.f
	j.d.Verdict, j.due = Send, 1<<63-1
	if len(j.places) == 0 {
		j.places = somewhere
	}
	j.h.rb, j.h.clocks, j.h.profile = b.rb, b.clocks, f.Profile
	// A day of margin closes everything already; more could overflow.
	j.h.margin = int64((min(f.Margin, 24*time.Hour) + time.Second - 1) / time.Second)
	j.now = nano(f.Now)
	j.earliest = j.now
	j.h.edition = j.inForce()
}

// inForce returns the edition at now, as [law.Rulebook.At] does; nil if there is
// none.
func (j *judge) inForce() *law.Edition {
	if j.now <= firstInstant || j.now >= lastInstant {
		return nil
	}
	unix := floorSecond(j.now)
	day := floorDay(unix + int64(j.h.clocks[capital].at(unix).offset))
	if e := j.h.rb.Latest().On(day); day >= e.From() {
		return e
	}
	return nil
}

// capital is the zone by whose dates editions change.
var capital = place.MustZone("America/New_York")

// book speaks about the law itself: whether we know it at that instant.
func (j *judge) book() {
	ok := true
	if j.h.edition == nil {
		j.say(RuleBook, Block, BookTooEarly)
		// The other rules speak by the oldest law that we know.
		j.h.edition, j.lawless, ok = j.h.rb.Editions()[0], true, false
	} else {
		j.d.Edition = j.h.edition.ID()
	}
	if j.f.Profile == law.NoProfile || j.f.Profile >= law.NumProfiles {
		j.say(RuleBook, Block, BookProfile)
		j.h.profile, ok = law.Strict, false
	}
	if j.f.Margin < 0 {
		j.say(RuleBook, Block, BookMargin)
		j.h.margin, ok = 0, false
	}
	if ok {
		j.say(RuleBook, Send, BookInForce)
	}
}

// hours speaks about each place.
func (j *judge) hours() {
	if j.free {
		j.say(RuleHours, Send, HoursAnswer)
		return
	}
	if j.lawless {
		j.say(RuleHours, Block, HoursUnknown)
		return
	}
	unix := floorSecond(j.now)
	for i, p := range j.places {
		j.place(p, index(i), unix)
	}
}

// hearOwn lets the embedder's rules speak. They get a copy, so that the facts of
// everyone who has no such rules can stay on the stack.
func (b *Book) hearOwn(f *Facts, j *judge) {
	c := *f
	for i := range b.own {
		r := b.own[i].Judge(c)
		v := min(r.Verdict, Send)
		if v == Wait && r.NotBefore.IsZero() {
			v = Block
		}
		out := j.say(RuleOwn+RuleID(min(i, MaxRules-1)), v, Code(r.Code))
		if v == Wait {
			out.At = nano(r.NotBefore)
			j.earliest = max(j.earliest, out.At)
		}
	}
}

// settle finds the instant to wait for, and returns it; now, if there is none.
func (j *judge) settle() int64 {
	if j.d.Verdict != Wait {
		return j.now
	}
	limit := j.now + SearchDays*daySeconds*int64(time.Second)
	if j.earliest > limit {
		j.say(RuleExpiry, Block, WaitTooLong).At = j.earliest
		return j.now
	}
	at, ok := j.joint(limit)
	if !ok {
		j.say(RuleHours, Block, HoursNever)
		return j.now
	}
	return at
}

func (j *judge) finish(at int64) {
	if j.d.Verdict == Wait {
		j.d.NotBefore = time.Unix(0, at).UTC()
	}
}

// joint returns the first instant that the caps, the embedder's rules and the
// hours of every place allow together.
func (j *judge) joint(limit int64) (int64, bool) {
	at := j.earliest
	for {
		from := at
		at = j.release(at)
		if !j.free {
			unix, ok := j.h.all(j.places, floorSecond(at))
			if !ok {
				return 0, false
			}
			at = max(at, unix*int64(time.Second))
		}
		if at > limit {
			return 0, false
		}
		if at == from {
			return at, true
		}
	}
}

// The seconds whose instants fit Unix nanoseconds, with room to add a few weeks: the
// beginnings of 1700 and of 2200.
const (
	firstSecond, lastSecond   = -8520336000, 7258118400
	firstInstant, lastInstant = firstSecond * int64(time.Second), lastSecond * int64(time.Second)
)

// nano returns Unix nanoseconds. An instant that does not fit becomes the first or
// last that does: it must not wrap around into one that allows.
func nano(t time.Time) int64 {
	switch s := t.Unix(); {
	case s <= firstSecond:
		return firstInstant
	case s >= lastSecond:
		return lastInstant
	}
	return t.UnixNano()
}

func floorSecond(nano int64) int64 {
	s := nano / int64(time.Second)
	if nano%int64(time.Second) < 0 {
		s--
	}
	return s
}
