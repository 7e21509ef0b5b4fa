package telnyx_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
)

// receivedEvent is a keyword from a guest, in full.
const receivedEvent = `{"data":{"event_type":"message.received","id":"7d1f0002-0000-4000-8000-000000000002","occurred_at":"2026-11-24T15:10:00.000+00:00","record_type":"event",
"payload":{"id":"84cc0000-0000-4000-8000-000000000003","record_type":"message","direction":"inbound","type":"SMS",
"from":{"phone_number":"+14155550123","carrier":"T-Mobile USA","line_type":"Wireless"},
"to":[{"phone_number":"+13125550100","carrier":"Telnyx","line_type":"Wireless","status":"webhook_delivered"}],"cc":[],
"text":"TACOS","media":[],"encoding":"GSM-7","parts":1,"tags":[],"cost":{"amount":"0.0000","currency":"USD"},"errors":[],
"autoresponse_type":"START","received_at":"2026-11-24T15:09:59.800+00:00","sent_at":null,"completed_at":null,"valid_until":null,
"webhook_url":"https://hooks.example.test/telnyx","webhook_failover_url":null}},
"meta":{"attempt":1,"delivered_to":"https://hooks.example.test/telnyx"}}`

var received = time.Date(2026, 11, 24, 15, 10, 1, 0, time.UTC)

func TestParseReceived(t *testing.T) {
	got := telnyx.Parse([]byte(receivedEvent), "", received)
	want := inbox.Event{
		ID: "telnyx:7d1f0002-0000-4000-8000-000000000002", Provider: "telnyx", Kind: inbox.Inbound, Type: "message.received",
		Occurred: time.Date(2026, 11, 24, 15, 10, 0, 0, time.UTC), Received: received, Raw: []byte(receivedEvent),
		Text: &inbox.Text{
			CarrierID: "84cc0000-0000-4000-8000-000000000003", From: core.MustNumber("+14155550123"), To: core.MustNumber("+13125550100"),
			Body: "TACOS", At: time.Date(2026, 11, 24, 15, 9, 59, 800e6, time.UTC), Answered: "START",
		},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b core.Number) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// inbound makes a webhook of the parts of a payload.
func inbound(payload string) []byte {
	return fmt.Appendf(nil, `{"data":{"event_type":"message.received","id":"e1","payload":{"id":"m1",%s}}}`, payload)
}

func TestParseReceivedLeniently(t *testing.T) {
	const from, to = `"from":{"phone_number":"+14155550123"}`, `"to":[{"phone_number":"+13125550100"}]`
	tests := []struct {
		name, payload, body, answered string
		media                         []string
	}{
		{"sender as a string", `"from":"+14155550123",` + to + `,"text":"hi"`, "hi", "", nil},
		{"recipient as an object", from + `,"to":{"phone_number":"+13125550100"},"text":"hi"`, "hi", "", nil},
		{"recipient as a string", from + `,"to":"+13125550100","text":"hi"`, "hi", "", nil},
		{"recipients as strings", from + `,"to":["+13125550100"],"text":"hi"`, "hi", "", nil},
		{"cc as strings", from + `,` + to + `,"cc":["+13125550101"],"text":"hi"`, "hi", "", nil},
		{"cost as a number", from + `,` + to + `,"cost":0.0051,"text":"hi"`, "hi", "", nil},
		{"text null", from + `,` + to + `,"text":null`, "", "", nil},
		{"text missing", from + `,` + to, "", "", nil},
		{"text as a number", from + `,` + to + `,"text":911`, "911", "", nil},
		{"a zero byte", from + `,` + to + `,"text":"ST\u0000OP"`, "ST\uFFFDOP", "", nil},
		{"half a surrogate pair", from + `,` + to + `,"text":"a\ud83cb"`, "a\uFFFDb", "", nil},
		{"bytes that are no UTF-8", from + `,` + to + ",\"text\":\"a\xffb\"", "a\uFFFDb", "", nil},
		{"pictures of both kinds", from + `,` + to + `,"media":[{"url":"https://a.example/1","sha256":"x","size":1},{"url":"https://a.example/2","hash_sha256":"x","size":"1"}]`, "", "", []string{"https://a.example/1", "https://a.example/2"}},
		{"answered in small letters", from + `,` + to + `,"text":"stop","autoresponse_type":"stop"`, "stop", "STOP", nil},
		{"answered by another word", from + `,` + to + `,"text":"x","autoresponse_type":"info"`, "x", "HELP", nil},
		{"answered with what we do not know", from + `,` + to + `,"text":"x","autoresponse_type":"CUSTOM"`, "x", "", nil},
		{"unknown fields", from + `,` + to + `,"text":"x","tomorrow":{"a":[1]}`, "x", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := telnyx.Parse(inbound(tt.payload), "", received)
			if e.Kind != inbox.Inbound {
				t.Fatalf("kind %v, problem %q", e.Kind, e.Problem)
			}
			if e.Text.Body != tt.body || e.Text.Answered != tt.answered || !cmp.Equal(e.Text.Media, tt.media) {
				t.Errorf("got %+v", *e.Text)
			}
			if e.Text.From != core.MustNumber("+14155550123") || e.Text.To != core.MustNumber("+13125550100") || !e.Text.At.Equal(received) {
				t.Errorf("got %+v", *e.Text)
			}
		})
	}
}

