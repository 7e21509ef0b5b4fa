package site

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/signin"
)

// A letterView is what a page of a link in a letter shows: one question.
type letterView struct {
	Title, Text, Button, Action, Problem string
	Password                             bool   // another one is asked for
	Email                                string // typed so far; shown where Ask
	Ask                                  bool   // for an address
}

func (s *site) showLetter(w http.ResponseWriter, req bunrouter.Request, code int, x letterView) error {
	return render(w, req.Context(), code, letterPage(s.frame(req.Context(), nil, req.Request, x.Title, "signin"), x))
}

// forgotForm asks for the address that a link is sent to.
func (s *site) forgotForm(w http.ResponseWriter, req bunrouter.Request) error {
	ctx := req.Context()
	x := letterView{Title: t(ctx, "forgot.title"), Text: t(ctx, "forgot.text"), Button: t(ctx, "forgot.button"), Action: "/forgot", Ask: true}
	if !s.courier.works() {
		x.Text, x.Ask, x.Button = t(ctx, "forgot.nomail"), false, ""
	}
	return s.showLetter(w, req, http.StatusOK, x)
}

// forgot answers the same, and as fast, whoever has the address.
func (s *site) forgot(w http.ResponseWriter, req bunrouter.Request) error {
	ctx, email, from := req.Context(), req.PostFormValue("email"), s.addressOf(req.Request)
	s.courier.take(func(ctx context.Context) ([]signin.Letter, error) { return s.SignIn.Forgot(ctx, email, from) })
	return s.showLetter(w, req, http.StatusOK, letterView{Title: t(ctx, "forgot.sent"), Text: t(ctx, "forgot.sent.text")})
}

func (s *site) resetView(ctx context.Context, token, problem string) letterView {
	return letterView{
		Title: t(ctx, "reset.title"), Text: t(ctx, "reset.text"), Button: t(ctx, "reset.button"),
		Action: "/reset/" + url.PathEscape(token), Password: true, Problem: problem,
	}
}

// resetForm changes nothing: programs that look at letters open their links.
func (s *site) resetForm(w http.ResponseWriter, req bunrouter.Request) error {
	if err := s.SignIn.Resetting(req.Context(), req.Param("token")); err != nil {
		return err
	}
	return s.showLetter(w, req, http.StatusOK, s.resetView(req.Context(), req.Param("token"), ""))
}

func (s *site) reset(w http.ResponseWriter, req bunrouter.Request) error {
	ctx := req.Context()
	_, err := s.SignIn.Reset(ctx, req.Param("token"), req.PostFormValue("password"))
	if errors.Is(err, core.Invalid) {
		return s.showLetter(w, req, http.StatusUnprocessableEntity, s.resetView(ctx, req.Param("token"), core.MessageOf(err)))
	}
	if err != nil {
		return err
	}
	s.sessions.Put(ctx, keyTone, "good")
	s.sessions.Put(ctx, keyFlash, t(ctx, "reset.done"))
	return see(w, req.Request, "/signin")
}

func (s *site) confirmForm(w http.ResponseWriter, req bunrouter.Request) error {
	ctx := req.Context()
	return s.showLetter(w, req, http.StatusOK, letterView{
		Title: t(ctx, "confirm.title"), Text: t(ctx, "confirm.text"), Button: t(ctx, "confirm.button"),
		Action: "/confirm/" + url.PathEscape(req.Param("token")),
	})
}

func (s *site) confirm(w http.ResponseWriter, req bunrouter.Request) error {
	ctx := req.Context()
	if _, err := s.SignIn.Confirm(ctx, req.Param("token")); err != nil {
		return err
	}
	s.sessions.Put(ctx, keyTone, "good")
	s.sessions.Put(ctx, keyFlash, t(ctx, "confirm.done"))
	return see(w, req.Request, "/")
}

// confirmAgain sends the letter once more.
func (s *site) confirmAgain(v *visit) error {
	id := v.user.ID
	s.courier.take(func(ctx context.Context) ([]signin.Letter, error) { return s.SignIn.Confirming(ctx, id) })
	v.flash("good", v.say("confirm.again.done"))
	return v.see("/settings/you")
}

// A profileView is what the page about oneself shows.
type profileView struct {
	Form      signin.Profile
	Bad       onboard.Problems
	Confirmed bool
	Mail      bool // letters can be sent
	Role      string
}

func (s *site) profile(v *visit) error {
	return v.showProfile(http.StatusOK, signin.Profile{Name: v.user.Name, Email: v.user.Email, Phone: v.user.Phone.E164()}, nil)
}

func (v *visit) showProfile(code int, form signin.Profile, bad onboard.Problems) error {
	return v.showWith(code, profilePage(v.page("settings", "you.title"), profileView{
		Form: form, Bad: bad, Confirmed: !v.user.Confirmed.IsZero(), Mail: v.s.courier.works(), Role: v.user.Role.String(),
	}))
}

func (s *site) saveProfile(v *visit) error {
	get := v.req.PostFormValue
	form := signin.Profile{Name: get("name"), Email: get("email"), Phone: get("phone"), Password: get("password")}
	letters, err := s.SignIn.ChangeProfile(v.ctx(), v.user.ID, form)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return v.showProfile(http.StatusUnprocessableEntity, form, bad)
	}
	if err := s.courier.send(letters, err); err != nil {
		return err
	}
	v.flash("good", v.say("settings.saved"))
	return v.see("/settings/you")
}

func (s *site) savePassword(v *visit) error {
	err := s.SignIn.ChangePassword(v.ctx(), v.user.ID, v.here.ID, v.req.PostFormValue("password"), v.req.PostFormValue("new_password"))
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return v.showSecurity(http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	v.flash("good", v.say("security.password.done"))
	return v.see("/settings/security")
}

var links = regexp.MustCompile(`https?://\S+`)

// outbox shows what would have been sent: only where the pages are on this
// machine, and only to who is on it.
func (s *site) outbox(w http.ResponseWriter, req bunrouter.Request) error {
	host, _, err := net.SplitHostPort(req.Host)
	if err != nil {
		host = req.Host
	}
	if s.Post.Outbox == nil || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return errNotFound
	}
	f := s.frame(req.Context(), nil, req.Request, t(req.Context(), "outbox.title"), "")
	return render(w, req.Context(), http.StatusOK, outboxPage(f, s.Post.Outbox.Letters()))
}
