package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/terms"
)

// agreements is the port [terms.Book].
type agreements struct{ *queries }

func (s agreements) Note(ctx context.Context, ns []terms.Note) error {
	if len(ns) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "Note", `INSERT INTO terms_notes (user_id, doc, version, what, at) ? ON CONFLICT (user_id, doc, version, what) DO NOTHING`,
		tuples(ns, func(r *row, n terms.Note) {
			r.id(n.User)
			r.text(string(n.Doc))
			r.text(n.Date)
			r.int(int64(n.What))
			r.time(n.At)
		}))
	return err
}

func (s agreements) Notes(ctx context.Context, u core.UserID) ([]terms.Note, error) {
	var rows []struct {
		Doc  string `bun:"doc"`
		Date string `bun:"version"`
		What int    `bun:"what"`
		At   stamp  `bun:"at"`
	}
	if err := s.rows(ctx, "Notes", &rows, `SELECT doc, version, what, at FROM terms_notes WHERE user_id = ? ORDER BY doc, version, what`, uuid(u)); err != nil {
		return nil, err
	}
	out := make([]terms.Note, len(rows))
	for i, r := range rows {
		out[i] = terms.Note{User: u, Doc: terms.Doc(r.Doc), Date: r.Date, What: terms.What(r.What), At: r.At.Time}
	}
	return out, nil
}
