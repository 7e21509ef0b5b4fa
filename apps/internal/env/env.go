// Package env reads the configuration of a program from the environment. It
// reports every mistake at once, each with the name of its variable.
package env

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/adapters/openai"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Program is what is read beside the [nexo.Config]: where to listen and how
// to log.
type Program struct {
	Config   nexo.Config
	Addr     string // of the program's own server
	LogLevel slog.Level
	LogJSON  bool
	// Drain is how long a program that is told to stop lets work end.
	Drain time.Duration
	// RegionHeader is the header by which a delivery network says where a guest is.
	RegionHeader string
	// MetricsAddr is where metrics are served; "" for nowhere.
	MetricsAddr string
}

// Needs says which variables a program cannot do without.
type Needs struct {
	Public   bool // the public address of the pages: web
	Carrier  bool // the carrier's API key, and where it reaches us: worker
	Webhooks bool // the carrier's public key: ingester, and worker, which reads what was kept
	Sealing  bool // the keys of the evidence log: worker
}

// A Variable documents one variable for --help and the README.
type Variable struct {
	Name, Meaning, Default string
}

// Variables are all that are read, in the order in which they are explained.
var Variables = []Variable{
	{"NEXO_DATABASE", "where everything is kept: postgres://… or sqlite:PATH", "sqlite:nexo.db"},
	{"NEXO_DATABASE_CONNS", "most connections to Postgres, 1 to 1000", "16"},
	{"NEXO_ADDR", "where the program listens, host:port", "web :8080, ingester :8081, worker :8082"},
	{"NEXO_PUBLIC_URL", "where guests and staff reach the web app", "(required by web)"},
	{"NEXO_WEBHOOK_URL", "where the carrier reaches the ingester", "(required by worker; with the next one, the web app orders numbers and registers them)"},
	{"NEXO_TELNYX_API_KEY", "the carrier's API key", "(required by worker)"},
	{"NEXO_TELNYX_PUBLIC_KEY", "the carrier's public key for webhooks, base64", "(required by worker, ingester)"},
	{"NEXO_TELNYX_URL", "the carrier's API, for a simulator", "(the carrier's own)"},
	{"NEXO_OPENAI_API_KEY", "key of OpenAI, or of a service that speaks as it does, which then drafts texts on the compose page", "(none: nothing is drafted)"},
	{"NEXO_OPENAI_URL", "that service's address with its version", "https://api.openai.com/v1"},
	{"NEXO_OPENAI_MODEL", "the model that writes", openai.DefaultModel},
	{"NEXO_OPENAI_MODERATION", "on or off: whether the service's moderation reads every draft first", "on"},
	{"NEXO_OPENAI_DAILY", "times a day that a business may have drafts written, 1 to 10000", "60"},
	{"NEXO_OPENAI_MONTHLY_TOKENS", "tokens a month that a business may use, 1000 to 1000000000", "400000"},
	{"NEXO_SPOOL", "folder on a lasting disk, of this process alone, where webhooks wait while the database is away", "(none: the carrier is asked to come again)"},
	{"NEXO_SPOOL_MAX_MB", "most that the spool may hold, 1 to 1000000", "1024"},
	{"NEXO_TRUSTED_PROXIES", "load balancers whose X-Forwarded-For is believed, like 10.0.0.0/8, with commas between", "(none)"},
	{"NEXO_REGION_HEADER", "header by which the delivery network before the web app says the guest's state or region, like CF-Region; only where nobody gets past it", "(none: scans are not counted by place)"},
	{"NEXO_STRIPE_API_KEY", "Stripe's secret key, by which plans are sold; the same for web and worker, with the next but one for the ingester", "(none: everything is free)"},
	{"NEXO_STRIPE_URL", "Stripe's API, for a simulator", "(Stripe's own)"},
	{"NEXO_STRIPE_WEBHOOK_SECRET", "the signing secret of Stripe's webhooks", "(none: they are not taken)"},
	{"NEXO_EVIDENCE_KEY_FILE", "file with the keys that sign the evidence log, one a line; nexo keys new makes one", "(required by worker)"},
	{"NEXO_EVIDENCE_KEYS", "the keys themselves, with commas between, instead of a file", "(none)"},
	{"NEXO_MEDIA_DIR", "folder where pictures are kept, those that guests send and the venue's own; the same for web and worker", "(none: they stay at the carrier, and none can be sent)"},
	{"NEXO_MEDIA_S3", "bucket where they are kept instead, like https://bucket.s3.us-east-1.amazonaws.com/nexo", "(none)"},
	{"NEXO_MEDIA_S3_REGION", "the bucket's region, like us-east-1", "(required with a bucket)"},
	{"NEXO_MEDIA_S3_KEY_ID", "the id of a key that may put, get and delete objects there", "(required with a bucket)"},
	{"NEXO_MEDIA_S3_SECRET", "that key", "(required with a bucket)"},
	{"NEXO_ANCHOR_DIR", "folder outside the database where signed heads of the evidence log are kept, one a minute", "(none)"},
	{"NEXO_ANCHOR_S3", "bucket where they are kept, like https://bucket.s3.us-east-1.amazonaws.com/nexo", "(none)"},
	{"NEXO_ANCHOR_S3_REGION", "the bucket's region, like us-east-1", "(required with a bucket)"},
	{"NEXO_ANCHOR_S3_KEY_ID", "the id of a key that may put and get objects there", "(required with a bucket)"},
	{"NEXO_ANCHOR_S3_SECRET", "that key", "(required with a bucket)"},
	{"NEXO_ANCHOR_TSA", "time-stamping authority (RFC 3161) that stamps a head an hour, like https://tsa.example.com/tsr", "(none)"},
	{"NEXO_MAIL_SERVER", "mail server for the daily letter to owners: smtp://user:password@host:587 or smtps://…", "(none: no letters)"},
	{"NEXO_MAIL_FROM", "whom letters are from, like NexoAlerts <log@example.com>", "(required with a mail server)"},
	{"NEXO_LINK_URL", "what short links in texts begin with, like https://go.example.com, which must reach the web app; the same for web and worker", "NEXO_PUBLIC_URL, where the worker has it too; else there are none"},
	{"NEXO_LINK_SECRET", "what opt-out links and links to pictures are sealed with, at least 32 characters; earlier ones behind it, with commas between. Lose none: links are good for years", "(none: there are no such links)"},
	{"NEXO_RETENTION", "periods other than the defaults, like words=6m,webhooks=30d, within the bounds of docs/privacy.md", "(the defaults)"},
	{"NEXO_ERASURE_KEY", "what numbers of erased guests are hashed with, at least 32 characters; earlier ones behind it, with commas between. Lose none: whom it bars would be texted", "(none: the numbers themselves are kept)"},
	{"NEXO_PROFILE", "how strictly the law is read: federal, default or strict", "default"},
	{"NEXO_MARGIN", "how long before the end of a window the last text leaves, 0s to 4h", "15m"},
	{"NEXO_ACCOUNT_RATE", "parts of texts a second that the carrier takes from the account, 1 to 100000, or none", "50, or none where NEXO_TELNYX_URL is set"},
	{"NEXO_PART_PRICE", "what one part of a text costs, fees included, in dollars like 0.0075", "(unknown: no costs are shown)"},
	{"NEXO_PICTURE_PRICE", "what a text with a picture costs, fees included, in dollars like 0.02", "(unknown: no costs of such texts are shown)"},
	{"NEXO_LOG_LEVEL", "debug, info, warn or error", "info"},
	{"NEXO_LOG_FORMAT", "text or json", "json"},
	{"NEXO_METRICS_ADDR", "where metrics are served to Prometheus at /metrics, host:port; not for the public (docs/operations.md)", "(none: nothing is counted)"},
	{"NEXO_DRAIN", "how long a stopping program lets work end, 1s to 10m", "30s"},
}

