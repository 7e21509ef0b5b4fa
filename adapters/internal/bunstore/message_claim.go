package bunstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// A claim looks which campaigns have something due, shares the places among
// them, and takes each one's oldest texts. The column lane is a message's
// campaign, or zeros: with it the queue (in Postgres the table messages_waiting,
// in SQLite the index messages_lane) lists campaigns without reading their texts, so that a paused one costs one look, however long it is.

// rounds is how often places that a campaign did not need are offered to the
// others. What is left then waits for the next claim.
const rounds = 4

// laneTake is a lane, how many places it has, and the last text it gave.
type laneTake struct {
	message.Lane
	n   int
	due time.Time
	id  core.MessageID
}

func (b box) claim(ctx context.Context, op string, priority int, now time.Time, n int) ([]message.Message, error) {
	lanes, err := b.lanes(ctx, op, priority, now)
	if err != nil {
		return nil, err
	}
	var out []message.Message
	for range rounds {
		if len(out) >= n || len(lanes) == 0 {
			break
		}
		asked := share(lanes, n-len(out))
		ms, err := b.takeLanes(ctx, op, priority, now, asked)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
		lanes = slices.DeleteFunc(lanes, func(l *laneTake) bool { return !l.gave(ms) })
	}
	slices.SortFunc(out, func(x, y message.Message) int { return cmp.Or(x.Due.Compare(y.Due), bytes.Compare(x.ID[:], y.ID[:])) })
	return out, nil
}

// share gives the places out and returns the lanes that got one.
func share(lanes []*laneTake, n int) []*laneTake {
	plain := make([]message.Lane, len(lanes))
	for i, l := range lanes {
		plain[i] = l.Lane
	}
	var asked []*laneTake
	for i, places := range message.Share(plain, n) {
		if lanes[i].n = places; places > 0 {
			asked = append(asked, lanes[i])
		}
	}
	return asked
}

// gave notes the last text that the lane gave, and reports whether it may have
// more.
func (l *laneTake) gave(ms []message.Message) bool {
	got := 0
	for _, m := range ms {
		if m.Business != l.Business || m.Campaign != l.Campaign {
			continue
		}
		got++
		if m.Due.After(l.due) || m.Due.Equal(l.due) && bytes.Compare(m.ID[:], l.id[:]) > 0 {
			l.due, l.id = m.Due, m.ID
		}
	}
	return got == l.n
}

// lanes are those that have something due and are not paused.
func (b box) lanes(ctx context.Context, op string, priority int, now time.Time) ([]*laneTake, error) {
	var rows []struct {
		Business uuid  `bun:"business_id"`
		Lane     uuid  `bun:"lane"`
		Due      stamp `bun:"due"`
	}
	// A recursive walk from each lane to the next: one look into the index each.
	// There is no other index of what waits: on a table that was just filled, the
	// planner would take one by due and read the whole backlog.
	walk := `WITH RECURSIVE l (business_id, lane, due) AS (
			(SELECT business_id, lane, due FROM messages_waiting WHERE priority = ?0 ORDER BY business_id, lane, due LIMIT 1)
			UNION ALL
			SELECT x.business_id, x.lane, x.due FROM l CROSS JOIN LATERAL (
				SELECT m.business_id, m.lane, m.due FROM messages_waiting m
				WHERE m.priority = ?0 AND (m.business_id, m.lane) > (l.business_id, l.lane)
				ORDER BY m.business_id, m.lane, m.due LIMIT 1) x
		)`
	if !b.d.LocksRows { // and no LATERAL either: the walk goes by rowid
		walk = `WITH RECURSIVE w (r) AS (
			SELECT * FROM (SELECT rowid FROM messages WHERE state = 1 AND priority = ?0 ORDER BY business_id, lane, due LIMIT 1)
			UNION ALL
			SELECT (SELECT m.rowid FROM messages m
				WHERE m.state = 1 AND m.priority = ?0 AND (m.business_id, m.lane) > (p.business_id, p.lane)
				ORDER BY m.business_id, m.lane, m.due LIMIT 1)
			FROM w JOIN messages p ON p.rowid = w.r
		), l AS (SELECT m.business_id, m.lane, m.due FROM w JOIN messages m ON m.rowid = w.r)`
	}
	paced := ""
	if priority == priorityRest { // answers wait for no rate
		paced = ` AND NOT EXISTS (SELECT 1 FROM meters k WHERE k.business_id IN (l.business_id, ?2) AND k.not_before > ?1)`
	}
	err := b.rows(ctx, op, &rows, walk+` SELECT business_id, lane, due FROM l WHERE due <= ?1 AND NOT EXISTS (
			SELECT 1 FROM campaigns c WHERE c.business_id = l.business_id AND c.id = l.lane AND c.status = 3 AND c.not_after > ?1)`+paced,
		priority, stamp{now}, uuid{})
	if err != nil {
		return nil, err
	}
	out := make([]*laneTake, len(rows))
	for i, r := range rows {
		out[i] = &laneTake{Lane: message.Lane{Business: core.BusinessID(r.Business), Campaign: core.CampaignID(r.Lane), Due: r.Due.Time}, due: time.Unix(0, 0)}
	}
	return out, nil
}

// takeLanes takes and locks from each lane as many as it has places, the oldest
// after the last one it gave.
func (b box) takeLanes(ctx context.Context, op string, priority int, now time.Time, lanes []*laneTake) ([]message.Message, error) {
	if b.d.LocksRows {
		var rows []messageRow
		err := b.take(ctx, op, &rows, `WITH v (b, l, n, d, i) AS (?)
			SELECT found.* FROM v CROSS JOIN LATERAL (
				SELECT m.* FROM (
					SELECT w.id FROM messages_waiting AS w WHERE w.priority = ? AND w.business_id = v.b AND w.lane = v.l AND w.due <= ? AND (w.due, w.id) > (v.d, v.i)
					ORDER BY w.due, w.id) AS w
				CROSS JOIN LATERAL (SELECT `+messageColumns+` FROM messages
					WHERE business_id = v.b AND id = w.id AND state = 1 OFFSET 0 FOR UPDATE SKIP LOCKED) AS m
				LIMIT v.n) AS found`,
			tuples(lanes, func(r *row, l *laneTake) {
				r.id(l.Business)
				r.id(l.Campaign)
				r.int(int64(l.n))
				r.time(l.due)
				r.id(l.id)
			}), priority, stamp{now})
		return messagesOf(rows), err
	}
	var out []message.Message
	for _, l := range lanes { // a file on the same machine: a question costs next to nothing
		ms, err := b.messages(ctx, op, `WHERE state = 1 AND priority = ? AND business_id = ? AND lane = ? AND due <= ? AND (due, id) > (?, ?)
			ORDER BY due, id LIMIT ?`, priority, uuid(l.Business), uuid(l.Campaign), stamp{now}, stamp{l.due}, uuid(l.id), l.n)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	return out, nil
}
