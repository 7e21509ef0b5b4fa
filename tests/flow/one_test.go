package flow_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
)

// TestOneProcess is `nexo serve` on SQLite, for a venue with one machine: it
// makes its database itself, keeps it, and finds it again.
func TestOneProcess(t *testing.T) {
	t.Parallel()
	sim, carrier := newCarrier(t, telnyxsim.Options{})
	address, heads := unused(t), t.TempDir()
	environment := []string{
		env("NEXO_ADDR", address), env("NEXO_DATABASE", "sqlite:"+filepath.Join(t.TempDir(), "nexo.db")), env("NEXO_PUBLIC_URL", "http://"+address),
		env("NEXO_WEBHOOK_URL", "http://"+address), env("NEXO_TELNYX_URL", carrier), env("NEXO_TELNYX_API_KEY", apiKey), env("NEXO_TELNYX_PUBLIC_KEY", sim.PublicKey()),
		env("NEXO_EVIDENCE_KEY_FILE", madeKey(t)), env("NEXO_ANCHOR_DIR", heads),
	}
	s := &street{t: t, sim: sim}
	s.worker = startWith(t, "nexo", []string{"serve"}, environment...)
	sim.SetWebhook(s.worker.url+"/telnyx", "")
	owner := visit(t, s.worker.url, "")
	signUp(t, owner)
	s.says(people[0], "luna")
	s.gets(people[0], "Luna's Cantina")
	s.worker.Stop()
	s.worker.discreet()

	s.worker = startWith(t, "nexo", []string{"serve"}, environment...)
	again := visit(t, s.worker.url, "")
	if p := again.submit("/signin", "/signin", url.Values{"email": {"luna@lunas.example"}, "password": {"margaritas-at-midnight"}}); p.status != http.StatusOK || p.path != "/" {
		t.Fatalf("signing in after a restart leads to %s with %d", p.path, p.status)
	}
	report := s.campaign(again, taco)
	s.gets(people[0], taco)
	s.reports(again, report, "1 delivered")
	eventually(t, "a head of the log is anchored", func() bool {
		files, _ := filepath.Glob(filepath.Join(heads, "checkpoint-*.txt"))
		return len(files) > 0
	})
}
