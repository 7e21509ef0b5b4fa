package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

type accounts struct{ *tx }

func (a accounts) AddBusiness(ctx context.Context, b account.Business) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.businesses.get(b.ID); ok {
		return core.E("memstore.AddBusiness", core.Conflict, "this business is there already")
	}
	a.d.businesses.set(a.tx, b.ID, b)
	return nil
}

func (a accounts) SaveBusiness(ctx context.Context, b account.Business) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.businesses.get(b.ID); !ok {
		return notFound("SaveBusiness", "business")
	}
	a.d.businesses.set(a.tx, b.ID, b)
	return nil
}

func (a accounts) Business(ctx context.Context, id core.BusinessID) (account.Business, error) {
	b, ok := a.d.businesses.get(id)
	if !ok {
		return b, notFound("Business", "business")
	}
	return b, alive(ctx)
}

func (a accounts) Businesses(ctx context.Context, ids []core.BusinessID) ([]account.Business, error) {
	var out []account.Business
	for _, id := range unique(ids) {
		if b, ok := a.d.businesses.get(id); ok {
			out = append(out, b)
		}
	}
	return out, alive(ctx)
}

func (a accounts) After(ctx context.Context, id core.BusinessID, n int) ([]account.Business, error) {
	return firstN(a.matching(func(b account.Business) bool { return bytes.Compare(b.ID[:], id[:]) > 0 }), n), alive(ctx)
}

func (a accounts) ByProfile(ctx context.Context, profile string) ([]account.Business, error) {
	return a.matching(func(b account.Business) bool { return b.ProfileID == profile && profile != "" }), alive(ctx)
}

// matching returns businesses by rising id.
func (a accounts) matching(which func(account.Business) bool) []account.Business {
	var out []account.Business
	for _, b := range a.d.businesses.m {
		if which(b) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(x, y account.Business) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return out
}

func (a accounts) BySender(ctx context.Context, n core.Number) ([]account.Business, error) {
	return a.matching(func(b account.Business) bool { return b.Sender == n && !n.IsZero() }), alive(ctx)
}

func (a accounts) AddUser(ctx context.Context, u account.User) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	for _, other := range a.d.users.m {
		if other.Email == u.Email || other.ID == u.ID {
			return core.E("memstore.AddUser", core.Conflict, "this e-mail address is already in use; sign in instead")
		}
	}
	a.d.users.set(a.tx, u.ID, u)
	return nil
}

func (a accounts) User(ctx context.Context, id core.UserID) (account.User, error) {
	u, ok := a.d.users.get(id)
	if !ok {
		return u, notFound("User", "user")
	}
	return u, alive(ctx)
}

func (a accounts) UserByEmail(ctx context.Context, email string) (account.User, error) {
	for _, u := range a.d.users.m {
		if u.Email == email {
			return u, alive(ctx)
		}
	}
	return account.User{}, notFound("UserByEmail", "user")
}

func (a accounts) SaveUser(ctx context.Context, u account.User) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.users.get(u.ID); !ok {
		return notFound("SaveUser", "user")
	}
	for _, other := range a.d.users.m {
		if other.Email == u.Email && other.ID != u.ID {
			return core.E("memstore.SaveUser", core.Conflict, "this e-mail address is already in use")
		}
	}
	a.d.users.set(a.tx, u.ID, u)
	return nil
}

func (a accounts) DropUser(ctx context.Context, id core.UserID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	a.d.users.remove(a.tx, id)
	return nil
}

func (a accounts) Users(ctx context.Context, b core.BusinessID) ([]account.User, error) {
	var out []account.User
	for _, u := range a.d.users.m {
		if u.Business == b {
			out = append(out, u)
		}
	}
	for k, m := range a.d.memberships.m {
		if u, ok := a.d.users.get(k.user); ok && k.business == b && u.Business != b {
			u.Business, u.Role = b, m.Role
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(x, y account.User) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return out, alive(ctx)
}

func (a accounts) Owners(ctx context.Context, after account.User, n int) ([]account.User, error) {
	var out []account.User
	place := func(x, y account.User) int {
		return cmp.Or(bytes.Compare(x.Business[:], y.Business[:]), bytes.Compare(x.ID[:], y.ID[:]))
	}
	for _, u := range a.d.users.m {
		if b, _ := a.d.businesses.get(u.Business); u.Role == account.Owner && b.Status == account.Active && place(u, after) > 0 {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, place)
	return firstN(out, n), alive(ctx)
}

func (a accounts) AddKeyword(ctx context.Context, k account.Keyword) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	for key, other := range a.d.keywords.m {
		if key == (keywordKey{k.Number, k.Word}) {
			return core.E("memstore.AddKeyword", core.Conflict, "this keyword is taken for the number; choose another word")
		}
		if other.Code == k.Code {
			return core.E("memstore.AddKeyword", core.Conflict, "this page code is taken; choose another")
		}
	}
	a.d.keywords.set(a.tx, keywordKey{k.Number, k.Word}, k)
	return nil
}

func (a accounts) RetireKeyword(ctx context.Context, b core.BusinessID, n core.Number, word string, at time.Time) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	k, ok := a.d.keywords.get(keywordKey{n, word})
	if !ok || k.Business != b {
		return notFound("RetireKeyword", "keyword")
	}
	k.RetiredAt = at
	a.d.keywords.set(a.tx, keywordKey{n, word}, k)
	return nil
}

func (a accounts) Keywords(ctx context.Context, b core.BusinessID) ([]account.Keyword, error) {
	var out []account.Keyword
	for _, k := range a.d.keywords.m {
		if k.Business == b {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y account.Keyword) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.Word, y.Word))
	})
	return out, alive(ctx)
}

func (a accounts) Keyword(ctx context.Context, n core.Number, word string) (account.Keyword, error) {
	k, ok := a.d.keywords.get(keywordKey{n, word})
	if !ok {
		return k, notFound("Keyword", "keyword")
	}
	return k, alive(ctx)
}

func (a accounts) KeywordByCode(ctx context.Context, code string) (account.Keyword, error) {
	for _, k := range a.d.keywords.m {
		if k.Code == code {
			return k, alive(ctx)
		}
	}
	return account.Keyword{}, notFound("KeywordByCode", "keyword")
}

func unique[T comparable](xs []T) []T {
	seen := make(map[T]bool, len(xs))
	var out []T
	for _, x := range xs {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func (a accounts) CountScan(ctx context.Context, s account.Scan) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	k := s
	k.N = 0
	n, _ := a.d.scans.get(k)
	a.d.scans.set(a.tx, k, n+s.N)
	return nil
}

func (a accounts) Scans(ctx context.Context, b core.BusinessID, from string) ([]account.Scan, error) {
	var out []account.Scan
	for s, n := range a.d.scans.m {
		if s.Business == b && s.Day >= from {
			s.N = n
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y account.Scan) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Keyword, y.Keyword), cmp.Compare(x.Sheet, y.Sheet), cmp.Compare(x.Device, y.Device), cmp.Compare(x.Place, y.Place))
	})
	return out, alive(ctx)
}
