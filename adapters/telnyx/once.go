package telnyx

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/jobfluss/nexo/core"
)

// A once is a request body that is given away once, or never. It is how the
// client knows whether a failed request may have been taken: a carrier that has
// not got the body has not got the text.
//
// The transport writes from a goroutine of its own, which may still be at it
// when the call has failed. So the answer is not looked up but decided, in one
// atomic step: either the transport takes the body first, or the caller
// withdraws it and the transport never gets it.
type once struct {
	state atomic.Uint32 // kept, given or withdrawn
	rest  []byte        // owned by the transport once it is given
}

const (
	kept uint32 = iota
	given
	withdrawn
)

var errWithdrawn = errors.New("the request was withdrawn")

func newOnce(b []byte) *once { return &once{rest: b} }

func (o *once) Read(p []byte) (int, error) {
	if !o.state.CompareAndSwap(kept, given) && o.state.Load() != given {
		return 0, errWithdrawn
	}
	if len(o.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

func (o *once) Close() error { return nil }

// withdraw reports whether the body was, and will be, given to nobody.
func (o *once) withdraw() bool { return o.state.CompareAndSwap(kept, withdrawn) }

// failure says what a request without an answer means.
func (o *once) failure(op string, err error) error {
	switch {
	case o.withdraw():
		return core.Wrap(op, core.Unavailable, "the carrier could not be reached; nothing was sent", err)
	case errors.Is(err, context.DeadlineExceeded):
		return core.Wrap(op, core.Ambiguous, "the carrier did not answer in time; the text may have gone out", err)
	}
	return core.Wrap(op, core.Ambiguous, "the connection broke before the carrier answered; the text may have gone out", err)
}
