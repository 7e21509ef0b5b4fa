package signin

import (
	"context"
	"errors"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// Can refuses who may not. The user is as they act for the business that is
// visited.
func Can(u account.User, p access.Permission) error {
	if access.May(u.Role, p) {
		return nil
	}
	return core.E("signin.Can", core.Denied, "Your role, "+u.Role.String()+", may not do this. Ask the owner.")
}

// At returns the user as they act for a business: with their role there. It is
// NotFound where they do not act for it.
func (s *Service) At(ctx context.Context, tx store.Tx, u account.User, b core.BusinessID) (account.User, error) {
	if u.Business == b {
		return u, nil
	}
	ms, err := tx.Access.Memberships(ctx, u.ID)
	if err != nil {
		return u, err
	}
	for _, m := range ms {
		if m.Business == b {
			u.Business, u.Role = b, m.Role
			return u, nil
		}
	}
	return u, core.E("signin.At", core.NotFound, "you do not act for this venue")
}

// mostOpen invitations a business may have at a time.
const mostOpen = 50

// Invite makes the letter by which somebody is let in to act for the business of
// by. Mistakes come back as [onboard.Problems].
func (s *Service) Invite(ctx context.Context, by account.User, email string, r account.Role) ([]seal.Letter, error) {
	if err := Can(by, access.Team); err != nil {
		return nil, err
	}
	email = Fold(email)
	if !onboard.IsEmail(email) {
		return nil, onboard.Problems{FieldEmail: "Write the e-mail address of whom you invite."}
	}
	if r > account.Owner {
		return nil, onboard.Problems{"role": "Choose a role."}
	}
	var out []seal.Letter
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		out = nil
		biz, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		if err := s.room(ctx, tx, by.Business, email); err != nil {
			return err
		}
		secret, err := s.token(ctx, tx, access.Token{Kind: access.Invitation, User: by.ID, Business: by.Business, Role: r, Email: email})
		if err != nil {
			return err
		}
		out = []seal.Letter{s.letter(email, by.Name+" invites you to "+biz.Name,
			by.Name+" invites you to work with "+biz.Name+" on NexoAlerts, as "+r.String()+". Accept here:",
			string(s.Site)+"/invite/"+secret,
			"The link works once, within a week. If you do not know what this is, do nothing.")}
		return s.acted(ctx, tx, by.Business, by.ID, evidence.PersonInvited, map[string]string{"role": r.String()})
	})
	return out, err
}

// room takes back an earlier invitation to the same address, and refuses who is
// there already, and too many.
func (s *Service) room(ctx context.Context, tx store.Tx, b core.BusinessID, email string) error {
	us, err := tx.Accounts.Users(ctx, b)
	if err != nil {
		return err
	}
	for _, u := range us {
		if u.Email == email {
			return onboard.Problems{FieldEmail: u.Name + " is in the team already."}
		}
	}
	ts, err := tx.Access.Invitations(ctx, b)
	if err != nil {
		return err
	}
	open := 0
	for _, t := range ts {
		switch {
		case !t.Good(s.Clock.Now()):
		case t.Email != email:
			open++
		default:
			if err := tx.Access.DropInvitation(ctx, b, t.Hash); err != nil {
				return err
			}
		}
	}
	if open >= mostOpen {
		return core.E("signin.Invite", core.Conflict, "Fifty invitations are open already. Take some back first.")
	}
	return nil
}

// An Offer is what an invitation says to whoever opens it.
type Offer struct {
	Business string
	Email    string
	Role     account.Role
	Known    bool // there is an account with the address: sign in with it
}

// Offer reads an invitation; NotFound where it cannot be used.
func (s *Service) Offer(ctx context.Context, secret string) (o Offer, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := s.read(ctx, tx, access.Invitation, secret)
		if err != nil {
			return err
		}
		biz, err := tx.Accounts.Business(ctx, t.Business)
		if err != nil {
			return err
		}
		_, err = tx.Accounts.UserByEmail(ctx, t.Email)
		o = Offer{Business: biz.Name, Email: t.Email, Role: t.Role, Known: err == nil}
		if errors.Is(err, core.NotFound) {
			err = nil
		}
		return err
	})
	return o, err
}

// A Joiner is whoever accepts an invitation: somebody who is signed in with the
// address that it was sent to, or somebody new.
type Joiner struct {
	User           core.UserID // zero for somebody new
	Name, Password string
}

