package decide_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/suppression"
)

func TestDecideDoesNotAllocate(t *testing.T) {
	book := decide.US()
	for name, f := range map[string]decide.Facts{"two places": twoPlaces(), "nothing": {}, "nowhere": {Now: time.Date(2026, 12, 6, 3, 0, 0, 0, time.UTC), Profile: law.Strict}} {
		if n := testing.AllocsPerRun(100, func() { sink = book.Decide(&f) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
		buf := make([]byte, 0, 8192)
		d := book.Decide(&f)
		if n := testing.AllocsPerRun(100, func() { buf = d.AppendJSON(f.AppendJSON(buf[:0])) }); n != 0 {
			t.Errorf("%s: %v allocations to write it down", name, n)
		}
	}
}

// TestNamesAreThoseOfTheNouns: facts are filled by converting the nouns' numbers.
func TestNamesAreThoseOfTheNouns(t *testing.T) {
	for i := range uint8(16) {
		for what, pair := range map[string][2]string{
			"class":  {decide.Class(i).String(), message.Class(i).String()},
			"reason": {decide.Reason(i).String(), orEmpty(suppression.Reason(i).String(), i, suppression.Unstated.String())},
			"age":    {decide.AgeGate(i).String(), orEmpty(consent.AgeGate(i).String(), i, consent.AgeUnknown.String())},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s %d is %q here and %q in its own package", what, i, pair[0], pair[1])
			}
		}
	}
	for i := range consent.Uncertain + 1 {
		if a, b := decide.ConsentState(i).String(), i.String(); a != b {
			t.Errorf("consent state %d is %q here and %q in its own package", i, a, b)
		}
	}
	if decide.ScopeMarketing != decide.Scope(consent.Marketing) || decide.ScopeInformational != decide.Scope(consent.Informational) {
		t.Error("scopes differ from those of package consent")
	}
}

// orEmpty turns the fallback name of a number that is none into "".
func orEmpty(name string, i uint8, fallback string) string {
	if i > 0 && name == fallback {
		return ""
	}
	return name
}

func TestEveryCodeHasAName(t *testing.T) {
	for c := decide.Code(1); !strings.HasPrefix(c.String(), "code-"); c++ {
		if c.String() == "" {
			t.Errorf("code %d has no name", c)
		}
	}
}

func TestParseFactsRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":         ``,
		"a misspelt fact": `{"v":1,"supressed":[]}`,
		"a later form":    `{"v":2}`,
		"two objects":     `{} {}`,
		"no class":        `{"class":"sms"}`,
		"no state":        `{"places":[{"state":"ZZ"}]}`,
		"no zone":         `{"places":[{"zone":"Mars/Olympus"}]}`,
		"no scope":        `{"consent":{"scope":["all"]}}`,
		"no profile":      `{"profile":"lenient"}`,
		"no reason":       `{"suppressed":[{"reason":"whim"}]}`,
		"empty emergency": `{"emergency":[""]}`,
	} {
		if _, err := decide.ParseFacts([]byte(in)); core.KindOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReplayNeedsTheEdition(t *testing.T) {
	f := goodFacts()
	_, err := decide.US().Replay(f.AppendJSON(nil), []byte(`{"verdict":"send","edition":"us-2026-10-18@00000000","findings":[]}`))
	if core.KindOf(err) != core.NotFound {
		t.Errorf("an edition of another file: %v", err)
	}
	r, err := decide.US().Replay(f.AppendJSON(nil), []byte(`{"verdict":"block","edition":"us-2026-10-18","findings":[]}`))
	if err != nil || r.Same || r.Decision.Verdict != decide.Send {
		t.Errorf("a record that was tampered with: %v %v", r.Same, err)
	}
}

func TestOutcome(t *testing.T) {
	f := twoPlaces()
	f.Now = time.Date(2026, 12, 9, 13, 0, 0, 0, time.UTC)
	d := decide.US().Decide(&f)
	v, at, edition, err := decide.Outcome(d.AppendJSON(nil))
	if err != nil || v != decide.Wait || !at.Equal(d.NotBefore) || edition != d.Edition {
		t.Errorf("read %v %v %q %v", v, at, edition, err)
	}
	if _, _, _, err := decide.Outcome([]byte(`{"verdict":"perhaps"}`)); core.KindOf(err) != core.Invalid {
		t.Errorf("a verdict that is none: %v", err)
	}
}

// TestManyPlaces: findings that do not fit are counted, and still decide.
func TestManyPlaces(t *testing.T) {
	f := goodFacts()
	for range 40 {
		f.Places = append(f.Places, f.Places[0])
	}
	f.Places = append(f.Places, place.Place{State: place.MustState("HI"), Zone: place.MustZone("Pacific/Honolulu")})
	f.Now = time.Date(2026, 12, 8, 15, 30, 0, 0, time.UTC) // 9:30 am in Texas, 5:30 am in Hawaii
	d := decide.US().Decide(&f)
	if d.Verdict != decide.Wait || d.More() == 0 || !d.NotBefore.Equal(time.Date(2026, 12, 8, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("%v %v with %d more findings", d.Verdict, d.NotBefore, d.More())
	}
}

// TestNoWordsLeakOrShout: sentences are plain, whole, and never empty.
func TestNoWordsLeakOrShout(t *testing.T) {
	book := decide.US()
	for _, f := range []decide.Facts{{}, goodFacts(), twoPlaces(), {Now: goodFacts().Now, Class: decide.Confirmation}} {
		d := book.Decide(&f)
		for _, l := range book.Explain(&f, &d) {
			if !strings.HasSuffix(l.Why, ".") || strings.Contains(l.Why, "!") || strings.Contains(l.Why, " says ") || strings.Contains(l.Why, "%") {
				t.Errorf("%s %s: %q", l.Name, l.Code, l.Why)
			}
		}
	}
}
