package evidence

import (
	"encoding/hex"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// A ConsentBody is an act that gives, doubts or clears consent, or an age gate.
// It never holds a date of birth.
type ConsentBody struct {
	Head         `json:"-"`
	Act          string     `json:"act"` // as consent.Kind has it
	Actor        string     `json:"actor"`
	Age          *AgeResult `json:"age_gate"`
	CarrierID    string     `json:"carrier_message_id"` // of the guest's text
	Disclosure   *Shown     `json:"disclosure"`
	Event        string     `json:"event"`
	Keyword      string     `json:"keyword"`
	Method       string     `json:"method"`
	Note         string     `json:"note"`
	PosterSHA256 *string    `json:"poster_sha256"` // of the image that hung there; null where there was none
	Received     time.Time  `json:"received_at"`
	Recorded     time.Time  `json:"recorded_at"`
	Rule         string     `json:"rule"`
	Said         string     `json:"said"` // what the guest wrote, to the letter
	// SaidHex are the bytes of Said, where they are no UTF-8.
	SaidHex string   `json:"said_hex"`
	Scope   []string `json:"scope"`
	To      string   `json:"to"` // the number texted
	Venue   *Venue   `json:"venue"`
	Webhook string   `json:"webhook"` // the event that the text came in
}

// An AgeResult is what an age gate found.
type AgeResult struct {
	Method string `json:"method"`
	Result string `json:"result"`
}

// Shown are the words that a guest was shown.
type Shown struct {
	Keyword string    `json:"keyword"`
	Since   time.Time `json:"since"`
	Text    string    `json:"text"`
	Version string    `json:"version"`
}

// A Venue is where a guest opted in.
type Venue struct {
	State string `json:"state"`
	Zone  string `json:"zone"`
}

// NewConsent is the record of an event that is no revocation. shown are the
// words of its disclosure, zero where it has none. The record's id is the
// event's, so that an event that is recorded twice has one record.
func NewConsent(salt Salt, e consent.Event, shown consent.Disclosure) Record {
	h := headOf(e, KindConsent)
	return write(Seed{core.RecordID(e.ID), salt}, h, 512+len(shown.Text)+len(e.Evidence.RawText), func(o *jcs.Object) {
		v := e.Evidence
		o.Str("act", e.Kind.String())
		o.Str("actor", v.Actor)
		ageGate(o, e)
		o.Str("carrier_message_id", v.CarrierID)
		if !v.Disclosure.IsZero() {
			o.Open("disclosure")
			o.Str("keyword", shown.Keyword)
			o.Time("since", shown.Since)
			o.Str("text", shown.Text)
			o.Str("version", v.Disclosure.String())
			o.Shut()
		}
		o.Str("event", e.ID.String())
		o.Str("keyword", v.Keyword)
		o.Str("method", e.Method.String())
		o.Str("note", v.Note)
		if v.Poster.IsZero() {
			o.Null("poster_sha256")
		} else {
			o.Str("poster_sha256", v.Poster.String())
		}
		o.Time("received_at", e.At)
		o.Time("recorded_at", e.Recorded)
		o.Str("rule", v.Rule)
		said(o, v.RawText)
		o.Strs("scope", scopes(e.Scope))
		o.Str("to", v.To.E164())
		if e.Venue.State.String() != "" || e.Venue.Zone.String() != "" {
			o.Open("venue")
			o.Str("state", e.Venue.State.String())
			o.Str("zone", e.Venue.Zone.String())
			o.Shut()
		}
		o.Str("webhook", v.InboxID)
	})
}

func headOf(e consent.Event, k Kind) Head {
	return Head{Business: e.Business, Kind: k, At: e.At, Number: e.Number}
}

func ageGate(o *jcs.Object, e consent.Event) {
	var result consent.AgeGate
	switch e.Kind {
	case consent.AgePassed:
		result = consent.Passed
	case consent.AgeFailed:
		result = consent.Failed
	default:
		return
	}
	o.Open("age_gate")
	o.Str("method", e.Method.String())
	o.Str("result", result.String())
	o.Shut()
}

// said writes a guest's text, and its bytes where JSON cannot hold them.
func said(o *jcs.Object, text string) {
	o.Str("said", text)
	if !utf8.ValidString(text) {
		o.Hex("said_hex", []byte(text))
	}
}

// saidOf is the inverse of said.
func saidOf(text, digits string) (string, error) {
	if digits == "" {
		return text, nil
	}
	b, err := hex.DecodeString(digits)
	return string(b), err
}

func scopes(s consent.Scope) []string {
	var out []string
	if s&consent.Marketing != 0 {
		out = append(out, "marketing")
	}
	if s&consent.Informational != 0 {
		out = append(out, "informational")
	}
	return out
}

// ParseConsent reads the body of a record of kind KindConsent.
func ParseConsent(r Record) (ConsentBody, error) {
	const op = "evidence.ParseConsent"
	h, b, err := parse[ConsentBody](op, r.Body, KindConsent)
	if err != nil {
		return ConsentBody{}, err
	}
	b.Head = h
	if b.Said, err = saidOf(b.Said, b.SaidHex); err != nil {
		return ConsentBody{}, core.E(op, core.Invalid, "the body quotes the guest in something that is not hexadecimal")
	}
	return b, nil
}

// A RevocationBody is the end of consent, by any means.
type RevocationBody struct {
	Head      `json:"-"`
	Act       string `json:"act"` // "revoked", or "confirmed" for that its confirmation was planned
	Actor     string `json:"actor"`
	CarrierID string `json:"carrier_message_id"`
	// Confirmation is the text that says to the guest that the opt-out was heard.
	Confirmation core.MessageID `json:"confirmation"`
	Effective    time.Time      `json:"effective_at"` // from when no text may leave
	Event        string         `json:"event"`
	Method       string         `json:"method"`
	Note         string         `json:"note"`
	Received     time.Time      `json:"received_at"`
	Recorded     time.Time      `json:"recorded_at"`
	Rule         string         `json:"rule"` // what in the words was taken for an opt-out
	Said         string         `json:"said"`
	SaidHex      string         `json:"said_hex"`
	To           string         `json:"to"`
	Webhook      string         `json:"webhook"`
}

// NewRevocation is the record of an opt-out. Its id is the event's.
func NewRevocation(salt Salt, e consent.Event) Record {
	return revocation(Seed{core.RecordID(e.ID), salt}, e, "revoked", core.MessageID{})
}

// NewConfirmed is the record that the confirmation of an opt-out was planned.
func NewConfirmed(s Seed, e consent.Event, confirmation core.MessageID) Record {
	return revocation(s, e, "confirmed", confirmation)
}

func revocation(s Seed, e consent.Event, act string, confirmation core.MessageID) Record {
	h := headOf(e, KindRevocation)
	h.Message = confirmation
	return write(s, h, 512+len(e.Evidence.RawText), func(o *jcs.Object) {
		v := e.Evidence
		o.Str("act", act)
		o.Str("actor", v.Actor)
		o.Str("carrier_message_id", v.CarrierID)
		o.Str("confirmation", confirmation.String())
		// It binds from the instant that we wrote it down, and counts from the
		// instant that the guest sent it.
		o.Time("effective_at", e.Recorded)
		o.Str("event", e.ID.String())
		o.Str("method", e.Method.String())
		o.Str("note", v.Note)
		o.Time("received_at", e.At)
		o.Time("recorded_at", e.Recorded)
		o.Str("rule", v.Rule)
		said(o, v.RawText)
		o.Str("to", v.To.E164())
		o.Str("webhook", v.InboxID)
	})
}

// ParseRevocation reads the body of a record of kind KindRevocation.
func ParseRevocation(r Record) (RevocationBody, error) {
	const op = "evidence.ParseRevocation"
	h, b, err := parse[RevocationBody](op, r.Body, KindRevocation)
	if err != nil {
		return RevocationBody{}, err
	}
	b.Head = h
	if b.Said, err = saidOf(b.Said, b.SaidHex); err != nil {
		return RevocationBody{}, core.E(op, core.Invalid, "the body quotes the guest in something that is not hexadecimal")
	}
	return b, nil
}

// NewEvent is NewRevocation for an opt-out and NewConsent for all else.
func NewEvent(salt Salt, e consent.Event, shown consent.Disclosure) Record {
	if e.Kind == consent.Revoked {
		return NewRevocation(salt, e)
	}
	return NewConsent(salt, e, shown)
}
