package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/justinas/nosurf"
	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/terms"
)

// A visit is one request of somebody who is signed in.
type visit struct {
	open []terms.Version // what the user must accept
	s    *site
	w    http.ResponseWriter
	req  bunrouter.Request
	// User is with the role that they have at the venue that is visited; home is
	// with that at their own.
	user account.User
	home account.User
	biz  account.Business
	here access.Session
	seal seal
	// Unread is how many conversations have texts that nobody has seen, and mark
	// how far the conversations had come then: of a page that is being read only.
	unread int
	mark   int64
}

func (v *visit) ctx() context.Context { return v.req.Context() }

// say is a sentence of the catalogue.
func (v *visit) say(key string, args ...any) string { return t(v.ctx(), key, args...) }

// The keys of what a session holds.
const (
	keyUser  = "user"
	keyHere  = "here" // the sign-in
	keyFlash = "flash"
	keyTone  = "tone"
	keyDraft = "draft" // a text that was being written when the session ended
)

// in admits who is signed in, and sends everybody else to the sign-in page and
// then back to where they were.
func (s *site) in(page func(*visit) error) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		v, err := s.visitor(w, req)
		if errors.Is(err, core.NotFound) {
			return s.toSignIn(w, req)
		}
		if err != nil {
			return err
		}
		if !v.may(needs(req)) {
			return core.E("site.in", core.Denied, v.say("error.permission", "role", v.user.Role.String()))
		}
		return page(v)
	}
}

// visitor is NotFound where nobody is signed in, or where the user is gone.
func (s *site) visitor(w http.ResponseWriter, req bunrouter.Request) (*visit, error) {
	id, err := core.ParseID[any](s.sessions.GetString(req.Context(), keyUser))
	if err != nil {
		return nil, errNotFound
	}
	here, err := core.ParseID[any](s.sessions.GetString(req.Context(), keyHere))
	if err != nil {
		return nil, errNotFound
	}
	v := &visit{s: s, w: w, req: req}
	err = s.Database.Store.View(req.Context(), func(ctx context.Context, tx store.Tx) error {
		var err error
		if v.here, err = s.SignIn.Here(ctx, tx, access.SessionID(here), core.UserID(id)); err != nil {
			return err
		}
		if v.home, err = tx.Accounts.User(ctx, core.UserID(id)); err != nil {
			return err
		}
		if v.user = v.home; v.user.Role == account.Operator {
			return nil // at no venue
		}
		if there, err := s.SignIn.At(ctx, tx, v.home, location(req.Request)); err == nil {
			v.user = there
		} else if !errors.Is(err, core.NotFound) {
			return err
		}
		if v.biz, err = tx.Accounts.Business(ctx, v.user.Business); err != nil {
			return err
		}
		if v.open, err = s.Agree.Open(ctx, tx, v.user.ID); err != nil {
			return err
		}
		return v.readInbox(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	v.seal = newSeal(v.user)
	if err := s.SignIn.Seen(req.Context(), v.here); err != nil {
		s.o.Log.WarnContext(req.Context(), "a request was not noted; the sign-in may end early", "err", err)
	}
	return v, nil
}

// readInbox is what every page shows of the inbox.
func (v *visit) readInbox(ctx context.Context, tx store.Tx) error {
	marks, err := tx.Threads.Marks(ctx, []core.BusinessID{v.biz.ID})
	if err != nil {
		return err
	}
	v.mark = marks[v.biz.ID]
	v.unread, err = tx.Threads.Unread(ctx, v.biz.ID)
	return err
}

// toSignIn keeps what was being written: an expired session must not cost
// somebody their text.
func (s *site) toSignIn(w http.ResponseWriter, req bunrouter.Request) error {
	back := req.URL.RequestURI()
	if req.Method == http.MethodPost {
		back = "/"
		if u, err := url.Parse(req.Referer()); err == nil && u.Path != "" {
			back = u.RequestURI()
		}
		if body := req.PostFormValue("body"); body != "" {
			s.sessions.Put(req.Context(), keyDraft, body)
		}
	}
	return see(w, req.Request, "/signin?next="+url.QueryEscape(local(back)))
}

// need refuses users whose role does not reach.
func (v *visit) need(r account.Role) error {
	if v.user.Role < r {
		return core.E("site.need", core.Denied, v.say("error.role", "role", r.String()))
	}
	return nil
}

// view runs f over one snapshot.
func (v *visit) view(f func(ctx context.Context, tx store.Tx) error) error {
	return v.s.Database.Store.View(v.ctx(), f)
}

func (v *visit) page(active, titleKey string, scripts ...string) ui.Frame {
	f := v.s.frame(v.ctx(), v, v.req.Request, v.say(titleKey), active)
	f.Scripts = scripts
	return f
}

func (v *visit) show(c templ.Component) error { return render(v.w, v.ctx(), http.StatusOK, c) }

func (v *visit) showWith(code int, c templ.Component) error { return render(v.w, v.ctx(), code, c) }

// flash keeps a sentence for the next page.
func (v *visit) flash(tone, text string) {
	v.s.sessions.Put(v.ctx(), keyTone, tone)
	v.s.sessions.Put(v.ctx(), keyFlash, text)
}

func (v *visit) see(path string) error { return see(v.w, v.req.Request, path) }

// campaignID reads the id in the address. One that is none is like one that is
// not there.
func (v *visit) campaignID() (core.CampaignID, error) {
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return core.CampaignID{}, errNotFound
	}
	return core.CampaignID(id), nil
}

// frame fills in what surrounds a page. v is nil where nobody is signed in.
func (s *site) frame(ctx context.Context, v *visit, r *http.Request, title, active string) ui.Frame {
	f := ui.Frame{Title: title, Active: active, CSRF: nosurf.Token(r), Words: frameWords(ctx)}
	if s.o.Demo != nil {
		f.PhoneURL = s.o.Demo.PhoneURL
	}
	if v != nil {
		f.Brand, f.Unread, f.UnreadSay = v.biz.Name, v.unread, t(ctx, "nav.unread", "n", v.unread)
		if v.req.Method == http.MethodGet {
			f.Live = v.liveURL("")
		}
		if len(v.open) > 0 {
			f.Ask = agreeNotice(f.CSRF, v.req.URL.Path, v.open)
		}
		f.Flash = s.said(ctx)
	}
	return f
}

// said is the sentence that was kept for this page.
func (s *site) said(ctx context.Context) ui.Notice {
	return ui.Notice{Tone: s.sessions.PopString(ctx, keyTone), Text: s.sessions.PopString(ctx, keyFlash)}
}

func frameWords(ctx context.Context) ui.Words {
	return ui.Words{
		Product: t(ctx, "product"), Skip: t(ctx, "nav.skip"), Main: t(ctx, "nav.main"), Offline: t(ctx, "nav.offline"),
		SignIn: t(ctx, "nav.signin"), SignOut: t(ctx, "nav.signout"), Phone: t(ctx, "nav.phone"),
		Home: t(ctx, "nav.home"), Campaigns: t(ctx, "nav.campaigns"), Grow: t(ctx, "nav.grow"),
		Subscribers: t(ctx, "nav.subscribers"), SubscribersShort: t(ctx, "nav.subscribers.short"),
		Inbox: t(ctx, "nav.inbox"), Over: t(ctx, "nav.over"),
		OptOuts: t(ctx, "nav.optouts"), Compliance: t(ctx, "nav.compliance"), Settings: t(ctx, "nav.settings"),
	}
}
