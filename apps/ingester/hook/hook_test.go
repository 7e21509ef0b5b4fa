package hook_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/spool"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/store"
)

var (
	errAway  = core.E("store", core.Unavailable, "the database is away")
	errMaybe = core.E("store", core.Ambiguous, "the connection broke at commit")
)

func TestKeptAndInForceBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	if code := w.carrier(texted("e1", guest, luna, "STOP")); code != http.StatusOK {
		t.Fatalf("answered with %d", code)
	}
	if !w.barred(w.luna, guest) || w.barred(w.rosa, guest) {
		t.Error("after 200 for STOP the guest must be barred with the venue that was texted, and with no other")
	}
	if e := w.kept()["telnyx:e1"]; e.Kind != inbox.Inbound || e.Provider != "telnyx" {
		t.Errorf("kept: %+v", e)
	}
}

// The carrier tries the other address when it had no answer at the first: one
// event at all addresses is one event.
func TestOneEventAtAllAddressesIsKeptOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	body := texted("e1", guest, luna, "TACOS")
	for _, path := range []string{"/telnyx", "/telnyx/failover", "/telnyx", "/telnyx/m/some.token"} {
		if code, _ := w.send(path, body, signed(body, time.Now())); code != http.StatusOK {
			t.Errorf("%s answers %d", path, code)
		}
	}
	if n := len(w.kept()); n != 1 {
		t.Errorf("%d events are kept, want 1", n)
	}
	for path, want := range map[string]int{"/": 404, "/telnyx/": 404, "/telnyx/m/a/b": 404, "/telnyx/m/": 404, "/stripe/x": 404} {
		if code, _ := w.send(path, body, signed(body, time.Now())); code < 300 || code >= 500 {
			t.Errorf("POST %s is answered with %d, want %d", path, code, want)
		}
	}
	if res, err := w.server.Client().Get(w.server.URL + "/telnyx"); err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET /telnyx: %v, %v", res.StatusCode, err)
	} else {
		_ = res.Body.Close()
	}
}

func TestStripe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	body := `{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"id":"in_1","customer":"cus_1"}}}`
	for range 2 {
		if code, said := w.send("/stripe", body, stripeSigned(body, time.Now())); code != http.StatusOK {
			t.Fatalf("answered with %d: %s", code, said)
		}
	}
	if code, _ := w.send("/stripe", body, signed(body, time.Now())); code != http.StatusUnauthorized {
		t.Errorf("Stripe's address takes the carrier's signature: %d", code)
	}
	if code, _ := w.send("/telnyx", body, stripeSigned(body, time.Now())); code != http.StatusUnauthorized {
		t.Errorf("the carrier's address takes Stripe's signature: %d", code)
	}
	// What Stripe signs is never a text of a guest's.
	stop := texted("evt_2", guest, luna, "STOP")
	if code, _ := w.send("/stripe", stop, stripeSigned(stop, time.Now())); code != http.StatusOK {
		t.Errorf("answered with %d", code)
	}
	if r, err := w.in.Intake.Step(t.Context(), 10); err != nil || r.Handled != 2 || r.OptedOut != 0 {
		t.Errorf("Step: %+v, %v", r, err)
	}
	if kept := w.kept(); len(kept) != 2 || kept["stripe:evt_1"].Type != "invoice.paid" || w.barred(w.luna, guest) {
		t.Errorf("kept %v, barred %v", kept, w.barred(w.luna, guest))
	}
	without := newWorld(t, options{noStripe: true})
	if code, _ := without.send("/stripe", body, stripeSigned(body, time.Now())); code != http.StatusNotFound {
		t.Errorf("without a secret /stripe answers %d", code)
	}
}

// gate holds the store's first transaction until it is opened.
func (m *moody) gate() (entered <-chan struct{}, open func()) {
	in, out := make(chan struct{}), make(chan struct{})
	var once sync.Once
	m.set(func(m *moody) {
		m.before = func(context.Context) error {
			once.Do(func() {
				close(in)
				<-out
			})
			return nil
		}
	})
	return in, func() { close(out) }
}

// all sends n events at once and returns how often each answer came.
func (w *world) all(n int, body func(i int) string) map[int]int {
	codes := make(chan int, n)
	for i := range n {
		go func() { codes <- w.carrier(body(i)) }()
	}
	got := map[int]int{}
	for range n {
		got[<-codes]++
	}
	return got
}

func TestManyShareATransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	const n = 300
	got := w.all(n, func(i int) string {
		if i%10 == 0 {
			return texted(fmt.Sprint("e", i), fmt.Sprintf("+1512555%04d", 100+i/10), rosa, "stop")
		}
		return receipt(fmt.Sprint("e", i))
	})
	if got[http.StatusOK] != n {
		t.Fatalf("answers: %v", got)
	}
	if kept := len(w.kept()); kept != n {
		t.Errorf("%d are kept, want %d", kept, n)
	}
	for i := 0; i < n; i += 10 {
		if !w.barred(w.rosa, fmt.Sprintf("+1512555%04d", 100+i/10)) {
			t.Errorf("guest %d is not barred", i)
		}
	}
}

// While one group is being written, those that come wait and go together.
func TestGroupsFormWhileTheStoreIsBusy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{noSpool: true})
	w.in.Database.Postgres = false // one group at a time
	h := hook.New(w.in, slog.New(slog.DiscardHandler))
	defer h.Close()
	w.server.Config.Handler = h
	entered, open := w.store.gate()
	first := make(chan int, 1)
	go func() { first <- w.carrier(receipt("first")) }()
	<-entered
	before := w.store.count()
	done := make(chan map[int]int, 1)
	go func() { done <- w.all(50, func(i int) string { return receipt(fmt.Sprint(i)) }) }()
	open()
	if got := <-done; got[http.StatusOK] != 50 || <-first != http.StatusOK {
		t.Errorf("answers: %v", got)
	}
	if n := w.store.count() - before; n > 50 {
		t.Errorf("50 events took %d transactions", n)
	}
}

func TestOneBadEventFailsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, noSpool := range []bool{true, false} {
		w := newWorld(t, options{noSpool: noSpool})
		w.store.set(func(m *moody) {
			m.inbox = func(in inbox.Inbox) inbox.Inbox {
				return picky{in, func(e inbox.Event) bool { return e.ID == "telnyx:e13" }}
			}
		})
		got := w.all(40, func(i int) string { return receipt(fmt.Sprint("e", i)) })
		want := map[int]int{http.StatusOK: 39, http.StatusServiceUnavailable: 1}
		if !noSpool {
			want = map[int]int{http.StatusOK: 40} // it is authentic, and set aside on the disk
			w.drained()
			if st := w.in.Spool.Stat(); st.Aside != 1 || st.Events != 0 {
				t.Errorf("of the bad event the spool says %+v", st)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("without a spool %v: answers %v, want %v", noSpool, got, want)
		}
		if n := len(w.kept()); n != 39 {
			t.Errorf("%d are kept, want 39", n)
		}
	}
}

// An opt-out that cannot be recorded is kept all the same: the worker records it.
func TestOptOutThatCannotBeRecordedIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	w.store.set(func(m *moody) { m.bars = core.E("list.Add", core.Internal, "a bug") })
	if code := w.carrier(texted("e1", guest, luna, "STOP")); code != http.StatusOK {
		t.Errorf("answered with %d", code)
	}
	if len(w.kept()) != 1 || w.barred(w.luna, guest) {
		t.Error("it must be kept, and cannot be in force")
	}
	if log := w.log.String(); !strings.Contains(log, "not in force yet") {
		t.Errorf("nobody is told:\n%s", log)
	}
	w.store.set(func(m *moody) { m.bars = nil })
	if r, err := w.in.Intake.Step(t.Context(), 10); err != nil || r.OptedOut != 1 || !w.barred(w.luna, guest) {
		t.Errorf("then the worker does: %+v, %v", r, err)
	}
}

// While the database is away events go to the disk, with 200; when it is back
// they are in it, each once, opt-outs in force.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"away": errAway, "a standby": core.E("store", core.Denied, "read only"), "hanging": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, options{})
			w.store.set(func(m *moody) {
				m.before = func(ctx context.Context) error {
					if err != nil {
						return err
					}
					<-ctx.Done()
					return core.Wrap("store", core.Unavailable, "too slow", ctx.Err())
				}
			})
			start := time.Now()
			got := w.all(30, func(i int) string { return receipt(fmt.Sprint("e", i%25)) })
			got[w.carrier(texted("stop", guest, luna, "STOP"))]++
			if took := time.Since(start); got[http.StatusOK] != 31 || took > 5*time.Second {
				t.Fatalf("answers %v after %v", got, took)
			}
			if n := w.in.Spool.Stat().Events; n == 0 || len(w.kept()) != 0 {
				t.Errorf("%d wait in the spool, %d are kept in a database that is away", n, len(w.kept()))
			}
			w.store.set(func(m *moody) { m.before = nil })
			w.drained()
			if n := len(w.kept()); n != 26 || !w.barred(w.luna, guest) {
				t.Errorf("%d are kept, want 26; barred %v", n, w.barred(w.luna, guest))
			}
			if code := w.carrier(receipt("later")); code != http.StatusOK || len(w.kept()) != 27 || w.in.Spool.Stat().Events != 0 {
				t.Errorf("afterwards: %d, %+v", code, w.in.Spool.Stat())
			}
			if log := w.log.String(); strings.Contains(log, "555") {
				t.Errorf("a number is in the log:\n%s", log)
			}
		})
	}
}

