// Package client speaks with the REST API of NexoAlerts. It imports nothing but
// the standard library. docs/openapi.json describes every field.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Client makes requests with one token. It is safe for concurrent use.
type Client struct {
	base, token string
	// HTTP makes the requests; nil means a client that gives up after 30 seconds.
	HTTP *http.Client
}

// New returns a client of the site at base, such as https://alerts.example.com.
func New(base, token string) *Client {
	return &Client{base: strings.TrimSuffix(base, "/") + "/api/v1", token: token}
}

// A Problem is an answer that is no success. It never repeats what was sent.
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"` // invalid, unauthenticated, denied, not_found, conflict, too_large, rate_limited, unavailable, internal
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
	// RetryAfter is how long to wait before the next try; 0 where it was not said.
	RetryAfter time.Duration `json:"-"`
}

func (p *Problem) Error() string {
	s := fmt.Sprintf("nexo: %d %s: %s", p.Status, p.Code, p.Detail)
	for _, e := range p.Errors {
		s += "; " + e.Location + ": " + e.Message
	}
	return s
}

// A Subscriber is a guest who joined, or who was asked about.
type Subscriber struct {
	ID     string    `json:"id"`
	Number string    `json:"number"` // "" without the scope numbers:read
	Last4  string    `json:"last4"`
	State  string    `json:"state"` // only "active" is consent
	Since  time.Time `json:"since"`
	Joined time.Time `json:"joined"`
	Barred []struct {
		Reason string    `json:"reason"`
		Since  time.Time `json:"since"`
	} `json:"barred"`
}

// A Campaign is one text to many guests.
type Campaign struct {
	ID       string    `json:"id,omitempty"`
	Name     string    `json:"name"`
	Body     string    `json:"body"`
	Status   string    `json:"status,omitempty"`
	SendAt   time.Time `json:"send_at,omitzero"`
	NotAfter time.Time `json:"not_after,omitzero"`
	Planned  int       `json:"planned,omitempty"`
	Revision int64     `json:"revision,omitempty"`
}

// A Message is one text to one guest.
type Message struct {
	ID         string `json:"id"`
	Campaign   string `json:"campaign"`
	Subscriber string `json:"subscriber"`
	Body       string `json:"body"`
	State      string `json:"state"`
	Reason     string `json:"reason"`
}

// A Decision is what the engine said of a text.
type Decision struct {
	At      time.Time `json:"at"`
	Verdict string    `json:"verdict"` // send, wait or block
	Edition string    `json:"edition"`
	Summary string    `json:"summary"`
	Rules   []struct {
		Rule, Verdict, Code, Why, Cite string
	} `json:"rules"`
}

// Subscribers returns a page of subscribers, and where the next one begins: "" at
// the end. cursor is "" for the first.
func (c *Client) Subscribers(ctx context.Context, cursor string) (page []Subscriber, next string, err error) {
	var out struct {
		Subscribers []Subscriber `json:"subscribers"`
		Next        string       `json:"next_cursor"`
	}
	err = c.do(ctx, http.MethodGet, "/subscribers?limit=200&cursor="+url.QueryEscape(cursor), nil, &out)
	return out.Subscribers, out.Next, err
}

// LookUp returns who has a number, in E.164 form. One that never joined has the
// state "never".
func (c *Client) LookUp(ctx context.Context, number string) (s Subscriber, err error) {
	err = c.do(ctx, http.MethodPost, "/subscribers/lookup", map[string]string{"number": number}, &s)
	return s, err
}

// Suppress records what a guest told you by email, phone, in_person or letter. It
// is in force when this returns.
func (c *Client) Suppress(ctx context.Context, number, means, words string) (barred bool, err error) {
	var out struct {
		Barred bool `json:"barred"`
	}
	err = c.do(ctx, http.MethodPost, "/suppressions", map[string]string{"number": number, "means": means, "words": words}, &out)
	return out.Barred, err
}

