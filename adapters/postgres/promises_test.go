package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// What was kept before disclosures said their promise as a number learns it from
// their texts.
func TestOldDisclosuresLearnWhatTheyPromise(t *testing.T) {
	s := openAt(t, pgtest.URL(t))
	ctx := t.Context()
	if err := s.MigrateUp(ctx); err != nil {
		t.Fatal(err)
	}
	b := account.Business{ID: core.BusinessID{1}, Name: "Up to 11", Sender: core.MustNumber("+15125550100"), MonthlyTexts: 8}
	d, other := consent.Disclose(b, "LUNA", time.Unix(1e9, 0)), consent.Disclosure{Version: consent.Version{9}, Business: b.ID, Text: "Texts."}
	p := core.Pair{Business: b.ID, Number: core.MustNumber("+15125550141")}
	joined := consent.Event{ID: core.EventID{1}, Business: p.Business, Number: p.Number, Kind: consent.Granted, At: time.Unix(1e9, 0), Evidence: consent.Evidence{Disclosure: d.Version}}
	err := s.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Consent.PutDisclosure(ctx, d), tx.Consent.PutDisclosure(ctx, other), tx.Consent.Append(ctx, []consent.Event{joined}))
	})
	if err != nil {
		t.Fatal(err)
	}
	ms, err := s.Migrations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	steps := len(ms) - slices.IndexFunc(ms, func(m postgres.Migration) bool { return strings.HasPrefix(m.Name, "20260320000033") })
	if err := s.MigrateDown(ctx, steps); err != nil {
		t.Fatal(err)
	}
	if err := s.MigrateUp(ctx); err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Consent.Disclosure(ctx, b.ID, d.Version)
		none, err2 := tx.Consent.Disclosure(ctx, b.ID, other.Version)
		h, err3 := tx.Consent.History(ctx, p)
		sub, err4 := tx.Consent.Subscriber(ctx, p)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			return err
		}
		if got.Monthly != 8 || none.Monthly != 0 || h[0].Evidence.Promised != 8 || sub.Standing.Promised != 8 {
			t.Errorf("the disclosure promises %d, the other one %d, the event %d, the subscriber was promised %d", got.Monthly, none.Monthly, h[0].Evidence.Promised, sub.Standing.Promised)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
