package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/terms"
)

// agreements is the port [terms.Book].
type agreements struct{ *tx }

type agreementKey struct {
	user core.UserID
	doc  terms.Doc
	date string
	what terms.What
}

func (s agreements) Note(ctx context.Context, ns []terms.Note) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, n := range ns {
		k := agreementKey{n.User, n.Doc, n.Date, n.What}
		if _, ok := s.d.agreements.get(k); !ok {
			s.d.agreements.set(s.tx, k, n)
		}
	}
	return nil
}

func (s agreements) Notes(ctx context.Context, u core.UserID) ([]terms.Note, error) {
	var out []terms.Note
	for k, n := range s.d.agreements.m {
		if k.user == u {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(x, y terms.Note) int {
		return cmp.Or(cmp.Compare(x.Doc, y.Doc), cmp.Compare(x.Date, y.Date), cmp.Compare(x.What, y.What))
	})
	return out, alive(ctx)
}