// Join takes an invitation. Whoever invited must still be allowed to. Somebody
// else's is Denied; mistakes come back as [onboard.Problems].
func (s *Service) Join(ctx context.Context, secret string, j Joiner) (account.User, core.BusinessID, error) {
	o, err := s.Offer(ctx, secret)
	if err != nil {
		return account.User{}, core.BusinessID{}, err
	}
	u := account.User{ID: j.User, Email: o.Email, Name: strings.Join(strings.Fields(j.Name), " ")}
	if j.User.IsZero() {
		if u, err = s.newcomer(o, u, j.Password); err != nil {
			return account.User{}, core.BusinessID{}, err
		}
	}
	var b core.BusinessID
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := s.read(ctx, tx, access.Invitation, secret)
		if err != nil {
			return err
		}
		b = t.Business
		if err := s.stillMay(ctx, tx, t); err != nil {
			return err
		}
		if err := tx.Access.UseToken(ctx, t.Hash, s.Clock.Now()); err != nil {
			return err
		}
		if j.User.IsZero() {
			u.Business, u.Role, u.Created, u.Confirmed = t.Business, t.Role, s.Clock.Now(), s.Clock.Now()
			err = tx.Accounts.AddUser(ctx, u)
		} else {
			u, err = s.member(ctx, tx, j.User, t)
		}
		if err != nil {
			return err
		}
		return s.acted(ctx, tx, t.Business, u.ID, evidence.PersonJoined, map[string]string{"role": t.Role.String(), "invited_by": t.User.String()})
	})
	return u, b, err
}

func (s *Service) newcomer(o Offer, u account.User, password string) (account.User, error) {
	if o.Known {
		return u, core.E("signin.Join", core.Denied, "There is an account with this address. Sign in with it, then open the link once more.")
	}
	bad := onboard.Problems{}
	if u.Name == "" || len(u.Name) > 200 {
		bad[FieldName] = "Write your name."
	}
	var err error
	if u.PasswordHash, err = s.newHash(password, u.Email, u.Name, o.Business); err != nil {
		bad[FieldPassword] = core.MessageOf(err)
	}
	if len(bad) > 0 {
		return u, bad
	}
	u.ID = core.UserID(s.IDs.New())
	return u, nil
}

// stillMay: an invitation is worth what whoever sent it may do now.
func (s *Service) stillMay(ctx context.Context, tx store.Tx, t access.Token) error {
	by, err := tx.Accounts.User(ctx, t.User)
	if err == nil {
		by, err = s.At(ctx, tx, by, t.Business)
	}
	if err == nil {
		err = Can(by, access.Team)
	}
	if errors.Is(err, core.NotFound) || errors.Is(err, core.Denied) {
		return core.E("signin.Join", core.NotFound, "Whoever invited you may not any more. Ask for another invitation.")
	}
	return err
}

func (s *Service) member(ctx context.Context, tx store.Tx, id core.UserID, t access.Token) (account.User, error) {
	u, err := tx.Accounts.User(ctx, id)
	if err != nil {
		return u, err
	}
	if u.Email != t.Email || u.Role == account.Operator {
		return u, core.E("signin.Join", core.Denied, "This invitation is for another address. Sign out, and open the link once more.")
	}
	return u, tx.Access.PutMembership(ctx, access.Membership{Business: t.Business, User: u.ID, Role: t.Role, Added: s.Clock.Now()})
}

// SetRole gives somebody in the team another role. A venue keeps an owner.
func (s *Service) SetRole(ctx context.Context, by account.User, id core.UserID, r account.Role) error {
	const op = "signin.SetRole"
	if err := Can(by, access.Team); err != nil {
		return err
	}
	if r > account.Owner {
		return core.E(op, core.Invalid, "Choose a role.")
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		u, err := s.teammate(ctx, tx, by.Business, id, r < account.Owner)
		if err != nil || u.Role == r {
			return err
		}
		was := u.Role
		if err := s.setRole(ctx, tx, by.Business, id, r); err != nil {
			return err
		}
		if err := s.note(ctx, tx, id, by.ID, access.RoleChanged, r.String()); err != nil {
			return err
		}
		return s.acted(ctx, tx, by.Business, by.ID, evidence.RoleChanged, map[string]string{"user": id.String(), "role": r.String(), "was_role": was.String()})
	})
}

// setRole writes it where it is kept: with the user, or with the membership.
func (s *Service) setRole(ctx context.Context, tx store.Tx, b core.BusinessID, id core.UserID, r account.Role) error {
	u, err := tx.Accounts.User(ctx, id)
	if err != nil {
		return err
	}
	if u.Business != b {
		return tx.Access.PutMembership(ctx, access.Membership{Business: b, User: id, Role: r, Added: s.Clock.Now()})
	}
	u.Role = r
	return tx.Accounts.SaveUser(ctx, u)
}

