package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// testKeep is about what many webhooks do that share a transaction.
func testKeep(s *suite) {
	const n = 1500 // more than a statement takes
	var all []inbox.Event
	for i := range n {
		all = append(all, inbox.Event{
			ID: fmt.Sprintf("telnyx:%d", i), Provider: "telnyx", Kind: inbox.Kind(i % 4), Type: fmt.Sprintf("type ' %d", i%7),
			Occurred: at(i), Received: at(i), Raw: fmt.Appendf(nil, "{\"n\":%d,\"b\":\"\x00\xff\"}", i), Problem: fmt.Sprintf("odd {\"%d\", NULL}", i%3),
		})
	}
	all[3].Occurred, all[4].Raw, all[5].Raw = time.Time{}, nil, []byte{}
	all[6].Received, all[6].Raw = at(6).Add(999), make([]byte, 1<<20)
	s.kept(all[:n/3], true)
	var batch []inbox.Event
	want := make(map[string]bool)
	for i, e := range all {
		batch = append(batch, e)
		want[e.ID] = i >= n/3
	}
	batch = append(batch, all[n-10:]...) // twice in one batch
	for i := range batch {               // in no order
		j := i * 7919 % len(batch)
		batch[i], batch[j] = batch[j], batch[i]
	}
	fresh := s.kept(batch, false)
	for i, e := range batch {
		if fresh[i] && !want[e.ID] {
			s.Errorf("%s is said to be new, and was kept before", e.ID)
		}
		if fresh[i] {
			want[e.ID] = false
		}
	}
	for id, missing := range want {
		if missing {
			s.Errorf("%s was new, and is not said to be", id)
		}
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Inbox.List(ctx, time.Time{}, 2*n)
		s.equal("kept", len(got), n)
		byID := make(map[string]inbox.Stored)
		for _, g := range got {
			byID[g.ID] = g
		}
		for _, e := range all {
			g := byID[e.ID]
			isSame := g.Provider == e.Provider && g.Kind == e.Kind && g.Type == e.Type && g.Note == e.Problem && slices.Equal(g.Raw, e.Raw)
			if !isSame || !g.Received.Truncate(time.Microsecond).Equal(e.Received.Truncate(time.Microsecond)) || g.Attempts != 0 || !g.Handled.IsZero() {
				g.Raw = g.Raw[:min(len(g.Raw), 100)]
				s.Errorf("%s came back as %+v", e.ID, g)
			}
		}
		return err
	})
	s.keepCrosswise()
}

func (s *suite) kept(es []inbox.Event, want bool) (fresh []bool) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) (err error) {
		fresh, err = tx.Inbox.Keep(ctx, es)
		return err
	})
	if want && slices.Contains(fresh, false) {
		s.Error("an event that nobody has kept is not new")
	}
	return fresh
}

// keepCrosswise has several keep the same events in opposite orders: none waits
// for another for ever, and each event is new to one of them.
func (s *suite) keepCrosswise() {
	var up []inbox.Event
	for i := range 300 {
		up = append(up, kept(10_000+i))
	}
	down := slices.Clone(up)
	slices.Reverse(down)
	var mu sync.Mutex
	times := make(map[string]int)
	s.parallel(6, func(i int) error {
		es := up
		if i%2 == 1 {
			es = down
		}
		var fresh []bool
		err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			fresh, err = tx.Inbox.Keep(ctx, es)
			return err
		})
		mu.Lock()
		defer mu.Unlock()
		for j, isNew := range fresh {
			if isNew {
				times[es[j].ID]++
			}
		}
		return err
	})
	for _, e := range up {
		if times[e.ID] != 1 {
			s.Errorf("%s was new to %d of six", e.ID, times[e.ID])
		}
	}
}

func testFind(s *suite) {
	var es []inbox.Event
	for i := range 8 {
		e := kept(i)
		e.Kind, e.Received = inbox.Kind(i%4), at(i/2) // two at each instant
		es = append(es, e)
	}
	s.kept(es, true)
	s.update(func(ctx context.Context, tx store.Tx) error {
		errs := tx.Inbox.Handled(ctx, at(20), map[string]string{"telnyx:1": "done", "telnyx:6": "done"})
		for range inbox.FailingAfter {
			errs = errors.Join(errs, tx.Inbox.Postpone(ctx, "telnyx:2", at(30), "fails"), tx.Inbox.Postpone(ctx, "telnyx:6", at(30), ""))
		}
		return errors.Join(errs, tx.Inbox.Postpone(ctx, "telnyx:3", at(30), "once"))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		for _, c := range []struct {
			name string
			q    inbox.Query
			want string
		}{
			{"nothing", inbox.Query{}, ""},
			{"all", inbox.Query{N: 20}, "76543210"},
			{"some", inbox.Query{N: 3}, "765"},
			{"older, within an instant", inbox.Query{N: 3, Older: "telnyx:5"}, "432"},
			{"older than the oldest", inbox.Query{N: 3, Older: "telnyx:0"}, ""},
			{"waiting", inbox.Query{N: 20, Waiting: true}, "754320"},
			{"failing", inbox.Query{N: 20, Failing: true}, "2"},
			{"of a kind", inbox.Query{N: 20, Kinds: []inbox.Kind{inbox.Unparsable}}, "51"},
			{"of two, waiting, older", inbox.Query{N: 20, Kinds: []inbox.Kind{inbox.Unparsable, inbox.Unknown}, Waiting: true, Older: "telnyx:5"}, "40"},
		} {
			got, err := tx.Inbox.Find(ctx, c.q)
			if err != nil {
				return err
			}
			names := ""
			for _, e := range got {
				names += e.ID[len("telnyx:"):]
			}
			s.equal("Find "+c.name, names, c.want)
		}
		_, err := tx.Inbox.Find(ctx, inbox.Query{N: 1, Older: "telnyx:404"})
		s.kind("Find older than none", err, core.NotFound)
		n, err := tx.Inbox.Failing(ctx)
		s.equal("Failing", n, 1)
		return err
	})
}
