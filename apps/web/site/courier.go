package site

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/signin"
)

// A courier sends letters behind the back of whoever asked for one: nobody learns
// from how long an answer takes whether there was one. Letters with a link are
// lost when the process dies, and asked for again; they are never in the
// database, where a link would be a key. What happened to somebody's account is
// there, and is told sooner or later.
type courier struct {
	post   signin.Post
	signin *signin.Service
	queue  chan func(context.Context) ([]signin.Letter, error)
	log    *slog.Logger
}

const (
	mostQueued = 256
	// tellEvery is how often the courier looks for what is to be told.
	tellEvery = 5 * time.Second
	atOnce    = 50
)

// waits are between the tries of one letter.
var waits = [...]time.Duration{0, 5 * time.Second, time.Minute}

func newCourier(life context.Context, p signin.Post, s *signin.Service, log *slog.Logger) *courier {
	c := &courier{post: p, signin: s, queue: make(chan func(context.Context) ([]signin.Letter, error), mostQueued), log: log}
	if p != nil {
		go c.carry(life)
		go c.tell(life)
	}
	return c
}

// works reports whether letters can be sent at all.
func (c *courier) works() bool { return c.post != nil }

// take makes letters and sends them, soon. Where too many wait, this one is lost,
// and whoever misses it asks again.
func (c *courier) take(make func(context.Context) ([]signin.Letter, error)) {
	if c.post == nil {
		return
	}
	select {
	case c.queue <- make:
	default:
		c.log.Warn("too many letters wait to be sent; one is dropped")
	}
}

func (c *courier) send(ls []signin.Letter, err error) error {
	if err == nil {
		c.take(func(context.Context) ([]signin.Letter, error) { return ls, nil })
	}
	return err
}

func (c *courier) carry(life context.Context) {
	for {
		select {
		case <-life.Done():
			return
		case make := <-c.queue:
			ls, err := make(life)
			if err != nil && core.KindOf(err) != core.Denied {
				c.log.WarnContext(life, "a letter could not be made", "kind", core.KindOf(err).String(), "err", err)
			}
			for _, l := range ls {
				c.deliver(life, l)
			}
		}
	}
}

// deliver tries three times, unless the address will never accept a letter.
func (c *courier) deliver(life context.Context, l signin.Letter) bool {
	var err error
	for _, wait := range waits {
		select {
		case <-life.Done():
			return false
		case <-time.After(wait):
		}
		if err = c.post.Send(life, l); err == nil || errors.Is(err, core.Invalid) {
			break
		}
	}
	if err != nil {
		c.log.WarnContext(life, "a letter could not be sent", "kind", core.KindOf(err).String(), "err", err)
	}
	return err == nil || errors.Is(err, core.Invalid)
}

// tell sends what users are to be told of, until it was.
func (c *courier) tell(life context.Context) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-tick.C:
		}
		ts, err := c.signin.Tellings(life, atOnce)
		for _, t := range ts {
			if err = c.post.Send(life, t.Letter); err != nil && !errors.Is(err, core.Invalid) {
				break // the mail server is away: all of it later
			}
			if err = c.signin.Told(life, t.Notice); err != nil {
				break
			}
		}
		if err != nil && life.Err() == nil {
			c.log.WarnContext(life, "what happened to accounts is not told by e-mail; trying again", "kind", core.KindOf(err).String(), "err", err)
		}
	}
}
