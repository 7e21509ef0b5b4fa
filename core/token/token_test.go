package token_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/token"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	back, err := token.ParseScopes(token.All.Names())
	if err != nil || back != token.All {
		t.Errorf("all scopes read back as %v, %v", back, err)
	}
	if _, err := token.ParseScopes([]string{"check", "everything"}); core.KindOf(err) != core.Invalid {
		t.Errorf("an unknown scope: %v", err)
	}
	if token.All.Has(0) || token.Scopes(0).Has(token.Check) || !token.All.Has(token.Check|token.Webhooks) {
		t.Error("Has is wrong: to need nothing is no permission")
	}
	if token.ReadProofs.Writes() || !token.SendCampaigns.Writes() {
		t.Error("Writes is wrong")
	}
}

// TestSecrets: a secret names its business, and nothing else is one.
func TestSecrets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := core.BusinessID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "business"))
		b[0] |= 1
		secret := token.NewSecret(b, [token.SecretSize]byte(rapid.SliceOfN(rapid.Byte(), token.SecretSize, token.SecretSize).Draw(t, "chance")))
		if got, ok := token.BusinessOf(secret); !ok || got != b {
			t.Fatalf("the secret names %v, %v", got, ok)
		}
		if p := token.Prefix(secret); !strings.HasPrefix(secret, p) || len(p) != 13 {
			t.Fatalf("the prefix is %q", p)
		}
		i := rapid.IntRange(0, len(secret)-1).Draw(t, "place")
		if _, ok := token.BusinessOf(secret[:i]); ok {
			t.Fatal("a part of a secret is one")
		}
		if _, ok := token.BusinessOf(secret[:i] + "=" + secret[i+1:]); ok {
			t.Fatal("a spoilt secret is one")
		}
	})
}

// TestGuestNames: a guest has one name under a key, and no name under another.
func TestGuestNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, err := core.NumberFromDigits(15125550100 + rapid.Uint64Range(0, 99).Draw(t, "number"))
		if err != nil {
			t.Fatal(err)
		}
		k := token.Key(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key"))
		k[0] |= 1
		name := k.Guest(n)
		if got, ok := k.Open(name); !ok || got != n || k.Guest(n) != name {
			t.Fatal("a name does not lead back to its guest")
		}
		other := k
		other[15] ^= 1
		if _, ok := other.Open(name); ok {
			t.Fatal("another key opens the name")
		}
		if _, ok := (token.Key{}).Open((token.Key{}).Guest(n)); ok {
			t.Fatal("without a key a name is opened")
		}
		b := []byte(name)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "place")] ^= 3
		if got, ok := k.Open(string(b)); ok && string(b) != name {
			t.Fatalf("a made-up name leads to %v", got)
		}
	})
}
