// Package dryrun says what a campaign would do if it were sent: who gets it now,
// who later and until when they wait, who never and why, and what it costs. It
// makes the texts with the functions of core/launch and decides them with those
// of core/judge, as sending does, and changes nothing.
package dryrun

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store    store.Store
	Book     *decide.Book
	Clock    core.Clock
	Settings judge.Settings // those that dispatch decides with
	Price    Price
	Links    click.Base // those that launch makes links with
	Picture  PicturePrice
}

// A Price is an amount of money in millionths of a US dollar: what one part of a
// text costs, and what many do. Zero means that it is not known.
type Price int64

// A PicturePrice is what a text with pictures costs, however long it is. Zero means that it
// is not known.
type PicturePrice Price

// pageSize is how many guests are read and decided at once: it bounds the
// memory, and is large enough that the queries hardly count.
const pageSize = 2000

// examples is how many people a Report names for each reason.
const examples = 10

// A Report is what a campaign would do.
type Report struct {
	// Campaign is as approving it would make it.
	Campaign campaign.Campaign
	// At is the instant that was supposed: of the press of the button or, where
	// that is later, of the campaign's SendAt.
	At time.Time
	// Tally counts everybody in the campaign's audience once. Sending are those
	// who would get the text at At; Planned those who would wait; the others
	// would not get it. Its reasons are those that a sent campaign has.
	Tally message.Tally
	// Waits are those who would wait, by the instant.
	Waits []Wait
	// People are the first few of each reason.
	People map[message.Reason][]Person
	// PartsNow and PartsLater are how many parts would be paid for.
	PartsNow, PartsLater int
	Price                Price // of a part; 0 where it is not known
}

// Now, Later and Not split the audience.
func (r Report) Now() int { return r.Tally.Of(message.Sending) }

// Later is how many would wait.
func (r Report) Later() int { return r.Tally.Of(message.Planned) }

// Not is how many would not get the text.
func (r Report) Not() int { return r.Tally.Audience() - r.Now() - r.Later() }

// Cost is what all texts cost, now and later, if nobody's standing changes; 0
// where it is not known.
func (r Report) Cost() Price { return r.Price * Price(r.PartsNow+r.PartsLater) }

// An Until is what a waiting text waits for.
type Until struct {
	At time.Time // to the minute, rounded up
	// Place is where the phone may be whose hours take longest; zero where
	// something else, like a cap, is waited for.
	Place place.Place
}

// A Wait is how many wait for one thing.
type Wait struct {
	Until
	Where string // the state's name, "Texas"; "" where it is not known
	N     int
}

// A Person is one guest with what would be done and what every rule said.
type Person struct {
	Number  core.Number
	Verdict message.Verdict
	Until   Until  // where the text would wait
	Summary string // of the decision, in a sentence
	Lines   []decide.Line
}

// A Visit looks at one guest. The Case is valid until it returns. An error ends
// the dry run and is its error.
type Visit func(to core.Number, c *judge.Case) error

// Run decides the whole audience of a draft, or of a scheduled campaign, as
// sending it at the given instant would; zero means now. It reads one snapshot of
// the store, page by page, in constant memory, and calls visit, unless it is
// nil, for everybody in turn. What is known is what is known now: for an instant
// to come, it supposes that nothing else happens until then.
//
// It is NotFound where the business has no such campaign, and a Conflict for one
// that has started.
func (s *Service) Run(ctx context.Context, b core.BusinessID, id core.CampaignID, at time.Time, visit Visit) (Report, error) {
	var t tally
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		su, err := s.suppose(ctx, tx, b, id, at)
		if err != nil {
			return err
		}
		t = newTally(s, su)
		return s.walk(ctx, tx, su, func(m message.Message, c *judge.Case) error {
			t.add(m, c)
			if visit == nil {
				return nil
			}
			return visit(m.To, c)
		})
	})
	if err != nil {
		return Report{}, err
	}
	return t.report(), nil
}

// A supposition is a campaign as if it ran.
type supposition struct {
	biz      account.Business
	campaign campaign.Campaign
	at       time.Time
}

