package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// testPictures is what happens with what a venue sends.
func testPictures(s *suite) {
	b, other := newBusiness(), newBusiness()
	loose := func(b core.BusinessID) media.Medium {
		return media.Medium{ID: core.MediumID(id[any]()), Business: b, State: media.Loose, Kind: media.PNG, Size: 9, Due: at(60), Made: at(0)}
	}
	flyer, said, never, foreign := loose(b), loose(b), loose(b), loose(other)
	t := newThread(b, 1, 1)
	from, item := core.ItemID(id[any]()), core.ItemID(id[any]())
	guests := media.Medium{ID: core.MediumID(id[any]()), Business: b, Thread: t.ID, Item: item, State: media.Kept, Kind: media.PNG, Due: at(1), Made: at(0)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Media.Put(ctx, []media.Medium{flyer, said, never, foreign, guests})
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Media.Use(ctx, b, []core.MediumID{flyer.ID}, core.ThreadID{}, from, at(10)),
			tx.Media.Use(ctx, b, []core.MediumID{said.ID}, t.ID, item, at(11)), tx.Media.Use(ctx, b, nil, t.ID, item, at(11)))
	})
	// Another campaign has it too; the picture of a guest is nobody's to send, nor is another business's.
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Media.Use(ctx, b, []core.MediumID{flyer.ID}, core.ThreadID{}, item, at(20))
	})
	for what, ids := range map[string][]core.MediumID{"of a guest": {guests.ID}, "of another business": {foreign.ID}, "that is not there": {core.MediumID(id[any]())}, "in a conversation": {said.ID}} {
		err := s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Media.Use(ctx, b, ids, core.ThreadID{}, from, at(30))
		})
		s.kind("Use of a picture "+what, err, core.NotFound)
	}
	flyer.State, flyer.Item, flyer.Due = media.Kept, from, at(20)
	said.State, said.Thread, said.Item, said.Due = media.Kept, t.ID, item, at(11)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Media.Medium(ctx, b, flyer.ID)
		s.equal("a campaign's picture", got, flyer)
		got, err2 := tx.Media.Medium(ctx, b, said.ID)
		s.equal("a reply's picture", got, said)
		return errors.Join(err, err2)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		due, err := tx.Media.Due(ctx, at(60), 10)
		mine := 0
		for _, m := range due {
			if m.ID == never.ID && m.State == media.Loose || m.ID == foreign.ID {
				mine++
			}
		}
		s.equal("Due, with what no text took", mine, 2)
		return err
	})

	// Of what is old the sweep takes the campaign's alone, and only what was not used again.
	sweep := func(before int) (items []retention.Item, n int) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			items, err = tx.Shelf.Next(ctx, retention.PicturesPile, b, retention.Place{}, at(before).AddDate(20, 0, 0), 10, false)
			if err != nil {
				return err
			}
			n, err = tx.Shelf.Purge(ctx, retention.PicturesPile, b, items)
			return err
		})
		return items, n
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		stale := retention.Item{ID: core.UUID(flyer.ID), Thing: retention.Thing{Until: at(10)}}
		n, err := tx.Shelf.Purge(ctx, retention.PicturesPile, b, []retention.Item{stale})
		s.equal("Purge of a picture that was used again", n, 0)
		return err
	})
	items, n := sweep(30)
	s.equal("pictures that are due", len(items), 1)
	s.equal("pictures that go", n, 1)
	if len(items) == 1 && (items[0].ID != core.UUID(flyer.ID) || items[0].Campaign != core.CampaignID(from) || !items[0].Until.Equal(at(20))) {
		s.Errorf("due is %+v", items[0])
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, gone := tx.Media.Medium(ctx, b, flyer.ID)
		s.kind("a picture that was swept", gone, core.NotFound)
		_, err := tx.Media.Medium(ctx, b, said.ID)
		return err
	})
}

