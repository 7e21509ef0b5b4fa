// Command nexo is the whole product in one binary: it serves everything in one
// process, runs each program by itself, and has the commands for operators.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/apps/internal/run"
)

// commands is the command line.
type commands struct {
	Serve     serveCmd     `cmd:"" help:"Serve everything in one process: pages, webhooks, worker."`
	Doctor    doctorCmd    `cmd:"" help:"Look at configuration, database, clocks, carrier, webhooks, keys and numbers, and say what to do."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database's schema up to date, or back, or show where it is."`
	Reconcile reconcileCmd `cmd:"" help:"Compare our opt-outs with the carrier's list, and bar whom only the carrier bars."`
	Keys      keysCmd      `cmd:"" help:"Make the keys that sign the evidence log, or show their public halves (docs/keys.md)."`
	Unknown   unknownCmd   `cmd:"" help:"Texts that may have gone out and of which the carrier knows nothing: list them, and say what became of them."`
	Close     closeCmd     `cmd:"" help:"Close a business's account: its campaigns are cancelled and nothing is sent any more. Nothing is deleted."`
	Proof     proofCmd     `cmd:"" help:"Make a pack that proves texts, for whoever asks (docs/evidence.md)."`
	Verify    verifyCmd    `cmd:"" help:"Check a pack. Needs neither a database nor the network."`
	Check     checkCmd     `cmd:"" help:"Ask the core: JSON lines in, JSON lines out (docs/check.md)."`
	Replay    replayCmd    `cmd:"" help:"Take recorded decisions again, as they were or as another reading of the law, instant or edition would have them."`
	Export    exportCmd    `cmd:"" help:"Write everything on record about a business, with what is needed to check it."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
	Retention retentionCmd `cmd:"" help:"How long data is kept: what is due, and erasing it (docs/privacy.md)."`
	Hold      holdCmd      `cmd:"" help:"Legal holds: what they cover is not erased."`
	Privacy   privacyCmd   `cmd:"" help:"What guests ask about their own data: export, erase, and which requests wait."`
	Inbox     inboxCmd     `cmd:"" help:"Look at the webhooks that were kept, and replay them."`
}

func main() {
	run.Main("nexo", func(ctx context.Context) error {
		var c commands
		k := kong.Parse(&c,
			kong.Name("nexo"),
			kong.Description("Texts guests only when it may, and can prove why.\n\nThe environment configures it:\n"+variables()),
			kong.UsageOnError(),
			kong.BindTo(ctx, (*context.Context)(nil)),
		)
		return k.Run()
	})
}

// variables lists what the environment can set.
func variables() string {
	var s string
	for _, v := range env.Variables {
		s += fmt.Sprintf("  %-24s %s; %s\n", v.Name, v.Meaning, v.Default)
	}
	return s
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	_, err := fmt.Fprintln(os.Stdout, run.Version())
	return err
}
