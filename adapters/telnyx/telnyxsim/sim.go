package telnyxsim

import (
	"context"
	"crypto/ed25519"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
)

// Options are the traits of a [Sim]. The zero Options is a carrier that does
// what Telnyx does out of the box and tells nobody about it.
type Options struct {
	// WebhookURL and FailoverURL are told about what comes in, and about texts
	// that name no address of their own. They are those of every sending number
	// that is in none of the Profiles: such a number has a profile to itself.
	WebhookURL, FailoverURL string
	Profiles                []Profile

	APIKey string             // that is asked for; "" lets everyone in
	Key    ed25519.PrivateKey // signs webhooks; nil for a new one
	// Seed makes ids, chance and key the same in every run. 0 makes them new,
	// which a server needs whose events are kept: ids must not come again.
	Seed  uint64
	Clock core.Clock // for the times in messages and signatures; nil for the system's

	// NoAutoReplies keeps the carrier from answering STOP, START and HELP;
	// NoStopList keeps it from blocking whoever said STOP.
	NoAutoReplies, NoStopList bool

	// Review is how long each review of a registration takes; 0 for none. A
	// registration goes through two or three.
	Review time.Duration
	// Unregistered: numbers that were not bought here are on file with nobody, as
	// new ones are. Otherwise somebody has registered them before.
	Unregistered bool

	Handsets []Handset         // nil for three with names
	Contacts map[string]string // who a number is, as the handsets show it

	SentAfter  time.Duration // from acceptance to message.sent
	FinalAfter time.Duration // from there to message.finalized

	WebhookTimeout time.Duration // for one attempt; 0 for Telnyx's 2 s
	Backoff        time.Duration // before the second attempt, then doubling; 0 for 100 ms
	Workers        int           // webhooks under way at once; 0 for 64
	// MaxPending is how many texts may wait for their webhooks; 0 for 50,000.
	// Beyond it submissions are refused as the carrier does when its queue is
	// full, with 40318. About 2 KiB each.
	MaxPending int
	// Keep is how many texts are remembered, for Arrivals and for the API; 0 for
	// 100,000, about 1 KiB each. Of webhooks a tenth as many are remembered.
	Keep int
	Log  *slog.Logger // nil for none
}

// A Profile is a messaging profile: the numbers of one business, with their own
// webhook and their own STOP list.
type Profile struct {
	ID                      string // "" for one made of the first number
	Numbers                 []string
	WebhookURL, FailoverURL string
}

// A Sim is a simulated carrier. It is safe for concurrent use.
type Sim struct {
	opt     Options
	key     ed25519.PrivateKey
	log     *slog.Logger
	via     *http.Transport
	handler http.Handler

	files     map[string][]byte // by name
	fileNames []string          // the oldest first

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	workers sync.WaitGroup
	jobs    chan *job

	mu       sync.Mutex
	rng      *rand.Rand
	profiles map[string]*profile // by number
	byID     map[string]*profile
	offered  map[string]bool // numbers that were for sale when somebody looked
	bought   map[string]bool
	orders   []*order
	registry registry
	calls    map[string][]Fault // scripted, by pattern
	records  map[string]*record // by id
	kept     ring[*record]
	hooks    ring[*hook]
	faults   Faults
	script   []Fault
	stats    Stats
	pending  int
	idle     chan struct{} // closed when pending comes to 0; nil if nobody waits
	waiters  map[*waiter]struct{}
	reached  chan struct{} // closed by the next submission; nil if nobody waits
	phone    phone
}

// Stats counts what a [Sim] has seen.
type Stats struct {
	Requests int `json:"requests"` // submissions, whatever became of them
	Accepted int `json:"accepted"`
	Inbound  int `json:"inbound"`
	Webhooks int `json:"webhooks"` // events that were taken by the other side
	Attempts int `json:"attempts"` // to send webhooks
	GivenUp  int `json:"given_up"` // events that nobody took, and those lost on demand
	Pending  int `json:"pending"`  // texts whose events are under way
}

