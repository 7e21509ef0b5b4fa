//go:build !embedded

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jobfluss/nexo/apps/internal/check"
	"github.com/jobfluss/nexo/core"
)

// checkCmd asks the core: JSON lines in, JSON lines out. docs/check.md is its
// contract.
type checkCmd struct {
	Text    checkTextCmd    `cmd:"" help:"What a text takes up: encoding, parts, costly characters."`
	Reply   checkReplyCmd   `cmd:"" help:"What a text from a guest means: opt out, opt in, help, none."`
	Number  checkNumberCmd  `cmd:"" help:"A number as people type it, and where the phone may be."`
	Hours   checkHoursCmd   `cmd:"" help:"Whether the hours of the law allow a text to a number, and if not, when they will."`
	Copy    checkCopyCmd    `cmd:"" help:"What carriers refuse in a text."`
	Send    checkSendCmd    `cmd:"" help:"The whole decision, on all the facts of a send."`
	Webhook checkWebhookCmd `cmd:"" help:"Whether a webhook is authentic, and what it is about."`
}

// checkInput is common to all checks.
type checkInput struct {
	Files  []string `arg:"" optional:"" help:"Files with one JSON object on each line; - is standard input, which is read where there are none."`
	Schema bool     `help:"Print the JSON Schema of the lines that are read and written, and end."`
}

type checkAt struct {
	At string `help:"The instant that is judged, for lines that name none, such as 2026-11-24T18:30:00Z." placeholder:"RFC3339"`
}

type checkProfile struct {
	Profile string `help:"How much of the law is applied, for lines that do not say: federal, default or strict." placeholder:"NAME"`
}

type (
	checkTextCmd   struct{ checkInput }
	checkReplyCmd  struct{ checkInput }
	checkNumberCmd struct{ checkInput }
	checkHoursCmd  struct {
		checkInput
		checkAt
		checkProfile
	}
	checkCopyCmd struct{ checkInput }
	checkSendCmd struct {
		checkInput
		checkAt
		checkProfile
	}
	checkWebhookCmd struct {
		checkInput
		checkAt
	}
)

// Run answers lines.
func (c checkTextCmd) Run(ctx context.Context) error { return c.run(ctx, "text", "", "") }

// Run answers lines.
func (c checkReplyCmd) Run(ctx context.Context) error { return c.run(ctx, "reply", "", "") }

// Run answers lines.
func (c checkNumberCmd) Run(ctx context.Context) error { return c.run(ctx, "number", "", "") }

// Run answers lines.
func (c checkHoursCmd) Run(ctx context.Context) error { return c.run(ctx, "hours", c.Profile, c.At) }

// Run answers lines.
func (c checkCopyCmd) Run(ctx context.Context) error { return c.run(ctx, "copy", "", "") }

// Run answers lines.
func (c checkSendCmd) Run(ctx context.Context) error { return c.run(ctx, "send", c.Profile, c.At) }

// Run answers lines.
func (c checkWebhookCmd) Run(ctx context.Context) error { return c.run(ctx, "webhook", "", c.At) }

func (in checkInput) run(ctx context.Context, name, profile, at string) error {
	o := check.Options{Profile: profile}
	if at != "" {
		if err := o.At.UnmarshalText([]byte(at)); err != nil {
			return core.E("nexo.check", core.Invalid, "--at must be an instant as in RFC 3339, such as 2026-11-24T18:30:00Z")
		}
	}
	c, err := check.New(name, o)
	if err != nil {
		return err
	}
	if in.Schema {
		_, err := os.Stdout.Write(c.Schema())
		return err
	}
	if len(in.Files) == 0 {
		in.Files = []string{"-"}
	}
	for _, file := range in.Files {
		if err := answerFile(ctx, c, file); err != nil {
			return err
		}
	}
	return nil
}

func answerFile(ctx context.Context, c *check.Checker, name string) error {
	if name == "-" {
		return untilTold(ctx, c, os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return core.Wrap("nexo.check", core.NotFound, fmt.Sprintf("the file %q cannot be opened", name), err)
	}
	return errors.Join(untilTold(ctx, c, f), f.Close())
}

// untilTold answers until the input ends or the program is told to stop. A read
// from a terminal or a pipe may wait for ever; it is left behind then, and with
// it nothing but an unfinished line, since answers are written before each wait.
func untilTold(ctx context.Context, c *check.Checker, in io.Reader) error {
	done := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, in, os.Stdout)
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(100 * time.Millisecond):
		return ctx.Err()
	}
}
