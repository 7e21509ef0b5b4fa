// Package messagetest is the suite that every [message.Carrier] passes. It is
// about what may never go wrong: a text that is handed over twice, and an error
// whose kind says less than the truth.
package messagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// A Fault is what the carrier does to the next submission.
type Fault int

// The faults. All but Unreachable let the request arrive.
const (
	Busy        Fault = iota // refuses for now, and asks for [Pause]
	NeverThis                // refuses this text for good
	OptedOut                 // refuses since the person opted out with the carrier
	Suspended                // refuses everything from this account
	BadKey                   // does not know who asks
	LostReply                // takes the text and drops the connection
	Garbled                  // takes the text and answers what nobody can read
	Outage                   // answers with a server error that may have come too late
	Hang                     // takes the text and never answers
	Unreachable              // cannot be connected to at all
)

// Pause is how long a Busy carrier asks to wait.
const Pause = 7 * time.Second

var faultNames = [...]string{"busy", "never this", "opted out", "suspended", "bad key", "lost reply", "garbled", "outage", "hang", "unreachable"}

func (f Fault) String() string { return faultNames[f] }

// An Arrival is a text that the carrier has taken.
type Arrival struct {
	To, From core.Number
	Body     string
	Media    []string
	Token    message.Token
}

// A Harness is a carrier and the strings that its other end is pulled by.
type Harness struct {
	Carrier message.Carrier
	// Next makes the fault happen to the next submission, and only to it.
	Next func(Fault)
	// Requests returns how many submissions have reached the other end.
	Requests func() int
	// Arrivals returns the texts that were taken, in order.
	Arrivals func() []Arrival
	// Reached returns a channel that is closed once the next submission has
	// reached the other end.
	Reached func() <-chan struct{}
}

// Run runs the suite. Each test gets a harness of its own.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Run("takes a text", func(t *testing.T) { takes(t, open(t), text(1)) })
	t.Run("takes pictures", func(t *testing.T) {
		m := text(1)
		m.Media = []string{"https://pictures.example.com/a.png", "https://pictures.example.com/b.png?x=1&y=2"}
		takes(t, open(t), m)
	})
	t.Run("keeps every character", func(t *testing.T) {
		m := text(1)
		m.Body = "Tacos “½ price”\n\t<b>&amp;</b> \\ \" \u2028 🌮 até já"
		takes(t, open(t), m)
	})
	for _, tt := range faults {
		t.Run(tt.fault.String(), func(t *testing.T) { fails(t, open(t), tt) })
	}
	t.Run("ended before", func(t *testing.T) { endedBefore(t, open(t)) })
	t.Run("ends while waiting", func(t *testing.T) { endsWaiting(t, open(t)) })
	t.Run("many at once", func(t *testing.T) { manyAtOnce(t, open(t)) })
}

type faultCase struct {
	fault    Fault
	kind     core.Kind
	requests int
	retry    time.Duration
	optedOut bool
}

var faults = []faultCase{
	{fault: Busy, kind: core.Unavailable, requests: 1, retry: Pause},
	{fault: NeverThis, kind: core.Invalid, requests: 1},
	{fault: OptedOut, kind: core.Invalid, requests: 1, optedOut: true},
	{fault: Suspended, kind: core.Denied, requests: 1},
	{fault: BadKey, kind: core.Denied, requests: 1},
	{fault: LostReply, kind: core.Ambiguous, requests: 1},
	{fault: Garbled, kind: core.Ambiguous, requests: 1},
	{fault: Outage, kind: core.Ambiguous, requests: 1},
	{fault: Unreachable, kind: core.Unavailable, requests: 0},
}

func takes(t *testing.T, h Harness, m message.Message) {
	ticket, err := h.Carrier.Submit(t.Context(), m)
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	if ticket.CarrierID == "" || ticket.Segments < 1 {
		t.Errorf("the ticket lacks the carrier's id or the segments: %+v", ticket)
	}
	wantRequests(t, h, 1)
	got := h.Arrivals()
	if len(got) != 1 {
		t.Fatalf("%d texts arrived, want 1", len(got))
	}
	a := got[0]
	if a.To != m.To || a.From != m.From || a.Body != m.Body || a.Token != m.Token() || strings.Join(a.Media, "\n") != strings.Join(m.Media, "\n") {
		t.Errorf("arrived %+v, want what was submitted: %+v", a, m)
	}
}

