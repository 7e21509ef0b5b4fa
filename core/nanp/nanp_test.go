package nanp_test

import (
	_ "embed"
	"fmt"
	"go/format"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/nanp/data"
	"github.com/jobfluss/nexo/core/place"
)

//go:embed zz_table.go
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
		t.Error("zz_table.go is not what data/areacodes.txt gives; run: go generate ./core/nanp")
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

// The codes that a sender gets wrong with the tables in common use: overlays,
// regions cut by a zone line, and regions with a clock of their own.
func TestTraps(t *testing.T) {
	t.Parallel()
	const (
		ny, chi, den, la = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
		boise, indy      = "America/Boise", "America/Indiana/Indianapolis"
	)
	for _, tt := range []struct {
		codes  []int
		places []string
	}{
		{[]int{689, 407, 321}, []string{"FL:" + ny}},
		{[]int{850, 448}, []string{"FL:" + chi, "FL:" + ny}},
		{[]int{364, 270}, []string{"KY:" + chi, "KY:" + ny}},
		{[]int{606}, []string{"KY:" + chi, "KY:" + ny}},
		{[]int{502}, []string{"KY:America/Kentucky/Louisville"}},
		{[]int{930, 812}, []string{"IN:" + chi, "IN:" + indy}},
		{[]int{219, 574}, []string{"IN:" + chi, "IN:" + indy}},
		{[]int{317, 463, 260, 765}, []string{"IN:" + indy}},
		{[]int{458, 541}, []string{"OR:" + boise, "OR:" + la}},
		{[]int{208, 986}, []string{"ID:" + boise, "ID:" + la}},
		{[]int{308}, []string{"NE:" + chi, "NE:" + den}},
		{[]int{402, 531}, []string{"NE:" + chi}},
		{[]int{423, 729}, []string{"TN:" + chi, "TN:" + ny}},
		{[]int{605}, []string{"SD:" + chi, "SD:" + den}},
		{[]int{701}, []string{"ND:" + chi, "ND:" + den}},
		{[]int{620, 785}, []string{"KS:" + chi, "KS:" + den}},
		{[]int{316, 913}, []string{"KS:" + chi}},
		{[]int{775}, []string{"NV:" + den, "NV:" + la}},
		{[]int{702, 725}, []string{"NV:" + la}},
		{[]int{906}, []string{"MI:America/Detroit", "MI:America/Menominee"}},
		{[]int{313, 679, 989}, []string{"MI:America/Detroit"}},
		{[]int{928}, []string{"AZ:" + den, "AZ:America/Phoenix"}},
		{[]int{480, 520, 602, 623}, []string{"AZ:America/Phoenix"}},
		{[]int{505, 575}, []string{"NM:" + den}},
		{[]int{435, 801, 385}, []string{"UT:" + den}},
		{[]int{915}, []string{"TX:" + den}},
		{[]int{432}, []string{"TX:" + chi, "TX:" + den}},
		{[]int{334, 483}, []string{"AL:" + chi, "AL:" + ny}},
		{[]int{205, 659, 256, 938}, []string{"AL:" + chi}},
		{[]int{808}, []string{"HI:Pacific/Honolulu"}},
		{[]int{787, 939}, []string{"PR:America/Puerto_Rico"}},
		{[]int{340}, []string{"VI:America/St_Thomas"}},
		{[]int{671}, []string{"GU:Pacific/Guam"}},
		{[]int{670}, []string{"MP:Pacific/Saipan"}},
		{[]int{684}, []string{"AS:Pacific/Pago_Pago"}},
		{[]int{902, 782}, []string{"NS:America/Halifax", "PE:America/Halifax"}},
		{[]int{709, 879}, []string{"NL:America/Goose_Bay", "NL:America/St_Johns"}},
		{[]int{809, 829, 849}, []string{"DOM:America/Santo_Domingo"}},
		{[]int{345}, []string{"CYM:America/Cayman"}},
	} {
		for _, code := range tt.codes {
			a := nanp.AreaCode(code)
			if a.Kind != nanp.Geographic {
				t.Errorf("%d is %s, want geographic", code, a.Kind)
			}
			if d := cmp.Diff(tt.places, names(a.Places())); d != "" {
				t.Errorf("%d (-want +got):\n%s", code, d)
			}
		}
	}
}

func TestAlaskaHasAllItsClocks(t *testing.T) {
	t.Parallel()
	got := names(nanp.AreaCode(907).Places())
	for _, want := range []string{"AK:America/Anchorage", "AK:America/Adak", "AK:America/Juneau", "AK:America/Metlakatla"} {
		if !slices.Contains(got, want) {
			t.Errorf("907 lacks %s", want)
		}
	}
}

