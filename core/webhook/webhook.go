// Package webhook holds what is told to programs outside by itself: to whom,
// what, and what became of it. The form is that of Standard Webhooks.
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/token"
)

// Ids of endpoints and deliveries.
type (
	EndpointID = core.ID[endpointTag]
	DeliveryID = core.ID[deliveryTag]

	endpointTag struct{}
	deliveryTag struct{}
)

// An Event is what happened. Their numbers are stored.
type Event uint8

// The events.
const (
	NoEvent Event = iota
	OptedIn
	OptedOut
	Sent
	Delivered
	Failed
	CampaignFinished
	Test // was asked for, to see whether it arrives; goes to every endpoint
	numEvents
)

var eventNames = [...]string{"", "subscriber.opted_in", "subscriber.opted_out", "message.sent", "message.delivered", "message.failed", "campaign.finished", "endpoint.test"}

func (e Event) String() string {
	if e < numEvents {
		return eventNames[e]
	}
	return ""
}

// Events is a set of them.
type Events uint32

// All is every event.
const All = Events(1<<numEvents - 2)

// Of returns the set of one.
func (e Event) set() Events { return 1 << e }

// Has reports whether e is in s. A test is in every set.
func (s Events) Has(e Event) bool { return e == Test || s&e.set() != 0 }

// Names returns the names, in a fixed order, without that of the test.
func (s Events) Names() []string {
	var out []string
	for e := OptedIn; e < Test; e++ {
		if s&e.set() != 0 {
			out = append(out, e.String())
		}
	}
	return out
}

// ParseEvents reads names. Errors have kind Invalid.
func ParseEvents(names []string) (Events, error) {
	var s Events
	for _, n := range names {
		i := slices.Index(eventNames[:], n)
		if i <= 0 || Event(i) == Test {
			return 0, core.E("webhook.ParseEvents", core.Invalid, "there is no such event; there are "+strings.Join(All.Names(), ", "))
		}
		s |= Event(i).set()
	}
	return s, nil
}

// An Endpoint is where events go.
type Endpoint struct {
	ID       EndpointID
	Business core.BusinessID
	URL      string
	About    string // what it is for, as its owner wrote it
	Events   Events
	// Secret signs what is sent. While it is being replaced, Previous signs too,
	// until PreviousEnds.
	Secret       []byte
	Previous     []byte
	PreviousEnds time.Time
	Created      time.Time
	By           core.UserID
	// FailingSince is since when nothing has arrived; zero where the last did.
	FailingSince time.Time
	// Off is since when nothing is sent, and Why that is; zero while it is on.
	Off time.Time
	Why string
}

// On reports whether events go there.
func (e Endpoint) On() bool { return e.Off.IsZero() }

// Secrets are those that sign at t, the newest first.
func (e Endpoint) Secrets(t time.Time) [][]byte {
	if len(e.Previous) > 0 && t.Before(e.PreviousEnds) {
		return [][]byte{e.Secret, e.Previous}
	}
	return [][]byte{e.Secret}
}

// ShowSecret writes a secret as Standard Webhooks does.
func ShowSecret(secret []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(secret) }

// longestURL bounds an address.
const longestURL = 500

// CheckURL is Invalid for an address that events cannot go to: they go over HTTPS
// to a name. Whether the name leads to a public host is looked at when something
// is sent, each time.
func CheckURL(s string) error {
	bad := func(msg string) error { return core.E("webhook.CheckURL", core.Invalid, msg) }
	u, err := url.Parse(s)
	switch {
	case err != nil || len(s) > longestURL || strings.ContainsAny(s, " \t\r\n"):
		return bad("Write the whole address, like https://example.com/hooks.")
	case u.Scheme != "https" || u.User != nil || u.Fragment != "":
		return bad("The address begins with https:// and has no user name in it.")
	case u.Port() != "" && u.Port() != "443":
		return bad("Events go to port 443 only. Leave the port out.")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || numeric(host) ||
		strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") {
		return bad("Write the name of a public host, not an address of a network.")
	}
	return nil
}

