package sim

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/dispatch"
	notes "github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Bug is planted around the system, at its ports and settings, as if somebody
// had made that mistake inside. A simulation that does not catch it is blind.
type Bug struct {
	Name     string
	settings func(*dispatch.Settings)
	carrier  func(message.Carrier) message.Carrier
	provider func(*process, intake.Provider) intake.Provider
	tx       func(*process, store.Tx) store.Tx
}

// Bugs are the mistakes that every change is tried against.
func Bugs() []*Bug {
	return []*Bug{
		{Name: "a decision is not taken again after a second", settings: func(s *dispatch.Settings) { s.Fresh = time.Hour }},
		{Name: "hours end a minute late", settings: func(s *dispatch.Settings) { s.Margin -= time.Minute }},
		{Name: "caps are counted outside the lock", tx: boxed(func(b bugBox) message.Box { return &staleCounts{b} })},
		{Name: "a lease that ran out is planned again", tx: boxed(func(b bugBox) message.Box { return &replans{b} })},
		{Name: "an opt-out is read and not written down", tx: writesNothing(consent.Revoked, suppression.OptOut)},
		{Name: "an opt-out waits for the worker", provider: func(p *process, in intake.Provider) intake.Provider { return &deafGate{in, p} }},
		{Name: "no answer counts as not taken", carrier: func(c message.Carrier) message.Carrier { return hopeful{c} }},
		{Name: "a webhook that comes twice acts twice", tx: twice},
		{Name: "receipts move texts backwards", tx: boxed(func(b bugBox) message.Box { return &backwards{b} })},
		{Name: "only the area code says where a guest is", tx: noVenue},
		{Name: "a campaign's end is ignored", tx: endless},
		{Name: "a paused campaign goes on", tx: neverPaused},
		{Name: "joining again lifts the carrier's block", tx: liftsAll},
		{Name: "a page that runs twice plans twice", tx: boxed(func(b bugBox) message.Box { return &keyless{b} })},
		{Name: "a likely opt-out is ignored", tx: writesNothing(consent.Doubted, suppression.LikelyOut)},
	}
}

// bugBox is what a bug in the outbox has at hand.
type bugBox struct {
	message.Box
	p *process
}

func boxed(f func(bugBox) message.Box) func(*process, store.Tx) store.Tx {
	return func(p *process, tx store.Tx) store.Tx {
		tx.Messages = f(bugBox{tx.Messages, p})
		return tx
	}
}

// memory is what bugs keep between calls, for one run.
type memory struct {
	leases map[core.MessageID]message.Verdict
	order  []core.MessageID
	last   map[core.MessageID]message.State
	copies int
}

type staleCounts struct{ bugBox }

// Recent does not see what was sent just now.
func (b *staleCounts) Recent(ctx context.Context, pairs []core.Pair, since time.Time) (map[core.Pair][]time.Time, error) {
	out, err := b.Box.Recent(ctx, pairs, since)
	for _, p := range pairs {
		if ts := out[p]; len(ts) > 0 && b.p.Now().Sub(ts[0]) < 15*time.Minute {
			out[p] = ts[1:]
		}
	}
	return out, err
}

type replans struct{ bugBox }

func (b *replans) Record(ctx context.Context, vs []message.Verdict) ([]core.MessageID, error) {
	m := &b.p.w.bugs
	for _, v := range vs {
		if v.State == message.Sending {
			if m.leases == nil {
				m.leases = make(map[core.MessageID]message.Verdict)
			}
			m.leases[v.Message] = v
			m.order = append(m.order, v.Message)
		}
	}
	return b.Box.Record(ctx, vs)
}

func (b *replans) Lapse(ctx context.Context, now time.Time, _ int) ([]message.Message, error) {
	m := &b.p.w.bugs
	var vs []message.Verdict
	var lapsed []message.Message
	kept := m.order[:0]
	for _, id := range m.order {
		v := m.leases[id]
		if !v.Lease.Before(now) {
			kept = append(kept, id)
			continue
		}
		if x, err := b.Message(ctx, v.Business, id); err == nil && x.State == message.Sending {
			vs = append(vs, message.Verdict{Business: v.Business, Message: id, Attempt: x.Attempt, State: message.Planned, Due: now, At: now})
			lapsed = append(lapsed, x)
		}
	}
	m.order = kept
	_, err := b.Box.Record(ctx, vs)
	return lapsed, err
}

type backwards struct{ bugBox }

