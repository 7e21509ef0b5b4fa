package draft

import (
	"context"

	"github.com/jobfluss/nexo/core"
)

// A Writer is a language model. Implementations are safe for concurrent use, try
// again by themselves what is worth it, and give up when ctx ends. Errors are
// [core.Error], and their messages are fit for the venue: Unavailable where the
// service is away, busy, cut off or answers nonsense; Denied where it will not
// write about this; Invalid where [Clean] refused the request, which then was not
// sent.
type Writer interface {
	// Write asks for the prompt's texts and calls each for every one as soon as it
	// is whole, in this goroutine. Texts that came before an error are whole, too.
	Write(ctx context.Context, p Prompt, each func(text string)) (Usage, error)
	// Objectionable reports whether moderation flags the text. Where moderation is
	// switched off, nothing is.
	Objectionable(ctx context.Context, text string) (bool, error)
}

// Usage is what a call cost, in the service's tokens; 0 where it did not say.
type Usage struct{ Tokens int }

// A Use is how much of the budget a business used in a day.
type Use struct {
	Business core.BusinessID
	Day      string // in UTC: 2006-01-02
	Asked    int    // times that somebody asked
	Tokens   int
}

// A Ledger counts uses. Errors are [core.Error].
type Ledger interface {
	// AddUse adds to the business's use of a day; amounts may be negative. Whoever
	// adds to the same day waits until the transaction ends.
	AddUse(ctx context.Context, u Use) error
	// Uses returns the business's days from one on, in order.
	Uses(ctx context.Context, b core.BusinessID, from string) ([]Use, error)
}

// Limits are the budget of each business. The zero Limits are the defaults.
type Limits struct {
	Daily   int // times a day; 0 means [DefaultDaily]
	Monthly int // tokens a calendar month; 0 means [DefaultMonthly]
}

// The defaults.
const (
	DefaultDaily   = 60
	DefaultMonthly = 400_000
)

// Allow is Denied where the uses are beyond the limits on the day.
func (l Limits) Allow(uses []Use, day string) error {
	const op = "draft.Limits"
	if l.Daily == 0 {
		l.Daily = DefaultDaily
	}
	if l.Monthly == 0 {
		l.Monthly = DefaultMonthly
	}
	asked, tokens := 0, 0
	for _, u := range uses {
		tokens += u.Tokens
		if u.Day == day {
			asked += u.Asked
		}
	}
	switch {
	case asked > l.Daily:
		return core.E(op, core.Denied, "Today's drafts are used up. There are new ones tomorrow; you can go on writing yourself.")
	case tokens > l.Monthly:
		return core.E(op, core.Denied, "This month's drafts are used up. There are new ones next month; you can go on writing yourself.")
	}
	return nil
}
