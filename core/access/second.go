package access

import (
	"encoding/base32"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// Codes are those of authenticator apps (RFC 6238). Implementations are safe for
// concurrent use.
type Codes interface {
	// Enrol returns the address that an app reads from a QR code, and the secret as
	// people type it.
	Enrol(secret []byte, account string) (link, typed string)
	// Step returns the step of time that a code is of, and false where it is of none
	// that counts now.
	Step(secret []byte, code string, now time.Time) (int64, bool)
}

// Passkeys registers them and checks what they sign. What begins returns what the
// browser is asked, as JSON, and a state to keep until it has answered; keys are
// as FinishAdd wrote them. A browser's answer that is not right is Denied.
// Implementations are safe for concurrent use.
type Passkeys interface {
	BeginAdd(u account.User, keys [][]byte) (ask, state []byte, err error)
	FinishAdd(u account.User, state, answer []byte) (key []byte, err error)
	BeginUse() (ask, state []byte, err error)
	// FinishUse returns whose key signed, which one of the keys that find returned,
	// and the key as it is to be kept from now on.
	FinishUse(state, answer []byte, find func(core.UserID) (account.User, [][]byte, error)) (u core.UserID, n int, key []byte, err error)
}

// RecoveryCodes is how many there are in a set.
const RecoveryCodes = 10

// codes32 is without signs that are read for others.
var codes32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// RecoveryCode makes a code of a secret: sixteen signs, eighty random bits, in
// groups.
func RecoveryCode(secret [32]byte) string {
	s := codes32.EncodeToString(secret[:10])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// FoldRecovery is a code as it is hashed, however it was typed.
func FoldRecovery(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == '-' || r == ' ':
			return -1
		}
		switch r {
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, strings.TrimSpace(typed))
}