// Read reads the variables through get (os.Getenv). Its error has kind Invalid
// and lists every mistake, one a line.
func Read(get func(string) string, addr string, n Needs) (Program, error) {
	r := reader{get: get}
	p := Program{
		Addr:         r.addr("NEXO_ADDR", addr),
		LogLevel:     r.level("NEXO_LOG_LEVEL"),
		LogJSON:      r.oneOf("NEXO_LOG_FORMAT", "json", "json", "text") == "json",
		RegionHeader: r.get("NEXO_REGION_HEADER"),
		MetricsAddr:  r.metrics("NEXO_METRICS_ADDR"),
		Drain:        r.duration("NEXO_DRAIN", 30*time.Second, time.Second, 10*time.Minute),
		Config: nexo.Config{
			Database:        r.database("NEXO_DATABASE", "sqlite:nexo.db"),
			DatabaseConns:   r.number("NEXO_DATABASE_CONNS", 16, 1, 1000),
			PublicURL:       r.url("NEXO_PUBLIC_URL", n.Public),
			WebhookURL:      r.url("NEXO_WEBHOOK_URL", n.Carrier),
			TelnyxURL:       r.url("NEXO_TELNYX_URL", false),
			TelnyxAPIKey:    r.secret("NEXO_TELNYX_API_KEY", n.Carrier),
			TelnyxPublicKey: r.publicKey("NEXO_TELNYX_PUBLIC_KEY", n.Webhooks),
			OpenAI: openai.Config{
				Key: r.secret("NEXO_OPENAI_API_KEY", false), URL: r.url("NEXO_OPENAI_URL", false), Model: r.get("NEXO_OPENAI_MODEL"),
				NoModeration: r.oneOf("NEXO_OPENAI_MODERATION", "on", "on", "off") == "off",
			},
			DraftLimits: draft.Limits{
				Daily:   r.number("NEXO_OPENAI_DAILY", draft.DefaultDaily, 1, 10_000),
				Monthly: r.number("NEXO_OPENAI_MONTHLY_TOKENS", draft.DefaultMonthly, 1000, 1_000_000_000),
			},
			Stripe:              stripe.TillConfig{Key: r.secret("NEXO_STRIPE_API_KEY", false), URL: r.url("NEXO_STRIPE_URL", false)},
			StripeWebhookSecret: r.secret("NEXO_STRIPE_WEBHOOK_SECRET", false),
			Spool:               r.get("NEXO_SPOOL"),
			SpoolMax:            int64(r.number("NEXO_SPOOL_MAX_MB", 1024, 1, 1_000_000)) << 20,
			TrustedProxies:      r.proxies("NEXO_TRUSTED_PROXIES"),
			EvidenceKeys:        r.evidenceKeys("NEXO_EVIDENCE_KEYS", "NEXO_EVIDENCE_KEY_FILE", n.Sealing),
			MediaDir:            r.get("NEXO_MEDIA_DIR"),
			MediaS3:             r.bucket("NEXO_MEDIA_S3"),
			AnchorDir:           r.get("NEXO_ANCHOR_DIR"),
			AnchorS3:            r.bucket("NEXO_ANCHOR_S3"),
			AnchorTSA:           r.url("NEXO_ANCHOR_TSA", false),
			MailServer:          r.secret("NEXO_MAIL_SERVER", false),
			MailFrom:            r.get("NEXO_MAIL_FROM"),
			LinkURL:             r.url("NEXO_LINK_URL", false),
			LinkSecrets:         r.secrets("NEXO_LINK_SECRET", optout.MinSecret),
			ErasureKeys:         r.secrets("NEXO_ERASURE_KEY", suppression.MinKey),
			Retention:           r.periods("NEXO_RETENTION"),
			Profile:             r.profile("NEXO_PROFILE"),
			Margin:              r.duration("NEXO_MARGIN", 15*time.Minute, 0, 4*time.Hour),
			AccountRate:         r.rate("NEXO_ACCOUNT_RATE"),
			PartPrice:           r.price("NEXO_PART_PRICE"),
			PicturePrice:        r.price("NEXO_PICTURE_PRICE"),
		},
	}
	if p.MetricsAddr != "" {
		p.Config.Metrics = observe.New()
	}
	r.mail(p.Config.MailServer, p.Config.MailFrom)
	if len(r.mistakes) > 0 {
		return Program{}, core.E("configuration", core.Invalid, "the environment has mistakes:\n  "+strings.Join(r.mistakes, "\n  "))
	}
	return p, nil
}

