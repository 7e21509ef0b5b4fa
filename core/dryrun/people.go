package dryrun

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A Query narrows the list of people. The zero Query is everybody.
type Query struct {
	After  core.Number
	States []message.State
	Code   string // of the reason
	Until  Until  // of those who wait
}

func (q Query) matches(c *judge.Case) bool {
	v := &c.Verdict
	return (len(q.States) == 0 || slices.Contains(q.States, v.State)) &&
		(q.Code == "" || q.Code == v.Reason) &&
		(q.Until == Until{} || q.Until == until(c))
}

// errEnough ends a walk that has found what it looked for.
var errEnough = errors.New("enough people")

// People returns up to n people who match q, by rising number after q.After, as
// [Service.Run] at the same instant decides them. It decides no more of the
// audience than it must to find them.
func (s *Service) People(ctx context.Context, b core.BusinessID, id core.CampaignID, at time.Time, q Query, n int) ([]Person, error) {
	var out []Person
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		su, err := s.suppose(ctx, tx, b, id, at)
		if err != nil || n <= 0 {
			return err
		}
		su.campaign.Cursor = q.After
		return s.walk(ctx, tx, su, func(m message.Message, c *judge.Case) error {
			if q.matches(c) {
				out = append(out, s.person(m.To, c))
			}
			if len(out) == n {
				return errEnough
			}
			return nil
		})
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}
