// Command ingester takes the carrier's webhooks in: it verifies, keeps and
// answers. Run as many as wanted, behind a load balancer.
package main

import (
	"context"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
)

func main() { run.Main("ingester", ingester) }

func ingester(ctx context.Context) error {
	p, err := env.Read(os.Getenv, ":8081", env.Needs{Webhooks: true})
	if err != nil {
		return err
	}
	log := p.Logger("ingester")
	in, cleanup, err := nexo.NewIngester(ctx, p.Config, log)
	if err != nil {
		return err
	}
	defer cleanup()
	l, err := run.Listen(p.Addr)
	if err != nil {
		return err
	}
	h := hook.New(in, log)
	defer h.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return run.Metrics(ctx, p.MetricsAddr, p.Config.Metrics, log) })
	g.Go(func() error {
		return run.Server{Name: "ingester", Handler: h, Log: log, Drain: p.Drain, ReadTimeout: hook.ReadWithin, WriteTimeout: hook.AnswerWithin}.Serve(ctx, l)
	})
	return g.Wait()
}
