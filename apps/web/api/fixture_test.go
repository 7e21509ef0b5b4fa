package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/web/api"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/token"
)

// noon is a Tuesday in Austin, well inside of every window.
var noon = time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// A world is the API over a store in memory, with its clock in hand.
type world struct {
	t        testing.TB
	web      *nexo.Web
	store    store.Store
	clock    *clock
	api      *api.API
	url      string
	log      *bytes.Buffer
	dispatch *dispatch.Service
}

type carrier struct{}

func (carrier) Submit(_ context.Context, m message.Message) (message.Ticket, error) {
	return message.Ticket{CarrierID: "c-" + m.ID.String(), Segments: m.Segments}, nil
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.w.Write(b) }

func newWorld(t testing.TB, options ...func(*api.Options)) *world {
	t.Helper()
	c, ids, salts := &clock{now: noon}, system.UUIDs{}, system.Salts{}
	s := deliver.Watch(memstore.New(), c)
	w := &world{t: t, store: s, clock: c, log: &bytes.Buffer{}}
	w.web = &nexo.Web{
		Database: &nexo.Database{Store: s}, Clock: c, IDs: ids,
		Launch:  &launch.Service{Calendar: rrule.Calendar{}, Store: s, Clock: c, IDs: ids, Salts: salts},
		DryRun:  &dryrun.Service{Store: s, Book: decide.US(), Clock: c, Settings: judge.Settings{Profile: law.Default}},
		OptOut:  &optout.Service{Store: s, Clock: c, IDs: ids, Salts: salts},
		Rights:  &rights.Service{Store: s, Clock: c, IDs: ids, Salts: salts},
		Deliver: &deliver.Service{Store: s, Clock: c, IDs: ids, Salts: salts},
		Grants:  &grant.Service{Store: s, Clock: c, IDs: ids, Salts: salts},
	}
	w.dispatch = &dispatch.Service{Store: s, Carrier: carrier{}, Book: decide.US(), Clock: c, IDs: ids, Salts: salts, Settings: dispatch.Settings{Profile: law.Default, Fresh: time.Hour}}
	o := api.Options{Log: slog.New(slog.NewTextHandler(&locked{w: w.log}, nil)), Rate: 1e6, Burst: 1e6}
	for _, f := range options {
		f(&o)
	}
	w.api = api.New(w.web, o)
	server := httptest.NewServer(w.api)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) update(f func(context.Context, store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// A tenant is a business with its owner.
type tenant struct {
	w     *world
	biz   account.Business
	owner account.User
}

func (w *world) tenant(name string, sender int) *tenant {
	w.t.Helper()
	t := &tenant{w: w}
	texas, _ := place.ParseState("TX")
	chicago, _ := place.ParseZone("America/Chicago")
	t.biz = account.Business{
		ID: core.BusinessID(w.web.IDs.New()), Name: name, City: "Austin", State: texas, ZIP: "78701", Zone: chicago, HelpContact: "help@lunas.example", MonthlyTexts: 8,
		Sender: guestNumber(sender), Status: account.Active, Registered: true, Created: noon.Add(-1000 * time.Hour),
	}
	t.owner = account.User{ID: core.UserID(w.web.IDs.New()), Business: t.biz.ID, Email: name + "@lunas.example", Role: account.Owner, Created: t.biz.Created}
	w.update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, t.biz); err != nil {
			return err
		}
		return tx.Accounts.AddUser(ctx, t.owner)
	})
	return t
}

// guestNumber is one of a hundred that nobody has.
func guestNumber(i int) core.Number { return core.MustNumber(fmt.Sprintf("+1512555%04d", 100+i)) }

// join opts a guest in, as the worker would.
func (t *tenant) join(i int) core.Number {
	t.w.t.Helper()
	n := guestNumber(i)
	at := noon.Add(-500 * time.Hour)
	shown := consent.Disclose(t.biz, "LUNA", at)
	t.w.update(func(ctx context.Context, tx store.Tx) error {
		p := core.Pair{Business: t.biz.ID, Number: n}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		if err := tx.Consent.PutDisclosure(ctx, shown); err != nil {
			return err
		}
		e := consent.Event{
			ID: core.EventID(t.w.web.IDs.New()), Business: t.biz.ID, Number: n, Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing,
			At: at, Recorded: at, Venue: place.Place{State: t.biz.State, Zone: t.biz.Zone},
			Evidence: consent.Evidence{Disclosure: shown.Version, RawText: "LUNA", Keyword: "LUNA", To: t.biz.Sender, CarrierID: "in-" + n.Last4()},
		}
		if err := tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(system.Salts{}.Salt(), e, shown)})
	})
	return n
}

// A program is who comes in with a token.
type program struct {
	w      *world
	secret string
	id     token.ID
}

func (t *tenant) program(scopes token.Scopes) program {
	t.w.t.Helper()
	k, secret, err := t.w.web.Grants.Create(t.w.t.Context(), t.owner, grant.Draft{Name: "till", Scopes: scopes, Days: 30})
	if err != nil {
		t.w.t.Fatal(err)
	}
	return program{t.w, secret, k.ID}
}

// An answer is what came back.
type answer struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

func (p program) do(method, path string, body any, header ...string) answer {
	p.w.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			p.w.t.Fatal(err)
		}
		r = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(p.w.t.Context(), method, p.w.url+path, r)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if p.secret != "" {
		req.Header.Set("Authorization", "Bearer "+p.secret)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return answer{p.w.t, method + " " + path, resp.StatusCode, resp.Header, b}
}

func (p program) get(path string) answer {
	p.w.t.Helper()
	return p.do(http.MethodGet, "/api/v1"+path, nil)
}

func (p program) post(path string, body any, header ...string) answer {
	p.w.t.Helper()
	return p.do(http.MethodPost, "/api/v1"+path, body, header...)
}

// must fails unless the answer has the status.
func (a answer) must(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s answers %d, want %d: %s", a.what, a.status, status, a.body)
	}
	return a
}

// at is a value of the answer, by its path: "barred.0.reason".
func (a answer) at(path string) any {
	a.t.Helper()
	var x any
	if err := json.Unmarshal(a.body, &x); err != nil {
		a.t.Fatalf("%s answers no JSON: %s", a.what, a.body)
	}
	for part := range strings.SplitSeq(path, ".") {
		switch v := x.(type) {
		case map[string]any:
			x = v[part]
		case []any:
			i := int(part[0] - '0')
			if i >= len(v) {
				return nil
			}
			x = v[i]
		default:
			return nil
		}
	}
	return x
}

func (a answer) str(path string) string { a.t.Helper(); s, _ := a.at(path).(string); return s }

func (a answer) want(path string, want any) answer {
	a.t.Helper()
	if got := a.at(path); fmt.Sprint(got) != fmt.Sprint(want) {
		a.t.Errorf("%s: %s is %v, want %v", a.what, path, got, want)
	}
	return a
}

// run plans and sends a campaign.
func (t *tenant) run(id string) {
	t.w.t.Helper()
	u, err := core.ParseUUID(id)
	if err != nil {
		t.w.t.Fatal(err)
	}
	step := func() {
		if _, err := t.w.web.Launch.Step(t.w.t.Context(), t.biz.ID, core.CampaignID(u)); err != nil {
			t.w.t.Fatal(err)
		}
	}
	step()
	if _, err := t.w.dispatch.Step(t.w.t.Context()); err != nil {
		t.w.t.Fatal(err)
	}
	step()
}
