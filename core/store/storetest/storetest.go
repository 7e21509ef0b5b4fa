// Package storetest is the suite that every store must pass. An adapter's part
// is a function that opens an empty store:
//
//	func TestStore(t *testing.T) { storetest.Run(t, open, storetest.Options{}) }
//
// What it tests are the comments of the ports, word by word: they are the
// contract.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Options say what a store cannot do.
type Options struct {
	// NoConcurrentWriters: a transaction that writes keeps every other from
	// beginning.
	NoConcurrentWriters bool
}

// Run runs the suite. Open returns an empty store, another one at each call, and
// sees to its end.
func Run(t *testing.T, open func(*testing.T) store.Store, o Options) {
	tests := []struct {
		name string
		f    func(*suite)
	}{
		{"Rollback", testRollback},
		{"ViewCannotWrite", testView},
		{"Contexts", testContexts},
		{"Businesses", testBusinesses},
		{"UsersAndKeywords", testUsersAndKeywords},
		{"ConsentAppend", testAppend},
		{"ConsentFold", testFold},
		{"Subscribers", testSubscribers},
		{"Newest", testNewest},
		{"Disclosures", testDisclosures},
		{"LockSerialises", testLock},
		{"Suppression", testSuppression},
		{"SuppressionLift", testLift},
		{"SuppressionPages", testSuppressionPages},
		{"SuppressionInForce", testSuppressionInForce},
		{"Posters", testPosters},
		{"Scans", testScans},
		{"Mirror", testMirror},
		{"Passes", testPasses},
		{"Coded", testCoded},
		{"Unsettled", testUnsettled},
		{"Plan", testPlan},
		{"ClaimOrder", testClaimOrder},
		{"ClaimsTakeTurns", testTurns},
		{"WhatIsLeft", testLeft},
		{"PausedIsPassedOver", testPausedIsPassedOver},
		{"Moves", testMoves},
		{"Meters", testMeters},
		{"ClaimsNeverOverlap", testClaims},
		{"CancelAndClaim", testCancelAndClaim},
		{"Cancel", testCancel},
		{"Record", testRecord},
		{"Finish", testFinish},
		{"Lapse", testLapse},
		{"Settle", testSettle},
		{"SettleObeysMay", testSettleMay},
		{"SettleBeforeFinish", testSettleBeforeFinish},
		{"Recent", testRecent},
		{"CapsUnderLock", testCaps},
		{"Reports", testReports},
		{"Campaigns", testCampaigns},
		{"GuestNotes", testNotes},
		{"Got", testGot},
		{"Arms", testArms},
		{"Inbox", testInbox},
		{"Spools", testSpools},
		{"RetiredKeywords", testRetiredKeywords},
		{"Lines", testLines},
		{"LineLock", testLineLock},
		{"InboxNextNeverOverlaps", testNext},
		{"InboxKeepsBatches", testKeep},
		{"InboxFind", testFind},
		{"Ledger", testLedger},
		{"LedgerPages", testLedgerPages},
		{"LedgerSeal", testSeal},
		{"LedgerLast", testLast},
		{"LedgerErase", testErase},
		{"LedgerOrder", testLedgerOrder},
		{"LedgerSealers", testSealers},
		{"LedgerAnchorings", testAnchorings},
		{"Holds", testHolds},
		{"HoldsWaitForErasers", testHoldGate},
		{"PrivacyRequests", testRequests},
		{"ShelfTexts", testShelfTexts},
		{"ShelfTalk", testShelfTalk},
		{"ShelfWebhooks", testShelfWebhooks},
		{"ShelfRecords", testShelfRecords},
		{"ForgetGuest", testForgetGuest},
		{"Promise9ForgottenIsBarred", testForgetSuppression},
		{"Owners", testOwners},
		{"Users", testUsers},
		{"SignIns", testSessions},
		{"Factors", testFactors},
		{"AccessTokens", testTokens},
		{"Memberships", testMembers},
		{"SecurityNotices", testNotices},
		{"Threads", testThreads},
		{"ThreadList", testThreadList},
		{"ThreadItems", testThreadItems},
		{"ThreadSearch", testThreadSearch},
		{"ThreadMarks", testThreadMarks},
		{"Media", testMedia},
		{"Pictures", testPictures},
		{"Closings", testClosings},
		{"Terms", testTerms},
		{"ForgetAccount", testForgetAccount},
		{"DraftUses", testDraftUses},
		{"APITokens", testAPITokens},
		{"Answers", testAnswers},
		{"Endpoints", testEndpoints},
		{"Deliveries", testDeliveries},
		{"Billing", testBilling},
		{"Spent", testSpent},
		{"Clicks", testClicks},
		{"Tenants", testTenants},
		{"EmptyBatches", testEmpty},
		{"LargeBatches", testLarge},
		{"AnyBytes", testAnyBytes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.f(&suite{T: t, Store: open(t), o: o})
		})
	}
}

