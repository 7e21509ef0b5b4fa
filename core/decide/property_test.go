package decide_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// somePlaces are pairs worth trying: every state with hours of its own, zones
// with and without daylight saving, halves, the unknown and the foreign.
var somePlaces = func() []place.Place {
	pairs := [][2]string{{"CT", "America/New_York"}, {"FL", "America/New_York"}, {"FL", "America/Chicago"}, {"MD", "America/New_York"},
		{"MS", "America/Chicago"}, {"OK", "America/Chicago"}, {"OR", "America/Los_Angeles"}, {"OR", "America/Boise"}, {"PA", "America/New_York"},
		{"TX", "America/Chicago"}, {"TX", "America/Denver"}, {"WA", "America/Los_Angeles"}, {"AL", "America/Chicago"}, {"KY", "America/Kentucky/Louisville"},
		{"LA", "America/Chicago"}, {"MA", "America/New_York"}, {"MI", "America/Detroit"}, {"MN", "America/Chicago"}, {"NV", "America/Los_Angeles"},
		{"NM", "America/Denver"}, {"RI", "America/New_York"}, {"SD", "America/Denver"}, {"UT", "America/Denver"}, {"WY", "America/Denver"},
		{"CA", "America/Los_Angeles"}, {"NY", "America/New_York"}, {"AZ", "America/Phoenix"}, {"AZ", "America/Denver"}, {"AK", "America/Adak"},
		{"HI", "Pacific/Honolulu"}, {"PR", "America/Puerto_Rico"}, {"GU", "Pacific/Guam"}, {"AS", "Pacific/Pago_Pago"}, {"IN", "America/Indiana/Knox"},
		{"FL", ""}, {"TX", ""}, {"OR", ""}, {"PA", ""}, {"CA", ""}, {"", "America/Chicago"}, {"", ""},
		{"ON", "America/Toronto"}, {"NL", "America/St_Johns"}, {"BHS", "America/Nassau"}, {"JAM", "America/Jamaica"}}
	var out []place.Place
	for _, p := range pairs {
		s, _ := place.ParseState(p[0])
		z, _ := place.ParseZone(p[1])
		out = append(out, place.Place{State: s, Zone: z})
	}
	return out
}()

// turns are instants near which mistakes hide: clock changes, holidays, new law.
var turns = func() []time.Time {
	var out []time.Time
	for _, s := range []string{"2024-03-10", "2024-11-03", "2025-03-09", "2025-11-02", "2026-03-08", "2026-11-01", "2027-03-14", "2028-11-05",
		"2023-12-31", "2025-04-18", "2026-02-17", "2026-07-03", "2026-07-05", "2027-07-05", "2027-12-31", "2028-01-01", "2026-11-03", "2026-11-27", "2026-06-15",
		"2025-08-31", "2025-12-31", "2026-10-17", "2026-10-18", "2027-01-30"} {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		out = append(out, t)
	}
	return out
}()

var (
	genPlace  = rapid.SampledFrom(somePlaces)
	genPlaces = rapid.SliceOfN(genPlace, 0, 4)
	genWhen   = rapid.Custom(func(t *rapid.T) time.Time {
		start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		if rapid.Bool().Draw(t, "near a turn") {
			at := rapid.SampledFrom(turns).Draw(t, "turn")
			return at.Add(time.Duration(rapid.IntRange(-30*60, 60*60).Draw(t, "minutes")) * time.Minute)
		}
		return start.Add(time.Duration(rapid.IntRange(0, 7*365*86400).Draw(t, "seconds")) * time.Second)
	})
	genProfile = rapid.SampledFrom([]law.Profile{law.Federal, law.Default, law.Strict})
	genMargin  = rapid.SampledFrom([]time.Duration{0, time.Minute, 15 * time.Minute, 4 * time.Hour})
)

