//go:build !embedded

package observe

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
)

// Metrics are those of one process. They are safe for concurrent use. Nil Metrics
// count nothing.
type Metrics struct {
	registry *prometheus.Registry
	submits  *prometheus.HistogramVec
	moves    *prometheus.CounterVec
	events   *prometheus.CounterVec
	keeps    *prometheus.HistogramVec
	failures *prometheus.CounterVec
	sealed   prometheus.Counter
	drift    prometheus.Counter
	compared prometheus.Gauge
	halted   prometheus.Counter
}

// New returns Metrics of their own registry, with those of the Go runtime.
func New() *Metrics {
	// From a quarter of a millisecond to eight seconds: a carrier's two seconds and
	// our second for an opt-out are among the bounds.
	seconds := prometheus.ExponentialBuckets(0.00025, 2, 16)
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		submits: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "nexo_carrier_submit_seconds",
			Help: "How long the carrier took to answer a submission, by result.", Buckets: seconds}, []string{"result"}),
		moves: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nexo_messages_total",
			Help: "Texts that were moved on, by where to and why."}, []string{"state", "reason"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nexo_inbox_events_total",
			Help: "Webhooks acted on, by what they were."}, []string{"what"}),
		keeps: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "nexo_webhook_seconds",
			Help: "From the arrival of a webhook to its answer, by outcome. Of an opt-out that is when it is in force.", Buckets: seconds}, []string{"lane", "outcome"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nexo_step_failures_total",
			Help: "Steps of the worker that failed and are tried again, by loop and kind of error."}, []string{"loop", "kind"}),
		sealed:   prometheus.NewCounter(prometheus.CounterOpts{Name: "nexo_evidence_sealed_total", Help: "Records taken into the evidence log."}),
		drift:    prometheus.NewCounter(prometheus.CounterOpts{Name: "nexo_drift_total", Help: "Guests whom the carrier barred and we did not, found by the hourly comparison."}),
		compared: prometheus.NewGauge(prometheus.GaugeOpts{Name: "nexo_compared_timestamp_seconds", Help: "When opt-outs were last compared with the carrier's list."}),
		halted:   prometheus.NewCounter(prometheus.CounterOpts{Name: "nexo_carrier_halts_total", Help: "Times that the carrier said that the account may not send."}),
	}
	m.registry.MustRegister(m.submits, m.moves, m.events, m.keeps, m.failures, m.sealed, m.drift, m.compared, m.halted,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Carrier counts what next is asked.
func (m *Metrics) Carrier(next message.Carrier) message.Carrier {
	if m == nil {
		return next
	}
	return carrier{next, m}
}

type carrier struct {
	message.Carrier
	m *Metrics
}

func (c carrier) Submit(ctx context.Context, msg message.Message) (message.Ticket, error) {
	began := time.Now()
	t, err := c.Carrier.Submit(ctx, msg)
	result := "taken"
	if err != nil {
		result = core.KindOf(err).String()
	}
	c.m.submits.WithLabelValues(result).Observe(time.Since(began).Seconds())
	return t, err
}

// Dispatched counts a step of sending.
func (m *Metrics) Dispatched(r dispatch.Report) {
	if m == nil {
		return
	}
	m.moved(message.Sent, "", r.Sent)
	m.moved(message.Failed, "", r.Failed)
	m.moved(message.Unknown, "", r.Unknown)
	m.moved(message.Planned, "carrier", r.Deferred)
	for why, n := range r.Stopped {
		m.moved(why.State, why.Code, n)
	}
	if r.Halted {
		m.halted.Inc()
	}
}

func (m *Metrics) moved(s message.State, reason string, n int) {
	if n > 0 {
		m.moves.WithLabelValues(s.String(), reason).Add(float64(n))
	}
}

// TakenIn counts a step of acting on webhooks.
func (m *Metrics) TakenIn(r intake.Report) {
	if m == nil {
		return
	}
	for what, n := range map[string]int{"opt_in": r.OptedIn, "opt_out": r.OptedOut, "receipt": r.Receipts, "postponed": r.Postponed,
		"other": r.Handled - r.OptedIn - r.OptedOut - r.Receipts} {
		if n > 0 {
			m.events.WithLabelValues(what).Add(float64(n))
		}
	}
}

// Webhook counts one that was answered. Urgent are those that may revoke consent.
func (m *Metrics) Webhook(urgent bool, outcome string, took time.Duration) {
	if m == nil {
		return
	}
	lane := "others"
	if urgent {
		lane = "opt_outs"
	}
	m.keeps.WithLabelValues(lane, outcome).Observe(took.Seconds())
}

// Sealed counts records that the evidence log has taken in.
func (m *Metrics) Sealed(n int) {
	if m != nil {
		m.sealed.Add(float64(n))
	}
}

// Compared says that opt-outs were compared with the carrier's list at that
// instant, and how many guests only the carrier barred.
func (m *Metrics) Compared(drift int, at time.Time) {
	if m != nil {
		m.drift.Add(float64(drift))
		m.compared.Set(float64(at.Unix()))
	}
}

// Failed counts a step of a loop that failed.
func (m *Metrics) Failed(loop string, err error) {
	if m != nil {
		m.failures.WithLabelValues(loop, core.KindOf(err).String()).Inc()
	}
}

// levelsFor is how long levels are shown before they are asked for again: several
// servers may scrape, and counting a backlog is not free.
const (
	levelsFor    = 10 * time.Second
	levelsWithin = 2 * time.Second
)

// Watch shows what ask says as gauges. While ask fails they are absent, and
// nexo_levels_up is 0. Call it once.
func (m *Metrics) Watch(ask func(context.Context) (Levels, error), now func() time.Time) {
	if m != nil {
		m.registry.MustRegister(&levels{ask: ask, now: now})
	}
}

type levels struct {
	ask func(context.Context) (Levels, error)
	now func() time.Time

	mu   sync.Mutex
	at   time.Time
	last Levels
	err  error
}

func gauge(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

var (
	upGauge       = gauge("nexo_levels_up", "1 where the database answered with the levels below, 0 where it did not.")
	dueGauge      = gauge("nexo_messages_due", "Texts that could leave now.")
	unknownGauge  = gauge("nexo_messages_unknown", "Texts of which nobody knows what became.")
	waitingGauge  = gauge("nexo_inbox_waiting", "Webhooks that nobody has acted on yet.")
	oldestGauge   = gauge("nexo_inbox_oldest_seconds", "How long the longest waiting of them has waited; 0 where none waits.")
	unsealedGauge = gauge("nexo_evidence_unsealed_seconds", "How old the oldest record is that the evidence log does not hold yet; 0 where there is none.")
	unreadGauge   = gauge("nexo_opt_outs_unread", "1 while opt-outs may wait outside the database, for which marketing waits.")
)

func (l *levels) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{upGauge, dueGauge, unknownGauge, waitingGauge, oldestGauge, unsealedGauge, unreadGauge} {
		c <- d
	}
}

func (l *levels) Collect(c chan<- prometheus.Metric) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.at.IsZero() || now.Sub(l.at) >= levelsFor || now.Before(l.at) {
		ctx, cancel := context.WithTimeout(context.Background(), levelsWithin)
		l.last, l.err = l.ask(ctx)
		cancel()
		l.at = now
	}
	set := func(d *prometheus.Desc, v float64) { c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	if l.err != nil {
		set(upGauge, 0)
		return
	}
	set(upGauge, 1)
	set(dueGauge, float64(l.last.Due))
	set(unknownGauge, float64(l.last.Unknown))
	set(waitingGauge, float64(l.last.Waiting))
	set(oldestGauge, age(l.last.Oldest, now))
	set(unsealedGauge, age(l.last.Unsealed, now))
	unread := 0.0
	if l.last.Unread {
		unread = 1
	}
	set(unreadGauge, unread)
}

func age(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since).Seconds())
}
