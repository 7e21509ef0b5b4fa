package deploy_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
)

const root = "../../"

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(root + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func promtool(t *testing.T, in string, args ...string) {
	t.Helper()
	tool := os.Getenv("NEXO_TEST_PROMTOOL")
	if tool == "" {
		t.Fatal("NEXO_TEST_PROMTOOL is not set: run the tests with make test, which fetches promtool, or name one")
	}
	cmd := exec.Command(tool, args...)
	cmd.Dir = root + "deploy/prometheus"
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestAlertRules(t *testing.T) {
	t.Parallel()
	promtool(t, "", "check", "rules", "alerts.yaml")
	promtool(t, "", "test", "rules", "alerts_test.yaml")
}

type carrier struct{ err error }

func (c carrier) Submit(context.Context, message.Message) (message.Ticket, error) {
	return message.Ticket{}, c.err
}

// served is what a process serves in which everything has happened once.
func served(t *testing.T) string {
	t.Helper()
	m := observe.New()
	now := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	m.Watch(func(context.Context) (observe.Levels, error) {
		return observe.Levels{Due: 3, Oldest: now.Add(-time.Minute), Unread: true}, nil
	}, func() time.Time { return now })
	_, _ = m.Carrier(carrier{}).Submit(t.Context(), message.Message{})
	_, _ = m.Carrier(carrier{core.E("x", core.Unavailable, "away")}).Submit(t.Context(), message.Message{})
	m.Dispatched(dispatch.Report{Sent: 2, Halted: true, Stopped: map[message.Reason]int{{State: message.Blocked, Code: "opted_out"}: 1}})
	m.TakenIn(intake.Report{Handled: 1, OptedOut: 1})
	m.Webhook(true, observe.Kept, time.Millisecond)
	m.Sealed(5)
	m.Compared(1, now)
	m.Failed("dispatch", core.E("x", core.Unavailable, "away"))
	return scrape(m)
}

func scrape(m *observe.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// TestMetricsAreAsPromised: names by Prometheus's own rules, and each value where
// docs/operations.md says that it is.
func TestMetricsAreAsPromised(t *testing.T) {
	t.Parallel()
	all := served(t)
	promtool(t, all, "check", "metrics")
	for _, line := range []string{
		`nexo_messages_total{reason="",state="sent"} 2`,
		`nexo_messages_total{reason="opted_out",state="blocked"} 1`,
		`nexo_carrier_submit_seconds_count{result="taken"} 1`,
		`nexo_carrier_submit_seconds_count{result="unavailable"} 1`,
		`nexo_webhook_seconds_count{lane="opt_outs",outcome="kept"} 1`,
		`nexo_inbox_events_total{what="opt_out"} 1`,
		`nexo_step_failures_total{kind="unavailable",loop="dispatch"} 1`,
		`nexo_inbox_oldest_seconds 60`,
		`nexo_opt_outs_unread 1`,
		`nexo_levels_up 1`,
	} {
		if !strings.Contains(all, line+"\n") {
			t.Errorf("the metrics lack the line %s", line)
		}
	}
}

var metric = regexp.MustCompile(`\bnexo_[a-z_]+`)

// TestEveryMetricIsServed: an alert or a panel on a metric that no program serves
// is silent for ever, and one that is served and not explained helps nobody.
func TestEveryMetricIsServed(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (nexo_[a-z_]+) `).FindAllStringSubmatch(served(t), -1) {
		names[m[1]] = true
	}
	if len(names) < 10 {
		t.Fatalf("only %d metrics are served", len(names))
	}
	series := strings.NewReplacer("_bucket", "", "seconds_count", "seconds")
	for _, f := range []string{"deploy/prometheus/alerts.yaml", "deploy/grafana/nexo.json", "docs/operations.md"} {
		for _, name := range metric.FindAllString(file(t, f), -1) {
			if !names[series.Replace(name)] {
				t.Errorf("%s names %s, which no program serves", f, name)
			}
		}
	}
	manual := file(t, "docs/operations.md")
	for name := range names {
		if !strings.Contains(manual, name) {
			t.Errorf("docs/operations.md does not explain %s", name)
		}
	}
}

// TestEveryAlertHasARunbook under its own name.
func TestEveryAlertHasARunbook(t *testing.T) {
	t.Parallel()
	manual := file(t, "docs/operations.md")
	alerts := regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllStringSubmatch(file(t, "deploy/prometheus/alerts.yaml"), -1)
	if len(alerts) < 10 {
		t.Fatalf("only %d alerts are found", len(alerts))
	}
	for _, a := range alerts {
		if !strings.Contains(manual, "\n### "+a[1]+"\n") {
			t.Errorf("docs/operations.md has no section %s", a[1])
		}
	}
}

// TestDatabaseAwayIsSeen: levels that could not be asked are absent, not zero, and
// the rest is still served.
func TestDatabaseAwayIsSeen(t *testing.T) {
	t.Parallel()
	m := observe.New()
	m.Watch(func(context.Context) (observe.Levels, error) { return observe.Levels{}, errors.New("away") }, time.Now)
	m.Sealed(1)
	all := scrape(m)
	if !strings.Contains(all, "nexo_levels_up 0\n") || strings.Contains(all, "nexo_messages_due ") || !strings.Contains(all, "nexo_evidence_sealed_total 1\n") {
		t.Errorf("while the database is away the metrics are\n%s", all)
	}
}

// TestNilMetricsCountNothing: a program without an address for them has none.
func TestNilMetricsCountNothing(t *testing.T) {
	t.Parallel()
	var m *observe.Metrics
	m.Dispatched(dispatch.Report{Sent: 1})
	m.TakenIn(intake.Report{Handled: 1})
	m.Webhook(true, observe.Kept, time.Second)
	m.Sealed(1)
	m.Compared(1, time.Now())
	m.Failed("x", errors.New("x"))
	m.Watch(nil, nil)
	if next := (carrier{}); m.Carrier(next) != message.Carrier(next) {
		t.Error("a carrier is wrapped for nothing")
	}
}
