package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

func newThread(b core.BusinessID, i, minute int) thread.Thread {
	t := thread.New(core.ThreadID(id[any]()), pairOf(b, i), at(0))
	t.State, t.At, t.Last, t.By = thread.Open, at(minute), "Do you \x00have a table?", thread.Guest
	return t
}

func (s *suite) thread(b core.BusinessID, id core.ThreadID) (t thread.Thread) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		t, err = tx.Threads.Thread(ctx, b, id)
		return err
	})
	return t
}

// threads returns the ids of a list.
func (s *suite) threads(b core.BusinessID, q thread.Query, n int) []core.ThreadID {
	s.Helper()
	ids := []core.ThreadID{}
	s.view(func(ctx context.Context, tx store.Tx) error {
		ts, err := tx.Threads.List(ctx, b, q, n)
		for _, t := range ts {
			ids = append(ids, t.ID)
		}
		return err
	})
	return ids
}

func testThreads(s *suite) {
	b, other := newBusiness(), newBusiness()
	one, theirs := newThread(b, 1, 5), newThread(other, 1, 5)
	again := newThread(b, 1, 7)
	one.Last = "Do you have a table?"
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Threads.Add(ctx, one), tx.Threads.Add(ctx, again), tx.Threads.Add(ctx, theirs))
	})
	s.equal("Thread", s.thread(b, one.ID), one)
	one.State, one.Assignee, one.Heard, one.Read, one.Asked = thread.Closed, core.UserID(id[any]()), 3, 1, at(4)
	one.At, one.Last, one.By = at(9), "Yes", thread.Staff
	s.update(func(ctx context.Context, tx store.Tx) error {
		changed := one
		changed.Number, changed.Made = guest(5), at(50)
		return tx.Threads.Save(ctx, changed)
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Threads.OfGuest(ctx, pairOf(b, 1))
		s.equal("OfGuest", got, one)
		_, none := tx.Threads.Thread(ctx, b, again.ID)
		s.kind("Thread that was not needed", none, core.NotFound)
		_, foreign := tx.Threads.Thread(ctx, b, theirs.ID)
		s.kind("Thread of another business", foreign, core.NotFound)
		_, nobody := tx.Threads.OfGuest(ctx, pairOf(b, 2))
		s.kind("OfGuest of who never wrote", nobody, core.NotFound)
		return err
	})
	foreign := theirs
	foreign.Business = b
	s.kind("Save of another business's", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Threads.Save(ctx, foreign) }), core.NotFound)
}

func testThreadList(s *suite) {
	b, other, me := newBusiness(), newBusiness(), core.UserID(id[any]())
	mine, closed, plain, unread, theirs := newThread(b, 1, 1), newThread(b, 2, 2), newThread(b, 3, 3), newThread(b, 4, 3), newThread(other, 5, 9)
	mine.Assignee, closed.State, unread.Heard = me, thread.Closed, 2
	s.update(func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for _, t := range []thread.Thread{mine, closed, plain, unread, theirs} {
			errs = append(errs, tx.Threads.Add(ctx, t))
		}
		return errors.Join(errs...)
	})
	for f, want := range map[thread.Filter][]core.ThreadID{
		thread.All:        {unread.ID, plain.ID, closed.ID, mine.ID},
		thread.Opened:     {unread.ID, plain.ID, mine.ID},
		thread.Ended:      {closed.ID},
		thread.Mine:       {mine.ID},
		thread.Unassigned: {unread.ID, plain.ID},
		thread.WithUnread: {unread.ID},
	} {
		s.equal(f.String(), s.threads(b, thread.Query{Filter: f, User: me}, 10), want)
	}
	var walked []core.ThreadID
	var q thread.Query
	for {
		page := s.threads(b, q, 1)
		if len(page) == 0 {
			break
		}
		walked = append(walked, page...)
		q.After = thread.Cursor{At: s.thread(b, page[0]).At, ID: core.UUID(page[0])}
	}
	s.equal("the pages of List", walked, []core.ThreadID{unread.ID, plain.ID, closed.ID, mine.ID})
	s.equal("List of none", len(s.threads(b, thread.Query{}, 0)), 0)
	s.view(func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Threads.Counts(ctx, b, me)
		s.equal("Counts", c, thread.Counts{Open: 3, Mine: 1, Unassigned: 2, Unread: 1})
		n, err2 := tx.Threads.Unread(ctx, b)
		s.equal("Unread", n, 1)
		none, err3 := tx.Threads.Counts(ctx, newBusiness(), me)
		s.equal("Counts of none", none, thread.Counts{})
		return errors.Join(err, err2, err3)
	})
}

