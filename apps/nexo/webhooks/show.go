package webhooks

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// Show writes one event with what was sent: for people at 80 columns, or as one
// line of JSON. An unknown id is NotFound.
func Show(ctx context.Context, s store.Store, id string, asJSON bool, w io.Writer) error {
	var e inbox.Stored
	err := s.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		e, err = tx.Inbox.Event(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		l := lineOf(e)
		body := mask(strings.ToValidUTF8(string(e.Raw), "\uFFFD"))
		l.Body = &body
		return json.NewEncoder(w).Encode(l)
	}
	var b strings.Builder
	field := func(name, value string) {
		head := fmt.Sprintf("%-9s ", name)
		for _, line := range wrap(cmp.Or(value, "-"), width-len(head)) {
			b.WriteString(head + line + "\n")
			head = strings.Repeat(" ", len(head))
		}
	}
	field("event", plain(e.ID))
	field("kind", e.Kind.String())
	field("type", plain(e.Type))
	field("received", e.Received.UTC().Format("2006-01-02 15:04:05")+" UTC")
	field("state", stateInWords(e))
	field("note", plain(e.Note))
	b.WriteString("\n")
	for line := range strings.Lines(pretty(e.Raw)) {
		line = strings.TrimRight(line, "\n")
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		indent = indent[:min(len(indent), width/2)]
		writeWrapped(&b, indent, plain(strings.TrimLeft(line, " ")))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func stateInWords(e inbox.Stored) string {
	switch {
	case !e.Handled.IsZero():
		return "done, " + e.Handled.UTC().Format("2006-01-02 15:04:05") + " UTC"
	case e.Attempts > 0:
		return fmt.Sprintf("%s, put off %d times", state(e), e.Attempts)
	}
	return state(e)
}

// pretty is a body with its structure shown, if it is JSON.
func pretty(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// A Clock says what time it is.
type Clock interface{ Now() time.Time }

// Replay makes events wait again, as if nothing had been done about them, and
// says so of each: one that was acted on before acts once nevertheless. Where
// failing is set, it is those that fail. An unknown id is NotFound, and then
// nothing is replayed.
func Replay(ctx context.Context, s store.Store, clock Clock, ids []string, failing bool, w io.Writer) error {
	var all []string
	err := s.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		all = ids
		if failing {
			es, err := tx.Inbox.Find(ctx, inbox.Query{N: maxReplay, Failing: true})
			if err != nil {
				return err
			}
			for _, e := range es {
				all = append(all[:len(all):len(all)], e.ID)
			}
		}
		for _, id := range all {
			if err := tx.Inbox.Reopen(ctx, id, clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, id := range all {
		fmt.Fprintln(&b, plain(id))
	}
	switch len(all) {
	case 0:
		b.WriteString("Nothing is failing.\n")
	case 1:
		b.WriteString("It waits again; a worker acts on it within a second.\n")
	default:
		fmt.Fprintf(&b, "These %d wait again; a worker acts on them within seconds.\n", len(all))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// maxReplay is the most that are replayed at once.
const maxReplay = 1000
