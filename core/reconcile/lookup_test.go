package reconcile_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// sentTo sends a campaign to guests whose receipts never come. Those whose answer
// is lost are Unknown.
func (w *world) sentTo(t *testing.T, lost func(core.Number) bool, guests ...core.Number) []message.Message {
	t.Helper()
	w.Join(guests...)
	for _, g := range guests {
		m := w.Texts(g, message.Welcome)[0]
		w.Update(func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Messages.Settle(ctx, []message.Receipt{{Token: m.Token(), State: message.Delivered, At: w.Clock.Now()}})
			return err
		})
	}
	w.World.Carrier.Answer = func(m message.Message, _ int) error {
		if lost(m.To) {
			return core.E("carrier", core.Ambiguous, "no answer")
		}
		return nil
	}
	w.Campaign()
	w.Send()
	w.World.Carrier.Answer = nil
	var ms []message.Message
	for _, g := range guests {
		ms = append(ms, w.Texts(g, message.Marketing)[0])
	}
	return ms
}

func (w *world) lookUp(t *testing.T) reconcile.LookedUp {
	t.Helper()
	l, err := w.service.LookUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w *world) states(ms []message.Message) []message.State {
	out := make([]message.State, len(ms))
	for i, m := range ms {
		w.Update(func(ctx context.Context, tx store.Tx) error {
			x, err := tx.Messages.Message(ctx, m.Business, m.ID)
			out[i] = x.State
			return err
		})
	}
	return out
}

func none(core.Number) bool { return false }

func TestReceiptsThatNeverCameAreAskedFor(t *testing.T) {
	w := newWorld(t)
	isLost := func(n core.Number) bool { return n == guest(1) || n == guest(2) }
	ms := w.sentTo(t, isLost, guest(0), guest(1), guest(2), guest(3))
	at := w.Clock.Now()
	w.carrier.knows[ms[0].CarrierID] = message.Receipt{Token: ms[0].Token(), CarrierID: ms[0].CarrierID, State: message.Delivered, At: at}
	w.carrier.knows[string(ms[1].Token())] = message.Receipt{Token: ms[1].Token(), CarrierID: "late", State: message.Undelivered, Code: "40300", OptedOut: true, At: at}
	w.carrier.knows[ms[3].CarrierID] = message.Receipt{Token: ms[0].Token(), State: message.Undelivered, At: at} // another's
	if got := w.lookUp(t); got.Asked != 0 {
		t.Errorf("receipts may still come, and yet: %+v", got)
	}
	w.Clock.Add(20 * time.Minute)
	submitted := len(w.World.Carrier.Calls(message.Marketing))
	if got, want := w.lookUp(t), (reconcile.LookedUp{Asked: 4, Settled: 2, Silent: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want := []message.State{message.Delivered, message.Undelivered, message.Unknown, message.Sent}
	if got := w.states(ms); !equal(got, want) {
		t.Errorf("the texts are %v, want %v", got, want)
	}
	if s := w.Standing(guest(1)); s.State != consent.OptedOut || !w.Barred(guest(1))[suppression.Carrier] {
		t.Errorf("whom the carrier refused for an opt-out stands as %v, barred by %v", s.State, w.Barred(guest(1)))
	}
	w.Send()
	if n := len(w.World.Carrier.Calls(message.Marketing)); n != submitted {
		t.Errorf("%d texts were sent again", n-submitted)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, ms[0].Business, ms[0].ID)
		last, perr := evidence.ParseReceipt(rs[len(rs)-1])
		if perr != nil || last.Webhook != evidence.LookedUp || last.State != "delivered" {
			t.Errorf("the last record of the text: %+v, %v", last, perr)
		}
		return err
	})
}

func equal(a, b []message.State) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// A text of which nothing is heard is asked about less and less often, and not
// when the carrier has forgotten it.
func TestAskedLessAndLessOften(t *testing.T) {
	w := newWorld(t)
	w.sentTo(t, none, guest(0))
	var after []time.Duration
	for d := time.Duration(0); d < 15*24*time.Hour; d += 5 * time.Minute {
		if w.lookUp(t); len(w.carrier.calls) > 0 {
			after = append(after, d)
			w.carrier.calls = nil
		}
		w.Clock.Add(5 * time.Minute)
	}
	if len(after) < 8 || len(after) > 14 || after[0] != 20*time.Minute || after[len(after)-1] > 10*24*time.Hour {
		t.Errorf("asked after %v", after)
	}
}

// One text that the carrier fails on does not keep the others from being asked
// about; a carrier that is away is not asked about all of them.
func TestCarrierFailsOnLookUps(t *testing.T) {
	w := newWorld(t)
	var guests []core.Number
	for i := range 8 {
		guests = append(guests, guest(i))
	}
	ms := w.sentTo(t, none, guests...)
	w.Clock.Add(20 * time.Minute)
	for _, m := range ms {
		w.carrier.knows[m.CarrierID] = message.Receipt{CarrierID: m.CarrierID, State: message.Delivered, At: w.Clock.Now()}
	}
	away := core.E("carrier", core.Unavailable, "away")
	w.carrier.mute = func(string) error { return away }
	if got, err := w.service.LookUp(t.Context()); !errors.Is(err, core.Unavailable) || got.Failed != 3 || len(w.carrier.calls) > 8 {
		t.Errorf("the carrier is away: %+v, %v, asked %d times", got, err, len(w.carrier.calls))
	}
	w.carrier.mute = func(name string) error {
		if name == ms[2].CarrierID {
			return away
		}
		return nil
	}
	if got, want := w.lookUp(t), (reconcile.LookedUp{Asked: 7, Settled: 7, Failed: 1}); got != want {
		t.Errorf("it fails on one: %+v, want %+v", got, want)
	}
	w.carrier.mute = nil
	w.Clock.Add(time.Hour)
	if got := w.lookUp(t); got.Settled != 1 {
		t.Errorf("an hour later: %+v, want the one settled", got)
	}
}

