package api

import (
	"context"
	"net/http"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/token"
	"github.com/jobfluss/nexo/core/webhook"
)

// An Endpoint is where events go.
type Endpoint struct {
	ID           string    `json:"id" format:"uuid"`
	URL          string    `json:"url"`
	About        string    `json:"about"`
	Events       []string  `json:"events" nullable:"false"`
	Secret       string    `json:"secret,omitempty" doc:"Signs what is sent; only in the answer that made it."`
	Created      time.Time `json:"created"`
	On           bool      `json:"on"`
	Off          time.Time `json:"off_since,omitzero"`
	Why          string    `json:"off_why,omitempty"`
	FailingSince time.Time `json:"failing_since,omitzero"`
}

// An EndpointDraft is what an endpoint should be.
type EndpointDraft struct {
	URL    string   `json:"url" minLength:"1" maxLength:"500" doc:"A public host, over HTTPS."`
	About  string   `json:"about,omitempty" maxLength:"80"`
	Events []string `json:"events,omitempty" nullable:"false" maxItems:"20" enum:"subscriber.opted_in,subscriber.opted_out,message.sent,message.delivered,message.failed,campaign.finished" doc:"All where it is left out."`
}

// A Delivery is one event on its way to an endpoint.
type Delivery struct {
	ID       string    `json:"id" format:"uuid" doc:"The webhook-id."`
	Event    string    `json:"event"`
	At       time.Time `json:"at" doc:"When it happened."`
	Attempts int       `json:"attempts"`
	Arrived  bool      `json:"arrived"`
	Done     time.Time `json:"done,omitzero" doc:"Since when it is over; missing while it is tried."`
	Due      time.Time `json:"next_attempt,omitzero"`
	Status   int       `json:"status,omitempty" doc:"Of the last answer."`
	Note     string    `json:"note,omitempty"`
}

type endpoints struct {
	Body struct {
		Endpoints []Endpoint `json:"endpoints" nullable:"false"`
	}
}

type oneEndpoint struct{ Body Endpoint }

type deliveryPage struct {
	Body struct {
		Deliveries []Delivery `json:"deliveries" nullable:"false"`
		Next       string     `json:"next_cursor,omitempty"`
	}
}

// EndpointPath names an endpoint in an address.
type EndpointPath struct {
	ID string `path:"id" maxLength:"64" doc:"The endpoint's id."`
}

