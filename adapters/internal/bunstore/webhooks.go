package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/webhook"
)

// webhooks is the port [webhook.Book].
type webhooks struct{ *queries }

type endpointRow struct {
	Business     uuid   `bun:"business_id"`
	ID           uuid   `bun:"id"`
	URL          string `bun:"url"`
	About        string `bun:"about"`
	Events       int64  `bun:"events"`
	Secret       []byte `bun:"secret"`
	Previous     []byte `bun:"previous"`
	PreviousEnds stamp  `bun:"previous_ends"`
	Created      stamp  `bun:"created"`
	By           uuid   `bun:"created_by"`
	FailingSince stamp  `bun:"failing_since"`
	Off          stamp  `bun:"off_since"`
	Why          string `bun:"why"`
	Key          []byte `bun:"value"`
}

const endpointColumns = `business_id, id, url, about, events, secret, previous, previous_ends, created, created_by, failing_since, off_since, why`

func (r endpointRow) endpoint() webhook.Endpoint {
	return webhook.Endpoint{
		ID: webhook.EndpointID(r.ID), Business: core.BusinessID(r.Business), URL: r.URL, About: r.About, Events: webhook.Events(r.Events), Secret: r.Secret,
		Previous: r.Previous, PreviousEnds: r.PreviousEnds.Time, Created: r.Created.Time, By: core.UserID(r.By), FailingSince: r.FailingSince.Time, Off: r.Off.Time, Why: r.Why,
	}
}

func writeEndpoint(r *row, e webhook.Endpoint) {
	r.id(e.Business)
	r.id(e.ID)
	r.text(e.URL)
	r.text(e.About)
	r.int(int64(e.Events))
	r.blob(e.Secret)
	r.bytes(e.Previous)
	r.time(e.PreviousEnds)
	r.time(e.Created)
	r.id(e.By)
	r.time(e.FailingSince)
	r.time(e.Off)
	r.text(e.Why)
}

func (s webhooks) AddEndpoint(ctx context.Context, e webhook.Endpoint) error {
	_, err := s.exec(ctx, "AddEndpoint", `INSERT INTO webhook_endpoints (`+endpointColumns+`) ?`, tuples([]webhook.Endpoint{e}, writeEndpoint))
	return err
}

func (s webhooks) SaveEndpoint(ctx context.Context, e webhook.Endpoint) error {
	const op = "SaveEndpoint"
	n, err := s.exec(ctx, op, `UPDATE webhook_endpoints SET url = ?, about = ?, events = ?, secret = (?), previous = (?), previous_ends = ?, failing_since = ?, off_since = ?, why = ?
		WHERE business_id = ? AND id = ?`, text(e.URL), text(e.About), int64(e.Events), octets(e.Secret),
		tuples([][]byte{e.Previous}, func(r *row, p []byte) { r.bytes(p) }), stamp{e.PreviousEnds}, stamp{e.FailingSince}, stamp{e.Off}, text(e.Why), uuid(e.Business), uuid(e.ID))
	if err == nil && n == 0 {
		return s.notFound(op, "endpoint")
	}
	return err
}

func (s webhooks) RemoveEndpoint(ctx context.Context, b core.BusinessID, id webhook.EndpointID) error {
	const op = "RemoveEndpoint"
	n, err := s.exec(ctx, op, `DELETE FROM webhook_endpoints WHERE business_id = ? AND id = ?`, uuid(b), uuid(id))
	if err != nil {
		return err
	}
	if n == 0 {
		return s.notFound(op, "endpoint")
	}
	_, err = s.exec(ctx, op, `DELETE FROM webhook_deliveries WHERE business_id = ? AND endpoint_id = ?`, uuid(b), uuid(id))
	return err
}

func (s webhooks) Endpoint(ctx context.Context, b core.BusinessID, id webhook.EndpointID) (webhook.Endpoint, error) {
	const op = "Endpoint"
	es, err := s.endpoints(ctx, op, `WHERE business_id = ? AND id = ?`, uuid(b), uuid(id))
	if err == nil && len(es) == 0 {
		return webhook.Endpoint{}, s.notFound(op, "endpoint")
	}
	if err != nil {
		return webhook.Endpoint{}, err
	}
	return es[0], nil
}

