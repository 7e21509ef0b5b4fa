package ingest_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
)

// A carrier writes webhooks as the real one does, and signs them.
type carrier struct {
	key    ed25519.PrivateKey
	sender string
}

// stopEvery: one event in so many is an opt-out. A text has two receipts, and a
// campaign that loses one guest in a hundred is a bad one.
const stopEvery = 200

// body is the i-th event: a receipt, or now and then a STOP, each from another
// guest.
func (c *carrier) body(i int) []byte {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if i%stopEvery == 0 {
		return fmt.Appendf(nil, `{"data":{"event_type":"message.received","id":"in-%d","occurred_at":%q,"payload":{"cc":[],"completed_at":null,"cost":null,`+
			`"direction":"inbound","encoding":"GSM-7","errors":[],"from":{"carrier":"T-Mobile USA","line_type":"Wireless","phone_number":%q},`+
			`"id":"min-%d","media":[],"messaging_profile_id":"740572b6-099c-44a1-89b9-6c92163bc68d","organization_id":"47a530f8-4362-4526-829b-bcee17fd9f7a",`+
			`"parts":1,"received_at":%q,"record_type":"message","sent_at":null,"subject":"","tags":[],"text":"STOP",`+
			`"to":[{"carrier":"Telnyx","line_type":"Wireless","phone_number":%q,"status":"webhook_delivered"}],"type":"SMS","valid_until":null,"webhook_failover_url":null,`+
			`"webhook_url":"https://in.example/telnyx"},"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://in.example/telnyx"}}`,
			i, now, guest(i/stopEvery), i, now, c.sender)
	}
	return fmt.Appendf(nil, `{"data":{"event_type":"message.finalized","id":"out-%d","occurred_at":%q,"payload":{"cc":[],"completed_at":%q,"cost":{"amount":"0.0040","currency":"USD"},`+
		`"direction":"outbound","encoding":"GSM-7","errors":[],"from":{"carrier":"Telnyx","line_type":"Wireless","phone_number":%q},`+
		`"id":"mout-%d","media":[],"messaging_profile_id":"740572b6-099c-44a1-89b9-6c92163bc68d","organization_id":"47a530f8-4362-4526-829b-bcee17fd9f7a",`+
		`"parts":1,"received_at":%q,"record_type":"message","sent_at":%q,"tags":[],"text":"Luna's Cantina: Taco Tuesday, two for one until 9 pm. Reply STOP to opt out.",`+
		`"to":[{"carrier":"T-MOBILE USA, INC.","line_type":"Wireless","phone_number":"+15125550142","status":"delivered"}],"type":"SMS","valid_until":null,"webhook_failover_url":null,`+
		`"webhook_url":"https://in.example/telnyx"},"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://in.example/telnyx"}}`,
		i, now, now, c.sender, i, now, now)
}

// guest is the i-th of a million numbers that no phone has.
func guest(i int) string {
	areas := []string{"512", "737", "214", "972", "713", "832", "281", "210"}
	return fmt.Sprintf("+1%s55%d%04d", areas[i/20_000%len(areas)], 5+i/10_000%2, i%10_000)
}

// request is a webhook to the byte as it goes over the wire.
func (c *carrier) request(body []byte) []byte {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	sig := ed25519.Sign(c.key, append([]byte(at+"|"), body...))
	return append(fmt.Appendf(nil, "POST /telnyx HTTP/1.1\r\nHost: in.example\r\nContent-Type: application/json\r\nUser-Agent: telnyx-webhooks\r\n"+
		"%s: %s\r\n%s: %s\r\nContent-Length: %d\r\n\r\n", telnyx.SignatureHeader, base64.StdEncoding.EncodeToString(sig), telnyx.TimestampHeader, at, len(body)), body...)
}

// requests are events from up to before to, signed just now by two goroutines.
func (c *carrier) requests(from, to int) [][]byte {
	out := make([][]byte, to-from)
	var wg sync.WaitGroup
	for part := range 2 {
		wg.Go(func() {
			for i := from + part; i < to; i += 2 {
				out[i-from] = c.request(c.body(i))
			}
		})
	}
	wg.Wait()
	return out
}

// A load is what a number of connections did.
type load struct {
	took   time.Duration
	answer []int           // status, by request
	times  []time.Duration // of each request
}

func (l load) count(status int) (n int) {
	for _, a := range l.answer {
		if a == status {
			n++
		}
	}
	return n
}

func (l load) rate() float64 { return float64(len(l.answer)) / l.took.Seconds() }

func percentile(times []time.Duration, p float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

// send sends every request over a number of connections, each the next one as
// soon as it has its answer. An answer other than 200 is asked for again until
// there is one, if again is set, as the carrier does.
func send(addr string, conns int, requests [][]byte, again func() bool) (load, error) {
	l := load{answer: make([]int, len(requests)), times: make([]time.Duration, len(requests))}
	var next atomic.Int64
	errs := make(chan error, conns)
	start := time.Now()
	for range conns {
		go func() { errs <- connection(addr, requests, &next, &l, again) }()
	}
	var all []error
	for range conns {
		all = append(all, <-errs)
	}
	l.took = time.Since(start)
	return l, errors.Join(all...)
}

func connection(addr string, requests [][]byte, next *atomic.Int64, l *load, again func() bool) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	for {
		i := int(next.Add(1)) - 1
		if i >= len(requests) {
			return nil
		}
		for {
			start := time.Now()
			if _, err := c.Write(requests[i]); err != nil {
				return err
			}
			if l.answer[i], err = status(r); err != nil {
				return err
			}
			l.times[i] = time.Since(start)
			if l.answer[i] == http.StatusOK || again == nil || !again() {
				break
			}
		}
	}
}

// status reads an answer to its end. A client that does more takes the machine
// from the server that is measured.
func status(r *bufio.Reader) (int, error) {
	code, length := 0, 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			_, err := io.CopyN(io.Discard, r, int64(length))
			return code, err
		case code == 0:
			if len(line) < 12 {
				return 0, errors.New("the answer is not HTTP")
			}
			if code, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, err
			}
		case len(line) > 16 && strings.EqualFold(string(line[:15]), "content-length:"):
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[15:]))); err != nil {
				return 0, err
			}
		}
	}
}
