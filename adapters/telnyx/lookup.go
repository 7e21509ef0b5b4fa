package telnyx

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// Lookup asks the carrier what became of a text that it gave the id. The
// carrier remembers a text for ten days; found is false where it knows none of
// the id. Asking is harmless, so errors are Unavailable where it may be asked
// again, and else Denied.
func (c *Client) Lookup(ctx context.Context, carrierID string) (message.Receipt, bool, error) {
	const op = "telnyx.Lookup"
	if carrierID == "" || len(carrierID) > maxID {
		return message.Receipt{}, false, core.E(op, core.Invalid, "this is no id of the carrier's")
	}
	answer, found, err := c.get(ctx, op, c.send.JoinPath(url.PathEscape(carrierID)))
	if err != nil || !found {
		return message.Receipt{}, false, err
	}
	var a struct {
		Data payload `json:"data"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || string(a.Data.ID) != carrierID {
		return message.Receipt{}, false, core.E(op, core.Unavailable, "the carrier's answer cannot be read")
	}
	p := &a.Data
	state, ok := p.state()
	if !ok {
		// It is there, in a status that is new to us: taken, and no more is known.
		state = message.Sent
	}
	return message.Receipt{
		Token: tokenOf(string(p.WebhookURL)), CarrierID: carrierID, State: state, Code: p.code(), OptedOut: p.optedOut(state),
		At: firstTime(time.Time{}, p.CompletedAt, p.SentAt, p.ReceivedAt),
	}, true, nil
}

// Find looks for a text whose reply was lost, by its token, in the carrier's
// log of the webhooks that it sent. found is false where no receipt of it was
// sent yet, which does not mean that the text was not taken.
func (c *Client) Find(ctx context.Context, token message.Token) (message.Receipt, bool, error) {
	const op = "telnyx.Find"
	if _, _, err := token.Parse(); err != nil {
		return message.Receipt{}, false, err
	}
	u := *c.send.JoinPath("..", "webhook_deliveries")
	u.RawQuery = url.Values{"filter[webhook][contains]": {string(token)}, "page[size]": {"50"}}.Encode()
	answer, found, err := c.get(ctx, op, &u)
	if err != nil || !found {
		return message.Receipt{}, false, err
	}
	var a struct {
		Data []struct {
			Webhook json.RawMessage `json:"webhook"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return message.Receipt{}, false, core.E(op, core.Unavailable, "the carrier's answer cannot be read")
	}
	var best message.Receipt
	for _, d := range a.Data {
		e := Parse(append(append([]byte(`{"data":`), d.Webhook...), '}'), "", time.Time{})
		if e.Receipt != nil && e.Receipt.Token == token && (best.State == message.NoState || best.State.May(e.Receipt.State)) {
			best = *e.Receipt
		}
	}
	return best, best.State != message.NoState, nil
}

func (c *Client) get(ctx context.Context, op string, u *url.URL) (answer []byte, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req := (&http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: c.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	res, err := c.via.RoundTrip(req)
	if err != nil {
		return nil, false, core.Wrap(op, core.Unavailable, "the carrier could not be reached", err)
	}
	var buf bytes.Buffer
	if err := read(&buf, res); err != nil {
		return nil, false, core.Wrap(op, core.Unavailable, "the carrier's answer broke off", err)
	}
	if res.StatusCode/100 == 2 {
		return buf.Bytes(), true, nil
	}
	return nil, false, asked(op, res, buf.Bytes())
}

// asked is refusal for a question: nothing about it can be ambiguous, and no
// such message is an answer, not an error.
func asked(op string, res *http.Response, answer []byte) error {
	e := refusal(op, res, answer).(*core.Error)
	switch {
	case e.Code == "40303" || e.Code == "10005" || e.Code == "10006":
		return nil
	case e.Kind == core.Denied && res.StatusCode == http.StatusNotFound && len(firstCode(answer)) > 0:
		return nil
	case e.Kind == core.Ambiguous:
		e.Kind, e.Msg = core.Unavailable, "the carrier failed"
	case e.Kind == core.Invalid:
		e.Kind = core.Denied
	}
	return e
}
