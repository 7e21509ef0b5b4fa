package suppression

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/jobfluss/nexo/core"
)

// A Tag stands for a pair whose number is not kept: who knows the key and a
// number can tell whether it is barred, and nobody can read the number from it.
// A plain hash would not do: there are few enough numbers to try them all.
type Tag [16]byte

// Keys make tags. The nil Keys makes none.
type Keys struct{ keys [][]byte } // the first makes new tags, all find old ones

// MinKey is how many bytes a key has at least.
const MinKey = 32

// NewKeys returns Keys over secrets, the newest first. None may ever be lost:
// whom it bars would be barred no longer. One that is too short is Invalid.
func NewKeys(secrets ...string) (*Keys, error) {
	k := &Keys{}
	for _, s := range secrets {
		if len(s) < MinKey {
			return nil, core.E("suppression.NewKeys", core.Invalid, "a key for erased numbers has at least 32 characters")
		}
		h := hmac.New(sha256.New, []byte(s))
		h.Write([]byte("nexo suppression tag v1"))
		k.keys = append(k.keys, h.Sum(nil))
	}
	if len(k.keys) == 0 {
		return nil, nil
	}
	return k, nil
}

// Tags returns the pair's tag under each key, the newest first.
func (k *Keys) Tags(p core.Pair) []Tag {
	if k == nil {
		return nil
	}
	out := make([]Tag, len(k.keys))
	for i, key := range k.keys {
		h := hmac.New(sha256.New, key)
		h.Write(p.Business[:])
		h.Write(binary.BigEndian.AppendUint64(nil, p.Number.Digits()))
		copy(out[i][:], h.Sum(nil))
	}
	return out
}

// Names are by which the keys are recognised, in the order of Tags. They say
// nothing of the keys.
func (k *Keys) Names() []int64 {
	if k == nil {
		return nil
	}
	out := make([]int64, len(k.keys))
	for i, key := range k.keys {
		sum := sha256.Sum256(append([]byte("nexo suppression key name v1"), key...))
		out[i] = int64(binary.BigEndian.Uint32(sum[:]))
	}
	return out
}
