package programs

import (
	"bytes"
	"fmt"
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

// Patience bounds every wait. A busy machine may need some seconds for what
// takes milliseconds.
const Patience = 2 * time.Minute

// A Process is a program that is running. Its methods are safe for concurrent
// use, but those that fail the test are for the test's own goroutine.
type Process struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	log  buffer
	over chan struct{} // closed when it has ended
}

// Launch runs the program of that name in dir, in a folder of its own, with
// nothing in its environment but what is given.
func Launch(t *testing.T, dir, name string, args []string, env ...string) *Process {
	t.Helper()
	return LaunchIn(t, t.TempDir(), exec.Command(filepath.Join(dir, name), args...), env...)
}

// LaunchIn runs a command in a folder.
func LaunchIn(t *testing.T, folder string, cmd *exec.Cmd, env ...string) *Process {
	t.Helper()
	p := &Process{t: t, name: filepath.Base(cmd.Path), over: make(chan struct{}), cmd: cmd}
	p.cmd.Env, p.cmd.Dir = env, folder
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its code says it
		close(p.over)
	}()
	return p
}

// Name is the program's.
func (p *Process) Name() string { return p.name }

// Log is what it has written so far.
func (p *Process) Log() string { return p.log.String() }

// Gone says whether it has ended.
func (p *Process) Gone() bool {
	select {
	case <-p.over:
		return true
	default:
		return false
	}
}

var listening = regexp.MustCompile(`"msg":"listening".*"addr":"([^"]+)"`)

// URL returns where it listens; "" until it does.
func (p *Process) URL() string {
	m := listening.FindStringSubmatch(p.log.String())
	if m == nil {
		return ""
	}
	return "http://" + m[1]
}

// Ready says whether it has begun to work.
func (p *Process) Ready() bool {
	u := p.URL()
	if u == "" {
		return false
	}
	res, err := http.Get(u + "/readyz") //nolint:noctx // the process is ours, and on this machine
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Stop tells it to stop as a service manager does, and wants it to end in order.
func (p *Process) Stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.Wait(); code != 0 {
		p.t.Errorf("%s ended with code %d after SIGTERM, want 0:\n%s", p.name, code, Tail(p.Log()))
	}
}

// Kill ends it as a power cut does.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	p.Wait()
}

// Wait returns the code it ends with. It kills it when patience is over.
func (p *Process) Wait() (code int) {
	overdue := time.AfterFunc(Patience, func() { _ = p.cmd.Process.Kill() })
	defer overdue.Stop()
	<-p.over
	return p.cmd.ProcessState.ExitCode()
}

// Tail is the last lines of a log.
func Tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// Env is one variable.
func Env(name string, value any) string { return fmt.Sprintf("%s=%v", name, value) }

// A buffer is written by a program and read by the test.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
