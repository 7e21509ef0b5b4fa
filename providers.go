package nexo

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jobfluss/nexo/adapters/fetch"
	"github.com/jobfluss/nexo/adapters/file"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/adapters/openai"
	"github.com/jobfluss/nexo/adapters/outbox"
	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/river"
	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/adapters/s3"
	"github.com/jobfluss/nexo/adapters/smtp"
	"github.com/jobfluss/nexo/adapters/spool"
	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/tsa"
	"github.com/jobfluss/nexo/adapters/webauthn"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
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
	if err == nil {
		err = d.barred.CheckTagKeys(ctx)
	}
	if err != nil {
		closeIt()
		return nil, nil, err
	}
	log.InfoContext(ctx, "database open", "postgres", d.Postgres)
	return d, closeIt, nil
}

// Check is nil where the tables are as this version needs them, and every key is
// there by which guests are barred.
func (d *Database) Check(ctx context.Context) error {
	if err := d.Schema.CheckSchema(ctx); err != nil {
		return err
	}
	return d.barred.CheckTagKeys(ctx)
}

// OpenCarrier is the carrier to be asked, for commands. It does not call it.
func OpenCarrier(cfg Config) (reconcile.Carrier, func(), error) { return openTelnyx(cfg) }

// OpenDatabase opens the database as it is, for commands that bring its schema
// up to date or look at it. The function it returns closes it.
func OpenDatabase(ctx context.Context, cfg Config) (*Database, func(), error) {
	return connect(ctx, cfg)
}

