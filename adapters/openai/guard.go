package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

// maxRequest and maxResponse bound what goes over the line, in bytes.
const (
	maxRequest  = 64 << 10
	maxResponse = 1 << 20
)

// A guard is the last filter: it reads what leaves, whoever made it.
type guard struct{ client http.Client }

// Do sends a request whose every string is [draft.Clean]; otherwise it fails with
// Invalid and sends nothing.
func (g *guard) Do(req *http.Request) (*http.Response, error) {
	const op = "openai.guard"
	if req.Body != nil {
		body, err := io.ReadAll(io.LimitReader(req.Body, maxRequest+1))
		_ = req.Body.Close() // it was read from memory
		if err != nil || len(body) > maxRequest {
			return nil, core.Wrap(op, core.Invalid, "This is too long for the AI. Shorten it.", err)
		}
		if err := clean(body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = nil
	}
	resp, err := g.client.Do(req)
	if err == nil {
		resp.Body = limited{io.LimitReader(resp.Body, maxResponse), resp.Body}
	}
	return resp, err
}

type limited struct {
	io.Reader
	io.Closer
}

// clean reads every name, string and number of a JSON document.
func clean(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return core.Wrap("openai.guard", core.Invalid, "This cannot be given to the AI.", err)
		}
		var s string
		switch t := t.(type) {
		case string:
			s = t
		case json.Number:
			s = t.String()
		default:
			continue
		}
		if err := draft.Clean(s); err != nil {
			return err
		}
	}
}
