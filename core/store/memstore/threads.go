package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/thread"
)

type threads struct{ *tx }

type threadKey struct {
	business core.BusinessID
	id       core.ThreadID
}

type itemKey struct {
	business core.BusinessID
	id       core.ItemID
}

type itemRow struct {
	thread.Item
	words []string
}

func (s threads) Add(ctx context.Context, t thread.Thread) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	if _, ok := s.d.threadOf.get(t.Pair()); !ok {
		k := threadKey{t.Business, t.ID}
		s.d.threads.set(s.tx, k, t)
		s.d.threadOf.set(s.tx, t.Pair(), k)
	}
	return nil
}

func (s threads) OfGuest(ctx context.Context, p core.Pair) (thread.Thread, error) {
	k, ok := s.d.threadOf.get(p)
	if !ok {
		return thread.Thread{}, notFound("OfGuest", "conversation")
	}
	t, _ := s.d.threads.get(k)
	return t, alive(ctx)
}

func (s threads) Thread(ctx context.Context, b core.BusinessID, id core.ThreadID) (thread.Thread, error) {
	t, ok := s.d.threads.get(threadKey{b, id})
	if !ok {
		return t, notFound("Thread", "conversation")
	}
	return t, alive(ctx)
}

func (s threads) Save(ctx context.Context, t thread.Thread) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := threadKey{t.Business, t.ID}
	old, ok := s.d.threads.get(k)
	if !ok {
		return notFound("Save", "conversation")
	}
	t.Number, t.Made = old.Number, old.Made
	s.d.threads.set(s.tx, k, t)
	return nil
}

func (s threads) List(ctx context.Context, b core.BusinessID, q thread.Query, n int) ([]thread.Thread, error) {
	var out []thread.Thread
	for k, t := range s.d.threads.m {
		if k.business == b && fits(t, q) && s.found(t, q.Search) && (q.After.IsZero() || newest(t, q.After) > 0) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(x, y thread.Thread) int { return newest(x, thread.Cursor{At: y.At, ID: core.UUID(y.ID)}) })
	return firstN(out, n), alive(ctx)
}

// newest orders threads by time, the newest first.
func newest(t thread.Thread, c thread.Cursor) int {
	return cmp.Or(c.At.Compare(t.At), bytes.Compare(c.ID[:], t.ID[:]))
}

func fits(t thread.Thread, q thread.Query) bool {
	open := t.State == thread.Open
	switch q.Filter {
	case thread.Opened:
		return open
	case thread.Ended:
		return !open
	case thread.Mine:
		return open && t.Assignee == q.User && !q.User.IsZero()
	case thread.Unassigned:
		return open && t.Assignee.IsZero()
	case thread.WithUnread:
		return t.Unread() > 0
	}
	return true
}

func (s threads) found(t thread.Thread, q thread.Search) bool {
	if q.IsZero() {
		return true
	}
	if q.Digits != "" && strings.HasSuffix(strconv.FormatUint(t.Number.Digits(), 10), q.Digits) {
		return true
	}
	if n, _ := s.d.notes.get(t.Pair()); q.Tag != "" && slices.Contains(n.Tags, q.Tag) {
		return true
	}
	return len(q.Words) > 0 && !slices.ContainsFunc(q.Words, func(w string) bool { return !s.says(t, w) })
}

// says reports whether a word of the thread begins with w.
func (s threads) says(t thread.Thread, w string) bool {
	for _, k := range s.d.itemsOf.m[threadKey{t.Business, t.ID}] {
		if slices.ContainsFunc(s.d.items.m[k].words, func(x string) bool { return strings.HasPrefix(x, w) }) {
			return true
		}
	}
	return false
}

func (s threads) Counts(ctx context.Context, b core.BusinessID, u core.UserID) (thread.Counts, error) {
	var c thread.Counts
	for k, t := range s.d.threads.m {
		if k.business != b {
			continue
		}
		for f, n := range map[thread.Filter]*int{thread.Opened: &c.Open, thread.Mine: &c.Mine, thread.Unassigned: &c.Unassigned, thread.WithUnread: &c.Unread} {
			if fits(t, thread.Query{Filter: f, User: u}) {
				*n++
			}
		}
	}
	return c, alive(ctx)
}

func (s threads) Unread(ctx context.Context, b core.BusinessID) (int, error) {
	c, err := s.Counts(ctx, b, core.UserID{})
	return c.Unread, err
}

func (s threads) Put(ctx context.Context, i thread.Item, words []string) (bool, error) {
	if err := s.write(ctx); err != nil {
		return false, err
	}
	k := itemKey{i.Business, i.ID}
	if _, ok := s.d.items.get(k); ok {
		return false, nil
	}
	s.d.items.set(s.tx, k, itemRow{i, slices.Clone(words)})
	appendTo(s.tx, &s.d.itemsOf, threadKey{i.Business, i.Thread}, k)
	return true, nil
}

func (s threads) Items(ctx context.Context, b core.BusinessID, t core.ThreadID, n int) ([]thread.Item, error) {
	return s.ItemsBefore(ctx, b, t, time.Time{}, n)
}

func (s threads) ItemsBefore(ctx context.Context, b core.BusinessID, t core.ThreadID, before time.Time, n int) ([]thread.Item, error) {
	var out []thread.Item
	for _, k := range s.d.itemsOf.m[threadKey{b, t}] {
		if i := s.d.items.m[k].Item; before.IsZero() || i.At.Before(before) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(x, y thread.Item) int { return cmp.Or(y.At.Compare(x.At), bytes.Compare(y.ID[:], x.ID[:])) })
	return firstN(out, n), alive(ctx)
}

func (s threads) Erase(ctx context.Context, p core.Pair) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k, ok := s.d.threadOf.get(p)
	if !ok {
		return nil
	}
	if err := pictures(s).Doom(ctx, k.business, k.id); err != nil {
		return err
	}
	for _, i := range s.d.itemsOf.m[k] {
		s.d.items.remove(s.tx, i)
	}
	s.d.itemsOf.remove(s.tx, k)
	s.d.threads.remove(s.tx, k)
	s.d.threadOf.remove(s.tx, p)
	return nil
}

func (s threads) Touch(ctx context.Context, bs []core.BusinessID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, b := range unique(bs) {
		n, _ := s.d.marks.get(b)
		s.d.marks.set(s.tx, b, n+1)
	}
	return nil
}

func (s threads) Marks(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error) {
	out := make(map[core.BusinessID]int64, len(bs))
	for _, b := range bs {
		out[b], _ = s.d.marks.get(b)
	}
	return out, alive(ctx)
}
