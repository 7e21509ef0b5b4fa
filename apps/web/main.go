// Command web serves the pages for venues and their guests. Run as many as
// wanted: sessions are in the database.
package main

import (
	"context"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/apps/web/site"
)

func main() { run.Main("web", web) }

func web(ctx context.Context) error {
	p, err := env.Read(os.Getenv, ":8080", env.Needs{Public: true})
	if err != nil {
		return err
	}
	log := p.Logger("web")
	w, cleanup, err := nexo.NewWeb(ctx, p.Config, log)
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
	pages := site.New(w, site.Options{PublicURL: p.Config.PublicURL, RegionHeader: p.RegionHeader, Proxies: p.Config.TrustedProxies, Log: log, Stop: ctx.Done()})
	g.Go(func() error { return run.Server{Name: "web", Handler: pages, Log: log, Drain: p.Drain}.Serve(ctx, l) })
	return g.Wait()
}
