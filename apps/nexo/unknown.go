package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

type unknownCmd struct {
	List   unknownListCmd   `cmd:"" help:"List them, oldest first: business, text, the end of the number, since when."`
	Settle unknownSettleCmd `cmd:"" help:"Say that a text arrived, or that it did not. It is not sent again either way."`
}

type unknownListCmd struct {
	Business string `help:"Only the business of this id." placeholder:"ID"`
	Most     int    `help:"How many at most." default:"1000"`
}

// Run lists what is unknown.
func (c unknownListCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "BUSINESS\tTEXT\tTO\tDECIDED\tWHY")
		n, after := 0, core.MessageID{}
		for n < c.Most {
			ms, err := o.Desk.Unknown(ctx, b, after, min(500, c.Most-n))
			if err != nil {
				return err
			}
			if len(ms) == 0 {
				break
			}
			for _, m := range ms {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Business, m.ID, m.To.Masked(), m.Decided.UTC().Format("2006-01-02 15:04:05 MST"), m.Reason)
			}
			n, after = n+len(ms), ms[len(ms)-1].ID
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Printf("%d unknown\n", n)
		return nil
	})
}

type unknownSettleCmd struct {
	Business string `arg:"" help:"The business's id, as list shows it."`
	Text     string `arg:"" help:"The text's id, as list shows it."`
	Outcome  string `arg:"" enum:"arrived,not-arrived" help:"arrived or not-arrived."`
}

// Run settles one text.
func (c unknownSettleCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	id, err := core.ParseUUID(c.Text)
	if err != nil {
		return core.E("nexo.unknown", core.Invalid, "the text's id is not one")
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		arrived := c.Outcome == "arrived"
		if err := o.Desk.Settle(ctx, core.UserID{}, b, core.MessageID(id), arrived); err != nil {
			return err
		}
		state := message.Undelivered
		if arrived {
			state = message.Delivered
		}
		fmt.Printf("%s is %s now\n", id, state)
		return nil
	})
}

type closeCmd struct {
	Business string `arg:"" help:"The business's id."`
}

// Run closes an account.
func (c closeCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		n, err := o.Launch.Close(ctx, b)
		if err != nil {
			return err
		}
		fmt.Printf("closed; %d campaigns cancelled\n", n)
		return nil
	})
}

// businessID reads an id, "" as none.
func businessID(s string) (core.BusinessID, error) {
	if s == "" {
		return core.BusinessID{}, nil
	}
	id, err := core.ParseUUID(s)
	if err != nil {
		return core.BusinessID{}, core.E("nexo", core.Invalid, "the business's id is not one")
	}
	return core.BusinessID(id), nil
}
