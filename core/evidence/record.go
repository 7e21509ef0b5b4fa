package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Kind is what a record is about. Their numbers are stored.
type Kind uint8

// The kinds.
const (
	NoKind          Kind = iota
	KindConsent          // an opt-in, a doubt, its clearing, an age gate
	KindRevocation       // an opt-out, by any means
	KindDecision         // a verdict with all facts it was taken on
	KindSubmission       // what the carrier made of a text that was handed over
	KindReceipt          // what the carrier said of it later
	KindStaffAction      // what a person at the business did
	KindErasure          // that records were erased, and why
	KindHold             // that records must not be erased, and why
	numKinds
)

var kindNames = [...]string{"", "consent", "revocation", "decision", "submission", "receipt", "staff_action", "erasure", "hold"}

func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return ""
}

// ParseKind reads what String writes; any other text is NoKind and false.
func ParseKind(s string) (Kind, bool) {
	for i, n := range kindNames {
		if n == s && s != "" {
			return Kind(i), true
		}
	}
	return NoKind, false
}

// A Hash is a SHA-256.
type Hash [sha256.Size]byte

// String returns 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// A Salt makes a commitment say nothing about its body to whoever guesses at
// it. It is erased with the body.
type Salt [16]byte

// Salts makes salts. Implementations are safe for concurrent use, and what they
// make cannot be guessed.
type Salts interface {
	Salt() Salt
}

// A Record is one fact with what is needed to find it.
type Record struct {
	ID       core.RecordID
	Business core.BusinessID
	Kind     Kind
	At       time.Time // of the fact
	// Number is the guest whom it is about, zero for none and once erased.
	Number   core.Number
	Message  core.MessageID  // zero where it is about none
	Campaign core.CampaignID // likewise
	// Body is canonical JSON, nil once erased. It names the kind, the business,
	// the guest's number in full, and everything else that it proves.
	Body       []byte
	Salt       Salt
	Commitment Hash
}

// Commit returns the commitment to a body under a salt.
func Commit(s Salt, body []byte) Hash {
	h := sha256.New()
	h.Write([]byte("nexo record v1\n"))
	h.Write(s[:])
	h.Write(body)
	return Hash(h.Sum(nil))
}

// Erased reports whether the body is gone.
func (r Record) Erased() bool { return r.Body == nil }

// A Leaf is what the tree holds of a record.
type Leaf struct {
	Index      int64 // in the tree, from 0
	Business   core.BusinessID
	Seq        int64 // in the business, from 1, without gaps
	Commitment Hash
}

// leafSize is the length of a leaf's data.
const leafSize = 16 + 8 + sha256.Size

// Data returns the bytes that the tree hashes: business, number, commitment.
func (l Leaf) Data() []byte {
	b := make([]byte, 0, leafSize)
	b = append(b, l.Business[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	return append(b, l.Commitment[:]...)
}
