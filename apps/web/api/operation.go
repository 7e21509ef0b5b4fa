package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/token"
)

// An op is an operation before it is registered.
type op struct {
	id, method, path string
	tag              string
	summary          string
	about            string
	scope            token.Scopes // 0: any token
	status           int          // of success; 0 means 200
	effect           bool         // it changes something, so an idempotency key is heeded
	conflicts        bool         // it may answer 409
	zip              bool         // it answers with a file
	same             bool         // it may answer 304
}

// register adds an operation. The scope is looked at before the body is read.
func register[I, O any](a *API, o op, f func(context.Context, grant.Grant, *I) (*O, error)) {
	h := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Tags: []string{o.tag}, Summary: o.summary, Description: o.about,
		DefaultStatus: o.status, MaxBodyBytes: mostBody, RejectUnknownQueryParameters: true, Errors: o.errors(),
		Security:    []map[string][]string{{"token": o.scope.Names()}},
		Middlewares: huma.Middlewares{a.allow(o.scope)},
	}
	if h.Security[0]["token"] == nil {
		h.Security[0]["token"] = []string{}
	}
	if o.effect {
		h.Middlewares = append(h.Middlewares, a.once)
		h.Parameters = []*huma.Param{{Name: keyHeader, In: "header", Description: "A key of yours, such as a UUID. The same request under the same key within a day has the same answer, and is not carried out again.",
			Schema: &huma.Schema{Type: "string", MinLength: ptr(1), MaxLength: ptr(128)}}}
	}
	if o.zip {
		h.Responses = map[string]*huma.Response{"200": {Description: "A zip file.", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	}
	if o.same {
		h.Responses = map[string]*huma.Response{"304": {Description: "It is still what you have."}}
	}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (out *O, err error) {
		defer func() {
			if p := recover(); p != nil {
				out, err = nil, a.problem(ctx, o.id, core.Wrap("api", core.Internal, "", fmt.Errorf("panic: %v\n%s", p, debug.Stack())))
			}
		}()
		out, err = f(ctx, grantOf(ctx), in)
		if err != nil {
			return nil, a.problem(ctx, o.id, err)
		}
		return out, nil
	})
}

func ptr[T any](x T) *T { return &x }

func (o op) errors() []int {
	es := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if o.conflicts || o.effect {
		es = append(es, http.StatusConflict)
	}
	if o.method == http.MethodPost {
		es = append(es, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return es
}

// problem makes an answer of an error, and writes down what is ours.
func (a *API) problem(ctx context.Context, op string, err error) error {
	p := problemOf(err)
	if p.Status >= 500 {
		a.o.Log.ErrorContext(ctx, "api: an operation failed", "operation", op, "kind", core.KindOf(err).String(), "err", err)
	}
	if p.Status == http.StatusServiceUnavailable {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"5"}})
	}
	return p
}

// answerProblem answers from within a middleware.
func answerProblem(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	b, _ := json.Marshal(p) //nolint:errcheck // it is made of strings
	_, _ = ctx.BodyWriter().Write(b)
}

// allow refuses tokens that lack the scope.
func (a *API) allow(x token.Scopes) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if x != 0 {
			if err := grantOf(ctx.Context()).Allow(x); err != nil {
				ctx.SetHeader("WWW-Authenticate", `Bearer realm="nexo", error="insufficient_scope", scope="`+x.String()+`"`)
				answerProblem(ctx, problemOf(err))
				return
			}
		}
		next(ctx)
	}
}

// keyHeader names a request, as draft-ietf-httpapi-idempotency-key-header does.
const keyHeader = "Idempotency-Key"

// once carries a request out once for each key of the caller's.
func (a *API) once(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header(keyHeader)
	if key == "" {
		next(ctx)
		return
	}
	body, err := io.ReadAll(ctx.BodyReader())
	if err != nil {
		answerProblem(ctx, newProblem(http.StatusRequestEntityTooLarge, "the request is too large; its body may have "+strconv.Itoa(mostBody)+" bytes"))
		return
	}
	u := ctx.URL()
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %s\n%d\n", ctx.Method(), u.RequestURI(), len(body)) // a hash takes everything
	h.Write(body)
	begun, err := a.w.Grants.Begin(ctx.Context(), grantOf(ctx.Context()), key, token.Hash(h.Sum(nil)))
	switch {
	case err != nil:
		if core.KindOf(err) == core.Conflict {
			ctx.SetHeader("Retry-After", "1")
		}
		answerProblem(ctx, problemOf(err))
	case begun.Status != 0:
		ctx.SetHeader("Idempotency-Replayed", "true")
		ctx.SetHeader("Content-Type", kindOf(begun.Status))
		ctx.SetStatus(begun.Status)
		_, _ = ctx.BodyWriter().Write(begun.Body)
	default:
		held := &heldContext{humaContext: ctx, in: bytes.NewReader(body)}
		next(held)
		// Kept before it is sent: who never hears the answer may ask for it again. The
		// request's own time may be over by now.
		if err := a.w.Grants.Finish(context.WithoutCancel(ctx.Context()), begun, held.status, held.out.Bytes()); err != nil {
			a.o.Log.ErrorContext(ctx.Context(), "api: an answer could not be kept for its idempotency key", "kind", core.KindOf(err).String(), "err", err)
		}
		ctx.SetStatus(held.status)
		_, _ = ctx.BodyWriter().Write(held.out.Bytes())
	}
}

func kindOf(status int) string {
	if status >= 400 {
		return problemType
	}
	return "application/json"
}

// humaContext is embedded: Context is a method of it.
type humaContext huma.Context

// A heldContext holds the answer back, and gives a body that was read already.
type heldContext struct {
	humaContext
	in     *bytes.Reader
	out    bytes.Buffer
	status int
}

func (c *heldContext) BodyReader() io.Reader { return c.in }
func (c *heldContext) BodyWriter() io.Writer { return &c.out }
func (c *heldContext) SetStatus(code int)    { c.status = code }
func (c *heldContext) Status() int           { return c.status }

// Unwrap returns the context whose answer is held back.
func (c *heldContext) Unwrap() huma.Context { return c.humaContext }
