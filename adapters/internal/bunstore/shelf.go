package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/retention"
)

// shelf is the port [retention.Shelf].
type shelf struct{ *queries }

// Newest reads the carrier's clock from the newest webhooks: ours would agree
// with itself, however wrong.
func (s shelf) Newest(ctx context.Context) (newest, clock time.Time, err error) {
	const op = "Newest"
	var rows []struct {
		At stamp `bun:"at"`
	}
	err = s.rows(ctx, op, &rows, `SELECT n.occurred AS at FROM (SELECT occurred FROM inbox ORDER BY received DESC, id DESC LIMIT 50) AS n WHERE n.occurred IS NOT NULL
		UNION ALL SELECT at FROM sweeps WHERE business_id = ? AND pile = 0
		UNION ALL SELECT max(created) FROM businesses`, uuid{})
	if err != nil {
		return newest, clock, err
	}
	for _, r := range rows {
		if r.At.After(newest) {
			newest = r.At.Time
		}
	}
	if s.d.Clock == "" {
		return newest, clock, nil
	}
	rows = nil
	if err := s.rows(ctx, op, &rows, `SELECT ? AS at`, rawSQL(s.d.Clock)); err != nil || len(rows) == 0 {
		return newest, clock, err
	}
	return newest, rows[0].At.Time, nil
}

// Count counts in the key alone, which holds no instants: what was made before
// is at most what is due.
func (s shelf) Count(ctx context.Context, p retention.Pile, before time.Time) (int, error) {
	var rows []struct {
		N int `bun:"n"`
	}
	query, args := "", []any(nil)
	perBusiness := func(from string) {
		query = `SELECT coalesce(sum((SELECT count(*) FROM ` + from + ` AS x WHERE x.business_id = b.id AND x.id > coalesce(m.mark, ?) AND x.id < ?)), 0) AS n
			FROM (SELECT id FROM businesses UNION ALL SELECT ?) AS b LEFT JOIN sweeps AS m ON m.business_id = b.id AND m.pile = ?`
		args = []any{uuid{}, uuid(retention.Bound(before)), uuid{}, int(p)}
	}
	switch p {
	case retention.WordsPile, retention.TextsPile:
		perBusiness(`messages`)
	case retention.WebhooksPile:
		query, args = `SELECT count(*) AS n FROM inbox WHERE received < ? AND handled IS NOT NULL`, []any{stamp{before}}
	case retention.TalkPile:
		query, args = `SELECT count(*) AS n FROM thread_items WHERE at < ?`, []any{stamp{before}}
	case retention.RequestsPile:
		query, args = `SELECT count(*) AS n FROM privacy_requests WHERE closed < ?`, []any{stamp{before}}
	case retention.ClicksPile:
		query, args = `SELECT count(DISTINCT message_id) AS n FROM links WHERE COALESCE(opened, made) < ?`, []any{stamp{before}}
	case retention.PicturesPile:
		query, args = `SELECT count(*) AS n FROM media WHERE state = 2 AND thread_id = ? AND due < ?`, []any{uuid{}, stamp{before}}
	case retention.DecisionsPile:
		perBusiness(`(SELECT business_id, id FROM evidence_records WHERE kind IN (3, 4, 5) AND NOT erased)`)
	case retention.ConsentPile:
		query, args = `SELECT count(*) AS n FROM consent_events WHERE at < ? AND kind <> ?`, []any{stamp{before}, int(consent.Revoked)}
	case retention.RevocationsPile:
		query, args = `SELECT count(*) AS n FROM consent_events WHERE at < ? AND kind = ?`, []any{stamp{before}, int(consent.Revoked)}
	default:
		return 0, nil
	}
	if err := s.rows(ctx, "Count", &rows, query, args...); err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].N, nil
}

func (s shelf) Next(ctx context.Context, p retention.Pile, b core.BusinessID, after retention.Place, before time.Time, n int, raw bool) ([]retention.Item, error) {
	if n <= 0 {
		return nil, nil
	}
	switch p {
	case retention.WordsPile, retention.TextsPile:
		return s.texts(ctx, p, b, after, before, n)
	case retention.WebhooksPile:
		return s.webhooks(ctx, after, before, n, raw)
	case retention.TalkPile:
		return s.talk(ctx, b, after, before, n)
	case retention.RequestsPile:
		return s.requests(ctx, b, after, before, n)
	case retention.ClicksPile:
		return s.clicks(ctx, b, after, before, n)
	case retention.PicturesPile:
		return s.pictures(ctx, b, after, before, n)
	}
	return nil, nil
}