func (s webhooks) Endpoints(ctx context.Context, b core.BusinessID) ([]webhook.Endpoint, error) {
	return s.endpoints(ctx, "Endpoints", `WHERE business_id = ? ORDER BY created, id`, uuid(b))
}

func (s webhooks) endpoints(ctx context.Context, op, where string, args ...any) ([]webhook.Endpoint, error) {
	var rows []endpointRow
	if err := s.rows(ctx, op, &rows, `SELECT `+endpointColumns+` FROM webhook_endpoints `+where, args...); err != nil {
		return nil, err
	}
	var out []webhook.Endpoint
	for _, r := range rows {
		out = append(out, r.endpoint())
	}
	return out, nil
}

func (s webhooks) Listeners(ctx context.Context, bs []core.BusinessID) ([]webhook.Listener, error) {
	if len(bs) == 0 {
		return nil, nil
	}
	var rows []endpointRow
	err := s.rows(ctx, "Listeners", &rows, `SELECT `+endpointColumns+`, (SELECT value FROM api_keys AS k WHERE k.business_id = e.business_id) AS value
		FROM webhook_endpoints AS e WHERE business_id IN (?) AND off_since IS NULL ORDER BY business_id, id`,
		tuples(unique(bs), func(r *row, b core.BusinessID) { r.id(b) }))
	if err != nil {
		return nil, err
	}
	var out []webhook.Listener
	for _, r := range rows {
		l := webhook.Listener{Endpoint: r.endpoint()}
		copy(l.Key[:], r.Key)
		out = append(out, l)
	}
	return out, nil
}

type deliveryRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Endpoint uuid   `bun:"endpoint_id"`
	Event    int    `bun:"event"`
	At       stamp  `bun:"at"`
	Guest    string `bun:"guest"`
	Message  uuid   `bun:"message_id"`
	Campaign uuid   `bun:"campaign_id"`
	Detail   string `bun:"detail"`
	Due      stamp  `bun:"due"`
	Leased   stamp  `bun:"leased"`
	Attempts int    `bun:"attempts"`
	Done     stamp  `bun:"done"`
	Arrived  bool   `bun:"arrived"`
	Status   int    `bun:"status"`
	Note     string `bun:"note"`
}

const deliveryColumns = `business_id, id, endpoint_id, event, at, guest, message_id, campaign_id, detail, due, leased, attempts, done, arrived, status, note`

func (r deliveryRow) delivery() webhook.Delivery {
	return webhook.Delivery{
		ID: webhook.DeliveryID(r.ID), Business: core.BusinessID(r.Business), Endpoint: webhook.EndpointID(r.Endpoint), Event: webhook.Event(r.Event), At: r.At.Time,
		Guest: r.Guest, Message: core.MessageID(r.Message), Campaign: core.CampaignID(r.Campaign), Detail: r.Detail,
		Due: r.Due.Time, Leased: r.Leased.Time, Attempts: r.Attempts, Done: r.Done.Time, Arrived: r.Arrived, Status: r.Status, Note: r.Note,
	}
}

func writeDelivery(r *row, d webhook.Delivery) {
	r.id(d.Business)
	r.id(d.ID)
	r.id(d.Endpoint)
	r.int(int64(d.Event))
	r.time(d.At)
	r.text(d.Guest)
	r.idOrNull(d.Message)
	r.idOrNull(d.Campaign)
	r.text(d.Detail)
	r.time(d.Due)
	r.time(d.Leased)
	r.int(int64(d.Attempts))
	r.time(d.Done)
	r.bool(d.Arrived)
	r.int(int64(d.Status))
	r.text(d.Note)
}

func (s webhooks) Emit(ctx context.Context, ds []webhook.Delivery) error {
	for len(ds) > 0 {
		n := min(len(ds), chunk)
		_, err := s.exec(ctx, "Emit", `INSERT INTO webhook_deliveries (`+deliveryColumns+`) ? ON CONFLICT (business_id, id) DO NOTHING`, tuples(ds[:n], writeDelivery))
		if err != nil {
			return err
		}
		ds = ds[n:]
	}
	return nil
}

