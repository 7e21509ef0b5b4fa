package signin_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/store"
)

var linkIn = regexp.MustCompile(`https://nexo\.example/[a-z]+/(\S+)`)

// secret is what the one letter's link has.
func secret(t *testing.T, ls []seal.Letter) string {
	t.Helper()
	if len(ls) == 0 {
		t.Fatal("there is no letter")
	}
	m := linkIn.FindStringSubmatch(ls[0].Body)
	if m == nil {
		t.Fatalf("the letter has no link: %q", ls[0].Body)
	}
	return m[1]
}

func (w world) letters(t *testing.T, ls []seal.Letter, err error) []seal.Letter {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

// A link works once, for an hour, and its secret is nowhere in the database.
func TestThreatAResetLinkWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, err := w.Enter(t.Context(), w.luna, "", "")
	if err != nil {
		t.Fatal(err)
	}
	ls, err := w.Forgot(t.Context(), "Luna@lunas.example", "")
	token := secret(t, w.letters(t, ls, err))
	if ls[0].To != w.luna.Email {
		t.Errorf("the letter goes to %q", ls[0].To)
	}
	if _, err := w.Reset(t.Context(), token, "short"); !errors.Is(err, core.Invalid) {
		t.Errorf("a short password: %v", err)
	}
	u, err := w.Reset(t.Context(), token, "agave under the moon")
	if err != nil || u.Confirmed.IsZero() {
		t.Fatalf("the link does not work after a mistake: %v, confirmed %v", err, u.Confirmed)
	}
	if _, err := w.Reset(t.Context(), token, "mezcal under the moon"); !errors.Is(err, core.NotFound) {
		t.Errorf("the second time: %v", err)
	}
	if err := w.try(t, w.luna.Email, "agave under the moon", "", ""); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if err := w.try(t, w.luna.Email, "tacos and mezcal", "", ""); !errors.Is(err, core.Denied) {
		t.Errorf("the old password: %v", err)
	}
	safety, err := w.Safety(t.Context(), w.luna.ID)
	if err != nil || len(safety.Sessions) != 0 || safety.Notices[0].Kind != access.PasswordReset {
		t.Errorf("after a reset, %d sign-ins of %v are left, %v", len(safety.Sessions), in.Session.ID, err)
	}
}

func TestThreatAResetLinkEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ls, err := w.Forgot(t.Context(), w.luna.Email, "")
	first := secret(t, w.letters(t, ls, err))
	ls, err = w.Forgot(t.Context(), w.luna.Email, "")
	second := secret(t, w.letters(t, ls, err))
	if err := w.Resetting(t.Context(), first); !errors.Is(err, core.NotFound) {
		t.Errorf("an earlier link: %v", err)
	}
	if _, err := w.Confirm(t.Context(), second); !errors.Is(err, core.NotFound) {
		t.Errorf("a link for another purpose: %v", err)
	}
	for _, bad := range []string{"", "x", strings.Repeat("x", 1<<16)} {
		if err := w.Resetting(t.Context(), bad); !errors.Is(err, core.NotFound) {
			t.Errorf("an invented link: %v", err)
		}
	}
	w.clock.now = w.clock.now.Add(time.Hour)
	if err := w.Resetting(t.Context(), second); !errors.Is(err, core.NotFound) {
		t.Errorf("after an hour: %v", err)
	}
}

// Asking for a letter says nothing of who has an account, and fills no mailbox.
func TestThreatAskingForLettersTellsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ls, err := w.Forgot(t.Context(), "nobody@lunas.example", "a")
	if err != nil || len(ls) != 0 {
		t.Errorf("for nobody: %d letters, %v", len(ls), err)
	}
	for range 3 {
		if _, err := w.Forgot(t.Context(), w.luna.Email, "b"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Forgot(t.Context(), w.luna.Email, "c"); !errors.Is(err, core.Denied) {
		t.Errorf("the fourth letter in a quarter of an hour: %v", err)
	}
}

func TestAddressesAreConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ls, err := w.Confirming(t.Context(), w.luna.ID)
	token := secret(t, w.letters(t, ls, err))
	u, err := w.Confirm(t.Context(), token)
	if err != nil || !u.Confirmed.Equal(w.clock.now) {
		t.Fatalf("%v, %v", u.Confirmed, err)
	}
	if _, err := w.Confirm(t.Context(), token); !errors.Is(err, core.NotFound) {
		t.Errorf("the second time: %v", err)
	}
	if ls, err := w.Confirming(t.Context(), w.luna.ID); err != nil || len(ls) != 0 {
		t.Errorf("a letter where the address is known: %d, %v", len(ls), err)
	}
}

