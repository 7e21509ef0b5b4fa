package converse

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// A Page is a part of the list of conversations.
type Page struct {
	Threads []thread.Thread
	Tags    map[core.Number]guest.Note
	Users   map[core.UserID]account.User // of the business
	Counts  thread.Counts
	// More is set where older ones fit too: ask again after the last one.
	More bool
}

// List returns up to n conversations that fit, the newest first.
func (s *Service) List(ctx context.Context, by account.User, q thread.Query, n int) (Page, error) {
	var p Page
	q.User = by.ID
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		ts, err := tx.Threads.List(ctx, by.Business, q, n+1)
		if err != nil {
			return err
		}
		if p.More = len(ts) > n; p.More {
			ts = ts[:n]
		}
		p.Threads = ts
		numbers := make([]core.Number, len(ts))
		for i, t := range ts {
			numbers[i] = t.Number
		}
		if p.Tags, err = tx.Guests.Of(ctx, by.Business, numbers); err != nil {
			return err
		}
		if p.Users, err = users(ctx, tx, by.Business); err != nil {
			return err
		}
		p.Counts, err = tx.Threads.Counts(ctx, by.Business, by.ID)
		return err
	})
	return p, err
}

func users(ctx context.Context, tx store.Tx, b core.BusinessID) (map[core.UserID]account.User, error) {
	us, err := tx.Accounts.Users(ctx, b)
	out := make(map[core.UserID]account.User, len(us))
	for _, u := range us {
		out[u.ID] = u
	}
	return out, err
}

// A Line is one thing in a conversation: what the guest wrote, a note, or a text
// that went out.
type Line struct {
	At   time.Time
	Item thread.Item      // zero for a text that no person wrote
	Text *message.Message // nil for what did not go out
}

// A Talk is one conversation.
type Talk struct {
	Thread thread.Thread
	Lines  []Line                         // oldest first
	Media  map[core.ItemID][]media.Medium // that came with what the guest wrote
	// Cut is set where there is more, of before the first line: see Earlier.
	Cut      bool
	Standing consent.Standing
	Guest    bool // somebody who joined once, and has a page
	Tags     []guest.Tag
	Users    map[core.UserID]account.User
	Doubt    *optout.Doubt // what may be an opt-out and nobody has read; nil for none
	// Until is when a reply may leave last; zero where the guest has asked nothing.
	Until time.Time
	// Reply is what the engine says of a reply that would be sent now: whether it
	// may go, or when, and why.
	Reply judge.Case
}

// mostLines bounds what is shown of a conversation at once; those of one instant are
// never divided.
const mostLines = 200

// Show returns a conversation with its newest lines.
func (s *Service) Show(ctx context.Context, by account.User, id core.ThreadID) (Talk, error) {
	return s.Earlier(ctx, by, id, time.Time{})
}

// Earlier is Show with the lines of before an instant: that of the first line of
// what was shown before.
func (s *Service) Earlier(ctx context.Context, by account.User, id core.ThreadID, before time.Time) (Talk, error) {
	var talk Talk
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Threads.Thread(ctx, by.Business, id)
		if err != nil {
			return err
		}
		talk = Talk{Thread: t}
		if err := talk.read(ctx, tx, before); err != nil {
			return err
		}
		b, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		m := answer(t, b, "", now)
		talk.Until = m.NotAfter
		c, err := s.judge(ctx, tx, m, now)
		if err == nil {
			talk.Reply = *c
		}
		return err
	})
	return talk, err
}

// read fills in all but the verdict.
func (k *Talk) read(ctx context.Context, tx store.Tx, before time.Time) error {
	t := k.Thread
	items, err := tx.Threads.ItemsBefore(ctx, t.Business, t.ID, before, mostLines)
	if err != nil {
		return err
	}
	texts, err := tx.Messages.Said(ctx, t.Pair(), before, mostLines)
	if err != nil {
		return err
	}
	k.Lines, k.Cut = lines(items, texts)
	ms, err := tx.Media.OfThread(ctx, t.Business, t.ID)
	if err != nil {
		return err
	}
	k.Media = make(map[core.ItemID][]media.Medium)
	for _, m := range ms {
		k.Media[m.Item] = append(k.Media[m.Item], m)
	}
	sub, err := tx.Consent.Subscriber(ctx, t.Pair())
	if err != nil && !errors.Is(err, core.NotFound) {
		return err
	}
	k.Standing, k.Guest = sub.Standing, err == nil
	notes, err := tx.Guests.Of(ctx, t.Business, []core.Number{t.Number})
	if err != nil {
		return err
	}
	k.Tags = notes[t.Number].Tags
	if k.Users, err = users(ctx, tx, t.Business); err != nil {
		return err
	}
	k.Doubt, err = optout.DoubtOf(ctx, tx, t.Pair())
	return err
}

// lines puts what both sides said in the order of time, and reports whether there may be more that
// is older. Where one list is cut, nothing older than it reaches is shown yet.
func lines(items []thread.Item, texts []message.Message) (out []Line, cut bool) {
	wrote := make(map[core.ItemID]thread.Item)
	var reaches time.Time
	if len(items) == mostLines {
		reaches, cut = items[len(items)-1].At, true
	}
	if len(texts) == mostLines {
		cut = true
		if at := texts[len(texts)-1].SaidAt(); at.After(reaches) {
			reaches = at
		}
	}
	for _, i := range items {
		if i.Kind == thread.Replied {
			wrote[i.ID] = i
			continue
		}
		out = append(out, Line{At: i.At, Item: i})
	}
	for i := range texts {
		m := texts[i]
		out = append(out, Line{At: m.SaidAt(), Item: wrote[core.ItemID(m.ID)], Text: &m})
	}
	// Of the instant that it ends at there may be more, so all of that comes on the next page.
	if whole := slices.DeleteFunc(slices.Clone(out), func(l Line) bool { return !l.At.After(reaches) }); len(whole) > 0 {
		out = whole
	}
	slices.SortStableFunc(out, func(x, y Line) int { return x.At.Compare(y.At) })
	from := max(0, len(out)-mostLines)
	for from > 0 && out[from-1].At.Equal(out[from].At) {
		from--
	}
	return out[from:], cut || from > 0
}
