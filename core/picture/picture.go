// Package picture is what a venue sends with a text: taken in, made small enough
// for every carrier, kept until the texts that it went with are forgotten, and
// handed to the carrier by a link that nobody can guess and that ends.
//
// A campaign and a text name a picture by a [Ref], which has the hash of its bytes
// in it: whoever keeps what was sent keeps which picture it was.
package picture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A Ref names a picture of a business. It is written as
// "id.hash.png" and holds nothing that a Message may not hold.
type Ref struct {
	ID     core.MediumID
	SHA256 [sha256.Size]byte // of its bytes
	Kind   media.Kind
}

var endings = map[media.Kind]string{media.JPEG: "jpg", media.PNG: "png", media.GIF: "gif"}

func (r Ref) String() string {
	return hex.EncodeToString(r.ID[:]) + "." + hex.EncodeToString(r.SHA256[:]) + "." + endings[r.Kind]
}

// Parse reads what String writes. Anything else, also another way to write the
// same, is false.
func Parse(s string) (Ref, bool) {
	var r Ref
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return Ref{}, false
	}
	id, err := hex.DecodeString(parts[0])
	sum, err2 := hex.DecodeString(parts[1])
	if err != nil || err2 != nil || len(id) != len(r.ID) || len(sum) != len(r.SHA256) {
		return Ref{}, false
	}
	copy(r.ID[:], id)
	copy(r.SHA256[:], sum)
	for k, e := range endings {
		if e == parts[2] {
			r.Kind = k
		}
	}
	return r, r.Kind != media.NoKind && r.String() == s
}

// ids are the pictures that are named. What names none is Invalid: nothing is sent
// that was not taken in here.
func ids(refs []string) ([]core.MediumID, error) {
	out := make([]core.MediumID, len(refs))
	for i, s := range refs {
		r, ok := Parse(s)
		if !ok {
			return nil, core.E("picture", core.Invalid, "that is no picture of yours; add the picture again")
		}
		out[i] = r.ID
	}
	return out, nil
}

// Most is how many pictures a text may have.
const Most = 1

// MostText is how many characters a text with a picture may have: phones show more
// than that as a file, or not at all.
const MostText = 1600

// looseFor is how long a picture waits for the text that it was taken in for.
const looseFor = 24 * time.Hour

// A Service takes pictures in and hands them out. Its methods are safe for
// concurrent use.
type Service struct {
	Store store.Store
	Blobs media.Store // nil where there is no place for pictures
	Links *Links
	Clock core.Clock
	IDs   core.IDs
}

// Ready reports whether texts may have pictures: there is a place for them, and a
// secret for the links that the carrier fetches them by.
func (s *Service) Ready() bool { return s.Blobs != nil && s.Links.Ready() }

// Keep makes a picture fit, keeps it, and returns what a text names it by. It is
// deleted again after a day unless a text has taken it. Errors of kind Invalid
// say what is wrong with it and what to do.
//
// What is known of it is written down before its bytes: after a crash in between
// nothing is left that nobody knows of.
func (s *Service) Keep(ctx context.Context, b core.BusinessID, raw []byte) (Ref, error) {
	if !s.Ready() {
		return Ref{}, core.E("picture.Keep", core.Invalid, "Pictures cannot be sent yet: whoever runs this has set no place for them, or no secret for links.")
	}
	fit, kind, err := Fit(raw)
	if err != nil {
		return Ref{}, err
	}
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	m := media.Medium{
		ID: core.MediumID(s.IDs.New()), Business: b, State: media.Loose, Kind: kind, Size: len(fit), Due: now.Add(looseFor), Made: now,
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Media.Put(ctx, []media.Medium{m}) })
	if err != nil {
		return Ref{}, err
	}
	if err := s.Blobs.Put(ctx, m.Key(), fit); err != nil {
		return Ref{}, err
	}
	return Ref{ID: m.ID, SHA256: sha256.Sum256(fit), Kind: kind}, nil
}

// Open returns the bytes of a picture of a business. It is NotFound where there is
// none, or where the bytes are not those that the Ref names.
func (s *Service) Open(ctx context.Context, b core.BusinessID, r Ref) ([]byte, error) {
	if s.Blobs == nil {
		return nil, gone()
	}
	var m media.Medium
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		m, err = tx.Media.Medium(ctx, b, r.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	bytes, err := s.Blobs.Get(ctx, m.Key())
	if errors.Is(err, core.Denied) {
		return nil, core.Wrap("picture.Open", core.Unavailable, "", err) // an operator must look, not who asks
	}
	if err == nil && sha256.Sum256(bytes) != r.SHA256 {
		err = gone()
	}
	return bytes, err
}

func gone() error { return core.E("picture.Open", core.NotFound, "there is no such picture") }

// Use says that a campaign has the pictures, within the transaction that saves
// or plans it: they are kept from now on for as long as texts are. Pictures that
// are not there any more are Invalid.
func Use(ctx context.Context, tx store.Tx, b core.BusinessID, c core.CampaignID, refs []string, now time.Time) error {
	return use(ctx, tx, b, core.ThreadID{}, core.ItemID(c), refs, now)
}

// Show says that a text of a conversation has the pictures. They go when it goes.
func Show(ctx context.Context, tx store.Tx, b core.BusinessID, t core.ThreadID, i core.ItemID, refs []string, now time.Time) error {
	return use(ctx, tx, b, t, i, refs, now)
}

func use(ctx context.Context, tx store.Tx, b core.BusinessID, t core.ThreadID, i core.ItemID, refs []string, now time.Time) error {
	if len(refs) == 0 {
		return nil
	}
	if len(refs) > Most {
		return core.E("picture.Use", core.Invalid, "A text may have one picture.")
	}
	list, err := ids(refs)
	if err != nil {
		return err
	}
	err = tx.Media.Use(ctx, b, list, t, i, now)
	if errors.Is(err, core.NotFound) {
		return core.Wrap("picture.Use", core.Invalid, "The picture is not there any more. Add it again.", err)
	}
	return err
}

// A Carrier hands texts to another, with a link in the place of each picture's
// name. Texts without pictures go as they are.
type Carrier struct {
	Next  message.Carrier
	Links *Links
	Clock core.Clock
}

// Submit implements [message.Carrier].
func (c *Carrier) Submit(ctx context.Context, m message.Message) (message.Ticket, error) {
	if len(m.Media) == 0 {
		return c.Next.Submit(ctx, m)
	}
	urls := make([]string, len(m.Media))
	for i, s := range m.Media {
		r, ok := Parse(s)
		if !ok {
			return message.Ticket{}, core.E("picture.Submit", core.Invalid, "the text has a picture that was not taken in here")
		}
		urls[i] = c.Links.URL(m.Business, r, c.Clock.Now().Add(linkFor))
		if urls[i] == "" {
			return message.Ticket{}, core.E("picture.Submit", core.Invalid, "there is no secret to make links to pictures with; set one")
		}
	}
	m.Media = urls
	return c.Next.Submit(ctx, m)
}
