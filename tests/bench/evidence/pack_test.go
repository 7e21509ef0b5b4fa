package evidence_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

const (
	inLog     = 1_000_000
	regular   = 300   // texts that the guest got whose pack is made
	toVerify  = 4_000 // texts in the pack that is checked
	perAppend = 1_000
)

// A history writes records of one guest as a venue does: an opt-in, and of each
// text the decision, what the carrier made of it, and its receipt.
type history struct {
	store store.Store
	biz   account.Business
	shown consent.Disclosure
	rs    []evidence.Record
	n     int
}

var start = time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)

func newHistory(b *testing.B, s store.Store) *history {
	h := &history{store: s}
	h.biz = account.Business{
		ID: core.BusinessID(system.UUIDs{}.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		TermsURL: "https://luna.example/terms", PrivacyURL: "https://luna.example/privacy", MonthlyTexts: 8, Sender: core.MustNumber("+15125550100"), Status: account.Active,
	}
	h.shown = consent.Disclose(h.biz, "LUNA", start)
	err := s.Update(b.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, h.biz) })
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func (h *history) add(b *testing.B, r evidence.Record) {
	h.rs = append(h.rs, r)
	h.n++
	if len(h.rs) == perAppend {
		h.flush(b)
	}
}

func (h *history) flush(b *testing.B) {
	rs := h.rs
	h.rs = nil
	if err := h.store.Update(b.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) }); err != nil {
		b.Fatal(err)
	}
}

// guest writes what happens to one guest who gets n texts, 12 hours apart.
func (h *history) guest(b *testing.B, to core.Number, n int) {
	ids, salts := system.UUIDs{}, system.Salts{}
	h.add(b, evidence.NewConsent(salts.Salt(), consent.Event{
		ID: core.EventID(ids.New()), Business: h.biz.ID, Number: to, Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing,
		At: start.Add(-time.Hour), Recorded: start.Add(-time.Hour),
		Evidence: consent.Evidence{Disclosure: h.shown.Version, RawText: "LUNA", Keyword: "LUNA", To: h.biz.Sender, CarrierID: "in-1"},
	}, h.shown))
	facts, _ := decided()
	since := facts.Now.Add(-time.Hour)
	for i := range n {
		at := start.Add(time.Duration(i) * 12 * time.Hour)
		facts.Now, facts.NotAfter, facts.RecentSince, facts.Consent.Since = at, at.Add(6*time.Hour), at.Add(-31*24*time.Hour), since
		if at.Hour() < 12 {
			facts.Now = at.Add(12 * time.Hour) // by day
			facts.NotAfter = facts.Now.Add(6 * time.Hour)
			at = facts.Now.Add(time.Minute)
			facts.Now = at
		}
		d := decide.US().Decide(&facts)
		m := text(0)
		m.ID, m.Business, m.To, m.Campaign = core.MessageID(ids.New()), h.biz.ID, to, core.CampaignID{}
		h.add(b, evidence.NewDecision(evidence.NewSeed(ids, salts), m, at, &facts, &d))
		h.add(b, evidence.NewSubmission(evidence.NewSeed(ids, salts), m, message.Outcome{Attempt: 1, State: message.Sent, CarrierID: "403196f2-7d2c", At: at.Add(time.Second)}, d.Verdict == decide.Send))
		h.add(b, evidence.NewReceipt(evidence.NewSeed(ids, salts), m, message.Receipt{CarrierID: "403196f2-7d2c", State: message.Delivered, At: at.Add(3 * time.Second)}, "evt"))
	}
}

