package site

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/jobfluss/nexo/core"
)

// Somebody who leaves a page before it is there must not wake up an operator; a
// database that is away must.
func TestLevels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		err  error
		want slog.Level
	}{
		{"a page", nil, slog.LevelInfo},
		{"a browser that left", core.Wrap("sqlite.Business", core.Unavailable, "", context.Canceled), slog.LevelInfo},
		{"a mistake of the person's", core.E("x", core.Invalid, ""), slog.LevelInfo},
		{"a database that is away", core.Wrap("x", core.Unavailable, "", context.DeadlineExceeded), slog.LevelWarn},
		{"a mistake of ours", errors.New("nil map"), slog.LevelError},
	} {
		if got := levelOf(c.err); got != c.want {
			t.Errorf("%s is logged as %v, want %v", c.what, got, c.want)
		}
	}
}
