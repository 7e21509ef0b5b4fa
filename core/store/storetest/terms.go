package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/terms"
)

func testTerms(s *suite) {
	u, other := core.UserID(id[any]()), core.UserID(id[any]())
	told := terms.Note{User: u, Doc: terms.Privacy, Date: "2026-03-14", What: terms.Told, At: at(0)}
	first := terms.Note{User: u, Doc: terms.Privacy, Date: "2026-03-14", What: terms.Accepted, At: at(1)}
	later := terms.Note{User: u, Doc: terms.Privacy, Date: "2026-05-01", What: terms.Accepted, At: at(2)}
	theirs := terms.Note{User: other, Doc: terms.Service, Date: "2026-03-14", What: terms.Accepted, At: at(1)}
	again := first
	again.At = at(9)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Terms.Note(ctx, []terms.Note{later, told, first, theirs}), tx.Terms.Note(ctx, []terms.Note{again}), tx.Terms.Note(ctx, nil))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Terms.Notes(ctx, u)
		s.equal("Notes", got, []terms.Note{first, told, later})
		none, err2 := tx.Terms.Notes(ctx, core.UserID(id[any]()))
		s.equal("Notes of somebody else", len(none), 0)
		return errors.Join(err, err2)
	})
}
