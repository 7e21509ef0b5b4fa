package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

// book is the port [campaign.Book].
type book struct{ *queries }

type campaignRow struct {
	Business     uuid   `bun:"business_id"`
	ID           uuid   `bun:"id"`
	Name         string `bun:"name"`
	Body         string `bun:"body"`
	Media        string `bun:"media"`
	Status       int    `bun:"status"`
	SendAt       stamp  `bun:"send_at"`
	NotAfter     stamp  `bun:"not_after"`
	Wall         string `bun:"wall"`
	Audience     string `bun:"audience"`
	Test         string `bun:"test"`
	Repeat       string `bun:"repeats"`
	Series       uuid   `bun:"series_id"`
	Created      stamp  `bun:"created"`
	Approved     stamp  `bun:"approved"`
	By           uuid   `bun:"approved_by"`
	Segments     int    `bun:"segments"`
	NeedsAgeGate bool   `bun:"needs_age_gate"`
	Cursor       int64  `bun:"cursor_number"`
	Launched     stamp  `bun:"launched"`
	Planned      int    `bun:"planned"`
	Ended        stamp  `bun:"ended"`
	Revision     int64  `bun:"revision"`
}

const campaignColumns = `business_id, id, name, body, media, status, send_at, not_after, wall, audience, test, repeats, series_id, created, approved, approved_by,
	segments, needs_age_gate, cursor_number, launched, planned, ended, revision`

func writeCampaign(r *row, c campaign.Campaign) {
	r.id(c.Business)
	r.id(c.ID)
	r.text(c.Name)
	r.text(c.Body)
	r.text(joinList(c.Media))
	r.int(int64(c.Status))
	r.time(c.SendAt)
	r.time(c.NotAfter)
	r.text(c.Wall.String())
	r.text(c.Audience.Encode())
	r.text(campaign.EncodeTest(c.Test))
	r.text(campaign.EncodeRepeat(c.Repeat))
	r.idOrNull(c.Series)
	r.time(c.Created)
	r.time(c.Approved)
	r.idOrNull(c.By)
	r.int(int64(c.Segments))
	r.bool(c.NeedsAgeGate)
	r.number(c.Cursor)
	r.time(c.Launched)
	r.int(int64(c.Planned))
	r.time(c.Ended)
	r.int(c.Revision)
}

func (r campaignRow) campaign() campaign.Campaign {
	wall, ok := campaign.ParseWall(r.Wall)
	audience, err := campaign.ParseAudience(r.Audience)
	test, err2 := campaign.ParseTest(r.Test)
	repeat, err3 := campaign.ParseRepeat(r.Repeat)
	if err != nil || err2 != nil || err3 != nil || !ok {
		// What cannot be read goes to nobody, and holds up no other campaign.
		audience = campaign.Nobody
	}
	return campaign.Campaign{
		ID: core.CampaignID(r.ID), Business: core.BusinessID(r.Business), Name: r.Name, Body: r.Body, Media: splitList(r.Media),
		Status: campaign.Status(r.Status), SendAt: r.SendAt.Time, NotAfter: r.NotAfter.Time, Wall: wall, Audience: audience, Test: test, Repeat: repeat, Series: core.CampaignID(r.Series),
		Created: r.Created.Time, Approved: r.Approved.Time, By: core.UserID(r.By),
		Segments: r.Segments, NeedsAgeGate: r.NeedsAgeGate,
		Cursor: number(r.Cursor), Launched: r.Launched.Time, Planned: r.Planned, Ended: r.Ended.Time, Revision: r.Revision,
	}
}

func (b book) Add(ctx context.Context, c campaign.Campaign) error {
	c.Revision = 1
	_, err := b.exec(ctx, "Add", `INSERT INTO campaigns (`+campaignColumns+`) ?`, tuples([]campaign.Campaign{c}, writeCampaign))
	return err
}

func (b book) Save(ctx context.Context, c campaign.Campaign) error {
	const op = "Save"
	was := c.Revision
	c.Revision++
	n, err := b.exec(ctx, op, `UPDATE campaigns SET (`+campaignColumns+`) = (?) WHERE business_id = ? AND id = ? AND revision = ?`,
		tuples([]campaign.Campaign{c}, writeCampaign), uuid(c.Business), uuid(c.ID), was)
	if err != nil || n == 1 {
		return err
	}
	if _, err := b.Campaign(ctx, c.Business, c.ID); err != nil {
		return err
	}
	return core.E(b.d.Name+"."+op, core.Conflict, "somebody else has changed this campaign in the meantime; load it again")
}

func (b book) Campaign(ctx context.Context, business core.BusinessID, id core.CampaignID) (campaign.Campaign, error) {
	const op = "Campaign"
	cs, err := b.campaigns(ctx, op, `WHERE business_id = ? AND id = ?`, uuid(business), uuid(id))
	if err != nil {
		return campaign.Campaign{}, err
	}
	if len(cs) == 0 {
		return campaign.Campaign{}, b.notFound(op, "campaign")
	}
	return cs[0], nil
}

func (b book) Campaigns(ctx context.Context, ids []core.CampaignID) ([]campaign.Campaign, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return b.campaigns(ctx, "Campaigns", `WHERE id IN (?)`, tuples(unique(ids), func(r *row, id core.CampaignID) { r.id(id) }))
}

func (b book) List(ctx context.Context, business core.BusinessID, before core.CampaignID, n int) ([]campaign.Campaign, error) {
	if n <= 0 {
		return nil, nil
	}
	if before.IsZero() {
		return b.campaigns(ctx, "List", `WHERE business_id = ? ORDER BY id DESC LIMIT ?`, uuid(business), n)
	}
	return b.campaigns(ctx, "List", `WHERE business_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, uuid(business), uuid(before), n)
}

// Open names the statuses as its index does: Scheduled, Sending, Paused.
func (b book) Open(ctx context.Context, now time.Time, n int) ([]campaign.Campaign, error) {
	if n <= 0 {
		return nil, nil
	}
	return b.campaigns(ctx, "Open", `WHERE status IN (1, 2, 3) AND (status <> ? OR send_at IS NULL OR send_at <= ?) ORDER BY send_at, id LIMIT ?`,
		int(campaign.Scheduled), stamp{now}, n)
}

func (b book) campaigns(ctx context.Context, op, where string, args ...any) ([]campaign.Campaign, error) {
	var rows []campaignRow
	if err := b.rows(ctx, op, &rows, `SELECT `+campaignColumns+` FROM campaigns `+where, args...); err != nil {
		return nil, err
	}
	out := make([]campaign.Campaign, len(rows))
	for i, r := range rows {
		out[i] = r.campaign()
	}
	return out, nil
}
