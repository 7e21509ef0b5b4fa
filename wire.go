//go:build wireinject

package nexo

import (
	"context"
	"log/slog"

	"github.com/google/wire"

	"github.com/jobfluss/nexo/adapters/bcrypt"
	"github.com/jobfluss/nexo/adapters/otp"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/agree"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/collect"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/depart"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/hold"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/suggest"
	"github.com/jobfluss/nexo/core/sweep"
)

// NewWeb assembles what apps/web runs.
func NewWeb(ctx context.Context, cfg Config, log *slog.Logger) (*Web, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		openCharges, wire.Bind(new(launch.Credit), new(*charge.Service)),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts, optOutLinks,
		bcrypt.New, wire.Bind(new(account.Passwords), new(bcrypt.Passwords)),
		decide.US, judgeSettings, partPrice, picturePrice,
		wire.Struct(new(onboard.Service), "*"), calendar, linkBase, wire.Struct(new(launch.Service), "*"), wire.Struct(new(dryrun.Service), "*"), wire.Struct(new(reconcile.Desk), "*"), wire.Struct(new(optout.Service), "*"), wire.Struct(new(converse.Service), "*"),
		wire.Struct(new(system.Secrets)), wire.Bind(new(access.Secrets), new(system.Secrets)), wire.Struct(new(otp.Codes)), wire.Bind(new(access.Codes), new(otp.Codes)), openPasskeys, signInSite, openPost, wire.Struct(new(signin.Service), "*"),
		openWriter, draftLimits, wire.Struct(new(suggest.Service), "*"),
		openRegistrar, enrollSite, wire.Struct(new(enroll.Service), "*"),
		wire.Struct(new(grant.Service), "*"), openTeller, wire.Struct(new(deliver.Service), "*"),
		openProofs, periods, wire.Struct(new(rights.Service), "Store", "Clock", "IDs", "Salts", "Periods"), openMedia, pictureLinks, wire.Struct(new(picture.Service), "*"), wire.Struct(new(agree.Service), "*"), wire.Struct(new(depart.Service), "*"), wire.Struct(new(Web), "*"),
	))
}

// NewWorker assembles what apps/worker runs.
func NewWorker(ctx context.Context, cfg Config, log *slog.Logger) (*Worker, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		openCharges, wire.Bind(new(launch.Credit), new(*charge.Service)), wire.Bind(new(intake.Other), new(*charge.Service)),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts, optOutLinks,
		wire.Struct(new(grant.Service), "*"), openTeller, wire.Struct(new(deliver.Service), "*"),
		openTelnyx, metrics, pictureLinks, openCarrier, openVerifier, wire.Bind(new(intake.Provider), new(*telnyx.Verifier)),
		decide.US, dispatchSettings,
		calendar, linkBase, wire.Struct(new(launch.Service), "*"), wire.Struct(new(dispatch.Service), "*"), wire.Struct(new(intake.Service), "*"),
		wire.Bind(new(reconcile.Carrier), new(*telnyx.Client)), wire.Struct(new(reconcile.Service), "Store", "Carrier", "Clock", "IDs", "Salts"),
		wire.Bind(new(enroll.Carrier), new(*telnyx.Client)), enrollSite, wire.Struct(new(enroll.Service), "*"),
		openMedia, openFetcher, wire.Struct(new(collect.Service), "*"), openSealer, openAnchors, periods, wire.Struct(new(sweep.Service), "Store", "Clock", "IDs", "Salts", "Periods"), wire.Struct(new(agree.Service), "*"), wire.Struct(new(depart.Service), "*"), wire.Struct(new(Worker), "*"),
	))
}

// NewIngester assembles what apps/ingester runs.
func NewIngester(ctx context.Context, cfg Config, log *slog.Logger) (*Ingester, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		openCharges, wire.Bind(new(intake.Other), new(*charge.Service)),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts, optOutLinks,
		openVerifier, wire.Bind(new(intake.Provider), new(*telnyx.Verifier)), openStripe, openSpool, trustedProxies, metrics,
		wire.Struct(new(intake.Service), "*"), wire.Struct(new(Ingester), "*"),
	))
}

