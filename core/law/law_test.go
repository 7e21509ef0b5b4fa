package law_test

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

//go:embed us.json
var usJSON string

// TestEveryStateHasLaw: fifty states, DC and five territories, at any time.
func TestEveryStateHasLaw(t *testing.T) {
	n := 0
	for s := place.State(1); int(s) < place.NumStates; s++ {
		if !s.US() {
			continue
		}
		n++
		for _, e := range law.US().Editions() {
			r := e.Row(s)
			if r.State != s.String() || r.Cite == "" || len(r.Source) == 0 {
				t.Errorf("%s in %s: %+v", s, e.Name(), r)
			}
		}
		if len(law.US().Zones(s)) == 0 {
			t.Errorf("%s lies in no zone", s)
		}
	}
	if n != 56 {
		t.Errorf("%d states, want 56", n)
	}
}

func TestEditionInForce(t *testing.T) {
	rb := law.US()
	for _, c := range []struct{ at, want string }{
		{"2019-12-31T23:59:59-05:00", ""},
		{"2020-01-01T00:00:00-05:00", "us-2020-01-01"},
		{"2024-04-03T23:59:59-04:00", "us-2024-01-01"},
		{"2024-04-04T00:00:00-04:00", "us-2024-04-04"},
		{"2025-04-10T23:59:59-04:00", "us-2024-07-16"},
		{"2025-04-11T00:00:00-04:00", "us-2025-04-11"},
		{"2025-08-31T23:59:59-04:00", "us-2025-08-29"},
		{"2025-09-01T00:00:00-04:00", "us-2025-09-01"},
		{"2026-01-01T00:00:00-05:00", "us-2026-01-01"},
		{"2026-10-17T23:59:59-04:00", "us-2026-01-01"},
		{"2026-10-18T00:00:00-04:00", "us-2026-10-18"},
		{"2027-01-31T00:00:00-05:00", "us-2027-01-31"},
		{"2040-01-01T00:00:00-05:00", "us-2027-01-31"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if e := rb.At(at); e != nil {
			got = e.Name()
		}
		if got != c.want {
			t.Errorf("at %s edition %q, want %q", c.at, got, c.want)
		}
	}
}

func TestEditionByName(t *testing.T) {
	rb := law.US()
	for _, e := range rb.Editions() {
		for _, name := range []string{e.Name(), e.ID()} {
			if got, ok := rb.Edition(name); !ok || got != e {
				t.Errorf("%s is not found by %q", e.Name(), name)
			}
		}
	}
	if _, ok := rb.Edition("us-2026-10-18@00000000"); ok {
		t.Error("an edition of another file was found")
	}
}

// TestHashIsPinned: decisions name the hash, and only the file that it is of can
// replay them. Who changes what the rules say keeps the former file in the
// history under its hash and pins the new one here.
func TestHashIsPinned(t *testing.T) {
	const want = "8320ebf6"
	if got := law.US().Hash(); got != want {
		t.Errorf("the rules now hash to %s, were %s: decisions made under the former file replay only with it", got, want)
	}
	// Words do not change it.
	rb, err := law.Load([]byte(strings.Replace(usJSON, "No hours rule found.", "No rule on hours found.", 1)))
	if err != nil || rb.Hash() != want {
		t.Errorf("a note changed the hash: %v", err)
	}
	rb, err = law.Load([]byte(strings.Replace(usJSON, "mon-sat 09:00-19:00", "mon-sat 09:00-19:30", 1)))
	if err != nil || rb.Hash() == want {
		t.Errorf("a window did not change the hash: %v", err)
	}
}

// TestLoadReportsEveryMistake: all at once, each with its row.
func TestLoadReportsEveryMistake(t *testing.T) {
	bad := usJSON
	for _, r := range [][2]string{
		{`"id": "AK",`, `"id": "AK-2020",`},
		{`"state": "AZ"`, `"state": "ZZ"`},
		{`"zones": ["America/Los_Angeles"]`, `"zones": ["America/Los_Angles"]`},
		{`"holidays": "AL"`, `"holidays": "Alabama"`},
		{`"from": "2026-10-18"`, `"from": "2026-10-32"`},
		{`"cap": {"count": 3, "hours": 24}`, `"cap": {"count": 0, "hours": 24}`},
		{`{"name": "Flag Day", "fixed": "06-14"}`, `{"name": "Flag Day", "fixed": "02-29"}`},
		{`"closed": ["sun"]`, `"closed": []`},
		{`"enforce": "strict"`, `"enforce": "severe"`},
		{`"until": "2025-09-01"`, `"untill": "2025-09-01"`},
		{`["az-1282", "kb-repo"]`, `["nobody"]`},
	} {
		if !strings.Contains(bad, r[0]) {
			t.Fatalf("us.json has no %s", r[0])
		}
		bad = strings.Replace(bad, r[0], r[1], 1)
	}
	_, err := law.Load([]byte(bad))
	if core.KindOf(err) != core.Invalid {
		t.Fatalf("loaded, or the wrong kind: %v", err)
	}
	for _, want := range []string{
		`(AK-2020): the id should be AK`, `no state "ZZ"`, `no zone "America/Los_Angles"`, `(AL): no holiday list "Alabama"`,
		`(PA-2026-10-18): from "2026-10-32" is not a date`, `cap of 0 in 24 hours`, `holidays PA Flag Day: "02-29" is not a date`,
		`sun is named 0 times`, `enforce "severe"`, `unknown field "untill"`, `state AZ: has no row from`, `no source "nobody"`, `state TX: row TX-2025-09-01 should begin on`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":            "",
		"another shape":      `{"states": []}`,
		"no rows":            `{"name":"us","as_of":"2026-11-24","since":"2020-01-01"}`,
		"two values":         usJSON + "{}",
		"an empty window":    strings.Replace(usJSON, "mon-sat 09:00-19:00", "mon-sat 19:00-19:00", 1),
		"a day twice":        strings.Replace(usJSON, `"mon-fri 10:00-18:00"`, `"mon-sat 10:00-18:00"`, 1),
		"overlapping rows":   strings.Replace(usJSON, `"until": "2026-10-18"`, `"until": "2026-10-19"`, 1),
		"a gap":              strings.Replace(usJSON, `"until": "2026-10-18"`, `"until": "2026-10-17"`, 1),
		"an undated profile": strings.Replace(usJSON, `"strict": {`, `"severe": {`, 1),
	} {
		if _, err := law.Load([]byte(in)); core.KindOf(err) != core.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDays compares with the calendar of package time.
func TestDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1<<36, 1<<36).Draw(t, "second"), 0).UTC()
		y, m, d := at.Date()
		day := law.DayOf(y, m, d)
		if gy, gm, gd := day.Date(); gy != y || gm != m || gd != d || day.Weekday() != at.Weekday() || law.DayIn(at, time.UTC) != day {
			t.Fatalf("%v became %v, a %v", at, day, day.Weekday())
		}
		if next := day + 1; next.Weekday() != at.AddDate(0, 0, 1).Weekday() {
			t.Fatalf("after %v comes a %v", day, next.Weekday())
		}
	})
}

