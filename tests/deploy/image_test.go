package deploy_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// variable is a setting of a program in a file of deploy/.
var variable = regexp.MustCompile(`\bNEXO_[A-Z0-9_]+\b`)

// TestSettingsExist: a misspelt variable in an example would be ignored.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	known := file(t, "apps/internal/env/env.go") + " NEXO_PUBLIC_HOST NEXO_WEBHOOK_HOST "
	for _, f := range []string{"deploy/compose.yaml", "deploy/nexo.env.example", "docs/operations.md",
		"deploy/systemd/nexo-web.service", "deploy/systemd/nexo-ingester.service", "deploy/systemd/nexo-worker.service"} {
		for _, v := range variable.FindAllString(file(t, f), -1) {
			if !regexp.MustCompile(`\b` + v + `\b`).MatchString(known) {
				t.Errorf("%s sets %s, which no program reads", f, v)
			}
		}
	}
}

// An engine starts programs: in containers, or here where there is no engine.
type engine interface {
	// output runs a program to its end.
	output(t *testing.T, program string, env []string, args ...string) string
	// start runs a program. stop tells it to stop and says with which code it ended,
	// logs what it said.
	start(t *testing.T, program string, env []string) (stop func() int, logs func() string)
}

// TestImage builds the image as make image does, migrates a database with it, runs
// the three programs on a read-only disk as a user without rights, and stops them.
// Where NEXO_TEST_POSTGRES_URL makes do without an engine, what the image is made of
// does the same without it.
func TestImage(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	e := built(t)
	settings := []string{
		"NEXO_DATABASE=" + database, "NEXO_PUBLIC_URL=http://127.0.0.1:1", "NEXO_WEBHOOK_URL=http://127.0.0.1:1", "NEXO_TELNYX_URL=http://127.0.0.1:1",
		"NEXO_TELNYX_API_KEY=key", "NEXO_TELNYX_PUBLIC_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"NEXO_EVIDENCE_KEYS=" + strings.Fields(e.output(t, "nexo", nil, "keys", "new", "--name", "test.example/evidence"))[0], // the private half
	}
	e.output(t, "nexo", settings, "migrate", "up")
	for _, program := range []string{"web", "ingester", "worker"} {
		t.Run(program, func(t *testing.T) {
			address, metrics := port(t), port(t)
			stop, logs := e.start(t, program, append(settings[:len(settings):len(settings)], "NEXO_ADDR="+address, "NEXO_METRICS_ADDR="+metrics))
			if ready := get(t, "http://"+address+"/readyz", logs); !strings.Contains(ready, "ready") {
				t.Errorf("it says of itself %q", ready)
			}
			if m := get(t, "http://"+metrics+"/metrics", logs); !strings.Contains(m, "go_goroutines") {
				t.Errorf("its metrics are %q", m)
			}
			if code := stop(); code != 0 {
				t.Errorf("told to stop, it ended with code %d:\n%s", code, logs())
			}
		})
	}
}

func built(t *testing.T) engine {
	t.Helper()
	target, image := "image", fmt.Sprintf("nexo-test-image:%d", os.Getpid())
	var e engine = containers{image}
	if exec.Command("docker", "version").Run() != nil {
		target, e = "image-files", here{}
	} else {
		t.Cleanup(func() { docker(t, "image", "rm", "-f", image) })
	}
	build := exec.Command("make", "-s", target, "IMAGE="+image)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", target, err, out)
	}
	return e
}

type containers struct{ image string }

func (c containers) args(program string, env []string, more ...string) []string {
	a := []string{"--network", "host", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--entrypoint", "/" + program}
	for _, v := range env {
		a = append(a, "-e", v)
	}
	return append(append(a, c.image), more...)
}

func (c containers) output(t *testing.T, program string, env []string, args ...string) string {
	t.Helper()
	return docker(t, append([]string{"run", "--rm"}, c.args(program, env, args...)...)...)
}

func (c containers) start(t *testing.T, program string, env []string) (func() int, func() string) {
	t.Helper()
	env = append(env, "NEXO_SPOOL=/spool", "NEXO_MEDIA_DIR=/pictures") // volumes that the user may write to
	id := docker(t, append([]string{"run", "-d", "-v", "/spool", "-v", "/pictures"}, c.args(program, env)...)...)
	t.Cleanup(func() { docker(t, "rm", "-fv", id) })
	logs := func() string { return docker(t, "logs", id) }
	return func() int {
		docker(t, "stop", "-t", "40", id)
		code, err := strconv.Atoi(docker(t, "inspect", "-f", "{{.State.ExitCode}}", id))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}, logs
}

type here struct{}

func (here) command(program string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(root+".cache/image/"+program, args...)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

func (h here) output(t *testing.T, program string, env []string, args ...string) string {
	t.Helper()
	out, err := h.command(program, env, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (h here) start(t *testing.T, program string, env []string) (func() int, func() string) {
	t.Helper()
	cmd := h.command(program, append(env, "NEXO_SPOOL="+t.TempDir(), "NEXO_MEDIA_DIR="+t.TempDir()))
	said, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = said.Close() })
	return func() int {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait()
			return cmd.ProcessState.ExitCode()
		}, func() string {
			b, err := os.ReadFile(said.Name())
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
}

// get asks until a program answers with 200.
func get(t *testing.T, url string, logs func() string) string {
	t.Helper()
	last := ""
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		res, err := http.Get(url)
		if err != nil {
			last = err.Error()
			continue
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return string(b)
		}
		last = fmt.Sprint(res.StatusCode, " ", string(b))
	}
	t.Fatalf("%s does not answer: %s\n%s", url, last, logs())
	return ""
}
