package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/store"
)

// exitDrift is what a trial run ends with where the carrier bars guests whom we
// do not.
const exitDrift = 2

type reconcileCmd struct {
	Business string `help:"Only the business of this id." placeholder:"ID"`
	DryRun   bool   `help:"Bar nobody; say who would be. Ends with 2 where there are any."`
}

// Run compares and prints what was found.
func (c reconcileCmd) Run(ctx context.Context) error {
	sc := reconcile.Scope{DryRun: c.DryRun}
	if c.Business != "" {
		id, err := core.ParseUUID(c.Business)
		if err != nil {
			return core.E("nexo.reconcile", core.Invalid, "--business must be a business's id")
		}
		sc.Business = core.BusinessID(id)
	}
	return withReconciler(ctx, func(r *nexo.Reconciler) error {
		rep, err := r.Reconcile.OptOuts(ctx, sc)
		if rep.Counts.Rows > 0 || err == nil {
			if err := printDrift(ctx, os.Stdout, r.Database.Store, rep, c.DryRun); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if c.DryRun && rep.Counts.Drift() > 0 {
			return run.Exit(exitDrift)
		}
		return nil
	})
}

func withReconciler(ctx context.Context, f func(*nexo.Reconciler) error) error {
	p, err := env.Read(os.Getenv, ":0", env.Needs{Carrier: true})
	if err != nil {
		return err
	}
	r, cleanup, err := nexo.NewReconcile(ctx, p.Config, p.Logger("nexo"))
	if err != nil {
		return err
	}
	defer cleanup()
	return f(r)
}

// printDrift writes a report for people. Of a guest's number it shows the end.
func printDrift(ctx context.Context, out io.Writer, st store.Store, rep reconcile.Report, trial bool) error {
	const form = "2006-01-02 15:04 MST"
	c := rep.Counts
	state := "read to its end"
	if rep.Ended.IsZero() {
		state = fmt.Sprintf("NOT read to its end: the next time goes on at page %d", rep.Page)
	}
	fmt.Fprintf(out, "The carrier's opt-out list of %s, %s.\n\n", rep.Started.UTC().Format(form), state)
	now := "barred by us now too"
	if trial {
		now = "left as they are: a trial run"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(n int, what string) { fmt.Fprintf(w, "%d\t  %s\n", n, what) }
	line(c.Rows, "rows on the list")
	line(c.Strangers, "of them for a number or profile that is no business's")
	line(c.Agreed, "guests whom both bar")
	line(c.Healed+c.Left, "guests whom only the carrier barred; "+now)
	line(c.Recent, "guests who joined while the list was read; the next time looks")
	line(c.Refused, "texts refused for an opt-out in the last day")
	line(c.Missed, "guests of those texts whom we did not bar; "+now)
	line(c.OnlyOurs, "guests who opted out with us in words that the carrier does not know; it cannot be told")
	line(c.Lifted, "guests whom we bar since the carrier did, and it does no more; their START lifts it")
	line(c.Drift(), "DRIFT: guests whom the carrier barred and we did not")
	if err := w.Flush(); err != nil {
		return err
	}
	return printFound(ctx, out, st, rep)
}

func printFound(ctx context.Context, out io.Writer, st store.Store, rep reconcile.Report) error {
	if len(rep.Found) == 0 {
		return nil
	}
	names := make(map[core.BusinessID]string)
	var ids []core.BusinessID
	for _, f := range rep.Found {
		ids = append(ids, f.Pair.Business)
	}
	var bs []account.Business
	err := st.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		bs, err = tx.Accounts.Businesses(ctx, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range bs {
		names[b.ID] = b.Name
	}
	fmt.Fprintf(out, "\nWhom (%d of %d):\n", len(rep.Found), rep.Counts.Drift())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range rep.Found {
		how := "on the list"
		if f.Text {
			how = "a text was refused"
		}
		fmt.Fprintf(w, "  %s\t%s\tsince %s\t%s\n", f.Pair.Number.Masked(), names[f.Pair.Business], f.At.UTC().Format("2006-01-02 15:04 MST"), how)
	}
	return w.Flush()
}
