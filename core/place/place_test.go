package place_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/format"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/place/data"
)

//go:embed zz_zip.go
var generated string

func TestTableIsFresh(t *testing.T) {
	t.Parallel()
	src, err := data.File()
	if err != nil {
		t.Fatal(err)
	}
	want, err := format.Source([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != generated {
		t.Error("zz_zip.go is not what data/zip.txt gives; run: go generate ./core/place")
	}
}

func TestStatesReadBack(t *testing.T) {
	t.Parallel()
	us, territories, canada := 0, 0, 0
	for s := place.State(1); int(s) < place.NumStates; s++ {
		if got, ok := place.ParseState(s.String()); !ok || got != s {
			t.Errorf("%s reads back as %s", s, got)
		}
		if s.US() {
			us++
		}
		if s.Territory() {
			territories++
		}
		if s.Canada() {
			canada++
		}
	}
	if us != 56 || territories != 5 || canada != 13 {
		t.Errorf("%d US, %d territories, %d Canada; want 56, 5, 13", us, territories, canada)
	}
	for _, code := range []string{"", "ny", "XX", "USA"} {
		if s, ok := place.ParseState(code); ok || s != place.Unknown {
			t.Errorf("ParseState(%q) = %s", code, s)
		}
	}
}

func TestZonesReadBackAndLoad(t *testing.T) {
	t.Parallel()
	for z := place.Zone(1); int(z) < place.NumZones; z++ {
		if got, ok := place.ParseZone(z.String()); !ok || got != z {
			t.Errorf("%s reads back as %s", z, got)
		}
		if l := z.Location(); l == nil || l.String() != z.String() {
			t.Errorf("%s has location %v", z, l)
		}
	}
	if place.Zone(0).Location() != nil || place.Zone(255).Location() != nil || place.Zone(255).String() != "" {
		t.Error("a zone that is none has a location or a name")
	}
}

// States and zones are stored by name and by number: neither may move.
func TestNumbersNeverMove(t *testing.T) {
	t.Parallel()
	for code, n := range map[string]int{"AL": 1, "FL": 10, "WY": 51, "PR": 52, "MP": 56, "AB": 57, "YT": 69, "AIA": 70, "TCA": 87} {
		if got := int(place.MustState(code)); got != n {
			t.Errorf("%s is state %d, was %d", code, got, n)
		}
	}
	for name, n := range map[string]int{"America/New_York": 1, "Pacific/Honolulu": 8, "America/Boise": 10, "America/Toronto": 35, "America/Grand_Turk": 77} {
		if got := int(place.MustZone(name)); got != n {
			t.Errorf("%s is zone %d, was %d", name, got, n)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	p := place.Place{State: place.MustState("FL"), Zone: place.MustZone("America/Chicago")}
	b, err := json.Marshal(p)
	if err != nil || string(b) != `{"state":"FL","zone":"America/Chicago"}` {
		t.Errorf("%s, %v", b, err)
	}
	var back place.Place
	if err := json.Unmarshal(b, &back); err != nil || back != p {
		t.Errorf("reads back as %s, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"state":"Atlantis","zone":"Mars/Olympus"}`), &back); err != nil || back != (place.Place{}) {
		t.Errorf("a place that we cannot name reads as %s, %v", back, err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	p, err := place.Parse("AZ:America/Phoenix")
	if err != nil || p.String() != "AZ:America/Phoenix" {
		t.Errorf("%s, %v", p, err)
	}
	for _, s := range []string{"", "AZ", "AZ:", "QQ:America/Phoenix", "AZ:America/Springfield"} {
		if _, err := place.Parse(s); core.KindOf(err) != core.Invalid {
			t.Errorf("Parse(%q): %v, want an invalid error", s, err)
		}
	}
}

func names(ps []place.Place) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	slices.Sort(out)
	return out
}

func TestFromZIP(t *testing.T) {
	t.Parallel()
	const ny, chi, den, la = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
	for zip, want := range map[string][]string{
		"10001":      {"NY:" + ny},
		"33139":      {"FL:" + ny},
		"32401":      {"FL:" + chi, "FL:" + ny}, // Panama City shares its prefix with Port St. Joe
		"32501":      {"FL:" + chi},
		"36867":      {"AL:" + chi, "AL:" + ny}, // Phenix City
		"37402":      {"TN:" + ny},
		"37388":      {"TN:" + chi, "TN:" + ny},
		"42701":      {"KY:" + chi, "KY:" + ny},
		"46534":      {"IN:" + chi, "IN:America/Indiana/Indianapolis"},
		"47708":      {"IN:" + chi},
		"49858":      {"MI:America/Detroit", "MI:America/Menominee"},
		"58601":      {"ND:" + chi, "ND:" + den},
		"57701":      {"SD:" + den},
		"67735":      {"KS:" + chi, "KS:" + den},
		"69201":      {"NE:" + chi, "NE:" + den, "SD:" + chi, "SD:" + den},
		"79901":      {"TX:" + den},
		"79830":      {"TX:" + chi, "TX:" + den},
		"83501":      {"ID:America/Boise", "ID:" + la},
		"86045":      {"AZ:" + den, "AZ:America/Phoenix"}, // Tuba City
		"85004":      {"AZ:America/Phoenix"},
		"89883":      {"NV:" + den, "NV:" + la}, // West Wendover
		"97914":      {"OR:America/Boise", "OR:" + la},
		"99546":      {"AK:America/Adak", "AK:America/Anchorage"},
		"96813":      {"HI:Pacific/Honolulu"},
		"96799":      {"AS:Pacific/Pago_Pago"},
		"96910":      {"GU:Pacific/Guam", "MP:Pacific/Saipan"},
		"00901":      {"PR:America/Puerto_Rico"},
		"00802":      {"VI:America/St_Thomas"},
		"06390":      {"NY:" + ny}, // Fishers Island, behind a Connecticut prefix
		"42223":      {"KY:" + chi, "TN:" + chi},
		"20500-0003": {"DC:" + ny},
		"205000003":  {"DC:" + ny},
	} {
		ps, ok := place.FromZIP(zip)
		if d := cmp.Diff(want, names(ps)); d != "" || !ok {
			t.Errorf("%s (-want +got):\n%s", zip, d)
		}
	}
	for _, zip := range []string{
		"", "1", "1000", "100", "1000a", " 10001", "10001-", "10001-123", "10001+1234", "100011", "K1A 0B1", "١٠٠٠١", "00000", "98700",
		"09012", "34002", "96201", // military
		"96940", "96960", // Palau, Marshall Islands
	} {
		if ps, ok := place.FromZIP(zip); ok {
			t.Errorf("FromZIP(%q) = %v, want none", zip, ps)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for s := place.State(1); int(s) < place.NumStates; s++ {
		ps := place.Within(s)
		if (len(ps) > 0) != s.US() {
			t.Errorf("%s has %d places", s, len(ps))
		}
		for _, p := range ps {
			if p.State != s || p.Zone == 0 {
				t.Errorf("%s holds %s", s, p)
			}
		}
	}
	if d := cmp.Diff([]string{"AZ:America/Denver", "AZ:America/Phoenix"}, names(place.Within(place.MustState("AZ")))); d != "" {
		t.Error(d)
	}
	if place.Within(255) != nil {
		t.Error("a state that is none has places")
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	parse := func(ss ...string) (ps []place.Place) {
		for _, s := range ss {
			p, err := place.Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			ps = append(ps, p)
		}
		return ps
	}
	ny, la := parse("NY:America/New_York"), parse("CA:America/Los_Angeles")
	az := place.Place{State: place.MustState("AZ")}
	for _, tt := range []struct {
		name        string
		area        []place.Place
		zip         string
		venue, said place.Place
		want        []string
	}{
		{"nothing is known", nil, "", place.Place{}, place.Place{}, nil},
		{"area code alone", ny, "", place.Place{}, place.Place{}, []string{"NY:America/New_York"}},
		{"all agree", ny, "10001", ny[0], ny[0], []string{"NY:America/New_York"}},
		{"a New York number in a Californian bar", ny, "", la[0], place.Place{}, []string{"CA:America/Los_Angeles", "NY:America/New_York"}},
		{"an address elsewhere", ny, "79901", place.Place{}, place.Place{}, []string{"NY:America/New_York", "TX:America/Denver"}},
		{"military mail means unknown", ny, "09012", place.Place{}, place.Place{}, []string{":", "NY:America/New_York"}},
		{"so does a foreign postal code", ny, "K1A 0B1", place.Place{}, place.Place{}, []string{":", "NY:America/New_York"}},
		{"they said Arizona", ny, "", place.Place{}, az, []string{"AZ:America/Denver", "AZ:America/Phoenix", "NY:America/New_York"}},
		{"they said Ontario", nil, "", place.Place{}, place.Place{State: place.MustState("ON")}, []string{"ON:"}},
	} {
		if d := cmp.Diff(tt.want, names(place.Candidates(nil, tt.area, tt.zip, tt.venue, tt.said))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
	}
}

func anyPlace(t *rapid.T, label string) place.Place {
	return place.Place{
		State: place.State(rapid.IntRange(0, place.NumStates-1).Draw(t, label+" state")),
		Zone:  place.Zone(rapid.IntRange(0, place.NumZones-1).Draw(t, label+" zone")),
	}
}

// A further signal never takes a candidate away, and none stands twice.
func TestCandidatesOnlyGrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		area := []place.Place{anyPlace(t, "area")}
		zip := rapid.OneOf(rapid.StringMatching(`[0-9]{5}`), rapid.String()).Draw(t, "zip")
		venue, said := anyPlace(t, "venue"), anyPlace(t, "said")
		less := place.Candidates(nil, area, "", venue, place.Place{})
		more := place.Candidates(nil, area, zip, venue, said)
		for i, p := range more {
			if slices.Contains(more[:i], p) {
				t.Fatalf("%s stands twice", p)
			}
		}
		for _, p := range less {
			if !slices.Contains(more, p) {
				t.Fatalf("%s was lost", p)
			}
		}
		if zip != "" && len(place.Candidates(nil, nil, zip, place.Place{}, place.Place{})) == 0 {
			t.Fatal("a ZIP code that was given added nothing")
		}
	})
}

func TestUnionStatesZones(t *testing.T) {
	t.Parallel()
	az := place.Within(place.MustState("AZ"))
	got := place.Union(nil, az, az, place.Within(place.MustState("UT")), []place.Place{{}})
	if len(got) != 4 {
		t.Errorf("union is %v", got)
	}
	if s := place.States(nil, got); len(s) != 2 {
		t.Errorf("states are %v", s)
	}
	if z := place.Zones(nil, got); len(z) != 2 {
		t.Errorf("zones are %v", z)
	}
}

func TestCandidatesDoesNotAllocate(t *testing.T) {
	var room [place.MaxCandidates]place.Place
	area := place.Within(place.MustState("IN"))
	ak := place.Place{State: place.MustState("AK")}
	if got := testing.AllocsPerRun(100, func() {
		place.Candidates(room[:0], area, "69201-0001", area[0], ak)
		place.Union(room[:0], area, area)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkCandidates(b *testing.B) {
	var room [place.MaxCandidates]place.Place
	area := place.Within(place.MustState("IN"))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n += len(place.Candidates(room[:0], area, "47708", area[0], place.Place{}))
	}
	_ = n
}

func ExampleCandidates() {
	// A New York number, signed up in a bar in Phoenix, mail to the Navajo Nation.
	area, _ := place.FromZIP("10001")
	venue, _ := place.Parse("AZ:America/Phoenix")
	var room [place.MaxCandidates]place.Place
	for _, p := range place.Candidates(room[:0], area, "86045", venue, place.Place{}) {
		fmt.Println(p)
	}
	// Output:
	// NY:America/New_York
	// AZ:America/Phoenix
	// AZ:America/Denver
}
