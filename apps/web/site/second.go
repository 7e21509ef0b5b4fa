package site

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
)

// The keys of what a session holds of somebody who is halfway in, or is adding a
// step.
const (
	keyHalf    = "half"    // the user whose password was right
	keyHalfAt  = "half_at" // when
	keyPasskey = "passkey" // what a passkey is asked
	keyNewApp  = "new_app" // the secret of an app that has not shown a code yet
)

// halfway is how long somebody has for the second step.
const halfway = 10 * time.Minute

// proceed lets in whose password was right, or asks for the second step.
func (s *site) proceed(w http.ResponseWriter, req bunrouter.Request, u account.User, next string) error {
	app, passkey, err := s.SignIn.Asks(req.Context(), u.ID)
	if err != nil {
		return err
	}
	if app || passkey {
		if err := s.sessions.RenewToken(req.Context()); err != nil {
			return unavailable(err)
		}
		s.sessions.Put(req.Context(), keyHalf, u.ID.String())
		s.sessions.Put(req.Context(), keyHalfAt, s.Clock.Now().Unix())
		return see(w, req.Request, "/signin/second?next="+url.QueryEscape(next))
	}
	if err := s.admit(w, req.Request, u); err != nil {
		return err
	}
	return see(w, req.Request, next)
}

// half is who is halfway in; NotFound where nobody is, or not any more.
func (s *site) half(req bunrouter.Request) (core.UserID, error) {
	id, err := core.ParseUUID(s.sessions.GetString(req.Context(), keyHalf))
	if err != nil || s.Clock.Now().Sub(time.Unix(s.sessions.GetInt64(req.Context(), keyHalfAt), 0)) > halfway {
		return core.UserID{}, errNotFound
	}
	return core.UserID(id), nil
}

func (s *site) secondForm(w http.ResponseWriter, req bunrouter.Request) error {
	return s.showSecond(w, req, http.StatusOK, local(req.URL.Query().Get("next")), "")
}

func (s *site) showSecond(w http.ResponseWriter, req bunrouter.Request, code int, next, problem string) error {
	id, err := s.half(req)
	if err != nil {
		return see(w, req.Request, "/signin?next="+url.QueryEscape(next))
	}
	app, passkey, err := s.SignIn.Asks(req.Context(), id)
	if err != nil {
		return err
	}
	f := s.frame(req.Context(), nil, req.Request, t(req.Context(), "second.title"), "signin")
	f.Scripts = []string{"passkey.js"}
	return render(w, req.Context(), code, secondPage(f, secondView{Next: next, Problem: problem, App: app, Passkey: passkey && s.passkeys()}))
}

type secondView struct {
	Next, Problem string
	App, Passkey  bool
}

func (s *site) second(w http.ResponseWriter, req bunrouter.Request) error {
	next := local(req.PostFormValue("next"))
	id, err := s.half(req)
	if err != nil {
		return see(w, req.Request, "/signin?next="+url.QueryEscape(next))
	}
	u, err := s.SignIn.Code(req.Context(), id, req.PostFormValue("code"))
	if errors.Is(err, core.Denied) {
		return s.showSecond(w, req, http.StatusForbidden, next, core.MessageOf(err))
	}
	if err != nil {
		return err
	}
	s.sessions.Remove(req.Context(), keyHalf)
	if err := s.admit(w, req.Request, u); err != nil {
		return err
	}
	return see(w, req.Request, next)
}

// passkeys reports whether they work here: browsers have none for an address
// that is a number.
func (s *site) passkeys() bool { return s.SignIn.Passkeys != nil }

// askPasskey sends the browser what any passkey of this site is asked.
func (s *site) askPasskey(w http.ResponseWriter, req bunrouter.Request) error {
	if !s.passkeys() {
		return errNotFound
	}
	ask, state, err := s.SignIn.Passkeys.BeginUse()
	if err != nil {
		return err
	}
	s.sessions.Put(req.Context(), keyPasskey, state)
	return writeJSON(w, ask)
}

// usePasskey lets in whose passkey has signed. The answer says where to go on.
func (s *site) usePasskey(w http.ResponseWriter, req bunrouter.Request) error {
	state := s.sessions.PopBytes(req.Context(), keyPasskey) // once: an answer cannot be played again
	if !s.passkeys() || len(state) == 0 {
		return errNotFound
	}
	answer, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	u, err := s.SignIn.Passkey(req.Context(), state, answer)
	if err != nil {
		return err
	}
	s.sessions.Remove(req.Context(), keyHalf)
	if err := s.admit(w, req.Request, u); err != nil {
		return err
	}
	return goOn(w, local(req.URL.Query().Get("next")))
}

