package sim

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/reconcile"
	"github.com/jobfluss/nexo/core/store"
)

// A process is a program on a machine with a clock of its own. It works on
// itself until it dies, and then starts again.
type process struct {
	w      *world
	name   string
	skew   time.Duration // of its clock
	jumped time.Duration // by how much its clock jumped while it worked last
	down   bool
	busy   bool
	wakeAt time.Time
	idle   time.Duration

	intake   *intake.Service
	launch   *launch.Service
	desk     *reconcile.Desk
	dispatch *dispatch.Service
	handling []string  // webhooks that the transaction under way acts on
	refusals []refusal // by the carrier's block, since the last step
}

// A refusal is the carrier's word that a person has opted out with it.
type refusal struct {
	pair *pairLog
	at   time.Time
}

// death is what a process panics with when it dies.
type death struct{}

// Now shows the machine's clock.
func (p *process) Now() time.Time { return p.w.now.Add(p.skew) }

func (w *world) processes() {
	for _, name := range []string{"worker 1", "worker 2", "worker 3"}[:2+w.dice.below(2)] {
		w.workers = append(w.workers, w.newProcess(name))
	}
	w.gates = []*process{w.newProcess("gate 1"), w.newProcess("gate 2")}
	w.office = w.newProcess("office")
}

func (w *world) everyProcess() []*process {
	return append(append([]*process{w.office}, w.workers...), w.gates...)
}

func (w *world) newProcess(name string) *process {
	p := &process{w: w, name: name}
	var st store.Store = &shaky{p: p, inner: w.store}
	var ca message.Carrier = line{w.carrier, p}
	var pr intake.Provider = provider{w}
	set := dispatch.Settings{
		Profile: law.Default, Margin: w.margin, Batch: pick(&w.dice, []int{7, 25, 100, 500}), Concurrency: 1,
	}
	if b := w.o.Bug; b != nil {
		if b.settings != nil {
			b.settings(&set)
		}
		if b.carrier != nil {
			ca = b.carrier(ca)
		}
		if b.provider != nil {
			pr = b.provider(p, pr)
		}
	}
	p.intake = &intake.Service{Store: st, Provider: pr, Clock: p, IDs: w, Salts: w}
	p.launch = &launch.Service{Store: st, Clock: p, IDs: w, Salts: w, Calendar: calendar{}}
	p.desk = &reconcile.Desk{Store: st, Clock: p, IDs: w, Salts: w}
	p.dispatch = &dispatch.Service{
		Store: st, Carrier: ca, Book: decide.US(), Clock: p, IDs: w, Salts: w, Settings: set,
		Sleep: func(_ context.Context, d time.Duration) error { w.pass(d); return nil },
	}
	return p
}

// wake lets a worker look for work in d, if it would not do so before.
func (p *process) wake(d time.Duration) {
	at := p.w.now.Add(d)
	if !p.wakeAt.IsZero() && !p.wakeAt.After(at) && p.wakeAt.After(p.w.now) {
		return
	}
	p.wakeAt = at
	p.w.after(d, func() {
		if p.wakeAt.Equal(at) {
			p.tick()
		}
	})
}

// tick is one turn of a worker's loop.
func (p *process) tick() {
	w := p.w
	if p.down || p.busy {
		p.wakeAt = time.Time{}
		p.wake(time.Second)
		return
	}
	did := false
	p.alive(func() { did = p.work() })
	p.wakeAt = time.Time{}
	switch {
	case did:
		p.idle = 0
		p.wake(w.dice.between(time.Millisecond, 50*time.Millisecond))
	default:
		p.idle = min(max(4*p.idle, 30*time.Second), time.Hour)
		p.wake(w.dice.between(p.idle/2, p.idle))
	}
}

// alive runs f until its end or the process's, and reports which.
func (p *process) alive(f func()) (survived bool) {
	p.busy, p.jumped = true, 0
	defer func() {
		p.busy = false
		if x := recover(); x != nil {
			if _, ok := x.(death); !ok {
				panic(x)
			}
			p.refusals = nil
			p.down = true
			p.w.after(p.w.dice.between(time.Second, 5*time.Minute), func() { p.down = false })
			return
		}
		survived = true
	}()
	f()
	return true
}

// work does a bit of everything, in any order.
func (p *process) work() (did bool) {
	w := p.w
	first := w.dice.below(3)
	for i := range 3 {
		if w.violation != nil {
			return false
		}
		switch (first + i) % 3 {
		case 0:
			rep, err := p.intake.Step(calls(), 1+w.dice.below(100))
			did = did || rep.Handled > 0
			p.stepped("intake.Step", err)
		case 1:
			did = p.launchAll() || did
		case 2:
			if w.dice.hits(200) || w.calm {
				n, err := p.dispatch.Lapse(calls())
				if n > 0 {
					w.note("%s gives %d texts up", p.name, n)
				}
				p.stepped("dispatch.Lapse", err)
			}
			rep, err := p.dispatch.Step(calls())
			did = did || rep.Claimed > 0
			if rep.Claimed > 0 || err != nil {
				w.note("%s dispatch %+v, %v", p.name, rep, err)
			}
			p.stepped("dispatch.Step", err)
		}
	}
	return did
}

