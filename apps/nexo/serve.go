package main

import (
	"context"
	"net/http"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/apps/nexo/demo"
	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/apps/worker/loop"
)

type serveCmd struct {
	Demo bool   `help:"Play with a demo venue, a simulated carrier and a virtual phone. No accounts, no keys; forgotten at the end."`
	At   string `help:"With --demo: what time it is at the venue, like 16:00. Unless it is said, the clock is moved to the afternoon only where guests could not be texted now." placeholder:"HH:MM"`
	Port int    `help:"With --demo: the port of the pages; the virtual phone has the next one. 0 takes free ones." default:"8080"`
}

// Run serves until ctx ends.
func (c serveCmd) Run(ctx context.Context) error {
	if c.Demo {
		p, err := env.Read(os.Getenv, ":8080", env.Needs{}) // who has a key may play with drafts
		if err != nil {
			return err
		}
		return demo.Run(ctx, demo.Options{At: c.At, Port: c.Port, Out: os.Stdout, OpenAI: p.Config.OpenAI})
	}
	p, err := env.Read(os.Getenv, ":8080", env.Needs{Public: true, Carrier: true, Webhooks: true, Sealing: true})
	if err != nil {
		return err
	}
	log := p.Logger("nexo")
	all, cleanup, err := nexo.NewAll(ctx, p.Config, log)
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
	pages := site.New(all.Web, site.Options{PublicURL: p.Config.PublicURL, RegionHeader: p.RegionHeader, Proxies: p.Config.TrustedProxies, Log: log, Stop: ctx.Done()})
	webhooks := hook.New(all.Ingester, log)
	defer webhooks.Close()
	g.Go(func() error {
		// An opt-out that an earlier process could only put into the spool comes
		// before any text.
		if err := webhooks.Drained(ctx); err != nil {
			return nil // told to stop
		}
		return loop.Run(ctx, all.Worker, loop.Options{Drain: p.Drain}, log)
	})
	g.Go(func() error {
		return run.Server{Name: "nexo", Handler: both(pages, webhooks), Log: log, Drain: p.Drain}.Serve(ctx, l)
	})
	return g.Wait()
}

// both serves webhooks and pages at one address. Whether the process is ready is
// for the webhooks to say: they are taken while the database is away.
func both(pages, webhooks http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			webhooks.ServeHTTP(w, r)
			return
		}
		for _, p := range hook.Paths {
			if r.URL.Path == p || strings.HasPrefix(r.URL.Path, p+"/") {
				webhooks.ServeHTTP(w, r)
				return
			}
		}
		pages.ServeHTTP(w, r)
	})
}
