package core_test

import (
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/nanp"
)

// May marketing go to this number in Miami tonight?
func Example() {
	miami := core.MustNumber("+13055550123")
	facts := decide.Facts{
		Now:     time.Date(2026, 12, 3, 20, 15, 0, 0, time.FixedZone("EST", -5*3600)),
		Class:   decide.Marketing,
		Profile: law.Default,
		Places:  nanp.Lookup(miami).Places(),
	}
	book := decide.US()
	d := book.Hours(&facts) // Decide asks for consent, suppression, caps and the rest too
	fmt.Println(d.Verdict, book.Summary(&facts, &d))
	// Output:
	// wait Waiting until 8:00 am in Florida (Eastern time) (Fri 4 Dec).
}