func TestClosings(t *testing.T) {
	rb := law.US()
	for _, c := range []struct{ list, day, want string }{
		{"US_FEDERAL", "2026-07-03", "Independence Day (observed)"},
		{"US_FEDERAL", "2026-07-04", "Independence Day"},
		{"US_FEDERAL", "2021-12-31", "New Year's Day (observed)"},
		{"US_FEDERAL", "2027-05-31", "Memorial Day"},
		{"US_FEDERAL", "2026-05-25", "Memorial Day"},
		{"US_FEDERAL", "2026-11-26", "Thanksgiving"},
		{"US_FEDERAL", "2026-11-27", ""},
		{"PA", "2026-04-03", "Good Friday"},
		{"PA", "2025-04-18", "Good Friday"},
		{"PA", "2026-11-03", "Election Day"},
		{"PA", "2027-11-02", "Election Day"},
		{"PA", "2026-06-15", "Flag Day (observed)"},
		{"RI", "2026-11-03", "State election day"},
		{"RI", "2027-11-02", ""},
		{"RI", "2026-08-10", "Victory Day"},
		{"RI", "2026-07-03", "Independence Day (observed)"},
		{"LA", "2026-02-17", "Mardi Gras"},
		{"LA", "2027-11-26", "Acadian Day"},
		{"UT", "2026-06-15", "Juneteenth (Utah)"},
		{"UT", "2027-06-21", "Juneteenth (Utah)"},
		{"UT", "2028-06-19", "Juneteenth (Utah)"},
		{"AL", "2026-06-01", "Jefferson Davis' Birthday"},
		// Beyond the years that are kept as bits.
		{"PA", "2060-04-16", "Good Friday"},
	} {
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, d := range rb.Closings(c.list, at.Year()) {
			if d.Day.String() == c.day {
				got = d.Name
			}
		}
		if got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.list, c.day, got, c.want)
		}
	}
}

