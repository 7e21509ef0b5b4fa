package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/rights"
)

type privacyCmd struct {
	Export privacyExportCmd `cmd:"" help:"Write everything that a business holds of a guest, for the guest. It is on record."`
	Erase  privacyEraseCmd  `cmd:"" help:"Erase what a business holds of a guest; what proves that texts were lawful stays, and so does that the number is barred."`
	List   privacyListCmd   `cmd:"" help:"List the requests that wait, those that are overdue first."`
}

// asOperator is who the command line is.
var asOperator = rights.Caller{Source: privacy.ByOperator}

func pairOf(business, number string) (core.Pair, error) {
	b, err := businessID(business)
	if err != nil {
		return core.Pair{}, err
	}
	n, err := core.ParseNumber(number)
	if err != nil {
		return core.Pair{}, core.E("nexo.privacy", core.Invalid, "the guest's number is not one; write it like +1 and ten digits")
	}
	return core.Pair{Business: b, Number: n}, nil
}

type privacyExportCmd struct {
	Business string `arg:"" help:"The business's id."`
	Number   string `arg:"" help:"The guest's number, like +1 and ten digits."`
	JSON     bool   `help:"Write JSON."`
}

// Run exports.
func (c privacyExportCmd) Run(ctx context.Context) error {
	p, err := pairOf(c.Business, c.Number)
	if err != nil {
		return err
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		d, err := o.Rights.Export(ctx, asOperator, p)
		if err != nil {
			return err
		}
		if c.JSON {
			e := json.NewEncoder(os.Stdout)
			e.SetIndent("", "  ")
			return e.Encode(d)
		}
		return writeData(os.Stdout, d)
	})
}

func writeData(out io.Writer, d rights.Data) error {
	fmt.Fprintf(out, "What %s holds of %s on %s\n\n", d.Business, d.Number, dayOf(d.Made))
	if !d.Held {
		_, err := fmt.Fprintln(out, "Nothing.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if s := d.Standing; s != nil {
		fmt.Fprintf(w, "Subscription\t%s since %s, by %s %s\n", s.State, dayOf(s.Since), s.Method, s.Keyword)
	}
	for _, t := range d.Tags {
		fmt.Fprintf(w, "Tag\t%s\n", t)
	}
	for _, e := range d.Consent {
		fmt.Fprintf(w, "%s\t%s by %s: %q\n", minuteOf(e.At), e.Kind, e.Method, e.Said)
	}
	for _, t := range d.Texts {
		fmt.Fprintf(w, "%s\ttext, %s, %s: %q\n", minuteOf(t.At), t.Class, t.State, t.Words)
	}
	for _, s := range d.Said {
		fmt.Fprintf(w, "%s\t%s: %q\n", minuteOf(s.At), s.By, s.Words)
	}
	for _, b := range d.Barred {
		fmt.Fprintf(w, "%s\tnot texted: %s, %s\n", minuteOf(b.At), b.Reason, b.Source)
	}
	for _, r := range d.Requests {
		fmt.Fprintf(w, "%s\trequest to %s: %s\n", minuteOf(r.At), r.Kind, r.Outcome)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d records prove this.\n", d.Records)
	return writeKept(out, d.Kept)
}

func writeKept(out io.Writer, kept []rights.KeptData) error {
	fmt.Fprintln(out, "\nWhat is kept after an erasure:")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, k := range kept {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", k.What, k.Long, k.Why)
	}
	return w.Flush()
}

func minuteOf(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

type privacyEraseCmd struct {
	Business string `arg:"" help:"The business's id."`
	Number   string `arg:"" help:"The guest's number, like +1 and ten digits."`
	Child    bool   `help:"The guest is under 18."`
}

// Run erases.
func (c privacyEraseCmd) Run(ctx context.Context) error {
	p, err := pairOf(c.Business, c.Number)
	if err != nil {
		return err
	}
	reason := privacy.ReasonAsked
	if c.Child {
		reason = privacy.ReasonChild
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		e, err := o.Rights.Erase(ctx, asOperator, p, reason)
		if err != nil {
			return err
		}
		fmt.Printf("erased: the words of %d texts, %d events of consent, %d webhooks; %d texts that waited are cancelled\n",
			e.Forgotten.Texts, e.Forgotten.Events, e.Forgotten.Webhooks, e.Cancelled)
		if e.Hashed {
			fmt.Println("the number is barred by its keyed hash")
		} else {
			fmt.Println("the number is barred by itself: no key is configured (NEXO_ERASURE_KEY)")
		}
		return writeKept(os.Stdout, e.Kept)
	})
}

type privacyListCmd struct {
	Business string `help:"Only those of the business of this id." placeholder:"ID"`
	Most     int    `help:"How many at most." default:"1000"`
}

// Run lists requests.
func (c privacyListCmd) Run(ctx context.Context) error {
	b, err := businessID(c.Business)
	if err != nil {
		return err
	}
	return withOffice(ctx, func(o *nexo.Office) error {
		rs, err := o.Rights.Open(ctx, b, c.Most)
		if err != nil {
			return err
		}
		now, late := time.Now(), 0
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "BUSINESS\tREQUEST\tTO\tOF\tASKED\tDUE")
		for _, r := range rs {
			clock := r.Clock(now)
			due := "answer by " + dayOf(clock.Due)
			if clock.Acknowledge {
				due = "acknowledge by " + dayOf(clock.Due)
			}
			if clock.Overdue {
				due += fmt.Sprintf(", OVERDUE by %d days", -clock.Left)
				late++
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Business, r.ID, r.Kind, r.Number.Masked(), dayOf(r.At), due)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Printf("%d requests wait, %d of them overdue\n", len(rs), late)
		return nil
	})
}
