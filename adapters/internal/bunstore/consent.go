package bunstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
)

// consentLog is the port [consent.Log].
type consentLog struct{ *queries }

// Append folds each guest's whole history anew: events may come out of order,
// and a fold of all of them is right whatever came before.
func (l consentLog) Append(ctx context.Context, events []consent.Event) error {
	const op = "Append"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(events, chunk) {
		if err := l.append(ctx, op, batch); err != nil {
			return err
		}
	}
	return nil
}

func (l consentLog) append(ctx context.Context, op string, events []consent.Event) error {
	pairs := make([]core.Pair, len(events))
	for i, e := range events {
		pairs[i] = core.Pair{Business: e.Business, Number: e.Number}
	}
	histories, err := l.histories(ctx, op, unique(pairs))
	if err != nil {
		return err
	}
	fresh, changed := merge(histories, events)
	if len(fresh) == 0 {
		return nil
	}
	n, err := l.exec(ctx, op, `INSERT INTO consent_events (`+eventColumns+`) ? ON CONFLICT (business_id, id) DO NOTHING`, tuples(fresh, writeEvent))
	if err != nil {
		return err
	}
	if n != len(fresh) {
		// Within the guest's own history ids were compared, so it is another's.
		return core.E(l.d.Name+"."+op, core.Conflict, "an event with this id is already kept for another guest")
	}
	subs := make([]consent.Subscriber, len(changed))
	for i, p := range changed {
		subs[i] = consent.Subscriber{Business: p.Business, Number: p.Number, Standing: consent.Fold(histories[p])}
	}
	_, err = l.exec(ctx, op, `INSERT INTO subscribers (`+subscriberColumns+`) ?
		ON CONFLICT (business_id, number) DO UPDATE SET
			state = excluded.state, since = excluded.since, scope = excluded.scope, method = excluded.method,
			disclosure = excluded.disclosure, event_id = excluded.event_id, proven = excluded.proven,
			venue_state = excluded.venue_state, venue_zone = excluded.venue_zone,
			age_gate = excluded.age_gate, age_at = excluded.age_at, joined = excluded.joined, keyword = excluded.keyword, promised = excluded.promised,
			revision = subscribers.revision + 1`, tuples(subs, writeSubscriber))
	return err
}

// merge adds to the histories the events that they lack, and returns those and
// the guests they are about.
func merge(histories map[core.Pair][]consent.Event, events []consent.Event) (fresh []consent.Event, changed []core.Pair) {
	type key struct {
		business core.BusinessID
		id       core.EventID
	}
	known := make(map[key]bool)
	for _, h := range histories {
		for _, e := range h {
			known[key{e.Business, e.ID}] = true
		}
	}
	for _, e := range events {
		if k := (key{e.Business, e.ID}); !known[k] {
			known[k] = true
			p := core.Pair{Business: e.Business, Number: e.Number}
			histories[p] = append(histories[p], e)
			fresh, changed = append(fresh, e), append(changed, p)
		}
	}
	return fresh, unique(changed)
}

func (l consentLog) histories(ctx context.Context, op string, pairs []core.Pair) (map[core.Pair][]consent.Event, error) {
	var rows []eventRow
	err := l.rows(ctx, op, &rows, `WITH v (b, n) AS (?) `+
		l.d.lookup(eventColumns, `consent_events WHERE business_id = v.b AND number = v.n`, false), tuples(pairs, writePair))
	if err != nil {
		return nil, err
	}
	out := make(map[core.Pair][]consent.Event, len(pairs))
	for _, r := range rows {
		e := r.event()
		p := core.Pair{Business: e.Business, Number: e.Number}
		out[p] = append(out[p], e)
	}
	return out, nil
}

// History is in the order of the instants, and of one instant in the order of
// the ids.
func (l consentLog) History(ctx context.Context, p core.Pair) ([]consent.Event, error) {
	var rows []eventRow
	err := l.rows(ctx, "History", &rows, `SELECT `+eventColumns+` FROM consent_events
		WHERE business_id = ? AND number = ? ORDER BY at, id`, uuid(p.Business), int64(p.Number.Digits()))
	if err != nil {
		return nil, err
	}
	out := make([]consent.Event, len(rows))
	for i, r := range rows {
		out[i] = r.event()
	}
	return out, nil
}