func TestEveryCodeHasAKind(t *testing.T) {
	t.Parallel()
	kinds := map[nanp.Kind]int{}
	for code := 200; code <= 999; code++ {
		a := nanp.AreaCode(code)
		kinds[a.Kind]++
		if a.Code != code || a.Kind == nanp.Unknown || a.Kind == nanp.Foreign {
			t.Errorf("%d is %+v", code, a)
		}
		if (len(a.Places()) > 0) != (a.Kind == nanp.Geographic) {
			t.Errorf("%d is %s and has %d places", code, a.Kind, len(a.Places()))
		}
		for _, p := range a.Places() {
			if p.State == place.Unknown || p.Zone.Location() == nil {
				t.Errorf("%d has half a place: %s", code, p)
			}
		}
		// Codes that the plan keeps from phones: N11, N9X, 37X and 96X.
		kept := code%100 == 11 || code/10%10 == 9 || code/10 == 37 || code/10 == 96
		if kept && a.Kind != nanp.NotAssigned {
			t.Errorf("%d is %s, want not_assigned", code, a.Kind)
		}
	}
	t.Logf("kinds: %v", kinds)
	if kinds[nanp.TollFree] != 7 || kinds[nanp.Premium] != 1 {
		t.Errorf("kinds: %v, want 7 toll-free codes and 1 premium", kinds)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, codes := range map[string][]int{
		"toll_free":      {800, 833, 844, 855, 866, 877, 888},
		"premium":        {900},
		"non_geographic": {500, 521, 529, 533, 544, 566, 577, 588, 600, 622, 633, 700, 710},
		"not_assigned":   {211, 311, 411, 511, 611, 711, 811, 911, 222, 370, 387, 456, 555, 666, 822, 880, 889, 899, 960, 976, 990, 999, 0, 199, 1000, -1},
		"geographic":     {212, 310, 312, 416, 465, 621, 876, 924},
	} {
		for _, code := range codes {
			if got := nanp.AreaCode(code).Kind.String(); got != kind {
				t.Errorf("%d is %s, want %s", code, got, kind)
			}
		}
	}
}

func TestEveryStateHasACode(t *testing.T) {
	t.Parallel()
	have := map[place.State]bool{}
	for code := 200; code <= 999; code++ {
		for _, p := range nanp.AreaCode(code).Places() {
			have[p.State] = true
		}
	}
	for s := place.State(1); int(s) < place.NumStates; s++ {
		if !have[s] {
			t.Errorf("no area code for %s", s)
		}
	}
}

// An overlay serves the same streets: another zone for it is always a mistake.
func TestOverlaysHaveThePlacesOfTheirParents(t *testing.T) {
	t.Parallel()
	rows, err := data.Rows()
	if err != nil {
		t.Fatal(err)
	}
	overlays := 0
	for _, r := range rows {
		if r.With == 0 {
			continue
		}
		overlays++
		if d := cmp.Diff(names(nanp.AreaCode(r.With).Places()), names(nanp.AreaCode(r.Code).Places())); d != "" {
			t.Errorf("%d overlays %d (-parent +overlay):\n%s", r.Code, r.With, d)
		}
	}
	if overlays < 150 {
		t.Errorf("only %d overlays are marked", overlays)
	}
}

// States whose codes must show more than one clock, by offset and not by name.
func TestStatesWithTwoClocks(t *testing.T) {
	t.Parallel()
	july := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	clocks := map[place.State]map[int]bool{}
	for code := 200; code <= 999; code++ {
		for _, p := range nanp.AreaCode(code).Places() {
			_, offset := july.In(p.Zone.Location()).Zone()
			if clocks[p.State] == nil {
				clocks[p.State] = map[int]bool{}
			}
			clocks[p.State][offset] = true
		}
	}
	for _, s := range []string{"AK", "AZ", "FL", "ID", "IN", "KS", "KY", "MI", "NE", "NV", "ND", "OR", "SD", "TN", "TX"} {
		if n := len(clocks[place.MustState(s)]); n != 2 {
			t.Errorf("%s shows %d clocks in July, want 2", s, n)
		}
	}
	for _, s := range []string{"NY", "CA", "GA", "IL", "OK", "CO", "NM", "UT", "MT", "WI", "MN", "OH", "VA"} {
		if n := len(clocks[place.MustState(s)]); n != 1 {
			t.Errorf("%s shows %d clocks in July, want 1", s, n)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n    core.Number
		code int
		kind nanp.Kind
	}{
		{core.Number{}, 0, nanp.Unknown},
		{core.MustNumber("+442079460123"), 0, nanp.Foreign},
		{core.MustNumber("+12125550123"), 212, nanp.Geographic},
		{core.MustNumber("+18005550123"), 800, nanp.TollFree},
		{core.MustNumber("+15555550123"), 555, nanp.NotAssigned},
	} {
		if a := nanp.Lookup(tt.n); a.Code != tt.code || a.Kind != tt.kind {
			t.Errorf("Lookup(%s) = %+v, want code %d, %s", tt.n, a, tt.code, tt.kind)
		}
	}
}

func TestLookupOfAnyNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, err := core.NumberFromDigits(rapid.Uint64Range(0, 999_999_999_999_999).Draw(t, "digits"))
		if err != nil {
			return
		}
		a := nanp.Lookup(n)
		if a.Kind != nanp.Geographic && len(a.Places()) > 0 {
			t.Fatalf("%s has places", a.Kind)
		}
		var back nanp.Kind
		text, _ := a.Kind.MarshalText()
		if err := back.UnmarshalText(text); err != nil || back != a.Kind {
			t.Fatalf("%s reads back as %s", a.Kind, back)
		}
	})
}

func TestLookupDoesNotAllocate(t *testing.T) {
	n := core.MustNumber("+18125550123")
	if got := testing.AllocsPerRun(100, func() { _ = nanp.Lookup(n).Places() }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkLookup(b *testing.B) {
	n := core.MustNumber("+18125550123")
	b.ReportAllocs()
	var places int
	for b.Loop() {
		places += len(nanp.Lookup(n).Places())
	}
	_ = places
}

func ExampleLookup() {
	for _, s := range []string{"+19305550123", "+19285550123", "+18885550123", "+442079460123"} {
		a := nanp.Lookup(core.MustNumber(s))
		fmt.Println(a.Code, a.Kind, a.Places())
	}
	// Output:
	// 930 geographic [IN:America/Indiana/Indianapolis IN:America/Chicago]
	// 928 geographic [AZ:America/Phoenix AZ:America/Denver]
	// 888 toll_free []
	// 0 foreign []
}