// clicks are one item for each text that has links.
func (s shelf) clicks(ctx context.Context, b core.BusinessID, after retention.Place, before time.Time, n int) ([]retention.Item, error) {
	var rows []struct {
		Message  uuid  `bun:"message_id"`
		Number   int64 `bun:"number"`
		Campaign uuid  `bun:"campaign_id"`
		Made     stamp `bun:"made"`
		Last     stamp `bun:"last"`
	}
	err := s.rows(ctx, "Next", &rows, `SELECT message_id, max(number) AS number, campaign_id, min(made) AS made, max(COALESCE(opened, made)) AS last FROM links
		WHERE business_id = ? AND message_id > ? AND message_id < ? GROUP BY message_id, campaign_id ORDER BY message_id LIMIT ?`,
		uuid(b), uuid(after.ID), uuid(retention.Bound(before)), n)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(rows))
	for i, r := range rows {
		out[i] = retention.Item{
			ID: core.UUID(r.Message), Open: !r.Last.Before(before),
			Thing: retention.Thing{Business: b, Number: number(r.Number), Campaign: core.CampaignID(r.Campaign), At: r.Made.Time, Until: r.Last.Time},
		}
	}
	return out, nil
}

func (s shelf) texts(ctx context.Context, p retention.Pile, b core.BusinessID, after retention.Place, before time.Time, n int) ([]retention.Item, error) {
	var rows []struct {
		ID        uuid  `bun:"id"`
		To        int64 `bun:"to_number"`
		Campaign  uuid  `bun:"campaign_id"`
		State     int   `bun:"state"`
		Planned   stamp `bun:"planned"`
		Decided   stamp `bun:"decided"`
		Submitted stamp `bun:"submitted"`
		Settled   stamp `bun:"settled"`
	}
	words := rawSQL("")
	if p == retention.WordsPile {
		words = `AND (body <> '' OR media <> '')`
	}
	err := s.rows(ctx, "Next", &rows, `SELECT id, to_number, campaign_id, state, planned, decided, submitted, settled FROM messages
		WHERE business_id = ? AND id > ? AND id < ? ? ORDER BY id LIMIT ?`, uuid(b), uuid(after.ID), uuid(retention.Bound(before)), words, n)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(rows))
	for i, r := range rows {
		last := r.Planned.Time
		for _, t := range []stamp{r.Decided, r.Submitted, r.Settled} {
			if t.After(last) {
				last = t.Time
			}
		}
		out[i] = retention.Item{
			ID:    core.UUID(r.ID),
			Thing: retention.Thing{Business: b, Number: number(r.To), Campaign: core.CampaignID(r.Campaign), At: r.Planned.Time, Until: last},
			Open:  r.State == 1 || r.State == 2 || !last.Before(before),
		}
	}
	return out, nil
}

// talk looks at every item: the ids of what guests wrote are made of the events
// that it came in, and say nothing of time.
func (s shelf) talk(ctx context.Context, b core.BusinessID, after retention.Place, before time.Time, n int) ([]retention.Item, error) {
	var rows []struct {
		ID     uuid  `bun:"id"`
		Number int64 `bun:"number"`
		At     stamp `bun:"at"`
	}
	err := s.rows(ctx, "Next", &rows, `SELECT i.id, coalesce((SELECT number FROM threads AS t WHERE t.business_id = i.business_id AND t.id = i.thread_id), 0) AS number, i.at
		FROM thread_items AS i WHERE i.business_id = ? AND i.id > ? AND i.at < ? ORDER BY i.id LIMIT ?`, uuid(b), uuid(after.ID), stamp{before}, n)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(rows))
	for i, r := range rows {
		out[i] = retention.Item{ID: core.UUID(r.ID), Thing: retention.Thing{Business: b, Number: number(r.Number), At: r.At.Time}}
	}
	return out, nil
}

func (s shelf) webhooks(ctx context.Context, after retention.Place, before time.Time, n int, raw bool) ([]retention.Item, error) {
	var rows []struct {
		ID       string `bun:"id"`
		Received stamp  `bun:"received"`
		Handled  stamp  `bun:"handled"`
		Raw      []byte `bun:"raw"`
	}
	body := rawSQL("NULL AS raw")
	if raw {
		body = "raw"
	}
	query, args := `SELECT id, received, handled, ? FROM inbox WHERE received < ?`, []any{body, stamp{before}}
	if !after.At.IsZero() {
		query += ` AND (received, id) > (?, ?)`
		args = append(args, stamp{after.At}, text(after.Event))
	}
	if err := s.rows(ctx, "Next", &rows, query+` ORDER BY received, id LIMIT ?`, append(args, n)...); err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(rows))
	for i, r := range rows {
		out[i] = retention.Item{
			Event: r.ID, Raw: r.Raw, Thing: retention.Thing{At: r.Received.Time, Until: r.Handled.Time}, Open: r.Handled.IsZero(),
		}
	}
	return out, nil
}

