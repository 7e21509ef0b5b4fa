package tests

import (
	"bytes"
	"os/exec"
	"testing"
)

// TestPrivacyIsFresh demands that the table of what is kept is what the code keeps.
func TestPrivacyIsFresh(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "run", "./core/retention/gen")
	cmd.Dir = inRoot(".")
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, "docs/privacy.md"), want) {
		t.Error("docs/privacy.md is stale: go run ./core/retention/gen > docs/privacy.md")
	}
}
