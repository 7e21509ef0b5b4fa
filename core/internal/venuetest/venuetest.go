// Package venuetest is a venue with guests on a store in memory, a clock that
// stands still, and a carrier that does what it is told: for tests of the use
// cases, and of what they do together.
package venuetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/suppression"
)

// TB is what a World needs of a test: *testing.T and *rapid.T have it.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

var _ TB = (*testing.T)(nil)

// Afternoon is a Tuesday in Austin, 2:30 pm: every window in the states is open.
var Afternoon = time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)

// Text is what a campaign may say.
const Text = "Luna's Cantina: half-price tacos until 9pm tonight. Reply STOP to opt out"

// A World is one business and everything around it.
type World struct {
	T          TB
	Store      *Store
	Clock      *Clock
	IDs        *IDs
	Carrier    *Carrier
	Business   account.Business
	Disclosure consent.Disclosure
	Intake     *intake.Service
	Launch     *launch.Service
	Dispatch   *dispatch.Service
	events     int
}

// New opens the venue: Luna's Cantina, keyword TACOS.
func New(t TB) *World {
	clock, ids := &Clock{t: Afternoon}, &IDs{}
	st, carrier := &Store{Store: memstore.New()}, &Carrier{clock: clock}
	w := &World{
		T: t, Store: st, Clock: clock, IDs: ids, Carrier: carrier,
		Intake:   &intake.Service{Store: st, Provider: Provider{}, Clock: clock, IDs: ids, Salts: ids},
		Launch:   &launch.Service{Store: st, Clock: clock, IDs: ids, Salts: ids},
		Dispatch: &dispatch.Service{Store: st, Carrier: carrier, Book: decide.US(), Clock: clock, IDs: ids, Salts: ids, Settings: dispatch.Settings{Profile: law.Default}},
	}
	w.Business, w.Disclosure = w.Open("Luna's Cantina", "TACOS", core.MustNumber("+15125550100"))
	return w
}

// Open adds a business with one keyword.
func (w *World) Open(name, keyword string, sender core.Number) (account.Business, consent.Disclosure) {
	w.T.Helper()
	b := account.Business{
		ID: core.BusinessID(w.IDs.New()), Name: name, State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		TermsURL: "https://luna.example/terms", PrivacyURL: "https://luna.example/privacy", HelpContact: "help@luna.example",
		MonthlyTexts: 8, Sender: sender, Status: account.Active, Registered: true, Created: w.Clock.Now(),
	}
	d := consent.Disclose(b, keyword, w.Clock.Now())
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Accounts.AddBusiness(ctx, b),
			tx.Accounts.AddKeyword(ctx, account.Keyword{Word: keyword, Business: b.ID, Number: sender, Code: fmt.Sprintf("%x", b.ID[12:]), Created: b.Created}),
			tx.Consent.PutDisclosure(ctx, d),
		)
	})
	return b, d
}

// Update runs f, which must not fail.
func (w *World) Update(f func(context.Context, store.Tx) error) {
	w.T.Helper()
	if err := w.Store.Store.Update(context.Background(), f); err != nil {
		w.T.Fatalf("setting up: %v", err)
	}
}

var areas = []int{205, 212, 213, 214, 216, 217, 303, 305, 312, 313, 314, 404, 405, 410, 412, 414, 415, 502, 503, 504, 512, 602, 612, 615, 617, 702, 713, 816, 901, 919}

// Guest returns one of 2,970 fictional numbers, each in one of the contiguous
// states. The numbers in 555-0100 are senders'.
func Guest(i int) core.Number {
	return core.MustNumber(fmt.Sprintf("+1%d55501%02d", areas[i/99], 1+i%99))
}

// Pair is the guest of the venue.
func (w *World) Pair(n core.Number) core.Pair { return core.Pair{Business: w.Business.ID, Number: n} }

// Accept hands one webhook to the intake and returns its event's name.
func (w *World) Accept(x Wire) string {
	w.T.Helper()
	if x.ID == "" {
		w.events++
		x.ID = fmt.Sprintf("e%d", w.events)
	}
	if _, err := w.Intake.Accept(context.Background(), Signed, x.Encode()); err != nil {
		w.T.Fatalf("Accept: %v", err)
	}
	return x.ID
}

// Says is a guest's text to the venue, received now and not yet acted on.
func (w *World) Says(from core.Number, body string) string {
	w.T.Helper()
	return w.Accept(Wire{From: from.E164(), To: w.Business.Sender.E164(), Body: body, At: w.Clock.Now()})
}

// Hear acts on everything that came in and is due.
func (w *World) Hear() intake.Report {
	w.T.Helper()
	var sum intake.Report
	for {
		r, err := w.Intake.Step(context.Background(), 100)
		if err != nil {
			w.T.Fatalf("intake.Step: %v", err)
		}
		if r == (intake.Report{}) {
			return sum
		}
		sum.Handled += r.Handled
		sum.Postponed += r.Postponed
		sum.OptedIn += r.OptedIn
		sum.OptedOut += r.OptedOut
		sum.Receipts += r.Receipts
	}
}

