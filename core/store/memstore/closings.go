package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/terms"
	"github.com/jobfluss/nexo/core/thread"
)

// closings is the port [closing.Book].
type closings struct{ *tx }

func (s closings) Put(ctx context.Context, c closing.Closing) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	s.d.closings.set(s.tx, c.Business, c)
	return nil
}

func (s closings) Remove(ctx context.Context, b core.BusinessID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	s.d.closings.remove(s.tx, b)
	return nil
}

func (s closings) Of(ctx context.Context, b core.BusinessID) (closing.Closing, error) {
	c, ok := s.d.closings.get(b)
	if !ok {
		return c, notFound("Of", "end of this account")
	}
	return c, alive(ctx)
}

func (s closings) Due(ctx context.Context, now time.Time, n int) ([]closing.Closing, error) {
	var out []closing.Closing
	for _, c := range s.d.closings.m {
		if c.Erased.IsZero() && !c.EraseAt.After(now) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y closing.Closing) int {
		return cmp.Or(x.EraseAt.Compare(y.EraseAt), bytes.Compare(x.Business[:], y.Business[:]))
	})
	return firstN(out, n), alive(ctx)
}

// dropSome removes up to left rows of a table that match.
func dropSome[K comparable, V any](t *tx, tb *table[K, V], left *int, match func(K, V) bool) {
	for k, v := range tb.m {
		if *left <= 0 {
			return
		}
		if match(k, v) {
			tb.remove(t, k)
			*left--
		}
	}
}

func (s closings) Forget(ctx context.Context, b core.BusinessID, n int) (int, error) {
	if err := s.write(ctx); err != nil || n <= 0 {
		return 0, err
	}
	left := n
	for k, m := range s.d.media.m {
		if left > 0 && m.Business == b && m.State != media.Doomed {
			m.State, m.URL = media.Doomed, ""
			s.d.media.set(s.tx, k, m)
			left--
		}
	}
	for k, m := range s.d.messages.m {
		if left > 0 && k.business == b && (m.Body != "" || len(m.Media) > 0) && m.State != message.Planned && m.State != message.Sending {
			blank := *m
			blank.Body, blank.Media = "", nil
			messages(s).put(blank)
			left--
		}
	}
	ofPair := func(p core.Pair) bool { return p.Business == b }
	ofThread := func(k threadKey) bool { return k.business == b }
	dropSome(s.tx, &s.d.subscribers, &left, func(p core.Pair, _ consent.Subscriber) bool { return ofPair(p) })
	dropSome(s.tx, &s.d.notes, &left, func(p core.Pair, _ guest.Note) bool { return ofPair(p) })
	dropSome(s.tx, &s.d.items, &left, func(k itemKey, _ itemRow) bool { return k.business == b })
	dropSome(s.tx, &s.d.itemsOf, &left, func(k threadKey, _ []itemKey) bool { return ofThread(k) })
	dropSome(s.tx, &s.d.threads, &left, func(k threadKey, _ thread.Thread) bool { return ofThread(k) })
	dropSome(s.tx, &s.d.threadOf, &left, func(p core.Pair, _ threadKey) bool { return ofPair(p) })
	dropSome(s.tx, &s.d.campaigns, &left, func(k campaignKey, _ campaign.Campaign) bool { return k.business == b })
	dropSome(s.tx, &s.d.moves, &left, func(k campaignKey, _ []campaign.Move) bool { return k.business == b })
	dropSome(s.tx, &s.d.keywords, &left, func(_ keywordKey, k account.Keyword) bool { return k.Business == b })
	dropSome(s.tx, &s.d.uses, &left, func(k useKey, _ draft.Use) bool { return k.business == b })
	s.people(b, &left)
	dropSome(s.tx, &s.d.memberships, &left, func(k membershipKey, _ access.Membership) bool { return k.business == b })
	dropSome(s.tx, &s.d.tokens, &left, func(_ access.Hash, t access.Token) bool { return t.Business == b })
	dropSome(s.tx, &s.d.users, &left, func(_ core.UserID, u account.User) bool { return u.Business == b })
	dropSome(s.tx, &s.d.links, &left, func(_ click.Token, l click.Link) bool { return l.Business == b })
	if _, ok := s.d.bills.get(b); ok && left > 0 {
		s.d.bills.remove(s.tx, b)
		left--
	}
	if _, ok := s.d.lines.get(b); ok && left > 0 {
		s.d.lines.remove(s.tx, b)
		left--
	}
	if err := s.hashBarred(ctx, b, &left); err != nil || left < n {
		return n - left, err
	}
	was, ok := s.d.businesses.get(b)
	if !ok || was.Name == "" && was.Sender.IsZero() {
		return 0, nil
	}
	s.d.businesses.set(s.tx, b, account.Business{ID: b, Status: account.Closed, Created: was.Created})
	return 1, nil
}

// people lets go who works for another business too, and erases how the others come in.
func (s closings) people(b core.BusinessID, left *int) {
	for _, m := range s.d.memberships.m {
		if u, ok := s.d.users.get(m.User); ok && u.Business == b && m.Business != b && *left > 0 {
			u.Business, u.Role = m.Business, m.Role
			s.d.users.set(s.tx, u.ID, u)
			*left--
		}
	}
	its := func(u core.UserID) bool { x, ok := s.d.users.get(u); return ok && x.Business == b }
	dropSome(s.tx, &s.d.sessions, left, func(_ access.SessionID, x access.Session) bool { return its(x.User) })
	dropSome(s.tx, &s.d.agreements, left, func(k agreementKey, _ terms.Note) bool { return its(k.user) })
	dropSome(s.tx, &s.d.factors, left, func(_ access.FactorID, x access.Factor) bool { return its(x.User) })
	dropSome(s.tx, &s.d.notices, left, func(_ access.NoticeID, x access.Notice) bool { return its(x.User) })
	dropSome(s.tx, &s.d.tokens, left, func(_ access.Hash, x access.Token) bool { return its(x.User) })
}

func (s closings) hashBarred(ctx context.Context, b core.BusinessID, left *int) error {
	for _, e := range s.d.suppressions.m {
		if *left <= 0 {
			return nil
		}
		if e.Business != b || len(s.tags.Names()) == 0 && e.Lifted.IsZero() && e.Words == "" {
			continue
		}
		if _, ok := s.d.suppressions.get(e.ID); !ok {
			continue // it went with another of its number
		}
		if _, err := (suppressions(s)).Forget(ctx, b, e.Number); err != nil {
			return err
		}
		*left--
	}
	return nil
}
