package flow_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

const logName = "flow.example/evidence"

// evidenceKey signs the log wherever a test does not look at it; publicKey is its
// public half.
var evidenceKey, publicKey = func() (string, string) {
	signer, verifier, err := seal.NewKey(rand.Reader, logName)
	if err != nil {
		panic(err)
	}
	return signer, verifier
}()

// madeKey is the file of a key that `nexo keys new` has made.
func madeKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "evidence.key")
	code, said := finish(t, "nexo", []string{"keys", "new", "--name", logName, "--out", path})
	if code != 0 || strings.Contains(said, "PRIVATE+KEY") || !strings.Contains(said, logName+"+") {
		t.Fatalf("nexo keys new ended with code %d and said:\n%s", code, said)
	}
	return path
}

// TestKeysCommand: a key that is there is not overwritten, and its public half
// can be had again.
func TestKeysCommand(t *testing.T) {
	t.Parallel()
	path := madeKey(t)
	refuses(t, "nexo", []string{"keys", "new", "--name", logName, "--out", path}, nil, "is there already")
	refuses(t, "nexo", []string{"keys", "new", "--name", "two words"}, nil, "one word")
	code, said := finish(t, "nexo", []string{"keys", "public"}, env("NEXO_EVIDENCE_KEYS", evidenceKey))
	if code != 0 || strings.TrimSpace(said) != publicKey {
		t.Errorf("nexo keys public ended with code %d and said %q, want %q", code, said, publicKey)
	}
	refuses(t, "nexo", []string{"keys", "public"}, nil, "NEXO_EVIDENCE_KEY_FILE")
}

// sealed returns how many records there are of the town's venue that are in the
// log, and the log's head.
func (w *town) sealed() (n int, head evidence.Checkpoint) {
	w.t.Helper()
	err := w.worker.Database.Store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		if head, err = tx.Evidence.Head(ctx); err != nil {
			return err
		}
		n = 0
		for {
			_, ls, err := tx.Evidence.OfBusiness(ctx, w.biz.ID, int64(n), 1000)
			if err != nil || len(ls) == 0 {
				return err
			}
			n += len(ls)
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n, head
}

// TestEvidenceIsSealedWhileTextsLeave: two workers send a campaign and seal what
// they write; the log has every record, and a signed head.
func TestEvidenceIsSealedWhileTextsLeave(t *testing.T) {
	t.Parallel()
	const guests = 400
	w := newTown(t, migrated.URL(t), telnyxsim.Options{})
	w.settle(guests)
	second, closeSecond, err := nexo.NewWorker(t.Context(), w.cfg, silent())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeSecond)
	c := w.approve()
	w.work()
	other := *w
	other.worker = second
	other.work()
	eventually(t, "everybody is accounted for", func() bool {
		y := w.tally(c)
		return y.Audience() == guests && y.Of(open...) == 0
	})
	// Of each guest there is at least the decision, the submission and the receipt.
	start := time.Now()
	eventually(t, "all is sealed", func() bool { n, _ := w.sealed(); return n >= 3*guests })
	n, head := w.sealed()
	t.Logf("%d records were sealed %v after the last text had left", n, time.Since(start).Round(time.Millisecond))
	if head.Size != int64(n) {
		t.Errorf("the log has %d leaves, and the only venue %d", head.Size, n)
	}
	v, err := note.NewVerifier(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(head.Note, note.VerifierList(v)); err != nil {
		t.Errorf("the head's signature: %v", err)
	}
}
