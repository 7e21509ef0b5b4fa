package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A Message is one text to one guest.
type Message struct {
	ID         string    `json:"id" format:"uuid"`
	Campaign   string    `json:"campaign,omitempty" doc:"Missing for an answer."`
	Subscriber string    `json:"subscriber"`
	Last4      string    `json:"last4"`
	Class      string    `json:"class" example:"marketing"`
	Body       string    `json:"body" doc:"Empty once its words were erased."`
	Segments   int       `json:"segments"`
	State      string    `json:"state" enum:"planned,sending,sent,delivered,undelivered,failed,blocked,unknown,cancelled,expired,unconfirmed"`
	Reason     string    `json:"reason,omitempty" doc:"The code of why it was blocked, waits, failed or was cancelled."`
	Code       string    `json:"carrier_code,omitempty"`
	Due        time.Time `json:"due,omitzero" doc:"It leaves not before."`
	Planned    time.Time `json:"planned,omitzero"`
	Submitted  time.Time `json:"submitted,omitzero" doc:"When it was handed to the carrier."`
	Settled    time.Time `json:"settled,omitzero" doc:"When it came to its last state."`
}

// A Decision is what the engine said of a text, and why.
type Decision struct {
	At        time.Time `json:"at"`
	Verdict   string    `json:"verdict" enum:"send,wait,block"`
	NotBefore time.Time `json:"not_before,omitzero" doc:"For wait."`
	Edition   string    `json:"edition" doc:"Of the rulebook: the decision replays to the same answer under it."`
	Summary   string    `json:"summary"`
	Rules     []Rule    `json:"rules" nullable:"false" doc:"What every rule said; also those after one that blocked."`
	Record    string    `json:"record" format:"uuid" doc:"The record of the evidence log."`
}

// A Rule is what one rule said.
type Rule struct {
	Rule    string `json:"rule"`
	Verdict string `json:"verdict"`
	Code    string `json:"code"`
	Why     string `json:"why"`
	Cite    string `json:"cite,omitempty" doc:"The law or the carriers' rule."`
}

type messagePage struct {
	Body struct {
		Messages []Message `json:"messages" nullable:"false"`
		Next     string    `json:"next_cursor,omitempty"`
	}
}

type oneMessage struct{ Body Message }

// MessagePath names a text in an address.
type MessagePath struct {
	ID string `path:"id" maxLength:"64" doc:"The text's id."`
}

type decisions struct {
	Body struct {
		Decisions []Decision `json:"decisions" nullable:"false" doc:"Oldest first."`
	}
}

func (a *API) messages() {
	const tag = "Messages"
	register(a, op{id: "list-campaign-messages", method: http.MethodGet, path: "/campaigns/{id}/messages", tag: tag, summary: "List a campaign's texts", scope: token.ReadMessages}, a.ofCampaign)
	register(a, op{id: "list-subscriber-messages", method: http.MethodGet, path: "/subscribers/{id}/messages", tag: tag, summary: "List a subscriber's newest texts", about: "Newest first.", scope: token.ReadMessages}, a.ofGuest)
	register(a, op{id: "get-message", method: http.MethodGet, path: "/messages/{id}", tag: tag, summary: "Read a text", scope: token.ReadMessages}, a.getMessage)
	register(a, op{id: "list-decisions", method: http.MethodGet, path: "/messages/{id}/decisions", tag: tag, summary: "Why a text was sent, or not", scope: token.ReadMessages,
		about: "Every decision about the text as it was recorded, explained."}, a.decisions)
}

func showMessage(g grant.Grant, m message.Message) Message {
	return Message{
		ID: m.ID.String(), Campaign: m.Campaign.String(), Subscriber: g.Key.Guest(m.To), Last4: m.To.Last4(), Class: m.Class.String(), Body: m.Body, Segments: m.Segments,
		State: m.State.String(), Reason: m.Reason, Code: m.Code, Due: m.Due, Planned: m.Planned, Submitted: m.Submitted, Settled: m.Settled,
	}
}

