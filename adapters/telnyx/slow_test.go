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

// The carrier answers some texts with 429 and a full queue, over HTTP. They are put
// back, the sender slows down, and in the end each has arrived once.
func TestCarrierThatIsTooBusyGetsEveryTextOnce(t *testing.T) {
	sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey, Seed: 3})
	t.Cleanup(sim.Close)
	srv := serve(t, sim.Handler())
	c := newClient(t, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://127.0.0.1:1"})
	clock, ids, st := &movable{time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)}, &rising{}, memstore.New()
	d := &dispatch.Service{Store: st, Carrier: c, Book: decide.US(), Clock: clock, IDs: ids, Salts: ids,
		Settings: dispatch.Settings{Profile: law.Default, Concurrency: 1, Fresh: time.Hour}}
	b := account.Business{ID: core.BusinessID(ids.New()), Name: "Luna's", Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, MonthlyTexts: 8}
	const texts = 40
	var ms []message.Message
	for i := range texts {
		to, err := core.NumberFromDigits(uint64(15125550101 + i))
		if err != nil {
			t.Fatal(err)
		}
		// Answers to what guests wrote need no consent: this is about the way out.
		ms = append(ms, message.Message{ID: core.MessageID(ids.New()), Business: b.ID, To: to, From: b.Sender, Class: message.Help,
			Body: "Luna's: For help, contact help@luna.example. Reply STOP to opt out.", Segments: 1, Key: message.AnswerKey(to.E164(), message.Help),
			Answers: clock.t, Due: clock.t, NotAfter: clock.t.Add(time.Hour), Planned: clock.t})
	}
	if err := st.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, ms)
		return errors.Join(tx.Accounts.AddBusiness(ctx, b), err)
	}); err != nil {
		t.Fatal(err)
	}
	sim.Script(telnyxsim.Fault{}, telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10011", RetryAfter: 2},
		telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "40318"}, telnyxsim.Fault{}, telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10011"})
	slowed := false
	for range 200 {
		r, err := d.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slowed = slowed || r.Deferred > 0
		clock.t = clock.t.Add(time.Second)
	}
	times := make(map[string]int)
	for _, a := range sim.Arrivals() {
		times[a.To]++
	}
	for _, m := range ms {
		if times[m.To.E164()] != 1 {
			t.Errorf("a guest got it %d times, want once", times[m.To.E164()])
		}
	}
	if !slowed || len(times) != texts {
		t.Errorf("put back: %v; %d guests reached, want %d", slowed, len(times), texts)
	}
}
