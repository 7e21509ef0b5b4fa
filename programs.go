// Package nexo is the assembly of NexoAlerts: what each program is given, and
// (in wire.go) how it is put together.
//
// # A tour of the repository
//
//   - core/ is the domain: nouns hold data and rules, verbs are use cases over
//     ports. It knows nothing outside itself. Begin at core/doc.go, then
//     core/decide, the engine.
//   - adapters/ has one folder for each product that implements a port.
//   - This package wires adapters to the domain: [NewWeb], [NewWorker],
//     [NewIngester], and [NewAll] for one process.
//   - apps/ are the programs: web, worker, ingester, and nexo, which is all of
//     them in one process and the command line.
//   - tests/ is what needs several rooms.
//
// Imports go one way: apps → nexo → adapters → core. A test keeps it so.
package nexo

import (
	"context"
	"database/sql"
	"net/netip"
	"time"

	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/adapters/openai"
	"github.com/jobfluss/nexo/adapters/outbox"
	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/s3"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/agree"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/collect"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/depart"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/hold"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suggest"
	"github.com/jobfluss/nexo/core/sweep"
)

// Config is what every program is configured with. Programs read it from the
// environment; the zero value of a field means its default.
type Config struct {
	// Database is where everything is kept: "postgres://…" or "sqlite:" and the
	// path of a file.
	Database string
	// DatabaseConns is the most connections to Postgres; 0 means 16.
	DatabaseConns int

	// PublicURL is where guests and staff reach the web app, without a slash at
	// the end.
	PublicURL string
	// WebhookURL is where the carrier reaches the ingester, without a slash at
	// the end.
	WebhookURL string

	// TelnyxURL is the carrier's API; "" means the real one.
	TelnyxURL       string
	TelnyxAPIKey    string
	TelnyxPublicKey string

	// OpenAI is what texts are drafted with; without a key, none are. DraftLimits
	// are the budget of each business.
	OpenAI      openai.Config
	DraftLimits draft.Limits

	// Stripe takes payments; without a key everything is free.
	Stripe stripe.TillConfig
	// StripeWebhookSecret signs Stripe's webhooks; "" means that none are taken.
	StripeWebhookSecret string

	// Spool is the folder where the ingester keeps webhooks while the database is
	// away; "" means that it then asks the carrier to come again. SpoolMax is the
	// most bytes that it may hold; 0 means 1 GiB.
	Spool    string
	SpoolMax int64
	// TrustedProxies are the addresses whose X-Forwarded-For says where a webhook
	// comes from.
	TrustedProxies TrustedProxies

	// EvidenceKeys sign the heads of the evidence log, as [seal.ParseKeys] reads
	// them: the key in use and, while it is being replaced, the next one. A worker
	// needs them; without them, the web app makes no proof packs.
	EvidenceKeys []string

	// Where checkpoints go beside the database; each may be left out. A folder, a
	// bucket, a time-stamping authority, and the mailboxes of the owners.
	AnchorDir  string
	AnchorS3   s3.Config
	AnchorTSA  string
	MailServer string
	MailFrom   string
	// MediaDir or MediaS3 is where pictures are kept, those that guests send and the
	// venue's; none means that they are not fetched, and cannot be sent. Web and worker must be given the same.
	MediaDir string
	MediaS3  s3.Config
	// LinkURL is what short links begin with, like a subdomain of the venue's own,
	// without a slash at the end; "" means PublicURL.
	LinkURL string
	// LinkSecrets sign opt-out links, the newest first; none means that there are
	// no such links. Every program must be given the same.
	LinkSecrets []string

	// ErasureKeys hash the numbers of erased guests who must not be texted, the
	// newest first; none means that the numbers are kept. Every program must be
	// given the same.
	ErasureKeys []string
	// Retention says how long what is kept of people is kept; the zero Periods are
	// the defaults.
	Retention retention.Periods

	// Profile is how strictly the law is read.
	Profile law.Profile
	// Margin is how long before the end of a window the last text leaves, since
	// carriers queue.
	Margin time.Duration

	// AccountRate is what the carrier takes from the whole account; the zero Rate
	// is no limit.
	AccountRate pace.Rate

	// PartPrice is what one part of a text costs with the carrier, its fees
	// included; 0 means that it is not known, and nothing says what a campaign
	// costs.
	PartPrice dryrun.Price
	// PicturePrice is what a text with a picture costs; 0 means that it is not known.
	PicturePrice dryrun.Price

	// Metrics count what the process does; nil counts nothing.
	Metrics *observe.Metrics

	// ClockOffset moves the clock of the whole program: for demonstrations,
	// where it should be afternoon whenever they are given.
	ClockOffset time.Duration
}

