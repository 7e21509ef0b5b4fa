// Package dispatch sends what is planned and due, at most once each. It decides
// every text at the moment it leaves, writes the decision down, hands the text
// to the carrier and writes down what became of it.
//
// The order is what makes it safe. In one transaction it claims messages, locks
// their subscribers, reads the facts, decides, and records each verdict with its
// evidence; a text that may go is then in state Sending. Only after the commit
// is it submitted. If the process dies in between, the lease runs out and the
// text becomes Unknown: it may have gone out, so nothing but a receipt, a
// look-up or a person moves it on.
package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/store"
)

// Settings are the numbers of a Service. The zero value of each but Profile and
// Margin means its default.
type Settings struct {
	Profile law.Profile
	// Margin is how long before the end of a window the last text leaves.
	Margin time.Duration
	// Batch is how many messages one claim takes at most; 500. It takes fewer where
	// so many cannot be handed over while their decisions are fresh.
	Batch int
	// Concurrency is how many submissions are under way at once; 64. With 1 a Step
	// starts no goroutine and does everything in one order, so that a simulation
	// of it can be repeated to the letter.
	Concurrency int
	// Lease is how long a batch may take before its messages are given up as
	// Unknown; 2 minutes. It is longer than the carrier's time-out.
	Lease time.Duration
	// Account is what the carrier takes from the whole account; the zero Rate is no
	// limit of ours.
	Account pace.Rate
	// Fresh is how old a decision may be when its text leaves; 1 second. An older
	// one is taken again: the guest may have opted out.
	Fresh time.Duration
}

func (s Settings) withDefaults() Settings {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	defT := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&s.Batch, 500)
	def(&s.Concurrency, 64)
	defT(&s.Lease, 2*time.Minute)
	defT(&s.Fresh, time.Second)
	return s
}

// judge is the part of the settings that decides.
func (s Settings) judge() judge.Settings { return judge.Settings{Profile: s.Profile, Margin: s.Margin} }

// A Service is the use case. Its methods are safe for concurrent use; several
// processes may run them on one store.
type Service struct {
	Store    store.Store
	Carrier  message.Carrier
	Book     *decide.Book
	Clock    core.Clock
	IDs      core.IDs
	Salts    evidence.Salts
	Settings Settings
	// Sleep waits for d before the store is tried again, or until ctx ends, whose
	// error it returns. Nil means real time; a simulation has its own.
	Sleep func(ctx context.Context, d time.Duration) error `wire:"-"`
	// managed is how many messages a claim may take, as far as is known; see size.
	managed int64 `wire:"-"`
}

// Step claims up to Settings.Batch due messages and moves each on. It returns
// when all of them are accounted for. When ctx ends it finishes the submissions
// that are under way, puts the others back, and returns.
//
// An error means that the store failed; what was submitted by then is, or will
// become, Unknown. It is safe to call Step again.
func (s *Service) Step(ctx context.Context) (Report, error) {
	set := s.Settings.withDefaults()
	n := s.size(set)
	b, err := s.claim(ctx, set, n)
	if err != nil {
		return Report{}, err
	}
	claimed := b.report.Claimed
	if len(b.sending) > 0 {
		err = s.submitAll(ctx, set, b)
	}
	s.learn(set, n, claimed, b.stale, s.Clock.Now().Sub(b.decided))
	return b.report, err
}

// Lapse gives up messages whose lease has run out, all of them.
func (s *Service) Lapse(ctx context.Context) (int, error) {
	const chunk = 1000
	total := 0
	for {
		var n int
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			now := s.now()
			ms, err := tx.Messages.Lapse(ctx, now, chunk)
			if n = len(ms); err != nil {
				return err
			}
			return tx.Evidence.Append(ctx, s.lapsed(ms, now))
		})
		total += n
		if err != nil || n < chunk {
			return total, err
		}
	}
}

