package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// venue makes a database with one guest's opt-in in the log, and returns the
// business and the log's public key.
func venue(t *testing.T) (business, key string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nexo.db")
	s, closeIt, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt()
	secret, public, err := seal.NewKey(rand.Reader, "test.example/evidence")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.ParseKeys([]string{secret})
	if err != nil {
		t.Fatal(err)
	}
	b := account.Business{ID: core.BusinessID(system.UUIDs{}.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		Sender: core.MustNumber("+15125550100"), Status: account.Active, Created: time.Unix(0, 0)}
	e := consent.Event{ID: core.EventID(system.UUIDs{}.New()), Business: b.ID, Number: core.MustNumber("+15125550123"), Kind: consent.Granted, At: time.Unix(1, 0), Recorded: time.Unix(1, 0)}
	sealer := seal.Service{Store: s, Clock: system.Clock(), Origin: keys.Origin, Signers: keys.Signers}
	err = errors.Join(s.MigrateUp(t.Context()), s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddBusiness(ctx, b), tx.Evidence.Append(ctx, []evidence.Record{evidence.NewConsent(system.Salts{}.Salt(), e, consent.Disclosure{})}))
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealer.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NEXO_DATABASE", "sqlite:"+path)
	t.Setenv("NEXO_EVIDENCE_KEYS", secret)
	return b.ID.String(), public
}

func TestProofAndVerify(t *testing.T) {
	business, key := venue(t)
	dir := t.TempDir()
	pack, keyFile := filepath.Join(dir, "pack.zip"), filepath.Join(dir, "key")
	proof := proofNumberCmd{Number: "+15125550123", Business: business, proofOut: proofOut{Out: pack}}
	if err := proof.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := proof.Run(t.Context()); core.KindOf(err) != core.Conflict {
		t.Errorf("over a pack that is there: %v", err)
	}
	if err := os.WriteFile(keyFile, []byte("# the log's key\n"+key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{key, keyFile} {
		if err := (verifyCmd{Pack: pack, Key: []string{k}}).Run(); err != nil {
			t.Errorf("verify: %v", err)
		}
	}
	data, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(pack, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (verifyCmd{Pack: pack, Key: []string{key}}).Run(); err != run.Exit(1) {
		t.Errorf("a flipped bit: %v", err)
	}
	if err := (verifyCmd{Pack: pack, Key: []string{"no key"}}).Run(); core.KindOf(err) != core.Invalid {
		t.Errorf("no key: %v", err)
	}
}

// A pack that cannot be made leaves nothing behind.
func TestProofThatFails(t *testing.T) {
	business, _ := venue(t)
	dir := t.TempDir()
	out := proofOut{Out: filepath.Join(dir, "pack.zip")}
	for name, err := range map[string]error{
		"no number":        proofNumberCmd{Number: "512", Business: business, proofOut: out}.Run(t.Context()),
		"no business":      proofNumberCmd{Number: "+15125550123", Business: "luna", proofOut: out}.Run(t.Context()),
		"another business": proofNumberCmd{Number: "+15125550123", Business: core.BusinessID{9}.String(), proofOut: out}.Run(t.Context()),
		"no campaign":      proofCampaignCmd{Campaign: "tacos", proofOut: out}.Run(t.Context()),
		"another campaign": proofCampaignCmd{Campaign: core.CampaignID{9}.String(), proofOut: out}.Run(t.Context()),
		"no folder":        proofNumberCmd{Number: "+15125550123", Business: business, proofOut: proofOut{Out: filepath.Join(dir, "none", "pack.zip")}}.Run(t.Context()),
	} {
		if core.MessageOf(err) == "" || strings.Contains(err.Error(), "5550123") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("what was left behind: %v, %v", left, err)
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	if got := printable("a\x1b[2Jb\u009bc\n"); got != "a?[2Jb?c?" {
		t.Errorf("printable gave %q", got)
	}
}
