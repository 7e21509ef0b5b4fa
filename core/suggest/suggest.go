// Package suggest has drafts written by a language model, and shows only those
// that a venue could send as they are. Whatever goes wrong, what the venue has
// written stays as it is.
package suggest

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/store"
)

// Wanted is how many drafts there are to choose from.
const Wanted = 3

// rounds is one answer and two repairs.
const rounds = 3

// reserved is taken from the budget before each round, in tokens; what is not
// used comes back.
const reserved = 1500

// within is how long everything may take.
const within = 45 * time.Second

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store  store.Store
	Writer draft.Writer // nil where none is configured
	Clock  core.Clock
	Limits draft.Limits
}

// On reports whether drafts can be had.
func (s *Service) On() bool { return s != nil && s.Writer != nil }

// A Request is what a person asks for, as they typed it.
type Request struct {
	Ask      draft.Ask
	Idea     string // for a new text
	Text     string // for all others
	Tone     draft.Tone
	Language draft.Language
}

// Suggest returns up to [Wanted] drafts, and calls each, which may be nil, for
// every one as soon as it is known to be good. Errors: Invalid where the request
// cannot be given to a model; Denied where the budget is used up, or where the
// model will not write about this; Unavailable where it did not work. Once there
// is one draft there is no error.
func (s *Service) Suggest(ctx context.Context, biz account.Business, r Request, each func(draft.Draft)) ([]draft.Draft, error) {
	const op = "suggest.Suggest"
	if !s.On() {
		return nil, core.E(op, core.Unavailable, "Drafts are not switched on.")
	}
	b, err := brief(biz, r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	w := &work{Service: s, biz: biz, brief: b, each: each}
	if err := w.spend(ctx, draft.Use{Asked: 1, Tokens: reserved}); err != nil {
		return nil, err
	}
	if bad, err := s.Writer.Objectionable(ctx, b.Subject().String()); err != nil {
		return nil, err
	} else if bad {
		return nil, core.E(op, core.Denied, "The AI will not write about this. Say it in another way, or write it yourself.")
	}
	err = w.run(ctx)
	if len(w.good) > 0 {
		return w.good, nil
	}
	if err == nil {
		err = core.E(op, core.Unavailable, "None of the drafts kept to the rules for your texts. Say in other words what it should be about, or write it yourself.")
	}
	return nil, err
}

func brief(biz account.Business, r Request) (draft.Brief, error) {
	const op = "suggest.Suggest"
	b := draft.Brief{Ask: r.Ask, Tone: r.Tone, Language: r.Language, AgeGated: biz.AgeGate}
	var err error
	if b.Brand, err = draft.NewWords(biz.Name); err != nil {
		return b, core.E(op, core.Invalid, "The venue's name looks like a phone number or an address, so nothing can be drafted for it.")
	}
	if r.Ask == draft.New {
		b.Idea, err = draft.NewWords(r.Idea)
	} else {
		b.Text, err = draft.NewWords(r.Text)
	}
	switch {
	case err != nil:
		return b, err
	case b.Subject().Empty() && r.Ask == draft.New:
		return b, core.E(op, core.Invalid, "Say in a few words what the text should be about.")
	case b.Subject().Empty():
		return b, core.E(op, core.Invalid, "There is no text yet to write anew.")
	}
	return b, nil
}

// work is one request on its way.
type work struct {
	*Service
	biz   account.Business
	brief draft.Brief
	each  func(draft.Draft)
	good  []draft.Draft
	bad   []draft.Rejected // of the last round
}

// run asks, and has mended what cannot be used.
func (w *work) run(ctx context.Context) error {
	p := w.brief.Prompt(w.biz.ID, Wanted)
	for round := range rounds {
		if round > 0 {
			if err := w.spend(ctx, draft.Use{Tokens: reserved}); err != nil {
				return err
			}
			p = p.Again(w.bad, Wanted-len(w.good))
		}
		if err := w.ask(ctx, p); err != nil {
			return err
		}
		if len(w.good) >= Wanted || len(w.bad) == 0 {
			return nil
		}
	}
	return nil
}

// ask is one round.
func (w *work) ask(ctx context.Context, p draft.Prompt) error {
	w.bad = nil
	var stopped error
	used, err := w.Writer.Write(ctx, p, func(text string) {
		if stopped == nil && len(w.good) < Wanted && len(w.bad) < 2*Wanted {
			stopped = w.take(ctx, text)
		}
	})
	if used.Tokens > 0 {
		// The count is ours to keep even where the venue has gone.
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = w.count(after, draft.Use{Tokens: used.Tokens - reserved}) // left as reserved: the budget errs on the safe side
	}
	if err == nil {
		err = stopped
	}
	if err == nil && len(w.good)+len(w.bad) == 0 {
		err = core.E("suggest.Suggest", core.Unavailable, "The AI answered nothing. Try again in a moment, or write it yourself.")
	}
	return err
}

// take looks at one text of the model's.
func (w *work) take(ctx context.Context, text string) error {
	d, bad := w.brief.Judge(text, w.biz.Domains())
	if bad != nil {
		w.bad = append(w.bad, *bad)
		return nil
	}
	for _, g := range w.good {
		if g.Text == d.Text {
			return nil
		}
	}
	flagged, err := w.Writer.Objectionable(ctx, d.Text)
	if err != nil {
		return err
	}
	if flagged {
		w.bad = append(w.bad, draft.Rejected{Text: text, Why: []string{"Moderation objects to it."}})
		return nil
	}
	w.good = append(w.good, d)
	if w.each != nil {
		w.each(d)
	}
	return nil
}

// spend takes from the budget, or is Denied and takes nothing.
func (w *work) spend(ctx context.Context, u draft.Use) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := w.Clock.Now().UTC()
		u.Business, u.Day = w.biz.ID, now.Format(time.DateOnly)
		if err := tx.Drafts.AddUse(ctx, u); err != nil {
			return err
		}
		uses, err := tx.Drafts.Uses(ctx, w.biz.ID, now.Format("2006-01")+"-01")
		if err != nil {
			return err
		}
		return w.Limits.Allow(uses, u.Day)
	})
}

// count corrects what was spent.
func (w *work) count(ctx context.Context, u draft.Use) error {
	u.Business, u.Day = w.biz.ID, w.Clock.Now().UTC().Format(time.DateOnly)
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Drafts.AddUse(ctx, u) })
}
