package webhooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/apps/nexo/webhooks"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

var t0 = time.Date(2026, 11, 24, 15, 10, 1, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time { return t0.Add(time.Hour) }

const hostile = "{\"text\":\"call me at (512) 555-0141, +1 512 555 0142, 512.555.0143 or 5125550144 \x1b[2J\u202edlrow \xff\",\"from\":{\"phone_number\":\"+15125550145\"},\"long\":\"" +
	"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\"}"

// newInbox has five events: done, waiting, failing, unparsable, with a long id.
func newInbox(t *testing.T) store.Store {
	t.Helper()
	s := memstore.New()
	err := s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		var es []inbox.Event
		for i, id := range []string{"telnyx:7d1f0002-0000-4000-8000-00000000000a", "telnyx:b", "telnyx:c", "stripe:evt_1", "telnyx:sha256:" + strings.Repeat("ab", 32)} {
			es = append(es, inbox.Event{
				ID: id, Provider: "telnyx", Kind: inbox.Kind([]int{2, 3, 2, 0, 1}[i]), Type: "message.received",
				Received: t0.Add(time.Duration(i) * 8 * time.Hour), Raw: []byte(hostile),
			})
		}
		_, err := tx.Inbox.Keep(ctx, es)
		for range 3 {
			err = errors.Join(err, tx.Inbox.Postpone(ctx, "telnyx:c", t0, "could not be acted on yet: internal, and so on and so forth until the line is full and more"))
		}
		return errors.Join(err, tx.Inbox.Handled(ctx, t0, map[string]string{"telnyx:7d1f0002-0000-4000-8000-00000000000a": "opted out by stop"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fits fails where a line is too long for a terminal, shows a number, or moves
// its cursor.
func fits(t *testing.T, what, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%s: %d columns: %s", what, n, line)
		}
		if strings.ContainsAny(line, "\x1b\u202e\r") || !utf8.ValidString(line) {
			t.Errorf("%s: not plain: %q", what, line)
		}
	}
	private(t, what, out)
}

func private(t *testing.T, what, out string) {
	t.Helper()
	for _, n := range []string{"555", "512"} {
		if strings.Contains(out, n) {
			t.Errorf("%s shows a number:\n%s", what, out)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	s := newInbox(t)
	var out bytes.Buffer
	if err := webhooks.List(t.Context(), s, inbox.Query{N: 20}, false, &out); err != nil {
		t.Fatal(err)
	}
	const want = `Waiting: 4, the oldest since 2026-11-24 23:10:01 UTC; failing: 1.

2026-11-25, times in UTC
23:10:01  unparsable  waiting
  telnyx:sha256:abababababababababababababababababababababababababababababababab
15:10:01  unknown     waiting  stripe:evt_1
07:10:01  inbound     failing  telnyx:c
          could not be acted on yet: internal, and so on and so forth until the
          line is full and more

2026-11-24, times in UTC
23:10:01  delivery    waiting  telnyx:b
15:10:01  inbound     done     telnyx:7d1f0002-0000-4000-8000-00000000000a
          opted out by stop
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	fits(t, "list", out.String())
	out.Reset()
	if err := webhooks.List(t.Context(), s, inbox.Query{N: 1, Failing: true}, false, &out); err != nil || !strings.Contains(out.String(), "--older telnyx:c") {
		t.Errorf("a full page does not say how to go on: %v\n%s", err, out.String())
	}
	out.Reset()
	if err := webhooks.List(t.Context(), memstore.New(), inbox.Query{N: 1}, false, &out); err != nil || out.String() != "Nothing waits.\n" {
		t.Errorf("an empty inbox: %v\n%s", err, out.String())
	}
}

func TestListAsJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := webhooks.List(t.Context(), newInbox(t), inbox.Query{N: 20, Kinds: []inbox.Kind{inbox.Inbound}}, true, &out); err != nil {
		t.Fatal(err)
	}
	var states []string
	for line := range strings.Lines(out.String()) {
		var l webhooks.Line
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		states = append(states, fmt.Sprint(l.State, " ", l.Attempts, " ", l.Handled != nil, " ", l.Received.Format(time.RFC3339)))
	}
	if got := strings.Join(states, "; "); got != "failing 3 false 2026-11-25T07:10:01Z; done 0 true 2026-11-24T15:10:01Z" {
		t.Errorf("got %s", got)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	s := newInbox(t)
	for _, id := range []string{"telnyx:c", "telnyx:sha256:" + strings.Repeat("ab", 32)} {
		var out bytes.Buffer
		if err := webhooks.Show(t.Context(), s, id, false, &out); err != nil {
			t.Fatal(err)
		}
		fits(t, "show", out.String())
		for _, want := range []string{id[:8], "received  2026-11-2", "call me at +…41, +…42, +…43 or +…44", `"+…45"`, `\u001b[2J\u202edlrow`} {
			if !strings.Contains(strings.ReplaceAll(out.String(), "\n  ", " "), want) {
				t.Errorf("%q is missing in\n%s", want, out.String())
			}
		}
		out.Reset()
		if err := webhooks.Show(t.Context(), s, id, true, &out); err != nil {
			t.Fatal(err)
		}
		var l webhooks.Line
		if err := json.Unmarshal(out.Bytes(), &l); err != nil || l.Body == nil || !strings.Contains(*l.Body, "+…45") {
			t.Errorf("as JSON: %v\n%s", err, out.String())
		}
		private(t, "show --json", out.String())
	}
	if err := webhooks.Show(t.Context(), s, "telnyx:404", false, &bytes.Buffer{}); !errors.Is(err, core.NotFound) {
		t.Errorf("an unknown id: %v", err)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	s := newInbox(t)
	due := func() string {
		var ids []string
		if err := s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
			es, err := tx.Inbox.Next(ctx, t0.Add(2*time.Hour), 10)
			for _, e := range es {
				ids = append(ids, e.ID)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(ids, " ")
	}
	var out bytes.Buffer
	done := "telnyx:7d1f0002-0000-4000-8000-00000000000a"
	if err := webhooks.Replay(t.Context(), s, clock{}, []string{done, "telnyx:404"}, false, &out); !errors.Is(err, core.NotFound) || out.Len() > 0 {
		t.Errorf("an unknown id: %v\n%s", err, out.String())
	}
	if got := due(); strings.Contains(got, done) {
		t.Errorf("due is %s: of a list with an unknown id nothing is replayed", got)
	}
	if err := webhooks.Replay(t.Context(), s, clock{}, []string{done}, true, &out); err != nil {
		t.Fatal(err)
	}
	if want := done + "\ntelnyx:c\nThese 2 wait again; a worker acts on them within seconds.\n"; out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
	if got := due(); !strings.Contains(got, done) || !strings.Contains(got, "telnyx:c") {
		t.Errorf("due is %s", got)
	}
	out.Reset()
	if err := webhooks.Replay(t.Context(), s, clock{}, nil, true, &out); err != nil || out.String() != "Nothing is failing.\n" {
		t.Errorf("%v\n%s", err, out.String())
	}
}