// teammate finds somebody in the team. Where the venue would lose its last owner
// by what is done, it is a Conflict.
func (s *Service) teammate(ctx context.Context, tx store.Tx, b core.BusinessID, id core.UserID, loses bool) (account.User, error) {
	us, err := tx.Accounts.Users(ctx, b)
	if err != nil {
		return account.User{}, err
	}
	var found account.User
	owners := 0
	for _, u := range us {
		if u.ID == id {
			found = u
		}
		if u.Role == account.Owner {
			owners++
		}
	}
	switch {
	case found.ID.IsZero():
		return found, core.E("signin.teammate", core.NotFound, "nobody in the team is that")
	case loses && found.Role == account.Owner && owners == 1:
		return found, core.E("signin.teammate", core.Conflict, "A venue keeps an owner. Make somebody else an owner first.")
	}
	return found, nil
}

// Dismiss takes somebody out of the team. Their account goes too, unless they act
// for another venue; what they did stays on record under their id.
func (s *Service) Dismiss(ctx context.Context, by account.User, id core.UserID) error {
	if by.ID != id {
		if err := Can(by, access.Team); err != nil {
			return err
		}
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		u, err := s.teammate(ctx, tx, by.Business, id, true)
		if err != nil {
			return err
		}
		if err := s.remove(ctx, tx, by.Business, u.ID); err != nil {
			return err
		}
		return s.acted(ctx, tx, by.Business, by.ID, evidence.PersonRemoved, map[string]string{"user": id.String(), "was_role": u.Role.String()})
	})
}

func (s *Service) remove(ctx context.Context, tx store.Tx, b core.BusinessID, id core.UserID) error {
	if err := tx.Access.End(ctx, id); err != nil {
		return err
	}
	u, err := tx.Accounts.User(ctx, id)
	if err != nil {
		return err
	}
	if u.Business != b {
		return tx.Access.DropMembership(ctx, b, id)
	}
	ms, err := tx.Access.Memberships(ctx, id)
	if err != nil {
		return err
	}
	if len(ms) == 0 {
		if err := tx.Access.Forget(ctx, id); err != nil {
			return err
		}
		return tx.Accounts.DropUser(ctx, id)
	}
	u.Business, u.Role = ms[0].Business, ms[0].Role // at home there from now on
	if err := tx.Access.DropMembership(ctx, ms[0].Business, id); err != nil {
		return err
	}
	return tx.Accounts.SaveUser(ctx, u)
}

// Delete takes away one's own account, after the password, everywhere. The last
// owner of a venue closes it first, or makes somebody else an owner.
func (s *Service) Delete(ctx context.Context, id core.UserID, password string) error {
	u, err := s.user(ctx, id)
	if err != nil {
		return err
	}
	if err := s.sure(u, password); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Access.Memberships(ctx, id)
		if err != nil {
			return err
		}
		bs := []core.BusinessID{u.Business}
		for _, m := range ms {
			bs = append(bs, m.Business)
		}
		for _, b := range bs {
			if b.IsZero() {
				continue
			}
			as, err := s.teammate(ctx, tx, b, id, true)
			if err != nil {
				return err
			}
			if err := s.acted(ctx, tx, b, id, evidence.PersonRemoved, map[string]string{"user": id.String(), "was_role": as.Role.String()}); err != nil {
				return err
			}
		}
		if err := tx.Access.Forget(ctx, id); err != nil {
			return err
		}
		return tx.Accounts.DropUser(ctx, id)
	})
}

// A Crew is who acts for a business, and who is invited to.
type Crew struct {
	People  []account.User
	Invited []access.Token // that can still be used
}

// Crew reads it.
func (s *Service) Crew(ctx context.Context, b core.BusinessID) (c Crew, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		c = Crew{}
		var err error
		if c.People, err = tx.Accounts.Users(ctx, b); err != nil {
			return err
		}
		ts, err := tx.Access.Invitations(ctx, b)
		for _, t := range ts {
			if t.Good(s.Clock.Now()) {
				c.Invited = append(c.Invited, t)
			}
		}
		return err
	})
	return c, err
}

// Uninvite takes an invitation back.
func (s *Service) Uninvite(ctx context.Context, by account.User, h access.Hash) error {
	if err := Can(by, access.Team); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Access.DropInvitation(ctx, by.Business, h)
	})
}

// Places returns the businesses that a user acts for, their own first.
func (s *Service) Places(ctx context.Context, u core.UserID) (out []account.Business, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		out = nil
		who, err := tx.Accounts.User(ctx, u)
		if err != nil {
			return err
		}
		ms, err := tx.Access.Memberships(ctx, u)
		if err != nil {
			return err
		}
		ids := []core.BusinessID{who.Business}
		for _, m := range ms {
			ids = append(ids, m.Business)
		}
		for _, id := range ids {
			b, err := tx.Accounts.Business(ctx, id)
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}
