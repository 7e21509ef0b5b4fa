package flow_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// The guests of the journey. The first two will have enough of it.
var people = []string{"+15125550131", "+15125550132", "+15125550133", "+12145550134"}

const mariachi = "Luna's Cantina: live mariachi this Friday at 7. Reply STOP to opt out"

// A street is the whole product as it runs for real, and the carrier outside.
type street struct {
	t                     *testing.T
	sim                   *telnyxsim.Sim
	web, worker, ingester *process
}

// TestJourney is the README's five steps without a browser: three processes on
// Postgres, from an empty database to the reason why a guest got nothing.
func TestJourney(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	owner := visit(t, s.web.url, "")
	signUp(t, owner)
	text := optIn(t, s, owner)
	for i, number := range people {
		body := text
		if i > 0 {
			body = "luna" // typed from the poster
		}
		s.says(number, body)
	}
	for _, number := range people {
		s.gets(number, "Luna's Cantina") // the welcome
	}
	eventually(t, "four guests have joined", func() bool {
		return strings.HasPrefix(owner.get("/").text("stat-reachable"), "4")
	})

	report := s.campaign(owner, taco)
	for _, number := range people {
		s.gets(number, taco)
	}
	s.reports(owner, report, "4 delivered")

	// One says STOP, which the carrier confirms; one says it in other words, which
	// it does not understand and we do. No worker is needed for either to count.
	s.says(people[0], "STOP")
	s.says(people[1], "please stop texting me")
	before := len(s.sim.Arrivals())
	report = s.campaign(owner, mariachi)
	for _, number := range people[2:] {
		s.gets(number, mariachi)
	}
	s.reports(owner, report, "2 delivered, 2 not sent")
	page := owner.get(report)
	if reasons := page.text("reason-row"); !strings.Contains(reasons, "2 Opted out") {
		t.Errorf("the report's reasons are %q, want two opted out", reasons)
	}
	explained := 0
	for _, row := range page.texts("person-row") {
		if strings.Contains(row, "Not sent") && optedOutAt.MatchString(row) {
			explained++
		}
	}
	if explained != 2 {
		t.Errorf("the report explains %d guests with reason and time, want 2: %q", explained, page.texts("person-row"))
	}
	for _, a := range s.sim.Arrivals()[before:] {
		if (a.To == people[0] || a.To == people[1]) && a.Text == mariachi {
			t.Error("promise 1: the second campaign was submitted to a guest who had opted out")
		}
	}
	for _, a := range s.sim.Arrivals() {
		if a.To == people[0] && !strings.HasPrefix(a.Text, "Luna's Cantina") {
			t.Errorf("the guest whom the carrier has answered got another answer: %q", a.Text)
		}
	}
	s.close(owner)
}

var optedOutAt = regexp.MustCompile(`Opted out \w{3} \d+ \w{3}, \d+:\d\d [ap]m`)

func openStreet(t *testing.T) *street {
	t.Helper()
	database := pgtest.URL(t)
	// Without the carrier's own STOP list: what does not arrive, we have held back.
	sim, carrier := newCarrier(t, telnyxsim.Options{NoStopList: true})
	s := &street{t: t, sim: sim}
	common := []string{
		env("NEXO_DATABASE", database), env("NEXO_TELNYX_URL", carrier), env("NEXO_TELNYX_API_KEY", apiKey),
		env("NEXO_TELNYX_PUBLIC_KEY", sim.PublicKey()), env("NEXO_LOG_LEVEL", "debug"), env("NEXO_DRAIN", "10s"),
		env("NEXO_EVIDENCE_KEYS", evidenceKey),
	}
	if code, said := finish(t, "nexo", []string{"migrate", "up"}, common...); code != 0 {
		t.Fatalf("nexo migrate up ended with code %d and said:\n%s", code, said)
	}
	s.ingester = start(t, "ingester", common...)
	sim.SetWebhook(s.ingester.url+"/telnyx", "")
	s.worker = start(t, "worker", append(common, env("NEXO_WEBHOOK_URL", s.ingester.url))...)
	// Only the web app must know its own address beforehand.
	address := unused(t)
	s.web = start(t, "web", append(common, env("NEXO_ADDR", address), env("NEXO_PUBLIC_URL", "http://"+address))...)
	return s
}

