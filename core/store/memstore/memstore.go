// Package memstore is a store in memory, for tests, simulations and programs
// that embed the domain without a database. It runs one transaction at a time
// and forgets everything when the process ends.
package memstore

import (
	"context"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/terms"
	"github.com/jobfluss/nexo/core/thread"
	"github.com/jobfluss/nexo/core/token"
	"github.com/jobfluss/nexo/core/webhook"
)

// A Store keeps everything in maps under one lock.
type Store struct {
	mu   sync.RWMutex
	d    data
	tags *suppression.Keys
}

var _ store.Store = (*Store)(nil)

// data is all that is kept.
type data struct {
	businesses table[core.BusinessID, account.Business]
	users      table[core.UserID, account.User]
	keywords   table[keywordKey, account.Keyword]

	events      table[core.EventID, consent.Event]
	history     table[core.Pair, []core.EventID]
	subscribers table[core.Pair, consent.Subscriber]
	disclosures table[disclosureKey, disclosureRow]
	notes       table[core.Pair, guest.Note]
	posters     table[disclosureKey, consent.Poster] // by their own hash
	scans       table[account.Scan, int]             // by all but N

	suppressions table[core.SuppressionID, suppression.Entry]
	barred       table[core.Pair, []core.SuppressionID]
	hashed       table[tagKey, []suppression.Entry]
	listed       table[core.Pair, int64] // on the carrier's list, in which pass
	passes       table[core.BusinessID, suppression.Pass]

	messages   table[messageKey, *message.Message] // what is pointed to is never changed
	byKey      table[planKey, messageKey]
	byCarrier  table[string, messageKey]
	byPair     table[core.Pair, []messageKey]
	byCampaign table[campaignKey, []messageKey]
	planned    table[messageKey, time.Time] // when they are due
	sending    table[messageKey, struct{}]
	unknown    table[messageKey, struct{}]
	looked     table[messageKey, time.Time]
	counts     map[campaignKey]map[message.Reason]int

	campaigns table[campaignKey, campaign.Campaign]
	moves     table[campaignKey, []campaign.Move]
	meters    table[core.BusinessID, pace.Meter]
	inbox     table[string, inboxRow]
	arrivals  table[int, string] // inbox ids in the order of their arrival
	waiting   table[string, struct{}]
	spools    table[string, beat]
	lines     table[core.BusinessID, registration.Line]

	holds      table[core.RecordID, retention.Hold]
	swept      table[markKey, retention.Mark]
	requests   table[privacy.RequestID, privacy.Request]
	closings   table[core.BusinessID, closing.Closing]
	agreements table[agreementKey, terms.Note]
	threads    table[threadKey, thread.Thread]
	threadOf   table[core.Pair, threadKey]
	items      table[itemKey, itemRow]
	itemsOf    table[threadKey, []itemKey]
	marks      table[core.BusinessID, int64]
	media      table[mediumKey, media.Medium]
	uses       table[useKey, draft.Use]
	bills      table[core.BusinessID, billing.Account]
	links      table[click.Token, click.Link]

	apiTokens table[tokenKey, token.Token]
	keys      table[core.BusinessID, token.Key]
	answers   table[answerKey, token.Answer]

	endpoints   table[endpointKey, webhook.Endpoint]
	deliveries  table[deliveryKey, webhook.Delivery]
	sessions    table[access.SessionID, access.Session]
	factors     table[access.FactorID, access.Factor]
	tokens      table[access.Hash, access.Token]
	memberships table[membershipKey, access.Membership]
	notices     table[access.NoticeID, access.Notice]

	records records
}

type keywordKey struct {
	number core.Number
	word   string
}

type disclosureKey struct {
	business core.BusinessID
	version  consent.Version
}

type disclosureRow struct {
	consent.Disclosure
	order int
}

type messageKey struct {
	business core.BusinessID
	id       core.MessageID
}

type planKey struct {
	business core.BusinessID
	key      message.Key
}

type campaignKey struct {
	business core.BusinessID
	id       core.CampaignID
}

// New returns an empty store.
func New() *Store { return &Store{d: data{counts: make(map[campaignKey]map[message.Reason]int)}} }

// View runs f under a reader's lock.
func (s *Store) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	if err := alive(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(ctx, (&tx{d: &s.d, readOnly: true, tags: s.tags}).ports())
}

// Update runs f under the writer's lock, and undoes what it wrote if it fails
// or panics.
func (s *Store) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	if err := alive(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{d: &s.d, tags: s.tags}
	done := false
	defer func() {
		if !done {
			t.rollback()
		}
	}()
	if err := f(ctx, t.ports()); err != nil {
		return err
	}
	if err := alive(ctx); err != nil {
		return err
	}
	done = true
	return nil
}

// Ping always answers.
func (s *Store) Ping(ctx context.Context) error { return alive(ctx) }

// tx is one transaction: the data, and how to put it back.
type tx struct {
	d        *data
	readOnly bool
	tags     *suppression.Keys
	undo     []func()
}

func (t *tx) ports() store.Tx {
	return store.Tx{
		Accounts: accounts{t}, Consent: consents{t}, Suppression: suppressions{t}, Mirror: mirror{t}, Messages: messages{t},
		Campaigns: campaigns{t}, Inbox: events{t}, Pace: meters{t}, Evidence: ledger{t},
		Guests: notes{t}, Threads: threads{t}, Holds: holds{t}, Shelf: shelf{t}, Requests: requests{t}, Media: pictures{t}, Closings: closings{t}, Terms: agreements{t}, Registration: lines{t},
		Drafts: drafts{t}, Access: doors{t},
		Tokens: tokens{t}, Webhooks: webhooks{t}, Billing: bills{t}, Clicks: clicks{t},
	}
}

func (t *tx) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
}

// write reports whether the transaction may write now.
func (t *tx) write(ctx context.Context) error {
	if t.readOnly {
		return core.E("memstore", core.Denied, "a View cannot write; use Update")
	}
	return alive(ctx)
}

func alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return core.Wrap("memstore", core.Unavailable, "the call was given up", err)
	}
	return nil
}

func notFound(op, what string) error { return core.E("memstore."+op, core.NotFound, "no such "+what) }

// A table is a map whose writes can be undone.
type table[K comparable, V any] struct{ m map[K]V }

func (tb *table[K, V]) get(k K) (V, bool) { v, ok := tb.m[k]; return v, ok }

func (tb *table[K, V]) set(t *tx, k K, v V) {
	old, had := tb.m[k]
	if tb.m == nil {
		tb.m = make(map[K]V)
	}
	tb.m[k] = v
	t.undo = append(t.undo, func() {
		if had {
			tb.m[k] = old
		} else {
			delete(tb.m, k)
		}
	})
}

func (tb *table[K, V]) remove(t *tx, k K) {
	old, had := tb.m[k]
	if !had {
		return
	}
	delete(tb.m, k)
	t.undo = append(t.undo, func() { tb.m[k] = old })
}

// appendTo adds an element to a slice in a table. The elements that stood there
// are left as they were, so that undoing is putting the shorter slice back.
func appendTo[K comparable, E any](t *tx, tb *table[K, []E], k K, e E) {
	old := tb.m[k]
	tb.set(t, k, append(old, e))
}
