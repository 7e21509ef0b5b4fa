//go:build !embedded

// Package tsa has checkpoints timestamped by a time-stamping authority (RFC
// 3161). Its token, which is kept, says in the authority's name that the head
// existed at that time.
package tsa

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
)

// Authority is the anchor. It is safe for concurrent use.
type Authority struct {
	url    string
	client *http.Client
}

var _ seal.Anchor = (*Authority)(nil)

// Open does not call the authority. It fails only in a program that is built for
// embedded parts, in which there is no such anchor.
func Open(url string) (*Authority, error) {
	return &Authority{url: url, client: &http.Client{Timeout: 30 * time.Second}}, nil
}

// Name is the anchor's name.
func (a *Authority) Name() string { return "timestamp" }

// maxAnswer is more than a token with its certificates is long.
const maxAnswer = 1 << 16

// Keep returns the token (DER, a CMS signed object) over the SHA-256 of the
// signed head, the authority's certificate in it. It was checked that the token
// is about this head, answers this request and is signed by that certificate;
// whether to trust the certificate is for whoever reads the token.
func (a *Authority) Keep(ctx context.Context, c evidence.Checkpoint) ([]byte, error) {
	const op = "tsa.Keep"
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, core.Wrap(op, core.Internal, "", err)
	}
	query, err := timestamp.CreateRequest(bytes.NewReader(c.Note), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	if err != nil {
		return nil, core.Wrap(op, core.Internal, "", err)
	}
	answer, err := a.ask(ctx, op, query)
	if err != nil {
		return nil, err
	}
	t, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, core.Wrap(op, core.Unavailable, "the time-stamping authority gives no token that is signed", err)
	}
	sum := sha256.Sum256(c.Note)
	if !bytes.Equal(t.HashedMessage, sum[:]) || t.HashAlgorithm != crypto.SHA256 || t.Nonce == nil || t.Nonce.Cmp(nonce) != 0 {
		return nil, core.E(op, core.Denied, "the time-stamping authority's token is about something else than was asked; do not rely on this authority")
	}
	return t.RawToken, nil
}

func (a *Authority) ask(ctx context.Context, op string, query []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(query))
	if err != nil {
		return nil, core.Wrap(op, core.Invalid, "the time-stamping authority's address cannot be asked", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := a.client.Do(r)
	if err != nil {
		return nil, core.Wrap(op, core.Unavailable, "the time-stamping authority does not answer", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, core.E(op, core.Unavailable, fmt.Sprintf("the time-stamping authority answers with status %d", resp.StatusCode))
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, core.Wrap(op, core.Unavailable, "the time-stamping authority's answer broke off", err)
	}
	return answer, nil
}
