package intake_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// conversation is a guest's conversation, newest first.
func conversation(w *venuetest.World, n core.Number) (t thread.Thread, items []thread.Item) {
	w.T.Helper()
	w.Update(func(ctx context.Context, tx store.Tx) (err error) {
		if t, err = tx.Threads.OfGuest(ctx, w.Pair(n)); err != nil {
			return err
		}
		items, err = tx.Threads.Items(ctx, w.Business.ID, t.ID, 100)
		return err
	})
	return t, items
}

// Every text is shown. What a machine has answered is for nobody to read.
func TestTextsAreShown(t *testing.T) {
	for _, tt := range []struct {
		says   []string
		as     thread.As // of the last
		unread int
		state  thread.State
	}{
		{[]string{"Do you have a table?"}, thread.AsWords, 1, thread.Open},
		{[]string{"TACOS"}, thread.AsJoin, 0, thread.Closed},
		{[]string{"HELP"}, thread.AsHelp, 0, thread.Closed},
		{[]string{"help, I lost my coat"}, thread.AsWords, 1, thread.Open},
		{[]string{"TACOS", "STOP"}, thread.AsOptOut, 0, thread.Closed},
		{[]string{"TACOS", "STOP", "START"}, thread.AsJoin, 0, thread.Closed},
		{[]string{"TACOS", "✋"}, thread.AsDoubt, 1, thread.Open},
		{[]string{"Are you open?", "HELP", "STOP"}, thread.AsOptOut, 1, thread.Open},
	} {
		w := venuetest.New(t)
		for _, s := range tt.says {
			w.Says(guest, s)
			w.Hear()
			w.Clock.Add(time.Second)
		}
		got, items := conversation(w, guest)
		last := tt.says[len(tt.says)-1]
		if items[0].As != tt.as || items[0].Text != last || len(items) != len(tt.says) {
			t.Errorf("%q: %d items, the last is %q as %v", tt.says, len(items), items[0].Text, items[0].As)
		}
		if got.Unread() != tt.unread || got.State != tt.state || got.Last != last || got.By != thread.Guest {
			t.Errorf("%q: %d unread, %v, ends with %q", tt.says, got.Unread(), got.State, got.Last)
		}
	}
}

func TestWhatIsHandledTwiceIsShownOnce(t *testing.T) {
	w := venuetest.New(t)
	id := w.Says(guest, "Do you have a table?")
	w.Hear()
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Reopen(ctx, id, w.Clock.Now()) })
	w.Hear()
	if got, items := conversation(w, guest); len(items) != 1 || got.Heard != 1 {
		t.Errorf("%d items, %d heard, want one of each", len(items), got.Heard)
	}
}

// Texts may come in another order than they were written in.
func TestAnOlderTextDoesNotEndTheConversation(t *testing.T) {
	w := venuetest.New(t)
	now := w.Clock.Now()
	for body, at := range map[string]time.Time{"second": now, "first": now.Add(-time.Minute)} {
		w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Body: body, At: at})
		w.Hear()
	}
	got, items := conversation(w, guest)
	if got.Last != "second" || !got.Asked.Equal(now) || got.Heard != 2 || items[0].Text != "second" {
		t.Errorf("the thread is %+v", got)
	}
}

func TestADateOfBirthIsNotShown(t *testing.T) {
	w := venuetest.New(t)
	w.Update(func(ctx context.Context, tx store.Tx) error {
		w.Business.AgeGate = true
		return tx.Accounts.SaveBusiness(ctx, w.Business)
	})
	for _, s := range []string{"TACOS", "04/17/1985"} {
		w.Says(guest, s)
		w.Hear()
		w.Clock.Add(time.Second)
	}
	got, items := conversation(w, guest)
	if items[0].As != thread.AsAge || strings.Contains(items[0].Text+got.Last, "1985") || got.Unread() != 0 {
		t.Errorf("%+v, %+v", got, items[0])
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		ts, err := tx.Threads.List(ctx, w.Business.ID, thread.Query{Search: thread.ParseSearch("1985")}, 10)
		if len(ts) != 0 {
			t.Error("the year of birth is found")
		}
		return err
	})
}

// On a number that venues share, each has its own conversation.
func TestASharedNumberHasAConversationForEach(t *testing.T) {
	w := venuetest.New(t)
	var other account.Business
	other, _ = w.Open("Sol", "SOL", w.Business.Sender)
	w.Says(guest, "Do you have a table?")
	w.Hear()
	w.Update(func(ctx context.Context, tx store.Tx) error {
		for _, b := range []core.BusinessID{w.Business.ID, other.ID} {
			n, err := tx.Threads.Unread(ctx, b)
			if err != nil || n != 1 {
				t.Errorf("%d unread, %v, want 1", n, err)
			}
			marks, err := tx.Threads.Marks(ctx, []core.BusinessID{b})
			if err != nil || marks[b] == 0 {
				t.Errorf("pages that are open are not told: %v, %v", marks, err)
			}
		}
		return nil
	})
}
