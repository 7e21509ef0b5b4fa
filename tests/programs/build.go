package programs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/place"
)

// Clock is the variable that moves a program's clock, as time.ParseDuration
// reads it.
const Clock = "NEXO_TEST_CLOCK"

// module is where the programs are.
const module = "github.com/jobfluss/nexo/"

// Build writes programs, such as "worker", into dir.
func Build(dir string, names ...string) error {
	overlay, err := movedClock(dir)
	if err != nil {
		return err
	}
	args := []string{"build", "-overlay", overlay, "-o", dir + string(filepath.Separator)}
	for _, n := range names {
		args = append(args, module+"apps/"+n)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("the programs do not build: %w\n%s", err, out)
	}
	return nil
}

// movedClock writes the overlay and returns its path.
func movedClock(dir string) (string, error) {
	where, err := exec.Command("go", "list", "-f", "{{.Dir}}", module+"adapters/system").Output()
	if err != nil {
		return "", fmt.Errorf("adapters/system is not found: %w", err)
	}
	original := filepath.Join(strings.TrimSpace(string(where)), "system.go")
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	const now = "return time.Now().UTC().Add(t.Offset)"
	moved := strings.Replace(string(source), now, now+".Add(moved)", 1)
	if moved == string(source) {
		return "", errors.New("adapters/system has another way to tell the time: teach it to movedClock")
	}
	moved = strings.Replace(moved, "import (", "import (\n\t\"os\"", 1)
	moved += "\nvar moved, _ = time.ParseDuration(os.Getenv(\"" + Clock + "\"))\n"
	replaced, overlay := filepath.Join(dir, "system.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: replaced}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(replaced, []byte(moved), 0o600), os.WriteFile(overlay, list, 0o600))
}

// Afternoon is how far a clock must be moved so that it says four in the
// afternoon in Texas.
func Afternoon(now time.Time) time.Duration {
	local := now.In(place.MustZone("America/Chicago").Location())
	return time.Date(local.Year(), local.Month(), local.Day(), 16, 0, 0, 0, local.Location()).Sub(local)
}