// lapsed records that it is not known what became of texts that were decided to
// go: their worker may have handed them over before it died.
func (s *Service) lapsed(ms []message.Message, now time.Time) []evidence.Record {
	out := make([]evidence.Record, len(ms))
	for i, m := range ms {
		o := message.Outcome{Business: m.Business, Message: m.ID, Attempt: m.Attempt, State: message.Unknown, Reason: "lease_lapsed", At: now}
		out[i] = evidence.NewSubmission(evidence.NewSeed(s.IDs, s.Salts), m, o, true)
	}
	return out
}

// A batch is what one claim took, on its way out.
type batch struct {
	sending []message.Message // decided to send, with their new Attempt
	decided time.Time
	report  Report
	meters  meters
	stale   bool              // some of it had to be decided again
	stopped []core.BusinessID // whose answers do not leave now
}

// submitAll hands the batch to the carrier and writes outcomes as they come in.
func (s *Service) submitAll(ctx context.Context, set Settings, b *batch) error {
	if set.Concurrency == 1 {
		return s.submitInTurn(ctx, set, b)
	}
	outcomes := make(chan result, set.Batch)
	written := make(chan error, 1)
	var ends Report
	go func() { written <- s.writeOutcomes(ctx, outcomes, &ends) }()
	err := s.submitRounds(ctx, set, b, func(r result) { outcomes <- r })
	close(outcomes)
	err = errors.Join(err, <-written)
	b.report.add(ends)
	return err
}

// submitInTurn is submitAll without goroutines. It writes outcomes when the
// first of those it holds is as old as a decision may be, so that a crash loses
// no more of them than it would otherwise.
func (s *Service) submitInTurn(ctx context.Context, set Settings, b *batch) error {
	w := writer{s: s, patience: giveUp}
	var held []result
	var since time.Time
	flush := func() {
		if len(held) > 0 {
			w.write(ctx, held, &b.report)
			held = nil
		}
	}
	err := s.submitRounds(ctx, set, b, func(r result) {
		if len(held) == 0 {
			since = r.At
		}
		if held = append(held, r); len(held) == maxWrite || r.At.Sub(since) >= set.Fresh {
			flush()
		}
	})
	flush()
	return errors.Join(err, w.failed)
}

// submitRounds submits what is fresh and decides the rest again, until nothing
// is left.
func (s *Service) submitRounds(ctx context.Context, set Settings, b *batch, out func(result)) error {
	halt := new(brakes)
	idle := 0 // rounds in which nothing left
	for todo, decided := b.sending, b.decided; len(todo) > 0; {
		stale := s.submitFresh(ctx, set, todo, decided, out, halt)
		if idle++; len(stale) < len(todo) {
			idle = 0
		}
		if idle > 1 {
			// The store takes longer to decide so many than a decision is good for.
			half := len(stale) / 2
			for _, m := range stale[half:] {
				out(s.back(m, "store_slow", s.Clock.Now(), deferFor))
			}
			stale = stale[:half]
		}
		if len(stale) == 0 {
			return nil
		}
		b.stale = true
		again, err := s.redecide(ctx, set, stale)
		if err != nil {
			// Left in Sending they would become Unknown, though they never left.
			// (Where the commit may have happened, they do: their attempt is then
			// not the one we know, and to guess it could put back another's.)
			for _, m := range stale {
				out(s.back(m, "store_failed", s.Clock.Now(), 0))
			}
			return err
		}
		again.report.Claimed = 0 // they were counted when they were claimed
		b.report.add(again.report)
		todo, decided = again.sending, again.decided
	}
	return nil
}

