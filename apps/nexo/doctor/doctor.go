// Package doctor looks at an installation from one machine and says what is wrong
// and what to do about it. It changes nothing.
package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// A Level is how bad a finding is.
type Level uint8

// The levels.
const (
	Good Level = iota
	// Look: it works, and somebody should look at it.
	Look
	// Bad: texts cannot leave, opt-outs may not arrive, or proof is missing.
	Bad
)

func (l Level) String() string {
	switch l {
	case Look:
		return "look"
	case Bad:
		return "BAD"
	}
	return "ok"
}

// A Finding is the result of one check.
type Finding struct {
	Level Level
	Check string
	Says  string
	Do    string // what to do; "" where nothing is
}

// A Patient is what is looked at.
type Patient struct {
	Config nexo.Config
	// Open opens the database.
	Open func(ctx context.Context) (*nexo.Database, func(), error)
	// Carrier is nil where no key is configured.
	Carrier reconcile.Carrier
	Client  *http.Client
	Now     func() time.Time
}

// within is how long one check may take.
const within = 10 * time.Second

// Examine makes every check that it can. One that fails keeps none of the others
// from being made, except those that need the database.
func Examine(ctx context.Context, p Patient) []Finding {
	out := p.settings()
	bounded := func(f func(context.Context) []Finding) {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		out = append(out, f(ctx)...)
	}
	d, closeIt, err := p.Open(ctx)
	if err != nil {
		out = append(out, Finding{Bad, "database", sentence(err), "see to it that NEXO_DATABASE is right and that the server runs; nothing is sent meanwhile"})
	} else {
		defer closeIt()
		bounded(func(ctx context.Context) []Finding { return p.schema(ctx, d) })
		bounded(func(ctx context.Context) []Finding { return p.clocks(ctx, d) })
		bounded(func(ctx context.Context) []Finding { return p.work(ctx, d) })
		bounded(func(ctx context.Context) []Finding { return p.evidence(ctx, d) })
		bounded(func(ctx context.Context) []Finding { return p.registrations(ctx, d) })
	}
	bounded(p.carrier)
	bounded(func(ctx context.Context) []Finding {
		return p.reachable(ctx, "webhooks", p.Config.WebhookURL, "opt-outs do not arrive: let the carrier reach the ingester at NEXO_WEBHOOK_URL")
	})
	bounded(func(ctx context.Context) []Finding {
		return p.reachable(ctx, "pages", p.Config.PublicURL, "guests cannot opt in or out: let the world reach the web app at NEXO_PUBLIC_URL")
	})
	return out
}

// Worst is the highest level among findings.
func Worst(fs []Finding) Level {
	worst := Good
	for _, f := range fs {
		worst = max(worst, f.Level)
	}
	return worst
}

// Print writes findings for a person at a terminal.
func Print(w io.Writer, fs []Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fs {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Level, f.Check, f.Says)
		if f.Do != "" {
			fmt.Fprintf(t, "\t\t→ %s\n", f.Do)
		}
	}
	return t.Flush()
}

// sentence is what an error says to people. Others may quote addresses and
// passwords, so of those only the kind is told.
func sentence(err error) string {
	if m := core.MessageOf(err); m != "" {
		return m
	}
	return core.KindOf(err).String()
}

// settings looks at what may be left out, and what that means.
func (p Patient) settings() []Finding {
	var out []Finding
	without := func(missing bool, name, says string) {
		if missing {
			out = append(out, Finding{Look, "settings", says, "set " + name})
		}
	}
	c := p.Config
	without(len(c.LinkSecrets) == 0, "NEXO_LINK_SECRET", "guests have no link by which to opt out")
	without(len(c.ErasureKeys) == 0, "NEXO_ERASURE_KEY", "whoever asks to be erased stays barred by the number itself, which is kept")
	without(c.AnchorDir == "" && c.AnchorS3.URL == "" && c.AnchorTSA == "", "NEXO_ANCHOR_S3, NEXO_ANCHOR_TSA or NEXO_ANCHOR_DIR",
		"heads of the evidence log are kept nowhere but in the database that they vouch for")
	without(c.Spool == "", "NEXO_SPOOL", "while the database is away, the carrier is told to send webhooks again, which it does for some hours only")
	without(c.MailServer == "", "NEXO_MAIL_SERVER", "nobody gets letters")
	without(c.Metrics == nil, "NEXO_METRICS_ADDR", "nothing is counted, so nothing can alert")
	if len(out) == 0 {
		out = append(out, Finding{Good, "settings", "complete", ""})
	}
	return out
}

