package bcrypt_test

import (
	"errors"
	"strings"
	"testing"

	stock "golang.org/x/crypto/bcrypt"

	"github.com/jobfluss/nexo/adapters/bcrypt"
	"github.com/jobfluss/nexo/core"
)

var quick = bcrypt.Passwords{Rounds: stock.MinCost}

func TestChecksWhatItHashed(t *testing.T) {
	t.Parallel()
	for _, pw := range []string{
		"correct horse battery",
		strings.Repeat("x", 72),
		strings.Repeat("x", 73),
		strings.Repeat("long passphrase ", 40),
		"pässwörter mit Umläuten",
		strings.Repeat("n\x00l", 40),
	} {
		h, err := quick.Hash(pw)
		if err != nil {
			t.Fatalf("Hash of %d bytes: %v", len(pw), err)
		}
		if !quick.Check(h, pw) {
			t.Errorf("the password of %d bytes is not recognised", len(pw))
		}
		if quick.Check(h, pw+"!") || quick.Check(h, pw[1:]) {
			t.Errorf("another password passes for the one of %d bytes", len(pw))
		}
	}
}

// bcrypt alone would take two passphrases for one when they differ only after
// their 72nd byte.
func TestNoByteOfALongPassphraseIsIgnored(t *testing.T) {
	t.Parallel()
	base := strings.Repeat("a", 100)
	h, err := quick.Hash(base + "1")
	if err != nil {
		t.Fatal(err)
	}
	if quick.Check(h, base+"2") {
		t.Error("two passphrases that differ in byte 101 are taken for one")
	}
}

func TestNewWorksAtCostTwelve(t *testing.T) {
	t.Parallel()
	h, err := bcrypt.New().Hash("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := stock.Cost([]byte(h)); err != nil || c < 12 {
		t.Errorf("cost is %d, %v; want at least 12", c, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	if _, err := quick.Hash(""); !errors.Is(err, core.Invalid) {
		t.Errorf("empty password: %v, want Invalid", err)
	}
	for _, hash := range []string{"", "plain", "$2a$04$short"} {
		if quick.Check(hash, "") || quick.Check(hash, "plain") {
			t.Errorf("hash %q matches something", hash)
		}
	}
}
