package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A Subscriber is a guest who joined, or who was asked about.
type Subscriber struct {
	ID     string    `json:"id" doc:"Names the guest in this account; it says nothing of the number." example:"Zx0nq8m7Tq2m3o1yQb5c9A"`
	Number string    `json:"number,omitempty" doc:"In E.164 form; only for tokens with the scope numbers:read."`
	Last4  string    `json:"last4" doc:"The last four digits."`
	State  string    `json:"state" enum:"never,active,opted_out,uncertain,pending" doc:"Where the guest stands. Only active is consent."`
	Since  time.Time `json:"since,omitzero" doc:"Since when."`
	Joined time.Time `json:"joined,omitzero" doc:"The first opt-in."`
	Method string    `json:"method,omitempty" doc:"How the guest last opted in."`
	Proven bool      `json:"proven" doc:"The opt-in in force carries complete evidence."`
	Barred []Bar     `json:"barred" nullable:"false" doc:"Why the guest must not be texted; empty where nothing bars them."`
}

// A Bar is why a guest must not be texted.
type Bar struct {
	Reason string    `json:"reason" example:"opt_out"`
	Since  time.Time `json:"since"`
}

type subscriberPage struct {
	Body struct {
		Subscribers []Subscriber `json:"subscribers" nullable:"false"`
		Next        string       `json:"next_cursor,omitempty" doc:"Of the next page; missing at the end."`
	}
}

type oneSubscriber struct{ Body Subscriber }

// SubscriberPath names a guest in an address.
type SubscriberPath struct {
	ID string `path:"id" maxLength:"64" doc:"The guest's id."`
}

// An OptOut is what a guest told you.
type OptOut struct {
	Means string `json:"means" enum:"email,phone,in_person,letter" doc:"How the guest told you."`
	Words string `json:"words" minLength:"1" maxLength:"1000" doc:"What the guest said; it is kept as evidence."`
	Day   string `json:"day,omitempty" format:"date" doc:"On which day, at the venue; today where it is left out."`
}

type suppressed struct {
	Body struct {
		Subscriber Subscriber `json:"subscriber"`
		Barred     bool       `json:"barred" doc:"False where the guest opted in again after that day: the later word is theirs."`
	}
}

func (a *API) subscribers() {
	register(a, op{id: "list-subscribers", method: http.MethodGet, path: "/subscribers", tag: "Subscribers", summary: "List subscribers", scope: token.ReadSubscribers,
		about: "Everybody who ever joined, those who have left among them, in a fixed order."}, a.listSubscribers)
	register(a, op{id: "look-up-subscriber", method: http.MethodPost, path: "/subscribers/lookup", tag: "Subscribers", summary: "Look a number up", scope: token.ReadSubscribers,
		about: "The number is in the body, since addresses are written into logs. A number that never joined is an answer too: its state is never, and it may be barred all the same."}, a.lookUp)
	register(a, op{id: "get-subscriber", method: http.MethodGet, path: "/subscribers/{id}", tag: "Subscribers", summary: "Read a subscriber", scope: token.ReadSubscribers}, a.getSubscriber)
	register(a, op{id: "suppress-subscriber", method: http.MethodPost, path: "/subscribers/{id}/suppress", tag: "Subscribers", summary: "Record an opt-out", scope: token.WriteSubscribers, effect: true,
		about: "For what a guest told you by another way than a text. It is in force when this returns, and what was planned for the guest is cancelled."}, a.suppressKnown)
	register(a, op{id: "suppress-number", method: http.MethodPost, path: "/suppressions", tag: "Subscribers", summary: "Record an opt-out of a number", scope: token.WriteSubscribers, effect: true,
		about: "The same for a number, whether it ever joined or not."}, a.suppressNumber)
	register(a, op{id: "erase-subscriber", method: http.MethodPost, path: "/subscribers/{id}/erase", tag: "Subscribers", summary: "Erase a subscriber", scope: token.WriteSubscribers, effect: true,
		about: "Erases what is held of the guest. Consent ends, and the number stays barred for good. What proves that texts were lawful is kept as long as somebody could sue over them. Where a legal hold covers the guest nothing is erased, and it is a conflict."}, a.erase)
}

// show is the guest as this token may see them. barred are the entries in force of
// the guest.
func show(g grant.Grant, s consent.Subscriber, barred []Bar) Subscriber {
	out := Subscriber{
		ID: g.Key.Guest(s.Number), Last4: s.Number.Last4(), State: s.Standing.State.String(), Since: s.Standing.Since, Joined: s.Standing.Joined,
		Proven: s.Standing.Proven, Method: s.Standing.Method.String(), Barred: barred,
	}
	if out.State == "" {
		out.State = "never"
	}
	if out.Barred == nil {
		out.Barred = []Bar{}
	}
	if g.Token.Scopes.Has(token.ReadNumbers) {
		out.Number = s.Number.E164()
	}
	return out
}

// bars returns what bars each of the guests, in one query.
func bars(ctx context.Context, tx store.Tx, b core.BusinessID, subs []consent.Subscriber) (map[core.Number][]Bar, error) {
	pairs := make([]core.Pair, len(subs))
	for i, s := range subs {
		pairs[i] = core.Pair{Business: b, Number: s.Number}
	}
	es, err := tx.Suppression.Barring(ctx, pairs)
	out := make(map[core.Number][]Bar)
	for _, e := range es {
		out[e.Number] = append(out[e.Number], Bar{Reason: e.Reason.String(), Since: e.At})
	}
	return out, err
}