func (a *API) ofCampaign(ctx context.Context, g grant.Grant, in *struct {
	CampaignPath
	Paging
	State  string `query:"state" enum:"planned,sending,sent,delivered,undelivered,failed,blocked,unknown,cancelled,expired,unconfirmed" doc:"Only those in this state."`
	Reason string `query:"reason" maxLength:"100" doc:"Only those with this reason."`
}) (*messagePage, error) {
	after, err := openID(in.Cursor)
	if err != nil {
		return nil, err
	}
	c, err := a.campaign(ctx, g, in.ID)
	if err != nil {
		return nil, err
	}
	q := message.PeopleQuery{After: core.MessageID(after), Reason: in.Reason}
	if s, ok := message.ParseState(in.State); ok {
		q.States = []message.State{s}
	}
	out := &messagePage{}
	out.Body.Messages = []Message{}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, g.Business.ID, c.ID, q, in.Limit+1)
		if err != nil {
			return err
		}
		ms, more := first(ms, in.Limit)
		for _, m := range ms {
			out.Body.Messages = append(out.Body.Messages, showMessage(g, m))
		}
		if more {
			out.Body.Next = idCursor(ms[len(ms)-1].ID)
		}
		return nil
	})
	return out, err
}

func (a *API) ofGuest(ctx context.Context, g grant.Grant, in *struct {
	SubscriberPath
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*messagePage, error) {
	n, err := guestOf(g, in.ID)
	if err != nil {
		return nil, err
	}
	out := &messagePage{}
	out.Body.Messages = []Message{}
	err = a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.ForPair(ctx, core.Pair{Business: g.Business.ID, Number: n}, in.Limit)
		for _, m := range ms {
			out.Body.Messages = append(out.Body.Messages, showMessage(g, m))
		}
		return err
	})
	return out, err
}

func (a *API) message(ctx context.Context, tx store.Tx, g grant.Grant, id string) (message.Message, error) {
	x, err := core.ParseUUID(id)
	if err != nil {
		return message.Message{}, core.E("api", core.NotFound, "there is no such text")
	}
	return tx.Messages.Message(ctx, g.Business.ID, core.MessageID(x))
}

func (a *API) getMessage(ctx context.Context, g grant.Grant, in *MessagePath) (*oneMessage, error) {
	out := &oneMessage{}
	err := a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		m, err := a.message(ctx, tx, g, in.ID)
		out.Body = showMessage(g, m)
		return err
	})
	return out, err
}

func (a *API) decisions(ctx context.Context, g grant.Grant, in *MessagePath) (*decisions, error) {
	var recorded []evidence.DecisionBody
	err := a.view(ctx, func(ctx context.Context, tx store.Tx) error {
		m, err := a.message(ctx, tx, g, in.ID)
		if err != nil {
			return err
		}
		rs, err := tx.Evidence.OfMessage(ctx, m.Business, m.ID)
		if err != nil {
			return err
		}
		recorded, err = evidence.Decisions(rs)
		return err
	})
	out := &decisions{}
	out.Body.Decisions = []Decision{}
	for _, d := range recorded {
		out.Body.Decisions = append(out.Body.Decisions, a.explain(d))
	}
	return out, err
}

// explain puts a recorded decision into words. Where this program does not have
// the law of that time, it says that.
func (a *API) explain(d evidence.DecisionBody) Decision {
	out := Decision{At: d.At, Verdict: d.Verdict, NotBefore: d.NotBefore, Edition: cmp.Or(d.Edition, "none"), Record: d.ID.String(), Rules: []Rule{}}
	r, err := a.book.Replay(d.Facts, d.Findings)
	if err != nil {
		out.Summary = core.MessageOf(err)
		return out
	}
	out.Summary, out.Rules = a.book.Summary(&r.Facts, &r.Decision), rules(a.book.Explain(&r.Facts, &r.Decision))
	return out
}

func rules(lines []decide.Line) []Rule {
	out := []Rule{}
	for _, l := range lines {
		out = append(out, Rule{Rule: l.Name, Verdict: l.Verdict.String(), Code: l.Code.String(), Why: strings.TrimSpace(l.Why), Cite: l.Cite})
	}
	return out
}
