package main

import (
	"context"
	"os"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/nexo/webhooks"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
)

// inboxCmd looks at what carriers have sent.
type inboxCmd struct {
	List   inboxListCmd   `cmd:"" help:"List events, newest first."`
	Show   inboxShowCmd   `cmd:"" help:"Show one event, with what was sent."`
	Replay inboxReplayCmd `cmd:"" help:"Act on events again. What was done before is not done twice."`
}

type inboxListCmd struct {
	N       int      `help:"How many." short:"n" default:"20"`
	Waiting bool     `help:"Only those that nobody has acted on yet."`
	Failing bool     `help:"Only those of them that were put off three times or more."`
	Kind    []string `help:"Only those of these kinds: unknown, unparsable, inbound, delivery." enum:"unknown,unparsable,inbound,delivery"`
	Older   string   `help:"Only those older than this event." placeholder:"EVENT"`
	JSON    bool     `help:"Write JSON, an event on each line."`
}

// Run lists events.
func (c inboxListCmd) Run(ctx context.Context) error {
	if c.N < 1 || c.N > 10_000 {
		return core.E("nexo.inbox", core.Invalid, "-n must be a number from 1 to 10000")
	}
	q := inbox.Query{N: c.N, Older: c.Older, Waiting: c.Waiting, Failing: c.Failing}
	for _, name := range c.Kind {
		for _, k := range inbox.Kinds() {
			if k.String() == name {
				q.Kinds = append(q.Kinds, k)
			}
		}
	}
	return withDatabase(ctx, func(d *nexo.Database) error { return webhooks.List(ctx, d.Store, q, c.JSON, os.Stdout) })
}

type inboxShowCmd struct {
	Event string `arg:"" help:"Its id, as the list shows it."`
	JSON  bool   `help:"Write JSON."`
}

// Run shows one event.
func (c inboxShowCmd) Run(ctx context.Context) error {
	return withDatabase(ctx, func(d *nexo.Database) error {
		return webhooks.Show(ctx, d.Store, c.Event, c.JSON, os.Stdout)
	})
}

type inboxReplayCmd struct {
	Events  []string `arg:"" optional:"" help:"Their ids, as the list shows them."`
	Failing bool     `help:"All those that are failing."`
}

// Run makes events wait again.
func (c inboxReplayCmd) Run(ctx context.Context) error {
	if len(c.Events) == 0 && !c.Failing {
		return core.E("nexo.inbox", core.Invalid, "say which events, by their ids, or --failing")
	}
	return withDatabase(ctx, func(d *nexo.Database) error {
		return webhooks.Replay(ctx, d.Store, system.Time{}, c.Events, c.Failing, os.Stdout)
	})
}