// A commit whose answer was lost may have happened: the event goes to the disk
// too, and is one event.
func TestLostAnswerOfACommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	w.store.set(func(m *moody) { m.after = func() error { return errMaybe } })
	if code := w.carrier(texted("e1", guest, luna, "STOP")); code != http.StatusOK {
		t.Fatalf("answered with %d", code)
	}
	w.store.set(func(m *moody) { m.after = nil })
	w.drained()
	if r, err := w.in.Intake.Step(t.Context(), 10); err != nil || r.Handled != 1 || r.OptedOut != 1 || len(w.kept()) != 1 {
		t.Errorf("kept %d; Step %+v, %v", len(w.kept()), r, err)
	}
	if n := len(w.texts(w.luna, guest)); n != 1 {
		t.Errorf("%d confirmations, want 1", n)
	}
}

func TestNoSpoolAsksTheCarrierToComeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{noSpool: true})
	w.store.away(errAway)
	if code := w.carrier(receipt("e1")); code != http.StatusServiceUnavailable {
		t.Errorf("answered with %d, want 503", code)
	}
	w.store.away(nil)
	if code := w.carrier(receipt("e1")); code != http.StatusOK || len(w.kept()) != 1 {
		t.Errorf("then with %d", code)
	}
}

func TestFullSpoolAsksTheCarrierToComeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{spool: spool.Config{Max: 4000}})
	w.store.away(errAway)
	got := map[int]int{}
	for i := range 40 {
		got[w.carrier(receipt(fmt.Sprint("e", i)))]++
	}
	if got[http.StatusOK] == 0 || got[http.StatusServiceUnavailable] == 0 || len(got) != 2 {
		t.Errorf("answers: %v, want some taken, then 503", got)
	}
	// The last tenth is for opt-outs.
	if code := w.carrier(texted("stop", guest, luna, "STOP")); code != http.StatusOK {
		t.Errorf("an opt-out is answered with %d", code)
	}
	w.store.away(nil)
	w.drained()
	if n := len(w.kept()); n != got[http.StatusOK]+1 || !w.barred(w.luna, guest) {
		t.Errorf("%d are kept, %d were acknowledged", n, got[http.StatusOK]+1)
	}
}

// What an earlier process left in the spool comes first.
func TestSpoolOfAnEarlierProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := spool.Open(spool.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	stop := texted("stop", guest, luna, "STOP")
	if err := s.Add([]intake.Spooled{
		{ID: "telnyx:stop", Provider: "telnyx", Received: time.Now().Add(-time.Minute), Raw: []byte(stop), Urgent: true},
		{ID: "other:1", Provider: "other", Received: time.Now(), Raw: []byte("{")},
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, options{spool: spool.Config{Dir: dir}})
	w.drained()
	kept := w.kept()
	if len(kept) != 2 || kept["other:1"].Kind != inbox.Unknown || !w.barred(w.luna, guest) {
		t.Errorf("kept %v, barred %v", kept, w.barred(w.luna, guest))
	}
	if age := time.Since(kept["telnyx:stop"].Received); age < 50*time.Second {
		t.Errorf("it was received %v ago, want a minute", age)
	}
}

// A store that takes nothing must not have the whole spool set aside.
func TestBrokenStoreSetsNothingAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	w.store.set(func(m *moody) {
		m.inbox = func(in inbox.Inbox) inbox.Inbox { return picky{in, func(inbox.Event) bool { return true }} }
	})
	if got := w.all(20, func(i int) string { return receipt(fmt.Sprint("e", i)) }); got[http.StatusOK] != 20 {
		t.Fatalf("answers: %v", got)
	}
	if st := w.in.Spool.Stat(); st.Events != 20 || st.Aside != 0 {
		t.Errorf("%+v, want twenty that wait", st)
	}
	w.store.set(func(m *moody) { m.inbox = nil })
	w.drained()
	if n := len(w.kept()); n != 20 {
		t.Errorf("%d are kept", n)
	}
}

// panicky is a spool with a bug.
type panicky struct{ intake.Spool }

func (panicky) Add([]intake.Spooled) error { panic("+15125550141") }

