// Package launch takes a campaign from draft to planned messages, page by page.
// A page may run twice: the key of each message makes the second run harmless.
package launch

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use; two
// processes may run them on one store.
type Service struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	// By is who acts, for the record of moves; zero for the worker.
	By    core.UserID `wire:"-"`
	Salts evidence.Salts
	// Calendar reads how campaigns repeat.
	Calendar campaign.Calendar
	// Credit is asked before a campaign begins; nil where nothing is paid for.
	Credit Credit
	// Links is what short links begin with; "" makes none.
	Links click.Base
}

// As returns the Service for what a person does.
func (s *Service) As(by core.UserID) *Service {
	as := *s
	as.By = by
	return &as
}

// save stores a campaign that was in another status before, with a note of who
// moved it.
func (s *Service) save(ctx context.Context, tx store.Tx, c campaign.Campaign, from campaign.Status, by core.UserID, now time.Time) error {
	if err := tx.Campaigns.Save(ctx, c); err != nil || c.Status == from {
		return err
	}
	move := campaign.Move{Business: c.Business, Campaign: c.ID, Revision: c.Revision + 1, From: from, To: c.Status, By: by, At: now}
	if err := tx.Campaigns.Note(ctx, move); err != nil {
		return err
	}
	return s.acted(ctx, tx, c, from, by, now)
}

// Moves returns who moved a campaign, and when, oldest first.
func (s *Service) Moves(ctx context.Context, b core.BusinessID, id core.CampaignID) ([]campaign.Move, error) {
	var out []campaign.Move
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		out, err = tx.Campaigns.Moves(ctx, b, id)
		return err
	})
	return out, err
}

// pageSize is how many guests one transaction plans. Large enough that the
// commit does not dominate, small enough that an opt-out never waits for it.
const pageSize = 1000

// A Draft is what a person has written so far.
type Draft struct {
	Name   string
	Body   string
	Media  []string
	SendAt time.Time // zero: as soon as it is approved
	// Wall, where it is not zero, is when by each guest's own clocks, and takes
	// the place of SendAt.
	Wall     campaign.Wall
	Audience campaign.Audience
	Repeat   campaign.Repeat // of which only Rule counts
	// Test, of which only Body, Percent and After count, is a second text.
	Test campaign.Test
	// NotAfter is when it makes no sense any more; zero: at the end of the
	// venue's day.
	NotAfter time.Time
}

// Save stores a draft, a new one where id is zero. It takes whatever was typed:
// only approving looks for mistakes. A campaign that is approved is a Conflict.
func (s *Service) Save(ctx context.Context, b core.BusinessID, id core.CampaignID, d Draft) (campaign.Campaign, error) {
	const op = "launch.Save"
	var out campaign.Campaign
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.Clock.Now()
		c := campaign.Campaign{Business: b, Created: now}
		if id.IsZero() {
			c.ID = core.CampaignID(s.IDs.New())
		} else {
			var err error
			if c, err = tx.Campaigns.Campaign(ctx, b, id); err != nil {
				return err
			}
			if c.Status != campaign.Draft {
				return core.E(op, core.Conflict, fixed(c.Status))
			}
		}
		c.Name, c.Body, c.Media, c.SendAt, c.NotAfter = strings.TrimSpace(d.Name), d.Body, d.Media, d.SendAt, d.NotAfter
		if c.Repeat.Rule = d.Repeat.Rule; c.Repeat.Rule == "" {
			c.Repeat = campaign.Repeat{}
		}
		c.Audience, c.Test = d.Audience, campaign.Test{Body: d.Test.Body, Percent: d.Test.Percent, After: d.Test.After}
		if c.Wall = d.Wall; !c.Wall.IsZero() {
			biz, err := tx.Accounts.Business(ctx, b)
			if err != nil {
				return err
			}
			c = atVenue(c, biz)
		}
		c.Links = s.Links
		c.Segments = parts(c, c.Body)
		if err := picture.Use(ctx, tx, b, c.ID, c.Media, now); err != nil {
			return err
		}
		add := tx.Campaigns.Save
		if c.Revision == 0 {
			add = tx.Campaigns.Add
		}
		if err := add(ctx, c); err != nil {
			return err
		}
		out = c
		out.Revision++
		return nil
	})
	return out, err
}

