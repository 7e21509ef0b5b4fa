package seal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// shelf is an anchor that can be away.
type shelf struct {
	name string
	away bool
	kept []int64
}

func (s *shelf) Name() string { return s.name }

func (s *shelf) Keep(_ context.Context, c evidence.Checkpoint) ([]byte, error) {
	if s.away {
		return nil, core.E("shelf", core.Unavailable, "away")
	}
	s.kept = append(s.kept, c.Size)
	return []byte(fmt.Sprint("receipt of ", c.Size)), nil
}

// at is a clock that stands.
type at struct{ t time.Time }

func (c *at) Now() time.Time { return c.t }

func seals(t *testing.T, l *log, n int) {
	t.Helper()
	l.write(t, n)
	if _, err := l.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A head goes to each anchor once its time has come and only when the log has
// grown; one that is away holds up no other and gets the newest when it is back.
func TestAnchors(t *testing.T) {
	l, _ := newLog(t)
	c := &at{time.Date(2026, 12, 8, 20, 0, 0, 0, time.UTC)}
	often, seldom := &shelf{name: "often"}, &shelf{name: "seldom"}
	a := &seal.Anchors{Store: l.store, Clock: c, Plans: []seal.Plan{{Anchor: often, Every: time.Minute}, {Anchor: seldom, Every: time.Hour}}}
	step := func(minute int, often, seldom string) {
		t.Helper()
		c.t = time.Date(2026, 12, 8, 20, minute, 0, 0, time.UTC)
		out, err := a.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, o := range out {
			got[o.Anchor] = fmt.Sprint(o.Size, " ", core.MessageOf(o.Err))
		}
		if got["often"] != often || got["seldom"] != seldom {
			t.Errorf("minute %d: %q and %q, want %q and %q", minute, got["often"], got["seldom"], often, seldom)
		}
	}
	step(0, "", "") // nothing is sealed
	seals(t, l, 3)
	step(0, "3 ", "3 ")
	step(10, "", "") // it has not grown
	seals(t, l, 4)
	step(10, "7 ", "")
	seals(t, l, 1)
	step(10, "", "") // too soon
	often.away = true
	step(11, "8 away", "")
	step(12, "8 away", "")
	step(60, "8 away", "8 ")
	seals(t, l, 1)
	often.away = false
	step(61, "9 ", "")
	if fmt.Sprint(often.kept, seldom.kept) != "[3 7 9] [3 8]" {
		t.Errorf("kept are %v and %v", often.kept, seldom.kept)
	}
	got := view(t, l, func(ctx context.Context, l evidence.Ledger) ([]evidence.Anchoring, error) {
		return l.Anchorings(ctx, 3)
	})
	if len(got) != 2 || got[0].Anchor != "often" || string(got[0].Receipt) != "receipt of 3" || got[1].Anchor != "seldom" {
		t.Errorf("noted of the head of 3 is %+v", got)
	}
}

// A log that is shorter than it was when it was anchored is reported each time,
// and its head goes nowhere.
func TestShorterLogIsReported(t *testing.T) {
	l, _ := newLog(t)
	seals(t, l, 5)
	err := l.store.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Evidence.PutAnchoring(ctx, evidence.Anchoring{Anchor: "often", Size: 9, At: time.Date(2026, 12, 8, 20, 0, 0, 0, time.UTC)})
	})
	if err != nil {
		t.Fatal(err)
	}
	often := &shelf{name: "often"}
	a := &seal.Anchors{Store: l.store, Clock: &at{time.Date(2026, 12, 8, 20, 0, 1, 0, time.UTC)}, Plans: []seal.Plan{{Anchor: often, Every: time.Hour}}}
	for range 2 {
		out, err := a.Step(t.Context())
		if err != nil || len(out) != 1 || !errors.Is(out[0].Err, core.Conflict) || len(often.kept) > 0 {
			t.Errorf("%+v, %v, and kept %v", out, err, often.kept)
		}
	}
}

// postbox is a mail server with addresses that it takes nothing for.
type postbox struct {
	got  []seal.Letter
	fail map[string]core.Kind
}

func (p *postbox) Send(_ context.Context, l seal.Letter) error {
	if k, bad := p.fail[l.To]; bad {
		return core.E("postbox", k, "no")
	}
	p.got = append(p.got, l)
	return nil
}

// Each owner of an active business with records gets a letter a day, the same
// one if it is sent again; an address that takes none holds up no other.
func TestLetters(t *testing.T) {
	l, _ := newLog(t)
	user := func(b byte, name string, r account.Role) account.User {
		return account.User{ID: core.UserID{b, name[0]}, Business: core.BusinessID{b}, Email: name + "@example.com", Role: r}
	}
	err := l.store.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for b := range byte(5) {
			status := account.Active
			if b == 2 {
				status = account.Closed
			}
			errs = append(errs, tx.Accounts.AddBusiness(ctx, account.Business{ID: core.BusinessID{b + 1}, Status: status}))
		}
		for _, u := range []account.User{user(1, "ana", account.Owner), user(1, "ben", account.Staff), user(2, "cleo", account.Owner),
			user(3, "dan", account.Owner), user(4, "eve", account.Owner)} {
			errs = append(errs, tx.Accounts.AddUser(ctx, u))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	seals(t, l, 30) // of the businesses 1 to 3; the third is closed, the fourth has none
	c, post := &at{}, &postbox{fail: map[string]core.Kind{"ana@example.com": core.Unavailable}}
	a := &seal.Anchors{Store: l.store, Clock: c, Letters: &seal.Letters{Post: post, Verifiers: []string{"the-key"}}}
	step := func(hour int, want ...string) {
		t.Helper()
		post.got, c.t = nil, time.Date(2026, 12, 8, hour, 0, 0, 0, time.UTC)
		if _, err := a.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range post.got {
			got = append(got, l.To)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("at %d letters went to %v, want %v", hour, got, want)
		}
	}
	step(0, "cleo@example.com")
	delete(post.fail, "ana@example.com")
	step(1, "ana@example.com")
	letter := post.got[0]
	head := l.head(t)
	if !strings.Contains(letter.Body, string(head.Note)) || !strings.Contains(letter.Body, "the-key") || !strings.Contains(letter.Subject, "10 records") || letter.ID == "" {
		t.Errorf("the letter is %+v", letter)
	}
	step(2)
	seals(t, l, 3)
	step(23)
	post.fail["cleo@example.com"] = core.Invalid // for good
	step(24)
	step(25, "ana@example.com")
	delete(post.fail, "cleo@example.com")
	seals(t, l, 3)
	step(26)
	step(48, "cleo@example.com")
}
