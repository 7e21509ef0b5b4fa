package intake_test

import (
	"context"
	"testing"

	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/store"
)

// A picture without a word is for people to read, and is fetched once, however
// often its webhook is handled.
func TestPicturesAreNoted(t *testing.T) {
	w := venuetest.New(t)
	id := w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Media: []string{"https://a.example/1", "https://a.example/2"}, At: w.Clock.Now()})
	w.Hear()
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Reopen(ctx, id, w.Clock.Now()) })
	w.Hear()
	x, items := conversation(w, guest)
	if x.Unread() != 1 || len(items) != 1 || items[0].Media != 2 || items[0].Text != "" {
		t.Errorf("the conversation is %+v, %+v", x, items)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Media.OfThread(ctx, w.Business.ID, x.ID)
		if len(ms) != 2 || ms[0].State != media.Waiting || ms[0].Item != items[0].ID {
			t.Errorf("the pictures are %+v", ms)
		}
		return err
	})
}
