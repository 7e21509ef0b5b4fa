package doctor_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/apps/nexo/doctor"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

type carrier struct {
	reconcile.Carrier
	err error
}

func (c carrier) OptOuts(context.Context, string, int) (reconcile.Page, error) {
	return reconcile.Page{}, c.err
}

// healthy is a patient on SQLite of whom everything is as it should be.
func healthy(t *testing.T) (*doctor.Patient, *nexo.Database) {
	t.Helper()
	key, _, err := seal.NewKey(rand.Reader, "test.example/evidence")
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "ok v1\n") }))
	t.Cleanup(site.Close)
	cfg := nexo.Config{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "nexo.db"), EvidenceKeys: []string{key}, PublicURL: site.URL, WebhookURL: site.URL,
		LinkSecrets: []string{"x"}, ErasureKeys: []string{strings.Repeat("k", 32)}, AnchorDir: "/anchors", Spool: "/spool", MailServer: "smtp://x", Metrics: observe.New(),
	}
	d, closeIt, err := nexo.OpenDatabase(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeIt)
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &doctor.Patient{
		Config: cfg, Carrier: carrier{}, Client: site.Client(), Now: time.Now,
		Open: func(context.Context) (*nexo.Database, func(), error) { return d, func() {}, nil },
	}, d
}

// find is the finding of a check, or nothing.
func find(fs []doctor.Finding, check string, l doctor.Level) (doctor.Finding, bool) {
	for _, f := range fs {
		if f.Check == check && f.Level == l {
			return f, true
		}
	}
	return doctor.Finding{}, false
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	p, _ := healthy(t)
	fs := doctor.Examine(t.Context(), *p)
	var out strings.Builder
	if err := doctor.Print(&out, fs); err != nil {
		t.Fatal(err)
	}
	if doctor.Worst(fs) == doctor.Bad || len(fs) < 7 {
		t.Errorf("of an installation where all is well it says\n%s", out.String())
	}
}

// TestEachIllness: what is broken is found, by its name, with something to do, and
// the other checks are still made.
func TestEachIllness(t *testing.T) {
	t.Parallel()
	for check, c := range map[string]struct {
		level doctor.Level
		harm  func(t *testing.T, p *doctor.Patient, d *nexo.Database)
	}{
		"database": {doctor.Bad, func(_ *testing.T, p *doctor.Patient, _ *nexo.Database) {
			p.Open = func(context.Context) (*nexo.Database, func(), error) {
				return nil, nil, core.E("x", core.Unavailable, "no server answers")
			}
		}},
		"settings": {doctor.Look, func(_ *testing.T, p *doctor.Patient, _ *nexo.Database) { p.Config.LinkSecrets = nil }},
		"carrier": {doctor.Bad, func(_ *testing.T, p *doctor.Patient, _ *nexo.Database) {
			p.Carrier = carrier{err: core.E("x", core.Denied, "the key is not taken")}
		}},
		"webhooks": {doctor.Bad, func(_ *testing.T, p *doctor.Patient, _ *nexo.Database) { p.Config.WebhookURL += "/elsewhere\x7f" }},
		"pages": {doctor.Bad, func(t *testing.T, p *doctor.Patient, _ *nexo.Database) {
			other := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(other.Close)
			p.Config.PublicURL = other.URL
		}},
		"evidence": {doctor.Bad, func(_ *testing.T, p *doctor.Patient, _ *nexo.Database) { p.Config.EvidenceKeys = nil }},
		"spool": {doctor.Bad, func(t *testing.T, p *doctor.Patient, d *nexo.Database) {
			write(t, d, func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Beat(ctx, "one", true, time.Now()) })
		}},
		"inbox": {doctor.Bad, func(t *testing.T, p *doctor.Patient, d *nexo.Database) {
			long := time.Now().Add(-time.Hour)
			write(t, d, func(ctx context.Context, tx store.Tx) error {
				_, err := tx.Inbox.Keep(ctx, []inbox.Event{{Provider: "telnyx", ID: "e1", Raw: []byte("{}"), Received: long}})
				return err
			})
		}},
	} {
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			p, d := healthy(t)
			if f, ok := find(doctor.Examine(t.Context(), *p), check, c.level); ok {
				t.Fatalf("it is found before it is there: %+v", f)
			}
			c.harm(t, p, d)
			fs := doctor.Examine(t.Context(), *p)
			f, ok := find(fs, check, c.level)
			if !ok || f.Says == "" || f.Do == "" {
				t.Errorf("it is not found, or not what to do: %+v in %+v", f, fs)
			}
			if len(fs) < 4 {
				t.Errorf("only %d checks were made: %+v", len(fs), fs)
			}
		})
	}
}

func write(t *testing.T, d *nexo.Database, f func(context.Context, store.Tx) error) {
	t.Helper()
	if err := d.Store.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}