// Whoever changes the address knows the password; the old mailbox hears of it, and
// a link that is for the old one is worth nothing.
func TestThreatAnAddressIsMovedByTheOwnerOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ls, err := w.Forgot(t.Context(), w.luna.Email, "")
	reset := secret(t, w.letters(t, ls, err))
	ls, err = w.Confirming(t.Context(), w.luna.ID)
	confirm := secret(t, w.letters(t, ls, err))
	p := signin.Profile{Name: "Luna R", Email: "moon@lunas.example", Phone: "(512) 555-0100", Password: "guess"}
	var bad onboard.Problems
	if _, err := w.ChangeProfile(t.Context(), w.luna.ID, p); !errors.As(err, &bad) || bad[signin.FieldPassword] == "" {
		t.Errorf("with a wrong password: %v", err)
	}
	p.Password = "tacos and mezcal"
	ls, err = w.ChangeProfile(t.Context(), w.luna.ID, p)
	w.letters(t, ls, err)
	if len(ls) != 2 || ls[0].To != "moon@lunas.example" || ls[1].To != "luna@lunas.example" || strings.Contains(ls[1].Body, "/confirm/") {
		t.Fatalf("the letters are %+v", ls)
	}
	if err := w.Resetting(t.Context(), reset); !errors.Is(err, core.NotFound) {
		t.Errorf("a reset that went to the old mailbox: %v", err)
	}
	if _, err := w.Confirm(t.Context(), confirm); !errors.Is(err, core.NotFound) {
		t.Errorf("a confirmation of the old address: %v", err)
	}
	u, err := w.Confirm(t.Context(), secret(t, ls))
	if err != nil || u.Name != "Luna R" || u.Phone != core.MustNumber("+15125550100") || u.Confirmed.IsZero() {
		t.Errorf("%q, %v", u.Name, err)
	}
	p = signin.Profile{Name: "", Email: "moon", Phone: "12"}
	if _, err := w.ChangeProfile(t.Context(), w.luna.ID, p); !errors.As(err, &bad) || bad[signin.FieldName] == "" || bad[signin.FieldEmail] == "" || bad[signin.FieldPhone] == "" {
		t.Errorf("mistakes: %v", err)
	}
}

func TestThreatAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, err := w.Enter(t.Context(), w.luna, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Enter(t.Context(), w.luna, "", ""); err != nil {
		t.Fatal(err)
	}
	var bad onboard.Problems
	if err := w.ChangePassword(t.Context(), w.luna.ID, one.Session.ID, "guess", "agave under the moon"); !errors.As(err, &bad) || bad[signin.FieldPassword] == "" {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := w.ChangePassword(t.Context(), w.luna.ID, one.Session.ID, "tacos and mezcal", "password1234"); !errors.As(err, &bad) || bad[signin.FieldNewPassword] == "" {
		t.Errorf("to a common password: %v", err)
	}
	if err := w.ChangePassword(t.Context(), w.luna.ID, one.Session.ID, "tacos and mezcal", "agave under the moon"); err != nil {
		t.Fatal(err)
	}
	if s, err := w.Safety(t.Context(), w.luna.ID); err != nil || len(s.Sessions) != 1 || s.Sessions[0].ID != one.Session.ID {
		t.Errorf("%d sign-ins are left, want the one that changed it, %v", len(s.Sessions), err)
	}
	for range 10 {
		_ = w.ChangePassword(t.Context(), w.luna.ID, one.Session.ID, "guess", "agave under the moon")
	}
	err = w.ChangePassword(t.Context(), w.luna.ID, one.Session.ID, "agave under the moon", "tacos and mezcal")
	if !errors.As(err, &bad) || !strings.Contains(bad[signin.FieldPassword], "Too many") {
		t.Errorf("guessing from inside is not throttled: %v", err)
	}
}

// What happened is told once, to whom it happened.
func TestWhatHappenedIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 2 {
		if _, err := w.Enter(t.Context(), w.luna, "", "iPhone Safari"); err != nil {
			t.Fatal(err)
		}
	}
	ts, err := w.Tellings(t.Context(), 10)
	if err != nil || len(ts) != 1 || ts[0].Letter.To != w.luna.Email || !strings.Contains(ts[0].Letter.Body, "Safari on iPhone") {
		t.Fatalf("%+v, %v", ts, err)
	}
	if err := w.Told(t.Context(), ts[0].Notice); err != nil {
		t.Fatal(err)
	}
	if ts, err := w.Tellings(t.Context(), 10); err != nil || len(ts) != 0 {
		t.Errorf("%d are told again, %v", len(ts), err)
	}
}

