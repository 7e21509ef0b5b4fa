package run

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/jobfluss/nexo/adapters/observe"
)

// Metrics serves a process's metrics at /metrics of an address of their own, which
// need not be public, until ctx ends. It returns nil at once where addr is "".
func Metrics(ctx context.Context, addr string, m *observe.Metrics, log *slog.Logger) error {
	if addr == "" {
		return nil
	}
	l, err := Listen(addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	return Server{Name: "metrics", Handler: mux, Log: log, Drain: time.Second, WriteTimeout: 30 * time.Second}.Serve(ctx, l)
}
