package flow_test

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/tests/programs"
)

// A process is a program that is running.
type process struct {
	*programs.Process
	t   *testing.T
	url string // where it listens
}

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
		if !p.Gone() {
			p.Stop()
		}
	})
	eventually(t, name+" listens", func() bool {
		p.url = p.URL()
		return p.url != "" || p.Gone()
	})
	if p.url == "" {
		t.Fatalf("%s ended before it listened:\n%s", name, p.Log())
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
	// Of two values of one variable the later wins.
	env = append([]string{programs.Env(programs.Clock, afternoon)}, env...)
	return &process{Process: programs.Launch(t, bin, name, args, env...), t: t}
}

// finish runs a program to its end.
func finish(t *testing.T, name string, args []string, env ...string) (code int, said string) {
	t.Helper()
	p := launch(t, name, args, env...)
	code = p.Wait()
	return code, p.Log()
}

var wholeNumber = regexp.MustCompile(`\+?1?\d{3}55501\d{2}`)

// discreet: what a program writes down names nobody, and has no errors.
func (p *process) discreet() {
	p.t.Helper()
	said := p.Log()
	if n := len(wholeNumber.FindAllString(said, -1)); n > 0 {
		p.t.Errorf("promise 11: the log of %s holds %d telephone numbers", p.Name(), n)
	}
	for line := range strings.Lines(said) {
		if strings.Contains(line, `"level":"ERROR"`) {
			p.t.Errorf("%s logs an error though nothing went wrong: %s", p.Name(), line)
		}
	}
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

func env(name string, value any) string { return programs.Env(name, value) }
