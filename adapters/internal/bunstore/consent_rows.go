package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/place"
)

type eventRow struct {
	Business   uuid   `bun:"business_id"`
	ID         uuid   `bun:"id"`
	Number     int64  `bun:"number"`
	Kind       int    `bun:"kind"`
	Method     int    `bun:"method"`
	Scope      int    `bun:"scope"`
	At         stamp  `bun:"at"`
	Recorded   stamp  `bun:"recorded"`
	VenueState int    `bun:"venue_state"`
	VenueZone  int    `bun:"venue_zone"`
	Disclosure []byte `bun:"disclosure"`
	Poster     []byte `bun:"poster"`
	RawText    []byte `bun:"raw_text"`
	Keyword    string `bun:"keyword"`
	To         int64  `bun:"to_number"`
	CarrierID  string `bun:"carrier_id"`
	InboxID    string `bun:"inbox_id"`
	Rule       string `bun:"rule"`
	Actor      string `bun:"actor"`
	Note       string `bun:"note"`
	Promised   int    `bun:"promised"`
}

const eventColumns = `business_id, id, number, kind, method, scope, at, recorded, venue_state, venue_zone,
	disclosure, poster, raw_text, keyword, to_number, carrier_id, inbox_id, rule, actor, note, promised`

func writeEvent(r *row, e consent.Event) {
	r.id(e.Business)
	r.id(e.ID)
	r.number(e.Number)
	r.int(int64(e.Kind))
	r.int(int64(e.Method))
	r.int(int64(e.Scope))
	r.time(e.At)
	r.time(e.Recorded)
	r.int(int64(e.Venue.State))
	r.int(int64(e.Venue.Zone))
	writeVersion(r, e.Evidence.Disclosure)
	writeVersion(r, e.Evidence.Poster)
	r.bytes([]byte(e.Evidence.RawText))
	r.text(e.Evidence.Keyword)
	r.number(e.Evidence.To)
	r.text(e.Evidence.CarrierID)
	r.text(e.Evidence.InboxID)
	r.text(e.Evidence.Rule)
	r.text(e.Evidence.Actor)
	r.text(e.Evidence.Note)
	r.int(int64(e.Evidence.Promised))
}

func (r eventRow) event() consent.Event {
	return consent.Event{
		ID: core.EventID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number),
		Kind: consent.Kind(r.Kind), Method: consent.Method(r.Method), Scope: consent.Scope(r.Scope),
		At: r.At.Time, Recorded: r.Recorded.Time,
		Venue: place.Place{State: place.State(r.VenueState), Zone: place.Zone(r.VenueZone)},
		Evidence: consent.Evidence{
			Disclosure: version(r.Disclosure), Poster: version(r.Poster), RawText: string(r.RawText), Keyword: r.Keyword, To: number(r.To),
			CarrierID: r.CarrierID, InboxID: r.InboxID, Rule: r.Rule, Actor: r.Actor, Note: r.Note, Promised: r.Promised,
		},
	}
}

func writeVersion(r *row, v consent.Version) {
	if v.IsZero() {
		r.bytes(nil)
		return
	}
	r.bytes(v[:])
}

func version(b []byte) (v consent.Version) {
	copy(v[:], b)
	return v
}

type subscriberRow struct {
	Business   uuid   `bun:"business_id"`
	Number     int64  `bun:"number"`
	State      int    `bun:"state"`
	Since      stamp  `bun:"since"`
	Scope      int    `bun:"scope"`
	Method     int    `bun:"method"`
	Disclosure []byte `bun:"disclosure"`
	Event      uuid   `bun:"event_id"`
	Proven     bool   `bun:"proven"`
	VenueState int    `bun:"venue_state"`
	VenueZone  int    `bun:"venue_zone"`
	AgeGate    int    `bun:"age_gate"`
	AgeAt      stamp  `bun:"age_at"`
	Joined     stamp  `bun:"joined"`
	Keyword    string `bun:"keyword"`
	Promised   int    `bun:"promised"`
	Revision   int64  `bun:"revision"`
}

const subscriberColumns = `business_id, number, state, since, scope, method, disclosure, event_id, proven,
	venue_state, venue_zone, age_gate, age_at, joined, keyword, promised, revision`

