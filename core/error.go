package core

import (
	"errors"
	"time"
)

// A Kind is the class of an error. Programs act on kinds, people read messages.
type Kind uint8

// The kinds. A new kind needs a place in every switch: there should be no need
// for one.
const (
	Internal    Kind = iota // a bug or an outage; its text is never shown
	Invalid                 // the caller must change the request
	NotFound                // no such thing, or none the caller may see
	Conflict                // true once, but not any more; or already there
	Denied                  // the caller may not
	Unavailable             // it surely did not happen; safe to try again
	Ambiguous               // it may have happened; do not simply repeat it
)

var kindNames = [...]string{"internal", "invalid", "not found", "conflict", "denied", "unavailable", "ambiguous"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Error makes a Kind usable as a target: errors.Is(err, core.NotFound).
func (k Kind) Error() string { return k.String() }

// An Error is what every function of this module returns when it fails.
type Error struct {
	Kind Kind
	Op   string // the call that failed, as in telnyx.Submit
	Msg  string // fit for whoever asked: what is wrong and what to do; never a phone number
	Code string // a vendor's code, where there is one
	// RetryAfter is how long the other side asked us to wait; 0 if it did not say.
	RetryAfter time.Duration
	Err        error // the cause, for the log only
}

// E returns an Error without a cause.
func E(op string, k Kind, msg string) *Error { return &Error{Kind: k, Op: op, Msg: msg} }

// Wrap returns an Error caused by err. An empty msg keeps the message of err if
// it is an [Error] of the same kind.
func Wrap(op string, k Kind, msg string, err error) *Error {
	return &Error{Kind: k, Op: op, Msg: msg, Err: err}
}

func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.String()
	if e.Msg != "" {
		s = e.Op + ": " + e.Msg
	}
	if e.Code != "" {
		s += " (code " + e.Code + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// KindOf returns the kind of the outermost [Error] in err's chain, and
// [Internal] where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}

// MessageOf returns what may be shown to whoever asked: the message of the
// outermost [Error] that has one, or "" for an internal error, whose text is
// only for the log. It looks no further than an error of another kind, since
// that speaks to somebody else.
func MessageOf(err error) string {
	k := KindOf(err)
	if k == Internal {
		return ""
	}
	for err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Kind != k {
			return ""
		}
		if e.Msg != "" {
			return e.Msg
		}
		err = e.Err
	}
	return ""
}