// TestProfilesNest: no state is open longer in a stricter profile, on any day.
func TestProfilesNest(t *testing.T) {
	rb := law.US()
	for d := law.DayOf(2024, 1, 1); d < law.DayOf(2031, 1, 1); d++ {
		e := rb.Latest().On(d)
		for s := place.State(0); int(s) < place.NumStates; s++ {
			for p := law.Default; p <= law.Strict; p++ {
				in, out := e.Hours(p, s, d), e.Hours(p-1, s, d)
				if in.Why == law.Open && (out.Why != law.Open || in.Open < out.Open || in.Close > out.Close) {
					t.Fatalf("%v %v: %v has %v, %v has %v", s, d, p, in, p-1, out)
				}
			}
		}
	}
}

func TestNoProfileIsClosed(t *testing.T) {
	e := law.US().Latest()
	for _, p := range []law.Profile{law.NoProfile, 9} {
		if h := e.Hours(p, place.MustState("CA"), law.DayOf(2026, 12, 8)); h.Why == law.Open {
			t.Errorf("profile %d is open: %v", p, h)
		}
	}
}

func TestPendingRulesAreInNoEdition(t *testing.T) {
	rb := law.US()
	i := slices.IndexFunc(rb.Rules(), func(r *law.Rule) bool { return r.Pending })
	if i < 0 {
		t.Fatal("no rule is pending")
	}
	for _, e := range rb.Editions() {
		if e.Rule(rb.Rules()[i].ID) != nil {
			t.Errorf("%s holds a rule without a date", e.Name())
		}
	}
}

// A stop is honoured longer in Virginia since 2026.
func TestStopHonoured(t *testing.T) {
	va := place.MustState("VA")
	e := law.US().Latest()
	if a, b := e.On(law.DayOf(2025, 12, 31)).Row(va).Honor, e.On(law.DayOf(2026, 1, 1)).Row(va).Honor; a != 5 || b != 10 {
		t.Errorf("%d years, then %d; want 5, then 10", a, b)
	}
}

func TestHoursDoNotAllocate(t *testing.T) {
	e, pa, d := law.US().Latest(), place.MustState("PA"), law.DayOf(2026, 12, 8)
	if n := testing.AllocsPerRun(100, func() { e.On(d).Hours(law.Strict, pa, d) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func Example() {
	book := law.US()
	now := time.Date(2026, 12, 7, 12, 0, 0, 0, time.UTC)
	e := book.At(now)
	pa := place.MustState("PA")
	h := e.Hours(law.Default, pa, law.DayOf(2026, 12, 8))
	fmt.Println(e.Name(), h.Open/60, h.Close/60, e.Row(pa).Cite)

	sunday := e.Hours(law.Default, pa, law.DayOf(2026, 12, 6))
	fmt.Println(sunday.Why == law.Weekday)
	// Output:
	// us-2026-10-18 9 19 73 P.S. 2242, 2245(a)(1), (a)(10) as amended by Act 47 of 2026
	// true
}
