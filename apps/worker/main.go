// Command worker acts on what the ingester has kept, launches campaigns and
// sends what is due. Run as many as wanted. It listens for health checks only.
package main

import (
	"context"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/apps/worker/loop"
)

func main() { run.Main("worker", worker) }

func worker(ctx context.Context) error {
	p, err := env.Read(os.Getenv, ":8082", env.Needs{Carrier: true, Webhooks: true, Sealing: true})
	if err != nil {
		return err
	}
	log := p.Logger("worker")
	w, cleanup, err := nexo.NewWorker(ctx, p.Config, log)
	if err != nil {
		return err
	}
	defer cleanup()
	l, err := run.Listen(p.Addr)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return run.Metrics(ctx, p.MetricsAddr, p.Config.Metrics, log) })
	g.Go(func() error { return loop.Run(ctx, w, loop.Options{Drain: p.Drain}, log) })
	g.Go(func() error {
		return run.Server{Name: "worker", Handler: run.Health(w.Database.Store.Ping), Log: log, Drain: p.Drain}.Serve(ctx, l)
	})
	return g.Wait()
}