// Logger returns the program's log. It writes to standard error.
func (p Program) Logger(name string) *slog.Logger {
	o := &slog.HandlerOptions{Level: p.LogLevel}
	var h slog.Handler = slog.NewTextHandler(os.Stderr, o)
	if p.LogJSON {
		h = slog.NewJSONHandler(os.Stderr, o)
	}
	return slog.New(h).With("program", name)
}

// A reader collects mistakes. It never quotes the value of a secret or a
// database address: both end up in logs.
type reader struct {
	get      func(string) string
	mistakes []string
}

func (r *reader) wrong(name, format string, args ...any) {
	r.mistakes = append(r.mistakes, name+" "+fmt.Sprintf(format, args...))
}

func (r *reader) addr(name, def string) string {
	v := or(r.get(name), def)
	if _, port, err := net.SplitHostPort(v); err != nil || !isPort(port) {
		r.wrong(name, "must be host:port or :port, like :8080; it is %q", v)
	}
	return v
}

// metrics is an address like the program's own, or nothing.
func (r *reader) metrics(name string) string {
	if r.get(name) == "" {
		return ""
	}
	return r.addr(name, "")
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}

func (r *reader) database(name, def string) string {
	v := or(r.get(name), def)
	switch {
	case strings.HasPrefix(v, "postgres://"), strings.HasPrefix(v, "postgresql://"):
	case strings.HasPrefix(v, "sqlite:") && v != "sqlite:":
	default:
		r.wrong(name, "must begin with postgres:// or be sqlite: and the path of a file")
	}
	return v
}

