package stripe

import (
	"encoding/json"
	"strings"
	"time"
)

// MaxBody is the largest webhook that [Parse] reads, in bytes. Stripe's are a few
// KiB.
const MaxBody = 1 << 20

const maxID = 255 // Stripe's own limit for ids, in bytes

// A Kind is what an event is about. The zero Kind is one that we do not act on.
type Kind uint8

// The kinds.
const (
	Unknown      Kind = iota // authentic, of a type that we do not act on
	Unparsable               // authentic, but a field that we use is missing
	Checkout                 // a venue went through the checkout, or gave up
	Subscription             // a subscription began, changed or ended
	Invoice                  // an invoice was paid, or could not be
)

var kindNames = [...]string{"unknown", "unparsable", "checkout", "subscription", "invoice"}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Unknown]
}

// kinds has the types that are acted on. Any event about a subscription or an
// invoice asks for the same: to look at what it is now.
var kinds = map[string]Kind{
	"checkout.session.completed":               Checkout,
	"checkout.session.async_payment_succeeded": Checkout,
	"checkout.session.async_payment_failed":    Checkout,
	"checkout.session.expired":                 Checkout,
	"customer.subscription.created":            Subscription,
	"customer.subscription.updated":            Subscription,
	"customer.subscription.deleted":            Subscription,
	"customer.subscription.paused":             Subscription,
	"customer.subscription.resumed":            Subscription,
	"customer.subscription.trial_will_end":     Subscription,
	"invoice.paid":                             Invoice,
	"invoice.payment_succeeded":                Invoice,
	"invoice.payment_failed":                   Invoice,
	"invoice.payment_action_required":          Invoice,
	"invoice.finalization_failed":              Invoice,
	"invoice.upcoming":                         Invoice,
	"invoice.voided":                           Invoice,
	"invoice.marked_uncollectible":             Invoice,
}

// An Event is what Stripe sent in one webhook. Events come at least once and in
// any order, so whoever acts on one reads the object anew from Stripe.
type Event struct {
	ID       string // Stripe's, evt_…; the same in every delivery of the event
	Kind     Kind
	Type     string // as Stripe calls it
	Version  string // of the API that the event was written by
	Live     bool   // real money, and not the test mode
	Created  time.Time
	Received time.Time // by us
	Raw      []byte    // the body, to the byte

	Object       string    // id of the session, subscription or invoice; empty for an upcoming invoice
	Customer     string    // cus_…
	Subscription string    // sub_…; empty where there is none
	Reference    string    // for Checkout: what we gave the session as our own name for the venue
	Status       string    // of the object; for Checkout that of its payment
	PeriodEnd    time.Time // for Subscription: until when it is paid; zero where it is not said

	Problem string // for Unparsable: what is wrong, without quoting it
}

type wireEvent struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Type     string `json:"type"`
	Version  string `json:"api_version"`
	Live     bool   `json:"livemode"`
	Created  int64  `json:"created"`
	Contents struct {
		Object json.RawMessage `json:"object"`
	} `json:"data"`
}

// A wireObject is what we use of a session, a subscription or an invoice.
type wireObject struct {
	ID            string `json:"id"`
	Customer      ref    `json:"customer"`
	Subscription  ref    `json:"subscription"`
	Reference     string `json:"client_reference_id"`
	Mode          string `json:"mode"`
	Status        string `json:"status"`
	PaymentStatus string `json:"payment_status"`
	PeriodEnd     int64  `json:"current_period_end"`
	// Since 2025-03-31 a subscription's period is that of its items.
	Items struct {
		Data []struct {
			PeriodEnd int64 `json:"current_period_end"`
		} `json:"data"`
	} `json:"items"`
	// Since 2025-03-31 an invoice says by its parent what it is for.
	Parent struct {
		Details struct {
			Subscription ref `json:"subscription"`
		} `json:"subscription_details"`
	} `json:"parent"`
}

// Parse reads an authentic webhook. It never fails: what it cannot read is
// Unparsable, with the reason in Problem, and a type that we do not act on is
// Unknown. Event.Raw is body itself, not a copy.
func Parse(body []byte, received time.Time) Event {
	e := Event{Received: received, Created: received, Raw: body}
	if len(body) > MaxBody {
		return unparsable(e, "the body is larger than 1 MiB")
	}
	var w wireEvent
	if err := json.Unmarshal(body, &w); err != nil {
		return unparsable(e, "the body is not the JSON object that was promised")
	}
	e.ID, e.Type, e.Version, e.Live = id(w.ID), id(w.Type), id(w.Version), w.Live
	if w.Created > 0 && w.Created < 1<<33 {
		e.Created = time.Unix(w.Created, 0).UTC()
	}
	if e.ID == "" || e.Type == "" {
		return unparsable(e, "the event has no id or no type")
	}
	// The newer, thin events have the same place for a type, and no contents.
	kind := kinds[e.Type]
	if kind == Unknown || w.Object != "" && w.Object != "event" {
		return e
	}
	var o wireObject
	if len(w.Contents.Object) == 0 || json.Unmarshal(w.Contents.Object, &o) != nil {
		return unparsable(e, "the object of the event is missing or not as its type promises")
	}
	return e.about(kind, &o)
}

// about takes from o what is used for events of a kind, and misses what is not
// there.
func (e Event) about(kind Kind, o *wireObject) Event {
	e.Object, e.Customer, e.Status = id(o.ID), id(string(o.Customer)), id(o.Status)
	e.Subscription = id(string(o.Subscription))
	var missing string
	switch kind {
	case Checkout:
		if o.Mode != "" && o.Mode != "subscription" {
			return e // a single payment, which is none of ours
		}
		e.Reference, e.Status = id(o.Reference), id(o.PaymentStatus)
		missing = firstMissing("id", e.Object, "customer or client_reference_id", e.Customer+e.Reference)
	case Subscription:
		e.Subscription, e.PeriodEnd = e.Object, o.periodEnd()
		missing = firstMissing("id", e.Object, "customer", e.Customer, "status", e.Status)
	case Invoice:
		if e.Subscription == "" {
			e.Subscription = id(string(o.Parent.Details.Subscription))
		}
		missing = firstMissing("customer", e.Customer)
		if e.Object == "" && e.Type != "invoice.upcoming" {
			missing = "id"
		}
	}
	if missing != "" {
		return unparsable(e, "the object of the event lacks its "+missing)
	}
	e.Kind = kind
	return e
}

// periodEnd is the end of the period that is paid, the first where items differ:
// from then on something is owed.
func (o *wireObject) periodEnd() time.Time {
	end := o.PeriodEnd
	for _, i := range o.Items.Data {
		if end == 0 || i.PeriodEnd > 0 && i.PeriodEnd < end {
			end = i.PeriodEnd
		}
	}
	if end <= 0 || end >= 1<<33 {
		return time.Time{}
	}
	return time.Unix(end, 0).UTC()
}

// firstMissing takes names and values in turn.
func firstMissing(pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return pairs[i]
		}
	}
	return ""
}

func unparsable(e Event, problem string) Event {
	e.Kind, e.Problem = Unparsable, problem
	return e
}

// id returns an id or a name as it is, and "" for what cannot be one.
func id(s string) string {
	if len(s) > maxID || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return s
}

// A ref names another object: by its id or, where it is expanded, as the object.
type ref string

// UnmarshalJSON reads either; anything else is no reference.
func (r *ref) UnmarshalJSON(b []byte) error {
	*r = ""
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(r))
	case '{':
		var o struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(b, &o); err != nil {
			return err
		}
		*r = ref(o.ID)
	}
	return nil
}
