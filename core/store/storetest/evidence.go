package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func newRecordID() core.RecordID { return core.RecordID(id[any]()) }

// recordOf is a decision about a text, some minutes after t0. A store must not
// care what is in the body.
func recordOf(b core.BusinessID, m message.Message, minutes int) evidence.Record {
	r := evidence.Record{
		ID: newRecordID(), Business: b, Kind: evidence.KindDecision, At: at(minutes), Number: m.To, Message: m.ID, Campaign: m.Campaign,
		Body: fmt.Appendf(nil, `{"at":%d,"quote":"'?\\\"\u0000$1 {a,\"b\"} 🛑","text":""}`, minutes),
	}
	copy(r.Salt[:], r.ID[:])
	r.Commitment = evidence.Commit(r.Salt, r.Body)
	return r
}

func (s *suite) record(rs ...evidence.Record) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) })
}

// ledger reads from the ledger.
func ledger[T any](s *suite, f func(context.Context, evidence.Ledger) (T, error)) (out T) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		out, err = f(ctx, tx.Evidence)
		return err
	})
	return out
}

func (s *suite) ofPair(p core.Pair, after core.RecordID, n int) []evidence.Record {
	s.Helper()
	return ledger(s, func(ctx context.Context, l evidence.Ledger) ([]evidence.Record, error) {
		return l.OfPair(ctx, p, after, n)
	})
}

func (s *suite) ofMessage(m message.Message) []evidence.Record {
	s.Helper()
	return ledger(s, func(ctx context.Context, l evidence.Ledger) ([]evidence.Record, error) {
		return l.OfMessage(ctx, m.Business, m.ID)
	})
}

func testLedger(s *suite) {
	b, c := newBusiness(), newCampaignID()
	m := planned(b, c, 1)
	late, early, other := recordOf(b, m, 5), recordOf(b, m, 0), recordOf(b, planned(b, c, 2), 3)
	plain := recordOf(b, message.Message{}, 1)
	plain.Kind = evidence.KindStaffAction
	s.record(late, other)
	s.record(early, plain, early)
	changed := late
	changed.Body = []byte(`{"other":true}`)
	s.record(changed) // its id is taken
	s.equal("OfMessage, oldest first and to the byte", s.ofMessage(m), []evidence.Record{early, late})
	s.equal("OfPair", s.ofPair(m.Pair(), core.RecordID{}, 10), []evidence.Record{early, late})
	s.equal("OfPair of a guest without records", len(s.ofPair(pairOf(b, 3), core.RecordID{}, 10)), 0)
	s.equal("a record about no text", len(s.ofMessage(message.Message{Business: b})), 0)
	s.equal("Leaves before sealing", len(s.leaves(late, early)), 0)

	acts := func(before core.RecordID, n int) (out []evidence.Record) {
		s.view(func(ctx context.Context, tx store.Tx) (err error) {
			out, err = tx.Evidence.Acts(ctx, b, before, n)
			return err
		})
		return out
	}
	second := recordOf(b, message.Message{}, 2)
	second.Kind = evidence.KindHold
	s.record(second)
	newer, older := second, plain
	if bytes.Compare(newer.ID[:], older.ID[:]) < 0 {
		newer, older = older, newer
	}
	s.equal("Acts, the newest first", acts(core.RecordID{}, 10), []evidence.Record{newer, older})
	s.equal("the first page of Acts", acts(core.RecordID{}, 1), []evidence.Record{newer})
	s.equal("the next page of Acts", acts(newer.ID, 1), []evidence.Record{older})

	same := recordOf(newBusiness(), m, 0) // the same guest and text, of another business
	s.record(same)
	s.equal("OfPair of another business", s.ofPair(core.Pair{Business: same.Business, Number: m.To}, core.RecordID{}, 10), []evidence.Record{same})
	s.equal("OfPair after another business wrote", len(s.ofPair(m.Pair(), core.RecordID{}, 10)), 2)
}