// writeSubscriber writes a row with Revision 1; an update counts on from the
// row that is there.
func writeSubscriber(r *row, s consent.Subscriber) {
	t := s.Standing
	r.id(s.Business)
	r.number(s.Number)
	r.int(int64(t.State))
	r.time(t.Since)
	r.int(int64(t.Scope))
	r.int(int64(t.Method))
	writeVersion(r, t.Disclosure)
	r.idOrNull(t.Event)
	r.bool(t.Proven)
	r.int(int64(t.Venue.State))
	r.int(int64(t.Venue.Zone))
	r.int(int64(t.AgeGate))
	r.time(t.AgeAt)
	r.time(t.Joined)
	r.text(t.Keyword)
	r.int(int64(t.Promised))
	r.int(1)
}

func (r subscriberRow) subscriber() consent.Subscriber {
	return consent.Subscriber{
		Business: core.BusinessID(r.Business), Number: number(r.Number), Revision: r.Revision,
		Standing: consent.Standing{
			State: consent.State(r.State), Since: r.Since.Time, Scope: consent.Scope(r.Scope), Method: consent.Method(r.Method),
			Disclosure: version(r.Disclosure), Event: core.EventID(r.Event), Proven: r.Proven,
			Venue:   place.Place{State: place.State(r.VenueState), Zone: place.Zone(r.VenueZone)},
			AgeGate: consent.AgeGate(r.AgeGate), AgeAt: r.AgeAt.Time, Joined: r.Joined.Time, Keyword: r.Keyword, Promised: r.Promised,
		},
	}
}

type disclosureRow struct {
	Business uuid   `bun:"business_id"`
	Version  []byte `bun:"version"`
	Keyword  string `bun:"keyword"`
	Text     string `bun:"text"`
	Ref      string `bun:"ref"`
	Since    stamp  `bun:"since"`
	Monthly  int    `bun:"monthly"`
}

const disclosureColumns = `business_id, version, keyword, text, ref, since, monthly`

func (l consentLog) PutDisclosure(ctx context.Context, d consent.Disclosure) error {
	_, err := l.exec(ctx, "PutDisclosure", `INSERT INTO disclosures (`+disclosureColumns+`) ? ON CONFLICT (business_id, version) DO UPDATE SET since = EXCLUDED.since WHERE EXCLUDED.since > disclosures.since`,
		tuples([]consent.Disclosure{d}, func(r *row, d consent.Disclosure) {
			r.id(d.Business)
			r.blob(d.Version[:])
			r.text(d.Keyword)
			r.text(d.Text)
			r.text(d.Ref)
			r.time(d.Since)
			r.int(int64(d.Monthly))
		}))
	return err
}

func (l consentLog) Disclosure(ctx context.Context, b core.BusinessID, v consent.Version) (consent.Disclosure, error) {
	const op = "Disclosure"
	ds, err := l.disclosures(ctx, op, `WHERE business_id = ? AND version IN (?)`, uuid(b),
		tuples([]consent.Version{v}, func(r *row, v consent.Version) { r.blob(v[:]) }))
	if err != nil {
		return consent.Disclosure{}, err
	}
	if len(ds) == 0 {
		return consent.Disclosure{}, l.notFound(op, "disclosure")
	}
	return ds[0], nil
}

func (l consentLog) Disclosures(ctx context.Context, b core.BusinessID, keyword string) ([]consent.Disclosure, error) {
	return l.disclosures(ctx, "Disclosures", `WHERE business_id = ? AND keyword = ? ORDER BY since DESC, version`, uuid(b), text(keyword))
}

func (l consentLog) disclosures(ctx context.Context, op, where string, args ...any) ([]consent.Disclosure, error) {
	var rows []disclosureRow
	if err := l.rows(ctx, op, &rows, `SELECT `+disclosureColumns+` FROM disclosures `+where, args...); err != nil {
		return nil, err
	}
	out := make([]consent.Disclosure, len(rows))
	for i, r := range rows {
		out[i] = consent.Disclosure{
			Version: version(r.Version), Business: core.BusinessID(r.Business), Keyword: r.Keyword,
			Text: r.Text, Ref: r.Ref, Since: r.Since.Time, Monthly: r.Monthly,
		}
	}
	return out, nil
}
