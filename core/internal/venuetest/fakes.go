package venuetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A Wire is a webhook as the carrier of these tests writes it.
type Wire struct {
	ID, From, To, Body string
	Media              []string
	At                 time.Time
	Answered           string
	Kind               string // "", "receipt" or "unknown"
	Token              message.Token
	CarrierID          string
	State              message.State
	Code               string
	OptedOut           bool
}

// Encode returns the body.
func (x Wire) Encode() []byte {
	b, err := json.Marshal(x)
	if err != nil {
		panic(err) // strings and numbers: a bug in Wire
	}
	return b
}

// Provider reads Wires. A body is authentic if its signature header is "good".
type Provider struct{}

// Signed is the header of an authentic webhook.
func Signed(string) string { return "good" }

// Verify looks at the header.
func (Provider) Verify(header func(string) string, _ []byte, _ time.Time) error {
	if header("signature") != "good" {
		return core.E("venuetest.Verify", core.Denied, "the signature is not the carrier's")
	}
	return nil
}

// Parse reads a Wire.
func (Provider) Parse(body []byte, received time.Time) inbox.Event {
	e := inbox.Event{Provider: "test", Received: received, Occurred: received, Raw: body, Type: "test"}
	var x Wire
	if err := json.Unmarshal(body, &x); err != nil {
		e.ID, e.Kind, e.Problem = fmt.Sprintf("bad-%x", body), inbox.Unparsable, "the body is not JSON"
		return e
	}
	e.ID = x.ID
	switch x.Kind {
	case "":
		from, _ := core.ParseNumber(x.From)
		to, _ := core.ParseNumber(x.To)
		e.Kind = inbox.Inbound
		e.Text = &inbox.Text{CarrierID: "in-" + x.ID, From: from, To: to, Body: x.Body, Media: x.Media, At: x.At, Answered: x.Answered}
	case "registry":
		e.Kind, e.About = inbox.Registry, []string{x.CarrierID}
	case "receipt":
		e.Kind = inbox.Delivery
		e.Receipt = &message.Receipt{Token: x.Token, CarrierID: x.CarrierID, State: x.State, Code: x.Code, OptedOut: x.OptedOut, At: x.At}
	}
	return e
}

// A Carrier takes every text, unless Answer says otherwise. It is safe for
// concurrent use.
type Carrier struct {
	// Answer, where set, is what a Submit fails with. nth counts the calls from 1.
	Answer func(m message.Message, nth int) error

	clock *Clock
	mu    sync.Mutex
	calls []Call
}

// A Call is one Submit.
type Call struct {
	Message message.Message
	At      time.Time
	Err     error
}

// Submit notes the call and answers. One whose ctx has ended by then is
// Ambiguous.
func (c *Carrier) Submit(ctx context.Context, m message.Message) (message.Ticket, error) {
	c.mu.Lock()
	c.calls = append(c.calls, Call{Message: m, At: c.clock.Now()})
	nth := len(c.calls)
	answer := c.Answer
	c.mu.Unlock()
	var err error
	if answer != nil {
		err = answer(m, nth)
	}
	if err == nil && ctx.Err() != nil {
		err = core.Wrap("venuetest.Submit", core.Ambiguous, "the call was cut off", ctx.Err())
	}
	if err != nil {
		c.mu.Lock()
		c.calls[nth-1].Err = err
		c.mu.Unlock()
		return message.Ticket{}, err
	}
	return message.Ticket{CarrierID: fmt.Sprintf("out-%d", nth), Segments: 1}, nil
}

// Calls are all the Submits of a class so far.
func (c *Carrier) Calls(class message.Class) []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Call
	for _, x := range c.calls {
		if x.Message.Class == class {
			out = append(out, x)
		}
	}
	return out
}

// A Store fails on demand.
type Store struct {
	store.Store
	mu     sync.Mutex
	before func() error
	after  func() error
}

// Fail sets what an Update fails with before it begins, and after it has
// committed; nil for nothing.
func (s *Store) Fail(before, after func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.after = before, after
}

// Update may fail before or after.
func (s *Store) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	s.mu.Lock()
	before, after := s.before, s.after
	s.mu.Unlock()
	if before != nil {
		if err := before(); err != nil {
			return err
		}
	}
	if err := s.Store.Update(ctx, f); err != nil || after == nil {
		return err
	}
	return after()
}
