package intake

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
)

// tryWord begins a text by which somebody at the venue asks for a text that is
// being written: TEST and the code that its review page shows, and 2 after it for
// the second of two texts.
const tryWord = "TEST"

// drafts is how many of the newest campaigns a code may name.
const drafts = 50

// try answers such a text with the one that it asks for, and reports whether it
// was one. Nobody's number is kept for it: who holds the phone asks, and each
// text that goes out answers one that came in. So it is no marketing on the
// venue's initiative but an answer, as the one-time texts on demand are that the
// FCC exempts (FCC 15-72, paragraph 106), and goes by the rules of answers: never
// to who has opted out.
func (h *hearing) try(ctx context.Context) (note string, ok bool, err error) {
	words := keywordWords(h.event.Text.Body)
	if len(words) < 2 || len(words) > 3 || words[0] != tryWord || len(words[1]) != campaign.CodeLen {
		return "", false, nil
	}
	list, err := h.tx.Campaigns.List(ctx, h.business.ID, core.CampaignID{}, drafts)
	if err != nil {
		return "", false, err
	}
	for _, c := range list {
		if campaign.Code(c.ID) != words[1] || c.Status != campaign.Draft && c.Status != campaign.Scheduled {
			continue
		}
		text := c.Body
		if len(words) == 3 && words[2] == "2" && !c.Test.IsZero() {
			text = c.Test.Body
		}
		if verdict := launch.Check(text, h.business).Verdict; verdict == copy.Block {
			return "asked for a text that may not be sent as it is", true, nil
		}
		_, err := h.answer(ctx, message.Reply, text, answerWithin)
		return "asked to see a text before it goes out", true, err
	}
	return "", false, nil
}
