package intake

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// A Spooled is a verified event that waits outside the store.
type Spooled struct {
	ID       string // of the event
	Provider string
	Received time.Time // a spool keeps its microseconds
	Raw      []byte    // the body, to the byte
	// Urgent events revoke consent, and come out before all others.
	Urgent bool
}

// A Spool keeps events while the store is away. It belongs to one process.
// Implementations are safe for concurrent use, but for Next and Done, which are
// for one caller at a time.
type Spool interface {
	// Add returns nil once all the events are on durable storage. Otherwise it
	// promises nothing about any of them; its errors have kind Unavailable and
	// say what is wrong with the spool: it is full, the disk has no room.
	Add(es []Spooled) error
	// Next returns up to n events: urgent ones first, and each sort in the order
	// in which it was added. It does not remove them.
	Next(n int) ([]Spooled, error)
	// Done removes the first n of the events that Next returned last. Those whose
	// positions are in refused, in rising order, are kept aside for a person to
	// look at. After a crash some may come out again.
	Done(n int, refused []int) error
	// Stat says how much it holds.
	Stat() SpoolStat
}

// A SpoolStat is how much a [Spool] holds.
type SpoolStat struct {
	Events int
	Bytes  int64     // on the disk
	Max    int64     // bytes that it may hold
	Oldest time.Time // when the oldest was received; zero if there is none
	// Torn counts files whose end a crash had cut off, within an event that
	// nobody had been told was kept.
	Torn int
	// Aside counts what is set aside for a person to look at: events that the
	// store refused, and stretches of damaged bytes.
	Aside int
}

// ToSpool makes an event ready for a [Spool].
func ToSpool(e inbox.Event) Spooled {
	return Spooled{ID: e.ID, Provider: e.Provider, Received: e.Received, Raw: e.Raw, Urgent: Revokes(e)}
}

// A Drained says what one Drain did.
type Drained struct {
	Moved   int // out of the spool and into the store, or there before
	Refused int // by the store, each by itself, and set aside
	Barred  int // of those moved: opt-outs that are in force
	// Unbarred are the opt-outs of those moved that could not be recorded: the
	// worker tries again.
	Unbarred int
}

// Drain moves up to n events from the spool to the store; nothing done and no
// error means that the spool is empty. providers are those whose events it can
// read; others' are kept unread. An error means that what is left stays in the
// spool, in its order.
func (s *Service) Drain(ctx context.Context, spool Spool, providers map[string]Provider, n int) (Drained, error) {
	waiting, err := spool.Next(n)
	if err != nil || len(waiting) == 0 {
		return Drained{}, err
	}
	es := make([]inbox.Event, len(waiting))
	for i, w := range waiting {
		es[i] = inbox.Event{Kind: inbox.Unknown, Occurred: w.Received, Received: w.Received, Raw: w.Raw}
		if p := providers[w.Provider]; p != nil {
			es[i] = p.Parse(w.Raw, w.Received)
		}
		es[i].ID, es[i].Provider = w.ID, w.Provider
	}
	as := s.AcceptAll(ctx, es)
	if err := s.tryIfAllRefused(ctx, as); err != nil {
		return Drained{}, err
	}
	var d Drained
	var refused []int
	done := 0
	for i, a := range as {
		if a.Gone() {
			err = a.Err
			break
		}
		done++
		switch {
		case a.Err != nil:
			refused = append(refused, i)
		case a.Unbarred != nil:
			d.Unbarred++
		case waiting[i].Urgent:
			d.Barred++
		}
	}
	d.Moved, d.Refused = done-len(refused), len(refused)
	if doneErr := spool.Done(done, refused); doneErr != nil {
		return d, doneErr
	}
	return d, err
}

var errTried = errors.New("tried")

// tryIfAllRefused tells bad events from a store that refuses every event, say
// because a table was changed by hand: then none may be set aside. It tries with
// an event of its own, which does not stay.
func (s *Service) tryIfAllRefused(ctx context.Context, as []Acceptance) error {
	refused := false
	for _, a := range as {
		if a.Err == nil {
			return nil
		}
		refused = refused || !a.Gone()
	}
	if !refused {
		return nil
	}
	now := s.Clock.Now()
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.Keep(ctx, []inbox.Event{{ID: "nexo:try", Provider: "nexo", Type: "try", Occurred: now, Received: now, Raw: []byte("{}")}})
		if err == nil {
			err = errTried
		}
		return err
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}
