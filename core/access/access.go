// Package access holds who may come in and what they may do: sign-ins, second
// factors, single-use tokens, the people of other locations, what happened to an
// account's safety, and the table of permissions. It is data and rules; the use
// cases are in core/signin and core/team.
//
// A person's sign-ins, factors and tokens belong to the person, not to a
// business: they are needed before it is known which business is visited.
package access

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// The ids of this package.
type (
	SessionID = core.ID[sessionTag]
	FactorID  = core.ID[factorTag]
	NoticeID  = core.ID[noticeTag]

	sessionTag struct{}
	factorTag  struct{}
	noticeTag  struct{}
)

// Secrets makes what nobody can guess. Implementations are safe for concurrent
// use.
type Secrets interface {
	// Secret returns 32 random bytes.
	Secret() [32]byte
}

// A Hash is what is kept of a secret that has at least 128 random bits, so that
// one round of SHA-256 is enough: whoever reads the database cannot use it.
type Hash [32]byte

// HashOf hashes a secret.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// How long a sign-in lasts: Idle without a request, so that whoever comes once a
// week stays in, and Absolute in any case. An operator's are shorter, since they
// see every business.
const (
	Idle     = 8 * 24 * time.Hour
	Absolute = 30 * 24 * time.Hour

	OperatorIdle     = 30 * time.Minute
	OperatorAbsolute = 12 * time.Hour
)

// SeenEvery is how often a sign-in's last request is written down: each page
// would be a write more.
const SeenEvery = time.Minute

// A Session is one sign-in on one device.
type Session struct {
	ID     SessionID
	User   core.UserID
	Role   account.Role // when it began: how long it lasts
	Begun  time.Time
	Seen   time.Time // the last request, to a minute
	Device string    // "Chrome on Windows"
}

// Over reports whether the sign-in has run out. The zero Session has.
func (s Session) Over(now time.Time) bool {
	idle, absolute := Idle, Absolute
	if s.Role == account.Operator {
		idle, absolute = OperatorIdle, OperatorAbsolute
	}
	return now.Sub(s.Begun) >= absolute || now.Sub(s.Seen) >= idle
}

// A FactorKind is what a factor is.
type FactorKind uint8

// The kinds. The numbers are stored.
const (
	NoFactor FactorKind = iota
	TOTP                // a secret shared with an app (RFC 6238)
	Recovery            // a code on paper, used once
	Passkey             // a WebAuthn credential
	Device              // a browser that has signed in before; by itself it opens nothing
)

// A Factor is something that a user has.
type Factor struct {
	ID   FactorID
	User core.UserID
	Kind FactorKind
	Name string // as people call it
	// Hash is of the code or the device's secret; the zero Hash for other kinds.
	Hash Hash
	// Secret is a TOTP secret or a WebAuthn credential, as whoever made it writes it.
	Secret []byte
	Added  time.Time
	Used   time.Time // last; a recovery code that has one is spent
	// Step is the last step of time whose code was taken: none is taken twice
	// (RFC 6238, 5.2).
	Step int64
}

// A TokenKind is what a token is for.
type TokenKind uint8

// The kinds. The numbers are stored.
const (
	NoToken    TokenKind = iota
	Confirm              // the e-mail address is theirs
	Reset                // another password
	Invitation           // act for a business
)

// Life is how long a token of the kind can be used.
func (k TokenKind) Life() time.Duration {
	switch k {
	case Confirm:
		return 3 * 24 * time.Hour
	case Reset:
		return time.Hour
	case Invitation:
		return 7 * 24 * time.Hour
	}
	return 0
}

// A Token can be used once, by whoever reads the e-mail.
type Token struct {
	Hash Hash
	Kind TokenKind
	// User is whose it is; of an invitation, who invites.
	User     core.UserID
	Business core.BusinessID // of an invitation
	Role     account.Role    // of an invitation
	Email    string          // where it was sent
	Made     time.Time
	Until    time.Time
	Used     time.Time // zero while it can be used
}

// Good reports whether the token can be used.
func (t Token) Good(now time.Time) bool { return t.Used.IsZero() && now.Before(t.Until) }

