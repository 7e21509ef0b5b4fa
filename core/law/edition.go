package law

import (
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// An Edition is the rulebook as it stands between two dates, compiled into
// arrays. It is immutable and safe for concurrent use.
type Edition struct {
	rb         *Rulebook
	name, id   string
	from       Day
	until      Day
	prev, next *Edition
	days       [NumProfiles][place.NumStates]week
	caps       [NumProfiles][place.NumStates]Cap
	rows       [place.NumStates]*Row // 0: federal
	rules      map[string]*Rule
}

// A week is a state's compiled row: the federal window and the state's own,
// intersected.
type week struct {
	days     [7]weekday
	set      uint8 // holidays, index into Rulebook.sets
	standard bool
}

// A Cap is the most marketing texts in a rolling window of so many hours; none if
// Count is 0.
type Cap struct{ Count, Hours uint16 }

// Why says why a day is closed.
type Why uint8

// The reasons. A day that is Open has hours.
const (
	Open      Why = iota
	Weekday       // the state closes this day of the week
	OnHoliday     // the day is on the state's list
)

// Hours is one civil day at one place: minutes after local midnight, [Open,
// Close). They are equal on a closed day, and Why says the reason.
type Hours struct {
	Open, Close uint16
	Why         Why
	// Standard is set where the statute says standard time: the window must then
	// also have opened on a clock without daylight saving.
	Standard bool
}

// Name returns the edition's name: the book's and the date it came into force.
func (e *Edition) Name() string { return e.name }

// ID returns the name and the book's hash, as decisions record it.
func (e *Edition) ID() string { return e.id }

// From returns the first date in force.
func (e *Edition) From() Day { return e.from }

// Until returns the first date no longer in force, and false for the last
// edition.
func (e *Edition) Until() (Day, bool) { return e.until, e.next != nil }

// Rulebook returns the book that e is of.
func (e *Edition) Rulebook() *Rulebook { return e.rb }

// Always returns a rulebook of which e is the only edition, in force at every
// instant: for what the law of one date would have said on another. Its name and
// id are those of e.
func (e *Edition) Always() *Rulebook {
	rb, only := *e.rb, *e
	only.rb, only.prev, only.next = &rb, nil, nil
	only.from, only.until = DayOf(1, time.January, 1), noDay
	rb.since, rb.editions = only.from, []*Edition{&only}
	return &rb
}

// On returns the edition in force on a date: e itself, or an earlier or later
// one. Before the book's first date it is the first.
func (e *Edition) On(d Day) *Edition {
	for d >= e.until {
		e = e.next
	}
	for d < e.from && e.prev != nil {
		e = e.prev
	}
	return e
}

// Hours returns the hours of d in state s under profile p. It takes e as it is:
// ask e.On(d) first where d may be out of it. It does not allocate. An unknown or
// foreign state has the profile's narrow window; [NoProfile] is always closed.
func (e *Edition) Hours(p Profile, s place.State, d Day) Hours {
	if p >= NumProfiles {
		return Hours{Why: Weekday}
	}
	if int(s) >= place.NumStates {
		s = place.Unknown
	}
	w := &e.days[p][s]
	day := w.days[d.Weekday()]
	if day.open >= day.close {
		return Hours{Why: Weekday}
	}
	if w.set != 0 && e.rb.sets[w.set].has(d) {
		return Hours{Why: OnHoliday}
	}
	return Hours{Open: day.open, Close: day.close, Standard: w.standard}
}

// Cap returns the cap of state s under profile p.
func (e *Edition) Cap(p Profile, s place.State) Cap {
	if p >= NumProfiles {
		return Cap{}
	}
	if int(s) >= place.NumStates {
		s = place.Unknown
	}
	return e.caps[p][s]
}

// Row returns the row of a state, the federal one for an unknown or foreign
// state.
func (e *Edition) Row(s place.State) *Row {
	if int(s) >= place.NumStates || e.rows[s] == nil {
		return e.rows[0]
	}
	return e.rows[s]
}

// Applies reports whether the state's own row, and not the federal alone, is
// applied under p.
func (e *Edition) Applies(p Profile, s place.State) bool {
	return int(s) < place.NumStates && s != 0 && e.rows[s] != nil && e.rows[s].enforce > Federal && e.rows[s].enforce <= p
}

// Rule returns the rule of an id, nil if none of it is in force.
func (e *Edition) Rule(id string) *Rule { return e.rules[id] }

// HolidayName returns the name of the day's holiday in s under p, "" if it is
// none.
func (e *Edition) HolidayName(p Profile, s place.State, d Day) string {
	if p >= NumProfiles || int(s) >= place.NumStates {
		return ""
	}
	return e.rb.sets[e.days[p][s].set].name(d)
}

// compile makes the editions: one from each date on which anything begins or
// ends.
func (rb *Rulebook) compile() {
	rb.sets, rb.setNames = []*holidaySet{newHolidaySet(nil)}, [][]string{nil}
	dates := []Day{rb.since}
	for _, r := range rb.rows {
		dates = append(dates, r.from, r.until)
		rb.zones[r.state] = r.zones
	}
	for _, r := range rb.rules {
		if !r.Pending {
			dates = append(dates, r.from, r.until)
		}
	}
	slices.Sort(dates)
	for _, d := range slices.Compact(dates) {
		if d != noDay {
			rb.editions = append(rb.editions, rb.edition(d))
		}
	}
	for i, e := range rb.editions {
		e.until = noDay
		if i > 0 {
			e.prev = rb.editions[i-1]
		}
		if i+1 < len(rb.editions) {
			e.next = rb.editions[i+1]
			e.until = e.next.from
		}
	}
}

func (rb *Rulebook) edition(from Day) *Edition {
	e := &Edition{rb: rb, from: from, name: rb.name + "-" + from.String(), rules: map[string]*Rule{}}
	e.id = e.name + "@" + rb.hash
	for _, r := range rb.rows {
		if r.from <= from && from < r.until {
			e.rows[r.state] = r
		}
	}
	for _, r := range rb.rules {
		if !r.Pending && r.from <= from && from < r.until {
			e.rules[r.ID] = r
		}
	}
	for p := Federal; p < NumProfiles; p++ {
		for s := range e.days[p] {
			e.state(p, place.State(s))
		}
	}
	return e
}

func (e *Edition) state(p Profile, s place.State) {
	w, c := &e.days[p][s], &e.caps[p][s]
	w.days = e.rows[0].week
	if !s.US() { // unknown, Canada, the Caribbean
		u := &e.rb.profiles[p].Unknown
		w.days, w.set = intersect(w.days, u.week), e.rb.set(u.Holidays)
		*c = compileCap(u.Cap)
		return
	}
	if !e.Applies(p, s) {
		return
	}
	r := e.rows[s]
	w.days = intersect(w.days, r.week)
	w.standard = r.standard != NoProfile && r.standard <= p
	if r.Holidays != "" {
		w.set = e.rb.set([]string{r.Holidays})
	}
	*c = compileCap(r.Cap)
}

func compileCap(c *RowCap) Cap {
	if c == nil {
		return Cap{}
	}
	return Cap{Count: uint16(min(c.Count, 1<<16-1)), Hours: uint16(c.Hours)}
}

func intersect(a, b [7]weekday) [7]weekday {
	for i := range a {
		a[i].open, a[i].close = max(a[i].open, b[i].open), min(a[i].close, b[i].close)
		if a[i].open >= a[i].close {
			a[i] = weekday{}
		}
	}
	return a
}

// set returns the index of the union of lists.
func (rb *Rulebook) set(names []string) uint8 {
	key := strings.Join(names, "+")
	for i, n := range rb.setNames {
		if strings.Join(n, "+") == key {
			return uint8(i)
		}
	}
	rb.sets, rb.setNames = append(rb.sets, newHolidaySet(rb.lists(names))), append(rb.setNames, names)
	return uint8(len(rb.sets) - 1)
}

// lists returns the named lists and those that they include.
func (rb *Rulebook) lists(names []string) []*HolidayList {
	var out []*HolidayList
	for _, n := range names {
		l := rb.holidays[n]
		out = append(out, l)
		for _, in := range l.Include {
			out = append(out, rb.holidays[in])
		}
	}
	return out
}
