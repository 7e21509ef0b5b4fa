package bunstore

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
)

// What pages count. A database with many venues keeps these figures as they
// change; one of a single place counts them when they are asked for.

// Count leaves out who wrote and never joined: nobody's audience.
func (l consentLog) Count(ctx context.Context, b core.BusinessID) (map[consent.State]int, error) {
	query := `SELECT state, count(*) AS n FROM subscribers WHERE business_id = ? AND joined IS NOT NULL GROUP BY state`
	if l.d.LocksRows {
		query = `SELECT state, sum(n) AS n FROM subscriber_figures WHERE business_id = ? AND kind = 0 GROUP BY state HAVING sum(n) <> 0`
	}
	var rows []struct {
		State int `bun:"state"`
		N     int `bun:"n"`
	}
	if err := l.rows(ctx, "Count", &rows, query, uuid(b)); err != nil {
		return nil, err
	}
	out := make(map[consent.State]int, len(rows))
	for _, r := range rows {
		out[consent.State(r.State)] = r.N
	}
	return out, nil
}

func (l consentLog) Flow(ctx context.Context, b core.BusinessID, from time.Time) ([]consent.Hour, error) {
	var rows []struct {
		Kind int   `bun:"kind"`
		Hour int64 `bun:"hour"`
		N    int   `bun:"n"`
	}
	hour := from.Unix() / 3600
	var err error
	if l.d.LocksRows {
		err = l.rows(ctx, "Flow", &rows, `SELECT kind, hour, sum(n) AS n FROM subscriber_figures
			WHERE business_id = ? AND kind IN (1, 2) AND hour >= ? GROUP BY kind, hour HAVING sum(n) <> 0 ORDER BY hour`, uuid(b), hour)
	} else {
		start := stamp{time.Unix(hour*3600, 0).UTC()}
		err = l.rows(ctx, "Flow", &rows, `SELECT 1 AS kind, joined / 3600000000 AS hour, count(*) AS n FROM subscribers
			WHERE business_id = ? AND joined >= ? GROUP BY hour
			UNION ALL SELECT 2, since / 3600000000 AS hour, count(*) FROM subscribers
			WHERE business_id = ? AND joined IS NOT NULL AND state IN (2, 3) AND since >= ? GROUP BY hour ORDER BY 2`, uuid(b), start, uuid(b), start)
	}
	if err != nil {
		return nil, err
	}
	var out []consent.Hour
	for _, r := range rows {
		at := time.Unix(r.Hour*3600, 0).UTC()
		if len(out) == 0 || !out[len(out)-1].At.Equal(at) {
			out = append(out, consent.Hour{At: at})
		}
		if h := &out[len(out)-1]; r.Kind == 1 {
			h.Joined = r.N
		} else {
			h.Left = r.N
		}
	}
	return out, nil
}

// Newest has one index for each way to narrow the list: see the migration.
func (l consentLog) Newest(ctx context.Context, b core.BusinessID, q consent.Listing, n int) ([]consent.Subscriber, error) {
	if n <= 0 {
		return nil, nil
	}
	query := `SELECT ` + subscriberColumns + ` FROM subscribers WHERE business_id = ? AND joined IS NOT NULL`
	args := []any{uuid(b)}
	if !q.Before.Joined.IsZero() {
		query += ` AND (joined, number) < (?, ?)`
		args = append(args, stamp{q.Before.Joined}, int64(q.Before.Number.Digits()))
	}
	if q.State != consent.Never {
		query += ` AND state = ?`
		args = append(args, int(q.State))
	}
	if !q.Since.IsZero() {
		query += ` AND joined >= ?`
		args = append(args, stamp{q.Since})
	}
	if q.Last4 != "" {
		end, err := strconv.ParseUint(q.Last4, 10, 63)
		if err != nil || len(q.Last4) > 15 {
			return nil, nil // no number ends so
		}
		query += ` AND number % ? = ?`
		args = append(args, rawSQL("1"+strings.Repeat("0", len(q.Last4))), int64(end))
	}
	if q.Keyword != "" {
		query += ` AND keyword = ?`
		args = append(args, text(q.Keyword))
	}
	if q.Tag != "" {
		query += ` AND number IN (SELECT number FROM guest_tags WHERE business_id = ? AND tag = ?)`
		args = append(args, uuid(b), text(q.Tag))
	}
	return l.subscribers(ctx, "Newest", query+` ORDER BY joined DESC, number DESC LIMIT ?`, append(args, n)...)
}

// A figureRow is how many of a campaign's texts are in a state for a reason.
type figureRow struct {
	Campaign uuid   `bun:"campaign_id"`
	Arm      int    `bun:"arm"`
	State    int    `bun:"state"`
	Reason   string `bun:"reason"`
	N        int    `bun:"n"`
}

