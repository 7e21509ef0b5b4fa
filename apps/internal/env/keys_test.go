package env_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/core/seal"
)

func newKey(t *testing.T, name string) string {
	t.Helper()
	s, _, err := seal.NewKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nexo.key")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvidenceKeys(t *testing.T) {
	a, b := newKey(t, "luna.example/evidence"), newKey(t, "luna.example/evidence")
	for name, m := range map[string]map[string]string{
		"a file":      {"NEXO_EVIDENCE_KEY_FILE": file(t, "# in use since 2026\n"+a+"\n\n  "+b+" \r\n")},
		"themselves":  {"NEXO_EVIDENCE_KEYS": a + "," + b},
		"with spaces": {"NEXO_EVIDENCE_KEYS": " " + a + ", " + b + "\n"},
	} {
		p, err := env.Read(from(m), ":1", env.Needs{Sealing: true})
		if err != nil || !slices.Equal(p.Config.EvidenceKeys, []string{a, b}) {
			t.Errorf("%s: %d keys, %v", name, len(p.Config.EvidenceKeys), err)
		}
	}
}

func TestEvidenceKeysThatCannotBeUsed(t *testing.T) {
	a, foreign := newKey(t, "luna.example/evidence"), newKey(t, "other.example/evidence")
	for name, c := range map[string]struct {
		set  map[string]string
		says []string
	}{
		"neither":    {nil, []string{"NEXO_EVIDENCE_KEY_FILE is not set", "nexo keys new"}},
		"both":       {map[string]string{"NEXO_EVIDENCE_KEYS": a, "NEXO_EVIDENCE_KEY_FILE": file(t, a)}, []string{"NEXO_EVIDENCE_KEYS", "NEXO_EVIDENCE_KEY_FILE", "both"}},
		"no file":    {map[string]string{"NEXO_EVIDENCE_KEY_FILE": filepath.Join(t.TempDir(), "none")}, []string{"NEXO_EVIDENCE_KEY_FILE", "cannot be read"}},
		"a folder":   {map[string]string{"NEXO_EVIDENCE_KEY_FILE": t.TempDir()}, []string{"NEXO_EVIDENCE_KEY_FILE", "does not name a file"}},
		"empty file": {map[string]string{"NEXO_EVIDENCE_KEY_FILE": file(t, "# none yet\n")}, []string{"NEXO_EVIDENCE_KEY_FILE", "no key"}},
		"huge file":  {map[string]string{"NEXO_EVIDENCE_KEY_FILE": file(t, strings.Repeat("x", 1<<20))}, []string{"NEXO_EVIDENCE_KEY_FILE", "does not name a file"}},
		"other text": {map[string]string{"NEXO_EVIDENCE_KEY_FILE": file(t, "hunter2-and-more-of-it\n")}, []string{"NEXO_EVIDENCE_KEY_FILE", "not whole"}},
		"two logs":   {map[string]string{"NEXO_EVIDENCE_KEYS": a + "," + foreign}, []string{"NEXO_EVIDENCE_KEYS", "different logs"}},
		"cut off":    {map[string]string{"NEXO_EVIDENCE_KEYS": a[:len(a)-4]}, []string{"NEXO_EVIDENCE_KEYS", "not whole"}},
	} {
		_, err := env.Read(from(c.set), ":1", env.Needs{Sealing: true})
		if err == nil {
			t.Errorf("%s: no mistake", name)
			continue
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v says nothing of %q", name, err, s)
			}
		}
		if strings.Contains(err.Error(), a[len(a)-30:len(a)-4]) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows what is secret: %v", name, err)
		}
	}
}
