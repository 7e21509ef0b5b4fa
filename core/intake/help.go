package intake

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core/answer"
	"github.com/jobfluss/nexo/core/message"
)

// Everybody who asks for help gets it, strangers and those who opted out too
// (CTIA 5.1.4), but so often within so long: another robot may answer our answer.
const (
	helpAtMost = 3
	helpWithin = time.Hour
	helpAmong  = 50 // our last texts to the guest, of which those are counted
)

// help answers whoever asks for it.
func (h *hearing) help(ctx context.Context) (string, error) {
	ours, err := h.tx.Messages.ForPair(ctx, h.pair, helpAmong)
	if err != nil {
		return "", err
	}
	n := 0
	for _, m := range ours {
		if m.Class == message.Help && h.now.Sub(m.Planned) < helpWithin {
			n++
		}
	}
	if n >= helpAtMost {
		return "asked for help, and has had it three times within the hour", nil
	}
	link, err := h.link(ctx)
	if err != nil {
		return "", err
	}
	_, err = h.answer(ctx, message.Help, answer.Help(h.business, link), answerWithin)
	return "asked for help", err
}