type profile struct {
	id                      string
	webhookURL, failoverURL string
	own                     bool              // of a number that is in none of Options.Profiles
	blocked                 map[string]optOut // by the number of the person
	settings                map[string]any    // as they were given
	answers                 []autoresponse
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// New returns a running Sim. [Sim.Close] ends it.
func New(opt Options) *Sim {
	fill(&opt)
	ctx, stop := context.WithCancel(context.Background())
	s := &Sim{
		opt: opt, log: opt.Log, ctx: ctx, stop: stop,
		rng:  rand.New(rand.NewPCG(opt.Seed, 0x7e14)), // chance, not a secret
		jobs: make(chan *job, 6*opt.MaxPending+1024),
		via: &http.Transport{
			MaxIdleConns: 2 * opt.Workers, MaxIdleConnsPerHost: opt.Workers,
			IdleConnTimeout: 30 * time.Second, DisableCompression: true,
		},
		profiles: map[string]*profile{}, byID: map[string]*profile{}, offered: map[string]bool{}, bought: map[string]bool{}, calls: map[string][]Fault{},
		registry: registry{assignments: map[string]*paper{}}, records: map[string]*record{}, waiters: map[*waiter]struct{}{},
		kept: ring[*record]{size: opt.Keep}, hooks: ring[*hook]{size: max(100, opt.Keep/10)},
	}
	s.key = opt.Key
	if s.key == nil {
		seed := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("telnyxsim key"), opt.Seed))
		s.key = ed25519.NewKeyFromSeed(seed[:])
	}
	for _, p := range opt.Profiles {
		s.AddProfile(p)
	}
	s.phone = newPhone(opt.Handsets, opt.Contacts)
	// Pages remember what was read by the bubbles' ids, so they rise across restarts.
	s.phone.next = int(opt.Clock.Now().UnixMilli())
	s.handler = s.routes()
	for range opt.Workers {
		s.workers.Go(s.work)
	}
	return s
}

func fill(o *Options) {
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Seed == 0 {
		var b [8]byte
		_, _ = crand.Read(b[:]) // it never fails
		o.Seed = binary.BigEndian.Uint64(b[:])
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	orDefault(&o.WebhookTimeout, 2*time.Second)
	orDefault(&o.Backoff, 100*time.Millisecond)
	orDefault(&o.Workers, 64)
	orDefault(&o.MaxPending, 50_000)
	orDefault(&o.Keep, 100_000)
}

func orDefault[T int | time.Duration](p *T, d T) {
	if *p <= 0 {
		*p = d
	}
}

// Handler serves the API under /v2, the virtual phone at /phone, and the
// strings to pull under /sim.
func (s *Sim) Handler() http.Handler { return s.handler }

// PublicKey returns the key that webhooks are verified by, as Telnyx's portal
// shows it.
func (s *Sim) PublicKey() string {
	return base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

// Close ends webhooks under way and streams to phones, and waits for them.
func (s *Sim) Close() {
	s.stop()
	s.workers.Wait()
	s.via.CloseIdleConnections()
}

// SetWebhook replaces Options.WebhookURL and FailoverURL, for an address that is
// known only after a server has its port.
func (s *Sim) SetWebhook(webhookURL, failoverURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.WebhookURL, s.opt.FailoverURL = webhookURL, failoverURL
	for _, p := range s.profiles {
		if p.own {
			p.webhookURL, p.failoverURL = webhookURL, failoverURL
		}
	}
}

// AddProfile adds a messaging profile. Numbers that had one move to it.
func (s *Sim) AddProfile(p Profile) {
	if p.ID == "" && len(p.Numbers) > 0 {
		p.ID = profileID(p.Numbers[0])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pr := &profile{id: p.ID, webhookURL: p.WebhookURL, failoverURL: p.FailoverURL, blocked: map[string]optOut{}}
	s.byID[pr.id] = pr
	for _, n := range p.Numbers {
		s.profiles[n] = pr
	}
}

// profileOf returns the profile of a sending number, and makes it one if it has
// none. s.mu is held.
func (s *Sim) profileOf(number string) *profile {
	p := s.profiles[number]
	if p == nil {
		p = &profile{own: true, id: profileID(number), webhookURL: s.opt.WebhookURL, failoverURL: s.opt.FailoverURL, blocked: map[string]optOut{}}
		s.profiles[number], s.byID[p.id] = p, p
	}
	return p
}

// profileID names the profile of a number the same way in every run.
func profileID(number string) string {
	h := sha256.Sum256([]byte("telnyxsim profile " + number))
	return asUUID([16]byte(h[:16]))
}

// newID returns a new id. s.mu is held.
func (s *Sim) newID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], s.rng.Uint64())
	binary.BigEndian.PutUint64(b[8:], s.rng.Uint64())
	return asUUID(b)
}

func asUUID(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return core.UUID(b).String()
}

// Stats returns the counts so far.
func (s *Sim) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Pending = s.pending
	return st
}

// A ring keeps the newest size elements.
type ring[T any] struct {
	size  int
	items []T
	next  int // where the oldest is, once it is full
}

// add adds x and returns what had to go, if anything had to.
func (r *ring[T]) add(x T) (gone T, full bool) {
	if len(r.items) < r.size {
		r.items = append(r.items, x)
		return gone, false
	}
	gone = r.items[r.next]
	r.items[r.next] = x
	r.next = (r.next + 1) % r.size
	return gone, true
}

// all returns the elements, oldest first.
func (r *ring[T]) all() []T {
	out := make([]T, 0, len(r.items))
	return append(append(out, r.items[r.next:]...), r.items[:r.next]...)
}
