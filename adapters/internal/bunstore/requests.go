package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/privacy"
)

// requests is the port [privacy.Log].
type requests struct{ *queries }

type requestRow struct {
	Business     uuid   `bun:"business_id"`
	ID           uuid   `bun:"id"`
	Number       int64  `bun:"number"`
	Kind         int    `bun:"kind"`
	Source       string `bun:"source"`
	Words        string `bun:"words"`
	Reason       string `bun:"reason"`
	By           uuid   `bun:"entered_by"`
	At           stamp  `bun:"at"`
	Acknowledged stamp  `bun:"acknowledged"`
	Extended     stamp  `bun:"extended"`
	Closed       stamp  `bun:"closed"`
	ClosedBy     uuid   `bun:"closed_by"`
	Outcome      string `bun:"outcome"`
}

const requestColumns = `business_id, id, number, kind, source, words, reason, entered_by, at, acknowledged, extended, closed, closed_by, outcome`

func (r requestRow) request() privacy.Request {
	return privacy.Request{
		ID: core.RecordID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number), Kind: privacy.Kind(r.Kind),
		Source: r.Source, Words: r.Words, Reason: r.Reason, By: core.UserID(r.By), At: r.At.Time, Acknowledged: r.Acknowledged.Time,
		Extended: r.Extended.Time, Closed: r.Closed.Time, ClosedBy: core.UserID(r.ClosedBy), Outcome: r.Outcome,
	}
}

func (s requests) Add(ctx context.Context, x privacy.Request) error {
	_, err := s.exec(ctx, "Requests.Add", `INSERT INTO privacy_requests (`+requestColumns+`) ?`, tuples([]privacy.Request{x}, func(r *row, x privacy.Request) {
		r.id(x.Business)
		r.id(x.ID)
		r.number(x.Number)
		r.int(int64(x.Kind))
		r.text(x.Source)
		r.text(x.Words)
		r.text(x.Reason)
		r.idOrNull(x.By)
		r.time(x.At)
		r.time(x.Acknowledged)
		r.time(x.Extended)
		r.time(x.Closed)
		r.idOrNull(x.ClosedBy)
		r.text(x.Outcome)
	}))
	return err
}

func (s requests) Save(ctx context.Context, x privacy.Request) error {
	const op = "Requests.Save"
	n, err := s.exec(ctx, op, `UPDATE privacy_requests SET words = ?, acknowledged = ?, extended = ?, closed = ?, closed_by = ?, outcome = ?
		WHERE business_id = ? AND id = ? AND closed IS NULL`, text(x.Words), stamp{x.Acknowledged}, stamp{x.Extended}, stamp{x.Closed},
		orNil(x.ClosedBy), text(x.Outcome), uuid(x.Business), uuid(x.ID))
	if err != nil || n > 0 {
		return err
	}
	if _, err := s.Request(ctx, x.Business, x.ID); err != nil {
		return err
	}
	return core.E(s.d.Name+"."+op, core.Conflict, "this request was answered already")
}

func (s requests) Request(ctx context.Context, b core.BusinessID, id privacy.RequestID) (privacy.Request, error) {
	const op = "Request"
	rs, err := s.list(ctx, op, `business_id = ? AND id = ?`, uuid(b), uuid(id))
	if err == nil && len(rs) == 0 {
		return privacy.Request{}, s.notFound(op, "request")
	}
	if err != nil {
		return privacy.Request{}, err
	}
	return rs[0], nil
}

func (s requests) Open(ctx context.Context, b core.BusinessID, n int) ([]privacy.Request, error) {
	if n <= 0 {
		return nil, nil
	}
	if b.IsZero() {
		return s.list(ctx, "Open", `closed IS NULL ORDER BY at, id LIMIT ?`, n)
	}
	return s.list(ctx, "Open", `business_id = ? AND closed IS NULL ORDER BY at, id LIMIT ?`, uuid(b), n)
}

func (s requests) List(ctx context.Context, b core.BusinessID, n int) ([]privacy.Request, error) {
	if n <= 0 {
		return nil, nil
	}
	return s.list(ctx, "List", `business_id = ? ORDER BY at DESC, id DESC LIMIT ?`, uuid(b), n)
}

func (s requests) OfPair(ctx context.Context, p core.Pair) ([]privacy.Request, error) {
	return s.list(ctx, "OfPair", `business_id = ? AND number = ? ORDER BY at, id`, uuid(p.Business), int64(p.Number.Digits()))
}

func (s requests) list(ctx context.Context, op, where string, args ...any) ([]privacy.Request, error) {
	var rows []requestRow
	if err := s.rows(ctx, op, &rows, `SELECT `+requestColumns+` FROM privacy_requests WHERE `+where, args...); err != nil {
		return nil, err
	}
	var out []privacy.Request
	for _, r := range rows {
		out = append(out, r.request())
	}
	return out, nil
}