// sealed takes everything into the log, and returns what makes packs of it.
func sealed(b *testing.B, s store.Store) (*proof.Service, note.Verifier) {
	secret, public, err := seal.NewKey(rand.Reader, "bench.example/evidence")
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.ParseKeys([]string{secret})
	if err != nil {
		b.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		b.Fatal(err)
	}
	sealer := seal.Service{Store: s, Clock: system.Clock(), Origin: keys.Origin, Signers: keys.Signers}
	for more := true; more; {
		r, err := sealer.Step(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		more = r.More
	}
	return &proof.Service{Store: s, Signer: keys.Signers[0], Book: decide.US(), Clock: system.Clock()}, v
}

// BenchmarkPack makes the pack of one guest with 1,000,000 records in the log on
// Postgres. The records of all others are made by the database, since only their
// number and their leaves matter; the tree over them is made as always.
func BenchmarkPack(b *testing.B) {
	s := open(b)
	guest := core.MustNumber("+15125550123")
	one := newHistory(b, s)
	others := []*history{one}
	for range businesses - 1 {
		others = append(others, newHistory(b, s))
	}
	strangers(b, s, others, inLog/2)
	one.guest(b, guest, regular)
	one.flush(b)
	strangers(b, s, others, inLog/2)
	made, key := sealed(b, s)
	for b.Loop() {
		var pack bytes.Buffer
		start := time.Now()
		m, err := made.Number(b.Context(), &pack, core.Pair{Business: one.biz.ID, Number: guest})
		took := time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
		if m.Size < inLog || m.Counts["records"] != 3*regular+1 {
			b.Fatalf("the log has %d records, the pack %d", m.Size, m.Counts["records"])
		}
		check(b, pack.Bytes(), key)
		b.ReportMetric(took.Seconds(), "s/pack")
		fmt.Fprintf(os.Stdout, "BENCH pack_s_at_1m %.3f\n", took.Seconds())
	}
}

// strangers writes about n records of guests of all the businesses, 97 of each
// guest, in full bundles.
func strangers(b *testing.B, s *postgres.Store, hs []*history, n int) {
	const each = 64 // as many as a bundle holds
	for i, h := range hs {
		_, err := s.DB().ExecContext(b.Context(), `WITH x AS (
				INSERT INTO evidence_bundles (business_id, n, count, campaign_id, heads, content)
				SELECT $1, nextval('evidence_places'), $4, $1, (SELECT string_agg(uuid_send(gen_random_uuid()) || sha256(uuid_send(gen_random_uuid())), '')
					FROM generate_series(1, $4::int) AS k WHERE k > -g), ''
				FROM generate_series(0, ($3::int - 1) / $4::int) AS g RETURNING n)
			INSERT INTO evidence_records (business_id, id, n, at, number, message_id, kind)
			SELECT $1, gen_random_uuid(), x.n + k, now(), 15122000000 + $2::bigint * 1000000 + (x.n + k) / 97, gen_random_uuid(), 3
			FROM x CROSS JOIN generate_series(0, $4::int - 1) AS k`, h.biz.ID.String(), i, n/len(hs), each)
		if err != nil {
			b.Fatal(err)
		}
	}
}

func check(b *testing.B, pack []byte, key note.Verifier) time.Duration {
	start := time.Now()
	if _, err := proof.Verify(bytes.NewReader(pack), int64(len(pack)), proof.Options{Keys: []note.Verifier{key}}); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkVerify checks the pack of a guest with 12,000 records, each decision
// taken again.
func BenchmarkVerify(b *testing.B) {
	s := memstore.New()
	h := newHistory(b, s)
	guest := core.MustNumber("+15125550123")
	h.guest(b, guest, toVerify)
	h.flush(b)
	made, key := sealed(b, s)
	var pack bytes.Buffer
	m, err := made.Number(b.Context(), io.Writer(&pack), core.Pair{Business: h.biz.ID, Number: guest})
	if err != nil {
		b.Fatal(err)
	}
	n, took := 0, time.Duration(0)
	for b.Loop() {
		took += check(b, pack.Bytes(), key)
		n += int(m.Counts["records"])
	}
	rate := float64(n) / took.Seconds()
	b.ReportMetric(rate, "records/s")
	fmt.Fprintf(os.Stdout, "BENCH verify_per_s %.0f\n", rate)
}
