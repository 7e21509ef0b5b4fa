package bunstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun/schema"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/thread"
)

// threads is the port [thread.Book].
type threads struct{ *queries }

type threadRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Number   int64  `bun:"number"`
	State    int    `bun:"state"`
	Assignee uuid   `bun:"assignee"`
	Heard    int    `bun:"heard"`
	Read     int    `bun:"seen"`
	Asked    stamp  `bun:"asked"`
	At       stamp  `bun:"at"`
	Last     string `bun:"last"`
	By       int    `bun:"said_by"`
	Made     stamp  `bun:"made"`
}

const threadColumns = `business_id, id, number, state, assignee, heard, seen, asked, at, last, said_by, made`

func (r threadRow) thread() thread.Thread {
	return thread.Thread{
		ID: core.ThreadID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number),
		State: thread.State(r.State), Assignee: core.UserID(r.Assignee), Heard: r.Heard, Read: r.Read,
		Asked: r.Asked.Time, At: r.At.Time, Last: r.Last, By: thread.Side(r.By), Made: r.Made.Time,
	}
}

func (s threads) Add(ctx context.Context, t thread.Thread) error {
	_, err := s.exec(ctx, "Add", `INSERT INTO threads (`+threadColumns+`) ? ON CONFLICT (business_id, number) DO NOTHING`,
		tuples([]thread.Thread{t}, func(r *row, t thread.Thread) {
			r.id(t.Business)
			r.id(t.ID)
			r.number(t.Number)
			r.int(int64(t.State))
			r.idOrNull(t.Assignee)
			r.int(int64(t.Heard))
			r.int(int64(t.Read))
			r.time(t.Asked)
			r.time(t.At)
			r.text(t.Last)
			r.int(int64(t.By))
			r.time(t.Made)
		}))
	return err
}

func (s threads) OfGuest(ctx context.Context, p core.Pair) (thread.Thread, error) {
	return s.one(ctx, "OfGuest", `business_id = ? AND number = ?`, uuid(p.Business), int64(p.Number.Digits()))
}

func (s threads) Thread(ctx context.Context, b core.BusinessID, id core.ThreadID) (thread.Thread, error) {
	return s.one(ctx, "Thread", `business_id = ? AND id = ?`, uuid(b), uuid(id))
}

func (s threads) one(ctx context.Context, op, where string, args ...any) (thread.Thread, error) {
	lock := ""
	if s.d.LocksRows && !s.readOnly {
		lock = " FOR UPDATE"
	}
	var rows []threadRow
	if err := s.rows(ctx, op, &rows, `SELECT `+threadColumns+` FROM threads WHERE `+where+lock, args...); err != nil {
		return thread.Thread{}, err
	}
	if len(rows) == 0 {
		return thread.Thread{}, s.notFound(op, "conversation")
	}
	return rows[0].thread(), nil
}

func (s threads) Save(ctx context.Context, t thread.Thread) error {
	const op = "Save"
	n, err := s.exec(ctx, op, `UPDATE threads SET state = ?, assignee = ?, heard = ?, seen = ?, asked = ?, at = ?, last = ?, said_by = ?
		WHERE business_id = ? AND id = ?`,
		int(t.State), idOrNull(t.Assignee), t.Heard, t.Read, stamp{t.Asked}, stamp{t.At}, text(t.Last), int(t.By), uuid(t.Business), uuid(t.ID))
	if err == nil && n == 0 {
		return s.notFound(op, "conversation")
	}
	return err
}

// idOrNull is an id as an argument, NULL for none.
func idOrNull[K any](id core.ID[K]) any {
	if id.IsZero() {
		return rawSQL("NULL")
	}
	return uuid(id)
}

// List walks the threads of a business by time. What is looked for is asked of
// each, by the key of its words: who looks, looks at the newest first.
func (s threads) List(ctx context.Context, b core.BusinessID, q thread.Query, n int) ([]thread.Thread, error) {
	if n <= 0 {
		return nil, nil
	}
	where, args := filtered(q)
	if !q.After.IsZero() {
		where += ` AND (at, id) < (?, ?)`
		args = append(args, stamp{q.After.At}, uuid(q.After.ID))
	}
	if !q.Search.IsZero() {
		sought, more := searched(q.Search)
		where += ` AND (` + sought + `)`
		args = append(args, more...)
	}
	var rows []threadRow
	err := s.rows(ctx, "List", &rows, `SELECT `+threadColumns+` FROM threads WHERE business_id = ?`+where+` ORDER BY at DESC, id DESC LIMIT ?`,
		slices.Concat([]any{uuid(b)}, args, []any{n})...)
	if err != nil {
		return nil, err
	}
	out := make([]thread.Thread, len(rows))
	for i, r := range rows {
		out[i] = r.thread()
	}
	return out, nil
}

