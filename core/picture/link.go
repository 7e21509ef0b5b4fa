package picture

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// linkFor is how long the carrier may fetch a picture: it queues texts for up to
// four hours, and fetches again when it tries again.
const linkFor = 24 * time.Hour

// Links makes and reads the addresses that the carrier fetches pictures from: whose
// picture, which, until when, and a code over it all that only who has the
// secret can make. They need no row in a table. The nil Links, and one without
// secrets, makes none.
type Links struct {
	base string
	keys [][]byte // the first one signs, all of them are taken
}

// NewLinks returns Links to the web app at base, over secrets, the newest first:
// those of opt-out links serve, since each use has a key of its own.
func NewLinks(base string, secrets ...string) *Links {
	l := &Links{base: strings.TrimSuffix(base, "/")}
	for _, s := range secrets {
		h := hmac.New(sha256.New, []byte(s))
		h.Write([]byte("nexo picture link v1"))
		l.keys = append(l.keys, h.Sum(nil))
	}
	return l
}

// Ready reports whether links can be made.
func (l *Links) Ready() bool { return l != nil && len(l.keys) > 0 && l.base != "" }

const (
	codeBytes = 16
	bodyBytes = 16 + 16 + sha256.Size + 1 + 8
)

// URL returns the address of a picture until an instant, "" where no links are
// made.
func (l *Links) URL(b core.BusinessID, r Ref, until time.Time) string {
	if !l.Ready() {
		return ""
	}
	t := make([]byte, 0, bodyBytes+codeBytes)
	t = append(t, b[:]...)
	t = append(t, r.ID[:]...)
	t = append(t, r.SHA256[:]...)
	t = append(t, byte(r.Kind))
	t = binary.BigEndian.AppendUint64(t, uint64(until.Unix()))
	t = append(t, code(l.keys[0], t)...)
	return l.base + "/m/" + base64.RawURLEncoding.EncodeToString(t) + "." + endings[r.Kind]
}

func code(key, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	return h.Sum(nil)[:codeBytes]
}

// Open reads the last part of an address that URL made: whose picture, and which.
// It is false for any other, and after the instant.
func (l *Links) Open(token string, now time.Time) (core.BusinessID, Ref, bool) {
	name, ending, _ := strings.Cut(token, ".")
	t, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if l == nil || err != nil || len(t) != bodyBytes+codeBytes {
		return core.BusinessID{}, Ref{}, false
	}
	for _, k := range l.keys {
		if !hmac.Equal(code(k, t[:bodyBytes]), t[bodyBytes:]) {
			continue
		}
		r := Ref{ID: core.MediumID(t[16:32]), SHA256: [sha256.Size]byte(t[32:64]), Kind: media.Kind(t[64])}
		until := time.Unix(int64(binary.BigEndian.Uint64(t[65:73])), 0)
		if ending != endings[r.Kind] || !now.Before(until) {
			return core.BusinessID{}, Ref{}, false
		}
		return core.BusinessID(t[:16]), r, true
	}
	return core.BusinessID{}, Ref{}, false
}
