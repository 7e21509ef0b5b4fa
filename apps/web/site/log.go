package site

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
)

// levelOf: what the person at the browser got wrong is not news to operators.
func levelOf(err error) slog.Level {
	if err == nil || errors.Is(err, context.Canceled) { // the browser has left
		return slog.LevelInfo
	}
	switch core.KindOf(err) {
	case core.Internal, core.Ambiguous:
		return slog.LevelError
	case core.Unavailable:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func logAttrs(req bunrouter.Request, status int, took time.Duration, err error) []slog.Attr {
	route := "none"
	if !req.Params().IsZero() {
		route = req.Route()
	}
	attrs := []slog.Attr{
		slog.String("method", req.Method), slog.String("route", route),
		slog.Int("status", status), slog.Duration("took", took),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	return attrs
}