func (s shelf) requests(ctx context.Context, b core.BusinessID, after retention.Place, before time.Time, n int) ([]retention.Item, error) {
	var rows []struct {
		ID     uuid  `bun:"id"`
		Number int64 `bun:"number"`
		At     stamp `bun:"at"`
		Closed stamp `bun:"closed"`
	}
	err := s.rows(ctx, "Next", &rows, `SELECT id, number, at, closed FROM privacy_requests
		WHERE business_id = ? AND id > ? AND id < ? ORDER BY id LIMIT ?`, uuid(b), uuid(after.ID), uuid(retention.Bound(before)), n)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(rows))
	for i, r := range rows {
		out[i] = retention.Item{
			ID: core.UUID(r.ID), Thing: retention.Thing{Business: b, Number: number(r.Number), At: r.At.Time, Until: r.Closed.Time},
			Open: r.Closed.IsZero() || !r.Closed.Before(before),
		}
	}
	return out, nil
}

// pictures are those that campaigns had: they belong to no conversation.
func (s shelf) pictures(ctx context.Context, b core.BusinessID, after retention.Place, before time.Time, n int) ([]retention.Item, error) {
	ms, err := pictures(s).read(ctx, "Next", `WHERE business_id = ? AND thread_id = ? AND state = 2 AND id > ? AND id < ? ORDER BY id LIMIT ?`,
		uuid(b), uuid{}, uuid(after.ID), uuid(retention.Bound(before)), n)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Item, len(ms))
	for i, m := range ms {
		out[i] = retention.Item{
			ID: core.UUID(m.ID), Thing: retention.Thing{Business: b, Campaign: core.CampaignID(m.Item), At: m.Made, Until: m.Due}, Open: !m.Due.Before(before),
		}
	}
	return out, nil
}

func (s shelf) Purge(ctx context.Context, p retention.Pile, b core.BusinessID, items []retention.Item) (int, error) {
	const op = "Purge"
	if s.readOnly {
		return 0, s.denied(op)
	}
	if len(items) == 0 {
		return 0, nil
	}
	ids := tuples(items, func(r *row, i retention.Item) {
		if p == retention.WebhooksPile {
			r.text(i.Event)
			return
		}
		r.id(i.ID)
	})
	switch p {
	case retention.WordsPile:
		return s.exec(ctx, op, `WITH v (b, i) AS (?)`+s.d.change(`messages`, `state NOT IN (1, 2)`, `body = '', media = ''`),
			tuples(items, func(r *row, i retention.Item) {
				r.id(b)
				r.id(i.ID)
			}))
	case retention.TalkPile:
		return s.purgeTalk(ctx, op, b, ids)
	case retention.TextsPile:
		return s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM messages
			WHERE business_id = ? AND id IN (SELECT v.i FROM v) AND state NOT IN (1, 2)`, ids, uuid(b))
	case retention.WebhooksPile:
		return s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM inbox WHERE id IN (SELECT v.i FROM v) AND handled IS NOT NULL`, ids)
	case retention.ClicksPile:
		if _, err := s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM links WHERE business_id = ? AND message_id IN (SELECT v.i FROM v)`, ids, uuid(b)); err != nil {
			return 0, err
		}
		return len(items), nil // one text may have several
	case retention.PicturesPile:
		return s.exec(ctx, op, `WITH v (i, d) AS (?) UPDATE media SET state = 4, url = '' FROM v WHERE business_id = ? AND id = v.i AND state = 2 AND thread_id = ? AND due = v.d`,
			tuples(items, func(r *row, i retention.Item) {
				r.id(i.ID)
				r.time(i.Until)
			}), uuid(b), uuid{})
	case retention.RequestsPile:
		return s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM privacy_requests
			WHERE business_id = ? AND id IN (SELECT v.i FROM v) AND closed IS NOT NULL`, ids, uuid(b))
	}
	return 0, nil
}

