// Package retention_test measures how fast it is known what is due, and how fast
// it is erased, on Postgres with ten million texts that are a year old.
package retention_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core/sweep"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// texts is how many there are; NEXO_BENCH_TEXTS says another number.
func texts(b *testing.B) int {
	s := os.Getenv("NEXO_BENCH_TEXTS")
	if s == "" {
		return 10_000_000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1000 {
		b.Fatalf("NEXO_BENCH_TEXTS must be a number of texts, at least 1000")
	}
	return n
}

// BenchmarkRetention plans and then blanks the words of all texts.
func BenchmarkRetention(b *testing.B) {
	ctx, n := b.Context(), texts(b)
	s, closeStore, err := postgres.Open(ctx, postgres.Config{URL: pgtest.URL(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer closeStore()
	if err := s.MigrateUp(ctx); err != nil {
		b.Fatal(err)
	}
	if err := fill(ctx, s.DB(), n); err != nil {
		b.Fatal(err)
	}
	sv := &sweep.Service{Store: s, Clock: system.Clock(), IDs: system.UUIDs{}, Salts: system.Salts{}}
	b.ResetTimer()
	start := time.Now()
	p, err := sv.Plan(ctx)
	took := time.Since(start)
	if err != nil || p.Doubt != nil || p.Rows() != n {
		b.Fatalf("planned %d of %d rows: %v %v", p.Rows(), n, err, p.Doubt)
	}
	fmt.Fprintf(os.Stdout, "BENCH retention_plan_s %.2f\n", took.Seconds())

	start = time.Now()
	r, err := sv.Run(ctx, sweep.Options{})
	took = time.Since(start)
	if err != nil || r.Erased() != n {
		b.Fatalf("erased %d of %d rows: %v", r.Erased(), n, err)
	}
	fmt.Fprintf(os.Stdout, "BENCH sweep_rows_per_s %.0f\n", float64(n)/took.Seconds())
}

// fill makes ten venues with texts of thirteen months ago, one statement for all.
// Indexes are made after the rows, in a tenth of the time.
func fill(ctx context.Context, db *sql.DB, n int) error {
	rows, err := db.QueryContext(ctx, `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'messages' AND indexname <> 'messages_pkey'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	// Not in parallel: a container has little memory to share.
	drop, make := "", "SET max_parallel_maintenance_workers = 0; "
	for rows.Next() {
		var name, def string
		if err := rows.Scan(&name, &def); err != nil {
			return err
		}
		drop += "DROP INDEX " + name + "; "
		make += def + "; "
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, statement := range []string{
		drop,
		`INSERT INTO businesses (id, name, legal_name, street, city, state, zip, zone, website, terms_url, privacy_url, help_contact,
			monthly_texts, serves_alcohol, sender, profile_id, status, registered, created)
		SELECT ('01800000-0000-7000-8000-00000000000' || b)::uuid, 'Venue', '', '', '', 0, '', 0, '', '', '', '', 4, false, 0, '', 1, true, now()
		FROM generate_series(0, 9) AS b`,
		fmt.Sprintf(`INSERT INTO messages (business_id, id, campaign_id, to_number, from_number, class, priority, state, segments, attempt,
			plan_key, due, not_after, planned, decided, submitted, settled, carrier_id, code, reason, media, body, lane)
		SELECT ('01800000-0000-7000-8000-00000000000' || i / (%[1]d / 10 + 1))::uuid,
			(lpad(to_hex((extract(epoch FROM now() - interval '13 months') * 1000)::bigint + i / 100), 12, '0') || '70008' || lpad(to_hex(i), 15, '0'))::uuid,
			'01900000-0000-7000-8000-000000000001', 15125550100 + i %% 100, 15125550199, 1, 1, 4, 1, 1,
			md5(i::text)::uuid, t, t, t, t, t, t, md5(i::text), '', '', '', 'Luna''s: two for one tacos tonight from five until they are gone. Reply STOP to opt out ' || i,
			'01900000-0000-7000-8000-000000000001'
		FROM generate_series(0, %[1]d - 1) AS i, (SELECT now() - interval '13 months' AS t) AS x`, n),
		make,
		`VACUUM (ANALYZE, PARALLEL 0) messages`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
