// Package site is the web app: what a venue's people see, and the public pages
// that guests opt in on. Pages are made on the server and work without
// JavaScript; scripts only make them quicker.
package site

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/postgresstore"
	"github.com/alexedwards/scs/sqlite3store"
	"github.com/alexedwards/scs/v2"
	"github.com/justinas/nosurf"
	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/web/api"
	"github.com/jobfluss/nexo/apps/web/static"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/decide"
)

// Options is how the site is run.
type Options struct {
	// PublicURL is where guests and staff reach the site, without a slash at the
	// end. Cookies are Secure where it is https.
	PublicURL string
	// RegionHeader is the header by which a delivery network in front of the site
	// says which state or region a guest is in; "" where there is none.
	RegionHeader string
	// Proxies are those whose X-Forwarded-For says where a request comes from.
	Proxies nexo.TrustedProxies
	// Demo is set where texts go to a virtual phone.
	Demo *DemoInfo
	Log  *slog.Logger
	// Stop ends streams when it is closed, so that the server can drain. Nil
	// means that they last until the browser leaves.
	Stop <-chan struct{}
	// Live is how often a report that is being looked at is read anew; 0 means
	// a second.
	Live time.Duration
	// Count is how long a review waits until everybody is counted, before it
	// shows how far the count is; 0 means a second and a half.
	Count time.Duration
	// APIRate and APIBurst are how many requests of the API one token may make in a
	// second and at once; 0 means what the API has.
	APIRate  float64
	APIBurst int
}

// DemoInfo is what pages show where no real phone is reached.
type DemoInfo struct {
	PhoneURL string // of the virtual phone
	// Email and Password of the demo venue are shown on the sign-in page; ""
	// shows nothing.
	Email, Password string
}

type site struct {
	*nexo.Web
	o        Options
	sessions *scs.SessionManager
	book     *decide.Book
	secure   bool
	counts   *counts
	hub      *hub
	courier  *courier
}

// maxForm bounds a request; the longest form has a text of ten parts.
const maxForm = 64 << 10

// New returns the whole site as one handler. It is safe for concurrent use.
func New(w *nexo.Web, o Options) http.Handler {
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Live == 0 {
		o.Live = time.Second
	}
	if o.Count == 0 {
		o.Count = 1500 * time.Millisecond
	}
	life, end := context.WithCancel(context.Background())
	s := &site{Web: w, o: o, book: decide.US(), secure: strings.HasPrefix(o.PublicURL, "https://"), counts: newCounts(life, o.Count)}
	s.hub = newHub(life, o.Live, s.marks)
	s.atStop(end)
	s.sessions = s.newSessions()
	go s.tidy(life)
	s.courier = newCourier(life, w.Post.Post, w.SignIn, o.Log)
	open, closed := s.public(), s.sessions.LoadAndSave(s.guard(s.private()))
	files := static.Handler()
	programs := api.New(w, api.Options{Log: o.Log, PublicURL: o.PublicURL, Rate: o.APIRate, Burst: o.APIBurst})
	return s.headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, api.Prefix) {
			programs.ServeHTTP(w, r) // no session and no form: a token
			return
		}
		most := int64(maxForm)
		if mayUpload(r) {
			most = maxUpload
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		switch first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); first {
		case "static":
			files.ServeHTTP(w, r)
		case "q", "t", "p", "o", "c", "m", "legal", "healthz", "readyz":
			open.ServeHTTP(w, r) // no session, no cookie: they stay fast and cacheable
		default:
			closed.ServeHTTP(w, r)
		}
	}))
}

// newSessions keeps sessions in the database that everything else is in, so
// that any copy of the program knows them, and only as hashes.
func (s *site) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Lifetime = access.Absolute
	m.HashTokenInStore = true
	m.Cookie.Name = sessionCookie
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = s.secure
	m.Cookie.Path = "/"
	if s.secure {
		m.Cookie.Name = "__Host-" + sessionCookie
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, r, unavailable(err)) }
	switch {
	case s.Database.Postgres:
		db := postgresstore.New(s.Database.SQL)
		m.Store = db
		s.atStop(db.StopCleanup)
	default:
		db := sqlite3store.New(s.Database.SQL)
		m.Store = db
		s.atStop(db.StopCleanup)
	}
	return m
}

// atStop calls f when the program drains.
func (s *site) atStop(f func()) {
	if s.o.Stop != nil {
		go func() { <-s.o.Stop; f() }()
	}
}

// guard refuses forms that another site made the browser send.
func (s *site) guard(next http.Handler) http.Handler {
	h := nosurf.New(next)
	h.SetBaseCookie(http.Cookie{Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: nosurf.MaxAge})
	h.SetIsTLSFunc(func(r *http.Request) bool { return r.TLS != nil || s.secure })
	// Behind a proxy that rewrites Host, the site's own address is the one that
	// people see.
	h.SetIsAllowedOriginFunc(func(u *url.URL) bool { return u.Scheme+"://"+u.Host == s.o.PublicURL })
	h.SetFailureHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errForged) }))
	return h
}