// submitFresh submits what was decided not longer ago than Settings.Fresh and
// returns the rest.
func (s *Service) submitFresh(ctx context.Context, set Settings, todo []message.Message, decided time.Time, out func(result), halt *brakes) []message.Message {
	var mu sync.Mutex
	var stale []message.Message
	one := func(m message.Message) {
		switch {
		case ctx.Err() != nil:
			out(s.back(m, "worker_stopped", s.Clock.Now(), 0))
		case halt.on(m.From):
			now := s.Clock.Now()
			held := halt.of(m.From)
			out(s.back(m, held.reason, now, held.until.Sub(now)))
		case s.Clock.Now().Sub(decided) > set.Fresh:
			mu.Lock()
			stale = append(stale, m)
			mu.Unlock()
		default:
			out(s.recorded(m, s.submit(ctx, m, halt), true))
		}
	}
	if set.Concurrency == 1 {
		for _, m := range todo {
			one(m)
		}
		return stale
	}
	work := make(chan message.Message)
	var wg sync.WaitGroup
	for range min(set.Concurrency, len(todo)) {
		wg.Go(func() {
			for m := range work {
				one(m)
			}
		})
	}
	for _, m := range todo {
		work <- m
	}
	close(work)
	wg.Wait()
	return stale
}

// A result is an outcome, and whether the carrier refused because the person
// has opted out with it.
type result struct {
	message.Outcome
	to       core.Number
	record   evidence.Record // made with it, so that writing it twice records it once
	optedOut bool
	answer   bool // it stands in a conversation
	halted   bool
	slow     bool          // the sender is to slow down
	after    time.Duration // and to come back no sooner; 0: the carrier did not say
}

// How long a message is put off: where the carrier did not say, and where it
// refuses the account.
const (
	deferFor = 15 * time.Second
	haltFor  = 5 * time.Minute
)

// submit hands over one text. The end of ctx does not cut it off: a text whose
// answer nobody waits for would be Unknown. The carrier's own deadline bounds it.
func (s *Service) submit(ctx context.Context, m message.Message, halt *brakes) result {
	t, err := s.Carrier.Submit(context.WithoutCancel(ctx), m)
	now := s.Clock.Now()
	r := result{to: m.To, answer: m.Campaign.IsZero(), Outcome: message.Outcome{Business: m.Business, Message: m.ID, Attempt: m.Attempt, At: now}}
	if err == nil {
		r.State, r.CarrierID = message.Sent, t.CarrierID
		return r
	}
	var e *core.Error
	if errors.As(err, &e) {
		r.Code = e.Code
	}
	if errors.Is(err, message.ErrOptedOut) {
		// A refusal of this one person, whatever its kind: it halts nobody else.
		r.State, r.Reason, r.optedOut = message.Failed, "carrier_opted_out", true
		return r
	}
	switch core.KindOf(err) {
	case core.Unavailable:
		wait := deferFor
		if e != nil && e.RetryAfter > 0 {
			wait = e.RetryAfter
		}
		r.State, r.Due, r.Reason = message.Planned, now.Add(wait), "carrier_unavailable"
		if r.slowed(err, now); r.slow {
			halt.set(m.From, held{r.Due, r.Reason})
		}
	case core.Denied:
		r.State, r.Due, r.Reason, r.halted = message.Planned, now.Add(haltFor), "carrier_denied", true
		halt.set(m.From, held{r.Due, r.Reason})
	case core.Invalid, core.NotFound, core.Conflict:
		r.State, r.Reason = message.Failed, "carrier_refused"
	default: // Ambiguous, and whatever we cannot name
		r.State, r.Reason = message.Unknown, "no_answer"
	}
	return r
}

// back is the result of a message that was not handed over.
func (s *Service) back(m message.Message, reason string, now time.Time, after time.Duration) result {
	return s.recorded(m, result{to: m.To, answer: m.Campaign.IsZero(), Outcome: message.Outcome{
		Business: m.Business, Message: m.ID, Attempt: m.Attempt,
		State: message.Planned, Reason: reason, Due: now.Add(after), At: now,
	}}, false)
}

// recorded is a result with its evidence.
func (s *Service) recorded(m message.Message, r result, handed bool) result {
	r.record = evidence.NewSubmission(evidence.NewSeed(s.IDs, s.Salts), m, r.Outcome, handed)
	return r
}