func (p Patient) schema(ctx context.Context, d *nexo.Database) []Finding {
	if err := d.Check(ctx); err != nil {
		return []Finding{{Bad, "database", sentence(err), "run nexo migrate up with this version, or start the version that fits"}}
	}
	return []Finding{{Good, "database", "answers, and its tables are those of this version", ""}}
}

// Differences between clocks move quiet hours and the validity of webhooks.
const (
	skewLook = 2 * time.Second
	skewBad  = 30 * time.Second
)

func (p Patient) clocks(ctx context.Context, d *nexo.Database) []Finding {
	if !d.Postgres {
		return nil // the same clock
	}
	var theirs time.Time
	before := p.Now()
	if err := d.SQL.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
		return []Finding{{Look, "clock", "the database's clock could not be read", ""}}
	}
	ours := before.Add(p.Now().Sub(before) / 2)
	return []Finding{skew("the database's", theirs.Sub(ours))}
}

func skew(whose string, by time.Duration) Finding {
	f := Finding{Good, "clock", "agrees with " + whose, ""}
	if by = by.Abs().Round(time.Second / 10); by >= skewLook {
		f = Finding{Look, "clock", fmt.Sprintf("is %s from %s", by, whose), "let both be set by NTP"}
	}
	if by >= skewBad {
		f.Level = Bad
	}
	return f
}

// How long things may wait before somebody should look.
const (
	eventWaits  = 15 * time.Minute
	recordWaits = time.Minute
)

func (p Patient) work(ctx context.Context, d *nexo.Database) []Finding {
	var due, unknown, waiting, failing int
	var oldest time.Time
	var spools []inbox.Spool
	now := p.Now()
	err := d.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if due, unknown, err = tx.Messages.Backlog(ctx, now); err != nil {
			return err
		}
		if waiting, oldest, err = tx.Inbox.Waiting(ctx); err != nil {
			return err
		}
		if failing, err = tx.Inbox.Failing(ctx); err != nil {
			return err
		}
		spools, err = tx.Inbox.Spools(ctx, now)
		return err
	})
	if err != nil {
		return []Finding{{Bad, "work", "what waits could not be counted: " + sentence(err), ""}}
	}
	var out []Finding
	if waiting > 0 && now.Sub(oldest) > eventWaits {
		out = append(out, Finding{Bad, "inbox", fmt.Sprintf("%d webhooks wait for a worker, the first since %s", waiting, now.Sub(oldest).Round(time.Minute)),
			"see to it that a worker runs; opt-outs may be among them"})
	}
	if failing > 0 {
		out = append(out, Finding{Look, "inbox", fmt.Sprintf("%d webhooks could not be acted on", failing), "nexo inbox list"})
	}
	if inbox.Unread(spools) {
		out = append(out, Finding{Bad, "spool", "opt-outs may wait on an ingester's disk, and marketing waits for them", "look at the ingesters' /readyz"})
	}
	if unknown > 0 {
		out = append(out, Finding{Look, "outbox", fmt.Sprintf("of %d texts nobody knows what became", unknown), "nexo unknown list"})
	}
	if len(out) == 0 {
		out = append(out, Finding{Good, "work", fmt.Sprintf("%d texts could leave now, %d webhooks wait", due, waiting), ""})
	}
	return out
}

