// Package token holds what programs outside the product come in with: tokens of
// the API, what each may do, and the answers that are kept so that a request
// that is made again is not carried out again.
package token

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// An ID names a token. It is what evidence names as the actor of what was done
// with it.
type ID = core.ID[tag]

type tag struct{}

// A Token lets a program act for a business. Its secret is kept nowhere: only
// the hash of it is.
type Token struct {
	ID       ID
	Business core.BusinessID
	Name     string // what it is for, as its owner wrote it
	Prefix   string // how the secret begins, so that people can tell tokens apart
	Hash     Hash
	Scopes   Scopes
	Created  time.Time
	By       core.UserID // who made it
	Expires  time.Time
	// Revoked is zero while nobody has taken it back.
	Revoked   time.Time
	RevokedBy core.UserID
	Used      time.Time // when it was last used, to the minute; zero for never
}

// Live reports whether the token lets anybody in at t.
func (k Token) Live(t time.Time) bool { return k.Revoked.IsZero() && t.Before(k.Expires) }

// A Hash is the SHA-256 of a secret. The secret is 160 bits of chance, so that a
// slow hash would protect nothing more.
type Hash [sha256.Size]byte

// Scopes is a set of what a token may do. The empty set may do nothing.
type Scopes uint32

// The scopes. Their numbers are stored.
const (
	ReadSubscribers  Scopes = 1 << iota // list them, and look one up
	ReadNumbers                         // see their phone numbers in full
	WriteSubscribers                    // suppress and erase them
	ReadCampaigns
	WriteCampaigns // write drafts
	SendCampaigns  // schedule, pause, resume and cancel
	ReadMessages   // texts, and why each was decided as it was
	ReadProofs     // proof packs, which name numbers in full
	Check          // ask the engine
	Webhooks       // say where events go, and see what became of them
	endOfScopes
)

var scopeNames = []string{
	"subscribers:read", "numbers:read", "subscribers:write", "campaigns:read", "campaigns:write", "campaigns:send", "messages:read", "proofs:read",
	"check", "webhooks",
}

// All is every scope.
const All = endOfScopes - 1

// Has reports whether every scope of x is in s.
func (s Scopes) Has(x Scopes) bool { return x != 0 && s&x == x }

// Writes reports whether anything may be changed.
func (s Scopes) Writes() bool {
	return s&(WriteSubscribers|WriteCampaigns|SendCampaigns|Webhooks) != 0
}

// Names returns the names, in a fixed order.
func (s Scopes) Names() []string {
	var out []string
	for i, n := range scopeNames {
		if s&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// String returns the names with spaces between, as OAuth writes scopes.
func (s Scopes) String() string { return strings.Join(s.Names(), " ") }

// ParseScopes reads names, of which each must be known. Errors have kind Invalid.
func ParseScopes(names []string) (Scopes, error) {
	var s Scopes
	for _, n := range names {
		i := slices.Index(scopeNames, n)
		if i < 0 {
			return 0, core.E("token.ParseScopes", core.Invalid, "there is no such scope; there are "+All.String())
		}
		s |= 1 << i
	}
	return s, nil
}

// Mark begins every secret, so that scanners for leaked keys know one.
const Mark = "nexo_"

// shownDigits is how many characters of chance the prefix shows: 40 of 160 bits.
const shownDigits = 8

// SecretSize is how many bytes of chance a secret is made of.
const SecretSize = 20

var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewSecret writes a secret of chance for a business. It names the business, so
// that it is looked for among that business's tokens only.
func NewSecret(b core.BusinessID, chance [SecretSize]byte) string {
	return Mark + alphabet.EncodeToString(append(chance[:], b[:]...))
}

// Prefix is how a secret begins.
func Prefix(secret string) string { return secret[:min(len(secret), len(Mark)+shownDigits)] }

// HashOf is the hash of a secret.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// BusinessOf reads whose a secret says it is; false for what is no secret.
func BusinessOf(secret string) (core.BusinessID, bool) {
	digits, ok := strings.CutPrefix(secret, Mark)
	if !ok || len(digits) != alphabet.EncodedLen(SecretSize+16) {
		return core.BusinessID{}, false
	}
	b, err := alphabet.DecodeString(digits)
	if err != nil || alphabet.EncodeToString(b) != digits {
		return core.BusinessID{}, false // of two ways to write the last bits one is ours
	}
	id := core.BusinessID(b[SecretSize:])
	return id, !id.IsZero()
}

// An Answer is what became of a request that was made under a key of the
// caller's: the same request under the same key has the same answer, and is not
// carried out twice.
type Answer struct {
	Business core.BusinessID
	Token    ID
	Key      string // the caller's
	Request  Hash   // of method, address and body
	Begun    time.Time
	Expires  time.Time
	// Status is the HTTP status; 0 while the request is being carried out.
	Status int
	Body   []byte
}

// A Book holds tokens, and what belongs to them. Errors are [core.Error]; what
// is not there, or is another business's, is NotFound.
type Book interface {
	// Add is Conflict where the hash or the id is taken.
	Add(ctx context.Context, t Token) error
	// ByHash returns the token of a business with the hash, revoked and expired
	// ones too, and the business's key.
	ByHash(ctx context.Context, b core.BusinessID, h Hash) (Token, Key, error)
	// Tokens returns all of a business, newest first.
	Tokens(ctx context.Context, b core.BusinessID) ([]Token, error)
	// Revoke takes a token back. One that was taken back stays as it is.
	Revoke(ctx context.Context, b core.BusinessID, id ID, by core.UserID, at time.Time) error
	// Used notes that the token was used, where that is later than what is noted.
	Used(ctx context.Context, b core.BusinessID, id ID, at time.Time) error

	// Key returns the key under which the business's guests have names; the zero
	// Key where none was put.
	Key(ctx context.Context, b core.BusinessID) (Key, error)
	// PutKey keeps one. Of two the first stays.
	PutKey(ctx context.Context, b core.BusinessID, k Key, at time.Time) error

	// Begin keeps an answer with Status 0, unless one of the same token and key is
	// kept that expires after a.Begun: then it returns that one and false.
	Begin(ctx context.Context, a Answer) (kept Answer, fresh bool, err error)
	// Finish keeps status, body and expiry of what was begun at a.Begun.
	Finish(ctx context.Context, a Answer) error
	// Forget drops what was begun at a.Begun, so that the request may be made again.
	Forget(ctx context.Context, a Answer) error
	// Purge drops up to n answers that expired before t.
	Purge(ctx context.Context, t time.Time, n int) (dropped int, err error)
}
