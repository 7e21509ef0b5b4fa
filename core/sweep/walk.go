package sweep

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// stepRows is how many rows one transaction looks at: some milliseconds, so that
// sending does not wait and a kill costs nothing.
const stepRows = 5000

func (s *Service) rowsAStep() int {
	if s.Step > 0 {
		return s.Step
	}
	return stepRows
}

// A walk goes over one pile.
type walk struct {
	*Service
	Line
	o   Options
	now time.Time

	// of the business that it is at
	at      retention.Place
	stalled bool // a row that may be due later was passed over, so the mark stays before it
}

// business walks over one business's rows.
func (w *walk) business(ctx context.Context, b core.BusinessID) error {
	w.at, w.stalled = retention.Place{}, false
	if w.Pile.Marked() {
		err := w.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
			m, err := tx.Shelf.Mark(ctx, b, w.Pile)
			w.at.ID = m.ID
			return err
		})
		if err != nil {
			return err
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return core.Wrap("sweep.Run", core.Unavailable, "the run was stopped; the next one goes on where it was", err)
		}
		more, err := w.step(ctx, b)
		if err != nil || !more {
			return err
		}
		if w.o.Progress != nil {
			w.o.Progress(w.Line)
		}
	}
}

// A stride is what one step did. A transaction may run again, so nothing of it
// counts before it is through.
type stride struct {
	erased, held, open, seen int
	last                     retention.Place
	stalled                  bool
}

// step is one transaction. It reports whether there may be more.
func (w *walk) step(ctx context.Context, b core.BusinessID) (more bool, err error) {
	var st stride
	do := w.Store.Update
	if w.o.DryRun {
		do = w.Store.View
	}
	err = do(ctx, func(ctx context.Context, tx store.Tx) error {
		st = stride{last: w.at, stalled: w.stalled}
		// First of all: nobody places a hold from here on until this is done.
		holds, err := tx.Holds.InForce(ctx, core.BusinessID{})
		if err != nil {
			return err
		}
		if w.Pile.Records() {
			return w.records(ctx, tx, b, holds, &st)
		}
		return w.rows(ctx, tx, b, holds, &st)
	})
	if err != nil {
		return false, err
	}
	w.Erased, w.Held, w.Open = w.Erased+st.erased, w.Held+st.held, w.Open+st.open
	w.at, w.stalled = st.last, st.stalled
	return st.seen == w.rowsAStep(), nil
}

// rows is a step over rows that are blanked or deleted.
func (w *walk) rows(ctx context.Context, tx store.Tx, b core.BusinessID, holds retention.Holds, st *stride) error {
	items, err := tx.Shelf.Next(ctx, w.Pile, b, w.at, w.Before, w.rowsAStep(), w.Pile.Shared() && len(holds) > 0)
	if err != nil || len(items) == 0 {
		return err
	}
	held := func(i retention.Item) bool { return holds.Held(i.Thing) }
	if w.Pile.Shared() {
		names, err := namesOf(ctx, tx, holds)
		if err != nil {
			return err
		}
		held = func(i retention.Item) bool { return names.held(i.Raw, i.Thing) }
	}
	return w.purge(ctx, tx, b, items, held, st)
}

func (w *walk) purge(ctx context.Context, tx store.Tx, b core.BusinessID, items []retention.Item, held func(retention.Item) bool, st *stride) error {
	due := make([]retention.Item, 0, len(items))
	done := w.at.ID
	for _, i := range items {
		switch {
		case i.Open:
			st.open++
			st.stalled = true
		case held(i):
			st.held++
		default:
			due = append(due, i)
		}
		if !st.stalled {
			done = i.ID
		}
	}
	st.seen, st.last = len(items), items[len(items)-1].Place()
	st.erased = len(due)
	if w.o.DryRun {
		return nil
	}
	n, err := tx.Shelf.Purge(ctx, w.Pile, b, due)
	if err != nil {
		return err
	}
	st.erased = n
	if err := w.mark(ctx, tx, b, done); err != nil || n == 0 {
		return err
	}
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewErasure(evidence.NewSeed(w.IDs, w.Salts), b, w.now, core.UserID{}, w.why(n), nil),
	})
}

// mark remembers how far the walk has come, where it came further.
func (w *walk) mark(ctx context.Context, tx store.Tx, b core.BusinessID, done core.UUID) error {
	if !w.Pile.Marked() || done == w.at.ID {
		return nil
	}
	return tx.Shelf.SetMark(ctx, b, w.Pile, retention.Mark{ID: done, At: w.now})
}

// names are how raw webhooks are recognised that a hold may cover: they name
// numbers, and nothing else that we know.
type names []name

type name struct {
	hold   retention.Hold
	digits []byte // of the guest, or of the number that the business texts from
}

func namesOf(ctx context.Context, tx store.Tx, holds retention.Holds) (names, error) {
	var out names
	texts := make(map[core.BusinessID][]core.Number)
	for _, h := range holds {
		if !h.Number.IsZero() {
			out = append(out, name{h, digits(h.Number)})
			continue
		}
		if _, ok := texts[h.Business]; !ok {
			ns, err := sendersOf(ctx, tx, h.Business)
			if err != nil {
				return nil, err
			}
			texts[h.Business] = ns
		}
		for _, n := range texts[h.Business] {
			out = append(out, name{h, digits(n)})
		}
	}
	return out, nil
}

// sendersOf are the numbers that a business texts from, or did: its keywords know.
func sendersOf(ctx context.Context, tx store.Tx, id core.BusinessID) ([]core.Number, error) {
	b, err := tx.Accounts.Business(ctx, id)
	if err != nil {
		return nil, err
	}
	ks, err := tx.Accounts.Keywords(ctx, id)
	if err != nil {
		return nil, err
	}
	ns := []core.Number{b.Sender}
	for _, k := range ks {
		if !slices.Contains(ns, k.Number) {
			ns = append(ns, k.Number)
		}
	}
	return ns, nil
}

// digits are the last ten of a number: whether the country's code is there, and
// how it is written, is the carrier's choice. No number gives none, which every
// webhook has.
func digits(n core.Number) []byte {
	if n.IsZero() {
		return nil
	}
	d := strconv.FormatUint(n.Digits(), 10)
	return []byte(d[max(0, len(d)-10):])
}

// held reports whether a hold may cover a webhook: one that names the number, or
// any at all where nobody knows the number. In doubt it is kept.
func (ns names) held(raw []byte, t retention.Thing) bool {
	for _, n := range ns {
		if !bytes.Contains(raw, n.digits) {
			continue
		}
		t.Business, t.Number, t.Campaign = n.hold.Business, n.hold.Number, n.hold.Campaign
		if n.hold.Covers(t) {
			return true
		}
	}
	return false
}