func connect(ctx context.Context, cfg Config) (*Database, func(), error) {
	keys, err := suppression.NewKeys(cfg.ErasureKeys...)
	if err != nil {
		return nil, nil, err
	}
	if path, ok := strings.CutPrefix(cfg.Database, "sqlite:"); ok {
		s, closeIt, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		s.UseTagKeys(keys)
		return &Database{Store: deliver.Watch(s, clock(cfg)), SQL: s.DB(), Schema: s, barred: s}, closeIt, nil
	}
	s, closeIt, err := postgres.Open(ctx, postgres.Config{URL: cfg.Database, MaxConns: cfg.DatabaseConns})
	if err != nil {
		return nil, nil, err
	}
	s.UseTagKeys(keys)
	return &Database{Store: deliver.Watch(s, clock(cfg)), SQL: s.DB(), Postgres: true, Schema: s, barred: s}, closeIt, nil
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

// openRegistrar returns nil where the carrier cannot be spoken with: without a
// key, or without the address that profiles must have.
func openRegistrar(cfg Config) (enroll.Carrier, func(), error) {
	if cfg.TelnyxAPIKey == "" || cfg.WebhookURL == "" {
		return nil, func() {}, nil
	}
	return openTelnyx(cfg)
}

// openWriter returns nil where no key is configured: then nothing is drafted.
func openWriter(cfg Config) (draft.Writer, error) {
	if cfg.OpenAI.Key == "" {
		return nil, nil
	}
	return openai.New(cfg.OpenAI)
}

func draftLimits(cfg Config) draft.Limits { return cfg.DraftLimits }

// enrollSite: a carrier at another address than its own is a simulator.
func enrollSite(cfg Config) enroll.Site {
	return enroll.Site{PublicURL: cfg.PublicURL, WebhookURL: cfg.WebhookURL, Simulated: cfg.TelnyxURL != ""}
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

// openCharges returns a service without a till where no key is set: everything is
// free then.
func openCharges(cfg Config, s store.Store, c core.Clock) (*charge.Service, error) {
	out := &charge.Service{Store: s, Clock: c, News: stripe.News, Provider: stripe.Provider, PublicURL: cfg.PublicURL}
	if cfg.Stripe.Key == "" {
		return out, nil
	}
	till, err := stripe.NewTill(cfg.Stripe)
	if err != nil {
		return nil, err
	}
	out.Till = till
	return out, nil
}

func linkBase(cfg Config) click.Base {
	if cfg.LinkURL != "" {
		return click.Base(cfg.LinkURL)
	}
	return click.Base(cfg.PublicURL)
}

func optOutLinks(cfg Config) (*optout.Links, error) {
	return optout.NewLinks(cfg.PublicURL, cfg.LinkSecrets...)
}

// pictureLinks are made with the secrets of opt-out links: each use has a key of
// its own.
func pictureLinks(cfg Config) *picture.Links {
	return picture.NewLinks(cfg.PublicURL, cfg.LinkSecrets...)
}

// openCarrier hands texts to Telnyx, with links to their pictures, and counts them.
func openCarrier(c *telnyx.Client, links *picture.Links, clock core.Clock, m *observe.Metrics) message.Carrier {
	return &picture.Carrier{Next: m.Carrier(c), Links: links, Clock: clock}
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

// openMedia returns nil where no place is configured: pictures then stay at the
// carrier.
func openMedia(cfg Config) (media.Store, error) {
	switch {
	case cfg.MediaDir != "" && cfg.MediaS3.URL != "":
		return nil, core.E("nexo.openMedia", core.Invalid, "pictures are kept in a folder or in a bucket, not in both; unset one")
	case cfg.MediaDir != "":
		return file.OpenMedia(cfg.MediaDir)
	case cfg.MediaS3.URL != "":
		return s3.OpenMedia(cfg.MediaS3)
	}
	return nil, nil
}

// telnyxHost is whose media need the key.
const telnyxHost = "telnyx.com"

// openFetcher reaches public hosts and, where another carrier than the real one is
// named, that one.
func openFetcher(cfg Config) media.Fetcher {
	return fetch.New(fetch.Config{Trusted: cfg.TelnyxURL, Key: cfg.TelnyxAPIKey, KeyHost: telnyxHost})
}

// openTeller posts events to public hosts, and to nobody's own network.
func openTeller() deliver.Sender { return fetch.New(fetch.Config{}) }

func trustedProxies(cfg Config) TrustedProxies { return cfg.TrustedProxies }

func metrics(cfg Config) *observe.Metrics { return cfg.Metrics }

func clock(cfg Config) core.Clock { return system.Time{Offset: cfg.ClockOffset} }

// judgeSettings must say what dispatchSettings says: a dry run decides as sending
// does.
func judgeSettings(cfg Config) judge.Settings {
	return judge.Settings{Profile: cfg.Profile, Margin: cfg.Margin}
}

func calendar() campaign.Calendar { return rrule.Calendar{} }

func salts() evidence.Salts { return system.Salts{} }

// openSealer returns one without keys where none are configured: it can do
// everything but seal, and says so when it should.
func openSealer(cfg Config, s store.Store, c core.Clock) (*seal.Service, error) {
	if len(cfg.EvidenceKeys) == 0 {
		return &seal.Service{Store: s, Clock: c}, nil
	}
	keys, err := seal.ParseKeys(cfg.EvidenceKeys)
	if err != nil {
		return nil, err
	}
	return &seal.Service{Store: s, Clock: c, Origin: keys.Origin, Signers: keys.Signers}, nil
}

// How often each anchor is used at most. A time-stamping authority does it for
// many, and a day is close enough in a dispute.
const (
	anchorEvery = time.Minute
	stampEvery  = time.Hour
)

// openAnchors opens those that are configured.
func openAnchors(cfg Config, st store.Store, c core.Clock) (*seal.Anchors, error) {
	a := &seal.Anchors{Store: st, Clock: c}
	if cfg.AnchorDir != "" {
		f, err := file.Open(cfg.AnchorDir)
		if err != nil {
			return nil, err
		}
		a.Plans = append(a.Plans, seal.Plan{Anchor: f, Every: anchorEvery})
	}
	if cfg.AnchorS3.URL != "" {
		b, err := s3.Open(cfg.AnchorS3)
		if err != nil {
			return nil, err
		}
		a.Plans = append(a.Plans, seal.Plan{Anchor: b, Every: anchorEvery})
	}
	if cfg.AnchorTSA != "" {
		authority, err := tsa.Open(cfg.AnchorTSA)
		if err != nil {
			return nil, err
		}
		a.Plans = append(a.Plans, seal.Plan{Anchor: authority, Every: stampEvery})
	}
	if cfg.MailServer == "" {
		return a, nil
	}
	post, err := smtp.Open(cfg.MailServer, cfg.MailFrom)
	if err != nil {
		return nil, err
	}
	a.Letters = &seal.Letters{Post: post}
	if len(cfg.EvidenceKeys) > 0 {
		keys, err := seal.ParseKeys(cfg.EvidenceKeys)
		if err != nil {
			return nil, err
		}
		a.Letters.Verifiers = keys.Verifiers
	}
	return a, nil
}

// openProofs returns a service without a signer where no keys are configured: it
// makes no packs, and says why. While a key is being replaced, the next one signs.
func openProofs(cfg Config, s store.Store, c core.Clock, book *decide.Book) (*proof.Service, error) {
	p := &proof.Service{Store: s, Book: book, Clock: c}
	if len(cfg.EvidenceKeys) == 0 {
		return p, nil
	}
	keys, err := seal.ParseKeys(cfg.EvidenceKeys)
	if err != nil {
		return nil, err
	}
	p.Signer = keys.Signers[len(keys.Signers)-1]
	return p, nil
}

// OpenProofs is what makes proof packs out of a database, for commands.
func OpenProofs(cfg Config, d *Database) (*proof.Service, error) {
	return openProofs(cfg, d.Store, clock(cfg), decide.US())
}

func periods(cfg Config) retention.Periods { return cfg.Retention }

func partPrice(cfg Config) dryrun.Price { return cfg.PartPrice }

func picturePrice(cfg Config) dryrun.PicturePrice { return dryrun.PicturePrice(cfg.PicturePrice) }

func dispatchSettings(cfg Config) dispatch.Settings {
	return dispatch.Settings{Profile: cfg.Profile, Margin: cfg.Margin, Account: cfg.AccountRate}
}

func signInSite(cfg Config) signin.Site { return signin.Site(cfg.PublicURL) }

// openPasskeys returns nil where browsers have none: at an address that is a
// number, or without one.
func openPasskeys(cfg Config) (access.Passkeys, error) {
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, nil
	}
	return webauthn.New(cfg.PublicURL)
}

// openPost opens the mail server, or an outbox where the pages are on this
// machine and nobody else can look.
func openPost(cfg Config) (Post, error) {
	if cfg.MailServer != "" {
		s, err := smtp.Open(cfg.MailServer, cfg.MailFrom)
		return Post{Post: s}, err
	}
	u, err := url.Parse(cfg.PublicURL)
	if err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()) {
		b := &outbox.Box{}
		return Post{b, b}, nil
	}
	return Post{}, nil
}