// filtered is a filter as the rest of a WHERE. 1 is Open, as in the indexes.
func filtered(q thread.Query) (string, []any) {
	switch q.Filter {
	case thread.Opened:
		return ` AND state = 1`, nil
	case thread.Ended:
		return ` AND state = 0`, nil
	case thread.Mine:
		return ` AND state = 1 AND assignee = ?`, []any{uuid(q.User)}
	case thread.Unassigned:
		return ` AND state = 1 AND assignee IS NULL`, nil
	case thread.WithUnread:
		return ` AND heard > seen`, nil
	}
	return "", nil
}

// after is greater than every word that begins with what stands before it.
const after = "\U0010FFFF"

func searched(q thread.Search) (string, []any) {
	var either []string
	var args []any
	if len(q.Words) > 0 {
		var all []string
		for _, w := range q.Words {
			all = append(all, `EXISTS (SELECT 1 FROM thread_words AS w WHERE w.business_id = threads.business_id AND w.thread_id = threads.id AND w.word >= ? AND w.word < ?)`)
			args = append(args, text(w), text(w+after))
		}
		either = append(either, joined(all, " AND "))
	}
	if q.Digits != "" {
		power, tail := int64(1), int64(0)
		for _, d := range q.Digits {
			power, tail = power*10, tail*10+int64(d-'0')
		}
		either = append(either, `number % ? = ?`)
		args = append(args, power, tail)
	}
	if q.Tag != "" {
		either = append(either, `EXISTS (SELECT 1 FROM guest_tags AS g WHERE g.business_id = threads.business_id AND g.number = threads.number AND g.tag = ?)`)
		args = append(args, text(string(q.Tag)))
	}
	return joined(either, " OR "), args
}

func joined(parts []string, by string) string {
	var b bytes.Buffer
	for i, p := range parts {
		if i > 0 {
			b.WriteString(by)
		}
		b.WriteString("(" + p + ")")
	}
	return b.String()
}

func (s threads) Counts(ctx context.Context, b core.BusinessID, u core.UserID) (thread.Counts, error) {
	var rows []struct {
		Open       int `bun:"o"`
		Mine       int `bun:"m"`
		Unassigned int `bun:"n"`
		Unread     int `bun:"u"`
	}
	// What is unread is open, or was closed at the same moment.
	err := s.rows(ctx, "Counts", &rows, `SELECT
		COALESCE(SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0) AS o,
		COALESCE(SUM(CASE WHEN state = 1 AND assignee = ? THEN 1 ELSE 0 END), 0) AS m,
		COALESCE(SUM(CASE WHEN state = 1 AND assignee IS NULL THEN 1 ELSE 0 END), 0) AS n,
		COALESCE(SUM(CASE WHEN heard > seen THEN 1 ELSE 0 END), 0) AS u
		FROM threads WHERE business_id = ? AND (state = 1 OR heard > seen)`, uuid(u), uuid(b))
	if err != nil || len(rows) == 0 {
		return thread.Counts{}, err
	}
	r := rows[0]
	return thread.Counts{Open: r.Open, Mine: r.Mine, Unassigned: r.Unassigned, Unread: r.Unread}, nil
}