func (p *process) launchAll() (did bool) {
	open, err := p.launch.Open(calls())
	p.stepped("launch.Open", err)
	for _, c := range open {
		p.w.meets(c)
		rep, err := p.launchStep(c)
		if did = did || rep.Planned > 0; rep.Planned > 0 {
			p.w.note("%s plans %d of %s, now %v", p.name, rep.Planned, c.Name, rep.Status)
		}
		p.stepped("launch.Step", err)
	}
	return did
}

// launchStep makes a step of a campaign, and notes when it may have been planned.
func (p *process) launchStep(c campaign.Campaign) (launch.Report, error) {
	w := p.w
	if cl := w.byID[c.ID]; cl != nil && cl.Launched.IsZero() && !c.SendAt.After(p.Now()) {
		if w.read(cl); cl.Launched.IsZero() {
			w.seq++
			if cl.planTo = w.seq; cl.planFrom == 0 {
				cl.planFrom = w.seq
			}
		}
	}
	return p.launch.Step(calls(), c.Business, c.ID)
}

// stepped is called after every call into the system.
func (p *process) stepped(op string, err error) {
	w := p.w
	w.steps++
	if err != nil {
		w.noNumber(op, err.Error())
		if k := core.KindOf(err); k != core.Unavailable && k != core.Ambiguous {
			w.broken(0, "%s by %s fails with %v", op, p.name, err)
		}
	} else {
		for _, r := range p.refusals {
			w.heard(r.pair, word{at: r.at, intent: blocked})
		}
	}
	p.refusals = p.refusals[:0]
	w.checkCampaigns()
}

// accept takes a webhook in, and reports whether the carrier was told so.
func (p *process) accept(h *webhook) (acked bool) {
	w := p.w
	if w.dice.hits(5) {
		if _, err := p.intake.Accept(calls(), forged, []byte(h.id)); !errors.Is(err, core.Denied) {
			w.broken(13, "a forged webhook is not refused but %v", err)
		}
	}
	if h.pair != nil && (h.word.intent == joins || h.word.intent == returns) && !h.told {
		// Consent is given when the guest gives it; that it is kept makes it known.
		h.told = true
		w.heard(h.pair, h.word)
	}
	p.alive(func() {
		_, err := p.intake.Accept(calls(), signed, []byte(h.id))
		if acked = err == nil; acked {
			w.net.acked(h)
		}
		p.stepped("intake.Accept", err)
	})
	return acked
}

// faultsLive lets the carrier have its troubles, and clocks jump.
func (w *world) faultsLive() {
	w.after(w.dice.between(10*time.Minute, 10*time.Hour), w.carrierTrouble)
	w.after(w.dice.between(time.Minute, 10*time.Hour), w.clockJumps)
	w.after(w.dice.between(time.Hour, 20*time.Hour), w.storeOutage)
}

func (w *world) carrierTrouble() {
	if w.calm {
		return
	}
	c := w.carrier
	c.trouble = trouble(1 + w.dice.below(int(numTroubles)-1))
	c.sender = pick(&w.dice, w.venues).Sender
	w.note("the carrier %v", c.trouble)
	w.after(w.dice.between(time.Second, 20*time.Minute), func() {
		c.trouble = noTrouble
		w.note("the carrier %v", c.trouble)
	})
	w.after(w.dice.between(time.Hour, 20*time.Hour), w.carrierTrouble)
}

// mostSkew is by how much a machine's clock may be off.
const mostSkew = time.Minute

func (w *world) clockJumps() {
	if w.calm {
		return
	}
	p := pick(&w.dice, w.everyProcess())
	off := mostSkew / 40
	if w.dice.hits(300) {
		off = mostSkew
	}
	to := w.dice.between(-off, off)
	p.jumped += (to - p.skew).Abs()
	p.skew = to
	w.note("the clock of %s is now off by %v", p.name, to)
	w.after(w.dice.between(time.Minute, 8*time.Hour), w.clockJumps)
}

func (w *world) storeOutage() {
	if w.calm {
		return
	}
	w.storeBack = w.now.Add(w.dice.between(0, 3*time.Minute))
	w.note("the store is away until %s", w.storeBack.UTC().Format(time.TimeOnly))
	w.after(w.dice.between(2*time.Hour, 30*time.Hour), w.storeOutage)
}

// dies decides whether a process dies now.
func (w *world) dies(p *process, perMille int) bool {
	return !w.calm && !w.quiet && p != w.office && w.dice.hits(perMille)
}
