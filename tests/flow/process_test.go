package flow_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process is a program that is running.
type process struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	log  *lockedBuffer
	url  string        // where it listens
	over chan struct{} // closed when it has ended
}

var listening = regexp.MustCompile(`"msg":"listening".*"addr":"([^"]+)"`)

// start runs a program with nothing in its environment but what is given, and
// returns once it is ready to work.
func start(t *testing.T, name string, env ...string) *process {
	t.Helper()
	return startWith(t, name, nil, env...)
}

func startWith(t *testing.T, name string, args []string, env ...string) *process {
	t.Helper()
	p := launch(t, name, args, append([]string{"NEXO_ADDR=127.0.0.1:0"}, env...)...)
	t.Cleanup(func() {
		if !p.gone() {
			p.stop()
		}
	})
	eventually(t, name+" listens", func() bool {
		m := listening.FindStringSubmatch(p.log.String())
		if m != nil {
			p.url = "http://" + m[1]
		}
		return m != nil || p.gone()
	})
	if p.url == "" {
		t.Fatalf("%s ended before it listened:\n%s", name, p.log)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if code := status(t, p.url+path); code != http.StatusOK {
			t.Fatalf("%s answers %s with %d", name, path, code)
		}
	}
	return p
}

func launch(t *testing.T, name string, args []string, env ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, log: &lockedBuffer{}, over: make(chan struct{}), cmd: exec.Command(filepath.Join(bin, name), args...)}
	p.cmd.Env = append([]string{"NEXO_TEST_CLOCK=" + afternoon.String()}, env...) // later ones win
	p.cmd.Dir = t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its code says it
		close(p.over)
	}()
	return p
}

func (p *process) gone() bool {
	select {
	case <-p.over:
		return true
	default:
		return false
	}
}

// stop tells the program to stop as a service manager does, and wants it to end
// in order.
func (p *process) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.wait(); code != 0 {
		p.t.Errorf("%s ended with code %d after SIGTERM, want 0:\n%s", p.name, code, tail(p.log.String()))
	}
}

// kill ends it as a power cut does.
func (p *process) kill() {
	p.t.Helper()
	_ = p.cmd.Process.Kill()
	p.wait()
}

func (p *process) wait() (code int) {
	p.t.Helper()
	overdue := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer overdue.Stop()
	<-p.over
	return p.cmd.ProcessState.ExitCode()
}

// finish runs a program to its end.
func finish(t *testing.T, name string, args []string, env ...string) (code int, said string) {
	t.Helper()
	p := launch(t, name, args, env...)
	code = p.wait()
	return code, p.log.String()
}

var wholeNumber = regexp.MustCompile(`\+?1?\d{3}55501\d{2}`)

// discreet: what a program writes down names nobody, and has no errors.
func (p *process) discreet() {
	p.t.Helper()
	said := p.log.String()
	if n := len(wholeNumber.FindAllString(said, -1)); n > 0 {
		p.t.Errorf("promise 11: the log of %s holds %d telephone numbers", p.name, n)
	}
	for line := range strings.Lines(said) {
		if strings.Contains(line, `"level":"ERROR"`) {
			p.t.Errorf("%s logs an error though nothing went wrong: %s", p.name, line)
		}
	}
}

func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

func status(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// unused returns an address that nobody listens on.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A lockedBuffer is written by a program and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func env(name string, value any) string { return fmt.Sprintf("%s=%v", name, value) }
