package proof_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

const origin = "nexo.example/log"

type zeros byte

func (z zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(z)
	}
	return len(b), nil
}

// keys are a signer's two halves, the same for a seed each time.
func keys(t venuetest.TB, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(zeros(seed), origin)
	if err != nil {
		t.Fatalf("%v", err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatalf("%v", err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s, v
}

// A town is a venue whose evidence is sealed.
type town struct {
	*venuetest.World
	proof *proof.Service
	seal  *seal.Service
	key   note.Verifier
}

func newTown(t venuetest.TB) *town {
	w := venuetest.New(t)
	s, v := keys(t, 0)
	return &town{
		World: w, key: v,
		proof: &proof.Service{Store: w.Store, Signer: s, Book: decide.US(), Clock: w.Clock},
		seal:  &seal.Service{Store: w.Store, Clock: w.Clock, Origin: origin, Signers: []note.Signer{s}},
	}
}

func (w *town) sealAll() {
	w.T.Helper()
	for {
		r, err := w.seal.Step(context.Background())
		if err != nil {
			w.T.Fatalf("seal.Step: %v", err)
		}
		if r.Sealed == 0 {
			return
		}
	}
}

// evening is a day in a venue: guests join, two campaigns go out, guest 1 leaves
// after the first one.
func evening(t venuetest.TB) *town {
	w := newTown(t)
	w.Join(guest(0), guest(1), guest(2))
	w.Campaign()
	w.Send()
	for i, c := range w.Carrier.Calls(message.Marketing) {
		state, code := "delivered", ""
		if i == 2 {
			state, code = "undelivered", "40002"
		}
		w.receipt(c, state, code)
	}
	w.Hear()
	w.Clock.Add(time.Minute)
	w.Says(guest(1), "STOP")
	w.Hear()
	w.Send()
	w.Clock.Add(time.Minute)
	w.Campaign()
	w.Send()
	return w
}

func (w *town) number(n core.Number) []byte {
	w.T.Helper()
	var b bytes.Buffer
	if _, err := w.proof.Number(context.Background(), &b, w.Pair(n)); err != nil {
		w.T.Fatalf("Number: %v", err)
	}
	return b.Bytes()
}

func (w *town) campaign(id core.CampaignID) []byte {
	w.T.Helper()
	var b bytes.Buffer
	if _, err := w.proof.Campaign(context.Background(), &b, w.Business.ID, id); err != nil {
		w.T.Fatalf("Campaign: %v", err)
	}
	return b.Bytes()
}

func (w *town) verify(pack []byte) (*proof.Report, error) {
	return verify(pack, w.key)
}

func verify(pack []byte, keys ...note.Verifier) (*proof.Report, error) {
	return proof.Verify(bytes.NewReader(pack), int64(len(pack)), proof.Options{Keys: keys})
}

// good demands that a pack is accepted, and returns what was found.
func (w *town) good(pack []byte) *proof.Report {
	w.T.Helper()
	r, err := w.verify(pack)
	if err != nil {
		w.T.Fatalf("Verify: %v", err)
	}
	return r
}

// unzip reads a pack as anybody's program would.
func unzip(t venuetest.TB, pack []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatalf("%v", err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("%v", err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(data)
	}
	return out
}

func says(r *proof.Report) string {
	var s strings.Builder
	for _, c := range r.Checks {
		s.WriteString(c.Name + ": " + c.Detail + "\n")
	}
	return s.String()
}

func want(t *testing.T, where, s string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(s, p) {
			t.Errorf("%s lacks %q:\n%s", where, p, s)
		}
	}
}

func TestPackOfANumber(t *testing.T) {
	t.Parallel()
	w := evening(t)
	w.sealAll()
	pack := w.number(guest(1))
	r := w.good(pack)
	want(t, "the report", says(r), "checkpoint: log nexo.example/log", "no marketing text (of 1) was allowed while an opt-out stood (of 1)", "taken again, with the same result", "1, each with the words")
	if r.Manifest.Counts["unsealed"] != 0 || r.Manifest.Counts["revocation"] < 1 || r.Manifest.Counts["staff_action"] != 2 {
		t.Errorf("counts %v", r.Manifest.Counts)
	}
	files := unzip(t, pack)
	want(t, "index.html", html.UnescapeString(files["index.html"]), "+1 (205) 555-0102", "The guest agreed to be texted", "TACOS "+w.Disclosure.Ref, "A marketing text was allowed", "A marketing text was refused",
		"The guest opted out", "STOP", "Campaign approved", "The carrier says that the text arrived", "By texting TACOS")
	want(t, "explained.txt", files["explained.txt"], "opted out")
	want(t, "texts.jsonl", files["texts.jsonl"], venuetest.Text)
	for _, other := range []int{0, 2} {
		for name, s := range files {
			if strings.Contains(s, guest(other).E164()) {
				t.Errorf("%s names another guest", name)
			}
		}
	}
}

func TestPackOfNobody(t *testing.T) {
	t.Parallel()
	w := evening(t)
	w.sealAll()
	pack := w.number(guest(50))
	r := w.good(pack)
	if r.Manifest.Counts["records"] != 0 {
		t.Errorf("counts %v", r.Manifest.Counts)
	}
	want(t, "index.html", unzip(t, pack)["index.html"], "Nothing is recorded about this number")
}

func TestPackBeforeSealing(t *testing.T) {
	t.Parallel()
	w := evening(t)
	want(t, "the report", says(w.good(w.number(guest(1)))), "only its signature speaks for them", "the log had taken in nothing")
	w.sealAll()
	w.Says(guest(1), "START")
	w.Hear()
	want(t, "the report", says(w.good(w.number(guest(1)))), "1 of them were not in the log yet")
}

func TestErasedRecordsStayProven(t *testing.T) {
	t.Parallel()
	w := evening(t)
	w.sealAll()
	whole := w.good(w.number(guest(0))).Manifest.Counts
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(guest(0)), core.RecordID{}, 100)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Kind == evidence.KindSubmission {
				err = errors.Join(err, tx.Evidence.Erase(ctx, r.Business, []core.RecordID{r.ID}))
			}
		}
		return err
	})
	pack := w.number(guest(0))
	r := w.good(pack)
	if c := r.Manifest.Counts; c["erased"] != whole["submission"] || c["erased"] == 0 || c["records"] != whole["records"] {
		t.Errorf("before %v, after %v", whole, c)
	}
	want(t, "the report", says(r), "what they said is gone")
	want(t, "index.html", unzip(t, pack)["index.html"], "A record that was erased")
	lines := unzip(t, pack)["records.jsonl"]
	want(t, "records.jsonl", lines, `"erased":{"at":`, `"kind":"submission"`)
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.Join(guest(0), guest(1), guest(2))
	first := w.Campaign()
	w.Says(guest(2), "STOP")
	w.Hear()
	w.Send()
	w.sealAll()
	pack := w.campaign(first.ID)
	r := w.good(pack)
	m := r.Manifest
	if m.Audience != 3 || m.States["sent"] != 2 || m.States["sent"]+m.States["blocked"]+m.States["cancelled"] != 3 {
		t.Errorf("audience %d, states %v, reasons %v", m.Audience, m.States, m.Reasons)
	}
	want(t, "the report", says(r), "audience: 3 texts", "no marketing text (of 2) was allowed while an opt-out stood")
	want(t, "index.html", unzip(t, pack)["index.html"], "Audience</th><td>3", "Taken by the carrier", "No text of this campaign was handed")
}

