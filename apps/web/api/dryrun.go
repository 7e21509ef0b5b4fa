package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/token"
)

// A DryRun is what a campaign would do if it were sent.
type DryRun struct {
	At       time.Time   `json:"at" doc:"The instant that was supposed."`
	Audience int         `json:"audience"`
	Now      int         `json:"now" doc:"Who would get it at that instant."`
	Later    int         `json:"later" doc:"Who would wait."`
	Not      int         `json:"not" doc:"Who would not get it."`
	Parts    int         `json:"parts" doc:"Parts that would be paid for, now and later."`
	Cost     int64       `json:"cost_micros,omitempty" doc:"In millionths of a US dollar; missing where it is not known."`
	Reasons  []Outcome   `json:"reasons" nullable:"false" doc:"Everybody counted once, by what would become of the text and why."`
	Waits    []WaitCount `json:"waits" nullable:"false"`
}

// An Outcome counts guests.
type Outcome struct {
	Outcome string `json:"outcome" enum:"send,wait,not" doc:"Whether the text would go."`
	Reason  string `json:"reason,omitempty" doc:"The engine's code of why it would not, or not yet." example:"hours.outside"`
	N       int    `json:"n"`
}

// A WaitCount is how many wait until when.
type WaitCount struct {
	Until time.Time `json:"until"`
	Where string    `json:"where,omitempty" doc:"The state whose hours take longest."`
	N     int       `json:"n"`
}

type oneDryRun struct{ Body DryRun }

func (a *API) dryRuns() {
	register(a, op{id: "dry-run-campaign", method: http.MethodPost, path: "/campaigns/{id}/dry-run", tag: "Campaigns", summary: "Dry run", scope: token.ReadCampaigns, conflicts: true,
		about: "Decides everybody in the audience as sending would, with the same functions, and changes nothing."}, a.dryRun)
	register(a, op{id: "dry-run-people", method: http.MethodPost, path: "/campaigns/{id}/dry-run/people", tag: "Campaigns", summary: "Dry run, guest by guest", scope: token.ReadCampaigns | token.ReadSubscribers, conflicts: true,
		about: "The same, with what every rule said of each guest."}, a.dryPeople)
}

type supposed struct {
	At time.Time `json:"at,omitzero" doc:"The instant to suppose; now where it is left out."`
}

func (a *API) dryRun(ctx context.Context, g grant.Grant, in *struct {
	CampaignPath
	Body *supposed
}) (*oneDryRun, error) {
	id, at, err := in.read(in.Body)
	if err != nil {
		return nil, err
	}
	r, err := a.w.DryRun.Run(ctx, g.Business.ID, id, at, nil)
	if err != nil {
		return nil, err
	}
	out := &oneDryRun{DryRun{At: r.At, Audience: r.Tally.Audience(), Now: r.Now(), Later: r.Later(), Not: r.Not(), Parts: r.PartsNow + r.PartsLater, Cost: int64(r.Cost()),
		Reasons: []Outcome{}, Waits: []WaitCount{}}}
	for why, n := range r.Tally.ByReason {
		o := Outcome{Outcome: goes(why.State), Reason: why.Code, N: n}
		if o.Outcome == "send" {
			o.Reason = ""
		}
		out.Body.Reasons = append(out.Body.Reasons, o)
	}
	slices.SortFunc(out.Body.Reasons, func(x, y Outcome) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Outcome, y.Outcome), cmp.Compare(x.Reason, y.Reason))
	})
	for _, w := range r.Waits {
		out.Body.Waits = append(out.Body.Waits, WaitCount{Until: w.At, Where: w.Where, N: w.N})
	}
	return out, nil
}

func goes(s message.State) string {
	switch s {
	case message.Sending:
		return "send"
	case message.Planned:
		return "wait"
	}
	return "not"
}

func (in CampaignPath) read(s *supposed) (id core.CampaignID, at time.Time, err error) {
	x, err := core.ParseUUID(in.ID)
	if err != nil {
		return id, at, core.E("api", core.NotFound, "there is no such campaign")
	}
	if s != nil {
		at = s.At
	}
	return core.CampaignID(x), at, nil
}

// A DryPerson is one guest with what would be done and why.
type DryPerson struct {
	Subscriber string    `json:"subscriber"`
	Last4      string    `json:"last4"`
	Outcome    string    `json:"outcome" enum:"send,wait,not"`
	Reason     string    `json:"reason,omitempty"`
	Until      time.Time `json:"until,omitzero"`
	Summary    string    `json:"summary"`
	Rules      []Rule    `json:"rules" nullable:"false"`
}

type dryPage struct {
	Body struct {
		People []DryPerson `json:"people" nullable:"false"`
		Next   string      `json:"next_cursor,omitempty"`
	}
}

func (a *API) dryPeople(ctx context.Context, g grant.Grant, in *struct {
	CampaignPath
	Paging
	Outcome string `query:"outcome" enum:"send,wait,not" doc:"Only those of whom this would become."`
	Body    *supposed
}) (*dryPage, error) {
	id, at, err := in.read(in.Body)
	if err != nil {
		return nil, err
	}
	after, err := openGuest(g, in.Cursor)
	if err != nil {
		return nil, err
	}
	q := dryrun.Query{After: after}
	switch in.Outcome {
	case "send":
		q.States = []message.State{message.Sending}
	case "wait":
		q.States = []message.State{message.Planned}
	case "not":
		q.States = []message.State{message.Blocked, message.Cancelled, message.Expired}
	}
	people, err := a.w.DryRun.People(ctx, g.Business.ID, id, at, q, in.Limit+1)
	if err != nil {
		return nil, err
	}
	people, more := first(people, in.Limit)
	out := &dryPage{}
	out.Body.People = []DryPerson{}
	for _, p := range people {
		x := DryPerson{Subscriber: g.Key.Guest(p.Number), Last4: p.Number.Last4(), Outcome: goes(p.Verdict.State), Reason: p.Verdict.Reason, Until: p.Until.At, Summary: p.Summary, Rules: rules(p.Lines)}
		if x.Outcome == "send" {
			x.Reason = ""
		}
		out.Body.People = append(out.Body.People, x)
	}
	if more {
		out.Body.Next = g.Key.Guest(people[len(people)-1].Number)
	}
	return out, nil
}
