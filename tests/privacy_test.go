package tests

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/suppression"
)

// TestPromise11LogsHideNumbers: no log line contains a whole phone number,
// however it is handed to the logger.
func TestPromise11LogsHideNumbers(t *testing.T) {
	t.Parallel()
	n := core.MustNumber("+15125550123")
	type hidden struct{ n core.Number }
	for name, v := range map[string]any{
		"itself":              n,
		"pointer":             &n,
		"unexported field":    hidden{n},
		"pointer to one":      &hidden{n},
		"slice":               []core.Number{n},
		"slice of unexported": []hidden{{n}},
		"map key":             map[core.Number]hidden{n: {n}},
		"map value":           map[string]*hidden{"to": {n}},
		"pair":                core.Pair{Number: n},
		"message":             message.Message{To: n, From: n},
		"event":               consent.Event{Number: n, Evidence: consent.Evidence{To: n}},
		"suppression":         &suppression.Entry{Number: n},
		"error":               fmt.Errorf("sending to %v: %w", n, core.E("x", core.Invalid, n.String())),
		"group":               slog.GroupValue(slog.Any("to", n), slog.Any("in", hidden{n})),
	} {
		for kind, handler := range map[string]func(*bytes.Buffer) slog.Handler{
			"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			log := slog.New(handler(&b)).With("with", v).WithGroup("group")
			log.Info(fmt.Sprintf("%v %+v %#v", v, v, v), "value", v, slog.Any("any", v))
			for _, secret := range []string{"5125550123", "555012", fmt.Sprintf("%x", n.Digits())} {
				if strings.Contains(b.String(), secret) {
					t.Errorf("%s, %s handler: the log shows the number: %s", name, kind, b.String())
				}
			}
			if b.Len() == 0 {
				t.Errorf("%s, %s handler: nothing was logged", name, kind)
			}
		}
	}
}
