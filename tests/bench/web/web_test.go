// Package web_test measures how long the pages of a venue with a million guests
// and ten million texts take, on Postgres, from the request to its last byte.
package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const password = "correct horse battery staple"

// guests is how many there are, each with ten texts; NEXO_BENCH_GUESTS says
// another number.
func guests(b *testing.B) int {
	s := os.Getenv("NEXO_BENCH_GUESTS")
	if s == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1000 || n > 5_000_000 {
		b.Fatal("NEXO_BENCH_GUESTS must be a number of guests from 1000 to 5000000")
	}
	return n
}

// visits is how often each page is opened.
const visits = 60

// BenchmarkWeb opens every page of the venue one after the other, many times.
// The review of a text to everybody is not among them: it decides a million
// guests, and counts in the background while the page says how far it is.
func BenchmarkWeb(b *testing.B) {
	v := open(b)
	fill(b, v.db, v.business, guests(b))
	v.signIn()
	report := "/campaigns/" + campaignID(0)
	guest := v.link("/subscribers?state=active", `href="(/subscribers/[^"?]+)"`)
	b.ResetTimer()
	var worst float64
	for _, page := range []struct{ name, path string }{
		{"home", "/"},
		{"campaigns", "/campaigns"},
		{"report", report},
		{"report_notsent", report + "?show=notsent"},
		{"report_undelivered", report + "?show=undelivered"},
		{"report_reason", report + "?reason=carrier_refused"},
		{"why", v.link(report+"?show=notsent", `href="(/campaigns/[^"]+/people/[^"]+)"`)},
		{"compose", "/campaigns/new"},
		{"subscribers", "/subscribers"},
		{"subscribers_deep", v.deep("/subscribers", 3)},
		{"subscribers_optedout", "/subscribers?state=opted_out"},
		{"subscribers_last4", "/subscribers?last4=0142"},
		{"subscribers_since", "/subscribers?state=opted_out&since=" + time.Now().AddDate(0, 0, -30).Format(time.DateOnly)},
		{"subscribers_keyword", "/subscribers?keyword=PATIO"},
		{"subscribers_tag", "/subscribers?tag=vip"},
		{"guest", guest},
		{"optouts", "/optouts"},
		{"inbox", "/inbox"},
		{"grow", "/grow"},
		{"compliance", "/compliance"},
		{"settings", "/settings"},
		{"privacy", "/settings/privacy"},
	} {
		p95 := v.p95(page.path)
		worst = max(worst, p95)
		fmt.Fprintf(os.Stdout, "BENCH web_%s_p95_ms %.1f\n", page.name, p95)
	}
	fmt.Fprintf(os.Stdout, "BENCH web_p95_ms_max %.1f\n", worst)
}

// A venue is one browser at the site.
type venue struct {
	b        *testing.B
	server   *httptest.Server
	client   *http.Client
	db       *nexo.Database
	business string
}

func open(b *testing.B) *venue {
	cfg := nexo.Config{Database: pgtest.URL(b), TelnyxAPIKey: "bench", TelnyxURL: "http://127.0.0.1:9", Profile: law.Default, LinkSecrets: []string{strings.Repeat("bench", 8)}}
	server := httptest.NewUnstartedServer(nil)
	cfg.PublicURL = "http://" + server.Listener.Addr().String()
	d, closeIt, err := nexo.OpenDatabase(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(closeIt)
	if err := d.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	w, cleanup, err := nexo.NewWeb(b.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(cleanup)
	_, biz, err := w.Onboard.SignUp(b.Context(), onboard.Form{
		OwnerName: "Luna", Email: "luna@lunas.example", Password: password, BusinessName: "Luna's Cantina", Street: "1 Main St", City: "Austin", State: "TX", ZIP: "78701",
		HelpContact: "help@lunas.example", Sender: "(512) 555-0100", Keyword: "LUNA", MonthlyTexts: "8", Registered: true, PublicURL: cfg.PublicURL,
	})
	if err != nil {
		b.Fatal(err)
	}
	server.Config.Handler = site.New(w, site.Options{PublicURL: cfg.PublicURL})
	server.Start()
	b.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	return &venue{b: b, server: server, client: &http.Client{Jar: jar}, db: d, business: biz.ID.String()}
}

func (v *venue) signIn() {
	v.b.Helper()
	token := regexp.MustCompile(`name="csrf_token" value="([^"]+)"`).FindStringSubmatch(v.get("/signin"))
	if token == nil {
		v.b.Fatal("the sign-in page has no form")
	}
	form := url.Values{"csrf_token": {strings.ReplaceAll(token[1], "&#43;", "+")}, "email": {"luna@lunas.example"}, "password": {password}}
	req, err := http.NewRequestWithContext(v.b.Context(), http.MethodPost, v.server.URL+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		v.b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", v.server.URL+"/signin")
	req.Header.Set("Origin", v.server.URL)
	res, err := v.client.Do(req)
	if err != nil {
		v.b.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path != "/" {
		v.b.Fatalf("signing in leads to %s with %d: %v", res.Request.URL.Path, res.StatusCode, err)
	}
}

func (v *venue) get(path string) string {
	v.b.Helper()
	req, err := http.NewRequestWithContext(v.b.Context(), http.MethodGet, v.server.URL+path, nil)
	if err != nil {
		v.b.Fatal(err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		v.b.Fatalf("%s answers %d: %v", path, res.StatusCode, err)
	}
	return string(body)
}

// link is the first address on a page that matches.
func (v *venue) link(path, pattern string) string {
	v.b.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(v.get(path))
	if m == nil {
		v.b.Fatalf("%s links to no %s", path, pattern)
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// deep is the address some pages further on.
func (v *venue) deep(path string, pages int) string {
	v.b.Helper()
	for range pages {
		path = v.link(path, `href="([^"]+)" data-testid="next"`)
	}
	return path
}

// p95 is in milliseconds.
func (v *venue) p95(path string) float64 {
	v.b.Helper()
	for range 3 { // the connection's plans and the cache
		v.get(path)
	}
	took := make([]time.Duration, visits)
	for i := range took {
		start := time.Now()
		v.get(path)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return float64(took[visits*95/100].Microseconds()) / 1000
}
