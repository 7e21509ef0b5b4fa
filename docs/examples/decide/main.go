// Command decide asks the engine before a sender of one's own sends: the whole
// use of the core in thirty lines.
package main

import (
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/nanp"
)

func main() {
	to, now := core.MustNumber("+13055550123"), time.Date(2026, 12, 3, 20, 15, 0, 0, time.FixedZone("EST", -5*3600))
	facts := decide.Facts{ // what you know; what you leave out blocks
		Now: now, Class: decide.Marketing, Profile: law.Default, Places: nanp.Lookup(to).Places(),
		Consent:         decide.Consent{State: decide.Active, Since: now.AddDate(0, -2, 0), Scope: decide.ScopeMarketing, Disclosed: true, Verified: true},
		SuppressionRead: true, RecentSince: now.AddDate(0, 0, -31), // your list was read, and they got nothing for a month
		Content: decide.Content{Checked: true}, Account: decide.Account{Active: true, Registered: true},
	}
	book := decide.US()
	switch d := book.Decide(&facts); d.Verdict {
	case decide.Send:
		send(to, "Luna's Cantina: tacos tonight? Reply STOP to opt out")
	default: // wait until d.NotBefore, or not at all
		fmt.Println(d.Verdict, book.Summary(&facts, &d))
	}
}

// send is your own sender.
func send(to core.Number, text string) { fmt.Println("to", to, text) }