func (s *site) public() http.Handler {
	r := bunrouter.New(bunrouter.Use(s.outermost), bunrouter.WithNotFoundHandler(s.outermost(notFound)), bunrouter.WithMethodNotAllowedHandler(s.outermost(notFound)))
	get := func(path string, h bunrouter.HandlerFunc) { r.GET(path, h); r.HEAD(path, h) }
	get("/healthz", s.healthz)
	get("/readyz", s.readyz)
	get("/q/:code", s.optIn)
	get("/t/:code", s.terms)
	get("/p/:code", s.privacy)
	get("/o/:token", s.leave)
	get("/legal/:doc", s.legal)
	get("/legal/:doc/:date", s.legal)
	get("/c/:token", s.follow)
	get("/m/:token", s.pictureFetched)
	r.POST("/o/:token", s.left)
	r.POST("/o/:token/ask", s.askByLink)
	return r
}

func (s *site) private() http.Handler {
	r := bunrouter.New(bunrouter.Use(s.outermost), bunrouter.WithNotFoundHandler(s.outermost(notFound)), bunrouter.WithMethodNotAllowedHandler(s.outermost(notFound)))
	get := func(path string, h bunrouter.HandlerFunc) { r.GET(path, h); r.HEAD(path, h) }
	get("/", s.front)
	get("/signup", s.signUpForm)
	r.POST("/signup", s.signUp)
	get("/signin", s.signInForm)
	r.POST("/signin", s.signIn)
	r.POST("/signout", s.signOut)
	s.accessRoutes(get, r.POST)

	get("/grow", s.in(s.grow))
	get("/grow/poster", s.in(s.poster))
	get("/grow/posters/:sha256", s.in(s.frozenPoster))
	r.POST("/grow/keywords", s.in(s.addKeyword))
	r.POST("/grow/keywords/retire", s.in(s.retireKeyword))
	get("/subscribers", s.in(s.subscribers))
	get("/subscribers/:ref", s.in(s.guest))
	r.POST("/subscribers/:ref/tags", s.in(s.tag))
	get("/subscribers/:ref/proof", s.in(s.guestProof))
	get("/subscribers/:ref/data", s.in(s.held))
	r.POST("/subscribers/:ref/export", s.in(s.takeOut))
	get("/subscribers/:ref/erase", s.in(s.eraseForm))
	r.POST("/subscribers/:ref/erase", s.in(s.erase))
	r.POST("/subscribers/:ref/number", s.in(s.showNumber))
	get("/compliance", s.in(s.compliance))
	get("/ui", s.in(s.components))
	get("/optouts", s.in(s.optOuts))
	get("/optouts/new", s.in(s.optOutForm))
	r.POST("/optouts/new", s.in(s.enterOptOut))
	r.POST("/optouts/doubts/:ref", s.in(s.settleDoubt))
	get("/inbox", s.in(s.inbox))
	r.GET("/inbox/live", s.in(s.liveInbox))
	get("/inbox/:id", s.in(s.thread))
	get("/inbox/:id/media/:medium", s.in(s.medium))
	get("/pictures/:ref", s.in(s.pictureShown))
	r.POST("/inbox/:id/reply", s.in(s.reply))
	r.POST("/inbox/:id/check", s.in(s.checkReply))
	r.POST("/inbox/:id/note", s.in(s.note))
	r.POST("/inbox/:id/assign", s.in(s.assign))
	r.POST("/inbox/:id/close", s.in(s.closeThread))
	r.POST("/inbox/:id/reopen", s.in(s.reopenThread))
	r.POST("/inbox/:id/read", s.in(s.seen))
	get("/settings", s.in(s.settings))
	r.POST("/settings", s.in(s.saveSettings))
	r.POST("/agree", s.in(s.agreeTo))
	get("/settings/delete", s.in(s.closing))
	r.POST("/settings/delete", s.in(s.closeAccount))
	r.POST("/settings/delete/keep", s.in(s.keepAccount))
	get("/settings/privacy", s.in(s.requests))
	r.POST("/settings/privacy", s.in(s.enterRequest))
	r.POST("/settings/privacy/:id", s.in(s.actOnRequest))
	s.programRoutes(
		func(path string, page func(*visit) error) { get(path, s.in(page)) },
		func(path string, act func(*visit) error) { r.POST(path, s.in(act)) })
	get("/settings/billing", s.in(s.billing))
	r.POST("/settings/billing", s.in(s.choosePlan))
	s.numberRoutes(
		func(path string, page func(*visit) error) { get(path, s.in(page)) },
		func(path string, act func(*visit) error) { r.POST(path, s.in(act)) })

	get("/campaigns", s.in(s.campaigns))
	get("/campaigns/new", s.in(s.compose))
	r.POST("/campaigns/new", s.in(s.saveDraft))
	r.POST("/campaigns/check", s.in(s.checkDraft))
	r.POST("/campaigns/reach", s.in(s.reach))
	r.POST("/campaigns/assist", s.in(s.streamDrafts))
	get("/campaigns/:id", s.in(s.report))
	get("/campaigns/:id/proof", s.in(s.campaignProof))
	get("/campaigns/:id/edit", s.in(s.compose))
	r.POST("/campaigns/:id/edit", s.in(s.saveDraft))
	get("/campaigns/:id/review", s.in(s.review))
	get("/campaigns/:id/review/people", s.in(s.reviewPeople))
	r.POST("/campaigns/:id/mend", s.in(s.mend))
	r.POST("/campaigns/:id/approve", s.in(s.approve))
	r.POST("/campaigns/:id/winner", s.in(s.choose))
	r.POST("/campaigns/:id/:move", s.in(s.move))
	r.GET("/campaigns/:id/live", s.in(s.live))
	get("/campaigns/:id/people/:message", s.in(s.why))
	r.POST("/campaigns/:id/people/:message/:outcome", s.in(s.settleUnknown))
	return r
}
