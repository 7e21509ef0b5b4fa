package evidence

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/internal/jcs"
	"github.com/jobfluss/nexo/core/message"
)

// A DecisionBody is a verdict with everything needed to take it again. It holds
// no word of the text, only its hash.
type DecisionBody struct {
	Head     `json:"-"`
	Attempt  int             `json:"attempt"` // how often the text had been handed over before
	Class    string          `json:"class"`
	Findings json.RawMessage `json:"decision"` // of decide.Decision: edition, findings, verdict
	Facts    json.RawMessage `json:"facts"`    // of decide.Facts
	// Media are the names of the pictures that go with it, each with its hash in it
	// (core/picture); none for most texts.
	Media []string `json:"media"`
	// TextSHA256 is the hash of the text, in hexadecimal digits.
	TextSHA256 string `json:"text_sha256"`

	// Read from Findings.
	Verdict   string    `json:"-"` // block, wait or send
	Edition   string    `json:"-"` // of the rulebook
	NotBefore time.Time `json:"-"`
}

// NewDecision is the record of what was decided about a text.
func NewDecision(s Seed, m message.Message, at time.Time, f *decide.Facts, d *decide.Decision) Record {
	h := Head{Business: m.Business, Kind: KindDecision, At: at, Number: m.To, Message: m.ID, Campaign: m.Campaign}
	return write(s, h, 2048, func(o *jcs.Object) {
		o.Int("attempt", int64(m.Attempt))
		o.Str("class", m.Class.String())
		o.Key("decision")
		o.B = d.AppendJSON(o.B)
		o.Key("facts")
		o.B = f.AppendJSON(o.B)
		if len(m.Media) > 0 {
			o.Strs("media", m.Media)
		}
		sum := sha256.Sum256([]byte(m.Body))
		o.Hex("text_sha256", sum[:])
	})
}

// ParseDecision reads the body of a record of kind KindDecision.
func ParseDecision(r Record) (DecisionBody, error) {
	h, b, err := parse[DecisionBody]("evidence.ParseDecision", r.Body, KindDecision)
	if err != nil {
		return DecisionBody{}, err
	}
	b.Head = h
	v, until, edition, err := decide.Outcome(b.Findings)
	b.Verdict, b.NotBefore, b.Edition = v.String(), until, edition
	return b, err
}

// Decisions reads those of the records that are decisions and are not erased,
// in their order. One that cannot be read is an error of kind Invalid.
func Decisions(rs []Record) ([]DecisionBody, error) {
	var out []DecisionBody
	for _, r := range rs {
		if r.Kind != KindDecision || r.Erased() {
			continue
		}
		b, err := ParseDecision(r)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// A SubmissionBody is what became of a text that was decided to go.
type SubmissionBody struct {
	Head      `json:"-"`
	Attempt   int    `json:"attempt"` // from 1
	CarrierID string `json:"carrier_id"`
	Code      string `json:"code"` // the carrier's
	// Handed is false for a text that was put back without being handed over. It
	// is true where nobody knows.
	Handed  bool   `json:"handed_over"`
	Outcome string `json:"outcome"` // as message.State has it: sent, failed, unknown, or planned for one that is put back
	Reason  string `json:"reason"`
}

// NewSubmission is the record of an outcome of m.
func NewSubmission(s Seed, m message.Message, out message.Outcome, handed bool) Record {
	h := Head{Business: m.Business, Kind: KindSubmission, At: out.At, Number: m.To, Message: m.ID, Campaign: m.Campaign}
	return write(s, h, 512, func(o *jcs.Object) {
		o.Int("attempt", int64(out.Attempt))
		o.Str("carrier_id", out.CarrierID)
		o.Str("code", out.Code)
		o.Bool("handed_over", handed)
		o.Str("outcome", out.State.String())
		o.Str("reason", out.Reason)
	})
}

// ParseSubmission reads the body of a record of kind KindSubmission.
func ParseSubmission(r Record) (SubmissionBody, error) {
	h, b, err := parse[SubmissionBody]("evidence.ParseSubmission", r.Body, KindSubmission)
	b.Head = h
	return b, err
}

// LookedUp is the Webhook of a receipt that came in none: the carrier was asked.
const LookedUp = "looked up"

// A ReceiptBody is what the carrier said of a text later.
type ReceiptBody struct {
	Head      `json:"-"`
	CarrierID string `json:"carrier_id"`
	Code      string `json:"code"`
	OptedOut  bool   `json:"opted_out"`
	State     string `json:"state"`
	Webhook   string `json:"webhook"` // the event that it came in, or LookedUp
}

// NewReceipt is the record of a receipt for m, of which only ids and number
// need be there. webhook is the event that it came in,
// or LookedUp.
func NewReceipt(s Seed, m message.Message, rc message.Receipt, webhook string) Record {
	h := Head{Business: m.Business, Kind: KindReceipt, At: rc.At, Number: m.To, Message: m.ID, Campaign: m.Campaign}
	return write(s, h, 512, func(o *jcs.Object) {
		o.Str("carrier_id", rc.CarrierID)
		o.Str("code", rc.Code)
		o.Bool("opted_out", rc.OptedOut)
		o.Str("state", rc.State.String())
		o.Str("webhook", webhook)
	})
}

// ParseReceipt reads the body of a record of kind KindReceipt.
func ParseReceipt(r Record) (ReceiptBody, error) {
	h, b, err := parse[ReceiptBody]("evidence.ParseReceipt", r.Body, KindReceipt)
	b.Head = h
	return b, err
}

// TextHash is the hash of a text as a DecisionBody has it.
func TextHash(text string) string { return Hash(sha256.Sum256([]byte(text))).String() }
