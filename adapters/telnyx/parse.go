package telnyx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
)

// Provider names the carrier in the inbox.
const Provider = "telnyx"

// MaxBody is the largest webhook that [Parse] reads, in bytes. The carrier's are
// a few KiB.
const MaxBody = 1 << 20

const (
	maxID    = 128 // of an id, in bytes; the carrier's have 36
	maxType  = 64
	maxMedia = 20
)

type event struct {
	Data struct {
		ID         loose           `json:"id"`
		EventType  loose           `json:"event_type"`
		RecordType loose           `json:"record_type"`
		OccurredAt loose           `json:"occurred_at"`
		Payload    json.RawMessage `json:"payload"`
	} `json:"data"`
	Meta meta `json:"meta"`
}

// A meta is about the delivery. No surprise in it may cost an opt-out.
type meta struct{ DeliveredTo loose }

func (m *meta) UnmarshalJSON(b []byte) error {
	var w struct {
		DeliveredTo loose `json:"delivered_to"`
	}
	if json.Unmarshal(b, &w) == nil {
		m.DeliveredTo = w.DeliveredTo
	}
	return nil
}

// A payload is the message of an event, or of a look-up. Only what is used is
// decoded, so a surprise elsewhere in it does no harm.
type payload struct {
	ID           loose   `json:"id"`
	From         parties `json:"from"`
	To           parties `json:"to"`
	Text         loose   `json:"text"`
	Media        pieces  `json:"media"`
	Errors       faults  `json:"errors"`
	Autoresponse loose   `json:"autoresponse_type"`
	ReceivedAt   loose   `json:"received_at"`
	SentAt       loose   `json:"sent_at"`
	CompletedAt  loose   `json:"completed_at"`
	WebhookURL   loose   `json:"webhook_url"`
}

// Parse reads an authentic webhook. It never fails: what it cannot read is
// Unparsable, with the reason in Problem, and a type that we do not act on is
// Unknown. token is the last part of the path that the webhook came to, or "";
// it counts only where the signed body names none, since the path is not signed.
// Event.Raw is body itself, not a copy.
func Parse(body []byte, token message.Token, received time.Time) inbox.Event {
	e := inbox.Event{Provider: Provider, Received: received, Raw: body}
	var w event
	if problem := decode(body, &w); problem != "" {
		return unparsable(e, problem)
	}
	e.Type = clip(firstText(w.Data.EventType, w.Data.RecordType), maxType)
	e.Occurred = firstTime(received, w.Data.OccurredAt)
	e.ID = eventID(string(w.Data.ID), body)
	if strings.HasPrefix(e.Type, "10dlc.") || strings.HasPrefix(e.Type, "number_order.") {
		return readNews(e, &w)
	}
	switch e.Type {
	case "message.received", "message.sent", "message.finalized":
	default:
		return e
	}
	var p payload
	if len(w.Data.Payload) == 0 || json.Unmarshal(w.Data.Payload, &p) != nil {
		return unparsable(e, "the payload is missing or not as its type promises")
	}
	if w.Data.ID == "" && p.ID != "" {
		// An event without an id is still one event for each message and type.
		e.ID = eventID(e.Type+":"+string(p.ID), body)
	}
	if p.ID = loose(clean(string(p.ID))); p.ID == "" || len(p.ID) > maxID {
		return unparsable(e, "the message has no usable id")
	}
	if e.Type == "message.received" {
		return readText(e, &p)
	}
	return readReceipt(e, &p, tokenIn(&p, &w, token))
}

func decode(body []byte, w *event) (problem string) {
	if len(body) > MaxBody {
		return "the body is larger than 1 MiB"
	}
	// encoding/json bounds the nesting and makes U+FFFD of bytes that are no UTF-8.
	if err := json.Unmarshal(body, w); err != nil {
		return "the body is not the JSON object that was promised"
	}
	return ""
}

