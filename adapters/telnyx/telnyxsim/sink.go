package telnyxsim

import (
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// Sink answers every submission as Telnyx does and does nothing else: no check,
// no memory, no webhook. Benchmarks of the client run against it.
func Sink() http.Handler {
	var n atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		b := make([]byte, 0, 1024)
		b = append(b, `{"data":{"record_type":"message","direction":"outbound","id":"40318f00-1111-4222-8333-`...)
		id := strconv.AppendUint(nil, n.Add(1), 10)
		b = append(append(b, "000000000000"[min(len(id), 12):]...), id...)
		b = append(b, sinkRest...)
		w.Header()["Content-Type"] = jsonType
		_, _ = w.Write(b)
	})
}

const sinkRest = `","type":"SMS","messaging_profile_id":"4001a0aa-0000-4000-8000-00000000abcd",` +
	`"organization_id":"0e0e0e0e-0000-4000-8000-000000000001","from":{"phone_number":"+15125550100","carrier":"Simulated","line_type":"Wireless"},` +
	`"to":[{"phone_number":"+15125550111","status":"queued","carrier":"Simulated","line_type":"Wireless"}],"cc":[],"text":"taken",` +
	`"subject":null,"media":[],"webhook_url":null,"webhook_failover_url":null,"encoding":"GSM-7","parts":1,"tags":[],"cost":null,` +
	`"received_at":"2026-11-24T15:00:00.101+00:00","sent_at":null,"completed_at":null,"valid_until":null,"errors":[]}}`
