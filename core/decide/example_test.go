package decide_test

import (
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// A Floridan number that opted in at a Californian bar may be in either state:
// the text waits until both allow it.
func ExampleBook_Decide() {
	eastern := place.MustZone("America/New_York")
	now := time.Date(2026, 12, 9, 8, 0, 0, 0, eastern.Location())
	facts := decide.Facts{
		Now: now, Class: decide.Marketing, Profile: law.Default, Margin: 15 * time.Minute,
		Places: []place.Place{
			{State: place.MustState("FL"), Zone: eastern},
			{State: place.MustState("CA"), Zone: place.MustZone("America/Los_Angeles")},
		},
		Consent: decide.Consent{State: decide.Active, Since: now.AddDate(0, -2, 0), Scope: decide.ScopeMarketing,
			Disclosed: true, Verified: true},
		SuppressionRead: true,
		RecentSince:     now.AddDate(0, 0, -31),
		Content:         decide.Content{Checked: true},
		Account:         decide.Account{Active: true, Registered: true},
	}
	book := decide.US()
	d := book.Decide(&facts)
	fmt.Println(d.Verdict, d.NotBefore)
	fmt.Println(book.Summary(&facts, &d))
	for _, line := range book.Explain(&facts, &d) {
		if line.Rule == decide.RuleHours {
			fmt.Println(line)
		}
	}
	// Output:
	// wait 2026-12-09 16:00:00 +0000 UTC
	// Waiting until 8:00 am in California (Wed 9 Dec).
	// It is 8:00 am in Florida (Eastern time) (Wed 9 Dec); texts may go from 8:00 am to 7:45 pm (closing time less 15 minutes). [Fla. Stat. 501.059, 501.616(6) (SB 1120 2021; HB 761, eff. 2023-05-25)]
	// It is 5:00 am in California (Wed 9 Dec); texts may go from 8:00 am to 8:45 pm (closing time less 15 minutes); waiting until 8:00 am there (Wed 9 Dec). [47 CFR 64.1200(c)(1)]
}

// Where nothing is known, everything that is missing is named.
func ExampleBook_Explain() {
	book := decide.US()
	var facts decide.Facts
	d := book.Decide(&facts)
	fmt.Println(d.Verdict)
	for _, line := range book.Explain(&facts, &d) {
		if line.Verdict == decide.Block {
			fmt.Println("-", line.Why)
		}
	}
	// Output:
	// block
	// - The rulebook holds no law for this instant, or no instant was given: give the time of sending.
	// - No profile was chosen: choose federal, default or strict.
	// - It is not said what kind of text this is: name its class.
	// - This guest never agreed to get texts: invite them to opt in.
	// - Nothing proves that the guest agreed: the record of their opt-in is missing or not complete.
	// - The words that the guest was shown when they opted in are not stored, or leave out what the law asks for.
	// - The do-not-text lists were not looked up.
	// - The text was not checked: check it before sending.
	// - The business's account may not send now: see its billing and settings.
	// - The sender number or the campaign is not on file with the carriers: finish the registration.
	// - Where the place is unknown, our caution allows 3 texts in 24 hours, and what the guest was sent is not known that far back.
	// - Without a time of sending that the rulebook covers, no hours can be told.
}

// Hours asks only whether the law lets marketing go to a place at an instant.
func ExampleBook_Hours() {
	pa := place.Place{State: place.MustState("PA"), Zone: place.MustZone("America/New_York")}
	facts := decide.Facts{
		Now:     time.Date(2026, 10, 17, 21, 0, 0, 0, pa.Zone.Location()), // the eve of a new law, a Saturday
		Profile: law.Default, Places: []place.Place{pa},
	}
	d := decide.US().Hours(&facts)
	fmt.Println(d.Verdict, d.NotBefore.In(pa.Zone.Location()))
	// Output:
	// wait 2026-10-19 09:00:00 -0400 EDT
}

// The facts and the decision, as written down on the day, give the same answer
// years later.
func ExampleBook_Replay() {
	book := decide.US()
	facts := goodFacts()
	d := book.Decide(&facts)
	kept, decided := facts.AppendJSON(nil), d.AppendJSON(nil)

	r, err := book.Replay(kept, decided)
	fmt.Println(r.Decision.Verdict, r.Same, err)
	// Output:
	// send true <nil>
}

// A rule of one's own can only make a decision stricter.
func ExampleNew() {
	quiet := decide.Rule{
		Name: "monday-rest", Cite: "house rules",
		Words: []string{"The bar rests on Mondays.", "It is not Monday."},
		Judge: func(f decide.Facts) decide.Ruling {
			if f.Now.Weekday() == time.Monday {
				return decide.Ruling{Verdict: decide.Block}
			}
			return decide.Ruling{Verdict: decide.Send, Code: 1}
		},
	}
	book := decide.New(law.US(), quiet)
	facts := goodFacts()
	facts.Now = facts.Now.AddDate(0, 0, -1)
	d := book.Decide(&facts)
	fmt.Println(book.Summary(&facts, &d))
	// Output:
	// It must not be sent. The bar rests on Mondays.
}
