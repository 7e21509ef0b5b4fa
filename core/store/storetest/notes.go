package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	guests "github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func testNotes(s *suite) {
	b, other := newBusiness(), newBusiness()
	one, two := pairOf(b, 1), pairOf(b, 2)
	theirs := core.Pair{Business: other, Number: one.Number}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Guests.Heard(ctx, one, at(5)), tx.Guests.Heard(ctx, one, at(3)), tx.Guests.Heard(ctx, two, at(1)), tx.Guests.Heard(ctx, two, at(2)),
			tx.Guests.Tag(ctx, one, "vip"), tx.Guests.Tag(ctx, one, "vip"), tx.Guests.Tag(ctx, one, "é la carte"), tx.Guests.Tag(ctx, two, "vip"),
			tx.Guests.Tag(ctx, theirs, "theirs"),
			tx.Guests.Tag(ctx, pairOf(b, 3), "gone"), tx.Guests.Untag(ctx, pairOf(b, 3), "gone"), tx.Guests.Untag(ctx, pairOf(b, 4), "never"),
		)
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Guests.Of(ctx, b, []core.Number{one.Number, two.Number, pairOf(b, 3).Number, one.Number})
		s.equal("Of", got, map[core.Number]guests.Note{
			one.Number: {Wrote: at(5), Tags: []guests.Tag{"vip", "é la carte"}},
			two.Number: {Wrote: at(2), Tags: []guests.Tag{"vip"}},
		})
		tags, err2 := tx.Guests.Tags(ctx, b)
		s.equal("Tags", tags, []guests.TagCount{{Tag: "vip", N: 2}, {Tag: "é la carte", N: 1}})
		none, err3 := tx.Guests.Of(ctx, b, nil)
		s.equal("Of nobody", len(none), 0)
		return errors.Join(err, err2, err3)
	})
}

// A guest got a campaign if a text of it was, or may have been, handed over.
func testGot(s *suite) {
	b, other := newBusiness(), newBusiness()
	first, second := newCampaignID(), newCampaignID()
	sent, waiting, both, blocked := planned(b, first, 1), planned(b, first, 2), planned(b, first, 3), planned(b, first, 4)
	again, theirs := planned(b, second, 3), planned(other, first, 5)
	s.plan(sent, waiting, both, blocked, again, theirs)
	s.sending(at(1), sent, both, again, theirs)
	s.finish(both, message.Outcome{State: message.Unknown, At: at(2)})
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Record(ctx, []message.Verdict{{Business: b, Message: blocked.ID, State: message.Blocked, At: at(1)}})
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all := []core.Number{sent.To, waiting.To, both.To, blocked.To, theirs.To}
		got, err := tx.Messages.Got(ctx, b, []core.CampaignID{second, first}, all)
		s.equal("Got", got, map[core.Number][]core.CampaignID{sent.To: {first}, both.To: {first, second}})
		one, err2 := tx.Messages.Got(ctx, b, []core.CampaignID{second}, all)
		s.equal("Got, of one", one, map[core.Number][]core.CampaignID{both.To: {second}})
		none, err3 := tx.Messages.Got(ctx, b, nil, all)
		nobody, err4 := tx.Messages.Got(ctx, b, []core.CampaignID{first}, nil)
		s.equal("Got, of none", len(none)+len(nobody), 0)
		return errors.Join(err, err2, err3, err4)
	})
}
