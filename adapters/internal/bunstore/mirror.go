package bunstore

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/suppression"
)

// mirror is the port [suppression.Mirror].
type mirror struct{ *queries }

func (m mirror) Pass(ctx context.Context, b core.BusinessID) (suppression.Pass, error) {
	const op = "Pass"
	var rows []struct {
		Pass    int64  `bun:"pass"`
		Page    int    `bun:"page"`
		Started stamp  `bun:"started"`
		Ended   stamp  `bun:"ended"`
		Counts  string `bun:"counts"`
	}
	err := m.rows(ctx, op, &rows, `SELECT pass, page, started, ended, counts FROM carrier_passes WHERE business_id = ?`, uuid(b))
	if err != nil || len(rows) == 0 {
		return suppression.Pass{}, err
	}
	r := rows[0]
	p := suppression.Pass{Business: b, N: r.Pass, Page: r.Page, Started: r.Started.Time, Ended: r.Ended.Time}
	if err := json.Unmarshal([]byte(r.Counts), &p.Counts); err != nil {
		return p, core.E(m.d.Name+"."+op, core.Internal, "")
	}
	return p, nil
}

func (m mirror) SavePass(ctx context.Context, p suppression.Pass) error {
	counts, err := json.Marshal(p.Counts)
	if err != nil {
		return core.Wrap(m.d.Name+".SavePass", core.Internal, "", err)
	}
	_, err = m.exec(ctx, "SavePass", `INSERT INTO carrier_passes (business_id, pass, page, started, ended, counts) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (business_id) DO UPDATE SET pass = excluded.pass, page = excluded.page, started = excluded.started,
			ended = excluded.ended, counts = excluded.counts`,
		uuid(p.Business), p.N, p.Page, stamp{p.Started}, stamp{p.Ended}, text(counts))
	return err
}

func (m mirror) See(ctx context.Context, pass int64, pairs []core.Pair) error {
	const op = "See"
	if m.readOnly {
		return m.denied(op)
	}
	// In one order, so that two who write the same page never wait for each other.
	pairs = unique(pairs)
	slices.SortFunc(pairs, func(x, y core.Pair) int {
		return cmp.Or(slices.Compare(x.Business[:], y.Business[:]), cmp.Compare(x.Number.Digits(), y.Number.Digits()))
	})
	for batch := range slices.Chunk(pairs, chunk) {
		_, err := m.exec(ctx, op, `WITH v (b, n) AS (?)
			INSERT INTO carrier_optouts (business_id, number, pass) SELECT b, n, ? FROM v WHERE true
			ON CONFLICT (business_id, number) DO UPDATE SET pass = excluded.pass WHERE carrier_optouts.pass < excluded.pass`,
			tuples(batch, writePair), pass)
		if err != nil {
			return err
		}
	}
	return nil
}

func (m mirror) Unlisted(ctx context.Context, b core.BusinessID, pass int64) (map[suppression.Reason]int, error) {
	var rows []struct {
		Reason int `bun:"reason"`
		N      int `bun:"n"`
	}
	own := rawSQL(`business_id <> ?`)
	if !b.IsZero() {
		own = `business_id = ?`
	}
	err := m.rows(ctx, "Unlisted", &rows, `SELECT reason, count(*) AS n FROM suppressions s
		WHERE s.`+string(own)+` AND lifted IS NULL AND reason IN (?, ?) AND NOT EXISTS (SELECT 1 FROM carrier_optouts c
			WHERE c.business_id = s.business_id AND c.number = s.number AND c.pass >= ?) GROUP BY reason`,
		uuid(b), int(suppression.OptOut), int(suppression.Carrier), pass)
	out := make(map[suppression.Reason]int, len(rows))
	for _, r := range rows {
		out[suppression.Reason(r.Reason)] = r.N
	}
	return out, err
}

func (m mirror) Forget(ctx context.Context, b core.BusinessID, pass int64) error {
	query := `DELETE FROM carrier_optouts WHERE pass < ?`
	args := []any{pass}
	if !b.IsZero() {
		query += ` AND business_id = ?`
		args = append(args, uuid(b))
	}
	_, err := m.exec(ctx, "Forget", query, args...)
	return err
}
