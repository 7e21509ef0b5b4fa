package site_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	stock "golang.org/x/crypto/bcrypt"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/bcrypt"
	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/media/mediatest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// noon is a Tuesday in Austin, well inside of every window.
var noon = time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// carrier takes every text, but for those to numbers ending in 4, which it
// refuses.
type carrier struct{}

func (carrier) Submit(_ context.Context, m message.Message) (message.Ticket, error) {
	if strings.HasSuffix(m.To.E164(), "4") {
		return message.Ticket{}, &core.Error{Kind: core.Invalid, Op: "carrier", Code: "40310", Msg: "not a mobile number"}
	}
	if strings.HasSuffix(m.To.E164(), "88") {
		return message.Ticket{}, core.E("carrier", core.Ambiguous, "no answer")
	}
	return message.Ticket{CarrierID: "c-" + m.ID.String(), Segments: m.Segments}, nil
}

// A world is the site over a real database, with its clock in hand.
type world struct {
	t        *testing.T
	web      *nexo.Web
	clock    *clock
	server   *httptest.Server
	log      *bytes.Buffer
	dispatch *dispatch.Service
}

func newWorld(t *testing.T, options ...func(*site.Options)) *world {
	t.Helper()
	s, closeStore, err := sqlite.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeStore)
	if err := s.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, ids, quick := &clock{now: noon}, system.UUIDs{}, bcrypt.Passwords{Rounds: stock.MinCost}
	w := &world{t: t, clock: c, log: &bytes.Buffer{}}
	w.web = &nexo.Web{
		Database: &nexo.Database{Store: s, SQL: s.DB()}, Onboard: onboard.New(s, quick, c, ids, system.Salts{}),
		Launch: &launch.Service{Calendar: rrule.Calendar{}, Store: s, Clock: c, IDs: ids, Salts: system.Salts{}}, Passwords: quick, Clock: c, IDs: ids,
	}
	w.web.SignIn = &signin.Service{Store: s, Passwords: quick, Clock: c, IDs: ids, Secrets: system.Secrets{}}
	w.web.Desk = &reconcile.Desk{Store: s, Clock: c, IDs: ids, Salts: system.Salts{}}
	links, err := optout.NewLinks("https://nexo.example", "a secret of at least thirty-two characters")
	if err != nil {
		t.Fatal(err)
	}
	w.web.Pictures = &picture.Service{Store: s, Blobs: &mediatest.Memory{}, Links: picture.NewLinks("https://nexo.example", "a secret of at least thirty-two characters"), Clock: c, IDs: ids}
	w.web.Rights = &rights.Service{Store: s, Clock: c, IDs: ids, Salts: system.Salts{}}
	w.web.OptOut = &optout.Service{Store: s, Clock: c, IDs: ids, Salts: system.Salts{}, Links: links}
	w.web.Converse = &converse.Service{Store: s, Book: decide.US(), Clock: c, IDs: ids, Salts: system.Salts{}, Settings: judge.Settings{Profile: law.Default}}
	w.web.DryRun = &dryrun.Service{Store: s, Book: decide.US(), Clock: c, Settings: judge.Settings{Profile: law.Default}}
	w.dispatch = &dispatch.Service{Store: s, Carrier: carrier{}, Book: decide.US(), Clock: c, IDs: ids, Salts: system.Salts{}, Settings: dispatch.Settings{Profile: law.Default, Fresh: time.Hour}}
	var mu sync.Mutex
	w.server = httptest.NewUnstartedServer(nil)
	o := site.Options{PublicURL: "http://" + w.server.Listener.Addr().String(), Log: slog.New(slog.NewTextHandler(locked{&mu, w.log}, nil)), Live: 10 * time.Millisecond}
	for _, f := range options {
		f(&o)
	}
	w.server.Config.Handler = site.New(w.web, o)
	w.server.Start()
	t.Cleanup(w.server.Close)
	return w
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (w *world) update(f func(context.Context, store.Tx) error) {
	w.t.Helper()
	if err := w.web.Database.Store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// join opts a guest in, or out where kind is Revoked, as the ingester would.
func (w *world) event(b account.Business, n core.Number, kind consent.Kind, said string, at time.Time) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx store.Tx) error {
		p := core.Pair{Business: b.ID, Number: n}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		e := consent.Event{
			ID: core.EventID(w.web.IDs.New()), Business: b.ID, Number: n, Kind: kind, Method: consent.ByKeyword, Scope: consent.Marketing,
			At: at, Recorded: at, Venue: place.Place{State: b.State, Zone: b.Zone},
			Evidence: consent.Evidence{Disclosure: consent.Disclose(b, "LUNA", at).Version, RawText: said, Keyword: "LUNA", To: b.Sender, CarrierID: "in-" + said + n.Last4()},
		}
		if kind == consent.Revoked {
			e.Method, e.Evidence.Disclosure = consent.ByReply, consent.Version{}
			if err := tx.Suppression.Add(ctx, []suppression.Entry{{ID: core.SuppressionID(w.web.IDs.New()), Business: b.ID, Number: n, Reason: suppression.OptOut, Source: "reply", At: at}}); err != nil {
				return err
			}
		}
		return tx.Consent.Append(ctx, []consent.Event{e})
	})
}

