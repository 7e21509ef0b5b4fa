//go:build !embedded

package stripe

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/charge"
)

// A Till sells plans by Stripe. Its methods are safe for concurrent use. Prices
// are found by their lookup keys: nexo_starter, and nexo_growth_over for further
// parts.
type Till struct {
	api    *client.API
	prices map[string]string
}

var _ charge.Till = (*Till)(nil)

// NewTill is Invalid without a key.
func NewTill(cfg TillConfig) (*Till, error) {
	if cfg.Key == "" {
		return nil, core.E("stripe.NewTill", core.Invalid, "a key is needed")
	}
	b := &stripe.BackendConfig{
		HTTPClient: &http.Client{Timeout: 20 * time.Second}, MaxNetworkRetries: stripe.Int64(2),
		EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	}
	if cfg.URL != "" {
		b.URL = stripe.String(strings.TrimSuffix(cfg.URL, "/"))
	}
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, b)
	return &Till{api: client.New(cfg.Key, &stripe.Backends{API: backend, Connect: backend, Uploads: backend}), prices: cfg.Prices}, nil
}

// Customer carries the venue's id and the owner's address, and no guest's.
func (t *Till) Customer(ctx context.Context, b account.Business, email string) (string, error) {
	p := &stripe.CustomerParams{Name: stripe.String(b.Legal()), Email: stripe.String(email)}
	p.Context = ctx
	p.AddMetadata("business", b.ID.String())
	p.SetIdempotencyKey("customer:" + b.ID.String() + ":" + email)
	c, err := t.api.Customers.New(p)
	if err != nil {
		return "", fault("Customer", err)
	}
	return c.ID, nil
}

const priceKey, overKey = "nexo_", "_over"

// price finds a price by its lookup key.
func (t *Till) price(ctx context.Context, key string) (string, error) {
	if id, ok := t.prices[key]; ok {
		return id, nil
	}
	p := &stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{key}), Active: stripe.Bool(true)}
	p.Context = ctx
	it := t.api.Prices.List(p)
	for it.Next() {
		if x := it.Price(); x.LookupKey == key {
			return x.ID, nil
		}
	}
	if it.Err() != nil {
		return "", fault("price", it.Err())
	}
	return "", core.E("stripe.price", core.Unavailable, "This plan cannot be bought just now: its price is not set up. Tell whoever runs NexoAlerts.")
}

// Checkout sells the plan and, where it has them, further parts.
func (t *Till) Checkout(ctx context.Context, o charge.Order) (string, error) {
	base, err := t.price(ctx, priceKey+o.Plan.ID)
	if err != nil {
		return "", err
	}
	p := &stripe.CheckoutSessionParams{
		Mode: stripe.String("subscription"), Customer: stripe.String(o.Customer), ClientReferenceID: stripe.String(o.Business.String()),
		SuccessURL: stripe.String(o.Back + "?paid=1"), CancelURL: stripe.String(o.Back),
		LineItems:        []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(base), Quantity: stripe.Int64(1)}},
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{Metadata: map[string]string{"business": o.Business.String()}},
	}
	if o.Plan.Over > 0 {
		over, err := t.price(ctx, priceKey+o.Plan.ID+overKey)
		if err != nil {
			return "", err
		}
		p.LineItems = append(p.LineItems, &stripe.CheckoutSessionLineItemParams{Price: stripe.String(over)})
	}
	if o.Trial {
		p.SubscriptionData.TrialPeriodDays = stripe.Int64(billing.TrialDays)
	}
	p.Context = ctx
	x, err := t.api.CheckoutSessions.New(p)
	if err != nil {
		return "", fault("Checkout", err)
	}
	return x.URL, nil
}

// Portal is the customer portal.
func (t *Till) Portal(ctx context.Context, customer, back string) (string, error) {
	p := &stripe.BillingPortalSessionParams{Customer: stripe.String(customer), ReturnURL: stripe.String(back)}
	p.Context = ctx
	x, err := t.api.BillingPortalSessions.New(p)
	if err != nil {
		return "", fault("Portal", err)
	}
	return x.URL, nil
}

