package api

import (
	"encoding/base64"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/grant"
)

// Paging is how lists are asked for. Pages go by keys, so that what comes in
// between moves nobody to another page.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"Where to go on: the next_cursor of the page before. It is opaque."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to return at most."`
}

var errCursor = core.E("api.cursor", core.Invalid, "the cursor is none of this list; leave it out to begin from the first page")

// idCursor writes where a list by ids goes on.
func idCursor(id [16]byte) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

func openID(cursor string) (id [16]byte, err error) {
	if cursor == "" {
		return id, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) != len(id) {
		return id, errCursor
	}
	copy(id[:], b)
	return id, nil
}

// openGuest reads where a list by guests goes on: their names are cursors too.
func openGuest(g grant.Grant, cursor string) (core.Number, error) {
	if cursor == "" {
		return core.Number{}, nil
	}
	n, ok := g.Key.Open(cursor)
	if !ok {
		return n, errCursor
	}
	return n, nil
}

// first returns up to n of what was read, of which one more was asked for, and
// whether there is more.
func first[T any](xs []T, n int) ([]T, bool) {
	if len(xs) > n {
		return xs[:n], true
	}
	return xs, false
}
