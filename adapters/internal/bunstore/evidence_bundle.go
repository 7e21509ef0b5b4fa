package bunstore

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// A bundle is a few records of one business and one campaign, which one
// transaction wrote. They are compressed together: each decision of a campaign
// says nearly what the one before it says, so that of its two kilobytes some
// hundred bytes are left, and the database writes one row where it would write
// sixty-four.
type bundle struct {
	business core.BusinessID
	campaign core.CampaignID
	n        int64 // the place of the first record; the others' follow
	size     int   // of the bodies, in bytes
	records  []evidence.Record
}

// bundleSize is the most records in a bundle, and the distance of their places.
// Whoever reads one record unpacks its bundle. headSize is the length of what
// the column heads holds of each.
const (
	bundleSize = 64
	headSize   = 16 + len(evidence.Hash{})
	// bundleBytes bounds the bodies in a bundle, but for one that is longer by
	// itself.
	bundleBytes = 4 << 20
)

// bundleOf returns the place of the bundle that a record's place is in.
func bundleOf(n int64) int64 { return n &^ (bundleSize - 1) }

// bundles sorts records into bundles, and keeps their order in each.
func bundles(rs []evidence.Record) []*bundle {
	type key struct {
		business core.BusinessID
		campaign core.CampaignID
	}
	var out []*bundle
	open := make(map[key]*bundle)
	for _, r := range rs {
		k := key{r.Business, r.Campaign}
		b := open[k]
		if b == nil || len(b.records) == bundleSize || b.size+len(r.Body) > bundleBytes {
			b = &bundle{business: r.Business, campaign: r.Campaign}
			out, open[k] = append(out, b), b
		}
		b.records, b.size = append(b.records, r), b.size+len(r.Body)
	}
	return out
}

func (b *bundle) heads() []byte {
	out := make([]byte, 0, len(b.records)*headSize)
	for i := range b.records {
		out = append(append(out, b.records[i].ID[:]...), b.records[i].Commitment[:]...)
	}
	return out
}

// zipper is safe for concurrent use.
var zipper = sync.OnceValue(func() *zstd.Encoder {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<18)) //nolint:errcheck // only impossible options are errors, and these are not
	return e
})

// maxContent bounds what a bundle unpacks to, many times what is ever packed: a
// body holds at most one webhook, which is a megabyte.
const maxContent = 64 << 20

// unzipper is safe for concurrent use.
var unzipper = sync.OnceValue(func() *zstd.Decoder {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxContent)) //nolint:errcheck // likewise: only impossible options are errors
	return d
})

// content is everything that the other columns do not say: of each record kind,
// instant, number, text, and, unless it is erased, salt and body.
func (b *bundle) content() []byte {
	size := 0
	for i := range b.records {
		size += len(b.records[i].Body) + 64
	}
	raw := make([]byte, 0, size)
	for i := range b.records {
		r := &b.records[i]
		raw = append(raw, byte(r.Kind))
		raw = binary.BigEndian.AppendUint64(raw, uint64(r.At.UnixMicro()))
		raw = binary.BigEndian.AppendUint64(raw, r.Number.Digits())
		raw = append(raw, r.Message[:]...)
		if r.Erased() {
			raw = append(raw, 0)
			continue
		}
		raw = binary.AppendUvarint(raw, uint64(len(r.Body))+1)
		raw = append(raw, r.Salt[:]...)
		raw = append(raw, r.Body...)
	}
	return zipper().EncodeAll(raw, make([]byte, 0, 16<<10))
}

type bundleRow struct {
	Business uuid   `bun:"business_id"`
	N        int64  `bun:"n"`
	TxID     int64  `bun:"txid"`
	Count    int    `bun:"count"`
	Campaign uuid   `bun:"campaign_id"`
	Heads    []byte `bun:"heads"`
	Content  []byte `bun:"content"`
}

const (
	bundleHeads   = `business_id, n, txid, count, heads`
	bundleColumns = `business_id, n, count, campaign_id, heads, content`
)

// head returns id and commitment of the i-th record.
func (r *bundleRow) head(i int) (id core.RecordID, c evidence.Hash) {
	h := r.Heads[i*headSize : (i+1)*headSize]
	copy(id[:], h)
	copy(c[:], h[len(id):])
	return id, c
}

