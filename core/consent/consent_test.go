package consent_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
)

var noon = time.Date(2026, 12, 8, 18, 0, 0, 0, time.UTC)

// at is an event some minutes after noon.
func at(minute int, k consent.Kind) consent.Event {
	return consent.Event{ID: core.EventID{byte(minute), byte(k)}, Kind: k, At: noon.Add(time.Duration(minute) * time.Minute), Scope: consent.Marketing}
}

func TestFold(t *testing.T) {
	const g, r, d, c = consent.Granted, consent.Revoked, consent.Doubted, consent.Cleared
	for _, tt := range []struct {
		name   string
		events []consent.Event
		want   consent.State
		since  int // minute of the event that decided
	}{
		{"nothing", nil, consent.Never, -1},
		{"joined", []consent.Event{at(1, g)}, consent.Active, 1},
		{"stopped", []consent.Event{at(1, g), at(2, r)}, consent.OptedOut, 2},
		{"stopped twice: the first counts", []consent.Event{at(1, g), at(2, r), at(3, r)}, consent.OptedOut, 2},
		{"joined again", []consent.Event{at(1, g), at(2, r), at(3, g)}, consent.Active, 3},
		{"at one instant the opt-out wins", []consent.Event{at(2, r), at(2, g)}, consent.OptedOut, 2},
		{"a stranger's opt-out", []consent.Event{at(1, r)}, consent.OptedOut, 1},
		{"doubted", []consent.Event{at(1, g), at(2, d)}, consent.Uncertain, 2},
		{"at one instant the doubt wins", []consent.Event{at(1, g), at(2, d), at(2, c)}, consent.Uncertain, 2},
		{"cleared", []consent.Event{at(1, g), at(2, d), at(3, c)}, consent.Active, 3},
		{"doubted and stopped", []consent.Event{at(1, g), at(2, d), at(3, r)}, consent.OptedOut, 3},
		{"clearing lifts no opt-out", []consent.Event{at(1, g), at(2, r), at(3, c)}, consent.OptedOut, 2},
		{"a doubt changes no opt-out", []consent.Event{at(1, g), at(2, r), at(3, d), at(4, c)}, consent.OptedOut, 2},
		{"nobody can be cleared who never joined", []consent.Event{at(1, d), at(2, c)}, consent.Never, -1},
		{"joined anew while in doubt", []consent.Event{at(1, g), at(2, d), at(3, g)}, consent.Active, 3},
		{"age changes nothing else", []consent.Event{at(1, g), at(2, consent.AgeFailed)}, consent.Active, 1},
	} {
		got := consent.Fold(tt.events)
		since := time.Time{}
		if tt.since >= 0 {
			since = noon.Add(time.Duration(tt.since) * time.Minute)
		}
		if got.State != tt.want || !got.Since.Equal(since) {
			t.Errorf("%s: %v since %v, want %v since %v", tt.name, got.State, got.Since, tt.want, since)
		}
	}
}

func TestFoldKeepsTheFirstJoin(t *testing.T) {
	s := consent.Fold([]consent.Event{at(3, consent.Granted), at(2, consent.Revoked), at(1, consent.Granted)})
	if !s.Joined.Equal(noon.Add(time.Minute)) {
		t.Errorf("joined %v, want the first opt-in", s.Joined)
	}
	if s := consent.Fold([]consent.Event{at(1, consent.Revoked)}); !s.Joined.IsZero() {
		t.Error("an opt-out makes nobody a member")
	}
	s = consent.Fold([]consent.Event{at(2, consent.AgePassed), at(2, consent.AgeFailed)})
	if s.AgeGate != consent.Failed {
		t.Errorf("age %v, want failed: of two at one instant the stricter", s.AgeGate)
	}
}

// events are histories in which many events share an instant.
func events(t *rapid.T) []consent.Event {
	n := rapid.IntRange(0, 12).Draw(t, "n")
	var es []consent.Event
	for i := range n {
		e := at(rapid.IntRange(0, 4).Draw(t, "minute"), consent.Kind(rapid.IntRange(0, 8).Draw(t, "kind")))
		e.ID = core.EventID{15: byte(i)}
		if rapid.Bool().Draw(t, "complete") {
			e.Number, e.Evidence = core.MustNumber("+15125550123"), complete
		}
		es = append(es, e)
	}
	return es
}

