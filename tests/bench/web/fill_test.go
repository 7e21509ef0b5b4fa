package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jobfluss/nexo"
)

func campaignID(i int) string { return fmt.Sprintf("01900000-0000-7000-8000-0000000000%02d", 99-i) }

// fill makes the guests of a venue, ten campaigns to all of them, and what else
// pages show: opt-outs, tags. Rows go in as they are, and the figures that
// triggers keep are counted once at the end, as the migration does.
func fill(b *testing.B, d *nexo.Database, business string, n int) {
	b.Helper()
	biz := "'" + business + "'::uuid"
	var statements []string
	add := func(format string, args ...any) { statements = append(statements, fmt.Sprintf(format, args...)) }
	for _, table := range []string{"subscribers", "messages"} {
		add(`ALTER TABLE %s DISABLE TRIGGER USER`, table)
	}
	// One in twenty has opted out, one in a hundred joined at the patio.
	add(`INSERT INTO subscribers (business_id, number, state, since, scope, method, disclosure, event_id, proven, venue_state, venue_zone, age_gate, age_at, joined, revision, keyword, promised)
		SELECT %s, 12125550100 + i::bigint * 7, CASE WHEN i %% 20 = 0 THEN 2 ELSE 1 END, now() - i * interval '1 minute', 1, 1, NULL, NULL, true, 0, 0, 0, NULL,
			now() - interval '1 day' - i * interval '1 minute', 1, CASE WHEN i %% 100 = 0 THEN 'PATIO' ELSE 'LUNA' END, 8 FROM generate_series(1, %d) AS i`, biz, n)
	add(`INSERT INTO suppressions (business_id, id, number, reason, source, at) SELECT business_id,
			(lpad(to_hex((extract(epoch FROM since) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(number), 15, '0'))::uuid, number, 1, 'sms', since
		FROM subscribers WHERE state = 2`)
	add(`INSERT INTO guest_tags (business_id, number, tag) SELECT business_id, number, 'vip' FROM subscribers WHERE number %% 200 = 0`)
	for i := range 10 {
		add(`INSERT INTO campaigns (business_id, id, name, body, media, status, send_at, not_after, wall, audience, test, repeats, created, approved, segments, needs_age_gate, cursor_number, launched, planned, ended, revision)
			SELECT %s, '%s', 'Taco night %d', 'Luna''s Cantina: two for one tacos tonight. Reply STOP to opt out', '', 4, t, t + interval '1 day', '', '', '', '', t, t, 1, false, 0, t, %d, t + interval '1 hour', 5
			FROM (SELECT now() - interval '%d days' AS t) AS x`, biz, campaignID(i), i+1, n, i*3+1)
		// Of each hundred, one is blocked, one refused and one undelivered.
		add(`INSERT INTO messages (business_id, id, campaign_id, to_number, from_number, class, priority, state, segments, attempt, plan_key, due, not_after,
				planned, decided, submitted, settled, carrier_id, code, reason, media, body, lane)
			SELECT %[1]s, (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7000' || '8%03[3]d' || lpad(to_hex(row), 12, '0'))::uuid, '%[2]s'::uuid,
				number, 15125550100, 1, 1, CASE row %% 100 WHEN 0 THEN 7 WHEN 1 THEN 6 WHEN 2 THEN 5 ELSE 4 END, 1, 1, md5(row || '/%[3]d')::uuid, t, t, t, t, t, t, '', '',
				CASE row %% 100 WHEN 0 THEN 'consent.revoked' WHEN 1 THEN 'carrier_refused' ELSE '' END, '',
				'Luna''s Cantina: two for one tacos tonight. Reply STOP to opt out', '%[2]s'::uuid
			FROM (SELECT number, row_number() OVER () AS row FROM subscribers) AS s, (SELECT now() - interval '%[4]d days' AS t) AS x`, biz, campaignID(i), i, i*3+1)
	}
	add(`INSERT INTO campaign_figures SELECT business_id, campaign_id, arm, state, reason, 0, count(*) FROM messages WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5`)
	add(`INSERT INTO messages_apart SELECT business_id, campaign_id, state, id, reason FROM messages WHERE campaign_id IS NOT NULL AND state BETWEEN 5 AND 11`)
	add(`INSERT INTO subscriber_figures SELECT business_id, kind, hour, x.state, 0, count(*) FROM subscribers AS s
		CROSS JOIN LATERAL (VALUES (0, 0, s.state), (1, hour_of(joined), 0::SMALLINT), (2, CASE WHEN s.state IN (2, 3) THEN hour_of(since) END, 0::SMALLINT)) AS x (kind, hour, state)
		WHERE joined IS NOT NULL AND hour IS NOT NULL GROUP BY 1, 2, 3, 4`)
	for _, table := range []string{"subscribers", "messages"} {
		add(`ALTER TABLE %s ENABLE TRIGGER USER`, table)
	}
	for _, table := range strings.Fields("subscribers messages suppressions guest_tags campaigns campaign_figures subscriber_figures messages_apart") {
		add(`VACUUM (ANALYZE, PARALLEL 0) %s`, table)
	}
	for _, s := range statements {
		if _, err := d.SQL.ExecContext(b.Context(), s); err != nil {
			b.Fatalf("%.120s: %v", s, err)
		}
	}
}
