package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/store"
)

// testDraftUses: what was asked for is added up by day, whoever adds at once.
func testDraftUses(s *suite) {
	b := newBusiness()
	use := func(day string, asked, tokens int) draft.Use {
		return draft.Use{Business: b, Day: day, Asked: asked, Tokens: tokens}
	}
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Drafts.AddUse(ctx, use("2026-03-02", 1, 100))
		})
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Drafts.AddUse(ctx, use("2026-03-03", 1, 7)), tx.Drafts.AddUse(ctx, use("2026-03-02", 0, -50)),
			tx.Drafts.AddUse(ctx, use("2026-02-28", 9, 9)))
	})
	err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Drafts.AddUse(ctx, use("2026-03-03", 5, 5)), errGiveUp)
	})
	if !errors.Is(err, errGiveUp) {
		s.Fatal(err)
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Drafts.Uses(ctx, b, "2026-03-01")
		s.equal("Uses", got, []draft.Use{use("2026-03-02", 4, 350), use("2026-03-03", 1, 7)})
		none, err2 := tx.Drafts.Uses(ctx, newBusiness(), "")
		s.equal("another's uses", len(none), 0)
		s.kind("AddUse in a view", tx.Drafts.AddUse(ctx, use("2026-03-02", 1, 1)), core.Denied)
		return errors.Join(err, err2)
	})
}