func goOn(w http.ResponseWriter, next string) error {
	b, err := json.Marshal(struct {
		Next string `json:"next"`
	}{next})
	if err != nil {
		return core.Wrap("site.goOn", core.Internal, "", err)
	}
	return writeJSON(w, b)
}

func writeJSON(w http.ResponseWriter, b []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the browser has gone: nobody to tell
	return nil
}

// askNewPasskey and addPasskey are the same for adding one.
func (s *site) askNewPasskey(v *visit) error {
	if !s.passkeys() {
		return errNotFound
	}
	ask, state, err := s.SignIn.BeginPasskey(v.ctx(), v.user)
	if err != nil {
		return err
	}
	s.sessions.Put(v.ctx(), keyPasskey, state)
	return writeJSON(v.w, ask)
}

func (s *site) addPasskey(v *visit) error {
	state := s.sessions.PopBytes(v.ctx(), keyPasskey)
	if !s.passkeys() || len(state) == 0 {
		return errNotFound
	}
	answer, err := io.ReadAll(v.req.Body)
	if err != nil {
		return err
	}
	if err := s.SignIn.AddPasskey(v.ctx(), v.user, access.DeviceName(v.req.UserAgent()), state, answer); err != nil {
		return err
	}
	v.flash("good", v.say("second.passkey.done"))
	return goOn(v.w, "/settings/security")
}

// An appView is what the page shows on which an app is set up.
type appView struct {
	QR             qrCode
	Typed, Problem string
}

// newApp shows a secret for an authenticator app, the same until it was used.
func (s *site) newApp(v *visit) error { return v.showApp(http.StatusOK, "") }

func (v *visit) showApp(code int, problem string) error {
	typed := v.s.sessions.GetString(v.ctx(), keyNewApp)
	secret, err := base64.StdEncoding.DecodeString(typed)
	link, text := "", ""
	if err != nil || len(secret) == 0 {
		secret, link, text = v.s.SignIn.NewApp(v.user)
		v.s.sessions.Put(v.ctx(), keyNewApp, base64.StdEncoding.EncodeToString(secret))
	} else {
		link, text = v.s.SignIn.Codes.Enrol(secret, v.user.Email)
	}
	qr, err := encodeQR(link)
	if err != nil {
		return err
	}
	return v.showWith(code, appPage(v.page("settings", "second.app"), appView{QR: qr, Typed: text, Problem: problem}))
}

func (s *site) addApp(v *visit) error {
	secret, err := base64.StdEncoding.DecodeString(s.sessions.GetString(v.ctx(), keyNewApp))
	if err != nil || len(secret) == 0 {
		return v.see("/settings/security/app")
	}
	codes, err := s.SignIn.AddApp(v.ctx(), v.user.ID, secret, v.req.PostFormValue("code"))
	if errors.Is(err, core.Invalid) {
		return v.showApp(http.StatusUnprocessableEntity, core.MessageOf(err))
	}
	if err != nil {
		return err
	}
	s.sessions.Remove(v.ctx(), keyNewApp)
	return v.show(recoveryPage(v.page("settings", "second.recovery"), codes))
}

func (s *site) newRecovery(v *visit) error {
	codes, err := s.SignIn.Recover(v.ctx(), v.user.ID)
	if err != nil {
		return err
	}
	return v.show(recoveryPage(v.page("settings", "second.recovery"), codes))
}

func (s *site) removeFactor(v *visit) error {
	id, err := core.ParseUUID(v.req.PostFormValue("id"))
	if err != nil {
		return errNotFound
	}
	err = s.SignIn.Remove(v.ctx(), v.user.ID, access.FactorID(id), v.req.PostFormValue("password"))
	switch {
	case errors.Is(err, core.Denied):
		v.flash("bad", core.MessageOf(err))
	case err != nil:
		return err
	default:
		v.flash("good", v.say("second.removed"))
	}
	return v.see("/settings/security")
}

// secondLabel: who has no app has recovery codes only.
func secondLabel(ctx context.Context, app bool) string {
	if app {
		return t(ctx, "second.code")
	}
	return t(ctx, "second.code.recovery")
}