// guestNumber is one of a hundred that nobody has.
func guestNumber(i int) core.Number { return core.MustNumber(fmt.Sprintf("+1512555%04d", 100+i)) }

// venue signs a business up by the form and returns it with its browser.
func (w *world) venue(email, sender, keyword string) (*browser, account.Business) {
	w.t.Helper()
	b := w.browser()
	page := b.submit("/signup", "/signup", signUpForm(email, sender, keyword))
	if page.status != http.StatusOK || !strings.HasSuffix(page.path, "/") {
		w.t.Fatalf("sign-up answers %d at %s: %s", page.status, page.path, page.text("problem"))
	}
	var biz account.Business
	err := w.web.Database.Store.View(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.UserByEmail(ctx, email)
		if err != nil {
			return err
		}
		biz, err = tx.Accounts.Business(ctx, u.Business)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b, biz
}

func signUpForm(email, sender, keyword string) url.Values {
	return url.Values{
		"business_name": {"Luna's Cantina"}, "legal_name": {"Luna Hospitality LLC"}, "street": {"1 Congress Ave"}, "city": {"Austin"}, "state": {"TX"}, "zip": {"78701"},
		"help_contact": {"help@lunas.example"}, "website": {"lunas.example"}, "monthly_texts": {"8"}, "registered": {"on"},
		"owner_name": {"Luna"}, "email": {email}, "password": {"tacos and mezcal"}, "sender": {sender}, "keyword": {keyword},
	}
}

// run plans and sends the campaign until nothing is waiting.
func (w *world) run(b account.Business, id core.CampaignID) {
	w.t.Helper()
	for {
		rep, err := w.web.Launch.Step(w.t.Context(), b.ID, id)
		if err != nil {
			w.t.Fatal(err)
		}
		if !rep.More {
			break
		}
	}
	if _, err := w.dispatch.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.web.Launch.Step(w.t.Context(), b.ID, id); err != nil {
		w.t.Fatal(err)
	}
}

// A browser keeps cookies, follows redirects and fills in forms, as people's do.
type browser struct {
	w      *world
	client *http.Client
	agent  string
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, client: &http.Client{Jar: jar}}
}

// A page is what came back.
type page struct {
	t      *testing.T
	status int
	path   string
	header http.Header
	body   string
}

func (b *browser) do(req *http.Request) page {
	b.w.t.Helper()
	if b.agent != "" {
		req.Header.Set("User-Agent", b.agent)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return page{b.w.t, resp.StatusCode, resp.Request.URL.RequestURI(), resp.Header, string(body)}
}

func (b *browser) get(path string) page {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.w.server.URL+path, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.do(req)
}

var tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// submit opens the page at from and sends its form to path.
func (b *browser) submit(from, path string, form url.Values) page {
	b.w.t.Helper()
	m := tokenField.FindStringSubmatch(b.get(from).body)
	if m == nil {
		b.w.t.Fatalf("there is no form at %s", from)
	}
	form.Set("csrf_token", unescape(m[1]))
	return b.post(from, path, form)
}

func (b *browser) post(from, path string, form url.Values) page {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", b.w.server.URL+from)
	return b.do(req)
}

func unescape(s string) string {
	return strings.NewReplacer("&#43;", "+", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// text is what the first element with the test id says.
func (p page) text(id string) string {
	all := p.texts(id)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// texts are what the elements with the test id say. It reads to the end of an
// element of the same name, which is enough for elements that do not nest.
func (p page) texts(id string) []string {
	var out []string
	rest := p.body
	for {
		i := strings.Index(rest, `data-testid="`+id+`"`)
		if i < 0 {
			return out
		}
		open := strings.LastIndex(rest[:i], "<")
		name := strings.FieldsFunc(rest[open+1:], func(r rune) bool { return r == ' ' || r == '>' || r == '\n' })[0]
		rest = rest[i:]
		start := strings.Index(rest, ">") + 1
		end := strings.Index(rest, "</"+name+">")
		if end < start {
			end = start
		}
		out = append(out, strings.Join(strings.Fields(unescape(tags.ReplaceAllString(rest[start:end], " "))), " "))
		rest = rest[start:]
	}
}

func (p page) has(s string) bool { return strings.Contains(unescape(p.body), s) }

func (p page) must(status int, says ...string) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s answers %d, want %d", p.path, p.status, status)
	}
	for _, s := range says {
		if !p.has(s) {
			p.t.Errorf("%s does not say %q", p.path, s)
		}
	}
	return p
}
