//go:build !embedded

package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	api "github.com/sashabaranov/go-openai"

	"github.com/jobfluss/nexo/core"
)

// longestPause is how long a second try waits at most; a service that asks for
// more is left alone.
const longestPause = 5 * time.Second

// try calls f, once more where that may help.
func (c *Client) try(ctx context.Context, op string, f func() (http.Header, error)) error {
	if err := c.breaker.open(); err != nil {
		return err
	}
	h, err := f()
	if err == nil {
		return nil
	}
	bad := fault(op, err, h)
	wait := max(bad.RetryAfter, c.cfg.Pause)
	if again(err) && wait <= longestPause && sleep(ctx, wait) == nil {
		if h, err = f(); err == nil {
			return nil
		}
		bad = fault(op, err, h)
	}
	c.note(ctx, bad.Kind != core.Unavailable)
	return bad
}

// note counts how the service does. Whoever closed the page says nothing of it.
func (c *Client) note(ctx context.Context, good bool) {
	if !errors.Is(ctx.Err(), context.Canceled) {
		c.breaker.note(good)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func statusAndCode(err error) (int, string) {
	var a *api.APIError
	var r *api.RequestError
	switch {
	case errors.As(err, &a):
		code := ""
		if s, ok := a.Code.(string); ok && len(s) < 64 {
			code = s
		}
		return a.HTTPStatusCode, code
	case errors.As(err, &r):
		return r.HTTPStatusCode, ""
	}
	return 0, ""
}

// again reports whether a second try may do better: the service was busy or
// broken, and not us.
func again(err error) bool {
	status, code := statusAndCode(err)
	return status == http.StatusTooManyRequests && code != "insufficient_quota" || status >= 500
}

// fault puts an error into words for the venue. The service's own may quote the
// prompt, so nothing but its code is kept.
func fault(op string, err error, h http.Header) *core.Error {
	var ours *core.Error
	if errors.As(err, &ours) {
		return ours
	}
	status, code := statusAndCode(err)
	out := core.E(op, core.Unavailable, "")
	out.Code = code
	if out.Code == "" && status > 0 {
		out.Code = strconv.Itoa(status)
	}
	if n, e := strconv.Atoi(h.Get("Retry-After")); e == nil && n > 0 {
		out.RetryAfter = time.Duration(n) * time.Second
	}
	switch {
	case code == "insufficient_quota":
		out.Msg = "The AI's account has no credit left. Tell whoever runs NexoAlerts; you can go on writing yourself."
	case status == http.StatusTooManyRequests:
		out.Msg = "The AI is busy. Try again in a minute, or write it yourself."
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		out.Msg = "The AI does not accept our key. Tell whoever runs NexoAlerts; you can go on writing yourself."
	case status == http.StatusBadRequest && code == "content_filter", status == http.StatusBadRequest && code == "content_policy_violation":
		out.Kind, out.Msg = core.Denied, "The AI will not write about this. Say it in another way, or write it yourself."
	case status > 0 && status < 500:
		out.Msg = "The AI does not understand our request. Tell whoever runs NexoAlerts; you can go on writing yourself."
	case errors.Is(err, context.DeadlineExceeded):
		out.Msg = "The AI took too long. Try again in a moment, or write it yourself."
		out.Err = context.DeadlineExceeded
	default:
		out.Msg = "The AI cannot be reached. Try again in a moment, or write it yourself."
		out.Err = fmt.Errorf("%T", err) // its text may have the address, and that the key
	}
	return out
}

// A breaker leaves a service alone for a while that failed again and again, so
// that nobody waits for what will not come.
type breaker struct {
	mu    sync.Mutex
	bad   int
	until time.Time
}

const (
	mostBad = 5
	rest    = time.Minute
)

func (b *breaker) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bad >= mostBad && time.Now().Before(b.until) {
		return core.E("openai.breaker", core.Unavailable, "The AI is out of order just now. Try again in a minute, or write it yourself.")
	}
	return nil
}

func (b *breaker) note(good bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if good {
		b.bad = 0
		return
	}
	if b.bad++; b.bad >= mostBad {
		b.until = time.Now().Add(rest)
	}
}
