package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
)

type holdCmd struct {
	Place holdPlaceCmd `cmd:"" help:"Keep a business's data from being erased: all of it, or a guest's, a campaign's, of a time."`
	Lift  holdLiftCmd  `cmd:"" help:"End a hold. What it kept too long goes at the next sweep."`
	List  holdListCmd  `cmd:"" help:"List holds, newest first."`
}

type holdPlaceCmd struct {
	Business string    `arg:"" help:"The business's id."`
	Matter   string    `required:"" help:"The matter, as counsel calls it."`
	Reason   string    `required:"" help:"Why, such as the letter that asks for it."`
	Number   string    `help:"Only a guest's, by the number." placeholder:"+1…"`
	Campaign string    `help:"Only a campaign's, by its id." placeholder:"ID"`
	From     time.Time `help:"Only of this day on (UTC)." format:"2006-01-02" placeholder:"DAY"`
	To       time.Time `help:"Only of before this day (UTC)." format:"2006-01-02" placeholder:"DAY"`
}

// Run places a hold.
func (c holdPlaceCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	h := retention.Hold{Business: b, Matter: c.Matter, Reason: c.Reason, From: c.From, To: c.To}
	if c.Number != "" {
		if h.Number, err = core.ParseNumber(c.Number); err != nil {
			return core.E("nexo.hold", core.Invalid, "the guest's number is not one; write it like +1 and ten digits")
		}
	}
	if c.Campaign != "" {
		id, err := core.ParseUUID(c.Campaign)
		if err != nil {
			return core.E("nexo.hold", core.Invalid, "the campaign's id is not one")
		}
		h.Campaign = core.CampaignID(id)
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		h, err := o.Holds.Place(ctx, h)
		if err != nil {
			return err
		}
		fmt.Printf("hold %s is in force: nothing of what it covers is erased until it is lifted\n", h.ID)
		return nil
	})
}

type holdLiftCmd struct {
	Business string `arg:"" help:"The business's id."`
	Hold     string `arg:"" help:"The hold's id, as list shows it."`
	Reason   string `required:"" help:"Why it ends."`
}

// Run lifts a hold.
func (c holdLiftCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	id, err := core.ParseUUID(c.Hold)
	if err != nil {
		return core.E("nexo.hold", core.Invalid, "the hold's id is not one")
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		h, err := o.Holds.Lift(ctx, b, core.RecordID(id), core.UserID{}, c.Reason)
		if err != nil {
			return err
		}
		fmt.Printf("hold %s is lifted\n", h.ID)
		return nil
	})
}

type holdListCmd struct {
	Business string `help:"Only those on the business of this id." placeholder:"ID"`
	Most     int    `help:"How many at most." default:"1000"`
}

// Run lists holds.
func (c holdListCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		hs, err := o.Holds.List(ctx, b, c.Most)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "BUSINESS\tHOLD\tMATTER\tCOVERS\tPLACED\tLIFTED")
		for _, h := range hs {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", h.Business, h.ID, h.Matter, covers(h), dayOf(h.Placed), dayOf(h.Lifted))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Printf("%d holds\n", len(hs))
		return nil
	})
}

// covers says what a hold is on, with no more of a number than its end.
func covers(h retention.Hold) string {
	s := "everything"
	if !h.Number.IsZero() {
		s = "guest " + h.Number.Masked()
	}
	if !h.Campaign.IsZero() {
		s += ", campaign " + h.Campaign.String()
	}
	if !h.From.IsZero() {
		s += ", from " + dayOf(h.From)
	}
	if !h.To.IsZero() {
		s += ", until " + dayOf(h.To)
	}
	return s
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateOnly)
}