func TestCertificateOfRefusals(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.Join(guest(0), guest(1))
	w.Campaign()
	w.Send()
	c := w.Campaign()
	w.Update(func(ctx context.Context, tx store.Tx) error {
		b := w.Business
		b.Registered = false
		return tx.Accounts.SaveBusiness(ctx, b)
	})
	w.Send()
	w.sealAll()
	r := w.good(w.campaign(c.ID))
	if m := r.Manifest; m.States["blocked"] != 2 || len(m.Reasons) != 1 {
		t.Errorf("states %v, reasons %v", m.States, m.Reasons)
	}
}

func TestNeedsAKey(t *testing.T) {
	t.Parallel()
	w := evening(t)
	if _, err := verify(w.number(guest(0))); core.KindOf(err) != core.Invalid {
		t.Errorf("Verify without a key: %v", err)
	}
	w.proof.Signer = nil
	if _, err := w.proof.Number(context.Background(), io.Discard, w.Pair(guest(0))); core.KindOf(err) != core.Invalid {
		t.Errorf("Number without a key: %v", err)
	}
}

func TestUnknownBusinessAndCampaign(t *testing.T) {
	t.Parallel()
	w := evening(t)
	if _, err := w.proof.Number(context.Background(), io.Discard, core.Pair{Business: core.BusinessID{9}, Number: guest(0)}); core.KindOf(err) != core.NotFound {
		t.Errorf("Number: %v", err)
	}
	if _, err := w.proof.Campaign(context.Background(), io.Discard, w.Business.ID, core.CampaignID{9}); core.KindOf(err) != core.NotFound {
		t.Errorf("Campaign: %v", err)
	}
}

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

// A pack that cannot be written to its end is an error, wherever it breaks off.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := evening(t)
	w.sealAll()
	size := len(w.number(guest(0)))
	for at := 0; at < size; at += 1997 {
		if _, err := w.proof.Number(context.Background(), &full{at}, w.Pair(guest(0))); core.KindOf(err) != core.Unavailable {
			t.Fatalf("a disk that is full after %d bytes: %v", at, err)
		}
	}
}

func guest(i int) core.Number { return venuetest.Guest(i) }

func (w *town) receipt(c venuetest.Call, state, code string) {
	w.T.Helper()
	w.Accept(receiptOf(c, state, code, w.Clock.Now()))
}

func receiptOf(c venuetest.Call, state, code string, at time.Time) venuetest.Wire {
	s, _ := message.ParseState(state)
	return venuetest.Wire{ID: "receipt-" + c.Message.ID.String() + state, Kind: "receipt", Token: c.Message.Token(), State: s, Code: code, At: at}
}
