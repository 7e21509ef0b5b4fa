package postgres_test

import (
	"context"
	"testing"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/storetest"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// migrated is a database with every migration, copied for each test.
var migrated = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	s, closeStore, err := postgres.Open(ctx, postgres.Config{URL: url})
	if err != nil {
		return err
	}
	defer closeStore()
	return s.MigrateUp(ctx)
})

// The suite's stores are one database, emptied before each: making a database
// costs a second, and the suite opens dozens.
func TestStore(t *testing.T) {
	s := open(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		_, err := s.DB().ExecContext(t.Context(), `TRUNCATE businesses, users, keywords, sign_ins, factors, access_tokens, memberships, security_notices, consent_events, subscribers,
			disclosures, suppressions, messages, messages_waiting, messages_flying, messages_unknown, messages_unsettled, messages_carried, campaigns, campaign_moves, meters, inbox, spools,
			evidence_records, evidence_bundles, evidence_runs, evidence_tiles, evidence_checkpoints, holds, sweeps, privacy_requests, suppression_tags`)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, storetest.Options{})
}

func open(t testing.TB) *postgres.Store {
	t.Helper()
	return openAt(t, migrated.URL(t))
}

func openAt(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, closeStore, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeStore)
	return s
}
