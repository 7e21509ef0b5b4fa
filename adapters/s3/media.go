package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// Media keeps what guests send as objects in a bucket. Its key must be allowed
// s3:PutObject, s3:GetObject and s3:DeleteObject, and the bucket must have no
// retention lock: what a guest wants deleted must go.
type Media struct{ c *Checkpoints }

var _ media.Store = (*Media)(nil)

// OpenMedia does not call the service.
func OpenMedia(cfg Config) (*Media, error) {
	c, err := Open(cfg)
	if err != nil {
		return nil, err
	}
	return &Media{c: c}, nil
}

// Put keeps an object.
func (m *Media) Put(ctx context.Context, key string, b []byte) error {
	const op = "s3.Put"
	if !media.ValidKey(key) {
		return core.E(op, core.Invalid, "this is no key of a file")
	}
	_, err := m.do(ctx, op, http.MethodPut, key, b)
	return err
}

// Get returns an object.
func (m *Media) Get(ctx context.Context, key string) ([]byte, error) {
	const op = "s3.Get"
	if !media.ValidKey(key) {
		return nil, core.E(op, core.NotFound, "there is no such file")
	}
	return m.do(ctx, op, http.MethodGet, key, nil)
}

// Delete removes an object.
func (m *Media) Delete(ctx context.Context, key string) error {
	if !media.ValidKey(key) {
		return nil
	}
	_, err := m.do(ctx, "s3.Delete", http.MethodDelete, key, nil)
	return err
}

func (m *Media) do(ctx context.Context, op, method, key string, body []byte) ([]byte, error) {
	u := *m.c.base
	u.Path += "/" + key
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, core.Wrap(op, core.Invalid, "the bucket's address cannot be asked", err)
	}
	if method == http.MethodPut {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	sign(r, body, m.c.cfg, m.c.now())
	resp, err := m.c.client.Do(r)
	if err != nil {
		return nil, core.Wrap(op, core.Unavailable, "the bucket does not answer", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, media.MaxSize+1))
	switch {
	case err != nil:
		return nil, core.Wrap(op, core.Unavailable, "the bucket's answer broke off", err)
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusNoContent:
		return answer, nil
	case resp.StatusCode == http.StatusNotFound && method == http.MethodGet && code(answer) == "NoSuchKey":
		return nil, core.E(op, core.NotFound, "there is no such file")
	}
	e := core.E(op, core.Unavailable, fmt.Sprintf("the bucket answers with status %d", resp.StatusCode))
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound {
		e = core.E(op, core.Denied, "the bucket refuses: look at its address, the region, the key and what the key may do")
	}
	e.Code = code(answer)
	return nil, e
}
