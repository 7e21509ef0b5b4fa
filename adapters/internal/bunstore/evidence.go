package bunstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// ledger is the port [evidence.Ledger].
type ledger struct {
	*queries
	taken []position // of what Unsealed returned last, for Seal in the same transaction
}

// A position is where a record stands among all: first by the transaction that
// wrote it, which is 0 where there is one writer.
type position struct {
	id      core.RecordID
	txid, n int64
}

type recordRow struct {
	Business   uuid    `bun:"business_id"`
	ID         uuid    `bun:"id"`
	N          int64   `bun:"n"`
	Kind       int     `bun:"kind"`
	At         stamp   `bun:"at"`
	Number     int64   `bun:"number"`
	Message    uuid    `bun:"message_id"`
	Campaign   uuid    `bun:"campaign_id"`
	Salt       uuid    `bun:"salt"`
	Commitment []byte  `bun:"commitment"`
	Body       content `bun:"body"`
}

const recordColumns = `business_id, id, n, kind, at, coalesce(number, 0) AS number, message_id, campaign_id, salt, commitment, body`

func (r recordRow) record() evidence.Record {
	out := evidence.Record{
		ID: core.RecordID(r.ID), Business: core.BusinessID(r.Business), Kind: evidence.Kind(r.Kind), At: r.At.Time,
		Number: number(r.Number), Message: core.MessageID(r.Message), Campaign: core.CampaignID(r.Campaign),
		Body: r.Body, Salt: evidence.Salt(r.Salt),
	}
	copy(out.Commitment[:], r.Commitment)
	return out
}

// Append leaves it to the key to pass over what is there.
func (l *ledger) Append(ctx context.Context, rs []evidence.Record) error {
	const op = "Append"
	if l.readOnly {
		return l.denied(op)
	}
	const columns = `INSERT INTO evidence_records (business_id, id, kind, at, number, message_id, campaign_id, salt, commitment, body) `
	const once = ` ON CONFLICT (business_id, id) DO NOTHING`
	for batch := range slices.Chunk(rs, chunk) {
		tx, ok := l.db.(bun.Tx)
		if l.d.Bulk == nil || !ok {
			if _, err := l.exec(ctx, op, columns+`?`+once, tuples(batch, writeRecord)); err != nil {
				return err
			}
			continue
		}
		var k recordColumnsOf
		for _, r := range batch {
			k.add(r)
		}
		rows, err := l.d.Bulk(ctx, tx.Tx, columns+`SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[],
			$6::uuid[], $7::uuid[], $8::uuid[], $9::bytea[], $10::text[])`+once,
			k.businesses, k.ids, k.kinds, k.ats, k.numbers, k.messages, k.campaigns, k.salts, k.commitments, k.bodies)
		if err != nil {
			return l.d.fail(op, err)
		}
		// There are no rows; what went wrong meanwhile comes with either.
		if err := errors.Join(rows.Close(), rows.Err()); err != nil {
			return l.d.fail(op, err)
		}
	}
	return nil
}

// recordColumnsOf are records as columns, for Bulk. Nil is NULL.
type recordColumnsOf struct {
	businesses, ids            [][16]byte
	kinds                      []int16
	ats                        []time.Time
	numbers                    []*int64
	messages, campaigns, salts []*[16]byte
	commitments, bodies        [][]byte
}

func (k *recordColumnsOf) add(e evidence.Record) {
	k.businesses, k.ids = append(k.businesses, e.Business), append(k.ids, e.ID)
	k.kinds, k.ats = append(k.kinds, int16(e.Kind)), append(k.ats, e.At.Truncate(time.Microsecond))
	var number *int64
	if !e.Number.IsZero() {
		n := int64(e.Number.Digits())
		number = &n
	}
	k.numbers = append(k.numbers, number)
	k.messages, k.campaigns = append(k.messages, orNull(e.Message)), append(k.campaigns, orNull(e.Campaign))
	k.commitments = append(k.commitments, e.Commitment[:])
	if e.Erased() {
		k.salts, k.bodies = append(k.salts, nil), append(k.bodies, nil)
		return
	}
	salt := [16]byte(e.Salt)
	k.salts, k.bodies = append(k.salts, &salt), append(k.bodies, e.Body)
}

// orNull is nil for the zero id.
func orNull[T ~[16]byte](id T) *[16]byte {
	if id == (T{}) {
		return nil
	}
	u := [16]byte(id)
	return &u
}

func writeRecord(r *row, e evidence.Record) {
	r.id(e.Business)
	r.id(e.ID)
	r.int(int64(e.Kind))
	r.time(e.At)
	if e.Number.IsZero() {
		r.null("bigint")
	} else {
		r.number(e.Number)
	}
	r.idOrNull(e.Message)
	r.idOrNull(e.Campaign)
	if e.Erased() {
		r.null("uuid")
	} else {
		r.id(e.Salt)
	}
	r.blob(e.Commitment[:])
	if e.Erased() {
		r.null("text")
	} else {
		r.text(string(e.Body))
	}
}

func (l *ledger) records(ctx context.Context, op, where string, args ...any) ([]evidence.Record, error) {
	var rows []recordRow
	if err := l.rows(ctx, op, &rows, `SELECT `+recordColumns+` FROM evidence_records `+where, args...); err != nil {
		return nil, err
	}
	out := make([]evidence.Record, len(rows))
	for i, r := range rows {
		out[i] = r.record()
	}
	return out, nil
}