// fixed says why a campaign that was approved cannot be changed, and what can be
// done.
func fixed(s campaign.Status) string {
	switch s {
	case campaign.Scheduled:
		return "this campaign is scheduled, so its text is fixed; unschedule it first, and then change it"
	case campaign.Sending, campaign.Paused:
		return "this campaign is on its way, and every guest gets the same text; cancel it, or copy it into a new one to change it"
	}
	return "this campaign is over; copy it into a new one to change it"
}

// mostLife is how long a campaign may go on: the engine waits no longer than two
// weeks for an allowed hour.
const mostLife = 14 * 24 * time.Hour

// A Review is what a person sees before approving.
type Review struct {
	Campaign campaign.Campaign
	Copy     copy.Report
	Size     sms.Size
	// Problems keep it from being approved, each in one sentence with what to do.
	Problems []string
	Audience int // everybody in its audience, those who have left too
	OptedOut int // of them, those who have left or whose standing is uncertain
}

// Review checks a draft as Approve does, and changes nothing.
func (s *Service) Review(ctx context.Context, b core.BusinessID, id core.CampaignID) (Review, error) {
	var out Review
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err != nil {
			return err
		}
		biz, err := tx.Accounts.Business(ctx, b)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		many, err := reachOf(ctx, tx, c, now, mostCounted)
		if err != nil {
			return err
		}
		out = s.review(c, biz, many, now)
		return s.credit(ctx, tx, &out, now)
	})
	return out, err
}

func (s *Service) review(c campaign.Campaign, biz account.Business, many Reach, now time.Time) Review {
	c.Links = s.Links
	r := Review{
		Campaign: c,
		Size:     sms.Measure(s.Links.Shown(c.Body)),
		Copy:     check(c, biz),
		Audience: many.Guests,
		OptedOut: many.Guests - many.Active,
	}
	r.Size.Segments = parts(c, c.Body)
	problem := func(s string) { r.Problems = append(r.Problems, s) }
	begin := c.SendAt
	if begin.Before(now) {
		begin = now
	}
	if strings.TrimSpace(c.Body) == "" {
		problem("The text is empty. Write what your guests should read.")
	}
	if strings.TrimSpace(c.Body) != "" { // an empty one lacks everything else too
		for _, f := range r.Copy.Findings {
			if f.Verdict == copy.Block {
				problem(f.Why + " " + f.Mend)
			}
		}
	}
	for _, text := range []string{c.Body, c.Test.Body} {
		if p := linkProblem(text); p != "" {
			problem(p)
		}
	}
	if len(c.Media) > 0 && max(utf8.RuneCountInString(c.Body), utf8.RuneCountInString(c.Test.Body)) > picture.MostText {
		problem("A text with a picture may have 1,600 characters: phones show longer ones as a file. Shorten it, or take the picture out.")
	}
	if p := c.Test.Problem(c.Body, begin, c.NotAfter); p != "" {
		problem(p)
	} else if !c.Test.IsZero() {
		for _, f := range Check(c.Test.Body, biz).Findings {
			if f.Verdict == copy.Block {
				problem("In the second text: " + f.Why + " " + f.Mend)
			}
		}
	}
	if err := c.Audience.Valid(); err != nil {
		problem(core.MessageOf(err))
	} else if r.Audience == 0 && !c.Audience.IsZero() {
		problem("Nobody is like that, so there is nobody to text. Choose whom it is for again.")
	} else if r.Audience == 0 {
		problem("Nobody has joined yet, so there is nobody to text. Put up your QR code first.")
	}
	if !c.SendAt.IsZero() && c.SendAt.Before(now.Add(-time.Minute)) {
		problem("The time to send has passed. Choose a later one, or send now.")
	}
	if p := s.repeats(c, biz, now); p != "" {
		problem(p)
	}
	if end := c.NotAfter; !end.IsZero() && !end.After(begin) {
		problem("It ends before it begins. Choose a later end, or leave the end of the day.")
	} else if end.After(begin.Add(mostLife)) {
		problem("It would go on for more than two weeks. Choose an earlier end.")
	}
	if biz.Sender.IsZero() {
		problem("You have no number to text from yet.")
	}
	return r
}

