package sim

import (
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

// A world is one run.
type world struct {
	o      Options
	dice   dice
	now    time.Time // what a perfect clock shows
	end    time.Time
	queue  queue
	seq    int64 // of events, to order those of one instant
	nextID uint64

	store    store.Store
	venues   []*venue
	guests   []*guest
	byNumber map[core.Number]*guest
	bySender map[core.Number]*venue
	workers  []*process
	gates    []*process // take webhooks in
	office   *process   // where owners press buttons
	net      network
	carrier  *carrier
	margin   time.Duration
	calm     bool // no new faults: the run is brought to its end
	quiet    bool // no faults just now
	// capture takes the verdicts of the next transaction that decides.
	capture   map[core.MessageID]message.Verdict
	captured  bool
	storeBack time.Time // until when the store is away

	campaigns []*campaignLog
	byID      map[core.CampaignID]*campaignLog
	// campaignOf finds the campaign that a text belongs to.
	campaignOf map[core.MessageID]*campaignLog
	decided    map[core.MessageID]int64 // when a text was last decided to go, in the order of events
	answered   map[answerKey]int
	accepted   map[core.MessageID]bool
	// When a text was first decided to go, and when the carrier took it, in the
	// order of events; and those of which a person said what became of them.
	went, tookAt map[core.MessageID]int64
	personSaid   map[core.MessageID]bool

	bugs      memory
	sends     int
	steps     int
	story     []string
	violation *Violation
}

// A venue is one business.
type venue struct {
	account.Business
	keyword    string
	second     string // another keyword: of its other bar
	disclosure consent.Disclosure
	autoAnswer bool // the carrier answers STOP, START and HELP itself
	pairs      []*pairLog
}

// A guest has a phone. What they think of each venue is in the venue's pairs.
type guest struct {
	index  int
	number core.Number
	area   int
	busy   time.Time // when they last texted
}

// event is something that happens at an instant.
type event struct {
	at  time.Time
	seq int64
	do  func()
}

type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return e
}

// after lets something happen in d.
func (w *world) after(d time.Duration, do func()) {
	w.seq++
	heap.Push(&w.queue, event{w.now.Add(d), w.seq, do})
}

// pass lets d go by, and with it what happens meanwhile. It is called by what
// takes time, like a request to the carrier: others work on while it waits.
func (w *world) pass(d time.Duration) { w.until(w.now.Add(d)) }

func (w *world) until(t time.Time) {
	for len(w.queue) > 0 && !w.queue[0].at.After(t) && w.violation == nil {
		e := heap.Pop(&w.queue).(event)
		if e.at.After(w.now) {
			w.now = e.at
		}
		e.do()
	}
	if t.After(w.now) {
		w.now = t
	}
}

// New makes ids that rise.
func (w *world) New() core.UUID {
	w.nextID++
	var u core.UUID
	u[0] = 1
	binary.BigEndian.PutUint64(u[8:], w.nextID)
	return u
}

// Salt makes salts. Nobody hides anything here.
func (w *world) Salt() evidence.Salt { return evidence.Salt(w.New()) }

// starts are days around which something changes: clocks, laws, holidays.
var starts = []string{
	"2024-03-08", "2024-11-01", "2025-03-07", "2025-08-29", "2025-10-31", "2025-12-29", "2026-03-06", "2026-10-15",
	"2026-10-16", "2026-10-30", "2026-11-24", "2026-12-22", "2027-03-12", "2027-03-24", "2027-07-02", "2027-12-22",
}

// cities are where venues are.
var cities = []struct{ state, zone string }{
	{"TX", "America/Chicago"}, {"FL", "America/New_York"}, {"PA", "America/New_York"}, {"IL", "America/Chicago"},
	{"OR", "America/Los_Angeles"}, {"NY", "America/New_York"}, {"CA", "America/Los_Angeles"}, {"HI", "Pacific/Honolulu"},
	{"AZ", "America/Phoenix"}, {"MS", "America/Chicago"}, {"CO", "America/Denver"}, {"CT", "America/New_York"},
}

var names = []struct{ name, keyword string }{{"Luna Cantina", "TACOS"}, {"Sol Bar", "SOLBAR"}, {"Pier Nine", "PIER"}, {"Oak Room", "OAKS"}}

