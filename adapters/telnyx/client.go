package telnyx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// DefaultBaseURL is where Telnyx answers.
const DefaultBaseURL = "https://api.telnyx.com/v2"

const (
	defaultTimeout = 15 * time.Second
	maxAnswer      = 64 << 10 // a message object is about 1 KiB
	maxWebhookURL  = 2000     // beyond it the carrier answers 10003
)

// A Config is what a [Client] needs.
type Config struct {
	// BaseURL is the root of the API, "" for [DefaultBaseURL]. A URL without a
	// path gets /v2.
	BaseURL string
	// APIKey is the secret key of the account.
	APIKey string
	// WebhookBase is the public root of our ingester. Receipts of a text go to
	// WebhookBase + "/telnyx/m/" + its token. Where it is empty the texts name no
	// address, and receipts go to the messaging profile's.
	WebhookBase string
	// Timeout bounds one call, from dialing to the last byte of the answer; 0
	// for 15 seconds.
	Timeout time.Duration
}

// A Client is safe for concurrent use.
type Client struct {
	send        *url.URL
	webhookBase string // with everything before the token
	header      http.Header
	timeout     time.Duration
	via         http.RoundTripper
}

var _ message.Carrier = (*Client)(nil)

// New returns a Client, which connects when it is used. via carries the
// requests; nil stands for a pool of its own. Errors have kind Invalid and name
// every wrong field at once.
func New(cfg Config, via http.RoundTripper) (*Client, error) {
	const op = "telnyx.New"
	base, err := parseBase(cfg.BaseURL)
	if cfg.APIKey == "" || strings.ContainsFunc(cfg.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = errors.Join(err, errors.New("APIKey: it is empty or holds characters that no key has"))
	}
	c := &Client{timeout: cfg.Timeout, via: via}
	if cfg.WebhookBase != "" {
		c.webhookBase = strings.TrimRight(cfg.WebhookBase, "/") + "/telnyx/m/"
		if u, e := url.Parse(cfg.WebhookBase); e != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			err = errors.Join(err, errors.New("WebhookBase: it must be an http or https URL"))
		}
		if len(c.webhookBase)+52 > maxWebhookURL {
			err = errors.Join(err, fmt.Errorf("WebhookBase: the carrier takes addresses of at most %d characters", maxWebhookURL))
		}
	}
	if err != nil {
		return nil, core.E(op, core.Invalid, err.Error())
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.via == nil {
		c.via = NewTransport()
	}
	c.send = base.JoinPath("messages")
	c.header = http.Header{
		"Authorization": {"Bearer " + cfg.APIKey},
		"Content-Type":  {"application/json"},
		"Accept":        {"application/json"},
		"User-Agent":    {"nexo"},
	}
	return c, nil
}

func parseBase(s string) (*url.URL, error) {
	if s == "" {
		s = DefaultBaseURL
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("BaseURL: it must be an http or https URL")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v2"
	}
	return u, nil
}

// NewTransport returns the connection pool that a Client uses by default. It
// keeps as many connections as there are submissions in flight, since the
// standard two idle ones would mean a handshake for nearly every text. It
// speaks HTTP/1.1 only: one connection for each request, so that one which
// stalls holds up no other.
func NewTransport() *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		MaxIdleConns:          512,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       50 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true, // answers are 1 KiB: inflating costs more than it saves
		Protocols:             &protocols,
	}
}

// Close gives up the connections that are not in use.
func (c *Client) Close() error {
	if t, ok := c.via.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
	return nil
}

// Submit implements [message.Carrier]. It sends the text as SMS, or as MMS
// where it has media.
func (c *Client) Submit(ctx context.Context, m message.Message) (message.Ticket, error) {
	const op = "telnyx.Submit"
	if m.To.IsZero() || m.From.IsZero() {
		return message.Ticket{}, core.E(op, core.Invalid, "the text lacks the number it goes to or comes from")
	}
	if m.Body == "" && len(m.Media) == 0 {
		return message.Ticket{}, core.E(op, core.Invalid, "the text is empty")
	}
	if err := ctx.Err(); err != nil {
		return message.Ticket{}, core.Wrap(op, core.Unavailable, "the call ended before it began", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	body := newOnce(c.encode(m))
	res, err := c.via.RoundTrip(c.post(ctx, body))
	if err != nil {
		return message.Ticket{}, body.failure(op, err)
	}
	buf := answers.Get().(*bytes.Buffer)
	defer recycle(buf)
	err = read(buf, res)
	if res.StatusCode/100 != 2 {
		return message.Ticket{}, refusal(op, res, buf.Bytes())
	}
	if err != nil {
		return message.Ticket{}, core.Wrap(op, core.Ambiguous, "the carrier's answer broke off; the text may have gone out", err)
	}
	return ticket(op, m, buf.Bytes())
}

// post builds the request by hand. It has no GetBody: net/http repeats a POST
// by itself only where it can get the body anew, so without one it never does.
func (c *Client) post(ctx context.Context, body *once) *http.Request {
	r := &http.Request{
		Method: http.MethodPost, URL: c.send, Host: c.send.Host, Header: c.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: body, ContentLength: int64(len(body.rest)),
	}
	return r.WithContext(ctx)
}

func ticket(op string, m message.Message, answer []byte) (message.Ticket, error) {
	var a struct {
		Data struct {
			ID    string `json:"id"`
			Parts int    `json:"parts"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Data.ID == "" || len(a.Data.ID) > maxID {
		return message.Ticket{}, core.E(op, core.Ambiguous, "the carrier's answer cannot be read; the text may have gone out")
	}
	if a.Data.Parts <= 0 {
		a.Data.Parts = m.Segments
	}
	return message.Ticket{CarrierID: a.Data.ID, Segments: a.Data.Parts}, nil
}

var answers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func recycle(b *bytes.Buffer) {
	b.Reset()
	answers.Put(b)
}

// read reads the answer to its end, so that the connection can be used again,
// and no further than an honest answer goes.
func read(buf *bytes.Buffer, res *http.Response) error {
	_, err := buf.ReadFrom(io.LimitReader(res.Body, maxAnswer))
	return errors.Join(err, res.Body.Close())
}
