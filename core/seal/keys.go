package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
)

// Keys are what a log's heads are signed with. Each is the text that
// golang.org/x/mod/sumdb/note makes, an Ed25519 key with the log's name in it,
// so that no key can sign for another log by mistake.
type Keys struct {
	// Origin is the log's name.
	Origin  string
	Signers []note.Signer
	// Verifiers are their public halves, as text, in the same order.
	Verifiers []string
}

// NewKey makes a key for the log of a name, such as "luna.example/evidence".
// The signer is secret; the verifier is for everybody. rand must be a source of
// secrets. Errors have kind Invalid for the name.
func NewKey(rand io.Reader, name string) (signer, verifier string, err error) {
	const op = "seal.NewKey"
	if name == "" || len(name) > 200 || strings.ContainsAny(name, "+ \t\r\n") {
		return "", "", core.E(op, core.Invalid, "a log's name is one word without +, such as luna.example/evidence")
	}
	signer, verifier, err = note.GenerateKey(rand, name)
	if err == nil {
		_, err = note.NewVerifier(verifier)
	}
	if err != nil {
		return "", "", core.Wrap(op, core.Invalid, "a key of this name could not be made", err)
	}
	return signer, verifier, nil
}

// ParseKeys reads signers. All have the same name and no two are the same; the
// first is the one in use longest. Errors have kind Invalid and show no key.
func ParseKeys(signers []string) (Keys, error) {
	const op = "seal.ParseKeys"
	var k Keys
	if len(signers) == 0 {
		return k, core.E(op, core.Invalid, "there is no key; make one with nexo keys new")
	}
	for _, text := range signers {
		s, err := note.NewSigner(text)
		if err != nil {
			return Keys{}, core.E(op, core.Invalid, "a key is not whole: it is one line that begins with PRIVATE+KEY+, as nexo keys new writes it")
		}
		v, err := verifier(s.Name(), text)
		if err != nil {
			return Keys{}, core.Wrap(op, core.Invalid, "a key's public half cannot be told", err)
		}
		if k.Origin == "" {
			k.Origin = s.Name()
		}
		if s.Name() != k.Origin {
			return Keys{}, core.E(op, core.Invalid, "the keys are of different logs, "+k.Origin+" and "+s.Name()+"; a new key of a log has the log's name")
		}
		for _, other := range k.Verifiers {
			if other == v {
				return Keys{}, core.E(op, core.Invalid, "a key is there twice")
			}
		}
		k.Signers, k.Verifiers = append(k.Signers, s), append(k.Verifiers, v)
	}
	return k, nil
}

// verifier returns the public half of a signer that was read. note has no
// function for that: of the five parts between pluses the last is, in base64,
// one byte for the algorithm and 32 of the seed. (It may hold a plus itself.)
func verifier(name, signer string) (string, error) {
	parts := strings.SplitN(signer, "+", 5)
	key, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(key) != 1+ed25519.SeedSize {
		return note.NewEd25519VerifierKey(name, nil) // which says what is wrong
	}
	return note.NewEd25519VerifierKey(name, ed25519.NewKeyFromSeed(key[1:]).Public().(ed25519.PublicKey))
}