// fails checks one fault on a connection that has been used before, since a
// reused connection is where an HTTP client is tempted to repeat a request.
func fails(t *testing.T, h Harness, tt faultCase) {
	if tt.fault != Unreachable {
		if _, err := h.Carrier.Submit(t.Context(), text(1)); err != nil {
			t.Fatalf("the first Submit: %v", err)
		}
		tt.requests++
	}
	h.Next(tt.fault)
	_, err := h.Carrier.Submit(t.Context(), text(2))
	wantKind(t, err, tt.kind)
	wantRequests(t, h, tt.requests)
	if errors.Is(err, message.ErrOptedOut) != tt.optedOut {
		t.Errorf("ErrOptedOut in the chain is %v, want %v", !tt.optedOut, tt.optedOut)
	}
	var e *core.Error
	if errors.As(err, &e) && e.RetryAfter != tt.retry {
		t.Errorf("RetryAfter is %v, want %v", e.RetryAfter, tt.retry)
	}
	if _, err := h.Carrier.Submit(t.Context(), text(3)); err != nil {
		t.Errorf("the next Submit, without a fault: %v", err)
	}
	wantRequests(t, h, tt.requests+1)
}

func endedBefore(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Carrier.Submit(ctx, text(1))
	wantKind(t, err, core.Unavailable)
	wantRequests(t, h, 0)
}

func endsWaiting(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h.Next(Hang)
	reached := h.Reached()
	failed := make(chan error, 1)
	go func() {
		_, err := h.Carrier.Submit(ctx, text(1))
		failed <- err
	}()
	<-reached
	cancel()
	select {
	case err := <-failed:
		wantKind(t, err, core.Ambiguous)
	case <-time.After(10 * time.Second):
		t.Fatal("Submit did not stop when its context ended")
	}
	wantRequests(t, h, 1)
}

func manyAtOnce(t *testing.T, h Harness) {
	const n = 64
	ids := make(chan string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			ticket, err := h.Carrier.Submit(t.Context(), text(i))
			if err != nil {
				t.Errorf("Submit: %v", err)
			}
			ids <- ticket.CarrierID
		})
	}
	wg.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		seen[id] = true
	}
	if len(seen) != n {
		t.Errorf("%d different tickets for %d texts", len(seen), n)
	}
	wantRequests(t, h, n)
	tokens := map[message.Token]bool{}
	for _, a := range h.Arrivals() {
		tokens[a.Token] = true
	}
	if len(tokens) != n {
		t.Errorf("%d different texts arrived, want %d", len(tokens), n)
	}
}

func wantKind(t *testing.T, err error, want core.Kind) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a core.Error", err)
	}
	if got := core.KindOf(err); got != want {
		t.Errorf("kind is %v, want %v: %v", got, want, err)
	}
	for _, n := range []core.Number{text(1).To, text(2).To, text(1).From} {
		if digits := n.E164()[1:]; strings.Contains(err.Error(), digits) {
			t.Error("the error shows a whole phone number")
		}
	}
}

func wantRequests(t *testing.T, h Harness, want int) {
	t.Helper()
	if got := h.Requests(); got != want {
		t.Errorf("%d requests reached the carrier, want %d", got, want)
	}
}

func text(i int) message.Message {
	return message.Message{
		ID:       core.MessageID{0: 1, 15: byte(i)},
		Business: core.BusinessID{0: 2},
		To:       core.MustNumber(fmt.Sprintf("+1512555%04d", 110+i%80)),
		From:     core.MustNumber("+15125550100"),
		Class:    message.Marketing,
		Body:     "Luna's Cantina: half-price tacos until 9pm. Reply STOP to opt out",
		Segments: 1,
	}
}