// Database is the opened store, with what other libraries need of it.
type Database struct {
	Store store.Store
	// SQL is the same database for sessions and jobs. With SQLite it is the one
	// writer: do not use it inside a transaction of Store.
	SQL      *sql.DB
	Postgres bool
	// Schema moves the tables of the Store up and down.
	Schema Schema

	// barred is asked before anything is sent whether every key is there by which
	// guests are barred.
	barred interface {
		CheckTagKeys(ctx context.Context) error
	}
}

// A Schema is the tables of a store.
type Schema interface {
	// CheckSchema is nil if the tables are as this version needs them, and
	// otherwise says what to do.
	CheckSchema(ctx context.Context) error
	MigrateUp(ctx context.Context) error
	// MigrateDown undoes the last steps.
	MigrateDown(ctx context.Context, steps int) error
	Migrations(ctx context.Context) ([]postgres.Migration, error)
}

// Web is what the web app is given.
type Web struct {
	Database *Database
	Onboard  *onboard.Service
	SignIn   *signin.Service
	Post     Post
	Launch   *launch.Service
	DryRun   *dryrun.Service
	Desk     *reconcile.Desk
	OptOut   *optout.Service
	// Enroll speaks with the carrier about numbers and registrations. It has no
	// carrier where no key is configured.
	Enroll    *enroll.Service
	Rights    *rights.Service
	Converse  *converse.Service
	Charge    *charge.Service
	Suggest   *suggest.Service // which is off where no key is configured
	Proof     *proof.Service
	Passwords account.Passwords
	Media     media.Store // nil where pictures are not fetched
	// Agree is what customers accept.
	Agree *agree.Service
	// Depart ends accounts.
	Depart *depart.Service
	// Pictures are what the venue sends with texts.
	Pictures *picture.Service
	Grants   *grant.Service
	Deliver  *deliver.Service // looks after endpoints; the worker sends
	Clock    core.Clock
	IDs      core.IDs
}

// A Post takes letters to people. Without a mail server it is an outbox where the
// pages are on this machine, and otherwise nothing.
type Post struct {
	seal.Post             // nil where no letter can be sent
	Outbox    *outbox.Box // not nil where letters are kept to be looked at
}

// Worker is what the worker is given.
type Worker struct {
	Database *Database
	Launch   *launch.Service
	Dispatch *dispatch.Service
	Intake   *intake.Service
	Seal     *seal.Service
	Anchors  *seal.Anchors
	// Reconcile asks the carrier what it knows.
	Reconcile *reconcile.Service
	// Enroll keeps numbers, profiles and registrations as they should be.
	Enroll  *enroll.Service
	Charge  *charge.Service
	Clock   core.Clock
	Collect *collect.Service
	Grants  *grant.Service
	// Deliver tells programs outside what happened.
	Deliver *deliver.Service
	Sweep   *sweep.Service
	// Agree tells owners of changes of what they agree to.
	Agree *agree.Service
	// Depart erases accounts that were deleted.
	Depart  *depart.Service
	Metrics *observe.Metrics // nil where nothing is counted
}

// A Reconciler asks the carrier what it knows.
type Reconciler struct {
	Database  *Database
	Reconcile *reconcile.Service
}

// An Office is what operators are given to do things by hand.
type Office struct {
	Desk   *reconcile.Desk
	Launch *launch.Service
	Holds  *hold.Service
	Sweep  *sweep.Service
	Rights *rights.Service
}

// Ingester is what the ingester is given.
type Ingester struct {
	Database *Database
	Intake   *intake.Service
	Stripe   *stripe.Verifier // nil where Stripe's webhooks are not taken
	Spool    intake.Spool     // nil where there is none
	Proxies  TrustedProxies
	Clock    core.Clock
	Metrics  *observe.Metrics // nil where nothing is counted
}

// TrustedProxies are the addresses of load balancers in front of a program.
type TrustedProxies []netip.Prefix

// All is what one process that runs everything is given: one database, three
// programs.
type All struct {
	Web      *Web
	Worker   *Worker
	Ingester *Ingester
}