var complete = consent.Evidence{Disclosure: consent.Version{1}, RawText: "TACOS", To: core.MustNumber("+15125550100"), CarrierID: "in-1"}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := events(t)
		want := consent.Fold(es)
		mixed := rapid.Permutation(es).Draw(t, "order")
		before := append([]consent.Event(nil), mixed...)
		if d := cmp.Diff(want, consent.Fold(mixed), cmp.AllowUnexported(core.Number{})); d != "" {
			t.Fatalf("the order of arrival matters (-one +other):\n%s", d)
		}
		if d := cmp.Diff(before, mixed, cmp.Comparer(func(a, b core.Number) bool { return a == b })); d != "" {
			t.Fatalf("Fold changes what it is given:\n%s", d)
		}
		// An opt-out after or at the last opt-in leaves nobody active.
		last := map[consent.Kind]time.Time{}
		for _, e := range es {
			if e.At.After(last[e.Kind]) {
				last[e.Kind] = e.At
			}
		}
		granted, revoked := last[consent.Granted], last[consent.Revoked]
		// Asking to join again is not consent, and comes to nothing or to an opt-in.
		_, asked := last[consent.Joining]
		asked = asked && (want.State == consent.Pending || want.State == consent.Never)
		if !revoked.IsZero() && !granted.After(revoked) && want.State != consent.OptedOut && !asked {
			t.Fatalf("opted out at %v, in at %v: %v", revoked, granted, want.State)
		}
		if granted.IsZero() && want.State == consent.Active {
			t.Fatalf("active without an opt-in")
		}
		if want.State == consent.Active && granted.After(revoked) != true {
			t.Fatalf("active, though the opt-out came later")
		}
		// One opt-out more always texts less; one opt-in later always lifts it.
		if s := consent.Fold(append(es, at(9, consent.Revoked))); s.State != consent.OptedOut {
			t.Fatalf("a last STOP leaves %v", s.State)
		}
		if s := consent.Fold(append(es, at(9, consent.Revoked), at(10, consent.Granted))); s.State != consent.Active {
			t.Fatalf("a last START leaves %v", s.State)
		}
	})
}

func TestComplete(t *testing.T) {
	good := consent.Event{Kind: consent.Granted, Number: core.MustNumber("+15125550123"), At: noon, Evidence: complete}
	if !good.Complete() || !consent.Fold([]consent.Event{good}).Proven {
		t.Error("complete evidence proves")
	}
	for name, spoil := range map[string]func(*consent.Event){
		"kind":            func(e *consent.Event) { e.Kind = consent.Revoked },
		"number":          func(e *consent.Event) { e.Number = core.Number{} },
		"time":            func(e *consent.Event) { e.At = time.Time{} },
		"words shown":     func(e *consent.Event) { e.Evidence.Disclosure = consent.Version{} },
		"what was sent":   func(e *consent.Event) { e.Evidence.RawText = "" },
		"number texted":   func(e *consent.Event) { e.Evidence.To = core.Number{} },
		"carrier's entry": func(e *consent.Event) { e.Evidence.CarrierID = "" },
	} {
		e := good
		spoil(&e)
		if e.Complete() {
			t.Errorf("without the %s it proves nothing", name)
		}
	}
	// A later opt-in without evidence does not borrow that of an earlier one.
	later := at(5, consent.Granted)
	if consent.Fold([]consent.Event{good, later}).Proven {
		t.Error("the opt-in in force has no evidence")
	}
}

func TestNames(t *testing.T) {
	for k := consent.Granted; k <= consent.AgeFailed; k++ {
		if got, ok := consent.ParseKind(k.String()); got != k || !ok {
			t.Errorf("kind %d: %q reads as %d", k, k, got)
		}
	}
	for m := consent.ByKeyword; m <= consent.ByWeb; m++ {
		if got, ok := consent.ParseMethod(m.String()); got != m || !ok {
			t.Errorf("method %d: %q reads as %d", m, m, got)
		}
	}
	for s := consent.Never; s <= consent.Uncertain; s++ {
		if got, ok := consent.ParseState(s.String()); got != s || !ok {
			t.Errorf("state %d: %q reads as %d", s, s, got)
		}
	}
	if s, ok := consent.ParseState("nonsense"); s != consent.Never || ok {
		t.Error("an unknown state must not permit")
	}
	if consent.State(200).String() != "never" {
		t.Error("an unknown state must not permit")
	}
}

func luna() account.Business {
	return account.Business{ID: core.BusinessID{1}, Name: "Luna's Cantina", LegalName: "Luna Hospitality LLC", MonthlyTexts: 8,
		Sender: core.MustNumber("+15125550100"), TermsURL: "https://luna.example/terms", PrivacyURL: "https://luna.example/privacy"}
}