func (w world) hire(t *testing.T, email string, r account.Role) account.User {
	t.Helper()
	ls, err := w.Invite(t.Context(), w.luna, email, r)
	u, _, err := w.Join(t.Context(), secret(t, w.letters(t, ls, err)), signin.Joiner{Name: "Ben", Password: "agave under the moon"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (w world) open(t *testing.T, b core.BusinessID) {
	t.Helper()
	err := w.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddBusiness(ctx, account.Business{ID: b, Name: "Luna's Cantina", Status: account.Active})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeopleJoinByInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t, w.luna.Business)
	ben := w.hire(t, "Ben@lunas.example", account.Staff)
	if ben.Role != account.Staff || ben.Business != w.luna.Business || ben.Email != "ben@lunas.example" || ben.Confirmed.IsZero() {
		t.Errorf("Ben is %+v", ben.Role)
	}
	var bad onboard.Problems
	if _, err := w.Invite(t.Context(), w.luna, "ben@lunas.example", account.Staff); !errors.As(err, &bad) {
		t.Errorf("inviting who is there: %v", err)
	}
	if _, err := w.Invite(t.Context(), w.luna, "ana@lunas.example", account.Operator); !errors.As(err, &bad) {
		t.Errorf("inviting an operator: %v", err)
	}
	// Of Luna's other venue Ben becomes a manager: with the account that he has.
	other := core.BusinessID{9}
	w.open(t, other)
	luna := w.luna
	luna.Business = other
	if err := w.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Access.PutMembership(ctx, access.Membership{Business: other, User: luna.ID, Role: account.Owner, Added: w.clock.now})
	}); err != nil {
		t.Fatal(err)
	}
	ls, err := w.Invite(t.Context(), luna, "ben@lunas.example", account.Manager)
	token := secret(t, w.letters(t, ls, err))
	if _, _, err := w.Join(t.Context(), token, signin.Joiner{Name: "Mallory", Password: "agave under the moon"}); !errors.Is(err, core.Denied) {
		t.Errorf("a second account for an address: %v", err)
	}
	if _, _, err := w.Join(t.Context(), token, signin.Joiner{User: luna.ID}); !errors.Is(err, core.Denied) {
		t.Errorf("by somebody else: %v", err)
	}
	if _, b, err := w.Join(t.Context(), token, signin.Joiner{User: ben.ID}); err != nil || b != other {
		t.Fatal(err)
	}
	ps, err := w.Places(t.Context(), ben.ID)
	if err != nil || len(ps) != 2 {
		t.Errorf("Ben acts for %d venues, %v", len(ps), err)
	}
	if err := w.Dismiss(t.Context(), w.luna, ben.ID); err != nil {
		t.Fatal(err)
	}
	if crew, err := w.Crew(t.Context(), other); err != nil || len(crew.People) != 2 || crew.People[1].Role != account.Manager {
		t.Errorf("at the other venue are %+v, %v", crew.People, err)
	}
}

// An invitation is worth what whoever sent it may do when it is taken, once, for a
// week.
func TestThreatInvitations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t, w.luna.Business)
	boss := w.hire(t, "boss@lunas.example", account.Owner)
	staff := w.hire(t, "staff@lunas.example", account.Manager)
	if _, err := w.Invite(t.Context(), staff, "pal@lunas.example", account.Owner); !errors.Is(err, core.Denied) {
		t.Errorf("a manager invites: %v", err)
	}
	ls, err := w.Invite(t.Context(), boss, "pal@lunas.example", account.Owner)
	token := secret(t, w.letters(t, ls, err))
	if err := w.SetRole(t.Context(), w.luna, boss.ID, account.Staff); err != nil {
		t.Fatal(err)
	}
	j := signin.Joiner{Name: "Pal", Password: "agave under the moon"}
	if _, _, err := w.Join(t.Context(), token, j); !errors.Is(err, core.NotFound) {
		t.Errorf("an invitation of who may not any more: %v", err)
	}
	ls, err = w.Invite(t.Context(), w.luna, "pal@lunas.example", account.Staff)
	token = secret(t, w.letters(t, ls, err))
	w.clock.now = w.clock.now.Add(7 * 24 * time.Hour)
	if _, _, err := w.Join(t.Context(), token, j); !errors.Is(err, core.NotFound) {
		t.Errorf("after a week: %v", err)
	}
}

// A venue keeps an owner, and nobody without the permission changes the team.
func TestThreatTheTeam(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t, w.luna.Business)
	ben := w.hire(t, "ben@lunas.example", account.Manager)
	stranger := account.User{ID: core.UserID{7}, Business: core.BusinessID{7}, Role: account.Owner}
	for what, err := range map[string]error{
		"a manager makes himself owner": w.SetRole(t.Context(), ben, ben.ID, account.Owner),
		"a manager dismisses the owner": w.Dismiss(t.Context(), ben, w.luna.ID),
	} {
		if !errors.Is(err, core.Denied) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"another's owner sets a role": w.SetRole(t.Context(), stranger, ben.ID, account.Owner),
		"another's owner dismisses":   w.Dismiss(t.Context(), stranger, ben.ID),
	} {
		if !errors.Is(err, core.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"the last owner steps down": w.SetRole(t.Context(), w.luna, w.luna.ID, account.Staff),
		"the last owner leaves":     w.Dismiss(t.Context(), w.luna, w.luna.ID),
		"the last owner is deleted": w.Delete(t.Context(), w.luna.ID, "tacos and mezcal"),
	} {
		if !errors.Is(err, core.Conflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := w.Delete(t.Context(), ben.ID, "guess"); !errors.Is(err, core.Denied) {
		t.Errorf("deleting without the password: %v", err)
	}
	if err := w.Delete(t.Context(), ben.ID, "agave under the moon"); err != nil {
		t.Fatal(err)
	}
	if crew, err := w.Crew(t.Context(), w.luna.Business); err != nil || len(crew.People) != 1 {
		t.Errorf("%d are in the team, %v", len(crew.People), err)
	}
}