func testMedia(s *suite) {
	b, other := newBusiness(), newBusiness()
	t, theirs := newThread(b, 1, 1), newThread(other, 1, 1)
	pic := func(b core.BusinessID, t core.ThreadID, minute int) media.Medium {
		return media.Medium{ID: core.MediumID(id[any]()), Business: b, Thread: t, Item: core.ItemID(id[any]()), URL: "https://example.com/a?b=c",
			State: media.Waiting, Due: at(minute), Made: at(0)}
	}
	first, second, late, foreign := pic(b, t.ID, 2), pic(b, t.ID, 1), pic(b, t.ID, 60), pic(other, theirs.ID, 3)
	s.update(func(ctx context.Context, tx store.Tx) error {
		changed := first
		changed.URL = "changed"
		return errors.Join(tx.Threads.Add(ctx, t), tx.Threads.Add(ctx, theirs),
			tx.Media.Put(ctx, []media.Medium{first, second, late, foreign}), tx.Media.Put(ctx, []media.Medium{changed}), tx.Media.Put(ctx, nil))
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		due, err := tx.Media.Due(ctx, at(10), 10)
		s.equal("Due", due, []media.Medium{second, first, foreign})
		one, err2 := tx.Media.Due(ctx, at(10), 1)
		s.equal("Due, one", one, []media.Medium{second})
		return errors.Join(err, err2)
	})
	second.State, second.Kind, second.Size, second.URL, second.Attempts, second.Due = media.Kept, media.PNG, 99, "", 1, at(4)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Media.Save(ctx, []media.Medium{second, pic(b, t.ID, 1)}), tx.Media.Save(ctx, nil))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Media.OfThread(ctx, b, t.ID)
		s.equal("OfThread", all, []media.Medium{first, second, late})
		got, err2 := tx.Media.Medium(ctx, b, second.ID)
		s.equal("Medium", got, second)
		_, none := tx.Media.Medium(ctx, b, foreign.ID)
		s.kind("Medium of another business", none, core.NotFound)
		return errors.Join(err, err2)
	})

	// With a text what came with it goes.
	swept := pic(b, t.ID, 5)
	said := thread.Item{ID: swept.Item, Business: b, Thread: t.ID, Kind: thread.Heard, At: at(1), Media: 1}
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Threads.Put(ctx, said, nil)
		return errors.Join(err, tx.Media.Put(ctx, []media.Medium{swept}))
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Shelf.Purge(ctx, retention.TalkPile, b, []retention.Item{{ID: core.UUID(said.ID)}})
		_, gone := tx.Media.Medium(ctx, b, swept.ID)
		s.kind("Medium of a text that is gone", gone, core.NotFound)
		return errors.Join(err, tx.Media.Remove(ctx, b, []core.MediumID{swept.ID}))
	})

	// With the thread its media go, but not before their bytes.
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Threads.Erase(ctx, pairOf(b, 1)) })
	s.update(func(ctx context.Context, tx store.Tx) error {
		none, err := tx.Media.OfThread(ctx, b, t.ID)
		_, gone := tx.Media.Medium(ctx, b, second.ID)
		s.kind("Medium after Erase", gone, core.NotFound)
		s.equal("OfThread after Erase", len(none), 0)
		due, err2 := tx.Media.Due(ctx, at(10), 10)
		for i := range due {
			if due[i].Business == b && (due[i].State != media.Doomed || due[i].URL != "") {
				s.Errorf("after Erase a medium is %+v", due[i])
			}
		}
		s.equal("what is due after Erase", len(due), 3)
		again := second
		again.State, again.URL = media.Kept, "back"
		return errors.Join(err, err2, tx.Media.Save(ctx, []media.Medium{again}),
			tx.Media.Remove(ctx, b, []core.MediumID{first.ID, second.ID}), tx.Media.Remove(ctx, other, []core.MediumID{foreign.ID}), tx.Media.Remove(ctx, b, nil))
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		due, err := tx.Media.Due(ctx, at(90), 10)
		late.State, late.URL = media.Doomed, ""
		s.equal("what is left", due, []media.Medium{foreign, late})
		return err
	})
}