func (a *API) listSubscribers(ctx context.Context, g grant.Grant, in *struct {
	Paging
	State string `query:"state" enum:"active,opted_out,uncertain" doc:"Only those who stand so."`
}) (*subscriberPage, error) {
	after, err := openGuest(g, in.Cursor)
	if err != nil {
		return nil, err
	}
	q := consent.Query{After: after}
	q.State, _ = consent.ParseState(in.State)
	out := &subscriberPage{}
	out.Body.Subscribers = []Subscriber{}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		subs, err := tx.Consent.Subscribers(ctx, g.Business.ID, q, in.Limit+1)
		if err != nil {
			return err
		}
		subs, more := first(subs, in.Limit)
		barred, err := bars(ctx, tx, g.Business.ID, subs)
		if err != nil {
			return err
		}
		for _, s := range subs {
			out.Body.Subscribers = append(out.Body.Subscribers, show(g, s, barred[s.Number]))
		}
		if more {
			out.Body.Next = g.Key.Guest(subs[len(subs)-1].Number)
		}
		return nil
	})
	return out, err
}

// known reads a guest of the business. With never, one who never joined is there too.
func (a *API) known(ctx context.Context, g grant.Grant, n core.Number, never bool) (out Subscriber, err error) {
	p := core.Pair{Business: g.Business.ID, Number: n}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		s, err := tx.Consent.Subscriber(ctx, p)
		if errors.Is(err, core.NotFound) && never {
			s, err = consent.Subscriber{Business: p.Business, Number: n}, nil
		}
		if err != nil {
			return err
		}
		barred, err := bars(ctx, tx, p.Business, []consent.Subscriber{s})
		out = show(g, s, barred[n])
		return err
	})
	return out, err
}

// guestOf reads a guest's id. Another business's is like one that is not there.
func guestOf(g grant.Grant, id string) (core.Number, error) {
	n, ok := g.Key.Open(id)
	if !ok {
		return n, core.E("api", core.NotFound, "there is no such subscriber")
	}
	return n, nil
}

func (a *API) getSubscriber(ctx context.Context, g grant.Grant, in *SubscriberPath) (*oneSubscriber, error) {
	n, err := guestOf(g, in.ID)
	if err != nil {
		return nil, err
	}
	s, err := a.known(ctx, g, n, true)
	return &oneSubscriber{s}, err
}

// NumberBody is a number.
type NumberBody struct {
	Number string `json:"number" minLength:"8" maxLength:"16" pattern:"^\\+[0-9]+$" patternDescription:"a number in E.164 form: + and digits" doc:"In E.164 form."`
}

func (a *API) lookUp(ctx context.Context, g grant.Grant, in *struct{ Body NumberBody }) (*oneSubscriber, error) {
	n, err := core.ParseNumber(in.Body.Number)
	if err != nil {
		return nil, err
	}
	s, err := a.known(ctx, g, n, true)
	return &oneSubscriber{s}, err
}

func (a *API) suppressKnown(ctx context.Context, g grant.Grant, in *struct {
	SubscriberPath
	Body OptOut
}) (*suppressed, error) {
	n, err := guestOf(g, in.ID)
	if err != nil {
		return nil, err
	}
	return a.suppress(ctx, g, n, in.Body)
}

func (a *API) suppressNumber(ctx context.Context, g grant.Grant, in *struct {
	Body struct {
		NumberBody
		OptOut
	}
}) (*suppressed, error) {
	n, err := core.ParseNumber(in.Body.Number)
	if err != nil {
		return nil, err
	}
	return a.suppress(ctx, g, n, in.Body.OptOut)
}

func (a *API) suppress(ctx context.Context, g grant.Grant, n core.Number, in OptOut) (*suppressed, error) {
	if in.Day == "" {
		in.Day = a.w.Clock.Now().In(venueZone(g)).Format(time.DateOnly)
	}
	out := &suppressed{}
	var err error
	if out.Body.Barred, err = a.w.OptOut.Enter(ctx, g.User(), optout.Request{Number: n, Means: in.Means, Words: in.Words, Day: in.Day}); err != nil {
		return nil, err
	}
	out.Body.Subscriber, err = a.known(ctx, g, n, true)
	return out, err
}

func venueZone(g grant.Grant) *time.Location {
	if loc := g.Business.Zone.Location(); loc != nil {
		return loc
	}
	return time.UTC
}

// An Erasure is what was erased, and what is kept all the same.
type Erasure struct {
	Cancelled int    `json:"cancelled" doc:"Texts that were planned for the guest."`
	Hashed    bool   `json:"hashed" doc:"The number that must not be texted is kept only as a keyed hash."`
	Kept      []Kept `json:"kept" nullable:"false"`
}

// Kept is what outlives an erasure.
type Kept struct {
	What string `json:"what"`
	Long string `json:"how_long"`
	Why  string `json:"why"`
}

type erased struct{ Body Erasure }

func (a *API) erase(ctx context.Context, g grant.Grant, in *struct {
	SubscriberPath
	Body struct {
		Reason string `json:"reason" enum:"asked,child" doc:"Why: the guest asked, or is too young."`
	}
}) (*erased, error) {
	n, err := guestOf(g, in.ID)
	if err != nil {
		return nil, err
	}
	by, err := rights.Staff(g.User())
	if err != nil {
		return nil, err
	}
	reason := privacy.ReasonAsked
	if in.Body.Reason == "child" {
		reason = privacy.ReasonChild
	}
	e, err := a.w.Rights.Erase(ctx, by, core.Pair{Business: g.Business.ID, Number: n}, reason)
	if err != nil {
		return nil, err
	}
	out := &erased{Erasure{Cancelled: e.Cancelled, Hashed: e.Hashed, Kept: []Kept{}}}
	for _, k := range e.Kept {
		out.Body.Kept = append(out.Body.Kept, Kept{k.What, k.Long, k.Why})
	}
	return out, nil
}
