package bunstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
)

// clicks is the port [click.Book].
type clicks struct{ *queries }

type linkRow struct {
	Business uuid   `bun:"business_id"`
	Message  uuid   `bun:"message_id"`
	N        int    `bun:"n"`
	Token    string `bun:"token"`
	Campaign uuid   `bun:"campaign_id"`
	Number   int64  `bun:"number"`
	URL      string `bun:"url"`
	Made     stamp  `bun:"made"`
	Opened   stamp  `bun:"opened"`
}

const linkColumns = `business_id, message_id, n, token, campaign_id, number, url, made, opened`

func (c clicks) AddLinks(ctx context.Context, ls []click.Link) error {
	if c.readOnly {
		return c.denied("AddLinks")
	}
	for some := range slices.Chunk(ls, chunk) {
		_, err := c.exec(ctx, "AddLinks", `INSERT INTO links (`+linkColumns+`) ?`, tuples(some, func(r *row, l click.Link) {
			r.id(l.Business)
			r.id(l.Message)
			r.int(int64(l.N))
			r.text(string(l.Token))
			r.id(l.Campaign)
			r.int(int64(l.Number.Digits()))
			r.text(l.URL)
			r.time(l.Made)
			r.time(l.Opened)
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func (c clicks) LinkOf(ctx context.Context, t click.Token) (click.Link, error) {
	const op = "LinkOf"
	var rows []linkRow
	if err := c.rows(ctx, op, &rows, `SELECT `+linkColumns+` FROM links WHERE token = ?`, text(string(t))); err != nil {
		return click.Link{}, err
	}
	if len(rows) == 0 {
		return click.Link{}, c.notFound(op, "link")
	}
	r := rows[0]
	return click.Link{Business: core.BusinessID(r.Business), Message: core.MessageID(r.Message), N: r.N, Token: click.Token(r.Token),
		Campaign: core.CampaignID(r.Campaign), Number: number(r.Number), URL: r.URL, Made: r.Made.Time, Opened: r.Opened.Time}, nil
}

func (c clicks) Open(ctx context.Context, t click.Token, at time.Time) error {
	_, err := c.exec(ctx, "Open", `UPDATE links SET opened = ? WHERE token = ? AND opened IS NULL`, stamp{at}, text(string(t)))
	return err
}

func (c clicks) Opened(ctx context.Context, b core.BusinessID, campaign core.CampaignID) ([]click.Count, error) {
	var rows []struct {
		URL    string `bun:"url"`
		Opened stamp  `bun:"opened"`
	}
	// As many rows as guests who opened one: hours are told apart here, since the
	// databases write instants in different ways.
	err := c.rows(ctx, "Opened", &rows, `SELECT url, opened FROM links WHERE business_id = ? AND campaign_id = ? AND opened IS NOT NULL`, uuid(b), uuid(campaign))
	if err != nil {
		return nil, err
	}
	n := make(map[click.Count]int)
	for _, r := range rows {
		n[click.Count{URL: r.URL, Hour: r.Opened.UTC().Truncate(time.Hour)}]++
	}
	var out []click.Count
	for k, many := range n {
		k.N = many
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b click.Count) int { return cmp.Or(cmp.Compare(a.URL, b.URL), a.Hour.Compare(b.Hour)) })
	return out, nil
}

func (c clicks) LastOpened(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]time.Time, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var rows []struct {
		Number int64 `bun:"number"`
		Opened stamp `bun:"opened"`
	}
	err := c.rows(ctx, "LastOpened", &rows, `WITH v (b, n) AS (?) SELECT l.number, max(l.opened) AS opened FROM links AS l
		JOIN v ON l.business_id = v.b AND l.number = v.n WHERE l.opened IS NOT NULL GROUP BY l.number`,
		tuples(unique(numbers), func(r *row, n core.Number) { writePair(r, core.Pair{Business: b, Number: n}) }))
	if err != nil {
		return nil, err
	}
	out := make(map[core.Number]time.Time, len(rows))
	for _, r := range rows {
		out[number(r.Number)] = r.Opened.Time
	}
	return out, nil
}