// Lock takes two kinds of lock. The row of a guest who is there is locked by
// FOR UPDATE. A guest who is not there has no row, so the first statement takes
// an advisory lock in its place. Whoever waits for an advisory lock holds no
// rows, and both kinds are taken in one order, so no two callers can wait for
// each other. Rows that appeared in the meantime are seen by the second
// statement.
func (l consentLog) Lock(ctx context.Context, pairs []core.Pair) ([]consent.Subscriber, error) {
	const op = "Lock"
	if len(pairs) == 0 {
		return nil, nil
	}
	pairs = unique(pairs)
	slices.SortFunc(pairs, func(x, y core.Pair) int {
		return cmp.Or(bytes.Compare(x.Business[:], y.Business[:]), cmp.Compare(x.Number.Digits(), y.Number.Digits()))
	})
	lock := l.d.LocksRows && !l.readOnly
	if lock {
		if err := l.lockMissing(ctx, op, pairs); err != nil {
			return nil, err
		}
	}
	return l.subscribers(ctx, op, `WITH v (b, n) AS (?) `+
		l.d.lookup(subscriberColumns, `subscribers WHERE business_id = v.b AND number = v.n`, lock), tuples(pairs, writePair))
}

func (l consentLog) lockMissing(ctx context.Context, op string, pairs []core.Pair) error {
	_, err := l.exec(ctx, op, `WITH v (b, n, h) AS (?)
		SELECT pg_advisory_xact_lock(missing.h) FROM (
			SELECT v.h FROM v
			WHERE (SELECT s.number FROM subscribers AS s WHERE s.business_id = v.b AND s.number = v.n) IS NULL
			ORDER BY v.h
		) AS missing`, tuples(pairs, func(r *row, p core.Pair) {
		writePair(r, p)
		r.int(lockOf(p))
	}))
	return err
}

// lockOf is the advisory lock of a pair. Two pairs with one lock only wait for
// each other without need.
func lockOf(p core.Pair) int64 {
	h := fnv.New64a()
	h.Write(p.Business[:])
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], p.Number.Digits())
	h.Write(b[:])
	return int64(h.Sum64())
}

func (l consentLog) Subscriber(ctx context.Context, p core.Pair) (consent.Subscriber, error) {
	const op = "Subscriber"
	subs, err := l.subscribers(ctx, op, `SELECT `+subscriberColumns+` FROM subscribers WHERE business_id = ? AND number = ?`,
		uuid(p.Business), int64(p.Number.Digits()))
	if err != nil {
		return consent.Subscriber{}, err
	}
	if len(subs) == 0 {
		return consent.Subscriber{}, l.notFound(op, "subscriber")
	}
	return subs[0], nil
}

func (l consentLog) Subscribers(ctx context.Context, b core.BusinessID, q consent.Query, n int) ([]consent.Subscriber, error) {
	if n <= 0 {
		return nil, nil
	}
	query := `SELECT ` + subscriberColumns + ` FROM subscribers WHERE business_id = ? AND number > ?`
	args := []any{uuid(b), int64(q.After.Digits())}
	if q.State != consent.Never {
		query += ` AND state = ?`
		args = append(args, int(q.State))
	}
	if !q.JoinedBefore.IsZero() {
		query += ` AND joined < ?`
		args = append(args, stamp{q.JoinedBefore})
	}
	if q.Last4 != "" {
		end, err := strconv.ParseUint(q.Last4, 10, 63)
		if err != nil || len(q.Last4) > 15 {
			return nil, nil // no number ends so
		}
		query += ` AND number % ? = ?`
		args = append(args, rawSQL("1"+strings.Repeat("0", len(q.Last4))), int64(end))
	}
	return l.subscribers(ctx, "Subscribers", query+` ORDER BY number LIMIT ?`, append(args, n)...)
}

func (l consentLog) subscribers(ctx context.Context, op, query string, args ...any) ([]consent.Subscriber, error) {
	var rows []subscriberRow
	if err := l.rows(ctx, op, &rows, query, args...); err != nil {
		return nil, err
	}
	out := make([]consent.Subscriber, len(rows))
	for i, r := range rows {
		out[i] = r.subscriber()
	}
	return out, nil
}
