// Package hook is the ingester's HTTP: the addresses that carriers send
// webhooks to. It verifies, keeps and answers, and does nothing else, since a
// carrier gives two seconds.
package hook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
)

// MaxBody is the largest webhook that is read. Carriers' are a few kilobytes.
const MaxBody = 1 << 20

// keepWithin is how long keeping may take before the carrier is told to come
// again. It is less than the two seconds after which the carrier gives up.
const keepWithin = 1800 * time.Millisecond

// New returns the handler. Webhooks come to POST /telnyx and, for receipts of
// one message, to POST /telnyx/m/{token}.
func New(in *nexo.Ingester, log *slog.Logger) http.Handler {
	h := &handler{in: in, log: log}
	r := bunrouter.New()
	r.POST("/telnyx", h.telnyx)
	r.POST("/telnyx/m/:token", h.telnyx)
	health := run.Health(in.Database.Store.Ping)
	r.GET("/healthz", serve(health))
	r.GET("/readyz", serve(health))
	return recovered(r, log)
}

type handler struct {
	in  *nexo.Ingester
	log *slog.Logger
}

// telnyx keeps one webhook. Every path writes an answer: an error that is only
// returned would reach the carrier as 200, and the event would be lost.
func (h *handler) telnyx(w http.ResponseWriter, req bunrouter.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
		return nil
	case err != nil:
		refuse(w, http.StatusBadRequest, "the body could not be read")
		return nil
	}
	ctx, cancel := context.WithTimeout(req.Context(), keepWithin)
	defer cancel()
	a, err := h.in.Intake.Accept(ctx, req.Header.Get, body)
	switch {
	case errors.Is(err, core.Denied):
		h.log.WarnContext(ctx, "webhook refused", "why", core.MessageOf(err))
		refuse(w, http.StatusUnauthorized, core.MessageOf(err))
	case err != nil:
		h.log.ErrorContext(ctx, "webhook not kept", "kind", core.KindOf(err).String(), "err", err)
		refuse(w, http.StatusServiceUnavailable, "the event could not be kept; send it again")
	default:
		h.log.DebugContext(ctx, "webhook kept", "event", a.Event, "kind", a.Kind, "type", a.Type, "fresh", a.Fresh)
		w.WriteHeader(http.StatusOK)
	}
	return nil
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

// recovered answers 500 for a panic, so that the carrier sends the event again.
func recovered(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				log.Error("panic in a webhook", "panic", v)
				refuse(w, http.StatusInternalServerError, "the event could not be kept; send it again")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