// TestDisclosureSaysWhatTheLawAsks: 47 CFR 64.1200(f)(9) asks for a clear
// authorization of marketing by automated means, to a number, and for words that
// it is not a condition of purchase; CTIA 5.1.1 for the programme, the number or
// code, who it is from, how often, rates, HELP, STOP, terms and privacy policy.
func TestDisclosureSaysWhatTheLawAsks(t *testing.T) {
	d := consent.Disclose(luna(), "TACOS", noon)
	for what, words := range map[string]string{
		"the act":                 "By texting TACOS",
		"the number texted":       "(512) 555-0100",
		"agreement":               "you agree",
		"marketing":               "marketing texts",
		"that it recurs":          "recurring",
		"who":                     "Luna's Cantina (Luna Hospitality LLC)",
		"what about":              "offers and events",
		"which number gets them":  "the number you text from",
		"automated means":         "automated means",
		"how often":               "Up to 8 texts a month",
		"rates":                   "Message and data rates may apply",
		"no condition":            "not a condition of any purchase",
		"how to stop":             "Reply STOP",
		"how to get help":         "HELP for help",
		"terms":                   "https://luna.example/terms",
		"privacy policy":          "https://luna.example/privacy",
		"that nothing is sold on": "not sold or shared",
	} {
		if !strings.Contains(d.Text, words) {
			t.Errorf("the disclosure lacks %s (%q): %s", what, words, d.Text)
		}
	}
	b := luna()
	b.LegalName, b.MonthlyTexts = "", 1
	if d := consent.Disclose(b, "TACOS", noon); strings.Contains(d.Text, "()") || !strings.Contains(d.Text, "Up to 1 text a month") {
		t.Errorf("without a legal name, once a month: %s", d.Text)
	}
}

func TestDisclosureVersion(t *testing.T) {
	base := consent.Disclose(luna(), "TACOS", noon)
	if again := consent.Disclose(luna(), "TACOS", noon.Add(time.Hour)); again.Version != base.Version || again.Ref != base.Ref || again.Text != base.Text {
		t.Error("the same words at another time are the same version")
	}
	seen := map[consent.Version]string{base.Version: "nothing"}
	for name, change := range map[string]func(*account.Business){
		"business":  func(b *account.Business) { b.ID = core.BusinessID{2} },
		"brand":     func(b *account.Business) { b.Name = "Sol" },
		"legal":     func(b *account.Business) { b.LegalName = "Sol LLC" },
		"frequency": func(b *account.Business) { b.MonthlyTexts = 9 },
		"number":    func(b *account.Business) { b.Sender = core.MustNumber("+15125550101") },
		"terms":     func(b *account.Business) { b.TermsURL += "2" },
		"privacy":   func(b *account.Business) { b.PrivacyURL += "2" },
	} {
		b := luna()
		change(&b)
		d := consent.Disclose(b, "TACOS", noon)
		if other, ok := seen[d.Version]; ok {
			t.Errorf("changing the %s gives the version of changing the %s", name, other)
		}
		seen[d.Version] = name
	}
	if d := consent.Disclose(luna(), "SALSA", noon); d.Version == base.Version {
		t.Error("another keyword is another version")
	}
}

func TestVersionText(t *testing.T) {
	v := consent.Disclose(luna(), "TACOS", noon).Version
	if got, err := consent.ParseVersion(v.String()); got != v || err != nil {
		t.Errorf("%q came back as %v, %v", v, got, err)
	}
	if got, err := consent.ParseVersion(""); !got.IsZero() || err != nil || got.String() != "" {
		t.Errorf("no version: %v, %v", got, err)
	}
	for _, s := range []string{"x", v.String()[:62], v.String() + "00", "zz" + v.String()[2:]} {
		if _, err := consent.ParseVersion(s); !errors.Is(err, core.Invalid) {
			t.Errorf("ParseVersion(%q): %v, want Invalid", s, err)
		}
	}
}

func TestRef(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := luna()
		b.Name = rapid.String().Draw(t, "name")
		if r := consent.Disclose(b, "TACOS", noon).Ref; !consent.IsRef(r) || strings.ContainsAny(r, "AEIOUYL0123456789") {
			t.Fatalf("reference %q: four letters that cannot be misread or spell a word", r)
		}
	})
	for _, s := range []string{"", "BCD", "BCDFG", "STOP", "bcdf", "BCD1", "BÇD"} {
		if consent.IsRef(s) {
			t.Errorf("%q is no reference", s)
		}
	}
}
