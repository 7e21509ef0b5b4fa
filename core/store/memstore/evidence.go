package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// records is what is kept of the ledger.
type records struct {
	all        table[recordKey, evidence.Record]
	order      table[void, []recordKey] // as they were appended, which is as they are sealed
	byMessage  table[messageKey, []recordKey]
	byPair     table[core.Pair, []recordKey]
	byCampaign table[campaignKey, []recordKey]

	leaves      table[recordKey, evidence.Leaf]
	bySeq       table[core.BusinessID, []recordKey]
	tiles       table[evidence.TileID, []byte]
	checkpoints table[void, []evidence.Checkpoint]
	anchorings  table[string, []evidence.Anchoring] // of each anchor, by size
}

// void is the key of a table that is one slice.
type void struct{}

type recordKey struct {
	business core.BusinessID
	id       core.RecordID
}

// ledger is the port [evidence.Ledger].
type ledger struct{ *tx }

func (l ledger) Append(ctx context.Context, rs []evidence.Record) error {
	if err := l.write(ctx); err != nil {
		return err
	}
	d := &l.d.records
	for _, r := range rs {
		k := recordKey{r.Business, r.ID}
		if _, ok := d.all.get(k); ok {
			continue
		}
		d.all.set(l.tx, k, r)
		appendTo(l.tx, &d.order, void{}, k)
		if !r.Message.IsZero() {
			appendTo(l.tx, &d.byMessage, messageKey{r.Business, r.Message}, k)
		}
		if !r.Number.IsZero() {
			appendTo(l.tx, &d.byPair, core.Pair{Business: r.Business, Number: r.Number}, k)
		}
		if !r.Campaign.IsZero() {
			appendTo(l.tx, &d.byCampaign, campaignKey{r.Business, r.Campaign}, k)
		}
	}
	return nil
}

func (l ledger) get(ks []recordKey) []evidence.Record {
	out := make([]evidence.Record, 0, len(ks))
	for _, k := range ks {
		r, _ := l.d.records.all.get(k)
		r.Body = bytes.Clone(r.Body)
		out = append(out, r)
	}
	return out
}

func oldestFirst(x, y evidence.Record) int {
	return cmp.Or(x.At.Compare(y.At), bytes.Compare(x.ID[:], y.ID[:]))
}

func (l ledger) OfMessage(ctx context.Context, b core.BusinessID, id core.MessageID) ([]evidence.Record, error) {
	ks, _ := l.d.records.byMessage.get(messageKey{b, id})
	out := l.get(ks)
	slices.SortFunc(out, oldestFirst)
	return out, alive(ctx)
}

func (l ledger) OfPair(ctx context.Context, p core.Pair, after core.RecordID, n int) ([]evidence.Record, error) {
	ks, _ := l.d.records.byPair.get(p)
	out := slices.DeleteFunc(l.get(ks), evidence.Record.Erased)
	slices.SortFunc(out, oldestFirst)
	if last, ok := l.d.records.all.get(recordKey{p.Business, after}); ok {
		out = slices.DeleteFunc(out, func(r evidence.Record) bool { return oldestFirst(r, last) <= 0 })
	}
	return firstN(out, n), alive(ctx)
}

func (l ledger) Acts(ctx context.Context, b core.BusinessID, before core.RecordID, n int) ([]evidence.Record, error) {
	var out []evidence.Record
	for k, r := range l.d.records.all.m {
		act := r.Kind == evidence.KindStaffAction || r.Kind == evidence.KindErasure || r.Kind == evidence.KindHold
		if k.business == b && act && !r.Erased() && (before.IsZero() || bytes.Compare(r.ID[:], before[:]) < 0) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y evidence.Record) int { return bytes.Compare(y.ID[:], x.ID[:]) })
	return firstN(out, n), alive(ctx)
}

func (l ledger) OfCampaign(ctx context.Context, b core.BusinessID, c core.CampaignID, after int64, n int) ([]evidence.Record, int64, error) {
	ks, _ := l.d.records.byCampaign.get(campaignKey{b, c})
	ks = firstN(ks[min(max(after, 0), int64(len(ks))):], n)
	return l.get(ks), after + int64(len(ks)), alive(ctx)
}

func (l ledger) Last(ctx context.Context, b core.BusinessID, k evidence.Kind, ids []core.MessageID) (map[core.MessageID]core.RecordID, error) {
	out := make(map[core.MessageID]core.RecordID, len(ids))
	for _, id := range ids {
		ks, _ := l.d.records.byMessage.get(messageKey{b, id})
		var last evidence.Record
		for _, key := range ks {
			if r, _ := l.d.records.all.get(key); r.Kind == k && (last.ID.IsZero() || oldestFirst(r, last) > 0) {
				last = r
			}
		}
		if !last.ID.IsZero() {
			out[id] = last.ID
		}
	}
	return out, alive(ctx)
}

func (l ledger) OfBusiness(ctx context.Context, b core.BusinessID, after int64, n int) ([]evidence.Record, []evidence.Leaf, error) {
	ks, _ := l.d.records.bySeq.get(b)
	ks = firstN(ks[min(max(after, 0), int64(len(ks))):], n)
	leaves := make([]evidence.Leaf, len(ks))
	for i, k := range ks {
		leaves[i], _ = l.d.records.leaves.get(k)
	}
	return l.get(ks), leaves, alive(ctx)
}

