package replay

import (
	"context"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. It only reads, and is safe for concurrent use.
type Service struct {
	Store store.Store
	Judge *Judge
	// Page is how many records are read at once; 0 means 500.
	Page int
}

// A Text is every decision about one text, oldest first.
type Text struct {
	Business core.BusinessID
	Message  core.MessageID
	Campaign core.CampaignID
	Answers  []Answer
}

// Last is the decision that stood in the end.
func (t Text) Last() Answer { return t.Answers[len(t.Answers)-1] }

// Message takes every decision about a text again; what is supposed is asked of
// the last of them. A zero business is looked for. Errors are those of
// [Judge.Replay], and NotFound where there is no text of the id, or none that was
// ever decided.
func (s *Service) Message(ctx context.Context, b core.BusinessID, id core.MessageID, sup Supposition) (Text, error) {
	const op = "replay.Message"
	var records []evidence.Record
	b, err := s.find(ctx, b, func(ctx context.Context, tx store.Tx, b core.BusinessID) (bool, error) {
		var err error
		records, err = tx.Evidence.OfMessage(ctx, b, id)
		return len(records) > 0, err
	})
	if err != nil {
		return Text{}, err
	}
	if b.IsZero() {
		return Text{}, core.E(op, core.NotFound, "there is no record about a text of this id: check the id, and that NEXO_DATABASE names the right database. A text that was never decided, since its campaign was cancelled before, has none")
	}
	records = slices.DeleteFunc(records, func(r evidence.Record) bool { return r.Kind != evidence.KindDecision })
	if len(records) == 0 {
		return Text{}, core.E(op, core.NotFound, "this text has records, but none of a decision: it answers an opt-out, and has not been decided yet")
	}
	t := Text{Business: b, Message: id, Campaign: records[0].Campaign}
	for i, r := range records {
		ask := sup
		if i < len(records)-1 {
			ask = Supposition{}
		}
		a, err := s.Judge.Replay(r, ask)
		if err != nil {
			return Text{}, err
		}
		t.Answers = append(t.Answers, a)
	}
	return t, nil
}

// find returns the business for which has is true: the given one, or the first of
// all where that is zero; zero where there is none.
func (s *Service) find(ctx context.Context, b core.BusinessID, has func(context.Context, store.Tx, core.BusinessID) (bool, error)) (core.BusinessID, error) {
	if !b.IsZero() {
		found := false
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			found, err = has(ctx, tx, b)
			return err
		})
		if err != nil || !found {
			return core.BusinessID{}, err
		}
		return b, nil
	}
	var after, out core.BusinessID
	for more := true; more; {
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
			bs, err := tx.Accounts.After(ctx, after, 100)
			if more = len(bs) == 100; err != nil {
				return err
			}
			for _, b := range bs {
				after = b.ID
				found, err := has(ctx, tx, b.ID)
				if err != nil || found {
					out, more = b.ID, false
					return err
				}
			}
			return nil
		})
		if err != nil {
			return core.BusinessID{}, err
		}
	}
	return out, nil
}

// ParseText reads how people name a text: by its id, or by the token that is in
// the address of its receipts, which names the business too. Errors have kind
// Invalid.
func ParseText(s string) (core.BusinessID, core.MessageID, error) {
	if b, id, err := message.Token(strings.ToUpper(s)).Parse(); err == nil {
		return b, id, nil
	}
	id, err := core.ParseUUID(s)
	if err != nil {
		return core.BusinessID{}, core.MessageID{}, core.E("replay.ParseText", core.Invalid, "a text is named by its id, 36 characters with hyphens, or by its token, 52 letters and digits")
	}
	return core.BusinessID{}, core.MessageID(id), nil
}
