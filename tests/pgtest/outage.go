package pgtest

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Outage is a database that the test can take away and give back, at one address that stays the same. It
// stands as a relay on the loopback before a database of its own, so that an outage costs no time, spares the
// other tests, and works with every kind of server. All methods are safe for concurrent use.
type Outage struct {
	url    string
	target func() string // where the server is now
	mu     sync.Mutex
	down   bool
	frozen chan struct{} // open while frozen; nil otherwise
	conns  map[net.Conn]bool
}

// NewOutage returns a fresh, empty database behind a relay that lets everything through at first. With a
// template it is a copy of that; without one pass nil.
func NewOutage(t testing.TB, template *Template) *Outage {
	t.Helper()
	address := ""
	if template != nil {
		address = template.URL(t)
	} else {
		address = URL(t)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("pgtest: the server's URL cannot be parsed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("pgtest: no port for the relay: %v", err)
	}
	o := &Outage{target: func() string { return targetOf(t) }, conns: map[net.Conn]bool{}}
	u.Host = listener.Addr().String()
	o.url = u.String()
	var serving sync.WaitGroup
	serving.Go(func() { o.serve(listener, &serving) })
	t.Cleanup(func() {
		_ = listener.Close()
		o.Stop()
		serving.Wait()
	})
	return o
}

func targetOf(t testing.TB) string {
	u, err := url.Parse(serverURL(t))
	if err != nil {
		return ""
	}
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "5432")
	}
	return u.Host
}

// URL is the database's address, through the relay.
func (o *Outage) URL() string { return o.url }

// Stop loses the database: open connections break at once, so that open transactions roll back, and new ones
// are refused until [Outage.Start].
func (o *Outage) Stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = true
	for c := range o.conns {
		reset(c)
	}
	// Only now: what was held back must not reach the other side any more.
	o.thaw()
}

// Freeze makes the database silent, as a hung machine or a lost network is: connections stay open and new
// ones are accepted, but no answer comes until [Outage.Start], only then what was said in between.
func (o *Outage) Freeze() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.frozen == nil {
		o.frozen = make(chan struct{})
	}
}

// Start gives the database back, after [Outage.Stop] or [Outage.Freeze].
func (o *Outage) Start() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = false
	o.thaw()
}

func (o *Outage) thaw() {
	if o.frozen != nil {
		close(o.frozen)
		o.frozen = nil
	}
}

func (o *Outage) serve(listener net.Listener, serving *sync.WaitGroup) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		serving.Go(func() { o.relay(client) })
	}
}

func (o *Outage) relay(client net.Conn) {
	defer o.forget(client)
	if !o.remember(client) {
		return
	}
	backend, err := (&net.Dialer{Timeout: patience}).DialContext(context.Background(), "tcp", o.target())
	if err != nil {
		return
	}
	defer o.forget(backend)
	if !o.remember(backend) {
		return
	}
	done := make(chan struct{}, 2)
	go o.pass(backend, client, done)
	go o.pass(client, backend, done)
	<-done
	// One side has ended: end the other, or it would wait for ever.
	reset(client)
	reset(backend)
	<-done
}

// pass copies until either side ends. What it has read while frozen it holds back.
func (o *Outage) pass(to io.Writer, from io.Reader, done chan<- struct{}) {
	defer func() { done <- struct{}{} }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		o.waitWhileFrozen()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (o *Outage) waitWhileFrozen() {
	o.mu.Lock()
	frozen := o.frozen
	o.mu.Unlock()
	if frozen != nil {
		<-frozen
	}
}

func (o *Outage) remember(c net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return false
	}
	o.conns[c] = true
	return true
}

func (o *Outage) forget(c net.Conn) {
	reset(c)
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.conns, c)
}

// reset closes without a farewell, as a dying server does: the other side sees "connection reset".
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close() // may be closed already
}
