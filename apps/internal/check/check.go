package check

import (
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/law"
)

// Version is the version of the contract. Within one, fields are only added to
// what comes out, and only optional ones to what goes in.
const Version = 1

// Options are what lines may leave out. Each check uses those that it has a
// field for.
type Options struct {
	Profile string    // federal, default or strict; "" is default for hours, and none for send
	At      time.Time // the instant that is judged; the zero Time leaves it to the lines
}

// A Checker answers the questions of one check. It is not safe for concurrent
// use.
type Checker struct {
	spec    *spec
	options options
	values  values
	scratch scratch
}

// options are Options that were understood.
type options struct {
	profile law.Profile
	at      time.Time
}

// A spec is one check: what goes in, what comes out, and how. answer appends the
// answer to dst; an error is the caller's mistake, in words for them.
type spec struct {
	name, about string
	in, out     []field
	answer      func(c *Checker, dst []byte, v *values) ([]byte, error)
}

// specs are all checks, in the order of the documentation.
var specs = []*spec{&textSpec, &replySpec, &numberSpec, &hoursSpec, &copySpec, &sendSpec, &webhookSpec}

// Names returns the names of all checks.
func Names() []string {
	var ns []string
	for _, s := range specs {
		ns = append(ns, s.name)
	}
	return ns
}

// New returns the checker of a name. Errors have kind [core.Invalid].
func New(name string, o Options) (*Checker, error) {
	const op = "check.New"
	c := &Checker{options: options{at: o.At}}
	for _, s := range specs {
		if s.name == name {
			c.spec = s
		}
	}
	if c.spec == nil {
		return nil, core.E(op, core.Invalid, "there is no such check; there are "+strings.Join(Names(), ", "))
	}
	if o.Profile != "" {
		p, ok := law.ParseProfile(o.Profile)
		if !ok {
			return nil, core.E(op, core.Invalid, "there is no such profile; there are "+strings.Join(profileNames, ", "))
		}
		c.options.profile = p
	}
	return c, nil
}

// Answer appends the answer to one line, without a newline: an object of the
// check's own, or {"error": …}. The line is not kept.
func (c *Checker) Answer(dst, line []byte) []byte {
	err := c.values.read(line, c.spec.in)
	start := len(dst)
	if err == nil {
		dst, err = c.spec.answer(c, dst, &c.values)
	}
	if err != nil {
		return appendError(dst[:start], err)
	}
	return dst
}

// appendError writes words for people. What our own errors say of the call that
// failed is nothing to them.
func appendError(dst []byte, err error) []byte {
	msg := core.MessageOf(err)
	if msg == "" {
		msg = err.Error()
	}
	dst = append(dst, `{"error":`...)
	dst = appendString(dst, msg)
	return append(dst, '}')
}
