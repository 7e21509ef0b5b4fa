package rights

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// Data is everything that a business holds of a guest: what a request to know is
// answered with. It is written as JSON under its fields' names.
type Data struct {
	Business string    `json:"business"`
	Number   string    `json:"number"`
	Made     time.Time `json:"made"`
	// Held is false where nothing is held of the number at all.
	Held       bool          `json:"held"`
	Standing   *StandingData `json:"standing,omitempty"`
	Tags       []string      `json:"tags,omitempty"`
	Consent    []ConsentData `json:"consent,omitempty"`
	Texts      []TextData    `json:"texts,omitempty"`
	Said       []SaidData    `json:"conversation,omitempty"`
	Barred     []BarData     `json:"suppression,omitempty"`
	Requests   []RequestData `json:"requests,omitempty"`
	Records    int           `json:"evidence_records"` // that prove the above
	More       bool          `json:"more,omitempty"`   // there is more than is written here
	Categories []string      `json:"categories"`       // of what is collected
	Sources    []string      `json:"sources"`
	SharedWith []string      `json:"shared_with"`
	Kept       []KeptData    `json:"kept"`
}

// The parts of Data.
type (
	// StandingData is whether the guest is subscribed, and since when.
	StandingData struct {
		State   string    `json:"state"`
		Since   time.Time `json:"since"`
		Joined  time.Time `json:"joined"`
		Method  string    `json:"method"`
		Keyword string    `json:"keyword,omitempty"`
		Age     string    `json:"age_gate,omitempty"` // that it was passed; never a date of birth
	}
	// ConsentData is what the guest did.
	ConsentData struct {
		At     time.Time `json:"at"`
		Kind   string    `json:"kind"`
		Method string    `json:"method"`
		Said   string    `json:"said,omitempty"`
	}
	// TextData is a text to the guest. Words is "" once they are erased.
	TextData struct {
		At    time.Time `json:"at"`
		State string    `json:"state"`
		Class string    `json:"class"`
		Words string    `json:"words,omitempty"`
	}
	// SaidData is a line of the conversation.
	SaidData struct {
		At    time.Time `json:"at"`
		By    string    `json:"by"` // guest or venue
		Words string    `json:"words,omitempty"`
	}
	// BarData is why the guest is not texted.
	BarData struct {
		At     time.Time `json:"at"`
		Reason string    `json:"reason"`
		Source string    `json:"source"`
	}
	// RequestData is a request like this one.
	RequestData struct {
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
		Outcome string    `json:"outcome,omitempty"`
	}
	// KeptData is how long something is kept, and why.
	KeptData struct {
		What string `json:"what"`
		Long string `json:"how_long"`
		Why  string `json:"why"`
	}
)

// Bounds of what is read at once. A guest has a few hundred texts.
const (
	mostTexts   = 5000
	mostRecords = 20_000
	recordPage  = 2000
)

// gather reads everything about a pair.
func (s *Service) gather(ctx context.Context, tx store.Tx, p core.Pair, now time.Time) (Data, error) {
	b, err := tx.Accounts.Business(ctx, p.Business)
	if err != nil {
		return Data{}, err
	}
	d := Data{
		Business: b.Name, Number: p.Number.E164(), Made: now.UTC().Truncate(time.Second),
		Categories: []string{"mobile number", "what you agreed to and when", "texts to you and from you", "tags that the venue gave you"},
		Sources:    []string{"you: your texts, and pages that you opened"},
		SharedWith: []string{"Telnyx, which delivers texts", "nobody else; nothing is sold"},
	}
	for _, read := range []func(context.Context, store.Tx, core.Pair, *Data) error{standing, history, texts, said, bars, asked, records} {
		if err := read(ctx, tx, p, &d); err != nil {
			return Data{}, err
		}
	}
	d.Held = d.Standing != nil || len(d.Consent)+len(d.Texts)+len(d.Said)+len(d.Barred)+len(d.Tags)+d.Records > 0
	d.Kept = s.kept()
	return d, nil
}

func standing(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	sub, err := tx.Consent.Subscriber(ctx, p)
	if err != nil && !errors.Is(err, core.NotFound) {
		return err
	}
	if err == nil {
		st := sub.Standing
		d.Standing = &StandingData{State: st.State.String(), Since: st.Since, Joined: st.Joined, Method: st.Method.String(), Keyword: st.Keyword}
		if st.AgeGate != consent.AgeUnknown {
			d.Standing.Age = st.AgeGate.String()
		}
	}
	notes, err := tx.Guests.Of(ctx, p.Business, []core.Number{p.Number})
	for _, t := range notes[p.Number].Tags {
		d.Tags = append(d.Tags, string(t))
	}
	return err
}

func history(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	es, err := tx.Consent.History(ctx, p)
	for _, e := range es {
		d.Consent = append(d.Consent, ConsentData{At: e.At, Kind: e.Kind.String(), Method: e.Method.String(), Said: e.Evidence.RawText})
	}
	return err
}

func texts(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	ms, err := tx.Messages.ForPair(ctx, p, mostTexts)
	d.More = d.More || len(ms) == mostTexts
	for _, m := range ms {
		at := m.Planned
		if !m.Submitted.IsZero() {
			at = m.Submitted
		}
		d.Texts = append(d.Texts, TextData{At: at, State: m.State.String(), Class: m.Class.String(), Words: m.Body})
	}
	return err
}

func said(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	t, err := tx.Threads.OfGuest(ctx, p)
	if errors.Is(err, core.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	items, err := tx.Threads.Items(ctx, p.Business, t.ID, mostTexts)
	d.More = d.More || len(items) == mostTexts
	for _, i := range items {
		by := "venue"
		if i.Kind == thread.Heard {
			by = "guest"
		}
		d.Said = append(d.Said, SaidData{At: i.At, By: by, Words: i.Text})
	}
	return err
}

func bars(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	es, err := tx.Suppression.Barring(ctx, []core.Pair{p})
	for _, e := range es {
		if e.Business == p.Business {
			d.Barred = append(d.Barred, BarData{At: e.At, Reason: e.Reason.String(), Source: e.Source})
		}
	}
	return err
}

func asked(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	rs, err := tx.Requests.OfPair(ctx, p)
	for _, r := range rs {
		d.Requests = append(d.Requests, RequestData{At: r.At, Kind: r.Kind.String(), Outcome: r.Outcome})
	}
	return err
}

func records(ctx context.Context, tx store.Tx, p core.Pair, d *Data) error {
	for after := (core.RecordID{}); d.Records < mostRecords; {
		rs, err := tx.Evidence.OfPair(ctx, p, after, recordPage)
		d.Records += len(rs)
		if err != nil || len(rs) < recordPage {
			return err
		}
		after = rs[len(rs)-1].ID
	}
	d.More = true
	return nil
}
