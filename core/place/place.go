// Package place names where a phone may be: a state and a time zone. Both are
// small integers, so that the engine works on arrays, and both have names for
// people.
package place

import (
	"time"
	_ "time/tzdata" // an embedding program may run where no zone files are
)

// A State is a US state, the District of Columbia, a US territory, a Canadian
// province, or another country of the North American plan. The zero State is
// unknown: the rulebook then applies its narrow window.
type State uint8

// Unknown is the zero State.
const Unknown State = 0

// codes: USPS for the United States, the postal code for Canada, ISO 3166-1
// alpha-3 for the others (alpha-2 would collide: KY is Kentucky and the Cayman
// Islands). The order is part of stored facts: append only.
var codes = [...]string{"",
	"AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
	"ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR",
	"PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
	"PR", "VI", "GU", "AS", "MP",
	"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
	"AIA", "ATG", "BHS", "BRB", "BMU", "VGB", "CYM", "DMA", "DOM", "GRD", "JAM", "MSR", "KNA", "LCA", "VCT", "SXM", "TTO", "TCA",
}

// The first of each group, in the order of codes.
const (
	firstUS, lastUS         = State(1), State(51)
	lastTerritory           = State(56)
	firstCanada, lastCanada = State(57), State(69)
)

// NumStates is one more than the greatest State, for arrays indexed by State.
const NumStates = len(codes)

var stateByCode = func() map[string]State {
	m := make(map[string]State, len(codes))
	for i, c := range codes[1:] {
		m[c] = State(i + 1)
	}
	return m
}()

// ParseState reads a code as [State.String] writes it. The empty and any other
// code give Unknown and false.
func ParseState(code string) (State, bool) {
	s, ok := stateByCode[code]
	return s, ok
}

// MustState is ParseState for constants; it panics on a code that is none.
func MustState(code string) State {
	s, ok := ParseState(code)
	if !ok {
		panic("place: no state " + code)
	}
	return s
}

// String returns the code, "" for Unknown.
func (s State) String() string {
	if int(s) < len(codes) {
		return codes[s]
	}
	return ""
}

// US reports whether s is a state of the United States, DC or a US territory.
func (s State) US() bool { return s >= firstUS && s <= lastTerritory }

// Territory reports whether s is a US territory.
func (s State) Territory() bool { return s > lastUS && s <= lastTerritory }

// Canada reports whether s is a Canadian province or territory.
func (s State) Canada() bool { return s >= firstCanada && s <= lastCanada }

// MarshalText returns the code.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a code; an unknown one gives Unknown, so that a fact
// about a place that we cannot name is never taken for a place that we can.
func (s *State) UnmarshalText(b []byte) error {
	*s, _ = ParseState(string(b))
	return nil
}

// A Zone is an IANA time zone of the North American plan. The zero Zone is
// unknown.
type Zone uint8

// zoneNames is part of stored facts: append only.
var zoneNames = [...]string{"",
	"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
	"America/Anchorage", "America/Adak", "Pacific/Honolulu",
	"America/Detroit", "America/Boise",
	"America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago",
	"America/Indiana/Indianapolis", "America/Indiana/Knox", "America/Indiana/Tell_City", "America/Indiana/Petersburg",
	"America/Indiana/Vincennes", "America/Indiana/Winamac", "America/Indiana/Marengo", "America/Indiana/Vevay",
	"America/Kentucky/Louisville", "America/Kentucky/Monticello", "America/Menominee",
	"America/North_Dakota/Center", "America/North_Dakota/New_Salem", "America/North_Dakota/Beulah",
	"America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome",
	"America/Toronto", "America/Winnipeg", "America/Regina", "America/Edmonton", "America/Vancouver", "America/Halifax",
	"America/St_Johns", "America/Moncton", "America/Glace_Bay", "America/Goose_Bay", "America/Blanc-Sablon",
	"America/Iqaluit", "America/Rankin_Inlet", "America/Resolute", "America/Cambridge_Bay", "America/Inuvik",
	"America/Whitehorse", "America/Dawson", "America/Dawson_Creek", "America/Fort_Nelson", "America/Creston",
	"America/Swift_Current", "America/Atikokan", "America/Thunder_Bay", "America/Rainy_River",
	"America/Anguilla", "America/Antigua", "America/Nassau", "America/Barbados", "Atlantic/Bermuda", "America/Tortola",
	"America/Cayman", "America/Dominica", "America/Santo_Domingo", "America/Grenada", "America/Jamaica",
	"America/Montserrat", "America/St_Kitts", "America/St_Lucia", "America/St_Vincent", "America/Lower_Princes",
	"America/Port_of_Spain", "America/Grand_Turk",
}

// NumZones is one more than the greatest Zone, for arrays indexed by Zone.
const NumZones = len(zoneNames)

var (
	zoneByName = func() map[string]Zone {
		m := make(map[string]Zone, len(zoneNames))
		for i, n := range zoneNames[1:] {
			m[n] = Zone(i + 1)
		}
		return m
	}()
	// locations is loaded once: time.LoadLocation reads files, and the engine
	// asks for a location on every decision.
	locations = func() [NumZones]*time.Location {
		var ls [NumZones]*time.Location
		for i, n := range zoneNames {
			if i == 0 {
				continue
			}
			l, err := time.LoadLocation(n)
			if err != nil {
				panic("place: zone " + n + ": " + err.Error()) // tzdata is linked in: a bug in zoneNames
			}
			ls[i] = l
		}
		return ls
	}()
)

// ParseZone reads an IANA name of the table. Any other name gives 0 and false.
func ParseZone(name string) (Zone, bool) {
	z, ok := zoneByName[name]
	return z, ok
}

// MustZone is ParseZone for constants; it panics on a name that is none.
func MustZone(name string) Zone {
	z, ok := ParseZone(name)
	if !ok {
		panic("place: no zone " + name)
	}
	return z
}

// String returns the IANA name, "" for the unknown Zone.
func (z Zone) String() string {
	if int(z) < len(zoneNames) {
		return zoneNames[z]
	}
	return ""
}

// Location returns the zone's rules, nil for the unknown Zone.
func (z Zone) Location() *time.Location {
	if int(z) < len(locations) {
		return locations[z]
	}
	return nil
}

// MarshalText returns the IANA name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText reads an IANA name; one that is not in the table gives the
// unknown Zone.
func (z *Zone) UnmarshalText(b []byte) error {
	*z, _ = ParseZone(string(b))
	return nil
}

// A Place is a state and a zone together: where a phone may be. A half-known
// Place (Arizona, zone unknown) is treated by the engine as unknown in the half
// that is missing.
type Place struct {
	State State `json:"state"`
	Zone  Zone  `json:"zone"`
}
