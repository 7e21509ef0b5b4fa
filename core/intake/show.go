package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// show puts the text into the guest's conversation, where people at the venue see
// it. A text that is handled twice is there once.
func (h *hearing) show(ctx context.Context) error {
	t, err := h.thread(ctx)
	if err != nil {
		return err
	}
	i := thread.Item{
		ID: core.ItemID(h.named("thread item")), Business: h.business.ID, Thread: t.ID, Kind: thread.Heard,
		At: h.asked(), Text: h.words(), As: h.as, Media: len(h.event.Text.Media),
	}
	fresh, err := h.tx.Threads.Put(ctx, i, thread.Words(i.Text))
	if err != nil || !fresh {
		return err
	}
	t.Hear(i)
	if err := h.tx.Threads.Save(ctx, t); err != nil {
		return err
	}
	return h.media(ctx, i)
}

// media notes what came with the text: a worker fetches it.
func (h *hearing) media(ctx context.Context, i thread.Item) error {
	ms := make([]media.Medium, len(h.event.Text.Media))
	for n, url := range h.event.Text.Media {
		ms[n] = media.Medium{
			ID: core.MediumID(h.named(fmt.Sprintf("medium %d", n))), Business: i.Business, Thread: i.Thread, Item: i.ID,
			URL: url, State: media.Waiting, Due: h.now, Made: h.now,
		}
	}
	return h.tx.Media.Put(ctx, ms)
}

// thread is the guest's, made if there is none.
func (h *hearing) thread(ctx context.Context) (thread.Thread, error) {
	t, err := h.tx.Threads.OfGuest(ctx, h.pair)
	if !errors.Is(err, core.NotFound) {
		return t, err
	}
	if err := h.tx.Threads.Add(ctx, thread.New(core.ThreadID(h.s.IDs.New()), h.pair, h.now)); err != nil {
		return thread.Thread{}, err
	}
	return h.tx.Threads.OfGuest(ctx, h.pair)
}

// named is an id that the text always has for a use: a UUID of version 8, RFC
// 9562.
func (h *hearing) named(use string) core.UUID {
	b := sha256.Sum256([]byte(use + "\n" + h.business.ID.String() + "\n" + h.event.ID))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return core.UUID(b[:16])
}

// touched says of whose conversations something has changed: of texts that came
// in, and of answers that a receipt was about. It makes others wait, so it comes
// last.
func touched(ctx context.Context, tx store.Tx, bs map[core.BusinessID]bool) error {
	if len(bs) == 0 {
		return nil
	}
	list := make([]core.BusinessID, 0, len(bs))
	for b := range bs {
		list = append(list, b)
	}
	return tx.Threads.Touch(ctx, list)
}