func (p Patient) evidence(ctx context.Context, d *nexo.Database) []Finding {
	keys, err := seal.ParseKeys(p.Config.EvidenceKeys)
	if err != nil {
		return []Finding{{Bad, "evidence", sentence(err), "set NEXO_EVIDENCE_KEY_FILE (docs/keys.md); a worker does not start without"}}
	}
	var signed []byte
	var size int64
	var since time.Time
	err = d.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		head, err := tx.Evidence.Head(ctx)
		if err != nil {
			return err
		}
		signed, size = head.Note, head.Size
		rs, err := tx.Evidence.Unsealed(ctx, 1)
		for _, r := range rs {
			if since.IsZero() || r.At.Before(since) {
				since = r.At
			}
		}
		return err
	})
	if err != nil {
		return []Finding{{Bad, "evidence", "the log could not be read: " + sentence(err), ""}}
	}
	if len(signed) > 0 && !opens(signed, keys.Verifiers) {
		return []Finding{{Bad, "evidence", "the log's head is signed by none of the configured keys", "configure the key that signed it beside the new one, as docs/keys.md says of rotation"}}
	}
	if age := p.Now().Sub(since); !since.IsZero() && age > recordWaits {
		return []Finding{{Look, "evidence", fmt.Sprintf("records wait to be sealed since %s", age.Round(time.Second)), "see to it that a worker runs, with the log's key"}}
	}
	return []Finding{{Good, "evidence", fmt.Sprintf("%d records are sealed, by a key that is configured", size), ""}}
}

func opens(signed []byte, verifiers []string) bool {
	for _, text := range verifiers {
		v, err := note.NewVerifier(text)
		if err != nil {
			continue
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err == nil {
			return true
		}
	}
	return false
}

// most is how many businesses are looked at: a doctor does not read everything.
const most = 1000

func (p Patient) registrations(ctx context.Context, d *nexo.Database) []Finding {
	var drifted, troubled, looked int
	err := d.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var after core.BusinessID
		for looked < most {
			bs, err := tx.Accounts.After(ctx, after, 100)
			if err != nil || len(bs) == 0 {
				return err
			}
			if err := count(ctx, tx, bs, &drifted, &troubled); err != nil {
				return err
			}
			looked += len(bs)
			after = bs[len(bs)-1].ID
		}
		return nil
	})
	switch {
	case err != nil:
		return []Finding{{Look, "numbers", "could not be looked at: " + sentence(err), ""}}
	case drifted+troubled > 0:
		return []Finding{{Look, "numbers", fmt.Sprintf("of %d businesses, the carrier's settings of %d differ from ours, and %d could not be asked about", looked, drifted, troubled),
			"their page Settings → Number says which"}}
	}
	return []Finding{{Good, "numbers", fmt.Sprintf("the carrier's settings of %d businesses are as we expect, as far as it was asked", looked), ""}}
}

func count(ctx context.Context, tx store.Tx, bs []account.Business, drifted, troubled *int) error {
	for _, b := range bs {
		l, err := tx.Registration.Line(ctx, b.ID)
		if core.KindOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if len(l.Drift) > 0 {
			*drifted++
		}
		if l.Trouble != "" {
			*troubled++
		}
	}
	return nil
}

func (p Patient) carrier(ctx context.Context) []Finding {
	if p.Carrier == nil {
		return []Finding{{Bad, "carrier", "no key is set", "set NEXO_TELNYX_API_KEY"}}
	}
	_, err := p.Carrier.OptOuts(ctx, "", 1)
	switch core.KindOf(err) {
	case core.Denied:
		return []Finding{{Bad, "carrier", sentence(err), "check NEXO_TELNYX_API_KEY, and the account in the carrier's portal"}}
	default:
		if err != nil {
			return []Finding{{Bad, "carrier", sentence(err), "texts wait until it answers"}}
		}
	}
	return []Finding{{Good, "carrier", "answers, and takes the key", ""}}
}

// reachable asks a program for its health at the address that others are given.
func (p Patient) reachable(ctx context.Context, check, base, do string) []Finding {
	if base == "" {
		return []Finding{{Bad, check, "no address is set", do}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return []Finding{{Bad, check, "the address cannot be read", do}}
	}
	res, err := p.Client.Do(req)
	if err != nil {
		return []Finding{{Bad, check, base + " does not answer from here", do}}
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), "ok") {
		return []Finding{{Bad, check, fmt.Sprintf("%s/healthz answers %d, and not as this product does", base, res.StatusCode), do}}
	}
	out := []Finding{{Good, check, base + " answers", ""}}
	if strings.HasPrefix(base, "http://") {
		out = append(out, Finding{Look, check, base + " is not encrypted", "put a proxy with a certificate before it, and say https://"})
	}
	return out
}
