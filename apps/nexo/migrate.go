package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply every step that is missing, the job queue's too."`
	Down   migrateDownCmd   `cmd:"" help:"Undo the last steps. Data in what they made is lost."`
	Status migrateStatusCmd `cmd:"" help:"List the steps and which are applied."`
}

type migrateUpCmd struct{}

// Run brings the schema up to date.
func (migrateUpCmd) Run(ctx context.Context) error {
	return withDatabase(ctx, func(d *nexo.Database) error {
		if err := d.Migrate(ctx); err != nil {
			return err
		}
		return status(ctx, d)
	})
}

type migrateDownCmd struct {
	Steps int `help:"How many steps to undo." default:"1"`
}

// Run undoes steps.
func (c migrateDownCmd) Run(ctx context.Context) error {
	return withDatabase(ctx, func(d *nexo.Database) error {
		if err := d.Schema.MigrateDown(ctx, c.Steps); err != nil {
			return err
		}
		return status(ctx, d)
	})
}

type migrateStatusCmd struct{}

// Run lists the steps.
func (migrateStatusCmd) Run(ctx context.Context) error {
	return withDatabase(ctx, func(d *nexo.Database) error { return status(ctx, d) })
}

func withDatabase(ctx context.Context, f func(*nexo.Database) error) error {
	p, err := env.Read(os.Getenv, ":0", env.Needs{})
	if err != nil {
		return err
	}
	d, cleanup, err := nexo.OpenDatabase(ctx, p.Config)
	if err != nil {
		return err
	}
	defer cleanup()
	return f(d)
}

func status(ctx context.Context, d *nexo.Database) error {
	ms, err := d.Schema.Migrations(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, m := range ms {
		at := "not applied"
		if !m.Applied.IsZero() {
			at = "applied " + m.Applied.Format("2006-01-02 15:04:05 MST")
		}
		fmt.Fprintf(w, "%s\t%s\n", m.Name, at)
	}
	return w.Flush()
}
