// Package hook is the ingester's HTTP: the addresses that carriers send
// webhooks to. It verifies, keeps and answers, and does nothing else, since a
// carrier gives two seconds.
//
// An event that was answered with 200 is on durable storage: in the database,
// where many events share one transaction, or, while the database is away, in
// a spool on this machine's disk. From there it goes to the database as soon as
// that is back, opt-outs first. While the database is away nothing is sent
// either, and while a spool holds something, or nothing is heard of it, workers
// send nothing that an opt-out would stop.
package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

// MaxBody is the largest webhook that is read. Carriers' are a few kilobytes.
const MaxBody = 1 << 20

// ReadWithin is how long a client may take to send a webhook. A carrier's takes
// milliseconds.
const ReadWithin = 10 * time.Second

// AnswerWithin is how long a webhook may take from the end of its head to the end
// of its answer, for a client that does not read it.
const AnswerWithin = ReadWithin + 5*time.Second

// keepWithin is how long keeping may take before the carrier is told to come
// again. It is less than the two seconds after which the carrier gives up.
const keepWithin = 1800 * time.Millisecond

// A Hook is the handler.
type Hook struct {
	http.Handler
	in      *nexo.Ingester
	log     *slog.Logger
	sources *sources
	keeper  *keeper
	pulse   *pulse
}

// Paths are the beginnings of the addresses that a Hook answers, for a server
// that has others too.
var Paths = []string{"/telnyx", "/stripe"}

// New returns the handler, and begins to drain the spool if there is something
// in it. The carrier's webhooks come to POST /telnyx, to /telnyx/failover when
// the carrier could not deliver them there, and, for receipts of one message, to
// /telnyx/m/{token}; Stripe's to /stripe. Close ends it.
func New(in *nexo.Ingester, log *slog.Logger) *Hook {
	h := &Hook{in: in, log: log, sources: newSources(in.Proxies, in.Clock.Now), keeper: newKeeper(in, log), pulse: &pulse{in: in, log: log}}
	r := bunrouter.New()
	carrier := h.webhook(in.Intake.Provider)
	r.POST("/telnyx", carrier)
	r.POST("/telnyx/failover", carrier)
	r.POST("/telnyx/m/:token", carrier)
	if in.Stripe != nil {
		r.POST("/stripe", h.webhook(in.Stripe))
	}
	health := run.HealthWithReport(func(ctx context.Context) (any, bool) {
		r := h.Report(ctx)
		return r, r.Ready
	})
	r.GET("/healthz", serve(health))
	r.GET("/readyz", serve(health))
	h.Handler = recovered(r, log)
	if in.Spool != nil {
		if s := in.Spool.Stat(); s.Events > 0 {
			log.Warn("webhooks are left in the spool from before", "events", s.Events, "since", s.Oldest)
		}
		h.keeper.drain.wake()
	}
	h.pulse.begin()
	return h
}

// Drained waits until what an earlier process left in the spool is in the
// database. A worker in the same process begins to send only then.
func (h *Hook) Drained(ctx context.Context) error { return h.keeper.drain.drained(ctx) }

// Close ends what runs beside the requests. What is in the spool stays there.
func (h *Hook) Close() {
	h.keeper.drain.close()
	h.pulse.end()
}

// webhook keeps one webhook of a provider. Every path writes an answer: an error
// that is only returned would reach the carrier as 200, and the event would be
// lost.
func (h *Hook) webhook(p intake.Provider) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		began, urgent, outcome := time.Now(), false, observe.Refused
		defer func() { h.in.Metrics.Webhook(urgent, outcome, time.Since(began)) }()
		source := h.sources.of(req.Request)
		if !h.sources.take(source) {
			w.Header().Set("Retry-After", "5")
			refuse(w, http.StatusTooManyRequests, "too many webhooks from this address could not be verified")
			return nil
		}
		body, err := read(w, req.Request)
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
			return nil
		case err != nil:
			refuse(w, http.StatusBadRequest, "the body could not be read")
			return nil
		}
		e, err := h.in.Intake.Read(p, req.Header.Get, body)
		if err != nil {
			h.log.WarnContext(req.Context(), "webhook refused", "why", core.MessageOf(err))
			refuse(w, http.StatusUnauthorized, core.MessageOf(err))
			return nil
		}
		h.sources.give(source)
		urgent = intake.Revokes(e)
		ctx, cancel := context.WithTimeout(req.Context(), keepWithin)
		defer cancel()
		a, err := h.keeper.keep(ctx, e)
		if err != nil {
			outcome = observe.Unstored
			h.log.ErrorContext(ctx, "webhook not kept", "kind", core.KindOf(err).String(), "err", err)
			refuse(w, http.StatusServiceUnavailable, "the event could not be kept; send it again")
			return nil
		}
		h.log.DebugContext(ctx, "webhook kept", "event", a.Event, "kind", a.Kind, "type", a.Type, "fresh", a.Fresh)
		outcome = observe.Kept
		w.WriteHeader(http.StatusOK)
		return nil
	}
}

// read reads the body. It believes the length that the client gives only as far
// as it costs little.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if n := r.ContentLength; n > 0 {
		b.Grow(int(min(n, 16<<10)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	return b.Bytes(), err
}

func refuse(w http.ResponseWriter, code int, why string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, why+"\n")
}

func serve(h http.Handler) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		h.ServeHTTP(w, req.Request)
		return nil
	}
}

// panicText is what a log says of a panic: only the runtime's own words, since
// others may quote what a guest wrote.
func panicText(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", v)
}

// recovered answers 500 for a panic, so that the carrier sends the event again.
func recovered(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				log.Error("panic in a webhook", "panic", panicText(v))
				refuse(w, http.StatusInternalServerError, "the event could not be kept; send it again")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
