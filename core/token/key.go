package token

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"

	"github.com/jobfluss/nexo/core"
)

// A Key gives the guests of one business names that say nothing: addresses, logs
// and events name a guest by one. The same guest always has the same name, also
// for another token.
type Key [16]byte

// IsZero reports whether there is none.
func (k Key) IsZero() bool { return k == Key{} }

// guestMark fills the half of the block that is not the number: of a name that
// was made up, it comes out otherwise but for one in 2^64.
var guestMark = [8]byte{'n', 'e', 'x', 'o', 'g', 's', 't', '1'}

// Guest returns the guest's name: one block of AES, in 22 characters.
func (k Key) Guest(n core.Number) string {
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[:8], n.Digits())
	copy(b[8:], guestMark[:])
	k.cipher(func(c block) { c.Encrypt(b[:], b[:]) })
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Open is the inverse of Guest; false for what is no name of the business's.
func (k Key) Open(name string) (core.Number, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(b) != aes.BlockSize || k.IsZero() {
		return core.Number{}, false
	}
	k.cipher(func(c block) { c.Decrypt(b, b) })
	if subtle.ConstantTimeCompare(b[8:], guestMark[:]) != 1 {
		return core.Number{}, false
	}
	n, err := core.NumberFromDigits(binary.BigEndian.Uint64(b[:8]))
	return n, err == nil && !n.IsZero()
}

type block interface {
	Encrypt(dst, src []byte)
	Decrypt(dst, src []byte)
}

func (k Key) cipher(f func(block)) {
	c, err := aes.NewCipher(k[:])
	if err != nil {
		panic("token: " + err.Error()) // 16 bytes are a key of AES-128
	}
	f(c)
}