func (s *Service) suppose(ctx context.Context, tx store.Tx, b core.BusinessID, id core.CampaignID, at time.Time) (supposition, error) {
	c, err := tx.Campaigns.Campaign(ctx, b, id)
	if err != nil {
		return supposition{}, err
	}
	if c.Status != campaign.Draft && c.Status != campaign.Scheduled {
		return supposition{}, core.E("dryrun.Run", core.Conflict, "this campaign is "+c.Status.String()+"; its report says what it does")
	}
	biz, err := tx.Accounts.Business(ctx, b)
	if err != nil {
		return supposition{}, err
	}
	if at.IsZero() {
		at = s.Clock.Now()
	}
	at = at.UTC().Truncate(time.Microsecond) // as dispatch takes the time
	c.Links = s.Links
	if c.Status == campaign.Draft {
		c = launch.Approved(c, biz, at)
	}
	if c.SendAt.After(at) {
		at = c.SendAt
	}
	if !c.Test.IsZero() {
		c = launch.Supposed(c, at)
	}
	c.Status, c.Cursor = campaign.Sending, core.Number{}
	return supposition{biz, c, at}, nil
}

// walk decides everybody after the campaign's cursor.
func (s *Service) walk(ctx context.Context, tx store.Tx, su supposition, each func(message.Message, *judge.Case) error) error {
	var c judge.Case
	for more := true; more; {
		var ms []message.Message
		var err error
		if ms, more, err = launch.Page(ctx, tx, &su.campaign, su.biz, pageSize); err != nil {
			return err
		}
		if len(ms) == 0 {
			continue
		}
		k, err := judge.Gather(ctx, tx, ms, su.at)
		if err != nil {
			return err
		}
		k.Suppose(su.campaign)
		for _, m := range ms {
			s.decide(k, su, m, &c)
			if err := each(m, &c); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide decides one text when it comes up, which may be later than the
// campaign starts.
func (s *Service) decide(k *judge.Knowledge, su supposition, m message.Message, c *judge.Case) {
	at := su.at
	if m.Due.After(at) {
		at = m.Due
	}
	k.Judge(s.Book, s.Settings, m, at, c)
	if v := &c.Verdict; v.State == message.Sending && at.After(su.at) {
		v.State, v.Due = message.Planned, at
	}
}

// person puts a case into words.
func (s *Service) person(to core.Number, c *judge.Case) Person {
	p := Person{Number: to, Verdict: c.Verdict, Until: until(c)}
	if c.Decided {
		p.Summary, p.Lines = s.Book.Summary(&c.Facts, &c.Decision), s.Book.Explain(&c.Facts, &c.Decision)
	}
	return p
}

// until is what a waiting text waits for: the finding that takes longest.
func until(c *judge.Case) Until {
	if c.Verdict.State != message.Planned {
		return Until{}
	}
	u := Until{At: c.Verdict.Due.UTC().Add(time.Minute - 1).Truncate(time.Minute)}
	var last decide.Finding
	for _, f := range c.Decision.Findings() {
		if f.Verdict == decide.Wait && f.At > last.At {
			last = f
		}
	}
	if last.Rule == decide.RuleHours {
		u.Place = place.Place{State: last.State, Zone: last.Zone}
	}
	return u
}

// A tally is a Report in the making.
type tally struct {
	s     *Service
	r     Report
	waits map[Until]int
}

func newTally(s *Service, su supposition) tally {
	r := Report{
		Campaign: su.campaign, At: su.at, Price: s.Price, People: map[message.Reason][]Person{},
		Tally: message.Tally{ByState: map[message.State]int{}, ByReason: map[message.Reason]int{}},
	}
	r.Campaign.Status = campaign.Scheduled
	if len(r.Campaign.Media) > 0 {
		r.Price = Price(s.Picture)
	}
	return tally{s: s, r: r, waits: map[Until]int{}}
}

func (t *tally) add(m message.Message, c *judge.Case) {
	v := &c.Verdict
	why := message.Reason{State: v.State, Code: v.Reason}
	t.r.Tally.ByState[v.State]++
	t.r.Tally.ByReason[why]++
	switch v.State {
	case message.Sending:
		t.r.PartsNow += m.Segments
	case message.Planned:
		t.r.PartsLater += m.Segments
		t.waits[until(c)]++
	}
	if few := t.r.People[why]; len(few) < examples {
		t.r.People[why] = append(few, t.s.person(m.To, c))
	}
}

func (t *tally) report() Report {
	edition := t.s.Book.Rulebook().At(t.r.At)
	for u, n := range t.waits {
		w := Wait{Until: u, N: n}
		if edition != nil && u.Place.State.US() {
			w.Where = edition.Row(u.Place.State).Name
		}
		t.r.Waits = append(t.r.Waits, w)
	}
	slices.SortFunc(t.r.Waits, func(a, b Wait) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(b.N, a.N), cmp.Compare(a.Place.State, b.Place.State), cmp.Compare(a.Place.Zone, b.Place.Zone))
	})
	return t.r
}
