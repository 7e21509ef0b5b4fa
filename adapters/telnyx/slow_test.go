package telnyx_test

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

// movable is a clock that only the test moves.
type movable struct{ t time.Time }

func (m *movable) Now() time.Time { return m.t }

// rising are ids, and salts, one after the other. The service uses them from one
// goroutine here.
type rising struct{ n uint64 }

func (r *rising) New() (u core.UUID) {
	r.n++
	binary.BigEndian.PutUint64(u[:], r.n)
	return u
}

func (r *rising) Salt() evidence.Salt { return evidence.Salt(r.New()) }

// A sender is the way out: texts that are due, and what sends them to a simulated
// carrier over HTTP.
type sender struct {
	*dispatch.Service
	clock *movable
	sim   *telnyxsim.Sim
	texts []message.Message
}

func newSender(t *testing.T, texts int) *sender {
	t.Helper()
	sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey, Seed: 3})
	t.Cleanup(sim.Close)
	srv := serve(t, sim.Handler())
	c := newClient(t, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://127.0.0.1:1"})
	clock, ids, st := &movable{time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)}, &rising{}, memstore.New()
	s := &sender{clock: clock, sim: sim, Service: &dispatch.Service{Store: st, Carrier: c, Book: decide.US(), Clock: clock, IDs: ids, Salts: ids,
		Settings: dispatch.Settings{Profile: law.Default, Concurrency: 1, Fresh: time.Hour}}}
	b := account.Business{ID: core.BusinessID(ids.New()), Name: "Luna's", Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, MonthlyTexts: 8}
	for i := range texts {
		to, err := core.NumberFromDigits(uint64(15125550101 + i))
		if err != nil {
			t.Fatal(err)
		}
		// Answers to what guests wrote need no consent: this is about the way out.
		s.texts = append(s.texts, message.Message{ID: core.MessageID(ids.New()), Business: b.ID, To: to, From: b.Sender, Class: message.Help,
			Body: "Luna's: For help, contact help@luna.example. Reply STOP to opt out.", Segments: 1, Key: message.AnswerKey(to.E164(), message.Help),
			Answers: clock.t, Due: clock.t, NotAfter: clock.t.Add(time.Hour), Planned: clock.t})
	}
	if err := st.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, s.texts)
		return errors.Join(tx.Accounts.AddBusiness(ctx, b), err)
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// steps sends what is due, second by second.
func (s *sender) steps(t *testing.T, n int) (sum dispatch.Report) {
	t.Helper()
	for range n {
		r, err := s.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sum.Deferred += r.Deferred
		s.clock.t = s.clock.t.Add(time.Second)
	}
	return sum
}

// times is how often each guest was reached.
func (s *sender) times() map[string]int {
	out := make(map[string]int)
	for _, a := range s.sim.Arrivals() {
		out[a.To]++
	}
	return out
}

// states counts what the store says of the texts.
func (s *sender) states(t *testing.T) map[message.State]int {
	t.Helper()
	out := make(map[message.State]int)
	if err := s.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		for _, m := range s.texts {
			now, err := tx.Messages.Message(ctx, m.Business, m.ID)
			if err != nil {
				return err
			}
			out[now.State]++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// The carrier answers some texts with 429 and a full queue, over HTTP. They are put
// back, the sender slows down, and in the end each has arrived once.
func TestCarrierThatIsTooBusyGetsEveryTextOnce(t *testing.T) {
	const texts = 40
	s := newSender(t, texts)
	s.sim.Script(telnyxsim.Fault{}, telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10011", RetryAfter: 2},
		telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "40318"}, telnyxsim.Fault{}, telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10011"})
	slowed := s.steps(t, 200).Deferred > 0
	times := s.times()
	for _, m := range s.texts {
		if times[m.To.E164()] != 1 {
			t.Errorf("a guest got it %d times, want once", times[m.To.E164()])
		}
	}
	if !slowed || len(times) != texts {
		t.Errorf("put back: %v; %d guests reached, want %d", slowed, len(times), texts)
	}
}

// The carrier accepts a text and drops the connection: it may have gone out, so it
// is unknown and never sent again, however long nothing is heard of it. Where the
// connection breaks before the text is taken, that cannot be told apart.
func TestCarrierAcceptsAndDropsTheConnection(t *testing.T) {
	s := newSender(t, 20)
	s.sim.SetFaults(telnyxsim.Faults{LostReply: 0.5, Drop: 0.2})
	s.steps(t, 30)
	s.sim.SetFaults(telnyxsim.Faults{})
	s.steps(t, 300)
	s.once(t, "a dropped connection")
}

// The carrier answers nonsense: half an object, a page of HTML with a status that
// means nothing. What may have been taken is unknown and not sent again. (A 4xx is
// believed: who could not read the request has not taken it.)
func TestCarrierAnswersNonsense(t *testing.T) {
	s := newSender(t, 20)
	for _, f := range []telnyxsim.Fault{
		{Kind: telnyxsim.Garbled}, {Kind: telnyxsim.ServerError, Taken: true}, {Kind: telnyxsim.ServerError, Status: 502, Taken: true},
		{Kind: telnyxsim.ServerError, Status: 200, Taken: true},
		{Kind: telnyxsim.ServerError, Status: 302, Taken: true}, {Kind: telnyxsim.ServerError, Status: 599, Taken: true},
	} {
		s.sim.Script(f, telnyxsim.Fault{})
	}
	s.steps(t, 300)
	s.once(t, "nonsense")
}

// once fails unless nobody was reached twice, and what is said of each text may be
// so.
func (s *sender) once(t *testing.T, after string) {
	t.Helper()
	times, states := s.times(), s.states(t)
	for _, n := range times {
		if n > 1 {
			t.Errorf("after %s a guest got it %d times", after, n)
		}
	}
	if states[message.Unknown] == 0 || states[message.Sent]+states[message.Unknown] != len(s.texts) || states[message.Sent] > len(times) {
		t.Errorf("after %s %d arrived, and the texts are %v", after, len(times), states)
	}
}