func testThreadItems(s *suite) {
	b, other := newBusiness(), newBusiness()
	t, theirs := newThread(b, 1, 1), newThread(other, 1, 1)
	say := func(b core.BusinessID, t core.ThreadID, minute int) thread.Item {
		return thread.Item{ID: core.ItemID(id[any]()), Business: b, Thread: t, Kind: thread.Heard, At: at(minute), Text: "Peña’s", As: thread.AsDoubt, Media: 2}
	}
	first, second, note, foreign := say(b, t.ID, 1), say(b, t.ID, 2), say(b, t.ID, 2), say(other, theirs.ID, 3)
	note.Kind, note.By, note.As, note.Media = thread.Noted, core.UserID(id[any]()), thread.AsWords, 0
	s.update(func(ctx context.Context, tx store.Tx) error {
		if err := errors.Join(tx.Threads.Add(ctx, t), tx.Threads.Add(ctx, theirs)); err != nil {
			return err
		}
		for _, i := range []thread.Item{first, second, note, foreign} {
			if fresh, err := tx.Threads.Put(ctx, i, []string{"pena", "table"}); err != nil || !fresh {
				return errors.Join(err, errors.New("not fresh"))
			}
		}
		changed := first
		changed.Text = "changed"
		fresh, err := tx.Threads.Put(ctx, changed, []string{"changed"})
		s.equal("Put again is fresh", fresh, false)
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Threads.Items(ctx, b, t.ID, 10)
		s.equal("Items", all, []thread.Item{note, second, first})
		newest, err2 := tx.Threads.Items(ctx, b, t.ID, 1)
		s.equal("the newest", newest, []thread.Item{note})
		none, err3 := tx.Threads.Items(ctx, b, theirs.ID, 10)
		s.equal("another business's", len(none), 0)
		older, err4 := tx.Threads.ItemsBefore(ctx, b, t.ID, note.At, 10)
		s.equal("ItemsBefore", older, []thread.Item{first})
		return errors.Join(err, err2, err3, err4)
	})
	s.equal("what was not kept is not found", len(s.threads(b, thread.Query{Search: thread.Search{Words: []string{"changed"}}}, 10)), 0)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Threads.Erase(ctx, pairOf(b, 1)), tx.Threads.Erase(ctx, pairOf(b, 2)))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, gone := tx.Threads.Thread(ctx, b, t.ID)
		s.kind("Thread after Erase", gone, core.NotFound)
		none, err := tx.Threads.Items(ctx, b, t.ID, 10)
		s.equal("Items after Erase", len(none), 0)
		left, err2 := tx.Threads.Items(ctx, other, theirs.ID, 10)
		s.equal("another business's after Erase", left, []thread.Item{foreign})
		return errors.Join(err, err2)
	})
}

func testThreadSearch(s *suite) {
	b, other := newBusiness(), newBusiness()
	one, two, theirs := newThread(b, 1, 1), newThread(b, 22, 2), newThread(other, 1, 3)
	s.update(func(ctx context.Context, tx store.Tx) error {
		for t, texts := range map[*thread.Thread][]string{&one: {"Is the Patio open?", "for TACOS"}, &two: {"patio furniture, 100% % of it"}, &theirs: {"patio tacos"}} {
			if err := tx.Threads.Add(ctx, *t); err != nil {
				return err
			}
			for _, text := range texts {
				i := thread.Item{ID: core.ItemID(id[any]()), Business: t.Business, Thread: t.ID, Kind: thread.Heard, At: at(1), Text: text}
				if _, err := tx.Threads.Put(ctx, i, thread.Words(text)); err != nil {
					return err
				}
			}
		}
		return tx.Guests.Tag(ctx, pairOf(b, 22), "wine club")
	})
	for typed, want := range map[string][]core.ThreadID{
		"patio":      {two.ID, one.ID},
		"pat":        {two.ID, one.ID},
		"atio":       {},
		"patio taco": {one.ID}, // in two texts of one conversation
		"0122":       {two.ID},
		"555-0101":   {one.ID},
		"wine club":  {two.ID},
		"#wine club": {two.ID},
		"wine":       {},
		"%":          {two.ID, one.ID}, // nothing is looked for
		"100%":       {two.ID},
		"wine_club'": {},
	} {
		s.equal("found by "+typed, s.threads(b, thread.Query{Search: thread.ParseSearch(typed)}, 10), want)
	}
	s.equal("found among the closed", len(s.threads(b, thread.Query{Filter: thread.Ended, Search: thread.ParseSearch("patio")}, 10)), 0)
}

func testThreadMarks(s *suite) {
	b, other, third := newBusiness(), newBusiness(), newBusiness()
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Threads.Touch(ctx, []core.BusinessID{other, b, b})
		})
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Threads.Touch(ctx, []core.BusinessID{b}), tx.Threads.Touch(ctx, nil))
	})
	_ = s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Threads.Touch(ctx, []core.BusinessID{b}), errGiveUp)
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		m, err := tx.Threads.Marks(ctx, []core.BusinessID{b, other, third})
		s.equal("Marks", m, map[core.BusinessID]int64{b: 5, other: 4, third: 0})
		none, err2 := tx.Threads.Marks(ctx, nil)
		s.equal("Marks of none", len(none), 0)
		return errors.Join(err, err2)
	})
}

func testUsers(s *suite) {
	b := newBusiness()
	ana := account.User{ID: core.UserID(id[any]()), Business: b, Email: "ana@peña.example", Name: "Ana", Role: account.Owner, Created: t0}
	bo := account.User{ID: core.UserID(id[any]()), Business: b, Email: "bo@peña.example", Name: "Bo", Role: account.Staff, Created: t0}
	stranger := account.User{ID: core.UserID(id[any]()), Business: newBusiness(), Email: "x@peña.example", Created: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddUser(ctx, bo), tx.Accounts.AddUser(ctx, ana), tx.Accounts.AddUser(ctx, stranger))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Accounts.Users(ctx, b)
		s.equal("Users", got, []account.User{ana, bo})
		return err
	})
}
