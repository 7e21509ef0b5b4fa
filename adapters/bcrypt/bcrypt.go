// Package bcrypt hashes passwords with bcrypt, golang.org/x/crypto's.
package bcrypt

import (
	"crypto/sha256"
	"encoding/base64"

	"golang.org/x/crypto/bcrypt"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// Cost is the work factor: 2^12 rounds, about a quarter of a second on a small
// server.
const Cost = 12

// longest is what bcrypt reads of a password; it ignores or refuses the rest.
const longest = 72

// Passwords implements [account.Passwords]. The zero value works at [Cost]. It
// is safe for concurrent use.
//
// A passphrase of more than 72 bytes is hashed with SHA-256 first and enters
// bcrypt as base64: 43 characters without a zero byte, at which bcrypt would
// stop. Shorter ones enter as they are, so the hashes are plain bcrypt. Nobody
// gains by typing the 43 characters: they cannot be had from the hash.
type Passwords struct {
	// Rounds replaces Cost where it is not 0. Tests use bcrypt's least, 4.
	Rounds int
}

var _ account.Passwords = Passwords{}

// New returns Passwords at [Cost].
func New() Passwords { return Passwords{} }

// Hash returns a salted hash of 60 characters. An empty password is Invalid.
func (p Passwords) Hash(password string) (string, error) {
	const op = "bcrypt.Hash"
	if password == "" {
		return "", core.E(op, core.Invalid, "the password is empty; choose one of at least 12 characters")
	}
	rounds := p.Rounds
	if rounds == 0 {
		rounds = Cost
	}
	h, err := bcrypt.GenerateFromPassword(input(password), rounds)
	if err != nil {
		return "", core.Wrap(op, core.Internal, "", err)
	}
	return string(h), nil
}

// Check reports whether password made the hash. It compares in constant time;
// what is not a bcrypt hash matches nothing.
func (p Passwords) Check(hash, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(hash), input(password)) == nil
}

func input(password string) []byte {
	if len(password) <= longest {
		return []byte(password)
	}
	sum := sha256.Sum256([]byte(password))
	return []byte(base64.RawStdEncoding.EncodeToString(sum[:]))
}
