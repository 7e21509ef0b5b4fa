package proof

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Campaign writes the certificate of a campaign: what became of each text of its
// audience, and the records by which it can be worked out anew that none went to a
// number under suppression. It holds numbers in full, as the commitments do.
func (s *Service) Campaign(ctx context.Context, w io.Writer, b core.BusinessID, id core.CampaignID) (Manifest, error) {
	var m Manifest
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		p, biz, err := s.begin(ctx, tx, w, b, KindCampaign)
		if err != nil {
			return err
		}
		c := &certificate{packer: p, tx: tx, biz: biz, laws: []string{}}
		if c.campaign, err = tx.Campaigns.Campaign(ctx, b, id); err != nil {
			return err
		}
		p.m.Campaign, p.m.Title = id, c.campaign.Name
		p.m.States, p.m.Reasons = map[string]int64{}, map[string]int64{}
		if err := c.write(ctx); err != nil {
			return err
		}
		m = p.m
		return nil
	})
	return m, err
}

type certificate struct {
	*packer
	tx       store.Tx
	biz      account.Business
	campaign campaign.Campaign
	members  []byte // lines of audience.jsonl, about 120 bytes each
	acts     []evidence.Record
	laws     []string
	fact     fact
}

func (c *certificate) write(ctx context.Context) error {
	if err := c.whole(fileReadme, readme(KindCampaign)); err != nil {
		return err
	}
	if err := c.checkpoint(); err != nil {
		return err
	}
	if err := c.records(ctx); err != nil {
		return err
	}
	if err := c.whole(fileAudience, c.members); err != nil {
		return err
	}
	if err := c.lawOf(c.laws); err != nil {
		return err
	}
	if err := c.page(); err != nil {
		return err
	}
	return c.finish()
}

// records writes what staff did with the campaign, and then, text by text, what
// the guest had said and what was done.
func (c *certificate) records(ctx context.Context) error {
	c.file(fileRecords)
	if err := c.staff(ctx); err != nil {
		return err
	}
	var after core.MessageID
	for {
		ms, err := c.tx.Messages.People(ctx, c.biz.ID, c.campaign.ID, message.PeopleQuery{After: after}, page)
		if err != nil {
			return err
		}
		if err := c.texts(ctx, ms); err != nil {
			return err
		}
		if len(ms) < page {
			return nil
		}
		after = ms[len(ms)-1].ID
	}
}

// staff finds the acts, which are few, among the campaign's records.
func (c *certificate) staff(ctx context.Context) error {
	var after int64
	for {
		rs, next, err := c.ledger.OfCampaign(ctx, c.biz.ID, c.campaign.ID, after, page)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Kind == evidence.KindStaffAction {
				c.acts = append(c.acts, r)
			}
		}
		if len(rs) < page {
			break
		}
		after = next
	}
	slices.SortFunc(c.acts, oldestFirst)
	return c.put(ctx, c.acts)
}

func (c *certificate) put(ctx context.Context, rs []evidence.Record) error {
	ps, err := c.leaves(ctx, rs, true)
	if err != nil {
		return err
	}
	for i := range ps {
		if err := c.note(&ps[i]); err != nil {
			return err
		}
		if err := c.record(&ps[i]); err != nil {
			return err
		}
	}
	return nil
}

// texts writes the records of a page of texts.
func (c *certificate) texts(ctx context.Context, ms []message.Message) error {
	var all []evidence.Record
	for _, m := range ms {
		rs, err := c.ofText(ctx, m)
		if err != nil {
			return err
		}
		all = append(all, rs...)
		line := member{m.ID, m.Reason, int64(len(rs)), m.State.String()}
		line.enter(c.m.States, c.m.Reasons)
		c.members = line.append(c.members)
		c.m.Audience++
	}
	return c.put(ctx, all)
}

// ofText returns the records of a text and, if there are any, what its guest ever
// said about being texted, in the order of their instants.
func (c *certificate) ofText(ctx context.Context, m message.Message) ([]evidence.Record, error) {
	rs, err := c.ledger.OfMessage(ctx, m.Business, m.ID)
	if err != nil || !slices.ContainsFunc(rs, func(r evidence.Record) bool { return !r.Erased() }) {
		return rs, err
	}
	var after core.RecordID
	for {
		of, err := c.ledger.OfPair(ctx, m.Pair(), after, page)
		if err != nil {
			return nil, err
		}
		for _, r := range of {
			if r.Kind == evidence.KindConsent || r.Kind == evidence.KindRevocation && r.Message != m.ID {
				rs = append(rs, r)
			}
		}
		if len(of) < page {
			break
		}
		after = of[len(of)-1].ID
	}
	slices.SortFunc(rs, oldestFirst)
	return rs, nil
}

// note remembers which editions were decided by.
func (c *certificate) note(r *proven) error {
	if r.Kind != evidence.KindDecision || r.Erased() {
		return nil
	}
	if err := readFact(r.Body, &c.fact); err != nil {
		return core.Wrap("proof.Campaign", core.Internal, "a record of the ledger cannot be read", err)
	}
	if !slices.Contains(c.laws, c.fact.edition) {
		c.laws = append(c.laws, c.fact.edition)
	}
	return nil
}

// page writes index.html.
func (c *certificate) page() error {
	c.file(filePage)
	var b bytes.Buffer
	if err := certificateTemplate.Execute(&b, c.pageData()); err != nil {
		return core.Wrap("proof.Campaign", core.Internal, "", err)
	}
	_, err := c.Write(b.Bytes())
	return err
}