func (r *reader) number(name string, def, low, high int) int {
	v := r.get(name)
	if v == "" {
		return def
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		r.wrong(name, "must be a whole number from %d to %d; it is %q", low, high, v)
	}
	return n
}

func (r *reader) duration(name string, def, low, high time.Duration) time.Duration {
	v := r.get(name)
	if v == "" {
		return def
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < low || d > high {
		r.wrong(name, "must be a duration from %v to %v, like 15m or 30s; it is %q", low, high, v)
	}
	return d
}

func (r *reader) url(name string, required bool) string {
	v := strings.TrimSuffix(r.get(name), "/")
	if v == "" {
		if required {
			r.wrong(name, "is not set; it must be an address like https://app.example.com")
		}
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		r.wrong(name, "must be an address like https://app.example.com, without user, ? or #")
	}
	return v
}

func (r *reader) secret(name string, required bool) string {
	v := r.get(name)
	if v == "" && required {
		r.wrong(name, "is not set")
	}
	if v != strings.TrimSpace(v) {
		r.wrong(name, "begins or ends with white space; was it copied with a line break?")
	}
	return v
}

// secrets reads several, each of at least so many characters.
func (r *reader) secrets(name string, least int) (out []string) {
	v := r.secret(name, false)
	if v == "" {
		return nil
	}
	for s := range strings.SplitSeq(v, ",") {
		if len(s) < least || s != strings.TrimSpace(s) {
			r.wrong(name, "must be secrets of at least %d characters, with commas and no spaces between", least)
			return nil
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) publicKey(name string, required bool) string {
	v := r.secret(name, required)
	if b, err := base64.StdEncoding.DecodeString(v); v != "" && (err != nil || len(b) != 32 && len(b) != 44) {
		r.wrong(name, "must be the base64 of an Ed25519 public key, 32 bytes")
	}
	return v
}

// proxies reads networks, and single addresses as networks of one.
func (r *reader) proxies(name string) (ps nexo.TrustedProxies) {
	for v := range strings.SplitSeq(r.get(name), ",") {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		if a, err := netip.ParseAddr(v); err == nil {
			ps = append(ps, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(v)
		if err != nil {
			r.wrong(name, "must be addresses or networks like 10.0.0.0/8, with commas between; one is %q", v)
			continue
		}
		ps = append(ps, p.Masked())
	}
	return ps
}

func (r *reader) profile(name string) law.Profile {
	v := or(r.get(name), "default")
	p, ok := law.ParseProfile(v)
	if !ok {
		r.wrong(name, "must be federal, default or strict; it is %q", v)
	}
	return p
}

// price reads dollars as millionths, exactly: a float would not be.
func (r *reader) price(name string) dryrun.Price {
	v := r.get(name)
	if v == "" {
		return 0
	}
	whole, parts, _ := strings.Cut(v, ".")
	n, err := strconv.ParseUint(whole+(parts + "000000")[:6], 10, 64)
	if err != nil || len(parts) > 6 || n == 0 || n > 1_000_000 {
		r.wrong(name, "must be dollars from 0.000001 to 1, with at most six places, like 0.0075; it is %q", v)
		return 0
	}
	return dryrun.Price(n)
}

// rate is the carrier's own default, unless texts go to a simulator.
func (r *reader) rate(name string) pace.Rate {
	v := r.get(name)
	switch {
	case v == "none", v == "" && r.get("NEXO_TELNYX_URL") != "":
		return pace.Rate{}
	case v == "":
		return pace.AccountDefault
	}
	rate := pace.AccountDefault
	rate.N = r.number(name, 0, 1, 100_000)
	return rate
}

func (r *reader) level(name string) slog.Level {
	v := or(r.get(name), "info")
	var l slog.Level
	if err := l.UnmarshalText([]byte(v)); err != nil {
		r.wrong(name, "must be debug, info, warn or error; it is %q", v)
	}
	return l
}

func (r *reader) oneOf(name, def string, allowed ...string) string {
	v := or(r.get(name), def)
	for _, a := range allowed {
		if v == a {
			return v
		}
	}
	r.wrong(name, "must be %s; it is %q", strings.Join(allowed, " or "), v)
	return def
}

func or(v, def string) string {
	if v == "" {
		return def
	}
	return v
}