// Whatever panics, nothing is acknowledged that is not kept.
func TestPanicIsNotAnAcknowledgement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{wrap: func(s intake.Spool) intake.Spool { return panicky{s} }})
	w.store.set(func(m *moody) { m.before = func(context.Context) error { panic("+15125550141") } })
	if code := w.carrier(receipt("e1")); code != http.StatusServiceUnavailable {
		t.Errorf("a panic of the store is answered with %d", code)
	}
	for i := range 3 { // with the store away from the second on
		w.store.away(errAway)
		if code := w.carrier(receipt(fmt.Sprint("e", 2+i))); code != http.StatusServiceUnavailable {
			t.Errorf("a panic of the spool is answered with %d", code)
		}
	}
	log := w.log.String()
	if !strings.Contains(log, "panic") || strings.Contains(log, "555") {
		t.Errorf("the log:\n%s", log)
	}
}

// A client that is slow holds up nobody, and is sent away.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	l, err := run.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run.Server{Name: "ingester", Handler: w.hook, Log: slog.New(slog.DiscardHandler), Drain: 10 * time.Second, ReadTimeout: 300 * time.Millisecond}.Serve(ctx, l)
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	body := receipt("slow")
	head := "POST /telnyx HTTP/1.1\r\nHost: in.example\r\nContent-Length: " + fmt.Sprint(len(body)) + "\r\n"
	for k, v := range signed(body, time.Now()) {
		head += k + ": " + v + "\r\n"
	}
	for name, part := range map[string]string{"half a body": head + "\r\n" + body[:20], "half a head": head[:40], "nothing": ""} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		line, err := bufio.NewReader(c).ReadString('\n')
		if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(line, " 200 ") {
			t.Errorf("%s: after ten seconds: %q, %v", name, line, err)
		}
	}
	if n := len(w.kept()); n != 0 {
		t.Errorf("%d are kept of halves", n)
	}
}

// Who watches the ingester sees what waits and what fails.
func TestReadyzSaysWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{spool: spool.Config{Max: 4000}})
	if code, r := w.readyz(); code != http.StatusOK || !r.Ready || !r.Database || len(r.Alarms) != 0 || r.Inbox.Waiting != 0 {
		t.Errorf("when all is well: %d, %+v", code, r)
	}
	w.carrier(receipt("e0"))
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		for range inbox.FailingAfter {
			err = errors.Join(err, tx.Inbox.Postpone(ctx, "telnyx:e0", time.Now().Add(time.Hour), "fails"))
		}
		return err
	})
	if code, r := w.readyz(); code != http.StatusOK || r.Inbox.Waiting != 1 || r.Inbox.Failing != 1 || r.Inbox.Oldest == nil || !strings.Contains(fmt.Sprint(r.Alarms), "cannot be acted on") {
		t.Errorf("with one that fails: %d, %+v", code, r)
	}
	w.store.away(errAway)
	w.carrier(receipt("e1"))
	if code, r := w.readyz(); code != http.StatusOK || !r.Ready || r.Database || r.Inbox != nil || r.Spool.Events != 1 || r.Spool.Oldest == nil || len(r.Alarms) != 2 {
		t.Errorf("with the database away: %d, %+v", code, r)
	}
	for i := range 40 {
		w.carrier(receipt(fmt.Sprint("f", i)))
	}
	if code, r := w.readyz(); code != http.StatusOK && code != http.StatusServiceUnavailable || !strings.Contains(fmt.Sprint(r.Alarms), "full") {
		t.Errorf("with the spool full: %d, %+v", code, r)
	}
	alone := newWorld(t, options{noSpool: true})
	alone.store.away(errAway)
	if code, r := alone.readyz(); code != http.StatusServiceUnavailable || r.Ready || r.Spool != nil {
		t.Errorf("without a spool: %d, %+v", code, r)
	}
}

func (w *world) readyz() (int, hook.Report) {
	w.t.Helper()
	res, err := w.server.Client().Get(w.server.URL + "/readyz")
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var r hook.Report
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, r
}

// Who sends forgeries is stopped; the carrier, from the same address or another,
// is not.
func TestForgeriesAreLimitedBySource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{clock: frozen{}}) // however slow this machine is
	got := map[int]int{}
	for range 700 {
		code, _ := w.send("/telnyx", "{}", nil)
		got[code]++
	}
	if got[http.StatusUnauthorized] < 500 || got[http.StatusTooManyRequests] == 0 || len(got) != 2 {
		t.Errorf("answers: %v", got)
	}
	w = newWorld(t, options{})
	got = map[int]int{}
	for i := range 700 {
		got[w.carrier(receipt(fmt.Sprint(i%50)))]++
	}
	if got[http.StatusOK] != 700 {
		t.Errorf("genuine ones: %v", got)
	}
}
