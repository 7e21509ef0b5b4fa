package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/export"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// The commands find what a database on the disk holds, from a business or
// without, and what they export can be checked without it.
func TestRecordsOnDisk(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	t.Setenv("NEXO_DATABASE", "sqlite:"+filepath.Join(dir, "nexo.db"))
	skey, vkey, err := note.GenerateKey(zeros{}, "nexo.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	if err := withDatabase(ctx, func(d *nexo.Database) error { return fill(ctx, t, d, signer) }); err != nil {
		t.Fatal(err)
	}

	text := core.MessageID{10}.String()
	for name, err := range map[string]error{
		"a text":              replayMessageCmd{ID: text}.Run(ctx),
		"a text, supposed":    replayMessageCmd{ID: text, replayInput: replayInput{Profile: "strict", At: "2026-12-09T04:00:00Z"}}.Run(ctx),
		"a campaign":          replayCampaignCmd{ID: replayCampaign.String(), replayInput: replayInput{Business: replayBusiness.String(), Edition: "us-2020-01-01"}}.Run(ctx),
		"a campaign, in JSON": replayCampaignCmd{ID: replayCampaign.String(), replayInput: replayInput{JSON: true, Profile: "federal"}}.Run(ctx),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (replayMessageCmd{ID: core.MessageID{99}.String()}).Run(ctx); !errors.Is(err, core.NotFound) {
		t.Errorf("a text that there is not: %v", err)
	}

	out := filepath.Join(dir, "export")
	cmd := exportCmd{Business: replayBusiness.String(), Out: out, Quiet: true}
	for range 2 {
		if err := cmd.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	c, err := export.Verify(os.DirFS(out), note.VerifierList(key))
	if err != nil || c.Records != 2 || c.Business != replayBusiness {
		t.Errorf("the export is checked as %+v, %v", c, err)
	}
	cmd.Business = "luna"
	if err := cmd.Run(ctx); !errors.Is(err, core.Invalid) || !strings.Contains(err.Error(), "--business") {
		t.Errorf("no id: %v", err)
	}
}

// fill copies what decided makes, and seals it.
func fill(ctx context.Context, t *testing.T, d *nexo.Database, signer note.Signer) error {
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	from := decided(t, false)
	return errors.Join(
		from.Store.View(ctx, func(ctx context.Context, src store.Tx) error {
			b, err := src.Accounts.Business(ctx, replayBusiness)
			if err != nil {
				return err
			}
			rs, _, err := src.Evidence.OfCampaign(ctx, replayBusiness, replayCampaign, 0, 10)
			if err != nil {
				return err
			}
			return d.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
				return errors.Join(tx.Accounts.AddBusiness(ctx, b), tx.Evidence.Append(ctx, rs))
			})
		}),
		func() error {
			_, err := (&seal.Service{Store: d.Store, Clock: system.Time{}, Origin: "nexo.example/log", Signers: []note.Signer{signer}}).Step(ctx)
			return err
		}(),
	)
}