// Subscriptions are the customer's, the newest first, those that are over too.
func (t *Till) Subscriptions(ctx context.Context, customer string) ([]billing.Subscription, error) {
	p := &stripe.SubscriptionListParams{Customer: stripe.String(customer), Status: stripe.String("all")}
	p.Context = ctx
	it := t.api.Subscriptions.List(p)
	var out []billing.Subscription
	for it.Next() {
		out = append(out, read(it.Subscription()))
	}
	if it.Err() != nil {
		return nil, fault("Subscriptions", it.Err())
	}
	return out, nil
}

func read(s *stripe.Subscription) billing.Subscription {
	out := billing.Subscription{
		ID: s.ID, Status: string(s.Status), Start: instant(s.CurrentPeriodStart), End: instant(s.CurrentPeriodEnd),
		TrialEnd: instant(s.TrialEnd), CancelAtEnd: s.CancelAtPeriodEnd,
	}
	if s.Customer != nil {
		out.Customer = s.Customer.ID
	}
	if s.Schedule != nil {
		out.Schedule = s.Schedule.ID
	}
	if s.Items == nil {
		return out
	}
	for _, i := range s.Items.Data {
		if i.Price == nil {
			continue
		}
		key, ours := strings.CutPrefix(i.Price.LookupKey, priceKey)
		if _, over := strings.CutSuffix(key, overKey); ours && over {
			out.OverItem = i.ID
		} else if _, ok := billing.PlanOf(key); ours && ok {
			out.Plan, out.Item = key, i.ID
		}
	}
	return out
}

func instant(unix int64) time.Time {
	if unix <= 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// Raise changes the items at once; Stripe bills the difference for the rest of the
// period.
func (t *Till) Raise(ctx context.Context, s billing.Subscription, plan billing.Plan) error {
	base, err := t.price(ctx, priceKey+plan.ID)
	if err != nil {
		return err
	}
	p := &stripe.SubscriptionParams{
		ProrationBehavior: stripe.String("always_invoice"), CancelAtPeriodEnd: stripe.Bool(false),
		Items: []*stripe.SubscriptionItemsParams{{ID: stripe.String(s.Item), Price: stripe.String(base)}},
	}
	if plan.Over > 0 {
		over, err := t.price(ctx, priceKey+plan.ID+overKey)
		if err != nil {
			return err
		}
		item := &stripe.SubscriptionItemsParams{Price: stripe.String(over)}
		if s.OverItem != "" {
			item.ID = stripe.String(s.OverItem) // with what was reported under it
		}
		p.Items = append(p.Items, item)
	}
	p.Context = ctx
	p.SetIdempotencyKey("raise:" + s.ID + ":" + s.Plan + ":" + plan.ID + ":" + s.End.Format(time.RFC3339))
	_, err = t.api.Subscriptions.Update(s.ID, p)
	return fault("Raise", err)
}

// Lower hands the subscription to a schedule: what it is now until the end of the
// period, and the smaller plan from then on.
func (t *Till) Lower(ctx context.Context, s billing.Subscription, plan billing.Plan) error {
	next, err := t.phase(ctx, plan)
	if err != nil {
		return err
	}
	old, _ := billing.PlanOf(s.Plan)
	now, err := t.phase(ctx, old)
	if err != nil {
		return err
	}
	id := s.Schedule
	if id == "" {
		p := &stripe.SubscriptionScheduleParams{FromSubscription: stripe.String(s.ID)}
		p.Context = ctx
		x, err := t.api.SubscriptionSchedules.New(p)
		if err != nil {
			return fault("Lower", err)
		}
		id = x.ID
	}
	now.StartDate, now.EndDate, next.Iterations = stripe.Int64(s.Start.Unix()), stripe.Int64(s.End.Unix()), stripe.Int64(1)
	next.ProrationBehavior = stripe.String("none")
	p := &stripe.SubscriptionScheduleParams{EndBehavior: stripe.String("release"), Phases: []*stripe.SubscriptionSchedulePhaseParams{now, next}}
	p.Context = ctx
	_, err = t.api.SubscriptionSchedules.Update(id, p)
	return fault("Lower", err)
}

func (t *Till) phase(ctx context.Context, plan billing.Plan) (*stripe.SubscriptionSchedulePhaseParams, error) {
	base, err := t.price(ctx, priceKey+plan.ID)
	if err != nil {
		return nil, err
	}
	ph := &stripe.SubscriptionSchedulePhaseParams{Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: stripe.String(base), Quantity: stripe.Int64(1)}}}
	if plan.Over > 0 {
		over, err := t.price(ctx, priceKey+plan.ID+overKey)
		if err != nil {
			return nil, err
		}
		ph.Items = append(ph.Items, &stripe.SubscriptionSchedulePhaseItemParams{Price: stripe.String(over)})
	}
	return ph, nil
}