// purgeTalk takes what conversations are found by first, while it can still be
// told whose they are.
func (s shelf) purgeTalk(ctx context.Context, op string, b core.BusinessID, ids any) (int, error) {
	_, err := s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM thread_words WHERE business_id = ?
		AND thread_id IN (SELECT thread_id FROM thread_items WHERE business_id = ? AND id IN (SELECT v.i FROM v)) AND item_id IN (SELECT v.i FROM v)`, ids, uuid(b), uuid(b))
	if err != nil {
		return 0, err
	}
	// What came with them goes too, but not before its bytes.
	_, err = s.exec(ctx, op, `WITH v (i) AS (?) UPDATE media SET state = 4, url = '' FROM v WHERE business_id = ? AND item_id = v.i`, ids, uuid(b))
	if err != nil {
		return 0, err
	}
	_, err = s.exec(ctx, op, `WITH v (i) AS (?) UPDATE threads SET last = '' WHERE business_id = ?
		AND id IN (SELECT thread_id FROM thread_items WHERE business_id = ? AND id IN (SELECT v.i FROM v))
		AND NOT EXISTS (SELECT 1 FROM thread_items AS i WHERE i.business_id = threads.business_id AND i.thread_id = threads.id AND i.id NOT IN (SELECT v.i FROM v))`,
		ids, uuid(b), uuid(b))
	if err != nil {
		return 0, err
	}
	return s.exec(ctx, op, `WITH v (i) AS (?) DELETE FROM thread_items WHERE business_id = ? AND id IN (SELECT v.i FROM v)`, ids, uuid(b))
}

func (s shelf) LastTexts(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]retention.Standing, error) {
	const op = "LastTexts"
	if len(numbers) == 0 {
		return nil, nil
	}
	pairs := tuples(unique(numbers), func(r *row, n core.Number) { writePair(r, core.Pair{Business: b, Number: n}) })
	var rows []struct {
		Number int64 `bun:"number"`
		State  int   `bun:"state"`
		Last   stamp `bun:"last"`
	}
	err := s.rows(ctx, op, &rows, `WITH v (b, n) AS (?) SELECT v.n AS number,
		coalesce((SELECT state FROM subscribers AS u WHERE u.business_id = v.b AND u.number = v.n), 0) AS state,
		(SELECT max(coalesce(m.decided, m.planned)) FROM messages AS m WHERE m.business_id = v.b AND m.to_number = v.n) AS last FROM v`, pairs)
	if err != nil {
		return nil, err
	}
	out := make(map[core.Number]retention.Standing, len(rows))
	for _, r := range rows {
		if r.State != 0 || !r.Last.IsZero() {
			out[number(r.Number)] = retention.Standing{Subscribed: consent.State(r.State) == consent.Active || consent.State(r.State) == consent.Pending, LastText: r.Last.Time}
		}
	}
	return out, nil
}

func (s shelf) Forget(ctx context.Context, b core.BusinessID, events []core.EventID) error {
	if len(events) == 0 && !s.readOnly {
		return nil
	}
	_, err := s.exec(ctx, "Forget", `WITH v (i) AS (?) DELETE FROM consent_events WHERE business_id = ? AND id IN (SELECT v.i FROM v)`,
		tuples(events, func(r *row, id core.EventID) { r.id(id) }), uuid(b))
	return err
}

func (s shelf) Mark(ctx context.Context, b core.BusinessID, p retention.Pile) (retention.Mark, error) {
	var rows []struct {
		Mark uuid  `bun:"mark"`
		At   stamp `bun:"at"`
	}
	err := s.rows(ctx, "Mark", &rows, `SELECT mark, at FROM sweeps WHERE business_id = ? AND pile = ?`, uuid(b), int(p))
	if err != nil || len(rows) == 0 {
		return retention.Mark{}, err
	}
	return retention.Mark{ID: core.UUID(rows[0].Mark), At: rows[0].At.Time}, nil
}

func (s shelf) SetMark(ctx context.Context, b core.BusinessID, p retention.Pile, m retention.Mark) error {
	_, err := s.exec(ctx, "SetMark", `INSERT INTO sweeps (business_id, pile, mark, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (business_id, pile) DO UPDATE SET mark = excluded.mark, at = excluded.at`, uuid(b), int(p), uuid(m.ID), stamp{m.At})
	return err
}

func (s shelf) ClearMarks(ctx context.Context, b core.BusinessID) error {
	_, err := s.exec(ctx, "ClearMarks", `DELETE FROM sweeps WHERE business_id = ? AND pile <> 0`, uuid(b))
	return err
}
