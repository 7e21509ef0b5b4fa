package retention

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Pile is rows of one sort that are erased in one walk. Their numbers are
// stored.
type Pile uint8

// The piles, in the order in which they are walked.
const (
	NoPile          Pile = iota
	WordsPile            // texts whose words and pictures are blanked
	TalkPile             // what guests and the venue said in conversations, which is deleted
	WebhooksPile         // events that were acted on, which are deleted
	TextsPile            // texts that are deleted
	DecisionsPile        // records of decisions, submissions and receipts, which are erased
	ConsentPile          // records and events of opt-ins, likewise
	RevocationsPile      // records and events of opt-outs, likewise
	RequestsPile         // requests to know or delete, which are deleted
	PicturesPile         // pictures that campaigns had, which are deleted
	ClicksPile           // short links and when they were opened, which are deleted
	numPiles
)

var pileClasses = [numPiles]Class{NoClass, Words, Words, Webhooks, Texts, Decisions, ConsentProof, Revocations, Requests, Words, Clicks}

// Piles returns all piles in order.
func Piles() []Pile {
	out := make([]Pile, 0, numPiles-1)
	for p := WordsPile; p < numPiles; p++ {
		out = append(out, p)
	}
	return out
}

// Class is what the pile's rows are of.
func (p Pile) Class() Class {
	if p >= numPiles {
		return NoClass
	}
	return pileClasses[p]
}

func (p Pile) String() string {
	switch p {
	case TalkPile:
		return "talk"
	case PicturesPile:
		return "pictures"
	}
	return p.Class().String()
}

// Records reports whether the pile's rows are records of the evidence, which
// [github.com/jobfluss/nexo/core/evidence.Ledger] erases.
func (p Pile) Records() bool {
	return p == DecisionsPile || p == ConsentPile || p == RevocationsPile
}

// Shared reports whether the pile belongs to no business: nobody knows whose a
// webhook is before it is read.
func (p Pile) Shared() bool { return p == WebhooksPile }

// Marked reports whether a walk over the pile is remembered: what is behind its
// mark was erased, is held or was never there. The rows of the other piles go.
func (p Pile) Marked() bool { return p == WordsPile || p == DecisionsPile }

// An Item is one row that may be due.
type Item struct {
	Thing
	ID    core.UUID // of the row
	Event string    // of a webhook, in place of ID
	Raw   []byte    // of a webhook, where it was asked for
	// Open: the row is still needed, however old it is: a text that has not left,
	// consent that texts are still sent under. It may be due later.
	Open bool
}

// A Place is where a walk is: behind an item. The zero Place is the beginning.
type Place struct {
	ID    core.UUID
	At    time.Time // of a webhook, with Event
	Event string
}

// Place is behind the item.
func (i Item) Place() Place { return Place{ID: i.ID, At: i.At, Event: i.Event} }

// A Mark is how far a walk over a pile has come.
type Mark struct {
	ID core.UUID // everything up to it is done
	At time.Time // when
}

// A Shelf is what a store keeps, by age. All errors are [core.Error]. Calls are
// batched and take a constant number of statements.
type Shelf interface {
	// Newest returns the latest instant that somebody else's clock has put into
	// the store, or a whole sweep; and the store's own clock, zero where it has
	// none. Both may be zero.
	Newest(ctx context.Context) (newest, clock time.Time, err error)
	// Count returns how many rows of the pile are of before the instant, behind
	// the marks: at most that many are due.
	Count(ctx context.Context, p Pile, before time.Time) (int, error)
	// Next returns up to n items of the pile, those of records excepted, that
	// began before the instant, in order behind the place. Ids rise with time, so
	// it need not look at rows with later ones. With raw, webhooks have their Raw.
	Next(ctx context.Context, p Pile, b core.BusinessID, after Place, before time.Time, n int, raw bool) ([]Item, error)
	// Purge erases the items' rows, and nothing that has been opened again since.
	Purge(ctx context.Context, p Pile, b core.BusinessID, items []Item) (int, error)
	// LastTexts returns when a text was last decided on for each of the guests
	// that got one, and whether the guest is subscribed now.
	LastTexts(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]Standing, error)
	// Forget deletes events of consent by their ids.
	Forget(ctx context.Context, b core.BusinessID, events []core.EventID) error
	// ForgetGuest erases what is not needed to prove anything: the words of the
	// guest's texts, those that wait or are on their way excepted, the fold and the
	// events of consent, notes, tags, the copy of the carrier's list, and the bodies
	// of webhooks that name both guest and business and none of the numbers given.
	ForgetGuest(ctx context.Context, p core.Pair, but []core.Number) (Forgotten, error)

	// Mark returns the mark of a walk, the zero Mark where there is none.
	Mark(ctx context.Context, b core.BusinessID, p Pile) (Mark, error)
	// SetMark puts m in place of the last one. For the zero business and no pile
	// it says when a whole run ended.
	SetMark(ctx context.Context, b core.BusinessID, p Pile, m Mark) error
	// ClearMarks makes every walk over the business's rows begin anew.
	ClearMarks(ctx context.Context, b core.BusinessID) error
}

// A Standing is whether consent is still in use.
type Standing struct {
	Subscribed bool
	LastText   time.Time // zero for none
}

// Forgotten is how much was erased of one guest.
type Forgotten struct{ Texts, Events, Webhooks int }

// Bound returns the first id that can have been made at t: what is smaller is
// older.
func Bound(t time.Time) core.UUID {
	var u core.UUID
	ms := uint64(max(t.UnixMilli(), 0))
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	return u
}
