package site

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// A seal hides guests' numbers in addresses: a page about a guest is at
// /subscribers/ and the sealed number, so that no number is in a history, a log
// or a Referer.
//
// Its keys come from the user's password hash: a secret that every copy of the
// program can read and that never leaves the server. So an address works for
// the one user, until they change the password.
type seal struct {
	aead     cipher.AEAD
	nonceKey []byte
	business core.BusinessID
}

func newSeal(u account.User) seal {
	block, err := aes.NewCipher(derive(u.PasswordHash, "guest address"))
	if err != nil {
		panic("site: " + err.Error()) // 32 bytes are a key of AES-256
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("site: " + err.Error())
	}
	return seal{aead: aead, nonceKey: derive(u.PasswordHash, "guest nonce"), business: u.Business}
}

func derive(secret, use string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(use))
	return h.Sum(nil)
}

// ref returns the sealed number. One guest always has the same address, so the
// nonce is made from the number, under a key of its own.
func (s seal) ref(n core.Number) string {
	var digits [8]byte
	binary.BigEndian.PutUint64(digits[:], n.Digits())
	h := hmac.New(sha256.New, s.nonceKey)
	h.Write(s.business[:])
	h.Write(digits[:])
	nonce := h.Sum(nil)[:s.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, digits[:], s.business[:]))
}

// open is the inverse. What we did not seal is NotFound.
func (s seal) open(ref string) (core.Number, error) {
	b, err := base64.RawURLEncoding.DecodeString(ref)
	if err != nil || len(b) < s.aead.NonceSize() {
		return core.Number{}, errNotFound
	}
	digits, err := s.aead.Open(nil, b[:s.aead.NonceSize()], b[s.aead.NonceSize():], s.business[:])
	if err != nil || len(digits) != 8 {
		return core.Number{}, errNotFound
	}
	n, err := core.NumberFromDigits(binary.BigEndian.Uint64(digits))
	if err != nil || n.IsZero() {
		return core.Number{}, errNotFound
	}
	return n, nil
}
