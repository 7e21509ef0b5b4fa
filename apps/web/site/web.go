package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
)

var (
	errForged   = core.E("site.guard", core.Denied, "This form was not sent from our own page, or the page was open for too long. Go back, load it again, and try once more.")
	errNotFound = core.E("site.route", core.NotFound, "")
)

func notFound(http.ResponseWriter, bunrouter.Request) error { return errNotFound }

func unavailable(err error) error {
	return core.Wrap("site.session", core.Unavailable, "", err)
}

// policy lets a page load nothing but our own files, and lets nothing run that
// is written into a page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// outermost turns what a handler returns, or panics with, into a page: the
// router itself would drop an error and answer 200. It writes the log line,
// which names the route and never the address: addresses carry what people look
// for.
func (s *site) outermost(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		start := s.Clock.Now()
		rec := &recorder{ResponseWriter: w}
		err := s.safely(next, rec, req)
		if err != nil && !rec.wrote {
			s.fail(rec, req.Request, err)
		}
		s.o.Log.LogAttrs(req.Context(), levelOf(err), "http", logAttrs(req, rec.code(), s.Clock.Now().Sub(start), err)...)
		return err
	}
}

func (s *site) safely(next bunrouter.HandlerFunc, w http.ResponseWriter, req bunrouter.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = core.Wrap("site", core.Internal, "", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	return next(w, req)
}

// A recorder remembers whether, and with what status, a response has begun.
type recorder struct {
	http.ResponseWriter
	wrote  bool
	status int
}

func (r *recorder) WriteHeader(code int) {
	r.wrote, r.status = true, code
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.ResponseWriter.Write(b)
}

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// Unwrap lets http.ResponseController flush a stream.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// statusOf maps kinds to HTTP: the one place that does.
func statusOf(err error) int {
	switch core.KindOf(err) {
	case core.Invalid:
		return http.StatusUnprocessableEntity
	case core.NotFound:
		return http.StatusNotFound
	case core.Conflict:
		return http.StatusConflict
	case core.Denied:
		return http.StatusForbidden
	case core.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with a page that says what happened and what to do. Of an error
// of ours it shows nothing.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		err = core.Wrap("site", core.Invalid, "This form is too large. Shorten it and try again.", err)
	}
	code := statusOf(err)
	if code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.Header().Set("Cache-Control", "no-store")
	f := s.frame(r.Context(), nil, r, t(r.Context(), "error.title."+strconv.Itoa(code)), "")
	if renderErr := render(w, r.Context(), code, errorPage(f, code, core.MessageOf(err))); renderErr != nil {
		http.Error(w, http.StatusText(code), code)
	}
}

// render writes a component, whole or not at all.
func render(w http.ResponseWriter, ctx context.Context, code int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return core.Wrap("site.render", core.Internal, "", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // the browser has gone: nobody to tell
	return nil
}

// see redirects after a form, so that reloading does not send it again.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// local keeps a redirect on this site: a path of ours, or "/".
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 500 {
		return "/"
	}
	return path
}

func (s *site) healthz(w http.ResponseWriter, _ bunrouter.Request) error {
	return plainText(w, http.StatusOK, "ok\n")
}

// readyz says whether the program can serve: whether its database answers.
func (s *site) readyz(w http.ResponseWriter, req bunrouter.Request) error {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	if err := s.Database.Store.Ping(ctx); err != nil {
		_ = plainText(w, http.StatusServiceUnavailable, "the database does not answer\n")
		return unavailable(err)
	}
	return plainText(w, http.StatusOK, "ready\n")
}

func plainText(w http.ResponseWriter, code int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
	return nil
}
