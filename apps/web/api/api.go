// Package api is the REST API: what the pages do, for programs. Every operation
// goes through the same verbs of the core as the page that does the same, and is
// recorded with the token as who did it.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humabunrouter"
	"github.com/uptrace/bunrouter"
	"golang.org/x/time/rate"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/store"
)

// Version is that of the contract. Within a major version operations and fields
// are only added, and what was optional stays so.
const Version = "1.0.0"

// Prefix is where every address begins.
const Prefix = "/api/v1"

// Options is how the API is run. The zero value of each means its default.
type Options struct {
	Log *slog.Logger
	// Rate is how many requests a second one token may make, and Burst how many at
	// once; 50 and 100. Each copy of the program counts for itself.
	Rate  float64
	Burst int
	// PublicURL is where the site is reached, for the document; "" leaves it out.
	PublicURL string
}

// An API is the handler of everything below [Prefix]. It is safe for concurrent
// use.
type API struct {
	w        *nexo.Web
	o        Options
	book     *decide.Book
	huma     huma.API
	router   *bunrouter.Router
	limits   *limits
	checkers checkers
	document []byte // OpenAPI, as it is served
	page     []byte // the reference, made from it
}

var _ http.Handler = (*API)(nil)

// mostBody is the largest request: the longest thing that is sent is a campaign
// of two texts.
const mostBody = 64 << 10

// New returns the API over what the web app is given.
func New(w *nexo.Web, o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rate == 0 {
		o.Rate = 50
	}
	if o.Burst == 0 {
		o.Burst = 100
	}
	a := &API{w: w, o: o, book: decide.US(), limits: newLimits(rate.Limit(o.Rate), o.Burst), checkers: newCheckers()}
	lost := func(w http.ResponseWriter, _ bunrouter.Request) error {
		writeProblem(w, newProblem(http.StatusNotFound, "there is nothing at this address for this method; "+Prefix+"/reference lists what there is"))
		return nil
	}
	a.router = bunrouter.New(bunrouter.Use(a.logged), bunrouter.WithNotFoundHandler(lost), bunrouter.WithMethodNotAllowedHandler(lost))
	a.huma = humabunrouter.New(a.router, a.config())
	a.subscribers()
	a.campaigns()
	a.messages()
	a.proofs()
	a.checks()
	a.identity()
	a.webhooks()
	a.describe()
	return a
}

// ServeHTTP answers a request below [Prefix].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	switch strings.TrimSuffix(r.URL.Path, "/") {
	case Prefix + "/openapi.json":
		a.serve(w, r, "application/json", a.document)
		return
	case Prefix, Prefix + "/reference":
		a.serve(w, r, "text/html; charset=utf-8", a.page)
		return
	}
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	g, err := a.authenticate(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	if !a.limits.take(g.Token.ID, h, time.Now()) {
		writeProblem(w, newProblem(http.StatusTooManyRequests, "this token makes too many requests; wait as Retry-After says, and spread them out"))
		return
	}
	a.router.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), grantKey{}, g)))
}

func (a *API) serve(w http.ResponseWriter, r *http.Request, kind string, b []byte) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "this can only be read"))
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(b) // who has gone is not told
}

// logged writes the log line. It names the route and never the address, which
// could name a guest.
func (a *API) logged(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		start, rec := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		err := next(rec, req)
		g := grantOf(req.Context())
		a.o.Log.InfoContext(req.Context(), "api", "method", req.Method, "route", req.Route(), "status", rec.status,
			"ms", time.Since(start).Milliseconds(), "token", g.Token.ID.String())
		return err
	}
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(code int) { r.status = code; r.ResponseWriter.WriteHeader(code) }

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// view runs f over one snapshot.
func (a *API) view(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return a.w.Database.Store.View(ctx, f)
}