func (b *backwards) Settle(ctx context.Context, rs []message.Receipt) ([]message.Receipt, error) {
	m := &b.p.w.bugs
	if m.last == nil {
		m.last = make(map[core.MessageID]message.State)
	}
	for _, r := range rs {
		if _, id, err := r.Token.Parse(); err == nil {
			m.last[id] = r.State
		}
	}
	return b.Box.Settle(ctx, rs)
}

func (b *backwards) People(ctx context.Context, biz core.BusinessID, c core.CampaignID, q message.PeopleQuery, n int) ([]message.Message, error) {
	ms, err := b.Box.People(ctx, biz, c, q, n)
	for i := range ms {
		if s, ok := b.p.w.bugs.last[ms[i].ID]; ok && ms[i].State.Submitted() {
			ms[i].State = s
		}
	}
	return ms, err
}

type keyless struct{ bugBox }

func (b *keyless) Plan(ctx context.Context, ms []message.Message) (int, error) {
	for i := range ms {
		b.p.w.bugs.copies++
		ms[i].Key[0], ms[i].Key[1], ms[i].Key[2] = byte(b.p.w.bugs.copies), byte(b.p.w.bugs.copies>>8), byte(b.p.w.bugs.copies>>16)
	}
	if len(ms) > 0 && !ms[0].Campaign.IsZero() && b.p.w.bugs.copies%7 == 0 {
		if _, err := b.Box.Plan(ctx, ms); err != nil { // the page that a crash cut off before its cursor was saved
			return 0, err
		}
		for i := range ms {
			ms[i].ID, ms[i].Key[3] = core.MessageID(b.p.w.New()), ms[i].Key[3]+1
		}
	}
	return b.Box.Plan(ctx, ms)
}

type hopeful struct{ message.Carrier }

func (c hopeful) Submit(ctx context.Context, m message.Message) (message.Ticket, error) {
	t, err := c.Carrier.Submit(ctx, m)
	if err != nil && core.KindOf(err) == core.Ambiguous {
		err = core.E("bug", core.Unavailable, "no answer came")
	}
	return t, err
}

// deafGate reads a text only where a worker asks.
type deafGate struct {
	intake.Provider
	p *process
}

func (g *deafGate) Parse(body []byte, received time.Time) inbox.Event {
	e := g.Provider.Parse(body, received)
	if e.Text != nil && g.p.isGate() {
		e.Kind, e.Text = inbox.Unknown, nil
	}
	return e
}

func (p *process) isGate() bool { return p.name[0] == 'g' }

// writesNothing leaves a kind of revocation out of both places.
func writesNothing(k consent.Kind, r suppression.Reason) func(*process, store.Tx) store.Tx {
	return func(_ *process, tx store.Tx) store.Tx {
		tx.Consent, tx.Suppression = forgetful{tx.Consent, k}, lenient{tx.Suppression, r}
		return tx
	}
}

type forgetful struct {
	consent.Log
	kind consent.Kind
}

func (f forgetful) Append(ctx context.Context, es []consent.Event) error {
	var kept []consent.Event
	for _, e := range es {
		if e.Kind != f.kind {
			kept = append(kept, e)
		}
	}
	return f.Log.Append(ctx, kept)
}

type lenient struct {
	suppression.List
	reason suppression.Reason
}

func (l lenient) Add(ctx context.Context, es []suppression.Entry) error {
	var kept []suppression.Entry
	for _, e := range es {
		if e.Reason != l.reason {
			kept = append(kept, e)
		}
	}
	return l.List.Add(ctx, kept)
}

func twice(p *process, tx store.Tx) store.Tx {
	tx.Inbox = forgetfulInbox{tx.Inbox, p}
	return tx
}

type forgetfulInbox struct {
	inbox.Inbox
	p *process
}

func (x forgetfulInbox) Keep(ctx context.Context, es []inbox.Event) ([]bool, error) {
	for i := range es {
		x.p.w.bugs.copies++
		es[i].ID += "-" + core.UUID(x.p.w.New()).String()
	}
	return x.Inbox.Keep(ctx, es)
}

func noVenue(_ *process, tx store.Tx) store.Tx {
	tx.Consent = placeless{tx.Consent}
	return tx
}

type placeless struct{ consent.Log }

func (l placeless) Lock(ctx context.Context, pairs []core.Pair) ([]consent.Subscriber, error) {
	subs, err := l.Log.Lock(ctx, pairs)
	for i := range subs {
		subs[i].Standing.Venue = place.Place{}
	}
	return subs, err
}

