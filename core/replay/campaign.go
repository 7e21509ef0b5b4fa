package replay

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// A Difference is one text of a campaign whose last decision is another one when
// it is taken again, or as it is supposed.
type Difference struct {
	Record   core.RecordID
	Message  core.MessageID
	Number   core.Number
	At       time.Time // of the decision
	Was      decide.Verdict
	WasUntil time.Time // for Wait
	Is       decide.Verdict
	IsUntil  time.Time
	Why      string // what it is now, in a sentence
	// Broken: the decision does not come out again under its own edition.
	Broken bool
	// Unread says why the decision could not be taken again; Was and Is then mean
	// nothing.
	Unread string
}

// A Move is from one verdict to another.
type Move struct{ Was, Is decide.Verdict }

// A Reason is why texts are decided otherwise: what the first finding of the new
// verdict says, or, of texts that may go now, what stood in their way.
type Reason struct {
	Is   decide.Verdict
	Rule decide.RuleID
	Code decide.Code
}

// A Sum counts the texts of a campaign that were ever decided, each by its last
// decision.
type Sum struct {
	Business  core.BusinessID
	Decisions int // taken again, a text's earlier ones too
	Texts     int
	Erased    int // texts whose last decision was erased
	Unread    int // texts whose last decision could not be taken again
	Broken    int // decisions that do not come out again
	Moves     map[Move]int
	Later     int // texts that wait as before, but until another instant
	// Reasons counts those that moved.
	Reasons map[Reason]int
}

// Was and Is count the texts of a verdict, before and after.
func (s Sum) Was(v decide.Verdict) int { return s.of(func(m Move) bool { return m.Was == v }) }

// Is counts the texts whose verdict it is now.
func (s Sum) Is(v decide.Verdict) int { return s.of(func(m Move) bool { return m.Is == v }) }

// Moved counts the texts whose verdict changes.
func (s Sum) Moved() int { return s.of(func(m Move) bool { return m.Was != m.Is }) }

func (s Sum) of(which func(Move) bool) int {
	n := 0
	for m, c := range s.Moves {
		if which(m) {
			n += c
		}
	}
	return n
}

// Campaign takes every decision of a campaign again, and the last of each text as
// it is supposed. It hands each text that differs to each, by and large in
// the order of deciding, and holds no more than a page of records at a time. A zero business is
// looked for. A record that cannot be taken again does not end it: it is counted
// and handed over. The error is NotFound where no text of the campaign was ever
// decided; what each returns ends the walk.
func (s *Service) Campaign(ctx context.Context, b core.BusinessID, id core.CampaignID, sup Supposition, each func(Difference) error) (Sum, error) {
	const op = "replay.Campaign"
	sum := Sum{Moves: map[Move]int{}, Reasons: map[Reason]int{}}
	if err := s.Judge.Knows(sup); err != nil {
		return sum, err
	}
	b, err := s.find(ctx, b, func(ctx context.Context, tx store.Tx, b core.BusinessID) (bool, error) {
		rs, _, err := tx.Evidence.OfCampaign(ctx, b, id, 0, 1)
		return len(rs) > 0, err
	})
	if err != nil {
		return sum, err
	}
	if sum.Business = b; b.IsZero() {
		return sum, core.E(op, core.NotFound, "there is no record about a campaign of this id: check the id, and that NEXO_DATABASE names the right database")
	}
	var after int64
	for {
		page, next, last, err := s.page(ctx, b, id, after)
		if err != nil || len(page) == 0 {
			return sum, err
		}
		after = next
		for _, r := range page {
			if r.Kind != evidence.KindDecision {
				continue
			}
			d, differs := s.text(r, last[r.Message] == r.ID, sup, &sum)
			if !differs {
				continue
			}
			if err := each(d); err != nil {
				return sum, err
			}
		}
	}
}

// page returns the next records of a campaign, where those after them begin, and
// which are the last decisions of their texts.
func (s *Service) page(ctx context.Context, b core.BusinessID, id core.CampaignID, after int64) (rs []evidence.Record, next int64, last map[core.MessageID]core.RecordID, err error) {
	n := s.Page
	if n <= 0 {
		n = 500
	}
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		if rs, next, err = tx.Evidence.OfCampaign(ctx, b, id, after, n); err != nil {
			return err
		}
		var ids []core.MessageID
		for _, r := range rs {
			if r.Kind == evidence.KindDecision {
				ids = append(ids, r.Message)
			}
		}
		last, err = tx.Evidence.Last(ctx, b, evidence.KindDecision, ids)
		return err
	})
	return rs, next, last, err
}

// text takes one decision again and counts it.
func (s *Service) text(r evidence.Record, last bool, sup Supposition, sum *Sum) (Difference, bool) {
	d := Difference{Record: r.ID, Message: r.Message, Number: r.Number, At: r.At}
	if last {
		sum.Texts++
	} else {
		sup = Supposition{}
	}
	if r.Erased() {
		if last {
			sum.Erased++
		}
		return d, false
	}
	a, err := s.Judge.Replay(r, sup)
	if err != nil {
		if last {
			sum.Unread++
		}
		d.Unread = core.MessageOf(err)
		return d, true
	}
	sum.Decisions++
	d.Was, _ = decide.ParseVerdict(a.Recorded.Verdict)
	d.WasUntil, d.Broken = a.Recorded.NotBefore, !a.Same
	now := &a.Again
	if a.Supposed != nil {
		now = &a.Supposed.Again
	}
	d.Is, d.IsUntil = now.Decision.Verdict, now.Decision.NotBefore
	if d.Broken {
		sum.Broken++
	}
	moved, later := d.Was != d.Is, d.Was == d.Is && !d.WasUntil.Equal(d.IsUntil)
	if last {
		sum.count(d, moved, later, &a.Decision, &now.Decision)
	}
	if !moved && !later && !d.Broken {
		return d, false
	}
	d.Why = now.Summary()
	return d, true
}

func (s *Sum) count(d Difference, moved, later bool, was, now *decide.Decision) {
	s.Moves[Move{d.Was, d.Is}]++
	if later {
		s.Later++
	}
	if !moved {
		return
	}
	why := now
	if now.Verdict == decide.Send {
		why = was
	}
	for _, f := range why.Findings() {
		if f.Verdict == why.Verdict {
			s.Reasons[Reason{now.Verdict, f.Rule, f.Code}]++
			return
		}
	}
}
