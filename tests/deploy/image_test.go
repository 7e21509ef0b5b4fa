package deploy_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
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

// TestImage builds the image as make image does, migrates a database with it, runs
// the three programs on a read-only disk as a user without rights, and stops them.
func TestImage(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	if err := exec.Command("docker", "version").Run(); err != nil {
		t.Skip("no container engine answers here, which NEXO_TEST_POSTGRES_URL allows: the image is not built")
	}
	image := fmt.Sprintf("nexo-test-image:%d", os.Getpid())
	build := exec.Command("make", "-s", "image", "IMAGE="+image)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make image: %v\n%s", err, out)
	}
	t.Cleanup(func() { docker(t, "image", "rm", "-f", image) })
	settings := []string{
		"NEXO_DATABASE=" + database, "NEXO_PUBLIC_URL=http://127.0.0.1:1", "NEXO_WEBHOOK_URL=http://127.0.0.1:1", "NEXO_TELNYX_URL=http://127.0.0.1:1",
		"NEXO_TELNYX_API_KEY=key", "NEXO_TELNYX_PUBLIC_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "NEXO_SPOOL=/spool", "NEXO_MEDIA_DIR=/pictures",
		"NEXO_EVIDENCE_KEYS=" + strings.Fields(docker(t, "run", "--rm", image, "keys", "new", "--name", "test.example/evidence"))[0], // the private half
	}
	run := func(entry string, more []string, args ...string) []string {
		a := []string{"--network", "host", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--entrypoint", entry}
		for _, v := range append(settings, more...) {
			a = append(a, "-e", v)
		}
		return append(append(a, image), args...)
	}
	docker(t, append([]string{"run", "--rm"}, run("/nexo", nil, "migrate", "up")...)...)
	for _, program := range []string{"web", "ingester", "worker"} {
		t.Run(program, func(t *testing.T) {
			address, metrics := port(t), port(t)
			args := append([]string{"run", "-d", "-v", "/spool", "-v", "/pictures"}, run("/"+program, []string{"NEXO_ADDR=" + address, "NEXO_METRICS_ADDR=" + metrics})...)
			id := docker(t, args...)
			defer docker(t, "rm", "-fv", id)
			ready := get(t, id, "http://"+address+"/readyz")
			if !strings.Contains(ready, "ready") {
				t.Errorf("it says of itself %q", ready)
			}
			if m := get(t, id, "http://"+metrics+"/metrics"); !strings.Contains(m, "go_goroutines") {
				t.Errorf("its metrics are %q", m)
			}
			docker(t, "stop", "-t", "40", id)
			if code := docker(t, "inspect", "-f", "{{.State.ExitCode}}", id); code != "0" {
				t.Errorf("told to stop, it ended with code %s:\n%s", code, docker(t, "logs", id))
			}
		})
	}
}

// get asks until a container answers with 200.
func get(t *testing.T, id, url string) string {
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
	t.Fatalf("%s does not answer: %s\n%s", url, last, docker(t, "logs", id))
	return ""
}
