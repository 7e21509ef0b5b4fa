package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Each arm's texts sum, and what guests did since they were texted counts for
// the arm whose text they got.
func testArms(s *suite) {
	b, other := newBusiness(), newBusiness()
	c := newCampaignID()
	text := func(b core.BusinessID, i int, a message.Arm) message.Message {
		m := planned(b, c, i)
		m.Arm = a
		return m
	}
	first, left, silent, unsent := text(b, 1, message.FirstText), text(b, 2, message.FirstText), text(b, 3, message.SecondText), text(b, 4, message.SecondText)
	rest, theirs := text(b, 5, message.TheRest), text(other, 1, message.FirstText)
	s.plan(first, left, silent, unsent, rest, theirs)
	s.sending(at(1), first, left, silent, rest, theirs)
	for _, m := range []message.Message{first, left, silent} {
		s.finish(m, message.Outcome{State: message.Sent, CarrierID: "c-" + m.ID.String(), At: at(2)})
	}
	join := func(i, minute int, k consent.Kind) consent.Event {
		return consent.Event{ID: newEventID(), Business: b, Number: guest(i), Kind: k, Scope: consent.Marketing, At: at(minute), Recorded: at(minute)}
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Consent.Append(ctx, []consent.Event{join(1, -90, consent.Granted), join(2, -90, consent.Granted), join(3, -90, consent.Granted), join(4, -90, consent.Granted)}),
			tx.Consent.Append(ctx, []consent.Event{join(2, 5, consent.Revoked), join(4, 5, consent.Revoked), join(3, -50, consent.Doubted)}),
			tx.Guests.Heard(ctx, pairOf(b, 1), at(6)), tx.Guests.Heard(ctx, pairOf(b, 3), at(-6)), tx.Guests.Heard(ctx, pairOf(b, 4), at(6)),
		)
	})
	s.equal("the arm is kept", s.message(b, left.ID).Arm, message.FirstText)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Messages.Results(ctx, b, c)
		s.equal("Results", got, map[message.Arm]message.Result{
			message.FirstText:  {Sent: 2, OptedOut: 1, Replied: 1},
			message.SecondText: {Sent: 1},
			message.TheRest:    {Sent: 1},
		})
		arms, err2 := tx.Messages.Arms(ctx, b, c)
		sum := 0
		for _, t := range arms {
			sum += t.Audience()
		}
		s.equal("the arms sum", sum, 5)
		s.equal("the first arm", arms[message.FirstText].Of(message.Sent), 2)
		s.equal("the second arm", []int{arms[message.SecondText].Of(message.Sent), arms[message.SecondText].Of(message.Planned)}, []int{1, 1})
		none, err3 := tx.Messages.Results(ctx, b, newCampaignID())
		s.equal("Results of none", len(none), 0)
		return errors.Join(err, err2, err3)
	})
}
