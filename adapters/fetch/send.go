package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/deliver"
)

var _ deliver.Sender = (*Client)(nil)

// mostAnswer is how much of an answer is read, so that the connection can be used
// again. Nothing of it is kept.
const mostAnswer = 16 << 10

// Send posts an event, signed as Standard Webhooks says. A redirect is an answer
// like any other: who moves an endpoint says so in the settings.
func (c *Client) Send(ctx context.Context, p deliver.Post) (int, error) {
	const op = "fetch.Send"
	u, err := url.Parse(p.URL)
	if err != nil || !c.allowed(u) {
		return 0, core.E(op, core.Invalid, "the address is not one of a public host over HTTPS")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(p.Body))
	if err != nil {
		return 0, core.E(op, core.Invalid, "the address cannot be asked")
	}
	signature, err := sign(p)
	if err != nil {
		return 0, core.Wrap(op, core.Internal, "", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "NexoAlerts-Webhooks/1")
	r.Header.Set(standardwebhooks.HeaderWebhookID, p.ID)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(p.At.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	once := *c.http
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Do(r)
	switch {
	case errors.Is(err, errForbidden):
		return 0, core.E(op, core.Invalid, "the name leads to a host that is not public")
	case errors.Is(err, context.DeadlineExceeded):
		return 0, core.E(op, core.Unavailable, "the other side did not answer in time")
	case err != nil: // the cause quotes the address
		return 0, core.E(op, core.Unavailable, "the other side could not be reached, or its certificate is not good")
	}
	defer resp.Body.Close() //nolint:errcheck // nothing of it is used
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, mostAnswer))
	return resp.StatusCode, nil
}

// sign makes a signature for each secret, with spaces between.
func sign(p deliver.Post) (string, error) {
	var all []string
	for _, secret := range p.Secrets {
		wh, err := standardwebhooks.NewWebhookRaw(secret)
		if err != nil {
			return "", err
		}
		s, err := wh.Sign(p.ID, p.At, p.Body)
		if err != nil {
			return "", err
		}
		all = append(all, s)
	}
	return strings.Join(all, " "), nil
}