// genFacts makes facts that are good but for what chance takes from them.
var genFacts = rapid.Custom(func(t *rapid.T) decide.Facts {
	bad := func(name string) bool { return rapid.IntRange(0, 11).Draw(t, name) == 0 }
	f := goodFacts()
	f.Now = genWhen.Draw(t, "now")
	f.Class = decide.Class(rapid.SampledFrom([]int{1, 1, 1, 1, 2, 3, 4, 5, 6, 0, 9}).Draw(t, "class"))
	f.Profile, f.Margin, f.Places = genProfile.Draw(t, "profile"), genMargin.Draw(t, "margin"), genPlaces.Draw(t, "places")
	f.Consent.Since = f.Now.Add(-time.Duration(rapid.IntRange(-5, 500).Draw(t, "since")) * time.Hour)
	f.Consent.State = decide.ConsentState(rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 0, 2, 3, 4}).Draw(t, "state"))
	f.Consent.Scope = decide.Scope(rapid.SampledFrom([]int{1, 3, 3, 3, 0, 2}).Draw(t, "scope"))
	f.Consent.Disclosed, f.Consent.Verified = !bad("disclosed"), !bad("verified")
	f.Consent.AgeGate = decide.AgeGate(rapid.SampledFrom([]int{1, 1, 1, 1, 0, 2}).Draw(t, "age"))
	if bad("revoked") {
		f.Consent.RevokedAt = f.Consent.Since.Add(time.Hour)
	}
	f.SuppressionRead = !bad("read")
	for range rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 30}).Draw(t, "suppressed") {
		f.Suppressed = append(f.Suppressed, genSuppression(t, f.Now))
	}
	f.Recent = nil
	for range rapid.IntRange(0, 9).Draw(t, "recent") {
		f.Recent = append(f.Recent, f.Now.Add(-time.Duration(rapid.IntRange(0, 40*3600).Draw(t, "ago"))*time.Second))
	}
	f.RecentSince = f.Now.AddDate(0, 0, -rapid.SampledFrom([]int{60, 60, 60, 10}).Draw(t, "history"))
	f.Content = decide.Content{Checked: !bad("checked"), Blocked: bad("blocked"), NeedsAgeGate: rapid.Bool().Draw(t, "gate")}
	f.Account = decide.Account{Active: !bad("active"), Registered: !bad("registered"), Trial: bad("trial")}
	if rapid.Bool().Draw(t, "expires") {
		f.NotAfter = f.Now.Add(time.Duration(rapid.IntRange(-10, 200).Draw(t, "expiry")) * time.Hour)
	}
	f.AnswersTo = f.Now.Add(-time.Duration(rapid.IntRange(-2, 200).Draw(t, "answers")) * time.Minute)
	f.AlreadyConfirmed = bad("confirmed")
	if bad("emergency") {
		f.Emergency = decide.StatesOf(place.MustState("LA"), place.MustState("TX"))
	}
	return f
})

func genSuppression(t *rapid.T, now time.Time) decide.Suppression {
	return decide.Suppression{Global: rapid.Bool().Draw(t, "global"), Reason: decide.Reason(rapid.IntRange(0, 7).Draw(t, "reason")),
		At: now.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "suppressed at")) * time.Minute)}
}

// looser reports whether a allows more than b: a laxer verdict, or an earlier
// instant.
func looser(a, b decide.Decision) bool {
	if a.Verdict != b.Verdict {
		return a.Verdict > b.Verdict
	}
	return a.Verdict == decide.Wait && a.NotBefore.Before(b.NotBefore)
}

// TestHoursAgreeWithOracle compares verdict and instant with a walk over the
// minutes.
func TestHoursAgreeWithOracle(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := decide.Facts{Now: genWhen.Draw(t, "now"), Profile: genProfile.Draw(t, "profile"), Margin: genMargin.Draw(t, "margin"), Places: genPlaces.Draw(t, "places")}
		d := book.Hours(&f)
		open := oracleAllows(f.Now, f.Places, f.Profile, f.Margin)
		if open != (d.Verdict == decide.Send) {
			t.Fatalf("engine says %v, the oracle %v\n%s\n%v", d.Verdict, open, f.AppendJSON(nil), book.Explain(&f, &d))
		}
		if open {
			return
		}
		want, found := f.Now, false
		for at := f.Now.Truncate(time.Minute).Add(time.Minute); at.Before(f.Now.Add(decide.SearchDays * 24 * time.Hour)); at = at.Add(time.Minute) {
			if oracleAllows(at, f.Places, f.Profile, f.Margin) {
				want, found = at, true
				break
			}
		}
		if found != (d.Verdict == decide.Wait) {
			t.Fatalf("engine says %v, the oracle finds an instant: %v, %v\n%s", d.Verdict, found, want, f.AppendJSON(nil))
		}
		if found && !d.NotBefore.Equal(want) {
			t.Fatalf("engine waits until %v, the oracle until %v\n%s\n%v", d.NotBefore, want, f.AppendJSON(nil), book.Explain(&f, &d))
		}
	})
}

func TestAddingARuleNeverLoosens(t *testing.T) {
	plain := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		r := decide.Ruling{Verdict: decide.Verdict(rapid.IntRange(0, 3).Draw(t, "verdict"))}
		if rapid.Bool().Draw(t, "dated") {
			r.NotBefore = f.Now.Add(time.Duration(rapid.IntRange(-5, 400).Draw(t, "hours")) * time.Hour)
		}
		own := decide.New(law.US(), decide.Rule{Name: "own", Judge: func(decide.Facts) decide.Ruling { return r }})
		if a, b := own.Decide(&f), plain.Decide(&f); looser(a, b) {
			t.Fatalf("with the rule %v %v, without %v %v", a.Verdict, a.NotBefore, b.Verdict, b.NotBefore)
		}
	})
}

func TestMorePlacesNeverLoosen(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		if len(f.Places) == 0 { // no place is the unknown place, which more knowledge may widen
			f.Places = []place.Place{{}}
		}
		before := book.Decide(&f)
		f.Places = append(f.Places[:len(f.Places):len(f.Places)], genPlace.Draw(t, "one more"))
		if after := book.Decide(&f); looser(after, before) {
			t.Fatalf("with %v more: %v %v, before %v %v", f.Places, after.Verdict, after.NotBefore, before.Verdict, before.NotBefore)
		}
	})
}

