package judge

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// history is how far back submissions are read: the longest window of any cap,
// a month for what the disclosure promises.
const history = 31 * 24 * time.Hour

// promised is the window of the promise in the disclosure: so many a month.
const promised = 30 * 24 * time.Hour

// Knowledge is what the store knows about a batch. It is for one goroutine.
type Knowledge struct {
	businesses  map[core.BusinessID]account.Business
	campaigns   map[core.CampaignID]campaign.Campaign
	subscribers map[core.Pair]consent.Subscriber
	barring     map[core.Pair][]suppression.Entry
	everywhere  map[core.Number][]suppression.Entry
	recent      map[core.Pair][]time.Time
	since       time.Time
}

// Gather reads the facts about all messages in five queries. The subscribers
// come first: under their locks, nobody opts out or takes the last place under a
// cap while we decide. In a View nothing is locked, and nothing may be sent on it.
func Gather(ctx context.Context, tx store.Tx, ms []message.Message, now time.Time) (*Knowledge, error) {
	pairs, businesses, campaigns := subjects(ms)
	k := &Knowledge{
		businesses:  make(map[core.BusinessID]account.Business, len(businesses)),
		campaigns:   make(map[core.CampaignID]campaign.Campaign, len(campaigns)),
		subscribers: make(map[core.Pair]consent.Subscriber, len(pairs)),
		barring:     make(map[core.Pair][]suppression.Entry),
		everywhere:  make(map[core.Number][]suppression.Entry),
		since:       now.Add(-history),
	}
	subs, err := tx.Consent.Lock(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for _, sub := range subs {
		k.subscribers[core.Pair{Business: sub.Business, Number: sub.Number}] = sub
	}
	entries, err := tx.Suppression.Barring(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Global() {
			k.everywhere[e.Number] = append(k.everywhere[e.Number], e)
		} else {
			p := core.Pair{Business: e.Business, Number: e.Number}
			k.barring[p] = append(k.barring[p], e)
		}
	}
	if k.recent, err = tx.Messages.Recent(ctx, pairs, k.since); err != nil {
		return nil, err
	}
	bs, err := tx.Accounts.Businesses(ctx, businesses)
	if err != nil {
		return nil, err
	}
	for _, b := range bs {
		k.businesses[b.ID] = b
	}
	cs, err := tx.Campaigns.Campaigns(ctx, campaigns)
	if err != nil {
		return nil, err
	}
	for _, c := range cs {
		k.campaigns[c.ID] = c
	}
	k.forgetOwn(ms)
	return k, nil
}

// Rates returns what the carriers take of each business that was gathered.
func (k *Knowledge) Rates() map[core.BusinessID]pace.Rate {
	out := make(map[core.BusinessID]pace.Rate, len(k.businesses)+1)
	for id, b := range k.businesses {
		out[id] = pace.SenderRate(b.Class, nanp.Lookup(b.Sender).Kind == nanp.TollFree)
	}
	return out
}

// forgetOwn takes messages that are decided again out of their own history: a
// text does not stand in its own way.
func (k *Knowledge) forgetOwn(ms []message.Message) {
	for _, m := range ms {
		if m.State != message.Sending || m.Class != message.Marketing {
			continue
		}
		times := k.recent[m.Pair()]
		if i := slices.IndexFunc(times, m.Decided.Equal); i >= 0 {
			k.recent[m.Pair()] = slices.Delete(times, i, i+1)
		}
	}
}

func subjects(ms []message.Message) (pairs []core.Pair, businesses []core.BusinessID, campaigns []core.CampaignID) {
	seenP := make(map[core.Pair]bool, len(ms))
	seenB := make(map[core.BusinessID]bool)
	seenC := make(map[core.CampaignID]bool)
	for _, m := range ms {
		if p := m.Pair(); !seenP[p] {
			seenP[p] = true
			pairs = append(pairs, p)
		}
		if !seenB[m.Business] {
			seenB[m.Business] = true
			businesses = append(businesses, m.Business)
		}
		if !m.Campaign.IsZero() && !seenC[m.Campaign] {
			seenC[m.Campaign] = true
			campaigns = append(campaigns, m.Campaign)
		}
	}
	return pairs, businesses, campaigns
}

// Places appends to dst everywhere where a guest may be, by all that is known.
func Places(dst []place.Place, to core.Number, s consent.Standing) []place.Place {
	return place.Candidates(dst, nanp.Lookup(to).Places(), "", s.Venue, place.Place{})
}

// facts fills f with what is known about m. It uses f's slices again.
func (k *Knowledge) facts(m message.Message, set Settings, now time.Time, f *decide.Facts) {
	b := k.businesses[m.Business]
	sub := k.subscribers[m.Pair()]
	c := k.campaigns[m.Campaign]
	*f = decide.Facts{
		Now: now, Class: decide.Class(m.Class), Profile: set.Profile, Margin: set.Margin,
		Places:          Places(f.Places[:0], m.To, sub.Standing),
		Consent:         standing(sub.Standing),
		SuppressionRead: true,
		Suppressed:      f.Suppressed[:0],
		Recent:          append(f.Recent[:0], k.recent[m.Pair()]...),
		RecentSince:     k.since,
		Caps:            caps(f.Caps[:0], b, sub.Standing.Promised),
		Content:         decide.Content{Checked: !c.Approved.IsZero(), NeedsAgeGate: c.NeedsAgeGate},
		Account:         decide.Account{Active: b.Status == account.Active, Registered: b.Registered},
		NotAfter:        m.NotAfter,
		AnswersTo:       m.Answers,
	}
	for _, e := range k.barring[m.Pair()] {
		f.Suppressed = append(f.Suppressed, decide.Suppression{Reason: decide.Reason(e.Reason), At: e.At})
	}
	for _, e := range k.everywhere[m.To] {
		f.Suppressed = append(f.Suppressed, decide.Suppression{Global: true, Reason: decide.Reason(e.Reason), At: e.At})
	}
}

// capNames are what reports call the venue's own caps, by their index in
// Facts.Caps.
var capNames = [...]string{"promise", "rhythm"}

// caps are what the guest was promised, and what the venue chose for itself. A
// guest who saw a disclosure that promised fewer texts than today's is held to
// what they saw; where today's promises fewer, it binds for all.
func caps(out []decide.Cap, b account.Business, shown int) []decide.Cap {
	promise := decide.Cap{Count: b.MonthlyTexts, Window: promised, Source: "the promise in the disclosure"}
	if shown > 0 && shown < promise.Count {
		promise.Count, promise.Source = shown, "the promise in the disclosure that the guest saw"
	}
	r := b.Rhythm.Or(account.DefaultRhythm)
	return append(out, promise, decide.Cap{Count: r.Texts, Window: r.Window(), Source: "your own limit"})
}

// standing says in the engine's words where a guest stands.
func standing(s consent.Standing) decide.Consent {
	c := decide.Consent{
		State:     decide.ConsentState(s.State),
		Since:     s.Since,
		Scope:     decide.Scope(s.Scope),
		Disclosed: !s.Disclosure.IsZero(),
		Verified:  s.Proven,
		AgeGate:   decide.AgeGate(s.AgeGate),
	}
	if s.State == consent.OptedOut || s.State == consent.Uncertain {
		c.Since, c.RevokedAt = s.Joined, s.Since
	}
	return c
}
