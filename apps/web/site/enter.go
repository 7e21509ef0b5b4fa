package site

import (
	"errors"
	"net/http"
	"strings"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/signin"
)

// front is home for who is signed in, and says what this is to everybody else.
func (s *site) front(w http.ResponseWriter, req bunrouter.Request) error {
	v, err := s.visitor(w, req)
	switch {
	case errors.Is(err, core.NotFound):
		f := s.frame(req.Context(), nil, req.Request, t(req.Context(), "landing.title"), "")
		return render(w, req.Context(), http.StatusOK, landingPage(f))
	case err != nil:
		return err
	}
	return s.home(v)
}

func (s *site) signUpForm(w http.ResponseWriter, req bunrouter.Request) error {
	form := onboard.Form{MonthlyTexts: "8", Registered: s.o.Demo != nil}
	return s.showSignUp(w, req, http.StatusOK, form, nil)
}

func (s *site) showSignUp(w http.ResponseWriter, req bunrouter.Request, code int, form onboard.Form, bad onboard.Problems) error {
	f := s.frame(req.Context(), nil, req.Request, t(req.Context(), "signup.title"), "signup")
	return render(w, req.Context(), code, signUpPage(f, form, bad, s.o.Demo != nil, s.Enroll.Works()))
}

// signUp answers a second sending of the same form with "there is an account
// already", beside the e-mail address.
func (s *site) signUp(w http.ResponseWriter, req bunrouter.Request) error {
	if err := req.ParseForm(); err != nil {
		return core.Wrap("site.signUp", core.Invalid, "", err)
	}
	form := businessForm(req.Request, s.o.PublicURL)
	form.OwnerName, form.Email, form.Password = req.PostFormValue("owner_name"), req.PostFormValue("email"), req.PostFormValue("password")
	form.Keyword, form.Sender = req.PostFormValue("keyword"), req.PostFormValue("sender")
	form.NewNumber = s.Enroll.Works() && strings.TrimSpace(form.Sender) == ""
	user, biz, err := s.Onboard.SignUp(req.Context(), form)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return s.showSignUp(w, req, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.admit(w, req.Request, user); err != nil {
		return err
	}
	s.enrolNew(req.Context(), biz.ID)
	return see(w, req.Request, "/")
}

// businessForm reads the fields that sign-up and settings share.
func businessForm(r *http.Request, publicURL string) onboard.Form {
	get := r.PostFormValue
	return onboard.Form{
		BusinessName: get("business_name"), LegalName: get("legal_name"),
		Street: get("street"), City: get("city"), State: get("state"), ZIP: get("zip"), Zone: get("zone"),
		Website: get("website"), HelpContact: get("help_contact"), TermsURL: get("terms_url"), PrivacyURL: get("privacy_url"),
		PublicURL: publicURL, ServesAlcohol: get("serves_alcohol") != "", AgeGate: get("age_gate") != "", DoubleOptIn: get("double_opt_in") != "", Registered: get("registered") != "",
		MonthlyTexts: get("monthly_texts"), RhythmTexts: get("rhythm_texts"), RhythmHours: get("rhythm_hours"),
		ATTClass: get("att_class"), TMobileTier: get("tmobile_tier"),
	}
}

func (s *site) signInForm(w http.ResponseWriter, req bunrouter.Request) error {
	if s.sessions.GetString(req.Context(), keyUser) != "" {
		if _, err := s.visitor(w, req); err == nil {
			return see(w, req.Request, local(req.URL.Query().Get("next")))
		}
	}
	return s.showSignIn(w, req, http.StatusOK, "", local(req.URL.Query().Get("next")), "")
}

func (s *site) showSignIn(w http.ResponseWriter, req bunrouter.Request, code int, email, next, problem string) error {
	f := s.frame(req.Context(), nil, req.Request, t(req.Context(), "signin.title"), "signin")
	p := signIn{Email: email, Next: next, Problem: problem, Demo: s.o.Demo}
	if next != "/" && problem == "" {
		p.Back = t(req.Context(), "signin.back")
	}
	return render(w, req.Context(), code, signInPage(f, p))
}

// A signIn is what the sign-in page shows.
type signIn struct {
	Email, Next, Problem, Back string
	Demo                       *DemoInfo
}

func (s *site) signIn(w http.ResponseWriter, req bunrouter.Request) error {
	email, next := strings.TrimSpace(req.PostFormValue("email")), local(req.PostFormValue("next"))
	user, err := s.SignIn.Password(req.Context(), signin.Attempt{
		Email: email, Password: req.PostFormValue("password"), Device: s.device(req.Request), Address: s.addressOf(req.Request),
	})
	if errors.Is(err, core.Denied) {
		return s.showSignIn(w, req, http.StatusForbidden, email, next, core.MessageOf(err))
	}
	if err != nil {
		return err
	}
	if err := s.admit(w, req.Request, user); err != nil {
		return err
	}
	return see(w, req.Request, next)
}

// admit begins a sign-in, and a session under a new token, so that one that was
// planted before is worth nothing.
func (s *site) admit(w http.ResponseWriter, r *http.Request, u account.User) error {
	ctx := r.Context()
	in, err := s.SignIn.Enter(ctx, u, s.device(r), r.UserAgent())
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return unavailable(err)
	}
	s.sessions.Put(ctx, keyUser, u.ID.String())
	s.sessions.Put(ctx, keyHere, in.Session.ID.String())
	s.setDevice(w, in.Device)
	return nil
}

func (s *site) signOut(w http.ResponseWriter, req bunrouter.Request) error {
	if v, err := s.visitor(w, req); err == nil {
		if err := s.SignIn.End(req.Context(), v.user.ID, access.SessionID{}, v.here.ID); err != nil {
			return err
		}
	}
	if err := s.sessions.Destroy(req.Context()); err != nil {
		return unavailable(err)
	}
	return see(w, req.Request, "/signin")
}
