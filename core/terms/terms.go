// Package terms holds what customers agree to, the privacy policy and the terms of service: every
// version that ever was, with its date, and who has accepted which.
package terms

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Doc is one of the documents.
type Doc string

// The documents.
const (
	Privacy Doc = "privacy"
	Service Doc = "terms"
)

// Docs are all of them.
func Docs() []Doc { return []Doc{Service, Privacy} }

// A Version is what a document said from a day on.
type Version struct {
	Doc  Doc
	Date string // of its "Last updated": 2006-01-02
	// Material: it changed what customers agreed to, who are told and asked again.
	Material bool
	Changes  string // in a sentence; "" for the first
	Text     string // lines: title, date, and then what is said
}

// SHA256 is the hash of the text, in hexadecimal digits.
func (v Version) SHA256() string {
	sum := sha256.Sum256([]byte(v.Text))
	return hex.EncodeToString(sum[:])
}

//go:embed data/privacy-2026-03-14.txt
var privacy20260314 string

//go:embed data/terms-2026-03-14.txt
var terms20260314 string

// versions are all, the oldest first. One that was published is never changed: a change is
// another one with a date of its own.
var versions = []Version{
	{Doc: Privacy, Date: "2026-03-14", Material: true, Text: privacy20260314},
	{Doc: Service, Date: "2026-03-14", Material: true, Text: terms20260314},
}

// Versions returns those of a document, the newest first.
func Versions(d Doc) (out []Version) { return of(versions, d) }

func of(vs []Version, d Doc) (out []Version) {
	for i := len(vs) - 1; i >= 0; i-- {
		if vs[i].Doc == d {
			out = append(out, vs[i])
		}
	}
	return out
}

// All returns every version, the oldest first.
func All() []Version { return append([]Version(nil), versions...) }

// A Note is what a user did about a version, or what was done: Accepted or Told.
type Note struct {
	User core.UserID
	Doc  Doc
	Date string
	What What
	At   time.Time
}

// A What says what a Note is. Their numbers are stored.
type What uint8

// What may be noted.
const (
	NoWhat   What = iota
	Accepted      // by the user
	Told          // by e-mail
)

// Open returns the versions that a user has not accepted and must, given all versions and the user's notes:
// of each document the newest, where it or one between it and the one that was
// accepted is material.
func Open(all []Version, notes []Note) (out []Version) {
	for _, d := range Docs() {
		accepted := ""
		for _, n := range notes {
			if n.Doc == d && n.What == Accepted && n.Date > accepted {
				accepted = n.Date
			}
		}
		vs := of(all, d)
		for _, v := range vs {
			if v.Material && v.Date > accepted {
				out = append(out, vs[0])
				break
			}
		}
	}
	return out
}

// A Book keeps notes. Errors are [core.Error].
type Book interface {
	// Note keeps notes, and skips those that are there.
	Note(ctx context.Context, ns []Note) error
	// Notes returns a user's, by document, date and what.
	Notes(ctx context.Context, u core.UserID) ([]Note, error)
}
