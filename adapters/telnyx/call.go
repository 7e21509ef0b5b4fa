package telnyx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// at makes the address of a resource, from the root of the API. Parts are
// escaped.
func (c *Client) at(parts ...string) *url.URL {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return c.send.JoinPath(append([]string{".."}, parts...)...)
}

// with adds a query.
func with(u *url.URL, q url.Values) *url.URL {
	v := *u
	v.RawQuery = q.Encode()
	return &v
}

// call makes one request other than a text, and decodes the answer into out
// where there is one to decode. A GET only asks, so it is never Ambiguous; what
// else may be harmless to repeat is for the caller to know.
func (c *Client) call(ctx context.Context, op, method string, u *url.URL, in, out any) error {
	var body *once
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return core.Wrap(op, core.Internal, "", err)
		}
		body = newOnce(b)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: c.header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if body != nil {
		req.Body, req.ContentLength = body, int64(len(body.rest))
	}
	res, err := c.via.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return unanswered(op, method, body, err)
	}
	var buf bytes.Buffer
	err = read(&buf, res)
	if res.StatusCode/100 != 2 {
		return turnedDown(op, method, res, buf.Bytes())
	}
	if err == nil && out != nil {
		err = json.Unmarshal(buf.Bytes(), out)
	}
	if err != nil {
		return core.E(op, orAmbiguous(method), "the carrier's answer cannot be read")
	}
	return nil
}

func unanswered(op, method string, body *once, err error) error {
	if body == nil || body.withdraw() {
		return core.Wrap(op, core.Unavailable, "the carrier could not be reached", err)
	}
	return core.Wrap(op, orAmbiguous(method), "the carrier did not answer; it may have done what it was asked", err)
}

// orAmbiguous is the kind of a request of which nothing is known.
func orAmbiguous(method string) core.Kind {
	if method == http.MethodGet {
		return core.Unavailable
	}
	return core.Ambiguous
}

// turnedDown makes an error of an answer that is not 2xx. The carrier's words go
// into it, since they say what to mend, but no number that they quote.
func turnedDown(op, method string, res *http.Response, answer []byte) error {
	code := firstCode(answer)
	e := &core.Error{Op: op, Code: code}
	if code == "" {
		e.Code = fmt.Sprint("HTTP ", res.StatusCode)
	}
	m, known := refusals[code]
	switch status := res.StatusCode; {
	case known && m.kind == core.Unavailable || status == http.StatusTooManyRequests:
		e.Kind, e.Msg, e.RetryAfter = core.Unavailable, "the carrier asks us to slow down", retryAfter(res.Header)
		e.Err = message.ErrSlowDown
	case status == http.StatusNotFound || code == "10005" || code == "10006":
		e.Kind, e.Msg = core.NotFound, "the carrier has no such thing"
	case known && m.kind == core.Denied:
		e.Kind, e.Msg = core.Denied, m.msg
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusPaymentRequired:
		e.Kind, e.Msg = core.Denied, byStatus(status).msg
	case status == http.StatusRequestTimeout, status/100 == 5, known && m.kind == core.Ambiguous:
		e.Kind, e.Msg = orAmbiguous(method), "the carrier failed"
	default:
		e.Kind, e.Msg = core.Invalid, "the carrier refused it"
		if said := saidBy(answer); said != "" {
			e.Msg += ": " + said
		}
	}
	return e
}

// saidBy returns the carrier's words about a refusal. Some of its services have
// envelopes of their own.
func saidBy(answer []byte) string {
	var a struct {
		Errors []struct {
			Title  loose `json:"title"`
			Detail loose `json:"detail"`
		} `json:"errors"`
		Detail  loose `json:"detail"`
		Message loose `json:"message"`
	}
	if json.Unmarshal(answer, &a) != nil {
		return ""
	}
	for _, e := range a.Errors {
		if s := firstText(e.Detail, e.Title); s != "" {
			return words(s)
		}
	}
	return words(firstText(a.Detail, a.Message))
}

// numbers are what a phone number may look like in somebody's words, and more.
var numbers = regexp.MustCompile(`\+?\d[\d\-.() ]{5,}\d`)

// maxWords bounds what is kept of the carrier's words, in bytes.
const maxWords = 500

// words makes the carrier's words fit to be shown and logged.
func words(s string) string {
	s = numbers.ReplaceAllString(clean(s), "[number]")
	return clip(strings.Join(strings.Fields(s), " "), maxWords)
}

// found turns a NotFound into an answer.
func found(err error) (bool, error) {
	if errors.Is(err, core.NotFound) {
		return false, nil
	}
	return err == nil, err
}
