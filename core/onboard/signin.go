package onboard

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

// SignIn returns the user with the e-mail address and password. A wrong one of
// either gives the same Denied error after the same work, so that nobody learns
// which addresses have accounts. After ten failures for an address within
// fifteen minutes, further tries are refused unseen until the time is over; the
// count is kept per process.
func (s *Service) SignIn(ctx context.Context, email, password string) (account.User, error) {
	const op = "onboard.SignIn"
	email = strings.ToLower(line(email))
	if !s.attempts.allow(email, s.Clock.Now()) {
		return account.User{}, core.E(op, core.Denied, "Too many tries with this e-mail address. Wait fifteen minutes, then try again.")
	}
	if len(password) > maxPassword {
		password = password[:maxPassword+1] // longer than any that was ever accepted
	}
	var user account.User
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		user, err = tx.Accounts.UserByEmail(ctx, email)
		return err
	})
	if err != nil && !errors.Is(err, core.NotFound) {
		return account.User{}, err
	}
	hash, known := user.PasswordHash, err == nil
	if !known {
		hash = s.decoyHash()
	}
	if !s.Passwords.Check(hash, password) || !known {
		s.attempts.failed(email, s.Clock.Now())
		return account.User{}, core.E(op, core.Denied, "The e-mail address or the password is not right. Check both and try again.")
	}
	s.attempts.clear(email)
	return user, nil
}

// decoyHash is checked against where there is no user: a refusal that comes
// back sooner would tell.
func (s *Service) decoyHash() string {
	s.decoyOnce.Do(func() {
		s.decoy, _ = s.Passwords.Hash("no account has this password")
	})
	return s.decoy
}

const (
	maxFailures = 10
	failureSpan = 15 * time.Minute
	// maxTracked bounds the memory that a flood of invented addresses can take.
	maxTracked = 10_000
)

// A throttle counts failures by address. The zero throttle is ready.
type throttle struct {
	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	n     int
	since time.Time
}

func (t *throttle) allow(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.tries[key]
	return x.n < maxFailures || now.Sub(x.since) >= failureSpan
}

func (t *throttle) failed(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tries == nil || len(t.tries) >= maxTracked {
		t.tries = map[string]tries{}
	}
	x := t.tries[key]
	if now.Sub(x.since) >= failureSpan {
		x = tries{since: now}
	}
	x.n++
	t.tries[key] = x
}

func (t *throttle) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, key)
}