func (a *API) webhooks() {
	const tag = "Webhooks"
	with := func(o op) op { o.tag, o.scope = tag, token.Webhooks; return o }
	register(a, with(op{id: "list-webhooks", method: http.MethodGet, path: "/webhooks", summary: "List endpoints"}), a.listEndpoints)
	register(a, with(op{id: "create-webhook", method: http.MethodPost, path: "/webhooks", summary: "Add an endpoint", status: http.StatusCreated, effect: true,
		about: "Events are posted there as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature): at least once, for three days until they are taken. The body has type, timestamp and data with the ids that this API knows."}), a.createEndpoint)
	register(a, with(op{id: "rotate-webhook-secret", method: http.MethodPost, path: "/webhooks/{id}/rotate", summary: "Make another secret", effect: true,
		about: "The old one signs beside it for a day."}), a.rotate)
	register(a, with(op{id: "enable-webhook", method: http.MethodPost, path: "/webhooks/{id}/enable", summary: "Turn an endpoint on", effect: true}), a.switchEndpoint(true))
	register(a, with(op{id: "disable-webhook", method: http.MethodPost, path: "/webhooks/{id}/disable", summary: "Turn an endpoint off", effect: true}), a.switchEndpoint(false))
	register(a, with(op{id: "test-webhook", method: http.MethodPost, path: "/webhooks/{id}/test", summary: "Send a test event", status: http.StatusNoContent, effect: true}),
		func(ctx context.Context, g grant.Grant, in *EndpointPath) (*struct{}, error) {
			id, err := endpointOf(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, a.w.Deliver.Test(ctx, g.User(), id)
		})
	register(a, with(op{id: "remove-webhook", method: http.MethodPost, path: "/webhooks/{id}/remove", summary: "Remove an endpoint", status: http.StatusNoContent, effect: true, about: "With the log of what was sent to it."}),
		func(ctx context.Context, g grant.Grant, in *EndpointPath) (*struct{}, error) {
			id, err := endpointOf(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, a.w.Deliver.Remove(ctx, g.User(), id)
		})
	register(a, with(op{id: "list-deliveries", method: http.MethodGet, path: "/webhooks/{id}/deliveries", summary: "What became of events", about: "Newest first; kept for thirty days."}), a.listDeliveries)
	register(a, with(op{id: "replay-delivery", method: http.MethodPost, path: "/webhooks/{id}/deliveries/{delivery}/replay", summary: "Send an event again", status: http.StatusNoContent, effect: true,
		about: "Under the same webhook-id."}), a.replay)
}

func endpointOf(s string) (webhook.EndpointID, error) {
	id, err := core.ParseUUID(s)
	if err != nil {
		return webhook.EndpointID{}, core.E("api", core.NotFound, "there is no such endpoint")
	}
	return webhook.EndpointID(id), nil
}

func showEndpoint(e webhook.Endpoint) Endpoint {
	return Endpoint{
		ID: e.ID.String(), URL: e.URL, About: e.About, Events: append([]string{}, e.Events.Names()...), Created: e.Created, On: e.On(), Off: e.Off, Why: e.Why, FailingSince: e.FailingSince,
	}
}

// withSecret is an endpoint in the answer that made its secret.
func withSecret(e webhook.Endpoint) *oneEndpoint {
	out := &oneEndpoint{showEndpoint(e)}
	out.Body.Secret = webhook.ShowSecret(e.Secret)
	return out
}

func (a *API) listEndpoints(ctx context.Context, g grant.Grant, _ *struct{}) (*endpoints, error) {
	es, err := a.w.Deliver.List(ctx, g.Business.ID)
	out := &endpoints{}
	out.Body.Endpoints = []Endpoint{}
	for _, e := range es {
		out.Body.Endpoints = append(out.Body.Endpoints, showEndpoint(e))
	}
	return out, err
}

func (a *API) createEndpoint(ctx context.Context, g grant.Grant, in *struct{ Body EndpointDraft }) (*oneEndpoint, error) {
	events, err := webhook.ParseEvents(in.Body.Events)
	if err != nil {
		return nil, err
	}
	e, err := a.w.Deliver.Create(ctx, g.User(), deliver.Draft{URL: in.Body.URL, About: in.Body.About, Events: events})
	if err != nil {
		return nil, err
	}
	return withSecret(e), nil
}

func (a *API) rotate(ctx context.Context, g grant.Grant, in *EndpointPath) (*oneEndpoint, error) {
	id, err := endpointOf(in.ID)
	if err != nil {
		return nil, err
	}
	e, err := a.w.Deliver.Rotate(ctx, g.User(), id)
	if err != nil {
		return nil, err
	}
	return withSecret(e), nil
}

func (a *API) switchEndpoint(on bool) func(context.Context, grant.Grant, *EndpointPath) (*oneEndpoint, error) {
	return func(ctx context.Context, g grant.Grant, in *EndpointPath) (*oneEndpoint, error) {
		id, err := endpointOf(in.ID)
		if err != nil {
			return nil, err
		}
		e, err := a.w.Deliver.Switch(ctx, g.User(), id, on)
		return &oneEndpoint{showEndpoint(e)}, err
	}
}

func (a *API) listDeliveries(ctx context.Context, g grant.Grant, in *struct {
	EndpointPath
	Paging
}) (*deliveryPage, error) {
	id, err := endpointOf(in.ID)
	if err != nil {
		return nil, err
	}
	before, err := openID(in.Cursor)
	if err != nil {
		return nil, err
	}
	_, ds, err := a.w.Deliver.Log(ctx, g.Business.ID, id, webhook.DeliveryID(before), in.Limit+1)
	if err != nil {
		return nil, err
	}
	ds, more := first(ds, in.Limit)
	out := &deliveryPage{}
	out.Body.Deliveries = []Delivery{}
	for _, d := range ds {
		x := Delivery{ID: d.ID.String(), Event: d.Event.String(), At: d.At, Attempts: d.Attempts, Arrived: d.Arrived, Done: d.Done, Status: d.Status, Note: d.Note}
		if d.Done.IsZero() {
			x.Due = d.Due
		}
		out.Body.Deliveries = append(out.Body.Deliveries, x)
	}
	if more {
		out.Body.Next = idCursor(ds[len(ds)-1].ID)
	}
	return out, nil
}

func (a *API) replay(ctx context.Context, g grant.Grant, in *struct {
	EndpointPath
	Delivery string `path:"delivery" maxLength:"64" doc:"The delivery's id."`
}) (*struct{}, error) {
	id, err := endpointOf(in.ID)
	if err != nil {
		return nil, err
	}
	d, err := core.ParseUUID(in.Delivery)
	if err != nil {
		return nil, core.E("api", core.NotFound, "there is no such delivery")
	}
	return nil, a.w.Deliver.Replay(ctx, g.User(), id, webhook.DeliveryID(d))
}