// suite is one test with its store.
type suite struct {
	*testing.T
	store.Store
	o Options
}

// t0 is the suite's now: a Monday noon, at a whole microsecond, which is what
// stores keep.
var t0 = time.Date(2026, 3, 2, 18, 0, 0, 123456000, time.UTC)

func at(minutes int) time.Time { return t0.Add(time.Duration(minutes) * time.Minute) }

var lastID atomic.Uint64

// id returns a new one, greater than all before.
func id[K any]() core.ID[K] {
	var u core.ID[K]
	binary.BigEndian.PutUint64(u[2:], lastID.Add(1))
	u[15] = 7
	return u
}

func newBusiness() core.BusinessID              { return core.BusinessID(id[any]()) }
func newMessageID() core.MessageID              { return core.MessageID(id[any]()) }
func newCampaignID() core.CampaignID            { return core.CampaignID(id[any]()) }
func newEventID() core.EventID                  { return core.EventID(id[any]()) }
func newEntryID() core.SuppressionID            { return core.SuppressionID(id[any]()) }
func guest(i int) core.Number                   { return must(core.NumberFromDigits(uint64(15125550100 + i))) }
func key(i int) (k message.Key)                 { binary.BigEndian.PutUint64(k[:], uint64(i)); return k }
func pairOf(b core.BusinessID, i int) core.Pair { return core.Pair{Business: b, Number: guest(i)} }

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// update runs f in a transaction that must succeed.
func (s *suite) update(f func(context.Context, store.Tx) error) {
	s.Helper()
	if err := s.Store.Update(s.Context(), f); err != nil {
		s.Fatalf("Update: %v", err)
	}
}

// view is update for reading.
func (s *suite) view(f func(context.Context, store.Tx) error) {
	s.Helper()
	if err := s.Store.View(s.Context(), f); err != nil {
		s.Fatalf("View: %v", err)
	}
}

// kind fails unless err is of the kind, and says something to people.
func (s *suite) kind(what string, err error, want core.Kind) {
	s.Helper()
	if err == nil || core.KindOf(err) != want {
		s.Errorf("%s: error %v, want one of kind %v", what, err, want)
		return
	}
	if want != core.Internal && core.MessageOf(err) == "" {
		s.Errorf("%s: the error has no message: %v", what, err)
	}
}

// errGiveUp is what a test returns from a transaction to undo it.
var errGiveUp = errors.New("given up by the test")

// planned is a marketing text to a guest, due at t0.
func planned(b core.BusinessID, c core.CampaignID, i int) message.Message {
	return message.Message{
		ID: newMessageID(), Business: b, Campaign: c, To: guest(i), From: guest(9000),
		Class: message.Marketing, Body: "Luna's: tacos tonight? Reply STOP to opt out", Segments: 1,
		Key: message.CampaignKey(c, guest(i), 0), State: message.Planned,
		Due: t0, NotAfter: at(600), Planned: at(-5),
	}
}

// plan stores messages in a transaction of their own.
func (s *suite) plan(ms ...message.Message) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Messages.Plan(ctx, ms)
		if err == nil && n != len(ms) {
			s.Errorf("Plan added %d of %d", n, len(ms))
		}
		return err
	})
}

// message reads one.
func (s *suite) message(b core.BusinessID, id core.MessageID) (m message.Message) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		m, err = tx.Messages.Message(ctx, b, id)
		return err
	})
	return m
}

// sending records messages as Sending at the instant, their attempt being 0.
func (s *suite) sending(when time.Time, ms ...message.Message) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error {
		written, err := tx.Messages.Record(ctx, toSending(when, ms))
		if err == nil && len(written) != len(ms) {
			s.Errorf("Record wrote %d of %d", len(written), len(ms))
		}
		return err
	})
}

func toSending(when time.Time, ms []message.Message) []message.Verdict {
	vs := make([]message.Verdict, len(ms))
	for i, m := range ms {
		vs[i] = message.Verdict{Business: m.Business, Message: m.ID, Attempt: m.Attempt, State: message.Sending, Lease: when.Add(time.Minute), At: when}
	}
	return vs
}

// finish writes one outcome of attempt 1.
func (s *suite) finish(m message.Message, o message.Outcome) (written []core.MessageID) {
	s.Helper()
	o.Business, o.Message = m.Business, m.ID
	if o.Attempt == 0 {
		o.Attempt = 1
	}
	s.update(func(ctx context.Context, tx store.Tx) (err error) {
		written, err = tx.Messages.Finish(ctx, []message.Outcome{o})
		return err
	})
	return written
}

// settle writes receipts.
func (s *suite) settle(rs ...message.Receipt) (unmatched []message.Receipt) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) (err error) {
		unmatched, err = tx.Messages.Settle(ctx, rs)
		return err
	})
	return unmatched
}