func signUp(t *testing.T, owner *visitor) {
	t.Helper()
	form := url.Values{
		"owner_name": {"Luna Reyes"}, "email": {"luna@lunas.example"}, "password": {"margaritas-at-midnight"},
		"business_name": {"Luna's Cantina"}, "street": {"1200 Congress Avenue"}, "city": {"Austin"}, "state": {"TX"}, "zip": {"78701"},
		"help_contact": {"hello@lunas.example"}, "keyword": {"luna"}, "sender": {"(512) 555-0100"}, "monthly_texts": {"8"}, "registered": {"on"},
		"rhythm_texts": {"4"}, "rhythm_hours": {"12"}, // the day's second campaign is not to wait for tomorrow
	}
	if p := owner.do(http.MethodPost, "/signup", form); p.status != http.StatusForbidden {
		t.Errorf("a sign-up that is not from our own form is answered with %d, want 403", p.status)
	}
	if p := owner.submit("/signup", "/signup", form); p.status != http.StatusOK || p.path != "/" {
		t.Fatalf("sign-up leads to %s with %d: %s", p.path, p.status, p.text("problems"))
	}
}

// optIn opens the page behind the QR code on a phone, and returns the text that
// it fills in.
func optIn(t *testing.T, s *street, owner *visitor) string {
	t.Helper()
	at, err := url.Parse(owner.get("/grow").href("qr-link"))
	if err != nil {
		t.Fatal(err)
	}
	page := visit(t, s.web.url, "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)").get(at.Path)
	for _, must := range []string{"Luna's Cantina", "STOP", "HELP", "rates may apply", "not a condition"} {
		if !strings.Contains(page.text("disclosure"), must) {
			t.Errorf("the opt-in page does not say %q before the guest agrees", must)
		}
	}
	number, body, ok := strings.Cut(page.href("optin-sms"), "&body=")
	text, err := url.QueryUnescape(body)
	if !ok || err != nil || number != "sms:"+sender || !strings.HasPrefix(text, "LUNA ") {
		t.Fatalf("the button opens %q, want a text to the venue with the keyword", page.href("optin-sms"))
	}
	return text
}

// says sends a text from a guest. When it returns, the ingester has kept it.
func (s *street) says(number, text string) {
	s.t.Helper()
	if err := s.sim.Inbound(s.t.Context(), number, sender, text); err != nil {
		s.t.Fatal(err)
	}
}

// gets waits until the carrier has a text with these words for the guest.
func (s *street) gets(number, words string) {
	s.t.Helper()
	if _, err := s.sim.Await(within(s.t), func(a telnyxsim.Arrival) bool { return a.To == number && strings.Contains(a.Text, words) }); err != nil {
		s.t.Fatalf("a guest does not get %q: %v\n%s", words, err, tail(s.worker.log.String()))
	}
}

// campaign writes a text that is to go now, reviews and approves it, and returns
// the report's address.
func (s *street) campaign(owner *visitor, text string) string {
	s.t.Helper()
	return s.approve(owner, url.Values{"body": {text}, "when": {"now"}, "do": {"review"}})
}

func (s *street) approve(owner *visitor, draft url.Values) string {
	s.t.Helper()
	review := owner.submit("/campaigns/new", "/campaigns/new", draft)
	path, ok := strings.CutSuffix(review.path, "/review")
	if review.status != http.StatusOK || !ok {
		s.t.Fatalf("what was written leads to %s with %d", review.path, review.status)
	}
	if report := owner.submit(review.path, path+"/approve", url.Values{}); report.status != http.StatusOK || report.path != path {
		s.t.Fatalf("approving leads to %s with %d: %s", report.path, report.status, report.text("review-problems"))
	}
	return path
}

func (s *street) reports(owner *visitor, report, sentence string) {
	s.t.Helper()
	said := ""
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the report says %q", said)
		}
	}()
	eventually(s.t, "the report says "+sentence, func() bool {
		said = owner.get(report).text("report-sentence")
		return strings.Contains(said, sentence)
	})
}

// close stops the programs while a page of the web app still listens, to a
// campaign that is to go out tomorrow. They end in order, and have written down
// nothing that they should not.
func (s *street) close(owner *visitor) {
	s.t.Helper()
	tomorrow := system.Time{Offset: afternoon}.Now().AddDate(0, 0, 1)
	report := s.approve(owner, url.Values{"body": {taco}, "when": {"later"}, "date": {tomorrow.Format(time.DateOnly)}, "time": {"16:00"}, "do": {"review"}})
	if first := owner.listen(report + "/live"); first != "report" {
		s.t.Errorf("the live report begins with %q", first)
	}
	for _, p := range []*process{s.web, s.worker, s.ingester} {
		p.stop()
		p.discreet()
	}
}
