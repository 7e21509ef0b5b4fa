package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/apps/nexo/doctor"
)

type doctorCmd struct{}

// Run prints what was found, and ends with 1 where something is bad.
func (doctorCmd) Run(ctx context.Context) error {
	// With the needs of every program, so that one look says what any of them lacks.
	p, err := env.Read(os.Getenv, ":0", env.Needs{Public: true, Carrier: true, Webhooks: true, Sealing: true})
	if err != nil {
		return err
	}
	who := doctor.Patient{
		Config: p.Config, Client: http.DefaultClient, Now: time.Now,
		Open: func(ctx context.Context) (*nexo.Database, func(), error) { return nexo.OpenDatabase(ctx, p.Config) },
	}
	carrier, closeIt, err := nexo.OpenCarrier(p.Config)
	if err != nil {
		return err
	}
	defer closeIt()
	who.Carrier = carrier
	found := doctor.Examine(ctx, who)
	if err := doctor.Print(os.Stdout, found); err != nil {
		return err
	}
	if doctor.Worst(found) == doctor.Bad {
		return run.Exit(1)
	}
	return nil
}