func testLedgerPages(s *suite) {
	b, c := newBusiness(), newCampaignID()
	var want []evidence.Record
	for i := range 7 {
		want = append(want, recordOf(b, planned(b, c, 1), i/2)) // pairs at one instant
	}
	s.record(want[4:]...)
	s.record(want[:4]...)
	var got []evidence.Record
	var after core.RecordID
	for rs := s.ofPair(pairOf(b, 1), after, 3); len(rs) > 0; rs = s.ofPair(pairOf(b, 1), after, 3) {
		got, after = append(got, rs...), rs[len(rs)-1].ID
	}
	s.equal("the pages of OfPair", got, want)
	s.equal("the pages of OfCampaign, as they were added", s.ofCampaign(b, c, 3), slices.Concat(want[4:], want[:4]))

	// More than a store may keep together, some of them known, and of two campaigns.
	var many, others []evidence.Record
	for i := range 150 {
		many = append(many, recordOf(b, planned(b, c, 2), i))
		others = append(others, recordOf(b, planned(b, newCampaignID(), 2), i))
	}
	s.record(slices.Concat(want[:2], many[:70], others[:1])...)
	s.record(slices.Concat(many[60:], others, want[2:5])...)
	s.equal("the pages of a campaign of many", s.ofCampaign(b, c, 40), slices.Concat(want[4:], want[:4], many))
	s.equal("the guest's records", len(s.ofPair(pairOf(b, 2), core.RecordID{}, 1000)), len(many)+len(others))
}

// ofCampaign reads all records of a campaign, n at a time.
func (s *suite) ofCampaign(b core.BusinessID, c core.CampaignID, n int) (out []evidence.Record) {
	s.Helper()
	var after int64
	for {
		rs := ledger(s, func(ctx context.Context, l evidence.Ledger) (rs []evidence.Record, err error) {
			rs, after, err = l.OfCampaign(ctx, b, c, after, n)
			return rs, err
		})
		if len(rs) == 0 {
			return out
		}
		out = append(out, rs...)
	}
}

func testLast(s *suite) {
	b, c := newBusiness(), newCampaignID()
	one, two, three := planned(b, c, 1), planned(b, c, 2), planned(b, c, 3)
	early, late, same := recordOf(b, one, 0), recordOf(b, one, 7), recordOf(b, one, 7)
	other := recordOf(b, one, 9)
	other.Kind = evidence.KindSubmission
	alone, stranger := recordOf(b, two, 3), recordOf(newBusiness(), one, 11)
	s.record(same, late, early, other, alone, stranger)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Evidence.Erase(ctx, b, []core.RecordID{alone.ID})
	})
	got := ledger(s, func(ctx context.Context, l evidence.Ledger) (map[core.MessageID]core.RecordID, error) {
		return l.Last(ctx, b, evidence.KindDecision, []core.MessageID{one.ID, two.ID, three.ID, one.ID})
	})
	s.equal("the newest decisions", got, map[core.MessageID]core.RecordID{one.ID: same.ID, two.ID: alone.ID})
}

func testErase(s *suite) {
	b := newBusiness()
	m := planned(b, newCampaignID(), 1)
	gone, stays := recordOf(b, m, 0), recordOf(b, m, 1)
	alike := recordOf(newBusiness(), m, 0)
	alike.ID = gone.ID // of another business
	s.record(gone, stays, alike)
	s.sealUntil(3, t0)
	before := s.leaves(gone, stays)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Evidence.Erase(ctx, b, []core.RecordID{gone.ID, newRecordID()})
	})
	erased := gone
	erased.Body, erased.Salt, erased.Number = nil, evidence.Salt{}, core.Number{}
	s.equal("OfMessage", s.ofMessage(m), []evidence.Record{erased, stays})
	s.equal("OfPair", s.ofPair(m.Pair(), core.RecordID{}, 10), []evidence.Record{stays})
	s.equal("the other business's record", s.ofPair(core.Pair{Business: alike.Business, Number: m.To}, core.RecordID{}, 10), []evidence.Record{alike})
	s.equal("the leaves", s.leaves(gone, stays), before)
	s.pages(b, []evidence.Record{erased, stays})
}
