package agree_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/agree"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/terms"
)

type post struct {
	got  []seal.Letter
	fail error
}

func (p *post) Send(_ context.Context, l seal.Letter) error {
	if p.fail != nil {
		return p.fail
	}
	p.got = append(p.got, l)
	return nil
}

type world struct {
	*venuetest.World
	s     *agree.Service
	owner account.User
}

func newWorld(t *testing.T) *world {
	w := &world{World: venuetest.New(t)}
	w.s = &agree.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}
	w.owner = account.User{ID: core.UserID(w.IDs.New()), Business: w.Business.ID, Email: "luna@lunas.example", Role: account.Owner, Created: w.Clock.Now()}
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddUser(ctx, w.owner) })
	return w
}

func (w *world) open(t *testing.T) (out []terms.Version) {
	t.Helper()
	w.Update(func(ctx context.Context, tx store.Tx) (err error) {
		out, err = w.s.Open(ctx, tx, w.owner.ID)
		return err
	})
	return out
}

// What changes in a way that matters is asked for again, in the app and once by e-mail.
func TestMaterialChangesAreToldAndAccepted(t *testing.T) {
	w := newWorld(t)
	if got := w.open(t); len(got) != 2 {
		t.Fatalf("a new owner must accept %d documents, want 2", len(got))
	}
	for range 2 {
		if err := w.s.Accept(t.Context(), w.owner); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.open(t); len(got) != 0 {
		t.Fatalf("after accepting, %d are open", len(got))
	}
	box := &post{}
	if n, err := w.s.Tell(t.Context(), box, "https://nexo.example"); err != nil || n != 0 {
		t.Errorf("a letter about what was accepted: %d, %v", n, err)
	}
	typo := terms.Version{Doc: terms.Privacy, Date: "2026-04-01", Text: "Privacy\n…"}
	w.s.Versions = append(terms.All(), typo)
	if got := w.open(t); len(got) != 0 {
		t.Error("a change that does not matter is asked for")
	}
	changed := terms.Version{Doc: terms.Privacy, Date: "2026-05-01", Material: true, Changes: "Clicks are kept for six months.", Text: "Privacy\n……"}
	w.s.Versions = append(w.s.Versions, changed)
	if got := w.open(t); len(got) != 1 || got[0].Date != "2026-05-01" {
		t.Errorf("open is %+v", got)
	}
	box.fail = core.E("post", core.Unavailable, "away")
	if n, err := w.s.Tell(t.Context(), box, "https://nexo.example"); !errors.Is(err, core.Unavailable) || n != 0 {
		t.Errorf("a server that is away: %d, %v", n, err)
	}
	box.fail = nil
	for range 2 {
		if _, err := w.s.Tell(t.Context(), box, "https://nexo.example"); err != nil {
			t.Fatal(err)
		}
	}
	if len(box.got) != 1 || box.got[0].To != w.owner.Email || !strings.Contains(box.got[0].Body, "six months") || !strings.Contains(box.got[0].Body, "https://nexo.example/legal/privacy") {
		t.Errorf("the letters are %+v", box.got)
	}
	w.Clock.Add(time.Hour)
	if err := w.s.Accept(t.Context(), w.owner); err != nil || len(w.open(t)) != 0 {
		t.Error("it cannot be accepted:", err)
	}
}

// Every version says its own date, and has one.
func TestVersionsSayTheirDate(t *testing.T) {
	for _, v := range terms.All() {
		d, err := time.Parse("2006-01-02", v.Date)
		if err != nil || !strings.Contains(v.Text, "Last updated: "+d.Format("January 2, 2006")) {
			t.Errorf("%s of %s says another date, %v", v.Doc, v.Date, err)
		}
	}
	for _, d := range terms.Docs() {
		if len(terms.Versions(d)) == 0 {
			t.Errorf("there is no %s", d)
		}
	}
}

// What is shown and accepted is the policy that the project publishes.
func TestThePolicyIsTheOneOfTheDocs(t *testing.T) {
	if v := terms.Versions(terms.Privacy); !strings.HasPrefix(v[0].Text, "Privacy Policy\n") || len(v[0].SHA256()) != 64 {
		t.Errorf("the newest policy begins with %.40q", v[0].Text)
	}
}
