//go:build embedded

package observe

import (
	"context"
	"net/http"
	"time"

	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
)

// Metrics count nothing: what nobody scrapes in a trial is not in a program that
// is built for embedded parts, since a newcomer waits for each line that is
// compiled.
type Metrics struct{}

// New returns nil.
func New() *Metrics { return nil }

// Handler serves nothing.
func (*Metrics) Handler() http.Handler { return http.NotFoundHandler() }

// Carrier is next.
func (*Metrics) Carrier(next message.Carrier) message.Carrier { return next }

// Dispatched does nothing.
func (*Metrics) Dispatched(dispatch.Report) {}

// TakenIn does nothing.
func (*Metrics) TakenIn(intake.Report) {}

// Webhook does nothing.
func (*Metrics) Webhook(bool, string, time.Duration) {}

// Sealed does nothing.
func (*Metrics) Sealed(int) {}

// Compared does nothing.
func (*Metrics) Compared(int, time.Time) {}

// Failed does nothing.
func (*Metrics) Failed(string, error) {}

// Watch does nothing.
func (*Metrics) Watch(func(context.Context) (Levels, error), func() time.Time) {}