// A Membership lets a user act for another business than their own.
type Membership struct {
	Business core.BusinessID
	User     core.UserID
	Role     account.Role
	Added    time.Time
}

// A Notice is what happened to the safety of a user's account.
type Notice struct {
	ID     NoticeID
	User   core.UserID
	By     core.UserID // who did it; zero for a program
	Kind   NoticeKind
	At     time.Time
	Detail string // a device, a role; never a secret
	Told   bool   // it was sent by e-mail, or need not be
}

// A NoticeKind is what happened.
type NoticeKind string

// The kinds. They are stored.
const (
	SignedIn        NoticeKind = "signed_in"
	NewDevice       NoticeKind = "new_device"
	PasswordChanged NoticeKind = "password_changed"
	PasswordReset   NoticeKind = "password_reset"
	EmailChanged    NoticeKind = "email_changed"
	EmailConfirmed  NoticeKind = "email_confirmed"
	RoleChanged     NoticeKind = "role_changed"
	FactorAdded     NoticeKind = "factor_added"
	FactorRemoved   NoticeKind = "factor_removed"
	RecoveryUsed    NoticeKind = "recovery_used"
	SessionsEnded   NoticeKind = "sessions_ended"
)

// Mailed reports whether the user is told by e-mail.
func (k NoticeKind) Mailed() bool { return k != SignedIn && k != EmailConfirmed }

// A Book keeps all of this. All errors are [core.Error]; what is not there is
// NotFound, what is there already is Conflict.
type Book interface {
	Begin(ctx context.Context, s Session) error
	Session(ctx context.Context, id SessionID) (Session, error)
	// Sessions returns a user's, those that have run out too, by rising id.
	Sessions(ctx context.Context, u core.UserID) ([]Session, error)
	// Seen writes down a request of a session. One that is gone stays gone.
	Seen(ctx context.Context, id SessionID, at time.Time) error
	// End ends a user's sessions of the ids, those that are there; without ids, all.
	End(ctx context.Context, u core.UserID, ids ...SessionID) error

	// PutFactor adds a factor, or changes the one of its id. Factors returns a
	// user's, by rising id.
	PutFactor(ctx context.Context, f Factor) error
	Factors(ctx context.Context, u core.UserID) ([]Factor, error)
	// Spend is PutFactor for what may be used once: it is a Conflict unless the
	// factor is as was read, that is, last used at the instant and of the step.
	Spend(ctx context.Context, f Factor, used time.Time, step int64) error
	// DropFactors takes away a user's factors of the ids, those that are there.
	DropFactors(ctx context.Context, u core.UserID, ids ...FactorID) error

	PutToken(ctx context.Context, t Token) error
	// Token returns one, used or not.
	Token(ctx context.Context, h Hash) (Token, error)
	// UseToken marks a token as used. One that was used already is a Conflict.
	UseToken(ctx context.Context, h Hash, at time.Time) error
	// DropTokens takes away what a user has of a kind, used or not.
	DropTokens(ctx context.Context, u core.UserID, k TokenKind) error
	// Invitations returns those to a business, used ones too, by when they were made.
	Invitations(ctx context.Context, b core.BusinessID) ([]Token, error)
	// DropInvitation takes one away.
	DropInvitation(ctx context.Context, b core.BusinessID, h Hash) error

	// PutMembership adds one, or changes the role of the one that is there.
	PutMembership(ctx context.Context, m Membership) error
	// Memberships returns a user's, by business.
	Memberships(ctx context.Context, u core.UserID) ([]Membership, error)
	DropMembership(ctx context.Context, b core.BusinessID, u core.UserID) error

	Note(ctx context.Context, n Notice) error
	// Notices returns the newest n of a user, newest first.
	Notices(ctx context.Context, u core.UserID, n int) ([]Notice, error)
	// Untold returns up to n that nobody was told of yet, oldest first.
	Untold(ctx context.Context, n int) ([]Notice, error)
	// Tell marks them as told.
	Tell(ctx context.Context, ids ...NoticeID) error

	// Forget takes away everything of a user.
	Forget(ctx context.Context, u core.UserID) error
	// Sweep takes away sessions last seen, notices noted, and tokens run out before
	// the instant.
	Sweep(ctx context.Context, before time.Time) error
}
