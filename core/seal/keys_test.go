package seal_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
)

// seeds are a source of keys that rapid chooses.
type seeds struct{ t *rapid.T }

func (s seeds) Read(b []byte) (int, error) {
	return copy(b, rapid.SliceOfN(rapid.Byte(), len(b), len(b)).Draw(s.t, "seed")), nil
}

// Every key that is made can be read, and what it signs is checked with the
// public half that is told of it. (Base64 has pluses too, as the key's own form.)
func TestKeysAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signer, verifier, err := seal.NewKey(seeds{t}, origin)
		if err != nil {
			t.Fatal(err)
		}
		k, err := seal.ParseKeys([]string{signer})
		if err != nil {
			t.Fatal(err)
		}
		if k.Origin != origin || len(k.Verifiers) != 1 || k.Verifiers[0] != verifier {
			t.Fatalf("the key of %s is read as %s with %v, want %s", origin, k.Origin, k.Verifiers, verifier)
		}
		v, err := note.NewVerifier(k.Verifiers[0])
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Sign(&note.Note{Text: evidence.Checkpoint{}.Text(origin)}, k.Signers...)
		if err == nil {
			_, err = note.Open(signed, note.VerifierList(v))
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

// fixed is a source that makes one key.
type fixed byte

func (f fixed) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(f)
	}
	return len(b), nil
}

func newKey(t *testing.T, seed fixed, name string) (signer, verifier string) {
	t.Helper()
	s, v, err := seal.NewKey(seed, name)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestKeysThatCannotBeUsed(t *testing.T) {
	a, public := newKey(t, 1, origin)
	b, _ := newKey(t, 2, origin)
	foreign, _ := newKey(t, 3, "other.example/log")
	swapped := strings.Join(append(strings.SplitN(a, "+", 5)[:4], strings.SplitN(b, "+", 5)[4]), "+") // one's number, the other's seed
	for name, c := range map[string]struct {
		keys []string
		says string
	}{
		"none":         {nil, "no key"},
		"empty":        {[]string{""}, "not whole"},
		"public half":  {[]string{public}, "not whole"},
		"cut off":      {[]string{a[:len(a)-2]}, "not whole"},
		"another seed": {[]string{swapped}, "not whole"},
		"foreign":      {[]string{a, foreign}, "different logs"},
		"twice":        {[]string{a, b, a}, "twice"},
	} {
		_, err := seal.ParseKeys(c.keys)
		if !errors.Is(err, core.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		for _, k := range c.keys {
			if err != nil && k != "" && strings.Contains(err.Error(), k[len(k)-20:]) {
				t.Errorf("%s: the error shows the key: %v", name, err)
			}
		}
	}
	if k, err := seal.ParseKeys([]string{a, b}); err != nil || len(k.Signers) != 2 {
		t.Errorf("two keys of one log: %v", err)
	}
	for _, name := range []string{"", "two words", "a+b", "a\u00a0b", "line\nbreak", strings.Repeat("x", 201), "\xff"} {
		if _, _, err := seal.NewKey(fixed(1), name); !errors.Is(err, core.Invalid) {
			t.Errorf("a key of the name %q: %v", name, err)
		}
	}
}
