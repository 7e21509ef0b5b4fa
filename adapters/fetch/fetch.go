// Package fetch gets files from addresses that others wrote. It reaches public
// hosts over HTTPS and nothing else: an address that leads to this machine, to the
// network that it stands in, or to a cloud's own services is refused, and so is a
// name or a redirect that does.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// Config says what is allowed beside the public.
type Config struct {
	// Trusted is an address, such as http://127.0.0.1:4010, whose host and port may
	// be reached whatever they are: a simulator's. "" for none.
	Trusted string
	// Key is sent as a bearer token, to KeyHost and its subdomains over HTTPS, and
	// to Trusted. Nobody else sees it.
	Key, KeyHost string
}

// A Client fetches. It is safe for concurrent use.
type Client struct {
	cfg     Config
	trusted string // host and port
	http    *http.Client
}

var _ media.Fetcher = (*Client)(nil)

const (
	timeout      = 30 * time.Second
	mostRedirect = 3
)

// errForbidden is why a connection was not made.
var errForbidden = errors.New("the address is not a public one")

// New returns a client.
func New(cfg Config) *Client {
	c := &Client{cfg: cfg}
	if u, err := url.Parse(cfg.Trusted); err == nil && cfg.Trusted != "" {
		c.trusted = hostPort(u)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: c.control}
	c.http = &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{ // no proxy: it would connect to where we may not
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 15 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, ForceAttemptHTTP2: true, IdleConnTimeout: 30 * time.Second,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > mostRedirect || !c.allowed(r.URL) {
				return errForbidden
			}
			c.authorize(r) // anew for each host
			return nil
		},
	}
	return c
}

// control looks at the address that a name has led to, at the moment of
// connecting: a name that leads elsewhere the second time is of no use.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	if c.trusted != "" && sameHost(address, c.trusted) {
		return nil
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil || ap.Port() != 443 || !Public(ap.Addr()) {
		return errForbidden
	}
	return nil
}

// sameHost compares an address that was resolved with one that was configured.
func sameHost(address, trusted string) bool {
	host, port, err := net.SplitHostPort(trusted)
	if err != nil {
		return false
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil || fmt.Sprint(ap.Port()) != port {
		return false
	}
	if host == "localhost" {
		return ap.Addr().IsLoopback()
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap() == ap.Addr().Unmap()
}

// notPublic are the networks of RFC 6890 and its like that netip does not name.
var notPublic = prefixes("0.0.0.0/8 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 " +
	"64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fec0::/10")

func prefixes(s string) (out []netip.Prefix) {
	for _, p := range strings.Fields(s) {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// Public reports whether an address is one of the internet's: not this machine's,
// not of a private network, not of a link, where clouds have services of theirs.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// allowed reports whether an address may be asked for at all.
func (c *Client) allowed(u *url.URL) bool {
	if c.trusted != "" && hostPort(u) == c.trusted {
		return u.User == nil
	}
	return u.Scheme == "https" && u.User == nil && u.Hostname() != "" && (u.Port() == "" || u.Port() == "443")
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// authorize sends the key to whom it belongs.
func (c *Client) authorize(r *http.Request) {
	r.Header.Del("Authorization")
	r.Header.Del("Referer") // where we come from is nobody's business
	host := strings.ToLower(r.URL.Hostname())
	own := c.cfg.KeyHost != "" && r.URL.Scheme == "https" && (host == c.cfg.KeyHost || strings.HasSuffix(host, "."+c.cfg.KeyHost))
	if c.cfg.Key != "" && (own || c.trusted != "" && hostPort(r.URL) == c.trusted) {
		r.Header.Set("Authorization", "Bearer "+c.cfg.Key)
	}
}

// Fetch returns what is at the address.
func (c *Client) Fetch(ctx context.Context, address string, most int) ([]byte, error) {
	const op = "fetch.Fetch"
	u, err := url.Parse(address)
	if err != nil || !c.allowed(u) {
		return nil, core.E(op, core.Invalid, "the address is not one of a public host over HTTPS")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, core.E(op, core.Invalid, "the address cannot be asked")
	}
	c.authorize(r)
	resp, err := c.http.Do(r)
	if err != nil {
		// The cause quotes the address, which may say whose it is.
		if errors.Is(err, errForbidden) {
			return nil, core.E(op, core.Invalid, "the address leads to a host that is not public, or not over HTTPS")
		}
		return nil, core.E(op, core.Unavailable, "the host does not answer")
	}
	defer resp.Body.Close()
	if err := status(op, resp.StatusCode); err != nil {
		return nil, err
	}
	if resp.ContentLength > int64(most) {
		return nil, core.E(op, core.Invalid, "the file is too large")
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	switch {
	case err != nil:
		return nil, core.E(op, core.Unavailable, "the answer broke off")
	case len(b) > most:
		return nil, core.E(op, core.Invalid, "the file is too large")
	}
	return b, nil
}

// status tells what may come yet from what never will.
func status(op string, code int) error {
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound, code == http.StatusGone:
		return core.E(op, core.Invalid, "the file is not there any more")
	}
	return core.E(op, core.Unavailable, fmt.Sprintf("the host answers with status %d", code))
}
