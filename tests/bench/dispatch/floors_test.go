package dispatch_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/jobfluss/nexo/adapters/telnyx"
)

// A sink takes texts and answers as Telnyx does, and does nothing else.
type sink struct {
	url string
	n   atomic.Int64
}

func newSink(b *testing.B) *sink {
	s := &sink{}
	srv := httptest.NewServer(s)
	b.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *sink) taken() int { return int(s.n.Load()) }

// ServeHTTP answers with about as many bytes as Telnyx.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) //nolint:errcheck // a client that goes away sees no answer
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"data":{"record_type":"message","direction":"outbound","id":"40385f64-5717-4562-b3fc-%012x","type":"SMS","messaging_profile_id":"4000eba1-a0c0-4563-9925-b25e842a7cb6","organization_id":"47a530f8-4362-4526-829b-bcee17fd9f7a","from":{"phone_number":"","carrier":"TELNYX LLC","line_type":"VoIP"},"to":[{"phone_number":"","status":"queued","carrier":"","line_type":"Wireless"}],"text":"","media":[],"webhook_url":"","use_profile_webhooks":true,"encoding":"GSM-7","parts":1,"tags":[],"cost":null,"received_at":"2026-03-02T18:00:00.000Z","sent_at":null,"completed_at":null,"valid_until":"2026-03-02T19:00:00.000Z","errors":[]}}`, s.n.Add(1))
}

// floorHTTP is how many texts a second a bare client submits to such a sink, 64
// at once and over the connections that the product uses.
func floorHTTP(b *testing.B) float64 {
	s := newSink(b)
	client := &http.Client{Transport: telnyx.NewTransport()}
	defer client.CloseIdleConnections()
	body := []byte(`{"from":"+15125550100","to":"+15125550123","text":"Luna's Cantina: Taco Tuesday, two for one until 9 pm. Reply STOP to opt out.","webhook_url":"","use_profile_webhooks":true}`)
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range 64 {
		wg.Go(func() {
			for next.Add(1) <= planned {
				res, err := client.Post(s.url+"/v2/messages", "application/json", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body) //nolint:errcheck // it came from this process
				res.Body.Close()              //nolint:errcheck // likewise
			}
		})
	}
	wg.Wait()
	return planned / time.Since(start).Seconds()
}

// floorSQL is how many texts a second the database alone takes: the rows of the
// messages are inserted and changed twice by their keys, 500 at a time, on as many
// connections as there are senders, into a table with the outbox's columns and its
// primary key.
func floorSQL(b *testing.B, url string) float64 {
	const batch = 500
	ctx := b.Context()
	run := func(c *pgx.Conn, query string, args ...any) {
		if _, err := c.Exec(ctx, query, args...); err != nil {
			b.Error(err)
		}
	}
	conns := make([]*pgx.Conn, senders)
	for i := range conns {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing to save
		conns[i] = c
	}
	run(conns[0], `CREATE TABLE floor_messages (LIKE messages INCLUDING DEFAULTS, PRIMARY KEY (business_id, id)) WITH (fillfactor = 70)`)
	run(conns[0], `CREATE TABLE floor_from AS SELECT *, row_number() OVER (ORDER BY id) AS i FROM messages`)
	run(conns[0], `CREATE UNIQUE INDEX ON floor_from (i)`)
	run(conns[0], `ANALYZE floor_from`)
	columns := `business_id, id, campaign_id, to_number, from_number, class, priority, state, segments, attempt, plan_key, due, not_after, answers,
		lease, reason_at, planned, decided, submitted, settled, carrier_id, code, reason, media, body, lane, arm, looked`
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for _, c := range conns {
		wg.Go(func() {
			run(c, `SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off`)
			for {
				from := next.Add(batch) - batch
				if from >= planned {
					return
				}
				run(c, `INSERT INTO floor_messages (`+columns+`) SELECT `+columns+` FROM floor_from WHERE i > $1 AND i <= $1 + $2`, from, batch)
				run(c, `UPDATE floor_messages m SET state = 2, attempt = 1, lease = now(), decided = now() FROM floor_from f
					WHERE f.i > $1 AND f.i <= $1 + $2 AND m.business_id = f.business_id AND m.id = f.id`, from, batch)
				run(c, `UPDATE floor_messages m SET state = 3, carrier_id = f.carrier_id, lease = NULL, submitted = now() FROM floor_from f
					WHERE f.i > $1 AND f.i <= $1 + $2 AND m.business_id = f.business_id AND m.id = f.id`, from, batch)
			}
		})
	}
	wg.Wait()
	return planned / time.Since(start).Seconds()
}