// maxWrite is how many outcomes are written together.
const maxWrite = 500

// writeOutcomes writes results as they come in: as many at a time as have come
// while the last ones were being written. It does not stop before the channel
// is closed, and tries again while the store is away, since what it holds is
// known nowhere else.
func (s *Service) writeOutcomes(ctx context.Context, in <-chan result, rep *Report) error {
	w := writer{s: s, patience: giveUp}
	for first := range in {
		rs := append(make([]result, 0, 64), first)
	more:
		for len(rs) < maxWrite {
			select {
			case r, ok := <-in:
				if !ok {
					break more
				}
				rs = append(rs, r)
			default:
				break more
			}
		}
		w.write(ctx, rs, rep)
	}
	return w.failed
}

// A writer writes the outcomes of one Step.
type writer struct {
	s        *Service
	patience time.Duration
	failed   error
}

func (w *writer) write(ctx context.Context, rs []result, rep *Report) {
	for _, r := range rs {
		rep.count(r)
	}
	err := w.s.writeAll(context.WithoutCancel(ctx), rs, w.patience)
	w.failed = errors.Join(w.failed, err)
	if w.patience = giveUp; away(err) {
		w.patience = giveUp / 30 // it has been waited for long enough
	}
}

// writeAll writes results together or, if one of them cannot be written, each
// by itself, so that it keeps no other from being written.
func (s *Service) writeAll(ctx context.Context, rs []result, patience time.Duration) error {
	err := s.writeWithRetry(ctx, rs, patience)
	if err == nil || away(err) || len(rs) == 1 {
		return err
	}
	err = nil
	for i := range rs {
		err = errors.Join(err, s.writeWithRetry(ctx, rs[i:i+1], patience))
	}
	return err
}

// away reports whether a store's error may pass by itself.
func away(err error) bool {
	k := core.KindOf(err)
	return err != nil && (k == core.Unavailable || k == core.Ambiguous)
}

func (r *Report) count(x result) {
	switch x.State {
	case message.Sent:
		r.Sent++
	case message.Failed:
		r.Failed++
	case message.Unknown:
		r.Unknown++
	case message.Planned:
		r.Deferred++
	}
	r.Halted = r.Halted || x.halted
}

// giveUp is how long outcomes are held for a store that is away. Then they are
// left to the lease.
const giveUp = 90 * time.Second

func (s *Service) writeWithRetry(ctx context.Context, rs []result, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var waited time.Duration
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return s.write(ctx, tx, rs) })
		if waited += wait; !away(err) || waited > patience || s.sleep(ctx, wait) != nil {
			return err
		}
	}
}

func (s *Service) sleep(ctx context.Context, d time.Duration) error {
	if s.Sleep != nil {
		return s.Sleep(ctx, d)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (s *Service) write(ctx context.Context, tx store.Tx, rs []result) error {
	os := make([]message.Outcome, len(rs))
	records := make([]evidence.Record, len(rs))
	for i, r := range rs {
		os[i], records[i] = r.Outcome, r.record
	}
	if _, err := tx.Messages.Finish(ctx, os); err != nil {
		return err
	}
	if err := tx.Evidence.Append(ctx, records); err != nil {
		return err
	}
	for _, r := range rs {
		if !r.optedOut {
			continue
		}
		p := core.Pair{Business: r.Business, Number: r.to}
		if err := intake.CarrierOptOut(ctx, tx, s.IDs, s.Salts, p, "carrier code "+r.Code, r.At, r.At); err != nil {
			return err
		}
	}
	// Last, as in a claim: subscribers before meters before conversations.
	if err := s.brake(ctx, tx, rs); err != nil {
		return err
	}
	var moved []core.BusinessID
	for _, r := range rs {
		if r.answer {
			moved = append(moved, r.Business)
		}
	}
	return tx.Threads.Touch(ctx, moved)
}
