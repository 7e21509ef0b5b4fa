package fetch_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/fetch"
	"github.com/jobfluss/nexo/core"
)

func TestPublic(t *testing.T) {
	for _, a := range strings.Fields("127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 198.18.0.1 240.0.0.1 " +
		":: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 fe80::1%eth0") {
		if fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range strings.Fields("8.8.8.8 1.1.1.1 ::ffff:8.8.8.8 2606:4700::1111") {
		if !fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s does not count as public", a)
		}
	}
	if fetch.Public(netip.Addr{}) {
		t.Error("no address counts as public")
	}
}

func FuzzPublic(f *testing.F) {
	f.Add("127.0.0.1")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := netip.ParseAddr(s)
		if err == nil && fetch.Public(a) && (a.Unmap().IsLoopback() || a.Unmap().IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast()) {
			t.Errorf("%s counts as public", s)
		}
	})
}

// Whatever an address looks like, nothing here is reached.
func TestNothingPrivateIsReached(t *testing.T) {
	reached := false
	local := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer local.Close()
	port := local.URL[strings.LastIndexByte(local.URL, ':'):]
	c := fetch.New(fetch.Config{})
	for _, a := range []string{
		"", "x", "ftp://example.com/x", "file:///etc/passwd", "http://example.com/x", "https://example.com:8443/x", "https://user:pass@example.com/x", "https://",
		local.URL, "https://localhost" + port, "https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data", "https://0/x", "https://2130706433/x", "https://0x7f.1/x",
	} {
		if _, err := c.Fetch(t.Context(), a, 100); core.KindOf(err) != core.Invalid && core.KindOf(err) != core.Unavailable {
			t.Errorf("Fetch(%q): %v", a, err)
		}
	}
	if _, err := c.Fetch(t.Context(), "https://127.0.0.1/x", 100); !errors.Is(err, core.Invalid) {
		t.Errorf("Fetch of this machine: %v, want Invalid: it is never tried again", err)
	}
	if reached {
		t.Error("the server on this machine was reached")
	}
}

func TestFetch(t *testing.T) {
	var seen []string
	mux := http.NewServeMux()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect led to another host of this machine") }))
	defer elsewhere.Close()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		_, _ = w.Write([]byte("picture"))
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 101)) })
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		for range 50 {
			_, _ = w.Write(make([]byte, 10))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	mux.HandleFunc("/denied", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })
	mux.Handle("/away", http.RedirectHandler(elsewhere.URL+"/x", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	mux.Handle("/home", http.RedirectHandler("/ok", http.StatusFound))
	s := httptest.NewServer(mux)
	defer s.Close()
	c := fetch.New(fetch.Config{Trusted: s.URL, Key: "secret", KeyHost: "telnyx.com"})
	for path, want := range map[string]core.Kind{
		"/gone": core.Invalid, "/large": core.Invalid, "/stream": core.Invalid, "/busy": core.Unavailable, "/denied": core.Unavailable, "/away": core.Invalid, "/round": core.Invalid,
	} {
		b, err := c.Fetch(t.Context(), s.URL+path, 100)
		if core.KindOf(err) != want || b != nil {
			t.Errorf("%s: %d bytes, %v, want %v", path, len(b), err, want)
		}
		if err != nil && (strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: the error quotes the address or the key: %v", path, err)
		}
	}
	for _, path := range []string{"/ok", "/home"} {
		if b, err := c.Fetch(t.Context(), s.URL+path, 100); err != nil || string(b) != "picture" {
			t.Errorf("%s: %q, %v", path, b, err)
		}
	}
	if len(seen) != 2 || seen[0] != "Bearer secret" {
		t.Errorf("the host of the key got %q", seen)
	}
	if _, err := fetch.New(fetch.Config{Key: "secret"}).Fetch(t.Context(), s.URL+"/ok", 100); !errors.Is(err, core.Invalid) || len(seen) != 2 {
		t.Errorf("a host that is not trusted: %v", err)
	}
}
