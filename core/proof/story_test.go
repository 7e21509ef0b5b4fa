package proof_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/store"
)

// sentOne is a town where guest 0 got one text of a campaign, an hour after
// joining; and when the text was allowed.
func sentOne(t *testing.T) (*town, campaign.Campaign, time.Time) {
	w := newTown(t)
	w.Join(guest(0))
	w.Clock.Add(time.Hour)
	at := w.Clock.Now()
	c := w.Campaign()
	w.Send()
	return w, c, at
}

// write adds records that the program itself would not have written.
func (w *town) write(rs ...evidence.Record) {
	w.T.Helper()
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) })
}

func (w *town) event(k consent.Kind, at, recorded time.Time) evidence.Record {
	return evidence.NewEvent(w.IDs.Salt(), consent.Event{
		ID: core.EventID(w.IDs.New()), Business: w.Business.ID, Number: guest(0), Kind: k, Method: consent.ByReply, At: at, Recorded: recorded,
		Evidence: consent.Evidence{RawText: "STOP", To: w.Business.Sender},
	}, consent.Disclosure{})
}

// What the log itself shows to be wrong is found, whoever signed it.
func TestTextsThatShouldNotHaveBeenSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		want string // "" where all is well
		says string // in the report
		add  func(w *town, sent time.Time) []evidence.Record
	}{
		{"an opt-out a minute before", "after the opt-out", "", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Revoked, sent.Add(-time.Minute), sent.Add(-time.Minute))}
		}},
		{"a doubt that nobody cleared", "after the opt-out", "", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Doubted, sent.Add(-time.Minute), sent.Add(-time.Minute))}
		}},
		{"a doubt that staff cleared", "", "(of 1) was allowed", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Doubted, sent.Add(-time.Minute), sent.Add(-time.Minute)), w.event(consent.Cleared, sent.Add(-time.Second), sent.Add(-time.Second))}
		}},
		{"an opt-out, and a new opt-in", "", "(of 1) was allowed while an opt-out stood (of 1)", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Revoked, sent.Add(-time.Minute), sent.Add(-time.Minute)), w.event(consent.Granted, sent.Add(-time.Second), sent.Add(-time.Second))}
		}},
		{"an opt-out that we heard of later", "", "(of 1) was allowed", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Revoked, sent.Add(-time.Minute), sent.Add(time.Minute))}
		}},
		{"an opt-out that crossed the text", "", "1 times an opt-out came in while a text was on its way", func(w *town, sent time.Time) []evidence.Record {
			return []evidence.Record{w.event(consent.Revoked, sent.Add(-time.Second), sent.Add(-time.Second))}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, camp, sent := sentOne(t)
			w.write(c.add(w, sent)...)
			w.sealAll()
			for kind, pack := range map[string][]byte{"pack": w.number(guest(0)), "certificate": w.campaign(camp.ID)} {
				r, err := w.verify(pack)
				switch {
				case c.want == "" && err != nil:
					t.Errorf("%s: %v", kind, err)
				case c.want == "":
					want(t, kind, says(r), c.says)
				case err == nil || !strings.Contains(core.MessageOf(err), c.want):
					t.Errorf("%s: %v does not say %q", kind, err, c.want)
				}
			}
		})
	}
}

// ofTheText is the decision about the text that guest 0 got.
func (w *town) ofTheText() (message.Message, evidence.DecisionBody) {
	w.T.Helper()
	m := w.Texts(guest(0), message.Marketing)[0]
	var b evidence.DecisionBody
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, w.Business.ID, m.ID)
		if err != nil {
			return err
		}
		b, err = evidence.ParseDecision(rs[0])
		return err
	})
	return m, b
}

func TestDecisionsThatDoNotComeOutAgain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*decide.Facts){
		"a guest who had left":     func(f *decide.Facts) { f.Consent.State = decide.OptedOut },
		"a number on a list":       func(f *decide.Facts) { f.Suppressed = []decide.Suppression{{At: f.Now.Add(-time.Hour)}} },
		"in the middle of a night": func(f *decide.Facts) { f.Now = f.Now.Add(10 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, _ := sentOne(t)
			m, b := w.ofTheText()
			f, err := decide.ParseFacts(b.Facts)
			if err != nil {
				t.Fatal(err)
			}
			d := decide.US().Decide(&f) // what it said of the true facts
			change(&f)
			w.write(evidence.NewDecision(evidence.NewSeed(w.IDs, w.IDs), m, b.At.Add(time.Hour), &f, &d))
			w.sealAll()
			if _, err := w.verify(w.number(guest(0))); err == nil || !strings.Contains(core.MessageOf(err), "comes out otherwise") {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func TestATextWithoutADecision(t *testing.T) {
	t.Parallel()
	w, _, at := sentOne(t)
	m, _ := w.ofTheText()
	m.ID = core.MessageID(w.IDs.New())
	w.write(evidence.NewSubmission(evidence.NewSeed(w.IDs, w.IDs), m, message.Outcome{Attempt: 1, State: message.Sent, At: at.Add(time.Minute)}, true))
	w.sealAll()
	if _, err := w.verify(w.number(guest(0))); err == nil || !strings.Contains(core.MessageOf(err), "did not allow it") {
		t.Errorf("Verify: %v", err)
	}
}

// A checkpoint that somebody kept shows a log that was made anew.
func TestKeptCheckpoint(t *testing.T) {
	t.Parallel()
	checkpoint := func(w *town) []byte {
		var note []byte
		w.Update(func(ctx context.Context, tx store.Tx) error {
			c, err := tx.Evidence.Head(ctx)
			note = c.Note
			return err
		})
		return note
	}
	w, _, _ := sentOne(t)
	w.sealAll()
	other, _, _ := sentOne(t)
	other.write(other.event(consent.Granted, time.Unix(1, 0), time.Unix(1, 0)))
	other.sealAll()
	w.write(w.event(consent.Granted, time.Unix(2, 0), time.Unix(2, 0)))
	before := checkpoint(w)
	w.sealAll()
	pack := w.number(guest(0))
	for _, c := range []struct {
		name, want string
		kept       []byte
		ok         bool
	}{
		{"the same", "the same log", checkpoint(w), true},
		{"an older one", "nothing to compare", before, true},
		{"of a fork", "the log was forked", checkpoint(other), false},
		{"none", "no signed note", []byte("x"), false},
	} {
		r, err := proof.Verify(bytes.NewReader(pack), int64(len(pack)), proof.Options{Keys: []note.Verifier{w.key}, Checkpoint: c.kept})
		if (err == nil) != c.ok || !strings.Contains(says(r), c.want) {
			t.Errorf("%s: %v\n%s", c.name, err, says(r))
		}
	}
}
