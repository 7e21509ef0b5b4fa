// Package demo plays the whole product on one machine: a venue, a simulated
// carrier with a virtual phone, and guests who have joined the way guests do.
package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/openai"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/apps/worker/loop"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/seal"
)

// Options say how to play.
type Options struct {
	At   string // HH:MM at the venue; "" for now, or the afternoon where now is too late or too early
	Port int    // of the pages; the phone has the next one; 0 takes free ones
	Out  io.Writer
	// OpenAI drafts texts, where it has a key.
	OpenAI openai.Config
}

// apiKey is what the simulated carrier asks for. It opens nothing else.
const apiKey = "demo-key"

// examplePrice is what a part of a text costs in the demo: $0.0075, about what
// carriers charge with their fees.
const examplePrice = 7_500

// examplePicture is what a text with a picture costs in the demo: $0.02.
const examplePicture = 20_000

// review is how long carriers take to look at a registration here. Others take
// days.
const review = 2 * time.Second

// logName is what the evidence log is called in its key, which is another one
// each time.
const logName = "demo.example/evidence"

// Run plays until ctx ends. Nothing of it is left behind.
func Run(ctx context.Context, o Options) error {
	offset, err := clockOffset(o.At, time.Now())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "nexo-demo-")
	if err != nil {
		return core.Wrap("demo", core.Unavailable, "cannot make a folder for the demo's database; is the disk full?", err)
	}
	defer os.RemoveAll(dir)

	pages, err := listen(o.Port)
	if err != nil {
		return err
	}
	phone, err := listen(next(o.Port))
	if err != nil {
		return err
	}
	webhooks, err := listen(0)
	if err != nil {
		return err
	}
	key, public, err := seal.NewKey(rand.Reader, logName)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	sim := telnyxsim.New(telnyxsim.Options{
		APIKey: apiKey, WebhookURL: url(webhooks) + "/telnyx", Clock: system.Time{Offset: offset},
		Review: review, Handsets: handsets(), Contacts: map[string]string{venue.Sender: venue.BusinessName}, Log: log,
	})
	defer sim.Close()

	all, cleanup, err := nexo.NewAll(ctx, nexo.Config{
		Database: "sqlite:" + filepath.Join(dir, "demo.db"), PublicURL: url(pages), WebhookURL: url(webhooks),
		TelnyxURL: url(phone), TelnyxAPIKey: apiKey, TelnyxPublicKey: sim.PublicKey(), EvidenceKeys: []string{key},
		OpenAI:      o.OpenAI,
		MediaDir:    filepath.Join(dir, "pictures"),
		LinkSecrets: []string{rand.Text() + rand.Text()}, // as short-lived as the guests
		Profile:     law.Default, Margin: 15 * time.Minute, PartPrice: examplePrice, PicturePrice: examplePicture, ClockOffset: offset,
	}, log)
	if err != nil {
		return err
	}
	defer cleanup()

	g, ctx := errgroup.WithContext(ctx)
	context.AfterFunc(ctx, sim.Close) // ends the phones' streams, which the server waits for
	serve := func(name string, l net.Listener, s run.Server) {
		s.Name, s.Log, s.Drain = name, log, 2*time.Second
		g.Go(func() error { return s.Serve(ctx, l) })
	}
	serve("phone", phone, run.Server{Handler: sim.Handler()})
	ingester := hook.New(all.Ingester, log)
	defer ingester.Close()
	serve("ingester", webhooks, run.Server{Handler: ingester})
	serve("web", pages, run.Server{Handler: site.New(all.Web, site.Options{
		PublicURL: url(pages), Log: log, Stop: ctx.Done(),
		Demo: &site.DemoInfo{PhoneURL: url(phone) + "/phone", Email: venue.Email, Password: venue.Password},
	})})
	g.Go(func() error { return loop.Run(ctx, all.Worker, loop.Options{Drain: 2 * time.Second}, log) })
	g.Go(func() error {
		code, err := seed(ctx, all, sim, url(pages))
		if err != nil {
			return err
		}
		announce(o.Out, url(pages), url(phone), code, public, offset)
		return nil
	})
	return g.Wait()
}

// listen takes the port, or a free one where it is 0 or taken.
func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil && port != 0 {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, core.Wrap("demo", core.Unavailable, "cannot listen on this machine's own address", err)
	}
	return l, nil
}

func next(port int) int {
	if port == 0 {
		return 0
	}
	return port + 1
}

func url(l net.Listener) string { return "http://" + l.Addr().String() }

// clockOffset is how far the demo's clock is from the real one. At is a time of
// day at the venue. Unless it is given, the clock stays as it is during the
// hours in which guests may be texted, and is moved to four in the afternoon
// outside them: a newcomer at night wants to see the texts arrive.
func clockOffset(at string, now time.Time) (time.Duration, error) {
	local := now.In(venueZone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, venueZone)
	if at != "" {
		t, err := time.Parse("15:04", at)
		if err != nil {
			return 0, core.E("demo", core.Invalid, "--at must be a time of day like 16:00")
		}
		return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute).Sub(local), nil
	}
	opens, closes := 9*time.Hour, 20*time.Hour
	if local.Weekday() == time.Sunday {
		opens = 12 * time.Hour // Texas: Tex. Bus. & Com. Code 301.051
	}
	if since := local.Sub(day); since >= opens && since < closes {
		return 0, nil
	}
	return day.Add(16 * time.Hour).Sub(local), nil
}

func announce(out io.Writer, pages, phone, code, public string, offset time.Duration) {
	fmt.Fprintf(out, `
%s is open. Play both sides:

  The venue      %s/signin
                 e-mail %s, password %s
  The guests     %s/phone
  The opt-in     %s/q/%s
  The log's key  %s

`, venue.BusinessName, pages, venue.Email, venue.Password, phone, pages, code, public)
	if offset.Abs() > time.Minute {
		fmt.Fprintf(out, "The demo's clock says %s at the venue, so that texts may go out. Choose with --at.\n", time.Now().Add(offset).In(venueZone).Format("Mon 2 Jan, 3:04 pm"))
	}
	fmt.Fprintln(out, "Everything is forgotten when you stop it with Ctrl-C.")
}
