package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/replay"
)

// replayCmd takes recorded decisions again.
type replayCmd struct {
	Message  replayMessageCmd  `cmd:"" help:"Every decision about one text."`
	Campaign replayCampaignCmd `cmd:"" help:"Every decision of a campaign, and the texts that would be decided otherwise."`
}

// replayInput is common to both.
type replayInput struct {
	Business string   `help:"The business's id; without it, every business is looked through." placeholder:"ID"`
	Profile  string   `help:"Suppose another reading of the law: federal, default or strict." placeholder:"NAME"`
	At       string   `help:"Suppose another instant, such as 2026-11-24T18:30:00Z. What was known stays as it was recorded." placeholder:"RFC3339"`
	Edition  string   `help:"Suppose that this edition of the law had held, such as us-2026-10-18." placeholder:"NAME"`
	Rulebook []string `help:"A file of the law that decisions were made by and that this program does not hold." placeholder:"FILE" type:"existingfile"`
	JSON     bool     `name:"json" help:"Write JSON."`
}

type replayMessageCmd struct {
	replayInput
	ID string `arg:"" help:"The text's id, or its token."`
}

type replayCampaignCmd struct {
	replayInput
	ID string `arg:"" help:"The campaign's id."`
}

const opReplay = "nexo.replay"

// Run replays one text.
func (c replayMessageCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(s *replay.Service, b core.BusinessID, sup replay.Supposition, w io.Writer) error {
		return c.message(ctx, s, b, sup, w)
	})
}

// Run replays a campaign.
func (c replayCampaignCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(s *replay.Service, b core.BusinessID, sup replay.Supposition, w io.Writer) error {
		return c.campaign(ctx, s, b, sup, w)
	})
}

// with reads what is common, opens the database, and writes what f writes.
func (in replayInput) with(ctx context.Context, f func(*replay.Service, core.BusinessID, replay.Supposition, io.Writer) error) error {
	sup, err := in.supposition()
	if err != nil {
		return err
	}
	b, err := in.business()
	if err != nil {
		return err
	}
	rbs, err := in.books()
	if err != nil {
		return err
	}
	return withDatabase(ctx, func(d *nexo.Database) error {
		if err := d.Schema.CheckSchema(ctx); err != nil {
			return err
		}
		w := bufio.NewWriter(os.Stdout)
		err := f(&replay.Service{Store: d.Store, Judge: replay.NewJudge(rbs...)}, b, sup, w)
		return errors.Join(w.Flush(), err)
	})
}

func (in replayInput) supposition() (replay.Supposition, error) {
	s := replay.Supposition{Edition: in.Edition}
	if in.Profile != "" {
		p, ok := law.ParseProfile(in.Profile)
		if !ok {
			return s, core.E(opReplay, core.Invalid, "--profile must be federal, default or strict")
		}
		s.Profile = p
	}
	if in.At != "" {
		at, err := time.Parse(time.RFC3339, in.At)
		if err != nil {
			return s, core.E(opReplay, core.Invalid, "--at must be an instant as in RFC 3339, such as 2026-11-24T18:30:00Z")
		}
		s.At = at.UTC()
	}
	return s, nil
}

func (in replayInput) business() (core.BusinessID, error) {
	if in.Business == "" {
		return core.BusinessID{}, nil
	}
	u, err := core.ParseUUID(in.Business)
	if err != nil {
		return core.BusinessID{}, core.E(opReplay, core.Invalid, "--business must be an id: 36 characters with hyphens")
	}
	return core.BusinessID(u), nil
}

// books are our own law and the files that were named.
func (in replayInput) books() ([]*law.Rulebook, error) {
	rbs := []*law.Rulebook{law.US()}
	for _, name := range in.Rulebook {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, core.Wrap(opReplay, core.NotFound, "the file "+strconv.Quote(name)+" cannot be read", err)
		}
		rb, err := law.Load(data)
		if err != nil {
			return nil, core.Wrap(opReplay, core.Invalid, "the file "+strconv.Quote(name)+" is no rulebook", err)
		}
		rbs = append(rbs, rb)
	}
	return rbs, nil
}

func (c replayMessageCmd) message(ctx context.Context, s *replay.Service, b core.BusinessID, sup replay.Supposition, w io.Writer) error {
	of, id, err := replay.ParseText(c.ID)
	if err != nil {
		return err
	}
	if b.IsZero() {
		b = of
	}
	t, err := s.Message(ctx, b, id, sup)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeTextJSON(w, t, sup)
	} else {
		err = (&page{w: w}).text(t, sup)
	}
	if err != nil {
		return err
	}
	for _, a := range t.Answers {
		if !a.Same {
			return core.E(opReplay, core.Conflict, "a decision does not come out again: either this program decides otherwise than the one that made it, or one of them has a fault. Replay it with the nexo of that time before you rely on either")
		}
	}
	return nil
}

func (c replayCampaignCmd) campaign(ctx context.Context, s *replay.Service, b core.BusinessID, sup replay.Supposition, w io.Writer) error {
	id, err := core.ParseUUID(c.ID)
	if err != nil {
		return core.E(opReplay, core.Invalid, "a campaign is named by its id: 36 characters with hyphens")
	}
	p := &page{w: w}
	each := p.difference
	if c.JSON {
		each = func(d replay.Difference) error { return writeDifferenceJSON(w, d) }
	}
	sum, err := s.Campaign(ctx, b, core.CampaignID(id), sup, each)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeSumJSON(w, sum, sup)
	} else {
		err = p.sum(sum, sup)
	}
	if err != nil {
		return err
	}
	if sum.Broken+sum.Unread > 0 {
		return core.E(opReplay, core.Conflict, fmt.Sprintf("%s: see the list", several(sum)))
	}
	return nil
}

func several(s replay.Sum) string {
	switch {
	case s.Unread == 0:
		return count(s.Broken, "decision does", "decisions do") + " not come out again"
	case s.Broken == 0:
		return count(s.Unread, "decision", "decisions") + " could not be taken again"
	}
	return count(s.Broken, "decision does", "decisions do") + " not come out again, and " + count(s.Unread, "decision", "decisions") + " could not be taken again"
}

// count is a number with its noun.
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}