// Join lets guests opt in through the page behind the QR code, and get their
// welcome.
func (w *World) Join(guests ...core.Number) {
	w.T.Helper()
	for _, g := range guests {
		w.Says(g, "TACOS "+w.Disclosure.Ref)
	}
	w.Hear()
	w.Send()
	w.Clock.Add(time.Second)
}

// Approve writes and approves a campaign for now.
func (w *World) Approve() campaign.Campaign {
	w.T.Helper()
	ctx := context.Background()
	c, err := w.Launch.Save(ctx, w.Business.ID, core.CampaignID{}, launch.Draft{Name: "Tacos", Body: Text})
	if err == nil {
		c, err = w.Launch.Approve(ctx, w.Business.ID, c.ID, core.UserID{1})
	}
	if err != nil {
		w.T.Fatalf("approving: %v", err)
	}
	return c
}

// Plan moves a campaign on until nothing is left to plan.
func (w *World) Plan(id core.CampaignID) launch.Report {
	w.T.Helper()
	for {
		r, err := w.Launch.Step(context.Background(), w.Business.ID, id)
		if err != nil {
			w.T.Fatalf("launch.Step: %v", err)
		}
		if !r.More {
			return r
		}
	}
}

// Campaign approves and plans one.
func (w *World) Campaign() campaign.Campaign {
	w.T.Helper()
	c := w.Approve()
	w.Plan(c.ID)
	return c
}

// Send dispatches until nothing is due.
func (w *World) Send() dispatch.Report {
	w.T.Helper()
	var sum dispatch.Report
	for range 1000 {
		r, err := w.Dispatch.Step(context.Background())
		if err != nil {
			w.T.Fatalf("dispatch.Step: %v", err)
		}
		if r.Claimed == 0 {
			return sum
		}
		sum.Claimed += r.Claimed
		sum.Sent += r.Sent
		sum.Blocked += r.Blocked
		sum.Waiting += r.Waiting
		sum.Unknown += r.Unknown
		sum.Failed += r.Failed
		sum.Deferred += r.Deferred
		sum.Expired += r.Expired
		sum.Cancelled += r.Cancelled
	}
	w.T.Fatalf("there is always something due: something is put off to now")
	return sum
}

// Standing is where a guest stands.
func (w *World) Standing(n core.Number) consent.Standing {
	var s consent.Subscriber
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		if s, err = tx.Consent.Subscriber(ctx, w.Pair(n)); errors.Is(err, core.NotFound) {
			err = nil
		}
		return err
	})
	return s.Standing
}

// Barred are the reasons in force against a guest.
func (w *World) Barred(n core.Number) map[suppression.Reason]bool {
	out := map[suppression.Reason]bool{}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Suppression.Barring(ctx, []core.Pair{w.Pair(n)})
		for _, e := range es {
			out[e.Reason] = true
		}
		return err
	})
	return out
}

// Texts are our texts to a guest of a class, newest first; all for NoClass.
func (w *World) Texts(n core.Number, c message.Class) []message.Message {
	var out []message.Message
	w.Update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.ForPair(ctx, w.Pair(n), 1000)
		for _, m := range ms {
			if c == message.NoClass || m.Class == c {
				out = append(out, m)
			}
		}
		return err
	})
	return out
}

// Tally counts a campaign's messages.
func (w *World) Tally(id core.CampaignID) message.Tally {
	var t message.Tally
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		t, err = tx.Messages.Tally(ctx, w.Business.ID, id)
		return err
	})
	return t
}

// Stored is a campaign as the store has it.
func (w *World) Stored(id core.CampaignID) campaign.Campaign {
	var c campaign.Campaign
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		c, err = tx.Campaigns.Campaign(ctx, w.Business.ID, id)
		return err
	})
	return c
}

// Notes are what became of each event.
func (w *World) Notes() map[string]string {
	out := map[string]string{}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Inbox.List(ctx, time.Time{}, 10000)
		for _, e := range es {
			out[e.ID] = e.Note
		}
		return err
	})
	return out
}

// NoWholeNumber fails if s holds the digits of a guest.
func (w *World) NoWholeNumber(where, s string, n core.Number) {
	w.T.Helper()
	if strings.Contains(s, n.E164()[2:]) {
		w.T.Errorf("%s shows a whole phone number", where)
	}
}

// A Clock stands still until it is moved. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now returns the time.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the time.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// IDs counts up, and so do its salts. It is safe for concurrent use.
type IDs struct {
	mu sync.Mutex
	n  uint64
}

// New returns the next id.
func (g *IDs) New() core.UUID {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	var u core.UUID
	binary.BigEndian.PutUint64(u[8:], g.n)
	u[0] = 1
	return u
}

// Salt returns the next one.
func (g *IDs) Salt() evidence.Salt { return evidence.Salt(g.New()) }