func (l *ledger) OfMessage(ctx context.Context, b core.BusinessID, id core.MessageID) ([]evidence.Record, error) {
	return l.records(ctx, "OfMessage", `WHERE business_id = ? AND message_id = ? ORDER BY at, id`, uuid(b), uuid(id))
}

// OfPair sorts what it finds: the index holds no instants, since a guest has a
// few hundred records at most, and each send would pay for them.
func (l *ledger) OfPair(ctx context.Context, p core.Pair, after core.RecordID, n int) ([]evidence.Record, error) {
	if n <= 0 {
		return nil, nil
	}
	where, args := `WHERE business_id = ? AND number = ?`, []any{uuid(p.Business), int64(p.Number.Digits())}
	if !after.IsZero() {
		where += ` AND (at, id) > (SELECT last.at, last.id FROM evidence_records AS last WHERE last.business_id = ? AND last.id = ?)`
		args = append(args, uuid(p.Business), uuid(after))
	}
	return l.records(ctx, "OfPair", where+` ORDER BY at, id LIMIT ?`, append(args, n)...)
}

func (l *ledger) OfCampaign(ctx context.Context, b core.BusinessID, c core.CampaignID, after core.RecordID, n int) ([]evidence.Record, error) {
	if n <= 0 {
		return nil, nil
	}
	return l.records(ctx, "OfCampaign", `WHERE business_id = ? AND campaign_id = ? AND id > ? ORDER BY id LIMIT ?`, uuid(b), uuid(c), uuid(after), n)
}

func (l *ledger) Last(ctx context.Context, b core.BusinessID, k evidence.Kind, ids []core.MessageID) (map[core.MessageID]core.RecordID, error) {
	type last struct {
		ID core.RecordID
		At time.Time
	}
	newest := make(map[core.MessageID]last, len(ids))
	for batch := range slices.Chunk(unique(ids), chunk) {
		var rows []struct {
			Message uuid  `bun:"message_id"`
			ID      uuid  `bun:"id"`
			At      stamp `bun:"at"`
		}
		err := l.rows(ctx, "Last", &rows, `WITH v (m) AS (?) `+l.d.lookup(`message_id, id, at`, `evidence_records WHERE business_id = ? AND message_id = v.m AND kind = ?`, false),
			tuples(batch, func(r *row, id core.MessageID) { r.id(id) }), uuid(b), int(k))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			id, at := core.MessageID(r.Message), r.At.Time
			if was := newest[id]; was.ID.IsZero() || cmp.Or(at.Compare(was.At), bytes.Compare(r.ID[:], was.ID[:])) > 0 {
				newest[id] = last{core.RecordID(r.ID), at}
			}
		}
	}
	out := make(map[core.MessageID]core.RecordID, len(newest))
	for id, l := range newest {
		out[id] = l.ID
	}
	return out, nil
}

func (l *ledger) Erase(ctx context.Context, b core.BusinessID, ids []core.RecordID) error {
	const op = "Erase"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(ids, chunk) {
		_, err := l.exec(ctx, op, `WITH v (i) AS (?) UPDATE evidence_records SET body = NULL, salt = NULL, number = NULL
			WHERE business_id = ? AND id IN (SELECT v.i FROM v)`,
			tuples(batch, func(r *row, id core.RecordID) { r.id(id) }), uuid(b))
		if err != nil {
			return err
		}
	}
	return nil
}

type checkpointRow struct {
	Size int64  `bun:"size"`
	Root []byte `bun:"root"`
	At   stamp  `bun:"at"`
	Note []byte `bun:"note"`
	TxID int64  `bun:"txid"`
	N    int64  `bun:"n"`
}

func (r checkpointRow) checkpoint() evidence.Checkpoint {
	c := evidence.Checkpoint{Size: r.Size, At: r.At.Time, Note: r.Note}
	copy(c.Root[:], r.Root)
	return c
}

// newest is the zero row where there is none.
func (l *ledger) newest(ctx context.Context, op, where string, args ...any) (checkpointRow, error) {
	var rows []checkpointRow
	err := l.rows(ctx, op, &rows, `SELECT size, root, at, note, txid, n FROM evidence_checkpoints `+where+` LIMIT 1`, args...)
	if err != nil || len(rows) == 0 {
		return checkpointRow{}, err
	}
	return rows[0], nil
}

const bySize = `ORDER BY size DESC`

func (l *ledger) Head(ctx context.Context) (evidence.Checkpoint, error) {
	r, err := l.newest(ctx, "Head", bySize)
	return r.checkpoint(), err
}

func (l *ledger) Checkpoint(ctx context.Context, t time.Time) (evidence.Checkpoint, error) {
	r, err := l.newest(ctx, "Checkpoint", `WHERE at <= ? ORDER BY at DESC, size DESC`, stamp{t})
	return r.checkpoint(), err
}

func (l *ledger) Tiles(ctx context.Context, ts []evidence.TileID) (map[evidence.TileID][]byte, error) {
	out := make(map[evidence.TileID][]byte, len(ts))
	if len(ts) == 0 {
		return out, nil
	}
	var rows []struct {
		Level int    `bun:"level"`
		N     int64  `bun:"n"`
		Data  []byte `bun:"data"`
	}
	err := l.rows(ctx, "Tiles", &rows, `WITH v (l, k) AS (?) `+l.d.lookup(`level, n, data`, `evidence_tiles WHERE level = v.l AND n = v.k`, false),
		tuples(unique(ts), func(r *row, t evidence.TileID) {
			r.int(int64(t.Level))
			r.int(t.N)
		}))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[evidence.TileID{Level: r.Level, N: r.N}] = r.Data
	}
	return out, nil
}
