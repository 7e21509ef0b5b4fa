package law

import (
	_ "embed"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// A Row is what one state asks of a marketing text during some time. The row of
// state "US" is the federal one and binds everywhere.
type Row struct {
	ID       string       `json:"id"` // state and date, as PA-2026-10-18
	State    string       `json:"state"`
	Name     string       `json:"name"`
	Zones    []string     `json:"zones"`           // every zone the state lies in
	From     string       `json:"from,omitempty"`  // first date in force; empty: since the book's first
	Until    string       `json:"until,omitempty"` // first date no longer in force; empty: open
	Windows  []string     `json:"windows"`         // "mon-sat 09:00-19:00", local, half-open; one per weekday
	Closed   []string     `json:"closed,omitempty"`
	Holidays string       `json:"holidays,omitempty"` // name of a list
	Standard string       `json:"standard_time,omitempty"`
	Cap      *RowCap      `json:"cap,omitempty"`
	Enforce  string       `json:"enforce"` // the widest profile in which the row is applied
	Covers   string       `json:"covers_text"`
	Reach    string       `json:"reach"` // whether it binds consented texts
	Cite     string       `json:"cite"`
	Honor    int          `json:"stop_honor_years"` // 99: for ever
	Ban      bool         `json:"emergency_ban,omitempty"`
	Register string       `json:"registration,omitempty"`
	Counsel  bool         `json:"needs_counsel,omitempty"`
	Notes    string       `json:"notes,omitempty"`
	Source   []string     `json:"source"`
	Sure     string       `json:"confidence"`
	from     Day          // parsed
	until    Day          // noDay if open
	state    place.State  // 0 for the federal row
	enforce  Profile      // parsed
	standard Profile      // NoProfile: wall-clock time only
	zones    []place.Zone // parsed
	week     [7]weekday   // parsed
}

// A RowCap is the most texts that a state allows in a rolling window. EBR says
// that an established business relationship lifts it; we never rely on that.
type RowCap struct {
	Count int    `json:"count"`
	Hours int    `json:"hours"`
	Scope string `json:"scope,omitempty"`
	EBR   bool   `json:"ebr_exempt,omitempty"`
}

// A Rule is an obligation that is not bound to hours: consent, opting out,
// carriers' terms. Rules of one id follow each other in time.
type Rule struct {
	ID      string   `json:"id"`
	From    string   `json:"from,omitempty"`
	Until   string   `json:"until,omitempty"`
	Pending bool     `json:"pending,omitempty"` // adopted, date unknown: in no edition
	Cite    string   `json:"cite"`
	Says    string   `json:"says"`
	Source  []string `json:"source"`
	Sure    string   `json:"confidence"`
	from    Day
	until   Day
}

// A Source is where a row was read. Kind: P primary text, S law firm or press,
// V vendor, R public repository that quotes the primary text, K not looked up.
type Source struct {
	Label string `json:"label"`
	Where string `json:"where,omitempty"`
	Kind  string `json:"kind"`
}

// A weekday is the minutes of the day, [open, close), that a row allows; closed
// if they are equal.
type weekday struct{ open, close uint16 }

// A Narrow is what a profile allows where the state is unknown.
type Narrow struct {
	Windows  []string `json:"windows"`
	Closed   []string `json:"closed"`
	Holidays []string `json:"holidays"`
	Cap      *RowCap  `json:"cap,omitempty"`
	week     [7]weekday
}

type profileData struct {
	Unknown Narrow `json:"unknown"`
}

// A Rulebook is a loaded file: every row of every time, and the editions made of
// them. It is immutable and safe for concurrent use.
type Rulebook struct {
	name, asOf string
	since      Day
	hash       string
	profiles   [NumProfiles]*profileData
	holidays   map[string]*HolidayList
	rows       []*Row
	rules      []*Rule
	sources    map[string]Source
	sets       []*holidaySet // compiled; index 0 is the empty set
	setNames   [][]string    // the lists of each set
	editions   []*Edition
	zones      [place.NumStates][]place.Zone
}

//go:embed us.json
var usJSON []byte

// US returns the embedded rulebook. It is parsed once.
var US = sync.OnceValue(func() *Rulebook {
	rb, err := Load(usJSON)
	if err != nil {
		panic("law: the embedded rulebook: " + err.Error()) // a bug in our own source; a test loads it
	}
	return rb
})

// Name returns the file's name, "us".
func (rb *Rulebook) Name() string { return rb.name }

// AsOf returns the date on which the file was last looked over.
func (rb *Rulebook) AsOf() string { return rb.asOf }

// Hash returns eight hex digits over all that can change a decision. Notes,
// sources and citations do not count.
func (rb *Rulebook) Hash() string { return rb.hash }

// Rows returns every row, the federal one first. The caller must not change them.
func (rb *Rulebook) Rows() []*Row { return rb.rows }

// Rules returns every rule, pending ones too. The caller must not change them.
func (rb *Rulebook) Rules() []*Rule { return rb.rules }

// Sources returns the sources by the ids that rows name.
func (rb *Rulebook) Sources() map[string]Source { return rb.sources }

// Editions returns all editions, oldest first.
func (rb *Rulebook) Editions() []*Edition { return rb.editions }

// Unknown returns what a profile allows where the state is unknown; nothing for
// [NoProfile].
func (rb *Rulebook) Unknown(p Profile) Narrow {
	if p == NoProfile || p >= NumProfiles {
		return Narrow{}
	}
	return rb.profiles[p].Unknown
}

// Latest returns the last edition; it may not be in force yet.
func (rb *Rulebook) Latest() *Edition { return rb.editions[len(rb.editions)-1] }

// Zones returns every zone that a state lies in, nil for an unknown or foreign
// one. The caller must not change it.
func (rb *Rulebook) Zones(s place.State) []place.Zone {
	if int(s) >= len(rb.zones) {
		return nil
	}
	return rb.zones[s]
}

// eastern is the federal government's clock, by which editions change.
var eastern = place.MustZone("America/New_York").Location()

// At returns the edition in force at t, nil before the book's first date.
func (rb *Rulebook) At(t time.Time) *Edition {
	first := rb.editions[0]
	if d := DayIn(t, eastern); d >= first.from {
		return first.On(d)
	}
	return nil
}

// Edition finds an edition by its name (us-2026-10-18) or by its id
// (us-2026-10-18@0a1b2c3d). An id with another hash is not found: it names an
// edition of an older file, and only that file can replay it.
func (rb *Rulebook) Edition(name string) (*Edition, bool) {
	for _, e := range rb.editions {
		if e.name == name || e.id == name {
			return e, true
		}
	}
	return nil, false
}

// UnknownZones are the zones in which a text to a phone of unknown whereabouts
// must be allowed. See the package comment.
func UnknownZones() []place.Zone { return unknownZones[:] }

var unknownZones = [...]place.Zone{
	place.MustZone("America/New_York"), place.MustZone("America/Chicago"), place.MustZone("America/Denver"),
	place.MustZone("America/Phoenix"), place.MustZone("America/Los_Angeles"), place.MustZone("America/Anchorage"),
	place.MustZone("America/Adak"), place.MustZone("Pacific/Honolulu"),
}
