// Package policy_test holds the privacy policy against the code: what it says is
// kept, and by which tests.
package policy_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

const root = "../../"

// TestPrivacyIsFresh demands that the table of what is kept is what the code keeps.
func TestPrivacyIsFresh(t *testing.T) {
	cmd := exec.Command("go", "run", "./core/retention/gen")
	cmd.Dir = root
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(root + "docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/privacy.md is stale: go run ./core/retention/gen > docs/privacy.md")
	}
}