// Approve schedules a draft: for its SendAt, or for now where that is zero. It
// fails with Invalid, naming every problem, where [Service.Review] has any. A
// second approval is a Conflict, so a form that is sent twice launches once.
func (s *Service) Approve(ctx context.Context, b core.BusinessID, id core.CampaignID, by core.UserID) (campaign.Campaign, error) {
	const op = "launch.Approve"
	var out campaign.Campaign
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.Clock.Now()
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err != nil {
			return err
		}
		if !c.Status.May(campaign.Scheduled) {
			return core.E(op, core.Conflict, "this campaign is already "+c.Status.String()+", so it was not approved again")
		}
		biz, err := tx.Accounts.Business(ctx, b)
		if err != nil {
			return err
		}
		one, err := reachOf(ctx, tx, c, now, 1)
		if err != nil {
			return err
		}
		r := s.review(c, biz, one, now)
		if err := s.credit(ctx, tx, &r, now); err != nil {
			return err
		}
		if len(r.Problems) > 0 {
			return core.E(op, core.Invalid, strings.Join(r.Problems, " "))
		}
		c.Links = s.Links
		if err := picture.Use(ctx, tx, b, c.ID, c.Media, now); err != nil {
			return err
		}
		c = Approved(c, biz, now)
		c.By = by
		if err := s.save(ctx, tx, c, campaign.Draft, by, now); err != nil {
			return err
		}
		out = c
		out.Revision++
		return nil
	})
	return out, err
}

// Unschedule makes a scheduled campaign a draft again, so that it can be changed.
// It is a Conflict once it has begun.
func (s *Service) Unschedule(ctx context.Context, b core.BusinessID, id core.CampaignID) error {
	return s.move(ctx, "launch.Unschedule", b, id, campaign.Draft)
}

// Copy makes a new draft that says what a campaign says, for the same kind of
// guests, to go at once.
func (s *Service) Copy(ctx context.Context, b core.BusinessID, id core.CampaignID) (campaign.Campaign, error) {
	var c campaign.Campaign
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		c, err = tx.Campaigns.Campaign(ctx, b, id)
		return err
	})
	if err != nil {
		return c, err
	}
	return s.Save(ctx, b, core.CampaignID{}, Draft{Name: c.Name, Body: c.Body, Media: c.Media, Audience: c.Audience, Test: c.Test})
}

// Pause holds every text of the campaign that has not left. Like [Service.Resume]
// and [Service.Cancel] it is a Conflict, which says so, where the campaign's
// status does not allow it.
func (s *Service) Pause(ctx context.Context, b core.BusinessID, id core.CampaignID) error {
	return s.move(ctx, "launch.Pause", b, id, campaign.Paused)
}

// Resume lets a paused campaign go on.
func (s *Service) Resume(ctx context.Context, b core.BusinessID, id core.CampaignID) error {
	return s.move(ctx, "launch.Resume", b, id, campaign.Sending)
}

// Cancel ends the campaign and cancels the texts that have not left. It is in
// force with its first transaction, however many texts there are: what a worker
// has in its hands, or comes to before the rest is done, is cancelled by that
// worker.
func (s *Service) Cancel(ctx context.Context, b core.BusinessID, id core.CampaignID) error {
	if err := s.move(ctx, "launch.Cancel", b, id, campaign.Cancelled); err != nil {
		return err
	}
	for {
		var n int
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			var err error
			n, err = tx.Messages.CancelCampaign(ctx, b, id, "campaign_cancelled", s.Clock.Now(), pageSize)
			return err
		})
		if err != nil || n < pageSize {
			return err
		}
	}
}

func (s *Service) move(ctx context.Context, op string, b core.BusinessID, id core.CampaignID, to campaign.Status) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err != nil {
			return err
		}
		// A scheduled campaign begins when its time has come, and a series never does:
		// neither is resumed.
		if !c.Status.May(to) || to == campaign.Sending && c.Status != campaign.Paused {
			return core.E(op, core.Conflict, "this campaign is "+c.Status.String()+" and cannot become "+to.String())
		}
		from, now := c.Status, s.Clock.Now()
		if to == campaign.Draft {
			biz, err := tx.Accounts.Business(ctx, b)
			if err != nil {
				return err
			}
			c = drafted(c, biz)
		}
		c.Status = to
		if to.Over() {
			c.Ended = now
		}
		return s.save(ctx, tx, c, from, s.By, now)
	})
}