// Draft writes a campaign. Nothing is sent.
func (c *Client) Draft(ctx context.Context, d Campaign) (out Campaign, err error) {
	in := map[string]any{"name": d.Name, "body": d.Body}
	if !d.SendAt.IsZero() {
		in["send_at"] = d.SendAt
	}
	if !d.NotAfter.IsZero() {
		in["not_after"] = d.NotAfter
	}
	err = c.do(ctx, http.MethodPost, "/campaigns", in, &out)
	return out, err
}

// Campaign reads one.
func (c *Client) Campaign(ctx context.Context, id string) (out Campaign, err error) {
	err = c.do(ctx, http.MethodGet, "/campaigns/"+url.PathEscape(id), nil, &out)
	return out, err
}

// Move makes one of the moves schedule, unschedule, pause, resume and cancel.
func (c *Client) Move(ctx context.Context, id, move string) (out Campaign, err error) {
	err = c.do(ctx, http.MethodPost, "/campaigns/"+url.PathEscape(id)+"/"+url.PathEscape(move), struct{}{}, &out)
	return out, err
}

// Messages returns a page of a campaign's texts, and where the next one begins.
func (c *Client) Messages(ctx context.Context, campaign, cursor string) (page []Message, next string, err error) {
	var out struct {
		Messages []Message `json:"messages"`
		Next     string    `json:"next_cursor"`
	}
	err = c.do(ctx, http.MethodGet, "/campaigns/"+url.PathEscape(campaign)+"/messages?limit=200&cursor="+url.QueryEscape(cursor), nil, &out)
	return out.Messages, out.Next, err
}

// Decisions returns every decision about a text, oldest first.
func (c *Client) Decisions(ctx context.Context, message string) ([]Decision, error) {
	var out struct {
		Decisions []Decision `json:"decisions"`
	}
	err := c.do(ctx, http.MethodGet, "/messages/"+url.PathEscape(message)+"/decisions", nil, &out)
	return out.Decisions, err
}

// Check asks the engine one of the questions of docs/check.md about facts of your
// own, and reads the answer into out.
func (c *Client) Check(ctx context.Context, question string, facts, out any) error {
	return c.do(ctx, http.MethodPost, "/check/"+url.PathEscape(question), facts, out)
}

// mostAnswer bounds what is read of an answer.
const mostAnswer = 16 << 20

// tries of one request. A request that changes something has one key for all of
// them, so that it is carried out once.
const tries = 3

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	key := rand.Text()
	for try := 1; ; try++ {
		err := c.once(ctx, method, path, key, body, out)
		wait, again := retry(err, try)
		if !again {
			return err
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return err
		case <-t.C:
		}
	}
}

// retry says whether a request may be made again: one that was refused for its
// rate, or that surely had no effect, or that has a key.
func retry(err error, try int) (time.Duration, bool) {
	p, ok := err.(*Problem)
	if err == nil || try == tries || ok && p.Status != http.StatusTooManyRequests && p.Status != http.StatusServiceUnavailable {
		return 0, false
	}
	if ok && p.RetryAfter > 0 {
		return p.RetryAfter, true
	}
	return time.Duration(try) * 500 * time.Millisecond, true
}

func (c *Client) once(ctx context.Context, method, path, key string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	hc := c.HTTP
	if hc == nil {
		hc = &http.Client{Timeout: 30 * time.Second}
	}
	resp, err := hc.Do(req)
	if err != nil {
		return fmt.Errorf("nexo: %s: no answer", method) // the cause quotes the address
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("nexo: %s: the answer broke off", method)
	}
	if resp.StatusCode/100 != 2 {
		p := &Problem{Status: resp.StatusCode, Detail: http.StatusText(resp.StatusCode)}
		_ = json.Unmarshal(b, p) // a proxy's answer is no problem of ours
		if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			p.RetryAfter = time.Duration(n) * time.Second
		}
		return p
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}