func (s webhooks) Claim(ctx context.Context, now, until time.Time, n int) ([]webhook.Delivery, error) {
	if n <= 0 {
		return nil, nil
	}
	var rows []deliveryRow
	err := s.take(ctx, "Webhooks.Claim", &rows, `WITH due_now AS (SELECT d.business_id AS b, d.id AS i FROM webhook_deliveries AS d WHERE d.done IS NULL AND d.due <= ? AND (d.leased IS NULL OR d.leased <= ?)
			ORDER BY d.due, d.id LIMIT ? ?)
		UPDATE webhook_deliveries SET leased = ? WHERE (business_id, id) IN (SELECT b, i FROM due_now) RETURNING `+deliveryColumns,
		stamp{now}, stamp{now}, n, s.d.skipLocked("d"), stamp{until})
	if err != nil {
		return nil, err
	}
	var out []webhook.Delivery
	for _, r := range rows {
		out = append(out, r.delivery())
	}
	webhook.ByDue(out)
	return out, nil
}

func (s webhooks) Settle(ctx context.Context, ds []webhook.Delivery) error {
	for _, d := range ds { // of one claim: a few dozen
		_, err := s.exec(ctx, "Webhooks.Settle", `UPDATE webhook_deliveries SET due = ?, leased = NULL, attempts = ?, done = ?, arrived = ?, status = ?, note = ?
			WHERE business_id = ? AND id = ? AND leased = ?`, stamp{d.Due}, d.Attempts, stamp{d.Done}, d.Arrived, d.Status, text(d.Note), uuid(d.Business), uuid(d.ID), stamp{d.Leased})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s webhooks) Delivery(ctx context.Context, b core.BusinessID, id webhook.DeliveryID) (webhook.Delivery, error) {
	const op = "Delivery"
	ds, err := s.deliveries(ctx, op, `WHERE business_id = ? AND id = ?`, uuid(b), uuid(id))
	if err == nil && len(ds) == 0 {
		return webhook.Delivery{}, s.notFound(op, "delivery")
	}
	if err != nil {
		return webhook.Delivery{}, err
	}
	return ds[0], nil
}

func (s webhooks) Again(ctx context.Context, b core.BusinessID, id webhook.DeliveryID, now time.Time) error {
	const op = "Again"
	n, err := s.exec(ctx, op, `UPDATE webhook_deliveries SET due = ?, leased = NULL, attempts = 0, done = NULL, arrived = ?, status = 0, note = '' WHERE business_id = ? AND id = ?`,
		stamp{now}, false, uuid(b), uuid(id))
	if err == nil && n == 0 {
		return s.notFound(op, "delivery")
	}
	return err
}

func (s webhooks) Deliveries(ctx context.Context, b core.BusinessID, e webhook.EndpointID, before webhook.DeliveryID, n int) ([]webhook.Delivery, error) {
	if n <= 0 {
		return nil, nil
	}
	if before.IsZero() {
		return s.deliveries(ctx, "Deliveries", `WHERE business_id = ? AND endpoint_id = ? ORDER BY id DESC LIMIT ?`, uuid(b), uuid(e), n)
	}
	return s.deliveries(ctx, "Deliveries", `WHERE business_id = ? AND endpoint_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, uuid(b), uuid(e), uuid(before), n)
}

func (s webhooks) deliveries(ctx context.Context, op, where string, args ...any) ([]webhook.Delivery, error) {
	var rows []deliveryRow
	if err := s.rows(ctx, op, &rows, `SELECT `+deliveryColumns+` FROM webhook_deliveries `+where, args...); err != nil {
		return nil, err
	}
	var out []webhook.Delivery
	for _, r := range rows {
		out = append(out, r.delivery())
	}
	return out, nil
}

func (s webhooks) PurgeDeliveries(ctx context.Context, t time.Time, n int) (int, error) {
	if n <= 0 {
		return 0, nil
	}
	return s.exec(ctx, "PurgeDeliveries", `DELETE FROM webhook_deliveries WHERE (business_id, id) IN (
		SELECT business_id, id FROM webhook_deliveries WHERE done < ? ORDER BY done LIMIT ?)`, stamp{t}, n)
}