func TestSuppressionIsMonotone(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		before := book.Decide(&f)
		f.Suppressed = append(f.Suppressed[:len(f.Suppressed):len(f.Suppressed)], genSuppression(t, f.Now))
		after := book.Decide(&f)
		if looser(after, before) {
			t.Fatalf("one entry more turned %v into %v", before.Verdict, after.Verdict)
		}
		if f.Class == decide.Marketing && after.Verdict != decide.Block {
			t.Fatalf("marketing to a barred number: %v", after.Verdict)
		}
	})
}

func TestStricterProfilesNeverLoosen(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		f.Profile = law.Federal
		last := book.Decide(&f)
		for _, f.Profile = range []law.Profile{law.Default, law.Strict} {
			d := book.Decide(&f)
			if looser(d, last) {
				t.Fatalf("%v says %v %v, the wider profile %v %v", f.Profile, d.Verdict, d.NotBefore, last.Verdict, last.NotBefore)
			}
			last = d
		}
	})
}

// TestUnknownIsNarrowest: to know nothing of the place never allows more than to
// know any state in the country's own zones.
func TestUnknownIsNarrowest(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := decide.Facts{Now: genWhen.Draw(t, "now"), Profile: genProfile.Draw(t, "profile"), Margin: genMargin.Draw(t, "margin")}
		unknown := book.Hours(&f)
		p := genPlace.Draw(t, "place")
		if p.State.Territory() || p.State.Canada() || p.Zone == place.MustZone("America/St_Johns") || p.Zone == place.MustZone("America/Nassau") || p.Zone == place.MustZone("America/Jamaica") {
			return // zones outside the fifty states
		}
		f.Places = []place.Place{p}
		if d := book.Hours(&f); unknown.Verdict == decide.Send && d.Verdict != decide.Send {
			t.Fatalf("unknown may go and %v may not: %v", p, book.Explain(&f, &d))
		}
	})
}

// TestNotBeforeIsTheFirstInstant: at NotBefore the text may go, one second
// earlier it may not.
func TestNotBeforeIsTheFirstInstant(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		f.Class, f.Emergency = decide.Marketing, decide.States{}
		d := book.Decide(&f)
		if d.Verdict != decide.Wait {
			return
		}
		if !d.NotBefore.After(f.Now) {
			t.Fatalf("waits until %v, which is not after %v", d.NotBefore, f.Now)
		}
		then := f
		then.Now = d.NotBefore
		if at := book.Decide(&then); at.Verdict != decide.Send {
			t.Fatalf("at its own NotBefore %v: %v\n%s\n%v", d.NotBefore, at.Verdict, f.AppendJSON(nil), book.Explain(&then, &at))
		}
		if then.Now = d.NotBefore.Add(-time.Second); then.Now.Before(f.Now) {
			return
		}
		if at := book.Decide(&then); at.Verdict != decide.Wait {
			t.Fatalf("one second before NotBefore %v: %v", d.NotBefore, at.Verdict)
		}
	})
}

// TestDecisionIsAFunctionOfItsFacts: the same facts give the same decision, and so
// do the facts that were written down and read again.
func TestDecisionIsAFunctionOfItsFacts(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		d := book.Decide(&f)
		if again := book.Decide(&f); again != d {
			t.Fatalf("%v, then %v", d, again)
		}
		facts := f.AppendJSON(nil)
		r, err := book.Replay(facts, d.AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		if !r.Same || r.Decision != d {
			t.Fatalf("replayed to %v, was %v\n%s", r.Decision, d, facts)
		}
		if back := r.Facts.AppendJSON(nil); string(back) != string(facts) {
			t.Fatalf("facts changed in writing:\n%s\n%s", facts, back)
		}
	})
}

// TestStrictestFindingWins: the verdict is that of the strictest finding, and
// every rule speaks whatever the others say.
func TestStrictestFindingWins(t *testing.T) {
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts.Draw(t, "facts")
		d := book.Decide(&f)
		strictest, heard := decide.Send, map[decide.RuleID]bool{}
		for _, v := range d.Findings() {
			strictest = min(strictest, v.Verdict)
			heard[v.Rule] = true
		}
		if d.More() == 0 && strictest != d.Verdict {
			t.Fatalf("verdict %v, strictest finding %v", d.Verdict, strictest)
		}
		if (d.Verdict == decide.Wait) == d.NotBefore.IsZero() {
			t.Fatalf("verdict %v with NotBefore %v", d.Verdict, d.NotBefore)
		}
		for r := decide.RuleBook; r < decide.RuleOwn; r++ {
			if !heard[r] && d.More() == 0 {
				t.Fatalf("rule %v did not speak: %s", r, d.AppendJSON(nil))
			}
		}
	})
}