// readNews finds what an event of the registry is about. Which field names it
// depends on the event.
func readNews(e inbox.Event, w *event) inbox.Event {
	var p struct {
		Brand    loose `json:"brandId"`
		Campaign loose `json:"campaignId"`
		ID       loose `json:"id"`
	}
	if json.Unmarshal(w.Data.Payload, &p) != nil {
		return unparsable(e, "the payload is missing or not as its type promises")
	}
	e.Kind = inbox.Registry
	for _, id := range []loose{p.Brand, p.Campaign, p.ID} {
		if s := clean(string(id)); s != "" && len(s) <= maxID {
			e.About = append(e.About, s)
		}
	}
	return e
}

func readText(e inbox.Event, p *payload) inbox.Event {
	from, ok := p.From.number()
	if !ok {
		return unparsable(e, "the sender is not a phone number")
	}
	to, ok := p.To.number()
	if !ok {
		return unparsable(e, "the number that was texted is missing")
	}
	e.Kind = inbox.Inbound
	e.Text = &inbox.Text{
		CarrierID: string(p.ID), From: from, To: to, Body: clean(string(p.Text)), Media: p.Media,
		At: firstTime(e.Occurred, p.ReceivedAt),
	}
	switch a := strings.ToUpper(string(p.Autoresponse)); a {
	case "STOP", "START", "HELP":
		e.Text.Answered = a
	case "INFO": // the carrier's other word for it
		e.Text.Answered = "HELP"
	}
	return e
}

func readReceipt(e inbox.Event, p *payload, token message.Token) inbox.Event {
	state, ok := p.state()
	switch {
	case !ok && e.Type == "message.sent":
		state = message.Sent
	case !ok && len(p.Errors) > 0:
		state = message.Undelivered
	case !ok:
		state = message.Unconfirmed // it is over, and nobody says how
	}
	e.Kind = inbox.Delivery
	e.Receipt = &message.Receipt{
		Token: token, CarrierID: string(p.ID), State: state, Code: p.code(),
		OptedOut: p.optedOut(state), At: firstTime(e.Occurred, p.CompletedAt, p.SentAt),
	}
	return e
}

// states has the carrier's words, those of its reports included. A text that it
// has taken and not yet passed on is Sent to us: it is out of our hands.
var states = map[string]message.State{
	"scheduled": message.Sent, "queued": message.Sent, "sending": message.Sent, "sent": message.Sent,
	"delivered": message.Delivered, "webhook_delivered": message.Delivered,
	"delivery_failed": message.Undelivered, "sending_failed": message.Undelivered, "expired": message.Undelivered,
	"cancelled": message.Undelivered, "failed": message.Undelivered, "gw_reject": message.Undelivered,
	"delivery_unconfirmed": message.Unconfirmed, "unknown": message.Unconfirmed,
	"gw_timeout": message.Unconfirmed, "dlr_timeout": message.Unconfirmed, "dlr_unconfirmed": message.Unconfirmed,
}

func (p *payload) state() (message.State, bool) {
	if len(p.To) == 0 {
		return message.NoState, false
	}
	s, ok := states[p.To[0].status]
	return s, ok
}

func (p *payload) code() string {
	if len(p.Errors) == 0 {
		return ""
	}
	return cleanCode(p.Errors[0])
}

// optedOut reports whether a text did not arrive because of the carrier's own
// STOP list. The carrier says so at once or, as one page has it, later.
func (p *payload) optedOut(s message.State) bool {
	return s == message.Undelivered && p.code() == codeOptedOut
}

// tokenIn finds the token of a receipt. What the carrier signed goes first.
func tokenIn(p *payload, w *event, path message.Token) message.Token {
	for _, u := range []string{string(p.WebhookURL), string(w.Meta.DeliveredTo), string(path)} {
		if t := tokenOf(u); t != "" {
			return t
		}
	}
	return ""
}

// tokenOf returns the last part of the address if it is a token.
func tokenOf(address string) message.Token {
	address, _, _ = strings.Cut(address, "?")
	t := message.Token(address[strings.LastIndexByte(address, '/')+1:])
	if _, _, err := t.Parse(); err != nil {
		return ""
	}
	return t
}

