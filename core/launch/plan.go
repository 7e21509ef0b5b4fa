package launch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
)

// What a campaign becomes when it is approved, and the texts that it becomes
// when it starts: Approve and Step do it, a dry run supposes it. Each has one
// function here, so that what is reviewed is what is sent.

// Approved returns the campaign as approving it at now makes it, but for who
// approved it.
func Approved(c campaign.Campaign, biz account.Business, now time.Time) campaign.Campaign {
	c.Status, c.Approved = campaign.Scheduled, now
	c = atVenue(c, biz)
	if c.SendAt.IsZero() {
		c.SendAt = now
	}
	if !c.Repeat.IsZero() {
		c.Repeat.From = shown(c, location(biz.Zone))
	}
	c.Segments = parts(c, c.Body)
	c.NeedsAgeGate = check(c, biz).NeedsAgeGate || Check(c.Test.Body, biz).NeedsAgeGate
	if c.NotAfter.IsZero() {
		c.NotAfter = end(c, biz)
	}
	return c
}

// drafted is what Approved made of a draft, as a draft again: what nobody chose
// is open again.
func drafted(c campaign.Campaign, biz account.Business) campaign.Campaign {
	if c.NotAfter.Equal(end(c, biz)) {
		c.NotAfter = time.Time{}
	}
	if c.SendAt.Equal(c.Approved) {
		c.SendAt = time.Time{} // it was to go at once
	}
	c.Status, c.Approved, c.By = campaign.Draft, time.Time{}, core.UserID{}
	return c
}

// atVenue sets SendAt of a campaign that goes by each guest's own clocks.
func atVenue(c campaign.Campaign, biz account.Business) campaign.Campaign {
	if !c.Wall.IsZero() {
		c.SendAt = c.Wall.In(location(biz.Zone)).UTC()
	}
	return c
}

// due is when a guest's text goes: where a campaign goes by each guest's own
// clocks, when they show its time everywhere where the guest may be, and not
// before those of the venue do. That may be after the campaign's end; the text
// then expires.
func due(c *campaign.Campaign, arm message.Arm, sub consent.Subscriber, places []place.Place) (time.Time, []place.Place) {
	start := c.SendAt
	if arm == message.TheRest {
		start = later(start, c.Test.Chosen)
	}
	if c.Wall.IsZero() {
		return start, places
	}
	places = judge.Places(places[:0], sub.Number, sub.Standing)
	return later(start, c.Wall.InAll(places).UTC()), places
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// check reads what a campaign says. Content for adults is not a mistake in the
// text: guests who have not passed an age gate are left out, each with that
// reason.
func check(c campaign.Campaign, biz account.Business) copy.Report { return Check(c.Body, biz) }

// Check reads a text as approving it does: with addresses in braces as where they
// lead to. Findings count in [click.Bare] of the text.
func Check(text string, biz account.Business) copy.Report {
	return copy.Check(copy.Draft{Text: click.Bare(text), Brand: biz.Name, AgeGated: true, Domains: biz.Domains()})
}

// parts is how many parts a text of the campaign has, with its short links: with
// pictures it goes as one, however long it is.
func parts(c campaign.Campaign, text string) int {
	if len(c.Media) > 0 {
		return 1
	}
	return sms.Measure(c.Links.Shown(text)).Segments
}

// Page returns the texts for the next guests of an approved campaign, up to n
// guests after c.Cursor, and moves the cursor; and whether there may be more of
// them. The texts lack their ID and when they were planned.
//
// Of those who joined before the approval it takes who belongs to the campaign's
// audience. Who has opted out has a text like everybody else: the engine blocks it, and
// the report then says why.
func Page(ctx context.Context, tx store.Tx, c *campaign.Campaign, biz account.Business, n int) ([]message.Message, bool, error) {
	subs, err := tx.Consent.Subscribers(ctx, c.Business, consent.Query{After: c.Cursor, JoinedBefore: c.Approved}, n)
	if err != nil {
		return nil, false, err
	}
	more := len(subs) == n
	last := c.Cursor
	if len(subs) > 0 {
		last = subs[len(subs)-1].Number
	}
	if subs, err = members(ctx, tx, c, subs); err != nil {
		return nil, false, err
	}
	ms := make([]message.Message, 0, len(subs))
	places := make([]place.Place, 0, place.MaxCandidates)
	for _, sub := range subs {
		arm := c.ArmOf(sub.Number)
		if !c.Test.Turn(arm) {
			continue
		}
		text, segments := c.Text(arm), c.Segments
		if text != c.Body {
			segments = parts(*c, text)
		}
		var at time.Time
		at, places = due(c, arm, sub, places)
		ms = append(ms, message.Message{
			Business: c.Business, Campaign: c.ID,
			To: sub.Number, From: biz.Sender, Class: message.Marketing, Body: c.Links.Shown(text), Media: c.Media, Segments: segments, Arm: arm,
			Key: message.CampaignKey(c.ID, sub.Number, 0), State: message.Planned,
			Due: at, NotAfter: c.NotAfter,
		})
	}
	c.Cursor = last
	return ms, more, nil
}

// location is that of a zone, or Greenwich where none is known.
func location(z place.Zone) *time.Location {
	if loc := z.Location(); loc != nil {
		return loc
	}
	return time.UTC
}

// end is when a campaign ends whose owner chose no end: with the venue's day,
// where two texts are tried with the day on which the winner is chosen.
func end(c campaign.Campaign, biz account.Business) time.Time {
	from := c.SendAt
	if !c.Test.IsZero() && c.Test.Percent < 100 {
		from = from.Add(c.Test.After)
	}
	return endOfDay(from, biz.Zone)
}

// endOfDay is the end of the venue's day after t, or the end of the next one
// if less than twelve hours are left of it: a text that must wait for the
// morning still has a morning to go out in.
func endOfDay(t time.Time, z place.Zone) time.Time {
	loc := location(z)
	local := t.In(loc)
	end := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, loc)
	if end.Sub(t) < 12*time.Hour {
		end = time.Date(local.Year(), local.Month(), local.Day()+2, 0, 0, 0, 0, loc)
	}
	return end.UTC()
}
