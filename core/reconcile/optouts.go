package reconcile

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A comparison is a page of a pass in its transaction.
type comparison struct {
	s     *Service
	tx    store.Tx
	scope Scope
	rep   *Report
	asked time.Time // when the carrier was asked
	now   time.Time
}

// unsure is how far the carrier's clock and ours may be apart. A guest who joined
// so shortly before the list was read may have been taken off it since.
const unsure = 10 * time.Minute

// list compares rows of the carrier's list.
func (c *comparison) list(ctx context.Context, rows []OptOut) error {
	at := make(map[core.Pair]time.Time, len(rows))
	var pairs []core.Pair
	businesses := make(map[OptOut][]account.Business) // by sender and profile
	for _, r := range rows {
		k := OptOut{Sender: r.Sender, Profile: r.Profile}
		bs, known := businesses[k]
		if !known {
			var err error
			if bs, err = c.owners(ctx, k); err != nil {
				return err
			}
			businesses[k] = bs
		}
		own := 0
		for _, b := range bs {
			if !c.scope.Business.IsZero() && b.ID != c.scope.Business {
				continue
			}
			own++
			p := core.Pair{Business: b.ID, Number: r.Person}
			if _, twice := at[p]; !twice && !r.Person.IsZero() {
				pairs = append(pairs, p)
				at[p] = r.At
			}
		}
		switch {
		case own > 0 && !r.Person.IsZero():
			c.rep.Counts.Rows++
		case c.scope.Business.IsZero():
			c.rep.Counts.Rows++
			c.rep.Counts.Strangers++
		}
	}
	if err := c.tx.Mirror.See(ctx, c.rep.N, pairs); err != nil {
		return err
	}
	return c.compare(ctx, pairs, at)
}

// owners are the businesses whom a row is about: those that text from its
// number, and those of its profile.
func (c *comparison) owners(ctx context.Context, r OptOut) ([]account.Business, error) {
	bs, err := c.tx.Accounts.BySender(ctx, r.Sender)
	if err != nil {
		return nil, err
	}
	more, err := c.tx.Accounts.ByProfile(ctx, r.Profile)
	if err != nil {
		return nil, err
	}
	seen := make(map[core.BusinessID]bool, len(bs))
	for _, b := range bs {
		seen[b.ID] = true
	}
	for _, b := range more {
		if !seen[b.ID] {
			bs = append(bs, b)
		}
	}
	return bs, nil
}

// compare bars the guests of the pairs, whom the carrier bars, where we do not.
func (c *comparison) compare(ctx context.Context, pairs []core.Pair, at map[core.Pair]time.Time) error {
	standing, barred, err := c.ours(ctx, pairs)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		st := standing[p]
		switch {
		case barred[p]:
			c.rep.Counts.Agreed++
		case st.State == consent.Active && st.Since.After(c.asked.Add(-unsure)):
			c.rep.Counts.Recent++
		default:
			since := at[p]
			if since.IsZero() || since.After(c.now) {
				since = c.now
			}
			if err := c.bar(ctx, Found{Pair: p, At: since}); err != nil {
				return err
			}
		}
	}
	return nil
}

// ours is what we know of the pairs, under their locks. An opt-out that is only
// guessed bars too, but may be cleared by staff: it does not count here.
func (c *comparison) ours(ctx context.Context, pairs []core.Pair) (map[core.Pair]consent.Standing, map[core.Pair]bool, error) {
	subs, err := c.tx.Consent.Lock(ctx, pairs)
	if err != nil {
		return nil, nil, err
	}
	standing := make(map[core.Pair]consent.Standing, len(subs))
	for _, sub := range subs {
		standing[core.Pair{Business: sub.Business, Number: sub.Number}] = sub.Standing
	}
	entries, err := c.tx.Suppression.Barring(ctx, pairs)
	if err != nil {
		return nil, nil, err
	}
	barred := make(map[core.Pair]bool, len(entries))
	for _, e := range entries {
		if !e.Global() && (e.Reason == suppression.OptOut || e.Reason == suppression.Carrier) {
			barred[core.Pair{Business: e.Business, Number: e.Number}] = true
		}
	}
	return standing, barred, nil
}

// bar takes over an opt-out that only the carrier knew of.
func (c *comparison) bar(ctx context.Context, f Found) error {
	n, source := &c.rep.Counts.Healed, "carrier list"
	switch {
	case f.Text:
		n, source = &c.rep.Counts.Missed, "carrier code "+c.s.Carrier.OptOutCode()
	case c.scope.DryRun:
		n = &c.rep.Counts.Left
	}
	*n++
	if len(c.rep.Found) < examples {
		c.rep.Found = append(c.rep.Found[:len(c.rep.Found):len(c.rep.Found)], f)
	}
	if c.scope.DryRun {
		return nil
	}
	return intake.CarrierOptOut(ctx, c.tx, c.s.IDs, c.s.Salts, f.Pair, source, f.At, c.now)
}

// end looks at what the carrier refused in the last day, and counts whom only we
// bar.
func (c *comparison) end(ctx context.Context) error {
	if err := c.refused(ctx); err != nil {
		return err
	}
	only, err := c.tx.Mirror.Unlisted(ctx, c.scope.Business, c.rep.N)
	if err != nil {
		return err
	}
	c.rep.Counts.OnlyOurs, c.rep.Counts.Lifted = only[suppression.OptOut], only[suppression.Carrier]
	c.rep.Ended = c.now
	return c.tx.Mirror.Forget(ctx, c.scope.Business, c.rep.N)
}

// refusedPage is how many refused texts are looked at together.
const refusedPage = 500

// refused bars the guests of texts that the carrier refused for an opt-out, if
// they have not joined again since.
func (c *comparison) refused(ctx context.Context) error {
	since, after := c.now.Add(-24*time.Hour), core.MessageID{}
	missed := make(map[core.Pair]bool) // in a dry run nobody is barred after the first
	for {
		ms, err := c.tx.Messages.Coded(ctx, c.s.Carrier.OptOutCode(), since, after, refusedPage)
		if err != nil || len(ms) == 0 {
			return err
		}
		since, after = ms[len(ms)-1].Settled, ms[len(ms)-1].ID
		if err := c.refusedTexts(ctx, ms, missed); err != nil {
			return err
		}
	}
}

func (c *comparison) refusedTexts(ctx context.Context, ms []message.Message, missed map[core.Pair]bool) error {
	var pairs []core.Pair
	last := make(map[core.Pair]time.Time, len(ms))
	for _, m := range ms {
		if !c.scope.Business.IsZero() && m.Business != c.scope.Business {
			continue
		}
		c.rep.Counts.Refused++
		if _, twice := last[m.Pair()]; !twice {
			pairs = append(pairs, m.Pair())
		}
		last[m.Pair()] = m.Settled
	}
	standing, barred, err := c.ours(ctx, pairs)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		st := standing[p]
		if barred[p] || missed[p] || st.State == consent.Active && st.Since.After(last[p]) {
			continue
		}
		missed[p] = true
		if err := c.bar(ctx, Found{Pair: p, At: last[p], Text: true}); err != nil {
			return err
		}
	}
	return nil
}