func TestParseReceipt(t *testing.T) {
	token := message.Message{ID: core.MessageID{1}, Business: core.BusinessID{2}}.Token()
	other := message.Message{ID: core.MessageID{3}, Business: core.BusinessID{2}}.Token()
	ours := `,"webhook_url":"https://hooks.example.test/telnyx/m/` + string(token) + `"`
	tests := []struct {
		name, typ, payload, meta string
		path, token              message.Token
		state                    message.State
		code                     string
	}{
		{"sent", "message.sent", `"to":[{"status":"sent"}]` + ours, "", "", token, message.Sent, ""},
		{"sent while still queued", "message.sent", `"to":[{"status":"queued"}]` + ours, "", "", token, message.Sent, ""},
		{"delivered", "message.finalized", `"to":[{"status":"delivered"}]` + ours, "", "", token, message.Delivered, ""},
		{"failed", "message.finalized", `"to":[{"status":"delivery_failed"}],"errors":[{"code":"40002","title":"x"}]` + ours, "", "", token, message.Undelivered, "40002"},
		{"failed with the code as a number", "message.finalized", `"to":[{"status":"sending_failed"}],"errors":[{"code":40010}]` + ours, "", "", token, message.Undelivered, "40010"},
		{"on the carrier's STOP list", "message.finalized", `"to":[{"status":"delivery_failed"}],"errors":[{"code":"40300"}]` + ours, "", "", token, message.Undelivered, "40300"},
		{"delivered, whatever it says of STOP", "message.finalized", `"to":[{"status":"delivered"}],"errors":[{"code":"40300"}]` + ours, "", "", token, message.Delivered, "40300"},
		{"expired", "message.finalized", `"to":[{"status":"expired"}]` + ours, "", "", token, message.Undelivered, ""},
		{"unconfirmed", "message.finalized", `"to":[{"status":"delivery_unconfirmed"}]` + ours, "", "", token, message.Unconfirmed, ""},
		{"over in a word that we do not know", "message.finalized", `"to":[{"status":"evaporated"}]` + ours, "", "", token, message.Unconfirmed, ""},
		{"over in that word, with an error", "message.finalized", `"to":[{"status":"evaporated"}],"errors":[{"code":"40008"}]` + ours, "", "", token, message.Undelivered, "40008"},
		{"over without recipients", "message.finalized", `"to":[]` + ours, "", "", token, message.Unconfirmed, ""},
		{"failed when it was to be sent", "message.sent", `"to":[{"status":"sending_failed"}]` + ours, "", "", token, message.Undelivered, ""},
		{"token only where it was delivered to", "message.sent", `"to":[{"status":"sent"}],"webhook_url":null`, "https://x.example/telnyx/m/" + string(token) + "?a=1", "", token, message.Sent, ""},
		{"token only in the path", "message.sent", `"to":[{"status":"sent"}]`, "https://x.example/telnyx", token, token, message.Sent, ""},
		{"the signed token wins over the path", "message.sent", `"to":[{"status":"sent"}]` + ours, "", other, token, message.Sent, ""},
		{"not ours", "message.sent", `"to":[{"status":"sent"}],"webhook_url":"https://x.example/telnyx"`, "https://x.example/telnyx", "telnyx", "", message.Sent, ""},
		{"a number where the code should be", "message.finalized", `"to":[{"status":"delivery_failed"}],"errors":[{"code":"+15125550141"}]` + ours, "", "", token, message.Undelivered, ""},
		{"errors that are none", "message.finalized", `"to":[{"status":"delivered"}],"errors":"none"` + ours, "", "", token, message.Delivered, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"data":{"event_type":%q,"id":"e1","occurred_at":"2026-11-24T15:00:00Z","payload":{"id":"m1","completed_at":"2026-11-24T15:00:04Z",%s}},"meta":{"delivered_to":%q}}`, tt.typ, tt.payload, tt.meta)
			e := telnyx.Parse([]byte(body), tt.path, received)
			want := message.Receipt{Token: tt.token, CarrierID: "m1", State: tt.state, Code: tt.code, At: time.Date(2026, 11, 24, 15, 0, 4, 0, time.UTC),
				OptedOut: tt.code == "40300" && tt.state == message.Undelivered}
			if e.Kind != inbox.Delivery || e.ID != "telnyx:e1" || *e.Receipt != want {
				t.Errorf("got %v %s %+v, want %+v", e.Kind, e.ID, e.Receipt, want)
			}
		})
	}
}

func TestParseWhatItCannotUse(t *testing.T) {
	long := strings.Repeat("x", 300)
	tests := []struct {
		name, body string
		kind       inbox.Kind
		typ, id    string // id "" for one made of the body
	}{
		{"nothing", "", inbox.Unparsable, "", ""},
		{"no JSON", "STOP", inbox.Unparsable, "", ""},
		{"half of it", `{"data":{"id":"e1"`, inbox.Unparsable, "", ""},
		{"a list", `[]`, inbox.Unparsable, "", ""},
		{"data as text", `{"data":"x"}`, inbox.Unparsable, "", ""},
		{"deep", strings.Repeat(`{"data":`, 200_000), inbox.Unparsable, "", ""},
		{"huge", `{"data":{"id":"e1","x":"` + strings.Repeat("x", telnyx.MaxBody) + `"}}`, inbox.Unparsable, "", ""},
		{"null", `null`, inbox.Unknown, "", ""},
		{"another type", `{"data":{"event_type":"messaging-profile.spend-limit-reached","id":"e1","payload":{"configured_limit":"10.00"}}}`, inbox.Unknown, "messaging-profile.spend-limit-reached", "telnyx:e1"},
		{"another type without a payload", `{"data":{"event_type":"call.hangup","id":"e1"}}`, inbox.Unknown, "call.hangup", "telnyx:e1"},
		{"a click", `{"data":{"record_type":"message_link_click","message_id":"m1","url":"https://a.example"}}`, inbox.Unknown, "message_link_click", ""},
		{"a type as long as a page", `{"data":{"event_type":"` + long + `","id":"e1"}}`, inbox.Unknown, long[:64], "telnyx:e1"},
		{"received without a payload", `{"data":{"event_type":"message.received","id":"e1"}}`, inbox.Unparsable, "message.received", "telnyx:e1"},
		{"received with a list as payload", `{"data":{"event_type":"message.received","id":"e1","payload":[]}}`, inbox.Unparsable, "message.received", "telnyx:e1"},
		{"received from a short code", string(inbound(`"from":{"phone_number":"22395"},"to":"+13125550100"`)), inbox.Unparsable, "message.received", "telnyx:e1"},
		{"received by nobody", string(inbound(`"from":"+14155550123","to":[]`)), inbox.Unparsable, "message.received", "telnyx:e1"},
		{"receipt of no message", `{"data":{"event_type":"message.sent","id":"e1","payload":{"to":[]}}}`, inbox.Unparsable, "message.sent", "telnyx:e1"},
		{"an id as long as a page", `{"data":{"event_type":"x","id":"` + long + `"}}`, inbox.Unknown, "x", ""},
		{"an id with a line break", `{"data":{"event_type":"x","id":"a\nb"}}`, inbox.Unknown, "x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := telnyx.Parse([]byte(tt.body), "", received)
			if e.Kind != tt.kind || e.Type != tt.typ {
				t.Errorf("got %v of type %q, want %v of %q", e.Kind, e.Type, tt.kind, tt.typ)
			}
			if tt.id == "" && !strings.HasPrefix(e.ID, "telnyx:sha256:") || tt.id != "" && e.ID != tt.id {
				t.Errorf("id is %q, want %q", e.ID, tt.id)
			}
			if (e.Problem != "") != (tt.kind == inbox.Unparsable) || e.Text != nil || e.Receipt != nil {
				t.Errorf("got %+v", e)
			}
			if again := telnyx.Parse([]byte(tt.body), "", received.Add(time.Hour)); again.ID != e.ID {
				t.Errorf("parsed again it is %q, not %q", again.ID, e.ID)
			}
		})
	}
}

// Deliveries of one event differ in meta, so an event without an id is named by
// its message.
func TestParseNamesAnEventWithoutID(t *testing.T) {
	body := `{"data":{"event_type":"message.received","payload":{"id":"m1","from":"+14155550123","to":"+13125550100","text":"STOP"}},"meta":{"attempt":%d}}`
	first := telnyx.Parse(fmt.Appendf(nil, body, 1), "", received)
	second := telnyx.Parse(fmt.Appendf(nil, body, 2), "", received)
	if first.Kind != inbox.Inbound || first.ID != second.ID {
		t.Errorf("got %v %q and %q", first.Kind, first.ID, second.ID)
	}
}

func TestParseDoesNotBelieveEveryTime(t *testing.T) {
	for _, at := range []string{`"0001-01-01T00:00:00Z"`, `"2999-01-01T00:00:00Z"`, `"2027-01-01T00:00:00Z"`, `"yesterday"`, `null`, `17`, `{}`} {
		e := telnyx.Parse(inbound(`"from":"+14155550123","to":"+13125550100","received_at":`+at), "", received)
		if e.Kind != inbox.Inbound || !e.Text.At.Equal(received) {
			t.Errorf("%s: got %v, %+v", at, e.Kind, e.Text)
		}
	}
	e := telnyx.Parse(inbound(`"from":"+14155550123","to":"+13125550100","received_at":"2026-11-24 15:00:38.631252"`), "", received)
	if want := time.Date(2026, 11, 24, 15, 0, 38, 631252000, time.UTC); !e.Text.At.Equal(want) {
		t.Errorf("a time without a zone is %v, want %v", e.Text.At, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(receivedEvent), "")
	f.Add(inbound(`"from":["+14155550123"],"to":{"phone_number":5},"media":["x",{"url":null}],"errors":[{"code":{}}]`), "x")
	f.Add([]byte(`{"data":{"event_type":"message.finalized","id":7,"payload":{"id":3,"to":[{"status":"delivered"}]}},"meta":{"delivered_to":"/"}}`), "AAAA")
	f.Add([]byte(`{"DATA":{"event_type":"message.sent","id":"\ud800","payload":null}}`), "")
	f.Fuzz(func(t *testing.T, body []byte, token string) {
		e := telnyx.Parse(body, message.Token(token), received)
		if !strings.HasPrefix(e.ID, "telnyx:") || len(e.ID) > 256 || e.Provider != "telnyx" || string(e.Raw) != string(body) || e.Occurred.IsZero() {
			t.Fatalf("got %+v", e)
		}
		if (e.Kind == inbox.Inbound) != (e.Text != nil) || (e.Kind == inbox.Delivery) != (e.Receipt != nil) || (e.Kind == inbox.Unparsable) != (e.Problem != "") {
			t.Fatalf("the parts do not fit the kind: %+v", e)
		}
		if e.Text != nil && (!storable(e.Text.Body) || !storable(e.Text.CarrierID) || e.Text.From.IsZero() || e.Text.To.IsZero() || e.Text.At.IsZero()) {
			t.Fatalf("got %+v", *e.Text)
		}
		if r := e.Receipt; r != nil {
			switch r.State {
			case message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed:
			default:
				t.Fatalf("a receipt of %v", r.State)
			}
			if _, _, err := r.Token.Parse(); r.Token != "" && err != nil || !storable(r.Code) || !storable(r.CarrierID) {
				t.Fatalf("got %+v", *r)
			}
		}
	})
}

func storable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func BenchmarkParse(b *testing.B) {
	body := []byte(receivedEvent)
	b.ReportAllocs()
	for b.Loop() {
		telnyx.Parse(body, "", received)
	}
}