func (b box) figures(ctx context.Context, op string, business core.BusinessID, cs []core.CampaignID) ([]figureRow, error) {
	if len(cs) == 0 {
		return nil, nil
	}
	n, table, having := `count(*)`, `messages`, ``
	if b.d.LocksRows {
		n, table, having = `sum(n)`, `campaign_figures`, ` HAVING sum(n) <> 0`
	}
	var rows []figureRow
	err := b.rows(ctx, op, &rows, `SELECT campaign_id, arm, state, reason, `+n+` AS n FROM `+table+`
		WHERE business_id = ? AND campaign_id IN (?) GROUP BY campaign_id, arm, state, reason`+having,
		uuid(business), tuples(unique(cs), func(r *row, id core.CampaignID) { r.id(id) }))
	return rows, err
}

func newTally() message.Tally {
	return message.Tally{ByState: make(map[message.State]int), ByReason: make(map[message.Reason]int)}
}

func (r figureRow) addTo(t message.Tally) {
	s := message.State(r.State)
	t.ByState[s] += r.N
	t.ByReason[message.Reason{State: s, Code: r.Reason}] += r.N
}

func (b box) Tally(ctx context.Context, business core.BusinessID, c core.CampaignID) (message.Tally, error) {
	t := newTally()
	rows, err := b.figures(ctx, "Tally", business, []core.CampaignID{c})
	for _, r := range rows {
		r.addTo(t)
	}
	return t, err
}

func (b box) Tallies(ctx context.Context, business core.BusinessID, cs []core.CampaignID) (map[core.CampaignID]message.Tally, error) {
	rows, err := b.figures(ctx, "Tallies", business, cs)
	if err != nil {
		return nil, err
	}
	out := make(map[core.CampaignID]message.Tally)
	for _, r := range rows {
		c := core.CampaignID(r.Campaign)
		if _, ok := out[c]; !ok {
			out[c] = newTally()
		}
		r.addTo(out[c])
	}
	return out, nil
}

func (b box) Arms(ctx context.Context, business core.BusinessID, c core.CampaignID) (map[message.Arm]message.Tally, error) {
	rows, err := b.figures(ctx, "Arms", business, []core.CampaignID{c})
	if err != nil {
		return nil, err
	}
	out := make(map[message.Arm]message.Tally)
	for _, r := range rows {
		a := message.Arm(r.Arm)
		if _, ok := out[a]; !ok {
			out[a] = newTally()
		}
		r.addTo(out[a])
	}
	return out, nil
}

// apart reports whether a state is one of those that messages_apart lists.
func apart(s message.State) bool { return s >= message.Undelivered && s <= message.Unconfirmed }

// peopleApart lists who stands apart from those whose text went, without a walk
// over these: done is false where the list may hold others.
func (b box) peopleApart(ctx context.Context, business core.BusinessID, c core.CampaignID, q message.PeopleQuery, n int) (out []message.Message, done bool, err error) {
	states := q.States
	if !b.d.LocksRows || len(states) == 0 && q.Reason == "" {
		return nil, false, nil
	}
	if q.Reason != "" {
		if states, err = b.statesOf(ctx, business, c, q); err != nil {
			return nil, false, err
		}
	}
	if slices.ContainsFunc(states, func(s message.State) bool { return !apart(s) }) {
		return nil, false, nil
	}
	var ids []struct {
		ID uuid `bun:"id"`
	}
	for _, s := range states {
		query, args := `SELECT id FROM messages_apart WHERE business_id = ? AND campaign_id = ? AND state = ? AND id > ?`, []any{uuid(business), uuid(c), int(s), uuid(q.After)}
		if q.Reason != "" {
			query, args = query+` AND reason = ?`, append(args, text(q.Reason))
		}
		var some []struct {
			ID uuid `bun:"id"`
		}
		if err := b.rows(ctx, "People", &some, query+` ORDER BY id LIMIT ?`, append(args, n)...); err != nil {
			return nil, false, err
		}
		ids = append(ids, some...)
	}
	if len(ids) == 0 {
		return nil, true, nil
	}
	out, err = b.messages(ctx, "People", `WHERE business_id = ? AND id IN (?) ORDER BY id LIMIT ?`, uuid(business),
		tuples(ids, func(r *row, x struct {
			ID uuid `bun:"id"`
		}) {
			r.id(x.ID)
		}), n)
	return out, true, err
}

// statesOf are those in which a campaign has texts with the reason, of the
// states that are asked for.
func (b box) statesOf(ctx context.Context, business core.BusinessID, c core.CampaignID, q message.PeopleQuery) ([]message.State, error) {
	t, err := b.Tally(ctx, business, c)
	var out []message.State
	for r, n := range t.ByReason {
		if r.Code == q.Reason && n > 0 && (len(q.States) == 0 || slices.Contains(q.States, r.State)) {
			out = append(out, r.State)
		}
	}
	slices.Sort(out)
	return out, err
}