// Keep lets go of a schedule, and of an end that was planned.
func (t *Till) Keep(ctx context.Context, s billing.Subscription) error {
	if s.Schedule != "" {
		p := &stripe.SubscriptionScheduleReleaseParams{}
		p.Context = ctx
		if _, err := t.api.SubscriptionSchedules.Release(s.Schedule, p); err != nil {
			return fault("Keep", err)
		}
	}
	if !s.CancelAtEnd {
		return nil
	}
	p := &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(false)}
	p.Context = ctx
	_, err := t.api.Subscriptions.Update(s.ID, p)
	return fault("Keep", err)
}

// Report sets the period's usage at one instant of it, so that a total that is
// said twice counts once.
func (t *Till) Report(ctx context.Context, s billing.Subscription, parts int) error {
	p := &stripe.UsageRecordParams{
		SubscriptionItem: stripe.String(s.OverItem), Quantity: stripe.Int64(int64(parts)),
		Timestamp: stripe.Int64(s.Start.Unix() + 1), Action: stripe.String("set"),
	}
	p.Context = ctx
	_, err := t.api.UsageRecords.New(p)
	return fault("Report", err)
}

// Invoices carry the address of Stripe's own page.
func (t *Till) Invoices(ctx context.Context, customer string, n int) ([]billing.Invoice, error) {
	p := &stripe.InvoiceListParams{Customer: stripe.String(customer)}
	p.Context, p.Single = ctx, true
	p.Limit = stripe.Int64(int64(n))
	it := t.api.Invoices.List(p)
	var out []billing.Invoice
	for it.Next() && len(out) < n {
		x := it.Invoice()
		out = append(out, billing.Invoice{Number: x.Number, Status: string(x.Status), URL: x.HostedInvoiceURL, Cents: x.Total, Created: instant(x.Created)})
	}
	if it.Err() != nil {
		return nil, fault("Invoices", it.Err())
	}
	return out, nil
}

// fault puts Stripe's error into ours. Its text is for developers, and not shown.
func fault(call string, err error) error {
	if err == nil {
		return nil
	}
	out := core.E("stripe."+call, core.Unavailable, "The payment service could not be reached. Nothing was charged; try again in a minute.")
	var e *stripe.Error
	if !errors.As(err, &e) {
		return out
	}
	out.Code = string(e.Code)
	switch {
	case e.HTTPStatusCode == http.StatusTooManyRequests || e.HTTPStatusCode >= 500:
	case e.Type == stripe.ErrorTypeCard:
		out.Kind, out.Msg = core.Conflict, "The card was not accepted. Open the payment pages and choose another one."
	case e.HTTPStatusCode == http.StatusUnauthorized || e.HTTPStatusCode == http.StatusForbidden:
		out.Msg = "The payment service does not accept our key. Tell whoever runs NexoAlerts."
	default:
		out.Msg = "The payment service did not understand us. Nothing was charged; tell whoever runs NexoAlerts."
	}
	return out
}