// Open returns all campaigns that [Service.Step] may have something to do for.
func (s *Service) Open(ctx context.Context) ([]campaign.Campaign, error) {
	var out []campaign.Campaign
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		for n := 1000; ; n *= 4 { // the first thousand may all be paused
			if out, err = tx.Campaigns.Open(ctx, s.Clock.Now(), n); err != nil || len(out) < n {
				return err
			}
		}
	})
	return out, err
}

// A Report says what a Step did.
type Report struct {
	Planned int  // messages added
	More    bool // there is another page
	Status  campaign.Status
}

// Step moves an open campaign on by one page: it starts one whose time has
// come, plans the next thousand guests, and ends one that has nothing left to
// explain or whose time has run out. It may be called at any time and any
// number of times.
func (s *Service) Step(ctx context.Context, b core.BusinessID, id core.CampaignID) (Report, error) {
	var rep Report
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		rep = Report{}
		now := s.Clock.Now()
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err != nil {
			return err
		}
		before := c
		short, err := s.short(ctx, tx, c, now)
		if err != nil {
			return err
		}
		switch {
		case c.Status != campaign.Scheduled || c.SendAt.After(now):
		case short != "" && c.Repeat.IsZero() && !c.NotAfter.IsZero() && now.After(c.NotAfter):
			c.Status, c.Ended = campaign.Expired, now
		case short != "": // all of it waits, until there is credit or its time is over
		case !c.Repeat.IsZero():
			if err := s.occur(ctx, tx, &c, now); err != nil {
				return err
			}
		default:
			c.Status = campaign.Sending
		}
		// A paused campaign whose time is over is planned to its end: everybody
		// in its audience is then accounted for, as expired.
		late := c.Status == campaign.Paused && now.After(c.NotAfter)
		if err := conclude(ctx, tx, &c, now); err != nil {
			return err
		}
		if (c.Status == campaign.Sending || late) && c.Launched.IsZero() && !c.Test.Waits() {
			if err := s.page(ctx, tx, &c, &rep, now); err != nil {
				return err
			}
		}
		if !c.Launched.IsZero() && c.Status.May(campaign.Finished) {
			if err := settle(ctx, tx, &c, now); err != nil {
				return err
			}
		}
		rep.Status = c.Status
		if c.Status == before.Status && c.Cursor == before.Cursor && c.Launched.Equal(before.Launched) && c.Test == before.Test && c.Repeat == before.Repeat && c.SendAt.Equal(before.SendAt) {
			return nil
		}
		return s.save(ctx, tx, c, before.Status, s.By, now)
	})
	return rep, err
}

// page plans the next guests.
func (s *Service) page(ctx context.Context, tx store.Tx, c *campaign.Campaign, rep *Report, now time.Time) error {
	biz, err := tx.Accounts.Business(ctx, c.Business)
	if err != nil {
		return err
	}
	c.Links = s.Links
	// Its picture is kept as long as the texts that are planned now. Where it is gone, they
	// go to the carrier, which refuses them, and the report says so.
	if err := picture.Use(ctx, tx, c.Business, c.ID, c.Media, now); err != nil && !errors.Is(err, core.Invalid) {
		return err
	}
	ms, more, err := Page(ctx, tx, c, biz, pageSize)
	if err != nil {
		return err
	}
	for i := range ms {
		ms[i].ID, ms[i].Planned = core.MessageID(s.IDs.New()), now
	}
	if err := s.shorten(ctx, tx, *c, ms, now); err != nil {
		return err
	}
	if rep.Planned, err = tx.Messages.Plan(ctx, ms); err != nil {
		return err
	}
	c.Planned += rep.Planned
	rep.More = more
	switch {
	case more:
	case !c.Test.IsZero() && c.Test.Sampled.IsZero() && c.Test.Percent < 100:
		c.Test.Sampled, c.Cursor = now, core.Number{} // the rest comes when the winner is chosen
	default:
		c.Launched = now
	}
	return nil
}

// settle ends a campaign that has nothing left waiting. Only then it is counted:
// this is asked every second.
func settle(ctx context.Context, tx store.Tx, c *campaign.Campaign, now time.Time) error {
	if left, err := tx.Messages.Left(ctx, c.Business, c.ID); err != nil || left {
		return err
	}
	t, err := tx.Messages.Tally(ctx, c.Business, c.ID)
	if err != nil {
		return err
	}
	c.Ended = now
	c.Status = campaign.Finished
	if n := t.Of(message.Expired); n > 0 && n == t.Audience() {
		c.Status = campaign.Expired
	}
	return nil
}
