package converse

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// Assign hands a thread to a user of the same business, or to nobody for the zero
// id. A user of another business is NotFound.
func (s *Service) Assign(ctx context.Context, by account.User, id core.ThreadID, to core.UserID) error {
	return s.change(ctx, by, id, func(ctx context.Context, tx store.Tx, t *thread.Thread, now time.Time) error {
		if t.Assignee == to {
			return nil
		}
		if !to.IsZero() {
			u, err := tx.Accounts.User(ctx, to)
			if err != nil {
				return err
			}
			if u.Business != by.Business {
				return core.E("converse.Assign", core.NotFound, "there is no such user")
			}
		}
		details := map[string]string{"from": t.Assignee.String(), "to": to.String()}
		t.Assignee = to
		return s.acted(ctx, tx, *t, by, now, evidence.ThreadAssigned, details)
	})
}

// longestNote is in characters.
const longestNote = 2000

// Note keeps a note that staff write for staff. It is never sent. Done twice with
// one key, it is one note.
func (s *Service) Note(ctx context.Context, by account.User, id core.ThreadID, key Key, text string) error {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0 || !utf8.ValidString(text):
		return Problem("Write something first.")
	case n > longestNote:
		return Problem("This note is too long. Use at most 2,000 characters.")
	}
	return s.change(ctx, by, id, func(ctx context.Context, tx store.Tx, t *thread.Thread, now time.Time) error {
		i := thread.Item{ID: core.ItemID(key), Business: t.Business, Thread: t.ID, Kind: thread.Noted, At: now, Text: text, By: by.ID}
		_, err := tx.Threads.Put(ctx, i, thread.Words(text))
		return err
	})
}

// Close ends a thread until the guest writes again. Who closes has read it.
func (s *Service) Close(ctx context.Context, by account.User, id core.ThreadID) error {
	return s.change(ctx, by, id, func(ctx context.Context, tx store.Tx, t *thread.Thread, now time.Time) error {
		t.Read = t.Heard
		if t.State == thread.Closed {
			return nil
		}
		t.State = thread.Closed
		return s.acted(ctx, tx, *t, by, now, evidence.ThreadClosed, nil)
	})
}

// Reopen makes a closed thread wait for somebody again.
func (s *Service) Reopen(ctx context.Context, by account.User, id core.ThreadID) error {
	return s.change(ctx, by, id, func(ctx context.Context, tx store.Tx, t *thread.Thread, now time.Time) error {
		if t.State == thread.Open {
			return nil
		}
		t.State = thread.Open
		return s.acted(ctx, tx, *t, by, now, evidence.ThreadReopened, nil)
	})
}

// See notes that somebody has read the guest's first so many texts, as the page
// that they looked at had it: one that came in meanwhile stays unread.
func (s *Service) See(ctx context.Context, by account.User, id core.ThreadID, heard int) error {
	return s.change(ctx, by, id, func(_ context.Context, _ store.Tx, t *thread.Thread, _ time.Time) error {
		t.See(heard)
		return nil
	})
}
