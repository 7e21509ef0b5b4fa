package hook

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
)

func TestSourceOf(t *testing.T) {
	t.Parallel()
	s := newSources(nexo.TrustedProxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, time.Now)
	for _, c := range []struct {
		name, peer, want string
		forwarded        []string
	}{
		{"itself", "203.0.113.7:1234", "203.0.113.7", nil},
		{"itself, whatever it says of others", "203.0.113.7:1234", "203.0.113.7", []string{"198.51.100.1"}},
		{"behind a proxy", "10.1.2.3:1234", "198.51.100.1", []string{"198.51.100.1"}},
		{"behind a proxy, with lies before it", "10.1.2.3:1234", "198.51.100.1", []string{"192.0.2.9, 10.9.9.9, 198.51.100.1"}},
		{"lies in a header of their own", "10.1.2.3:1234", "198.51.100.1", []string{"192.0.2.9", "198.51.100.1"}},
		{"behind two proxies", "10.1.2.3:1234", "198.51.100.1", []string{"198.51.100.1, 10.4.5.6"}},
		{"a proxy that says nothing", "10.1.2.3:1234", "10.1.2.3", nil},
		{"a proxy that says nonsense", "10.1.2.3:1234", "10.1.2.3", []string{"nonsense"}},
		{"nonsense before a proxy", "10.1.2.3:1234", "10.4.5.6", []string{"198.51.100.1, nonsense, 10.4.5.6"}},
		{"of an IPv6 network", "[2001:db8:1:2:3:4:5:6]:1234", "2001:db8:1:2::", nil},
		{"IPv4 in IPv6", "[::ffff:203.0.113.7]:1234", "203.0.113.7", nil},
		{"IPv6 behind a proxy", "[fd00::1]:1234", "2001:db8:1:2::", []string{"2001:db8:1:2::9"}},
		{"no address", "@", "invalid IP", nil},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := s.of(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestLimitOfWhatIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := newSources(nil, time.Now)
	s.now = func() time.Time { return now }
	bad, good := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	for i := range badBurst {
		if !s.take(bad) {
			t.Fatalf("refused after %d", i)
		}
	}
	if s.take(bad) {
		t.Error("there is no limit")
	}
	for range 10 * badBurst {
		if !s.take(good) {
			t.Fatal("who sends genuine webhooks is limited")
		}
		s.give(good)
	}
	now = now.Add(time.Second)
	n := 0
	for s.take(bad) {
		n++
	}
	if n != badRate {
		t.Errorf("a second later %d more, want %v", n, badRate)
	}
	now = now.Add(-time.Hour) // a clock that is set back gives nothing and takes nothing
	if s.take(bad) || !s.take(good) {
		t.Error("the clock was set back")
	}
}

// However many sources there are, the memory is bounded, and one that goes on
// is not forgotten.
func TestManySources(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := newSources(nil, time.Now)
	s.now = func() time.Time { return now }
	bad := netip.MustParseAddr("203.0.113.7")
	for range badBurst {
		s.take(bad)
	}
	for i := range 5 * maxSources {
		a := netip.MustParseAddr(fmt.Sprintf("198.%d.%d.%d", i>>16, i>>8&0xff, i&0xff))
		s.take(a)
		if i%100 == 0 && s.take(bad) {
			t.Fatalf("after %d others its limit is forgotten", i)
		}
	}
	if n := len(s.newer) + len(s.old); n > 2*maxSources {
		t.Errorf("%d are remembered", n)
	}
}