func endless(p *process, tx store.Tx) store.Tx {
	tx.Messages = endlessBox{tx.Messages}
	return tx
}

type endlessBox struct{ message.Box }

func (b endlessBox) Claim(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	ms, err := b.Box.Claim(ctx, now, n)
	for i := range ms {
		if ms[i].Class == message.Marketing {
			ms[i].NotAfter = now.AddDate(1, 0, 0)
		}
	}
	return ms, err
}

func neverPaused(_ *process, tx store.Tx) store.Tx {
	tx.Campaigns = eager{tx.Campaigns}
	return tx
}

type eager struct{ campaign.Book }

func (b eager) Save(ctx context.Context, c campaign.Campaign) error {
	if c.Status == campaign.Paused {
		c.Status = campaign.Sending
	}
	return b.Book.Save(ctx, c)
}

func liftsAll(_ *process, tx store.Tx) store.Tx {
	tx.Suppression = lifter{tx.Suppression}
	return tx
}

type lifter struct{ suppression.List }

func (l lifter) Lift(ctx context.Context, b core.BusinessID, n core.Number, t time.Time, rs ...suppression.Reason) (int, error) {
	return l.List.Lift(ctx, b, n, t, append(rs, suppression.Carrier)...)
}

// More are further mistakes. They are caught too.
func More() []*Bug {
	return []*Bug{
		{Name: "no margin", settings: func(s *dispatch.Settings) { s.Margin = 0 }},
		{Name: "every venue's keyword counts for every venue", tx: anyKeyword},
		{Name: "a campaign is for everybody", tx: booked(func(c *campaign.Campaign) { c.Audience = campaign.Audience{} })},
		{Name: "who joins after the approval gets it too", tx: booked(func(c *campaign.Campaign) { c.Approved = c.Approved.Add(6 * time.Hour) })},
		{Name: "tags are not read", tx: untagged},
		{Name: "a series does not come again", tx: noSeries},
	}
}

// booked lets the system see campaigns otherwise than they are.
func booked(f func(*campaign.Campaign)) func(*process, store.Tx) store.Tx {
	return func(_ *process, tx store.Tx) store.Tx {
		tx.Campaigns = bookedBook{tx.Campaigns, f}
		return tx
	}
}

type bookedBook struct {
	campaign.Book
	f func(*campaign.Campaign)
}

func (b bookedBook) Campaign(ctx context.Context, biz core.BusinessID, id core.CampaignID) (campaign.Campaign, error) {
	c, err := b.Book.Campaign(ctx, biz, id)
	if c.Status == campaign.Sending || c.Status == campaign.Scheduled {
		b.f(&c)
	}
	return c, err
}

// Save keeps what the system did not mean to change.
func (b bookedBook) Save(ctx context.Context, c campaign.Campaign) error {
	was, err := b.Book.Campaign(ctx, c.Business, c.ID)
	if err == nil && was.Status != campaign.Draft {
		c.Audience, c.Approved = was.Audience, was.Approved
	}
	return b.Book.Save(ctx, c)
}

func untagged(_ *process, tx store.Tx) store.Tx {
	tx.Guests = forgetfulNotes{tx.Guests}
	return tx
}

type forgetfulNotes struct{ notes.Notes }

func (n forgetfulNotes) Of(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]notes.Note, error) {
	out, err := n.Notes.Of(ctx, b, numbers)
	for k, v := range out {
		v.Tags = nil
		out[k] = v
	}
	return out, err
}

func noSeries(_ *process, tx store.Tx) store.Tx {
	tx.Campaigns = onceBook{tx.Campaigns}
	return tx
}

type onceBook struct{ campaign.Book }

func (b onceBook) Save(ctx context.Context, c campaign.Campaign) error {
	if !c.Repeat.Last.IsZero() {
		c.Status = campaign.Finished
	}
	return b.Book.Save(ctx, c)
}

func anyKeyword(p *process, tx store.Tx) store.Tx {
	tx.Accounts = anyWord{tx.Accounts, p}
	return tx
}

type anyWord struct {
	account.Directory
	p *process
}

func (d anyWord) Keyword(ctx context.Context, n core.Number, word string) (account.Keyword, error) {
	for _, v := range d.p.w.venues {
		if v.keyword == word {
			own := d.p.w.bySender[n]
			return account.Keyword{Word: own.keyword, Business: own.ID, Number: n}, nil
		}
	}
	return d.Directory.Keyword(ctx, n, word)
}