// What is known stays known: an answer older than a receipt changes nothing.
func TestLookUpNeverGoesBackwards(t *testing.T) {
	w := newWorld(t)
	ms := w.sentTo(t, none, guest(0))
	w.Clock.Add(20 * time.Minute)
	w.carrier.mute = func(id string) error {
		w.Update(func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Messages.Settle(ctx, []message.Receipt{{CarrierID: id, State: message.Delivered, At: w.Clock.Now()}})
			return err
		})
		return nil
	}
	w.carrier.knows[ms[0].CarrierID] = message.Receipt{CarrierID: ms[0].CarrierID, State: message.Unconfirmed, At: w.Clock.Now()}
	w.lookUp(t)
	if got := w.states(ms); got[0] != message.Delivered {
		t.Errorf("the text is %v; its receipt said delivered", got[0])
	}
}

func TestPersonSettlesWhatMayHaveGoneOut(t *testing.T) {
	w := newWorld(t)
	ms := w.sentTo(t, func(n core.Number) bool { return n != guest(2) }, guest(0), guest(1), guest(2))
	desk := &reconcile.Desk{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}
	unknown, err := desk.Unknown(t.Context(), w.Business.ID, core.MessageID{}, 10)
	if err != nil || len(unknown) != 2 {
		t.Fatalf("%d unknown, %v", len(unknown), err)
	}
	w.Clock.Add(time.Hour)
	by := core.UserID{5}
	for i, arrived := range []bool{true, false} {
		if err := desk.Settle(t.Context(), by, w.Business.ID, ms[i].ID, arrived); err != nil {
			t.Fatal(err)
		}
		if err := desk.Settle(t.Context(), by, w.Business.ID, ms[i].ID, !arrived); !errors.Is(err, core.Conflict) {
			t.Errorf("settled twice: %v, want Conflict", err)
		}
	}
	if err := desk.Settle(t.Context(), by, w.Business.ID, ms[2].ID, false); !errors.Is(err, core.Conflict) {
		t.Errorf("a text that the carrier has taken: %v, want Conflict", err)
	}
	if err := desk.Settle(t.Context(), by, core.BusinessID{9}, ms[0].ID, false); !errors.Is(err, core.NotFound) {
		t.Errorf("another business's text: %v, want NotFound", err)
	}
	if got, want := w.states(ms), []message.State{message.Delivered, message.Undelivered, message.Sent}; !equal(got, want) {
		t.Errorf("the texts are %v, want %v", got, want)
	}
	n := len(w.World.Carrier.Calls(message.Marketing))
	w.Send()
	if len(w.World.Carrier.Calls(message.Marketing)) != n {
		t.Error("a text was sent again after a person had said that it did not arrive")
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, _, err := tx.Evidence.OfCampaign(ctx, w.Business.ID, ms[0].Campaign, 0, 100)
		said := map[string]string{}
		for _, r := range rs {
			if b, err := evidence.ParseStaffAction(r); err == nil && b.Action == evidence.UnknownSettled {
				said[b.Details["message"]] = b.By + " " + b.Details["state"]
			}
		}
		if said[ms[0].ID.String()] != by.String()+" delivered" || said[ms[1].ID.String()] != by.String()+" undelivered" {
			t.Errorf("the evidence says %v", said)
		}
		return err
	})
}

// Questions wait for each other's answers no longer than they must: several are
// under way at once, and never more than eight.
func TestSeveralAreLookedUpAtOnce(t *testing.T) {
	w := newWorld(t)
	guests := make([]core.Number, 20)
	for i := range guests {
		guests[i] = guest(i)
	}
	w.sentTo(t, none, guests...)
	w.Clock.Add(time.Hour)
	var mu sync.Mutex
	under, most := 0, 0
	met := make(chan struct{})
	w.carrier.mute = func(string) error {
		mu.Lock()
		under++
		if most = max(most, under); under == 4 {
			select {
			case <-met:
			default:
				close(met)
			}
		}
		mu.Unlock()
		defer func() { mu.Lock(); under--; mu.Unlock() }()
		select {
		case <-met:
		case <-time.After(5 * time.Second):
			return core.E("carrier", core.Internal, "each waits for the one before")
		}
		return nil
	}
	if got := w.lookUp(t); got.Asked != 20 || got.Failed != 0 {
		t.Errorf("looked up: %+v", got)
	}
	if most < 4 || most > 8 {
		t.Errorf("%d were under way at once", most)
	}
	if w.waited < 19*20*time.Millisecond {
		t.Errorf("the carrier was left alone for %v only", w.waited)
	}
}
