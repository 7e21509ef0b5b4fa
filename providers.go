package nexo

import (
	"context"
	"log/slog"
	"strings"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/river"
	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/adapters/spool"
	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/judge"
)

// openDatabase opens the database that the configuration names. SQLite brings
// its schema up to date by itself, since nobody else would; Postgres must have
// been migrated, since several programs share it.
func openDatabase(ctx context.Context, cfg Config, log *slog.Logger) (*Database, func(), error) {
	d, closeIt, err := connect(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	if !d.Postgres {
		err = d.Migrate(ctx)
	} else {
		err = d.Schema.CheckSchema(ctx)
	}
	if err != nil {
		closeIt()
		return nil, nil, err
	}
	log.InfoContext(ctx, "database open", "postgres", d.Postgres)
	return d, closeIt, nil
}

// OpenDatabase opens the database as it is, for commands that bring its schema
// up to date or look at it. The function it returns closes it.
func OpenDatabase(ctx context.Context, cfg Config) (*Database, func(), error) {
	return connect(ctx, cfg)
}

func connect(ctx context.Context, cfg Config) (*Database, func(), error) {
	if path, ok := strings.CutPrefix(cfg.Database, "sqlite:"); ok {
		s, closeIt, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return &Database{Store: s, SQL: s.DB(), Schema: s}, closeIt, nil
	}
	s, closeIt, err := postgres.Open(ctx, postgres.Config{URL: cfg.Database, MaxConns: cfg.DatabaseConns})
	if err != nil {
		return nil, nil, err
	}
	return &Database{Store: s, SQL: s.DB(), Postgres: true, Schema: s}, closeIt, nil
}

// Migrate brings the schema up to date, the job queue's tables too. It does
// nothing where that is done already, and waits for another process that is
// doing it.
func (d *Database) Migrate(ctx context.Context) error {
	if err := d.Schema.MigrateUp(ctx); err != nil {
		return err
	}
	return river.Migrate(ctx, d.SQL, d.Postgres)
}

func openTelnyx(cfg Config) (*telnyx.Client, func(), error) {
	c, err := telnyx.New(telnyx.Config{BaseURL: cfg.TelnyxURL, APIKey: cfg.TelnyxAPIKey, WebhookBase: cfg.WebhookURL}, nil)
	if err != nil {
		return nil, nil, err
	}
	return c, func() { _ = c.Close() }, nil
}

func openVerifier(cfg Config) (*telnyx.Verifier, error) {
	return telnyx.NewVerifier(cfg.TelnyxPublicKey)
}

// openStripe returns nil where no secret is set: then nobody could sign.
func openStripe(cfg Config) (*stripe.Verifier, error) {
	if cfg.StripeWebhookSecret == "" {
		return nil, nil
	}
	return stripe.NewVerifier(cfg.StripeWebhookSecret)
}

// openSpool returns nil where no folder is set.
func openSpool(cfg Config) (intake.Spool, func(), error) {
	if cfg.Spool == "" {
		return nil, func() {}, nil
	}
	s, err := spool.Open(spool.Config{Dir: cfg.Spool, Max: cfg.SpoolMax})
	if err != nil {
		return nil, nil, err
	}
	return s, func() { _ = s.Close() }, nil
}

func trustedProxies(cfg Config) TrustedProxies { return cfg.TrustedProxies }

func clock(cfg Config) core.Clock { return system.Time{Offset: cfg.ClockOffset} }

// judgeSettings must say what dispatchSettings says: a dry run decides as sending
// does.
func judgeSettings(cfg Config) judge.Settings {
	return judge.Settings{Profile: cfg.Profile, Margin: cfg.Margin}
}

func calendar() campaign.Calendar { return rrule.Calendar{} }

func salts() evidence.Salts { return system.Salts{} }

func partPrice(cfg Config) dryrun.Price { return cfg.PartPrice }

func dispatchSettings(cfg Config) dispatch.Settings {
	return dispatch.Settings{Profile: cfg.Profile, Margin: cfg.Margin}
}
