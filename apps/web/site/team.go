package site

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/signin"
)

// A teamView is what the page shows of who acts for the venue.
type teamView struct {
	People  []personView
	Invited []invitedView
	Roles   []ui.Option
	Email   string
	Role    string
	Bad     onboard.Problems
	May     bool // change the team
	Mail    bool
}

type personView struct {
	ID, Name, Email, Role string
	Me                    bool
}

type invitedView struct{ Key, Email, Role, Until string }

// roles are what may be chosen.
func (v *visit) roles() []ui.Option {
	var out []ui.Option
	for r := account.ReadOnly; r <= account.Owner; r++ {
		out = append(out, ui.Option{Value: r.String(), Label: v.say("role." + r.String())})
	}
	return out
}

func (s *site) team(v *visit) error {
	return v.showTeam(http.StatusOK, teamView{Role: account.Staff.String()})
}

func (v *visit) showTeam(code int, x teamView) error {
	crew, err := v.s.SignIn.Crew(v.ctx(), v.biz.ID)
	if err != nil {
		return err
	}
	x.Roles, x.May, x.Mail = v.roles(), v.may(access.Team), v.s.courier.works()
	for _, u := range crew.People {
		x.People = append(x.People, personView{ID: u.ID.String(), Name: u.Name, Email: u.Email, Role: u.Role.String(), Me: u.ID == v.user.ID})
	}
	for _, i := range crew.Invited {
		x.Invited = append(x.Invited, invitedView{Key: hex.EncodeToString(i.Hash[:]), Email: i.Email, Role: i.Role.String(), Until: v.when(i.Until)})
	}
	return v.showWith(code, teamPage(v.page("settings", "team.title"), x))
}

func (v *visit) may(p access.Permission) bool { return access.May(v.user.Role, p) }

func (s *site) inviteSomebody(v *visit) error {
	email, typed := v.req.PostFormValue("email"), v.req.PostFormValue("role")
	role, ok := account.ParseRole(typed)
	if !ok {
		role = account.Operator // none that may be chosen
	}
	letters, err := s.SignIn.Invite(v.ctx(), v.user, email, role)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return v.showTeam(http.StatusUnprocessableEntity, teamView{Email: email, Role: typed, Bad: bad})
	}
	if err := s.courier.send(letters, err); err != nil {
		return err
	}
	v.flash("good", v.say("team.invited"))
	return v.see("/settings/team")
}

func (s *site) uninvite(v *visit) error {
	var h access.Hash
	if b, err := hex.DecodeString(v.req.PostFormValue("key")); err != nil || copy(h[:], b) != len(h) {
		return errNotFound
	}
	if err := s.SignIn.Uninvite(v.ctx(), v.user, h); err != nil {
		return err
	}
	v.flash("good", v.say("team.uninvited"))
	return v.see("/settings/team")
}

func (s *site) setRole(v *visit) error {
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return errNotFound
	}
	role, ok := account.ParseRole(v.req.PostFormValue("role"))
	if !ok {
		return core.E("site.setRole", core.Invalid, v.say("team.norole"))
	}
	return v.crewDone(s.SignIn.SetRole(v.ctx(), v.user, core.UserID(id), role), "team.role.done")
}

func (s *site) dismiss(v *visit) error {
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return errNotFound
	}
	return v.crewDone(s.SignIn.Dismiss(v.ctx(), v.user, core.UserID(id)), "team.dismissed")
}

// crewDone says what keeps it from being done on the page itself.
func (v *visit) crewDone(err error, text string) error {
	switch {
	case errors.Is(err, core.Conflict):
		v.flash("bad", core.MessageOf(err))
	case err != nil:
		return err
	default:
		v.flash("good", v.say(text))
	}
	return v.see("/settings/team")
}

// An offerView is what an invitation shows.
type offerView struct {
	signin.Offer
	Token  string
	Name   string
	Bad    onboard.Problems
	Signed bool // in, with the address that was invited
}

