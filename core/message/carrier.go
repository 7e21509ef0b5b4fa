package message

import (
	"context"
	"errors"
)

// ErrOptedOut is in the chain of an error of [Carrier.Submit] when the carrier
// refused because the person has opted out with it. The caller suppresses the
// number.
var ErrOptedOut = errors.New("the carrier has the number on its opt-out list")

// ErrSlowDown is in the chain of an error of kind Unavailable when the carrier
// gets more than it takes from this sender. The caller sends more slowly.
var ErrSlowDown = errors.New("the carrier asks us to slow down")

// ErrDailyCap is in the chain of an error of kind Unavailable when T-Mobile takes
// no more from this brand to its own customers today. Others are not concerned.
var ErrDailyCap = errors.New("the day's allowance of the guest's carrier is used up")

// A Ticket is the carrier's word that it has taken a message.
type Ticket struct {
	CarrierID string
	Segments  int
}

// A Carrier takes texts for delivery. Implementations are safe for concurrent
// use.
type Carrier interface {
	// Submit hands m over, once: it does not retry. It stops when ctx ends.
	//
	// Errors are [core.Error] with Code as the carrier gave it. Their kinds say
	// what may be done: Unavailable, the text was surely not taken, later may be
	// better (RetryAfter says when, if known); Invalid, this text will never be
	// taken; Denied, the account or sender may not send, nothing should be sent
	// until a person has looked; Ambiguous, it may have gone out: never repeat
	// it. An end of ctx after the request was written is Ambiguous too.
	Submit(ctx context.Context, m Message) (Ticket, error)
}
