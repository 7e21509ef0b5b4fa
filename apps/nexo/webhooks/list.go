package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// width is of a terminal, in columns.
const width = 80

// A Line is an event as JSON, one on each line of output.
type Line struct {
	ID       string     `json:"id"`
	Provider string     `json:"provider"`
	Kind     string     `json:"kind"`
	Type     string     `json:"type"`
	State    string     `json:"state"` // "waiting", "failing" or "done"
	Received time.Time  `json:"received"`
	Attempts int        `json:"attempts"`
	Handled  *time.Time `json:"handled"` // null while it waits
	Note     string     `json:"note"`
	Body     *string    `json:"body,omitempty"` // in show, with numbers masked
}

func lineOf(e inbox.Stored) Line {
	l := Line{
		ID: plain(e.ID), Provider: e.Provider, Kind: e.Kind.String(), Type: plain(e.Type), State: state(e),
		Received: e.Received.UTC(), Attempts: e.Attempts, Note: plain(e.Note),
	}
	if !e.Handled.IsZero() {
		at := e.Handled.UTC()
		l.Handled = &at
	}
	return l
}

// state is failing for what people should look at.
func state(e inbox.Stored) string {
	switch {
	case !e.Handled.IsZero():
		return "done"
	case e.Attempts >= inbox.FailingAfter:
		return "failing"
	}
	return "waiting"
}

// List writes events, newest first: for people at 80 columns, or as JSON lines.
func List(ctx context.Context, s store.Store, q inbox.Query, asJSON bool, w io.Writer) error {
	var es []inbox.Stored
	var waiting, failing int
	var oldest time.Time
	err := s.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if es, err = tx.Inbox.Find(ctx, q); err != nil {
			return err
		}
		if waiting, oldest, err = tx.Inbox.Waiting(ctx); err != nil {
			return err
		}
		failing, err = tx.Inbox.Failing(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		out := json.NewEncoder(w)
		for _, e := range es {
			if err := out.Encode(lineOf(e)); err != nil {
				return err
			}
		}
		return nil
	}
	var b strings.Builder
	writeSummary(&b, waiting, failing, oldest)
	writeEvents(&b, es)
	if len(es) == q.N && q.N > 0 {
		fmt.Fprintf(&b, "\nOlder ones: --older %s\n", plain(es[len(es)-1].ID))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func writeSummary(b *strings.Builder, waiting, failing int, oldest time.Time) {
	switch {
	case waiting == 0:
		b.WriteString("Nothing waits.\n")
	case failing == 0:
		fmt.Fprintf(b, "Waiting: %d, the oldest since %s UTC.\n", waiting, oldest.UTC().Format("2006-01-02 15:04:05"))
	default:
		fmt.Fprintf(b, "Waiting: %d, the oldest since %s UTC; failing: %d.\n", waiting, oldest.UTC().Format("2006-01-02 15:04:05"), failing)
	}
}

func writeEvents(b *strings.Builder, es []inbox.Stored) {
	day := ""
	for _, e := range es {
		at := e.Received.UTC()
		if d := at.Format(time.DateOnly); d != day {
			day = d
			fmt.Fprintf(b, "\n%s, times in UTC\n", day)
		}
		const indent = "          "
		head := fmt.Sprintf("%s  %-10s  %-7s  ", at.Format(time.TimeOnly), e.Kind, state(e))
		if id := plain(e.ID); len(head)+len(id) <= width {
			b.WriteString(head + id + "\n")
		} else {
			fmt.Fprintf(b, "%s\n%s%s\n", strings.TrimRight(head, " "), strings.Repeat(" ", max(0, min(len(indent), width-len(id)))), id)
		}
		if note := plain(e.Note); note != "" {
			writeWrapped(b, indent, note)
		}
	}
}

func writeWrapped(b *strings.Builder, indent, text string) {
	for _, line := range wrap(text, width-len(indent)) {
		b.WriteString(indent + line + "\n")
	}
}

// wrap breaks a text into lines that fit, at spaces where there are any.
func wrap(text string, room int) (lines []string) {
	for text != "" {
		line := firstRunes(text, room)
		if len(line) < len(text) {
			if i := strings.LastIndexByte(line, ' '); i > room/2 {
				line = line[:i]
			}
		}
		lines = append(lines, line)
		text = strings.TrimPrefix(text[len(line):], " ")
	}
	return lines
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