func (s threads) Unread(ctx context.Context, b core.BusinessID) (int, error) {
	var n []int
	err := s.rows(ctx, "Unread", &n, `SELECT count(*) FROM threads WHERE business_id = ? AND heard > seen`, uuid(b))
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

type itemRow struct {
	ID     uuid   `bun:"id"`
	Thread uuid   `bun:"thread_id"`
	Kind   int    `bun:"kind"`
	At     stamp  `bun:"at"`
	Text   string `bun:"body"`
	By     uuid   `bun:"author"`
	As     int    `bun:"read_as"`
	Media  int    `bun:"media"`
}

func (s threads) Put(ctx context.Context, i thread.Item, words []string) (bool, error) {
	const op = "Put"
	n, err := s.exec(ctx, op, `INSERT INTO thread_items (business_id, id, thread_id, kind, at, body, author, read_as, media) ? ON CONFLICT (business_id, id) DO NOTHING`,
		tuples([]thread.Item{i}, func(r *row, i thread.Item) {
			r.id(i.Business)
			r.id(i.ID)
			r.id(i.Thread)
			r.int(int64(i.Kind))
			r.time(i.At)
			r.text(i.Text)
			r.idOrNull(i.By)
			r.int(int64(i.As))
			r.int(int64(i.Media))
		}))
	if err != nil || n == 0 || len(words) == 0 {
		return n > 0, err
	}
	_, err = s.exec(ctx, op, `INSERT INTO thread_words (business_id, thread_id, word, item_id) ? ON CONFLICT DO NOTHING`,
		tuples(words, func(r *row, w string) {
			r.id(i.Business)
			r.id(i.Thread)
			r.text(w)
			r.id(i.ID)
		}))
	return err == nil, err
}

func (s threads) Items(ctx context.Context, b core.BusinessID, t core.ThreadID, n int) ([]thread.Item, error) {
	return s.ItemsBefore(ctx, b, t, time.Time{}, n)
}

func (s threads) ItemsBefore(ctx context.Context, b core.BusinessID, t core.ThreadID, before time.Time, n int) ([]thread.Item, error) {
	if n <= 0 {
		return nil, nil
	}
	var rows []itemRow
	older, args := "", []any{uuid(b), uuid(t)}
	if !before.IsZero() {
		older, args = ` AND at < ?`, append(args, stamp{before})
	}
	err := s.rows(ctx, "Items", &rows, `SELECT id, thread_id, kind, at, body, author, read_as, media FROM thread_items
		WHERE business_id = ? AND thread_id = ?`+older+` ORDER BY at DESC, id DESC LIMIT ?`, append(args, n)...)
	if err != nil {
		return nil, err
	}
	out := make([]thread.Item, len(rows))
	for i, r := range rows {
		out[i] = thread.Item{
			ID: core.ItemID(r.ID), Business: b, Thread: core.ThreadID(r.Thread), Kind: thread.Kind(r.Kind), At: r.At.Time,
			Text: r.Text, By: core.UserID(r.By), As: thread.As(r.As), Media: r.Media,
		}
	}
	return out, nil
}

func (s threads) Erase(ctx context.Context, p core.Pair) error {
	const of = ` WHERE business_id = ? AND thread_id IN (SELECT id FROM threads WHERE business_id = ? AND number = ?)`
	b, n := uuid(p.Business), int64(p.Number.Digits())
	if _, err := s.exec(ctx, "Erase", `UPDATE media SET state = 4, url = ''`+of, b, b, n); err != nil {
		return err
	}
	for _, table := range []rawSQL{"thread_words", "thread_items"} {
		if _, err := s.exec(ctx, "Erase", `DELETE FROM ?`+of, table, b, b, n); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, "Erase", `DELETE FROM threads WHERE business_id = ? AND number = ?`, b, n)
	return err
}

// Touch writes in the order of the ids, so that two that touch the same do not
// wait for each other crosswise.
func (s threads) Touch(ctx context.Context, bs []core.BusinessID) error {
	if len(bs) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "Touch", `INSERT INTO thread_marks (business_id, mark) ?
		ON CONFLICT (business_id) DO UPDATE SET mark = thread_marks.mark + 1`, businessList(bs, func(r *row) { r.int(1) }))
	return err
}

func (s threads) Marks(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error) {
	if len(bs) == 0 {
		return nil, nil
	}
	var rows []struct {
		Business uuid  `bun:"business_id"`
		Mark     int64 `bun:"mark"`
	}
	err := s.rows(ctx, "Marks", &rows, `SELECT business_id, mark FROM thread_marks WHERE business_id IN (?)`, businessList(bs, func(*row) {}))
	if err != nil {
		return nil, err
	}
	out := make(map[core.BusinessID]int64, len(bs))
	for _, b := range bs {
		out[b] = 0
	}
	for _, r := range rows {
		out[core.BusinessID(r.Business)] = r.Mark
	}
	return out, nil
}

func businessList(bs []core.BusinessID, more func(*row)) schema.QueryAppender {
	bs = unique(bs)
	slices.SortFunc(bs, func(x, y core.BusinessID) int { return bytes.Compare(x[:], y[:]) })
	return tuples(bs, func(r *row, b core.BusinessID) {
		r.id(b)
		more(r)
	})
}
