package access_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	own := []string{"Luna Reyes", "luna.reyes@example.com", "Luna's Cantina"}
	for password, good := range map[string]bool{
		"tacos and mezcal":             true,
		"margaritas-at-midnight":       true,
		"correct horse battery staple": true,
		"vG7#qTz!p0Lx":                 true,
		"ñandú bajo la lluvia":         true,
		"short":                        false,
		"elevenchars":                  false,
		"":                             false,
		"passwordpassword":             false,
		"Password1234":                 false,
		"P@ssw0rd1234!":                false,
		"123456789012345":              false,
		"qwertyuiop123":                false,
		"aaaaaaaaaaaaaaaa":             false,
		"abcdefghijklmnop":             false,
		"monkeydragon":                 false,
		"letmein2024!!":                false,
		"luna.reyes@example.com":       false,
		"Cantina2026!":                 false,
		"reyesreyesreyes":              false,
		strings.Repeat("x y z ", 200):  false,
		strings.Repeat("ab", 500):      false,
	} {
		if got := access.CheckPassword(password, own...); (got == "") != good {
			t.Errorf("%.30q: %q, want that it is good: %v", password, got, good)
		}
	}
}

// Whatever is typed, the answer is a sentence that does not repeat it.
func TestPasswordsOfAnyKind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.String().Draw(t, "password")
		if got := access.CheckPassword(p, p); len(p) > 3 && strings.Contains(got, p) {
			t.Fatalf("the answer repeats the password: %q", got)
		}
		if access.CheckPassword(p, p) == "" && len([]rune(p)) >= access.MinPassword {
			t.Fatal("one's own words are taken")
		}
	})
}

func TestASignInEnds(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		seen, after time.Duration
		role        account.Role
		over        bool
	}{
		"in use":                {time.Hour, 2 * time.Hour, account.Owner, false},
		"idle":                  {time.Hour, time.Hour + access.Idle, account.Owner, true},
		"not idle yet":          {time.Hour, time.Hour + access.Idle - 1, account.Owner, false},
		"too long, in use":      {access.Absolute - time.Hour, access.Absolute, account.Owner, true},
		"an operator, idle":     {0, access.OperatorIdle, account.Operator, true},
		"an operator, too long": {access.OperatorAbsolute - time.Minute, access.OperatorAbsolute, account.Operator, true},
	} {
		s := access.Session{Begun: begun, Seen: begun.Add(c.seen), Role: c.role}
		if got := s.Over(begun.Add(c.after)); got != c.over {
			t.Errorf("%s: over is %v", name, got)
		}
	}
	if !(access.Session{}).Over(begun) {
		t.Error("the zero session lets in")
	}
}

func TestDeviceNames(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36":             "Chrome on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0":   "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604": "Safari on iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0":                                                  "Firefox on Linux",
		"curl/8": "A browser",
		"":       "A browser",
	} {
		if got := access.DeviceName(agent); got != want {
			t.Errorf("%.60s is called %q, want %q", agent, got, want)
		}
	}
}
