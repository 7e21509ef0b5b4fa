package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/token"
)

type grantKey struct{}

// grantOf is what a request came in with; the zero Grant, which may do nothing,
// where it came in with nothing.
func grantOf(ctx context.Context) grant.Grant {
	g, _ := ctx.Value(grantKey{}).(grant.Grant)
	return g
}

// authenticate reads the bearer token of RFC 6750, from the header only: what is
// in an address is in logs.
func (a *API) authenticate(r *http.Request) (grant.Grant, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return grant.Grant{}, core.E("api", core.Denied, "send a token in the header Authorization: Bearer; tokens are made under Settings, API")
	}
	return a.w.Grants.Open(r.Context(), strings.TrimSpace(secret))
}

// refuse answers whom no token lets in.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if core.KindOf(err) != core.Denied {
		a.o.Log.ErrorContext(r.Context(), "api: a token could not be looked up", "kind", core.KindOf(err).String(), "err", err)
		writeProblem(w, problemOf(err))
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="nexo", error="invalid_token"`)
	writeProblem(w, newProblem(http.StatusUnauthorized, core.MessageOf(err)))
}

// limits has a bucket for each token that made a request lately.
type limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[token.ID]*bucket
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

// mostBuckets bounds the memory. Tokens are made by people, so that only a very
// large installation comes near it.
const mostBuckets = 20_000

func newLimits(r rate.Limit, burst int) *limits {
	return &limits{rate: r, burst: burst, buckets: make(map[token.ID]*bucket)}
}

// take counts a request, and says in h what is left.
func (l *limits) take(id token.ID, h http.Header, now time.Time) bool {
	b := l.bucket(id, now)
	ok := b.AllowN(now, 1)
	left := max(0, b.TokensAt(now))
	h.Set("RateLimit-Limit", strconv.Itoa(l.burst))
	h.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
	h.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil((float64(l.burst)-left)/float64(l.rate)))))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(max(1, (1-left)/float64(l.rate))))))
	}
	return ok
}

func (l *limits) bucket(id token.ID, now time.Time) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[id]
	if b == nil {
		if len(l.buckets) >= mostBuckets {
			l.drop(now)
		}
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[id] = b
	}
	b.seen = now
	return b
}

// drop forgets buckets that are full again, and all where that is not enough.
func (l *limits) drop(now time.Time) {
	full := time.Duration(float64(l.burst) / float64(l.rate) * float64(time.Second))
	for id, b := range l.buckets {
		if now.Sub(b.seen) > full {
			delete(l.buckets, id)
		}
	}
	if len(l.buckets) >= mostBuckets {
		clear(l.buckets)
	}
}
