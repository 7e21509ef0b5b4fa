package browser_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for one thing. It is met in milliseconds; a busy
// machine may take seconds.
const patience = time.Minute

// A demo is a running `nexo serve --demo`, as its first lines introduce it.
type demo struct {
	links                  []string // that it printed, in their order
	signIn, phone, optIn   string
	pages, email, password string
}

var (
	printedLink = regexp.MustCompile(`https?://\S+`)
	printedWho  = regexp.MustCompile(`e-mail (\S+), password (\S+)`)
)

// startDemo runs the program at four in the afternoon at the venue, reads what
// it prints, and stops it when the test ends. It must then say that all is well.
func startDemo(t *testing.T) demo {
	t.Helper()
	cmd := exec.Command(binary, "serve", "--demo", "--port", "0", "--at", "16:00")
	cmd.Env = append(os.Environ(), "NEXO_DATABASE=") // it must not read it
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopDemo(t, cmd, log) })

	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			lines <- s.Text()
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var d demo
	for said := ""; !strings.Contains(said, "Everything is forgotten"); {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the demo ended before it was ready; it said:\n%s%s", said, log)
			}
			said += line + "\n"
			d.links = append(d.links, printedLink.FindAllString(line, -1)...)
			if m := printedWho.FindStringSubmatch(line); m != nil {
				d.email, d.password = m[1], m[2]
			}
		case <-ctx.Done():
			t.Fatalf("the demo is not ready after two minutes; it said:\n%s%s", said, log)
		}
	}
	if len(d.links) != 3 || d.email == "" {
		t.Fatalf("the demo printed %d links, want 3: venue, guests, opt-in; and the sign-in %q", len(d.links), d.email)
	}
	d.signIn, d.phone, d.optIn = d.links[0], d.links[1], d.links[2]
	d.pages = strings.TrimSuffix(d.signIn, "/signin")
	return d
}

func stopDemo(t *testing.T, cmd *exec.Cmd, log *lockedBuffer) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	overdue := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer overdue.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo did not stop as it should when it was told to: %v", err)
	}
	if said := log.String(); said != "" {
		t.Errorf("the demo wrote to its log, though nothing went wrong:\n%s", said)
	}
}

// eachLinkAnswers: a newcomer may open the printed links in any order.
func eachLinkAnswers(t *testing.T, d demo) {
	t.Helper()
	for _, link := range d.links {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("the printed link %s answers %d, want 200", link, res.StatusCode)
		}
	}
}

// A lockedBuffer is written by the program and read by the test.
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