// whole reports whether the row can be read at all.
func (r *bundleRow) whole() bool { return len(r.Heads) == r.Count*headSize }

// unpack reads a bundle. It fails where the row was changed from outside.
func (l *ledger) unpack(op string, row *bundleRow) (*bundle, error) {
	b := &bundle{business: core.BusinessID(row.Business), campaign: core.CampaignID(row.Campaign), n: row.N, records: make([]evidence.Record, row.Count)}
	raw, err := unzipper().DecodeAll(row.Content, nil)
	in := reader{b: raw, failed: err != nil || !row.whole()}
	for i := range b.records {
		if in.failed {
			break
		}
		r := &b.records[i]
		r.Business, r.Campaign = b.business, b.campaign
		r.ID, r.Commitment = row.head(i)
		r.Kind = evidence.Kind(in.byte())
		r.At = time.UnixMicro(int64(in.uint64())).UTC()
		r.Number = number(int64(in.uint64()))
		copy(r.Message[:], in.take(len(r.Message)))
		if size := in.uvarint(); size > 0 {
			copy(r.Salt[:], in.take(len(r.Salt)))
			r.Body = slices.Clip(in.take(int(size - 1)))
		}
	}
	if in.failed || len(in.b) > 0 {
		return nil, core.E(l.d.Name+"."+op, core.Internal, "a bundle of records cannot be read: the database was changed from outside; restore it from a backup")
	}
	return b, nil
}

// A reader takes values from the front of b, and notes that there are too few.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if r.failed || n < 0 || n > len(r.b) {
		r.failed = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 || x > maxContent {
		r.failed = true
		return 0
	}
	r.b = r.b[n:]
	return x
}

// A recordPlace says where a record is.
type recordPlace struct {
	Business uuid  `bun:"business_id"`
	ID       uuid  `bun:"id"`
	N        int64 `bun:"n"`
}

// bundleKeys are those of the bundles that records are in, each once.
func bundleKeys(ps []recordPlace) []recordPlace {
	keys := make([]recordPlace, len(ps))
	for i, p := range ps {
		keys[i] = recordPlace{Business: p.Business, N: bundleOf(p.N)}
	}
	return unique(keys)
}

func writeBundleKey(r *row, p recordPlace) {
	r.id(p.Business)
	r.int(p.N)
}

// bundlesAtOnce is how many bundles are held in memory: a few megabytes.
const bundlesAtOnce = 64

// eachBundle reads the bundles that records are in, a few at a time, by the
// columns that are given.
func (l *ledger) eachBundle(ctx context.Context, op, columns string, lock bool, ps []recordPlace, f func(*bundleRow) error) error {
	for batch := range slices.Chunk(bundleKeys(ps), bundlesAtOnce) {
		var rows []bundleRow
		err := l.rows(ctx, op, &rows, `WITH v (b, k) AS (?) `+l.d.lookup(columns, `evidence_bundles WHERE business_id = v.b AND n = v.k`, lock),
			tuples(batch, writeBundleKey))
		if err != nil {
			return err
		}
		for i := range rows {
			if err := f(&rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// load reads the records of places, in their order.
func (l *ledger) load(ctx context.Context, op string, ps []recordPlace) ([]evidence.Record, error) {
	if len(ps) == 0 {
		return nil, nil
	}
	at := make(map[int64]int, len(ps))
	for i, p := range ps {
		at[p.N] = i
	}
	out := make([]evidence.Record, len(ps))
	found := 0
	err := l.eachBundle(ctx, op, bundleColumns, false, ps, func(row *bundleRow) error {
		b, err := l.unpack(op, row)
		if err != nil {
			return err
		}
		for i, r := range b.records {
			if to, ok := at[b.n+int64(i)]; ok {
				r.Body = slices.Clone(r.Body) // not the whole bundle's memory
				out[to] = r
				found++
			}
		}
		return nil
	})
	if err == nil && found != len(ps) {
		err = core.E(l.d.Name+"."+op, core.Internal, "a record that was written is not there any more: the database was changed from outside")
	}
	return out, err
}
