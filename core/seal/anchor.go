package seal

import (
	"context"
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// An Anchor keeps checkpoints where whoever owns the database cannot change them
// unseen. Implementations are safe for concurrent use.
type Anchor interface {
	// Name is what its anchorings are noted under; it never changes.
	Name() string
	// Keep keeps a checkpoint, and returns what proves that it did, or nil. The same
	// checkpoint again does no harm. It is a Conflict where another one of the same
	// size is kept already: then one of the two histories is false.
	Keep(ctx context.Context, c evidence.Checkpoint) (receipt []byte, err error)
}

// A Plan is an anchor with how often it is used at most. It is not used while
// the log has not grown.
type Plan struct {
	Anchor
	Every time.Duration
}

// Anchors puts the log's head where it belongs. Its methods are safe for
// concurrent use. Sealing never waits for it.
type Anchors struct {
	Store store.Store
	Clock core.Clock
	Plans []Plan
	// Letters tells owners of the head; nil where nobody is told.
	Letters *Letters
}

// An Outcome is what came of one anchor.
type Outcome struct {
	Anchor string
	Size   int64
	Err    error
}

// Step puts the newest head to each anchor whose time has come. One that fails
// is asked again by the next Step and keeps nobody else from being asked. A
// process that dies after an anchor has kept a head keeps it once more. The
// error is one of the store's; each anchor's is in its Outcome.
func (s *Anchors) Step(ctx context.Context) ([]Outcome, error) {
	names := make([]string, len(s.Plans))
	for i, p := range s.Plans {
		names[i] = p.Name()
	}
	head, last, err := s.read(ctx, names)
	if err != nil || head.Size == 0 {
		return nil, err
	}
	now := s.Clock.Now()
	var out []Outcome
	for _, p := range s.Plans {
		was := last[p.Name()]
		if !due(head, was, now, p.Every) {
			continue
		}
		out = append(out, Outcome{p.Name(), head.Size, s.keep(ctx, p.Anchor, head, was, now)})
	}
	if s.Letters != nil {
		more, err := s.Letters.step(ctx, s, head, now)
		return append(out, more...), err
	}
	return out, nil
}

// due: a head that is shorter than what was anchored is due at once, to be
// reported.
func due(head evidence.Checkpoint, was evidence.Anchoring, now time.Time, every time.Duration) bool {
	return head.Size < was.Size || head.Size > was.Size && (was.Size == 0 || now.Sub(was.At) >= every)
}

func (s *Anchors) keep(ctx context.Context, a Anchor, head evidence.Checkpoint, was evidence.Anchoring, now time.Time) error {
	if head.Size < was.Size {
		return core.E("seal.Anchors", core.Conflict, fmt.Sprintf("the log has %d records, and had %d when it was anchored last: records were lost, or an old backup was restored", head.Size, was.Size))
	}
	receipt, err := a.Keep(ctx, head)
	if err != nil {
		return err
	}
	return s.note(ctx, evidence.Anchoring{Anchor: a.Name(), Size: head.Size, At: now.UTC().Truncate(time.Microsecond), Receipt: receipt})
}

func (s *Anchors) note(ctx context.Context, as ...evidence.Anchoring) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		for _, a := range as {
			if err := tx.Evidence.PutAnchoring(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Anchors) read(ctx context.Context, names []string) (head evidence.Checkpoint, last map[string]evidence.Anchoring, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if head, err = tx.Evidence.Head(ctx); err != nil {
			return err
		}
		last, err = tx.Evidence.Anchored(ctx, names)
		return err
	})
	return head, last, err
}