func unparsable(e inbox.Event, problem string) inbox.Event {
	e.Kind, e.Problem, e.Text, e.Receipt = inbox.Unparsable, problem, nil, nil
	if e.ID == "" {
		e.ID = eventID("", e.Raw)
	}
	if e.Occurred.IsZero() {
		e.Occurred = e.Received
	}
	return e
}

// eventID names an event by the carrier's id or, for want of a usable one, by
// what it says.
func eventID(id string, body []byte) string {
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		h := sha256.Sum256(body)
		return Provider + ":sha256:" + hex.EncodeToString(h[:])
	}
	return Provider + ":" + id
}

// Parties is the sender or the recipients: an object or a string, or a list of
// either.
type parties []party

type party struct{ number, status string }

type wireParty struct {
	Number loose `json:"phone_number"`
	Status loose `json:"status"`
}

func (ps *parties) UnmarshalJSON(b []byte) error {
	var usual []wireParty
	if len(b) > 0 && b[0] == '[' && json.Unmarshal(b, &usual) == nil {
		for _, p := range usual {
			*ps = append(*ps, party{string(p.Number), string(p.Status)})
		}
		return nil
	}
	return each(b, func(b []byte) {
		var p wireParty
		if b[0] != '{' || json.Unmarshal(b, &p) != nil {
			var s loose
			if s.UnmarshalJSON(b) == nil {
				p.Number = s
			}
		}
		*ps = append(*ps, party{string(p.Number), string(p.Status)})
	})
}

// number returns the first that is a phone number. A short code or a name as
// sender is none.
func (ps parties) number() (core.Number, bool) {
	for _, p := range ps {
		if n, err := core.ParseNumber(p.number); err == nil {
			return n, true
		}
	}
	return core.Number{}, false
}

// Pieces are the addresses of pictures, which come as objects or bare strings.
type pieces []string

func (ps *pieces) UnmarshalJSON(b []byte) error {
	return each(b, func(b []byte) {
		var p struct {
			URL loose `json:"url"`
		}
		if b[0] != '{' || json.Unmarshal(b, &p) != nil {
			var s loose
			if s.UnmarshalJSON(b) == nil {
				p.URL = s
			}
		}
		if u := clean(string(p.URL)); u != "" && len(*ps) < maxMedia {
			*ps = append(*ps, u)
		}
	})
}

// Faults are the codes of the errors in a receipt.
type faults []string

func (fs *faults) UnmarshalJSON(b []byte) error {
	return each(b, func(b []byte) {
		var f struct {
			Code loose `json:"code"`
		}
		var bare loose // records of texts have nothing but the code
		switch {
		case b[0] == '{' && json.Unmarshal(b, &f) == nil:
			*fs = append(*fs, string(f.Code))
		case bare.UnmarshalJSON(b) == nil && bare != "" && strings.Trim(string(bare), "0123456789") == "":
			*fs = append(*fs, string(bare))
		}
	})
}

// each calls f with every element of a list, or with the one thing that is not
// a list. It does not mind anything else.
func each(b []byte, f func([]byte)) error {
	if len(b) == 0 || string(b) == "null" || string(b) == "[]" {
		return nil
	}
	if b[0] != '[' {
		f(b)
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	for _, e := range list {
		f(e)
	}
	return nil
}

// firstTime returns the first of the times that can be believed, in UTC, and
// fallback if none can. The carrier writes RFC 3339; one list of its API leaves
// out the zone, which is UTC. A time before the carrier existed, or days after
// the webhook came, is a fault of the carrier's.
func firstTime(fallback time.Time, texts ...loose) time.Time {
	for _, s := range texts {
		t, err := time.Parse(time.RFC3339Nano, string(s))
		if err != nil {
			t, err = time.Parse("2006-01-02 15:04:05.999999999", string(s))
		}
		if err == nil && t.Year() >= 2009 && t.Year() < 2200 && (fallback.IsZero() || t.Sub(fallback) < 48*time.Hour) {
			return t.UTC()
		}
	}
	return fallback
}

func firstText(texts ...loose) string {
	for _, s := range texts {
		if s != "" {
			return clean(string(s))
		}
	}
	return ""
}

// clean makes text storable: databases take no zero byte.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
