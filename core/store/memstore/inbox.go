package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
)

type events struct{ *tx }

type inboxRow struct {
	inbox.Stored
	due      time.Time
	occurred time.Time
	order    int
}

func (x events) Keep(ctx context.Context, es []inbox.Event) ([]bool, error) {
	if err := x.write(ctx); err != nil {
		return nil, err
	}
	fresh := make([]bool, len(es))
	for i, e := range es {
		if _, ok := x.d.inbox.get(e.ID); ok {
			continue
		}
		fresh[i] = true
		order := len(x.d.arrivals.m) // which keeps the names of what was erased
		x.d.inbox.set(x.tx, e.ID, inboxRow{
			Stored: inbox.Stored{ID: e.ID, Provider: e.Provider, Kind: e.Kind, Type: e.Type, Raw: slices.Clone(e.Raw), Received: e.Received, Note: e.Problem},
			due:    e.Received, occurred: e.Occurred, order: order,
		})
		x.d.arrivals.set(x.tx, order, e.ID)
		x.d.waiting.set(x.tx, e.ID, struct{}{})
	}
	return fresh, nil
}

func (x events) Next(ctx context.Context, now time.Time, n int) ([]inbox.Stored, error) {
	if err := x.write(ctx); err != nil {
		return nil, err
	}
	var rows []inboxRow
	for id := range x.d.waiting.m {
		if r, _ := x.d.inbox.get(id); !r.due.After(now) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b inboxRow) int { return a.order - b.order })
	var out []inbox.Stored
	for _, r := range rows[:min(n, len(rows))] {
		out = append(out, r.Stored)
	}
	return out, nil
}

func (x events) Handled(ctx context.Context, at time.Time, notes map[string]string) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	for id, note := range notes {
		r, ok := x.d.inbox.get(id)
		if !ok {
			return notFound("Handled", "event")
		}
		r.Stored.Handled, r.Note = at, note
		x.d.inbox.set(x.tx, id, r)
		x.d.waiting.remove(x.tx, id)
	}
	return nil
}

func (x events) Postpone(ctx context.Context, id string, due time.Time, note string) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	r, ok := x.d.inbox.get(id)
	if !ok {
		return notFound("Postpone", "event")
	}
	r.due, r.Note, r.Attempts = due, note, r.Attempts+1
	x.d.inbox.set(x.tx, id, r)
	return nil
}

func (x events) Reopen(ctx context.Context, id string, now time.Time) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	r, ok := x.d.inbox.get(id)
	if !ok {
		return notFound("Reopen", "event")
	}
	r.due, r.Stored.Handled, r.Attempts, r.Note = now, time.Time{}, 0, ""
	x.d.inbox.set(x.tx, id, r)
	x.d.waiting.set(x.tx, id, struct{}{})
	return nil
}

func (x events) Replace(ctx context.Context, id string, raw []byte) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	r, ok := x.d.inbox.get(id)
	if !ok {
		return notFound("Replace", "event")
	}
	r.Raw = slices.Clone(raw)
	x.d.inbox.set(x.tx, id, r)
	return nil
}

func (x events) Event(ctx context.Context, id string) (inbox.Stored, error) {
	r, ok := x.d.inbox.get(id)
	if !ok {
		return inbox.Stored{}, notFound("Event", "event")
	}
	return r.Stored, alive(ctx)
}

func (x events) List(ctx context.Context, before time.Time, n int) ([]inbox.Stored, error) {
	var out []inbox.Stored
	for i := len(x.d.arrivals.m) - 1; i >= 0 && len(out) < n; i-- {
		id, _ := x.d.arrivals.get(i)
		if r, ok := x.d.inbox.get(id); ok && (before.IsZero() || r.Received.Before(before)) {
			out = append(out, r.Stored)
		}
	}
	return out, alive(ctx)
}

func (x events) Find(ctx context.Context, q inbox.Query) ([]inbox.Stored, error) {
	var older inboxRow
	if q.Older != "" {
		var ok bool
		if older, ok = x.d.inbox.get(q.Older); !ok {
			return nil, notFound("Find", "event")
		}
	}
	var out []inbox.Stored
	for _, r := range x.d.inbox.m {
		switch {
		case q.Older != "" && newer(r.Stored, older.Stored) >= 0,
			(q.Waiting || q.Failing) && !r.Stored.Handled.IsZero(),
			q.Failing && r.Attempts < inbox.FailingAfter,
			len(q.Kinds) > 0 && !slices.Contains(q.Kinds, r.Kind):
			continue
		}
		out = append(out, r.Stored)
	}
	slices.SortFunc(out, func(a, b inbox.Stored) int { return newer(b, a) })
	return out[:min(max(q.N, 0), len(out))], alive(ctx)
}

// newer is positive where a is newer than b.
func newer(a, b inbox.Stored) int {
	return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID))
}

func (x events) Failing(ctx context.Context) (int, error) {
	n := 0
	for id := range x.d.waiting.m {
		if r, _ := x.d.inbox.get(id); r.Attempts >= inbox.FailingAfter {
			n++
		}
	}
	return n, alive(ctx)
}

func (x events) Waiting(ctx context.Context) (int, time.Time, error) {
	var oldest time.Time
	for id := range x.d.waiting.m {
		if r, _ := x.d.inbox.get(id); oldest.IsZero() || r.Received.Before(oldest) {
			oldest = r.Received
		}
	}
	return len(x.d.waiting.m), oldest, alive(ctx)
}
