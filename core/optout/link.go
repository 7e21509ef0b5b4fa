package optout

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/jobfluss/nexo/core"
)

// Links makes and reads the tokens of opt-out links. A token is a keyword's code
// and a guest's number, sealed: it can neither be read nor made without the
// secret, needs no row in a table, and is good for as long as the secret is
// known. 26 letters and digits, since a link is paid for by the character.
//
// It is one block of AES-256 under a key that HMAC derives from the secret. Of
// the block's 128 bits 40 are the code, 34 a US number, and the others must come
// out as zero: what somebody made up opens once in 2⁵⁴ tries, and would then have to
// meet a keyword that exists.
//
// The nil Links, and one without secrets, makes no links.
type Links struct {
	base   string         // of the web app, without a slash at the end
	blocks []cipher.Block // the first one seals, all of them open
}

// MinSecret is how many bytes a secret has at least.
const MinSecret = 32

// NewLinks returns Links to the web app at base, over secrets, the newest first.
// Earlier ones open links that are out already. A secret that is too short is
// Invalid.
func NewLinks(base string, secrets ...string) (*Links, error) {
	l := &Links{base: strings.TrimSuffix(base, "/")}
	for _, s := range secrets {
		if len(s) < MinSecret {
			return nil, core.E("optout.NewLinks", core.Invalid, "a secret for opt-out links has at least 32 characters")
		}
		h := hmac.New(sha256.New, []byte(s))
		h.Write([]byte("nexo opt-out link v1"))
		b, err := aes.NewCipher(h.Sum(nil))
		if err != nil {
			return nil, core.Wrap("optout.NewLinks", core.Internal, "", err)
		}
		l.blocks = append(l.blocks, b)
	}
	return l, nil
}

// tokens is without i, l, o and u, which are read for other signs, as codes are.
var tokens = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

const (
	codeBytes  = 5                 // of a keyword's code, eight signs
	numberFrom = codeBytes         // seven bytes of digits
	numberTo   = numberFrom + 7    // E.164 has at most 15 digits, which are 50 bits
	tokenSigns = (128 + 4) / 5     // 26
	zeros      = 16 - numberTo     // bytes that must be zero
	maxDigits  = 1<<(8*7-6) - 1    // larger ones are no number
	codeSigns  = codeBytes * 8 / 5 // 8
)

// Token returns the token for a guest who joined, or may have, a business that
// has a keyword with the code. The same pair always gives the same one. It is ""
// where no links are made.
func (l *Links) Token(code string, n core.Number) string {
	if l == nil || len(l.blocks) == 0 || n.IsZero() {
		return ""
	}
	name, err := tokens.DecodeString(code)
	if err != nil || len(name) != codeBytes {
		return ""
	}
	var b [aes.BlockSize]byte
	copy(b[:], name)
	var digits [8]byte
	binary.BigEndian.PutUint64(digits[:], n.Digits())
	copy(b[numberFrom:numberTo], digits[1:])
	l.blocks[0].Encrypt(b[:], b[:])
	return tokens.EncodeToString(b[:])
}

// URL returns the whole link, "" where no links are made.
func (l *Links) URL(code string, n core.Number) string {
	t := l.Token(code, n)
	if t == "" || l.base == "" {
		return ""
	}
	return l.base + "/o/" + t
}

// Open is the inverse of Token. Capital letters are taken too: people copy links by hand.
func (l *Links) Open(token string) (code string, n core.Number, ok bool) {
	if l == nil || len(token) != tokenSigns {
		return "", core.Number{}, false
	}
	sealed, err := tokens.DecodeString(strings.ToLower(token))
	if err != nil || tokens.EncodeToString(sealed) != strings.ToLower(token) {
		return "", core.Number{}, false
	}
	for _, block := range l.blocks {
		var b [aes.BlockSize]byte
		block.Decrypt(b[:], sealed)
		if [zeros]byte(b[numberTo:]) != [zeros]byte{} {
			continue
		}
		var digits [8]byte
		copy(digits[1:], b[numberFrom:numberTo])
		d := binary.BigEndian.Uint64(digits[:])
		if d > maxDigits {
			continue
		}
		if n, err := core.NumberFromDigits(d); err == nil && !n.IsZero() {
			return tokens.EncodeToString(b[:codeBytes]), n, true
		}
	}
	return "", core.Number{}, false
}
