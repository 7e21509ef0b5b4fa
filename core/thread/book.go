package thread

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Filter narrows a list. The zero Filter is all threads.
type Filter uint8

// The filters.
const (
	All        Filter = iota
	Opened            // state Open
	Ended             // state Closed
	Mine              // open, and assigned to the user
	Unassigned        // open, and assigned to nobody
	WithUnread        // with texts that nobody has seen
	numFilters
)

var filterNames = [numFilters]string{"all", "open", "closed", "mine", "unassigned", "unread"}

func (f Filter) String() string {
	if f < numFilters {
		return filterNames[f]
	}
	return filterNames[All]
}

// ParseFilter reads what String writes; any other text is All and false.
func ParseFilter(s string) (Filter, bool) {
	for i, n := range filterNames {
		if n == s {
			return Filter(i), true
		}
	}
	return All, false
}

// A Cursor is a place in a list that is ordered by time, newest first. The zero
// Cursor is before the first.
type Cursor struct {
	At time.Time
	ID core.UUID
}

// IsZero reports whether c is before the first.
func (c Cursor) IsZero() bool { return c.At.IsZero() }

// A Query is a choice of threads.
type Query struct {
	Filter Filter
	User   core.UserID // for Mine
	Search Search
	After  Cursor // of the last thread that was read: its At and ID
}

// Counts are how many threads each filter has.
type Counts struct {
	Open, Mine, Unassigned, Unread int
}

// A Book keeps threads. Errors are [core.Error].
type Book interface {
	// Add keeps a new thread, unless its guest has one.
	Add(ctx context.Context, t Thread) error
	// OfGuest returns the thread of a guest, and keeps others from changing it
	// until the transaction ends. In a View it only reads. NotFound where the
	// guest never wrote.
	OfGuest(ctx context.Context, p core.Pair) (Thread, error)
	// Thread is OfGuest by the thread's id. NotFound where the business has none
	// of the id.
	Thread(ctx context.Context, b core.BusinessID, id core.ThreadID) (Thread, error)
	// Save writes a thread that is there, all but its id, business, guest and Made.
	// It is NotFound where there is none.
	Save(ctx context.Context, t Thread) error
	// List returns up to n threads, the newest At first.
	List(ctx context.Context, b core.BusinessID, q Query, n int) ([]Thread, error)
	// Counts counts the threads of a business for one of its users.
	Counts(ctx context.Context, b core.BusinessID, u core.UserID) (Counts, error)
	// Unread is how many threads have texts that nobody has seen.
	Unread(ctx context.Context, b core.BusinessID) (int, error)

	// Put keeps an item, and the words that its thread is found by. It reports
	// false, and changes nothing, where the business has an item of the id.
	Put(ctx context.Context, i Item, words []string) (fresh bool, err error)
	// Items returns up to n items of a thread, newest first.
	Items(ctx context.Context, b core.BusinessID, t core.ThreadID, n int) ([]Item, error)
	// ItemsBefore is Items for those of before the instant; the zero one is no bound.
	ItemsBefore(ctx context.Context, b core.BusinessID, t core.ThreadID, before time.Time, n int) ([]Item, error)

	// Erase removes what a guest's thread holds, and the thread, and dooms its
	// media. It does nothing where there is none.
	Erase(ctx context.Context, p core.Pair) error

	// Touch says that something of the businesses' threads has changed. Callers do
	// so last in their transaction, since it makes others wait.
	Touch(ctx context.Context, bs []core.BusinessID) error
	// Marks returns for each of the businesses a number that grows with each
	// transaction that touched it; 0 where none did. Whoever read a number has
	// missed nothing as long as it stays.
	Marks(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error)
}