func (l ledger) Leaves(ctx context.Context, rs []evidence.Record) (map[core.RecordID]evidence.Leaf, error) {
	out := make(map[core.RecordID]evidence.Leaf, len(rs))
	for _, r := range rs {
		if leaf, ok := l.d.records.leaves.get(recordKey{r.Business, r.ID}); ok {
			out[r.ID] = leaf
		}
	}
	return out, alive(ctx)
}

func (l ledger) Erase(ctx context.Context, b core.BusinessID, ids []core.RecordID) error {
	if err := l.write(ctx); err != nil {
		return err
	}
	for _, id := range ids {
		k := recordKey{b, id}
		if r, ok := l.d.records.all.get(k); ok {
			r.Body, r.Salt, r.Number = nil, evidence.Salt{}, core.Number{}
			l.d.records.all.set(l.tx, k, r)
		}
	}
	return nil
}

func (l ledger) size() int64 {
	cs, _ := l.d.records.checkpoints.get(void{})
	if len(cs) == 0 {
		return 0
	}
	return cs[len(cs)-1].Size
}

func (l ledger) Unsealed(ctx context.Context, n int) ([]evidence.Record, error) {
	ks, _ := l.d.records.order.get(void{})
	var out []evidence.Record
	for _, k := range firstN(ks[l.size():], n) {
		r, _ := l.d.records.all.get(k)
		out = append(out, evidence.Record{ID: r.ID, Business: r.Business, Commitment: r.Commitment})
	}
	return out, alive(ctx)
}

func (l ledger) Head(ctx context.Context) (evidence.Checkpoint, error) {
	cs, _ := l.d.records.checkpoints.get(void{})
	if len(cs) == 0 {
		return evidence.Checkpoint{}, alive(ctx)
	}
	return cs[len(cs)-1], alive(ctx)
}

func (l ledger) Checkpoint(ctx context.Context, t time.Time) (evidence.Checkpoint, error) {
	cs, _ := l.d.records.checkpoints.get(void{})
	for _, c := range slices.Backward(cs) {
		if !c.At.After(t) {
			return c, alive(ctx)
		}
	}
	return evidence.Checkpoint{}, alive(ctx)
}

func (l ledger) Seqs(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error) {
	out := make(map[core.BusinessID]int64, len(bs))
	for _, b := range bs {
		ks, _ := l.d.records.bySeq.get(b)
		out[b] = int64(len(ks))
	}
	return out, alive(ctx)
}

func (l ledger) Seal(ctx context.Context, rs []evidence.Record, leaves []evidence.Leaf, tiles []evidence.Tile, c evidence.Checkpoint) error {
	const op = "memstore.Seal"
	if err := l.write(ctx); err != nil {
		return err
	}
	if err := evidence.CheckSeal(op, l.size(), rs, leaves, c); err != nil || len(rs) == 0 {
		return err
	}
	d := &l.d.records
	for i, r := range rs {
		k := recordKey{r.Business, r.ID}
		if _, sealed := d.leaves.get(k); sealed {
			return core.E(op, core.Conflict, "these records are sealed already; begin again from the tree's new head")
		}
		d.leaves.set(l.tx, k, leaves[i])
		appendTo(l.tx, &d.bySeq, r.Business, k)
	}
	for _, t := range tiles {
		d.tiles.set(l.tx, t.TileID, bytes.Clone(t.Data))
	}
	appendTo(l.tx, &d.checkpoints, void{}, c)
	return nil
}

func (l ledger) Tiles(ctx context.Context, ts []evidence.TileID) (map[evidence.TileID][]byte, error) {
	out := make(map[evidence.TileID][]byte, len(ts))
	for _, t := range ts {
		if data, ok := l.d.records.tiles.get(t); ok {
			out[t] = bytes.Clone(data)
		}
	}
	return out, alive(ctx)
}

func (l ledger) PutAnchoring(ctx context.Context, a evidence.Anchoring) error {
	if err := l.write(ctx); err != nil {
		return err
	}
	was, _ := l.d.records.anchorings.get(a.Anchor)
	i, there := slices.BinarySearchFunc(was, a.Size, func(x evidence.Anchoring, size int64) int { return cmp.Compare(x.Size, size) })
	if !there {
		a.Receipt = bytes.Clone(a.Receipt)
		l.d.records.anchorings.set(l.tx, a.Anchor, slices.Insert(slices.Clone(was), i, a))
	}
	return nil
}

func (l ledger) Anchored(ctx context.Context, anchors []string) (map[string]evidence.Anchoring, error) {
	out := make(map[string]evidence.Anchoring)
	for _, name := range anchors {
		if as, _ := l.d.records.anchorings.get(name); len(as) > 0 {
			out[name] = as[len(as)-1]
		}
	}
	return out, alive(ctx)
}

func (l ledger) Anchorings(ctx context.Context, size int64) ([]evidence.Anchoring, error) {
	var out []evidence.Anchoring
	for _, as := range l.d.records.anchorings.m {
		for _, a := range as {
			if a.Size == size {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(x, y evidence.Anchoring) int { return cmp.Compare(x.Anchor, y.Anchor) })
	return out, alive(ctx)
}

func firstN[T any](xs []T, n int) []T { return xs[:max(0, min(n, len(xs)))] }