// NewAll assembles the three programs over one database, for one process.
func NewAll(ctx context.Context, cfg Config, log *slog.Logger) (*All, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		openCharges, wire.Bind(new(launch.Credit), new(*charge.Service)), wire.Bind(new(intake.Other), new(*charge.Service)),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts, optOutLinks,
		bcrypt.New, wire.Bind(new(account.Passwords), new(bcrypt.Passwords)),
		openTelnyx, metrics, pictureLinks, openCarrier, openVerifier, wire.Bind(new(intake.Provider), new(*telnyx.Verifier)),
		openStripe, openSpool, trustedProxies,
		decide.US, dispatchSettings, judgeSettings, partPrice, picturePrice,
		wire.Struct(new(onboard.Service), "*"), calendar, linkBase, wire.Struct(new(launch.Service), "*"), wire.Struct(new(dryrun.Service), "*"), wire.Struct(new(reconcile.Desk), "*"), wire.Struct(new(optout.Service), "*"), wire.Struct(new(converse.Service), "*"),
		wire.Struct(new(system.Secrets)), wire.Bind(new(access.Secrets), new(system.Secrets)), wire.Struct(new(otp.Codes)), wire.Bind(new(access.Codes), new(otp.Codes)), openPasskeys, signInSite, openPost, wire.Struct(new(signin.Service), "*"),
		openWriter, draftLimits, wire.Struct(new(suggest.Service), "*"),
		wire.Struct(new(dispatch.Service), "*"), wire.Struct(new(intake.Service), "*"),
		wire.Bind(new(reconcile.Carrier), new(*telnyx.Client)), wire.Struct(new(reconcile.Service), "Store", "Carrier", "Clock", "IDs", "Salts"),
		wire.Bind(new(enroll.Carrier), new(*telnyx.Client)), enrollSite, wire.Struct(new(enroll.Service), "*"),
		wire.Struct(new(grant.Service), "*"), openTeller, wire.Struct(new(deliver.Service), "*"),
		openProofs, wire.Struct(new(rights.Service), "Store", "Clock", "IDs", "Salts", "Periods"), wire.Struct(new(agree.Service), "*"), wire.Struct(new(depart.Service), "*"), wire.Struct(new(Web), "*"), openMedia, wire.Struct(new(picture.Service), "*"), openFetcher, wire.Struct(new(collect.Service), "*"), openSealer, openAnchors, periods, wire.Struct(new(sweep.Service), "Store", "Clock", "IDs", "Salts", "Periods"), wire.Struct(new(Worker), "*"), wire.Struct(new(Ingester), "*"),
		wire.Struct(new(All), "*"),
	))
}

// NewReconcile assembles what asks the carrier what it knows, for the command
// line.
func NewReconcile(ctx context.Context, cfg Config, log *slog.Logger) (*Reconciler, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts,
		openTelnyx, wire.Bind(new(reconcile.Carrier), new(*telnyx.Client)),
		wire.Struct(new(reconcile.Service), "Store", "Carrier", "Clock", "IDs", "Salts"),
		wire.Struct(new(Reconciler), "*"),
	))
}

// NewOffice assembles what operators do by hand, for the command line.
func NewOffice(ctx context.Context, cfg Config, log *slog.Logger) (*Office, func(), error) {
	panic(wire.Build(
		openDatabase, wire.FieldsOf(new(*Database), "Store"),
		openCharges, wire.Bind(new(launch.Credit), new(*charge.Service)),
		clock, wire.Struct(new(system.UUIDs)), wire.Bind(new(core.IDs), new(system.UUIDs)), salts,
		wire.Struct(new(reconcile.Desk), "*"), calendar, linkBase, wire.Struct(new(launch.Service), "*"),
		wire.Struct(new(rights.Service), "Store", "Clock", "IDs", "Salts", "Periods"), wire.Struct(new(hold.Service), "*"), periods, wire.Struct(new(sweep.Service), "Store", "Clock", "IDs", "Salts", "Periods"),
		wire.Struct(new(Office), "*"),
	))
}