func newWorld(seed uint64, o Options) *world {
	w := &world{
		o: o, dice: dice{seed*0x9e3779b97f4a7c15 + 1},
		byNumber: make(map[core.Number]*guest), bySender: make(map[core.Number]*venue),
		byID: make(map[core.CampaignID]*campaignLog), campaignOf: make(map[core.MessageID]*campaignLog), decided: make(map[core.MessageID]int64),
		answered: make(map[answerKey]int), accepted: make(map[core.MessageID]bool),
		went: make(map[core.MessageID]int64), tookAt: make(map[core.MessageID]int64), personSaid: make(map[core.MessageID]bool),
	}
	day, err := time.Parse(time.DateOnly, pick(&w.dice, starts))
	if err != nil {
		panic(err) // a constant of ours
	}
	if w.dice.hits(250) {
		day = time.Date(2024+w.dice.below(4), time.Month(1+w.dice.below(12)), 1+w.dice.below(28), 0, 0, 0, 0, time.UTC)
	}
	w.now = day.Add(w.dice.between(0, 24*time.Hour))
	w.end = w.now.Add(time.Duration(o.Days) * 24 * time.Hour)
	w.margin = pick(&w.dice, []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute})
	w.store = o.Store
	w.carrier = newCarrier(w)
	w.net.w = w
	w.populate()
	w.processes()
	return w
}

// populate opens the venues and gives guests their phones.
func (w *world) populate() {
	for i := range w.o.Guests {
		g := &guest{index: i}
		for taken := true; taken; _, taken = w.byNumber[g.number] {
			g.area = pick(&w.dice, areas).code
			g.number = core.MustNumber(fmt.Sprintf("+1%d55501%02d", g.area, 4+w.dice.below(96))) // the first four are venues'
		}
		w.guests = append(w.guests, g)
		w.byNumber[g.number] = g
	}
	first := w.dice.below(len(cities))
	for i := range 2 + w.dice.below(len(names)-1) {
		city := cities[(first+i*5)%len(cities)]
		v := &venue{keyword: names[i].keyword, second: names[i].keyword + "2", autoAnswer: w.dice.hits(400)}
		v.Business = account.Business{
			ID: core.BusinessID(w.New()), Name: names[i].name, State: place.MustState(city.state), Zone: place.MustZone(city.zone),
			TermsURL: "https://venue.example/terms", PrivacyURL: "https://venue.example/privacy", HelpContact: "help@venue.example",
			MonthlyTexts: pick(&w.dice, []int{4, 8, 30, 60}), Sender: core.MustNumber(fmt.Sprintf("+1512555010%d", i)),
			Rhythm: pick(&w.dice, rhythms),
			Status: account.Active, Registered: true, Created: w.now,
		}
		v.disclosure = consent.Disclose(v.Business, v.keyword, w.now)
		for _, g := range w.guests {
			v.pairs = append(v.pairs, &pairLog{venue: v, guest: g})
		}
		w.venues = append(w.venues, v)
		w.bySender[v.Sender] = v
		w.must(w.store.Update(context.Background(), func(ctx context.Context, tx store.Tx) error {
			return errors.Join(
				tx.Accounts.AddBusiness(ctx, v.Business),
				tx.Accounts.AddKeyword(ctx, account.Keyword{Word: v.keyword, Business: v.ID, Number: v.Sender, Code: v.keyword, Created: w.now}),
				tx.Accounts.AddKeyword(ctx, account.Keyword{Word: v.second, Business: v.ID, Number: v.Sender, Code: v.second, Created: w.now}),
				tx.Consent.PutDisclosure(ctx, v.disclosure),
				tx.Consent.PutDisclosure(ctx, consent.Disclose(v.Business, v.second, w.now)),
			)
		}))
	}
}

// rhythms are the caps that venues set themselves.
var rhythms = []account.Rhythm{{}, {Texts: 2, Hours: 6}, {Texts: 3, Hours: 24}, {Texts: 1, Hours: 3}, {Texts: 5, Hours: 12}}

// must is for what no fault reaches.
func (w *world) must(err error) {
	if err != nil {
		w.broken(0, "the simulation itself failed: %v", err)
	}
}

// calls is a context for a call into the system.
func calls() context.Context { return context.Background() }
