package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/sweep"
)

type retentionCmd struct {
	Plan retentionPlanCmd `cmd:"" help:"Show how long each class of data is kept, and how many rows are due now. Changes nothing."`
	Run  retentionRunCmd  `cmd:"" help:"Erase what is due now, in small steps. It may be stopped at any time."`
}

type retentionPlanCmd struct {
	Rules bool `help:"Also show why each class is kept, and within which bounds its period may be set."`
}

// Run shows the plan.
func (c retentionPlanCmd) Run(ctx context.Context) error {
	return withOffice(ctx, func(o *nexo.Office) error {
		if c.Rules {
			if err := printRules(os.Stdout, o.Sweep.Periods); err != nil {
				return err
			}
		}
		p, err := o.Sweep.Plan(ctx)
		if err != nil {
			return err
		}
		return printPlan(os.Stdout, p)
	})
}

func printRules(out io.Writer, periods retention.Periods) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CLASS\tKEPT\tMAY BE\tFROM\tSOURCE")
	for _, r := range retention.Rules() {
		if r.Class == retention.Nothing {
			continue
		}
		bounds := r.Min.String()
		if r.Min != r.Max {
			bounds += " to " + r.Max.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Name, periods.Of(r.Class), bounds, r.From, r.Source)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func printPlan(out io.Writer, p sweep.Plan) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CLASS\tKEPT\tDUE IS WHAT IS OF BEFORE\tROWS AT MOST")
	for _, l := range p.Lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", l.Pile, l.Period, l.Before.UTC().Format("2006-01-02 15:04 MST"), l.Rows)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d rows at most; %d holds in force, and what they cover stays\n", p.Rows(), p.Holds)
	if p.Doubt != nil {
		fmt.Fprintf(out, "Nothing would be erased now: %s.\n", core.MessageOf(p.Doubt))
	}
	return nil
}

type retentionRunCmd struct {
	DryRun       bool `help:"Look at every row that is due, and erase nothing."`
	ClockIsRight bool `help:"I have looked, and the clock is right although nothing has happened for long."`
}

// Run erases, after it has shown how much.
func (c retentionRunCmd) Run(ctx context.Context) error {
	return withOffice(ctx, func(o *nexo.Office) error {
		p, err := o.Sweep.Plan(ctx)
		if err != nil {
			return err
		}
		if err := printPlan(os.Stdout, p); err != nil {
			return err
		}
		bar := &progress{out: os.Stderr, plan: p}
		r, err := o.Sweep.Run(ctx, sweep.Options{DryRun: c.DryRun, ClockIsRight: c.ClockIsRight, Progress: bar.show})
		bar.end()
		done := "erased"
		if c.DryRun {
			done = "would be erased"
		}
		for _, l := range r.Lines {
			if l.Erased+l.Held+l.Open > 0 {
				fmt.Printf("%s: %d %s, %d held, %d still needed\n", l.Pile, l.Erased, done, l.Held, l.Open)
			}
		}
		if err != nil {
			return err
		}
		fmt.Printf("%d rows %s\n", r.Erased(), done)
		return nil
	})
}

// progress is a line that is written over and over, where people look.
type progress struct {
	out  *os.File
	plan sweep.Plan
	last time.Time
	tty  *bool
}

func (b *progress) show(l sweep.Line) {
	if b.tty == nil {
		info, err := b.out.Stat()
		is := err == nil && info.Mode()&os.ModeCharDevice != 0
		b.tty = &is
	}
	if !*b.tty || time.Since(b.last) < 100*time.Millisecond {
		return
	}
	b.last = time.Now()
	of := 0
	for _, x := range b.plan.Lines {
		if x.Pile == l.Pile {
			of = x.Rows
		}
	}
	seen := l.Erased + l.Held + l.Open
	const width = 30
	full := width
	if of > seen {
		full = width * seen / of
	}
	_, _ = fmt.Fprintf(b.out, "\r\x1b[K%-14s [%s%s] %d of %d", l.Pile, repeat('#', full), repeat('.', width-full), seen, of)
}

func repeat(c byte, n int) string {
	b := make([]byte, max(n, 0))
	for i := range b {
		b[i] = c
	}
	return string(b)
}

func (b *progress) end() {
	if b.tty != nil && *b.tty && !b.last.IsZero() {
		_, _ = fmt.Fprint(b.out, "\r\x1b[K")
	}
}
