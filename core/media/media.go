// Package media holds pictures and the like that guests send, and those that go
// to them (core/picture): what is known of
// each, where its bytes are, and which kinds are taken. It declares the blob store
// and what fetches from a carrier.
package media

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// MaxSize is the most bytes that one medium may have. Carriers take no more than
// 1.5 MB between phones; some gateways hand over larger originals.
const MaxSize = 5 << 20

// A State says where a medium stands. The numbers are stored.
type State uint8

// The states.
const (
	NoState State = iota
	Waiting       // still at the carrier
	Kept          // in the blob store
	Refused       // too large, of a kind that is not taken, or not there any more
	Doomed        // its text is gone: the bytes are to be deleted, and then the row
	Loose         // of the venue, and no text has it yet: deleted when it is due
)

// A Medium is one picture or the like: of one text of a guest or to a guest, or of
// the venue's campaigns. Those have no Thread; their Item is the campaign that had it first,
// and Due is when texts with it were planned last.
type Medium struct {
	ID       core.MediumID
	Business core.BusinessID
	Thread   core.ThreadID
	Item     core.ItemID
	URL      string // at the carrier; "" once it is not needed any more
	State    State
	Kind     Kind
	Size     int
	Attempts int
	Due      time.Time // when it is tried next
	Made     time.Time
}

// Key is the medium's name in the blob store: hexadecimal digits and a slash.
func (m Medium) Key() string {
	return hex.EncodeToString(m.Business[:]) + "/" + hex.EncodeToString(m.ID[:])
}

// ValidKey reports whether a key is one that Key makes: a store must not be led
// out of its place by another.
func ValidKey(key string) bool {
	business, id, ok := strings.Cut(key, "/")
	return ok && isHex(business) && isHex(id)
}

func isHex(s string) bool { return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == "" }

// A Kind is what the bytes are, told by themselves: what a sender says of them is
// not believed. The numbers are stored.
type Kind uint8

// The kinds that are taken. SVG is not: it may hold a program.
const (
	NoKind Kind = iota
	JPEG
	PNG
	GIF
	WebP
	MP4
	ThreeGP
	MP3
	AMR
	PDF
	VCard
	numKinds
)

var contentTypes = [numKinds]string{"", "image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/3gpp", "audio/mpeg", "audio/amr", "application/pdf", "text/vcard; charset=utf-8"}

// ContentType is the type to serve it as, "" for none that is taken.
func (k Kind) ContentType() string {
	if k < numKinds {
		return contentTypes[k]
	}
	return ""
}

// Picture reports whether a browser shows it as a picture.
func (k Kind) Picture() bool { return k >= JPEG && k <= WebP }

// Video reports whether it has moving pictures that browsers play.
func (k Kind) Video() bool { return k == MP4 || k == ThreeGP }

// Sound reports whether browsers play it.
func (k Kind) Sound() bool { return k == MP3 }

// KindOf looks at the first bytes. Whatever is not surely one of the kinds is
// NoKind.
func KindOf(b []byte) Kind {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "\xff\xd8\xff"):
		return JPEG
	case has(0, "\x89PNG\r\n\x1a\n"):
		return PNG
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return GIF
	case has(0, "RIFF") && has(8, "WEBP"):
		return WebP
	case has(4, "ftyp3gp"), has(4, "ftyp3g2"):
		return ThreeGP
	case has(4, "ftyp") && !has(8, "heic") && !has(8, "heix") && !has(8, "mif1") && !has(8, "avif"):
		return MP4
	case has(0, "ID3"), len(b) > 2 && b[0] == 0xff && b[1]&0xe6 == 0xe2:
		return MP3
	case has(0, "#!AMR"):
		return AMR
	case has(0, "%PDF-"):
		return PDF
	case len(b) >= 11 && bytes.EqualFold(b[:11], []byte("BEGIN:VCARD")):
		return VCard
	}
	return NoKind
}

// A Store keeps bytes by key. Implementations are safe for concurrent use. Errors
// have kind Unavailable where later may be better, and Denied where an operator
// must look.
type Store interface {
	// Put keeps b, whole or not at all, in place of what is there under the key.
	Put(ctx context.Context, key string, b []byte) error
	// Get returns what Put kept. What is not there is NotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// Delete removes it. What is not there is no error.
	Delete(ctx context.Context, key string) error
}

// A Fetcher gets bytes from a carrier. Implementations are safe for concurrent
// use, and reach nothing but public addresses: the address was written by somebody
// else.
type Fetcher interface {
	// Fetch returns what is at the address. Errors: Invalid where there is nothing
	// to be had, ever: the address is none, or not a public one, or what is there is
	// larger than most bytes, or gone; Unavailable where later may be better.
	Fetch(ctx context.Context, url string, most int) ([]byte, error)
}

// A Shelf keeps what is known of media. Errors are [core.Error].
type Shelf interface {
	// Put adds media, and skips those whose id is there.
	Put(ctx context.Context, ms []Medium) error
	// Due returns up to n media that are Waiting, Doomed or Loose and due at now, the
	// longest due first, and keeps them from every other caller until the
	// transaction ends.
	Due(ctx context.Context, now time.Time, n int) ([]Medium, error)
	// Save writes URL, State, Kind, Size, Attempts and Due of media that are there,
	// but never makes anything else of one that is Doomed.
	Save(ctx context.Context, ms []Medium) error
	// Use makes Loose ones Kept, as of the thread and item, and moves Due of those that are
	// Kept for the thread already on to now. NotFound, after which the transaction
	// must not go on, where the business does not have all of them so.
	Use(ctx context.Context, b core.BusinessID, ids []core.MediumID, t core.ThreadID, i core.ItemID, now time.Time) error
	// Remove takes rows off that are Doomed.
	Remove(ctx context.Context, b core.BusinessID, ids []core.MediumID) error
	// OfThread returns a thread's media that are not Doomed, by rising id.
	OfThread(ctx context.Context, b core.BusinessID, t core.ThreadID) ([]Medium, error)
	// Medium returns one that is not Doomed. NotFound where the business has none of
	// the id.
	Medium(ctx context.Context, b core.BusinessID, id core.MediumID) (Medium, error)
	// Doom makes a thread's media wait for their deletion, and forgets where they
	// came from. Due stays: whoever fetches one just now must be done first.
	Doom(ctx context.Context, b core.BusinessID, t core.ThreadID) error
}