// numeric tells the other ways to write an address of a network: 127.1, 0x7f.1.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x")
}

// A Delivery is one event on its way to one endpoint. It names no number: a guest
// is named as in the API.
type Delivery struct {
	ID       DeliveryID
	Business core.BusinessID
	Endpoint EndpointID
	Event    Event
	At       time.Time // of the fact
	Guest    string    // as [token.Key.Guest] names the guest
	Message  core.MessageID
	Campaign core.CampaignID
	Detail   string // how the opt-in or opt-out came, the state of the text or of the campaign

	Due      time.Time
	Leased   time.Time // until when a worker has it; zero for nobody
	Attempts int
	// Done is when it was over; Arrived whether the other side took it.
	Done    time.Time
	Arrived bool
	Status  int // of the last answer; 0 where there was none
	Note    string
}

// Body is what is sent: the same bytes at each attempt.
func (d Delivery) Body() []byte {
	data := struct {
		Subscriber string          `json:"subscriber,omitempty"`
		Message    core.MessageID  `json:"message,omitzero"`
		Campaign   core.CampaignID `json:"campaign,omitzero"`
		Detail     string          `json:"detail,omitempty"`
	}{d.Guest, d.Message, d.Campaign, d.Detail}
	b, _ := json.Marshal(map[string]any{"type": d.Event.String(), "timestamp": d.At.UTC().Format(time.RFC3339Nano), "data": data}) //nolint:errcheck // strings cannot fail
	return b
}

// A Listener is an endpoint that is on, with the key that names its business's
// guests.
type Listener struct {
	Endpoint
	Key token.Key
}

// A Book holds endpoints and deliveries. Errors are [core.Error]; what is not
// there, or is another business's, is NotFound.
type Book interface {
	AddEndpoint(ctx context.Context, e Endpoint) error
	// SaveEndpoint changes all but Business, ID, Created and By.
	SaveEndpoint(ctx context.Context, e Endpoint) error
	// RemoveEndpoint drops an endpoint with its deliveries.
	RemoveEndpoint(ctx context.Context, b core.BusinessID, id EndpointID) error
	Endpoint(ctx context.Context, b core.BusinessID, id EndpointID) (Endpoint, error)
	// Endpoints returns all of a business, oldest first.
	Endpoints(ctx context.Context, b core.BusinessID) ([]Endpoint, error)
	// Listeners returns the endpoints of the businesses that are on.
	Listeners(ctx context.Context, bs []core.BusinessID) ([]Listener, error)

	// Emit adds deliveries, and skips those whose id is taken.
	Emit(ctx context.Context, ds []Delivery) error
	// Claim returns up to n deliveries that are due and that nobody has, the
	// longest due first, and leases them until the given instant. Of two who claim
	// at once, each gets others.
	Claim(ctx context.Context, now, until time.Time, n int) ([]Delivery, error)
	// Settle writes what became of deliveries that were claimed, where the lease is
	// still the claimer's, and ends the lease.
	Settle(ctx context.Context, ds []Delivery) error
	// Delivery is one of a business.
	Delivery(ctx context.Context, b core.BusinessID, id DeliveryID) (Delivery, error)
	// Again makes a delivery due at once, as if nothing had been tried.
	Again(ctx context.Context, b core.BusinessID, id DeliveryID, now time.Time) error
	// Deliveries returns up to n of an endpoint by falling id, before the given one
	// (zero: from the newest).
	Deliveries(ctx context.Context, b core.BusinessID, e EndpointID, before DeliveryID, n int) ([]Delivery, error)
	// PurgeDeliveries drops up to n that were over before t.
	PurgeDeliveries(ctx context.Context, t time.Time, n int) (dropped int, err error)
}

// ByDue orders deliveries as Claim returns them.
func ByDue(ds []Delivery) {
	slices.SortFunc(ds, func(x, y Delivery) int { return cmp.Or(x.Due.Compare(y.Due), bytes.Compare(x.ID[:], y.ID[:])) })
}
