// Package s3 keeps checkpoints as objects in a bucket of Amazon S3, or of another
// service that speaks its protocol. Give the bucket a retention lock (object
// lock, compliance mode), and nobody can delete them.
//
// It signs and sends two kinds of request by itself: the vendor's SDK would be
// the largest thing in the program.
package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
)

// Config says where the bucket is.
type Config struct {
	// URL is the bucket's address, with a folder where one is wanted, such as
	// https://my-bucket.s3.us-east-1.amazonaws.com/nexo.
	URL    string
	Region string // such as us-east-1
	// KeyID and Secret must be allowed s3:PutObject and s3:GetObject, no more.
	KeyID, Secret string
}

// Checkpoints is the anchor. It is safe for concurrent use.
type Checkpoints struct {
	cfg    Config
	base   *url.URL
	client *http.Client
	now    func() time.Time
}

var _ seal.Anchor = (*Checkpoints)(nil)

// Open does not call the service. The clock must be true to within fifteen
// minutes, or the service refuses what is signed.
func Open(cfg Config) (*Checkpoints, error) {
	u, err := url.Parse(strings.TrimSuffix(cfg.URL, "/"))
	if err != nil || u.Host == "" || cfg.Region == "" || cfg.KeyID == "" || cfg.Secret == "" {
		return nil, core.E("s3.Open", core.Invalid, "the bucket needs an address, a region, a key's id and its secret")
	}
	return &Checkpoints{cfg: cfg, base: u, client: &http.Client{Timeout: 30 * time.Second}, now: time.Now}, nil
}

// Name is the anchor's name.
func (c *Checkpoints) Name() string { return "s3" }

// Keep puts the signed head into an object of its own, named by its size, unless
// there is one already; then it compares.
func (c *Checkpoints) Keep(ctx context.Context, cp evidence.Checkpoint) ([]byte, error) {
	const op = "s3.Keep"
	u := *c.base
	u.Path += fmt.Sprintf("/checkpoint-%020d.txt", cp.Size)
	status, _, err := c.do(ctx, op, http.MethodPut, &u, cp.Note)
	if err != nil || status != http.StatusPreconditionFailed {
		return nil, err
	}
	_, was, err := c.do(ctx, op, http.MethodGet, &u, nil)
	if err == nil && !bytes.Equal(was, cp.Note) {
		err = core.E(op, core.Conflict, fmt.Sprintf("the bucket has another checkpoint of size %d: one of the two histories is false; keep both, and find out which", cp.Size))
	}
	return nil, err
}

// maxAnswer is more than any checkpoint or error of the service is long.
const maxAnswer = 1 << 16

// do returns the answer to a request that succeeded, or whose object was there.
func (c *Checkpoints) do(ctx context.Context, op, method string, u *url.URL, body []byte) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, core.Wrap(op, core.Invalid, "the bucket's address cannot be asked", err)
	}
	if method == http.MethodPut {
		r.Header.Set("Content-Type", "text/plain; charset=utf-8")
		r.Header.Set("If-None-Match", "*") // never over one that is there
	}
	sign(r, body, c.cfg, c.now())
	resp, err := c.client.Do(r)
	if err != nil {
		return 0, nil, core.Wrap(op, core.Unavailable, "the bucket does not answer", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return 0, nil, core.Wrap(op, core.Unavailable, "the bucket's answer broke off", err)
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusPreconditionFailed && method == http.MethodPut:
		return resp.StatusCode, answer, nil
	case resp.StatusCode == http.StatusForbidden, resp.StatusCode == http.StatusNotFound:
		e := core.E(op, core.Denied, "the bucket refuses: look at its address, the region, the key and what the key may do")
		e.Code = code(answer)
		return 0, nil, e
	}
	e := core.E(op, core.Unavailable, fmt.Sprintf("the bucket answers with status %d", resp.StatusCode))
	e.Code = code(answer)
	return 0, nil, e
}

// code is the service's own word for what is wrong.
func code(answer []byte) string {
	_, rest, _ := strings.Cut(string(answer), "<Code>")
	word, _, ok := strings.Cut(rest, "</Code>")
	if !ok || len(word) > 60 {
		return ""
	}
	return word
}
