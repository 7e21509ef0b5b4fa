package bunstore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// recordsOf makes records as one campaign does: each body nearly the one before.
func recordsOf(n int) []evidence.Record {
	out := make([]evidence.Record, n)
	for i := range out {
		r := &out[i]
		r.ID, r.Business, r.Campaign, r.Message = core.RecordID{1, byte(i)}, core.BusinessID{2}, core.CampaignID{3}, core.MessageID{4, byte(i)}
		r.Kind, r.At = evidence.KindDecision, time.Date(2026, 3, 2, 18, 0, i, 1000*i, time.UTC)
		r.Number = core.MustNumber(fmt.Sprintf("+151255501%02d", i%100))
		r.Salt = evidence.Salt{5, byte(i)}
		r.Body = fmt.Appendf(nil, `{"at":%d,"facts":{"zone":"America/Chicago","state":"TX","caps":[8,2],"consent":"active"},"number":%d}`, i, r.Number.Digits())
		r.Commitment = evidence.Commit(r.Salt, r.Body)
	}
	return out
}

func pack(rs []evidence.Record) []bundleRow {
	var rows []bundleRow
	for i, b := range bundles(rs) {
		b.n = int64(i+1) * bundleSize
		rows = append(rows, bundleRow{
			Business: uuid(b.business), N: b.n, Count: len(b.records), Campaign: uuid(b.campaign), Heads: b.heads(), Content: b.content(),
		})
	}
	return rows
}

func TestBundles(t *testing.T) {
	l := &ledger{queries: &queries{d: &Dialect{Name: "test"}}}
	rs := recordsOf(150)
	rs[1].Body, rs[1].Salt, rs[1].Number = nil, evidence.Salt{}, core.Number{} // erased
	rs[2].Body, rs[2].At = []byte{}, time.Time{}                               // an empty body is not an erased one
	rs[3].Campaign, rs[4].Business = core.CampaignID{}, core.BusinessID{9}
	var got []evidence.Record
	rows := pack(rs)
	for i := range rows {
		b, err := l.unpack("test", &rows[i])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b.records...)
	}
	slices.SortFunc(got, func(x, y evidence.Record) int { return slices.Compare(x.ID[:], y.ID[:]) })
	if diff := cmp.Diff(rs, got, cmpopts.EquateComparable(core.Number{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("packed and unpacked (-want +got):\n%s", diff)
	}
	if !got[1].Erased() || got[2].Erased() {
		t.Error("an empty body and an erased one are not told apart")
	}
	if len(rows) != 5 { // 148 of one campaign, and two others
		t.Errorf("%d bundles", len(rows))
	}
	full := 0
	for _, r := range rs[5:69] {
		full += len(r.Body)
	}
	if packed := len(pack(rs[5:69])[0].Content); packed > full/2 {
		t.Errorf("%d bytes of bodies take %d", full, packed)
	}
}

// Records with long bodies share a bundle only as far as it can be read again.
func TestBundlesOfLongBodies(t *testing.T) {
	l := &ledger{queries: &queries{d: &Dialect{Name: "test"}}}
	rs := recordsOf(bundleSize)
	for i := range rs {
		rs[i].Body = slices.Repeat(rs[i].Body, 20_000) // two megabytes each
	}
	rows := pack(rs)
	for i := range rows {
		b, err := l.unpack("test", &rows[i])
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, r := range b.records {
			size += len(r.Body)
		}
		if len(b.records) > 1 && size > bundleBytes {
			t.Errorf("a bundle of %d bytes", size)
		}
	}
	if len(rows) < 2 {
		t.Error("all in one bundle")
	}
}

// FuzzUnpack: a bundle that was changed from outside is an error, never a panic,
// and no record is made up from nothing.
func FuzzUnpack(f *testing.F) {
	whole := pack(recordsOf(3))[0]
	f.Add(whole.Content, whole.Heads, 3)
	f.Add(whole.Content[:len(whole.Content)/2], whole.Heads, 3)
	f.Add(whole.Content, whole.Heads[:40], 3)
	f.Add([]byte{}, []byte{}, 0)
	l := &ledger{queries: &queries{d: &Dialect{Name: "test"}}}
	f.Fuzz(func(t *testing.T, content, heads []byte, count int) {
		if count < 0 || count > bundleSize {
			return // the column's rows are counted by what was written
		}
		b, err := l.unpack("test", &bundleRow{Count: count, Heads: heads, Content: content})
		if (err == nil) != (b != nil) || err != nil && core.KindOf(err) != core.Internal {
			t.Errorf("unpacked %v, %v", b, err)
		}
	})
}
