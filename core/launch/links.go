package launch

import (
	"context"
	"net/url"
	"time"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// shorten gives each guest links of their own, where the campaign has addresses
// that become links. A text without them is left alone.
func (s *Service) shorten(ctx context.Context, tx store.Tx, c campaign.Campaign, ms []message.Message, now time.Time) error {
	if c.Links == "" || !click.Has(c.Body) && !click.Has(c.Test.Body) {
		return nil
	}
	var links []click.Link
	for i := range ms {
		m := &ms[i]
		text := c.Text(m.Arm)
		to := click.Targets(text)
		if len(to) == 0 {
			continue
		}
		m.Body = c.Links.Fill(text, func(n int) click.Token {
			t := click.NewToken(s.IDs.New())
			links = append(links, click.Link{Business: m.Business, Message: m.ID, N: n, Token: t, Campaign: m.Campaign, Number: m.To, URL: to[n], Made: now})
			return t
		})
	}
	return tx.Clicks.AddLinks(ctx, links)
}

// mostLinks is how many short links a text may have.
const mostLinks = 3

// linkProblem says what is wrong with the addresses in braces, "" for nothing.
func linkProblem(text string) string {
	to := click.Targets(text)
	if len(to) > mostLinks {
		return "There are more than three short links. Keep the one that matters."
	}
	for _, s := range to {
		u, err := url.Parse(s)
		switch {
		case err != nil || u.Host == "" || u.User != nil:
			return "An address in braces is none. Write it like {https://example.com/menu}."
		case u.Scheme != "https":
			return "A short link leads to a secure address only. Begin it with https://."
		case len(s) > click.MaxURL:
			return "An address in braces is longer than 500 characters. Choose a shorter one."
		}
	}
	return ""
}
