package site_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// canProve gives the site a key, and returns its public half.
func (w *world) canProve() note.Verifier {
	w.t.Helper()
	secret, public, err := seal.NewKey(rand.Reader, "site.example/evidence")
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		w.t.Fatal(err)
	}
	keys, err := seal.ParseKeys([]string{secret})
	if err != nil {
		w.t.Fatal(err)
	}
	w.web.Proof = &proof.Service{Store: w.web.Database.Store, Signer: keys.Signers[0], Book: decide.US(), Clock: w.clock}
	return v
}

func TestAGuestsProofPack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	guest := firstLink(t, owner.get("/subscribers"), "/subscribers/")
	if owner.get(guest).must(200).has("Download proof pack") {
		t.Error("a program without a key offers packs")
	}
	owner.get(guest+"/proof").must(http.StatusServiceUnavailable, "has no key to sign them with")
	key := w.canProve()
	owner.get(guest).must(200, "Download proof pack", guest+"/proof")
	p := owner.get(guest + "/proof").must(200)
	pack := []byte(p.body)
	if _, err := proof.Verify(bytes.NewReader(pack), int64(len(pack)), proof.Options{Keys: []note.Verifier{key}}); err != nil {
		t.Errorf("the pack does not hold: %v", err)
	}
	if d := p.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || strings.Contains(d, guestNumber(1).E164()[2:]) {
		t.Errorf("Content-Disposition is %q", d)
	}
	if c := p.header.Get("Cache-Control"); c != "no-store" {
		t.Errorf("Cache-Control is %q", c)
	}

	stranger, _ := w.venue("rival@rival.example", "(512) 555-0101", "rival")
	stranger.get(guest + "/proof").must(http.StatusNotFound)
}

func TestAReaderGetsNoProofPack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.canProve()
	_, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-time.Hour))
	hash, err := w.web.Passwords.Hash("only for looking")
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddUser(ctx, account.User{ID: core.UserID(w.web.IDs.New()), Business: biz.ID, Email: "door@lunas.example", Name: "Door", PasswordHash: hash, Role: account.Staff, Created: noon})
	})
	door := w.browser()
	door.submit("/signin", "/signin", map[string][]string{"email": {"door@lunas.example"}, "password": {"only for looking"}}).must(200)
	guest := firstLink(t, door.get("/subscribers"), "/subscribers/")
	if door.get(guest).must(200).has("Download proof pack") {
		t.Error("staff are offered what they may not have")
	}
	door.get(guest+"/proof").must(http.StatusForbidden, "Your role may not do this")
}
