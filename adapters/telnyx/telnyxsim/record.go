package telnyxsim

import (
	"strconv"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx/internal/jsonenc"
)

// A record is a text as the carrier knows it. Fields below status change and
// are guarded by Sim.mu.
type record struct {
	id, profile             string
	inbound                 bool
	from, to, text          string
	media                   []string
	pictures                [][]byte // as they were fetched for a handset
	encoding                string
	parts                   int
	received                time.Time
	webhookURL, failoverURL string
	urls                    []string // where its events are tried, in order
	outcome, code           string   // what will become of it
	autoresponse            string

	status          string
	sent, completed time.Time
}

// remember keeps a record for the API, and forgets the oldest for it. s.mu is
// held.
func (s *Sim) remember(r *record) {
	if old, full := s.kept.add(r); full {
		delete(s.records, old.id)
	}
	s.records[r.id] = r
}

const timeForm = "2006-01-02T15:04:05.000-07:00"

// appendRecord appends the message object in the given status.
func appendRecord(b []byte, r *record, status string) []byte {
	direction, kind := "outbound", "SMS"
	if r.inbound {
		direction = "inbound"
	}
	if len(r.media) > 0 {
		kind = "MMS"
	}
	b = append(b, `{"record_type":"message","direction":"`...)
	b = append(b, direction...)
	b = append(b, `","id":"`...)
	b = append(b, r.id...)
	b = append(b, `","type":"`...)
	b = append(b, kind...)
	b = append(b, `","messaging_profile_id":"`...)
	b = append(b, r.profile...)
	b = append(b, `","organization_id":"0e0e0e0e-0000-4000-8000-000000000001","from":{"phone_number":"`...)
	b = append(b, r.from...)
	b = append(b, `","carrier":"Simulated","line_type":"Wireless"},"to":[{"phone_number":"`...)
	b = append(b, r.to...)
	b = append(b, `","status":"`...)
	b = append(b, status...)
	b = append(b, `","carrier":"Simulated","line_type":"Wireless"}],"cc":[],"text":`...)
	b = jsonenc.String(b, r.text)
	b = append(b, `,"subject":null,"media":[`...)
	for i, u := range r.media {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsonenc.String(append(b, `{"url":`...), u)
		b = append(b, `,"content_type":null,"sha256":null,"size":null}`...)
	}
	b = append(b, `],"encoding":"`...)
	b = append(b, r.encoding...)
	b = strconv.AppendInt(append(b, `","parts":`...), int64(r.parts), 10)
	b = append(b, `,"tags":[],"cost":{"amount":"0.0051","currency":"USD"},"errors":[`...)
	if r.code != "" && status == r.outcome {
		b = append(b, `{"code":"`...)
		b = append(b, r.code...)
		b = append(b, `","title":"`...)
		b = append(append(b, titleOf(r.code)...), `"}`...)
	}
	b = append(b, ']')
	if r.autoresponse != "" {
		b = append(append(append(b, `,"autoresponse_type":"`...), r.autoresponse...), '"')
	}
	b = appendTime(b, "received_at", r.received)
	b = appendTime(b, "sent_at", r.sent)
	b = appendTime(b, "completed_at", r.completed)
	b = append(b, `,"valid_until":null`...)
	b = appendURL(b, "webhook_url", r.webhookURL)
	b = appendURL(b, "webhook_failover_url", r.failoverURL)
	return append(b, '}')
}

func titleOf(code string) string {
	if t, ok := titles[code]; ok {
		return t.title
	}
	return "Not delivered"
}

func appendTime(b []byte, name string, t time.Time) []byte {
	b = append(append(append(b, `,"`...), name...), `":`...)
	if t.IsZero() {
		return append(b, "null"...)
	}
	return append(t.UTC().AppendFormat(append(b, '"'), timeForm), '"')
}

func appendURL(b []byte, name, u string) []byte {
	b = append(append(append(b, `,"`...), name...), `":`...)
	if u == "" {
		return append(b, "null"...)
	}
	return jsonenc.String(b, u)
}