func (s *site) showOffer(w http.ResponseWriter, req bunrouter.Request, code int, x offerView) error {
	ctx := req.Context()
	o, err := s.SignIn.Offer(ctx, req.Param("token"))
	if err != nil {
		return err
	}
	x.Offer, x.Token = o, req.Param("token")
	if v, err := s.visitor(w, req); err == nil && v.home.Email == o.Email {
		x.Signed = true
	} else if o.Known {
		return see(w, req.Request, "/signin?next="+url.QueryEscape("/invite/"+x.Token))
	}
	return render(w, ctx, code, offerPage(s.frame(ctx, nil, req.Request, t(ctx, "offer.title"), "signin"), x))
}

func (s *site) offer(w http.ResponseWriter, req bunrouter.Request) error {
	return s.showOffer(w, req, http.StatusOK, offerView{})
}

func (s *site) join(w http.ResponseWriter, req bunrouter.Request) error {
	j := signin.Joiner{Name: req.PostFormValue("name"), Password: req.PostFormValue("password")}
	v, err := s.visitor(w, req)
	if err == nil {
		j.User = v.user.ID
	} else if !errors.Is(err, core.NotFound) {
		return err
	}
	u, b, err := s.SignIn.Join(req.Context(), req.Param("token"), j)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return s.showOffer(w, req, http.StatusUnprocessableEntity, offerView{Name: j.Name, Bad: bad})
	}
	if err != nil {
		return err
	}
	if v == nil {
		if err := s.admit(w, req.Request, u); err != nil {
			return err
		}
	}
	s.setLocation(w, b)
	return see(w, req.Request, "/")
}

// The cookie that says which of their venues somebody is at. It only chooses:
// whether they may is looked up with each request.
const locationCookie = "nexo_location"

func (s *site) setLocation(w http.ResponseWriter, b core.BusinessID) {
	http.SetCookie(w, &http.Cookie{
		Name: locationCookie, Value: b.String(), Path: "/", MaxAge: 400 * 24 * 3600,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// location is the venue that the cookie names; zero for none.
func location(r *http.Request) core.BusinessID {
	c, err := r.Cookie(locationCookie)
	if err != nil {
		return core.BusinessID{}
	}
	id, err := core.ParseUUID(c.Value)
	if err != nil {
		return core.BusinessID{}
	}
	return core.BusinessID(id)
}

// A placeView is one of a person's venues.
type placeView struct {
	ID, Name, Where string
	Here            bool
}

func (s *site) places(v *visit) error {
	all, err := s.SignIn.Places(v.ctx(), v.user.ID)
	if err != nil {
		return err
	}
	var xs []placeView
	for _, b := range all {
		xs = append(xs, placeView{ID: b.ID.String(), Name: b.Name, Where: b.Street + ", " + b.City, Here: b.ID == v.biz.ID})
	}
	return v.show(placesPage(v.page("settings", "places.title"), xs))
}

func (s *site) goTo(v *visit) error {
	id, err := core.ParseUUID(v.req.PostFormValue("id"))
	if err != nil {
		return errNotFound
	}
	all, err := s.SignIn.Places(v.ctx(), v.user.ID)
	if err != nil {
		return err
	}
	for _, b := range all {
		if b.ID == core.BusinessID(id) {
			s.setLocation(v.w, b.ID)
			return v.see("/")
		}
	}
	return errNotFound
}

// deleteMe takes one's own account away.
func (s *site) deleteMe(v *visit) error {
	err := s.SignIn.Delete(v.ctx(), v.user.ID, v.req.PostFormValue("password"))
	if errors.Is(err, core.Conflict) || errors.Is(err, core.Denied) {
		v.flash("bad", core.MessageOf(err))
		return v.see("/settings/you")
	}
	if err != nil {
		return err
	}
	if err := s.sessions.Destroy(v.ctx()); err != nil {
		return unavailable(err)
	}
	return v.see("/signin")
}
