package env

import (
	"os"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// maxKeyFile is more than a thousand keys.
const maxKeyFile = 1 << 18

// evidenceKeys reads the log's keys from one of two variables. It quotes neither
// a key nor what is in a file that is not one of keys.
func (r *reader) evidenceKeys(values, file string, required bool) []string {
	text, path := r.get(values), r.get(file)
	name, keys := values, splitKeys(strings.ReplaceAll(text, ",", "\n"))
	if path != "" {
		if text != "" {
			r.wrong(values, "and %s are both set; say where the keys are once", file)
			return nil
		}
		b, err := readKeyFile(path)
		if err != nil {
			r.wrong(file, "%s", core.MessageOf(err))
			return nil
		}
		name, keys = file, splitKeys(string(b))
	}
	if text == "" && path == "" {
		if required {
			r.wrong(file, "is not set; it must name a file with the keys of the evidence log (nexo keys new --name … --out …)")
		}
		return nil
	}
	if _, err := seal.ParseKeys(keys); err != nil {
		r.wrong(name, "cannot be used: %s", core.MessageOf(err))
		return nil
	}
	return keys
}

func readKeyFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && (info.IsDir() || info.Size() > maxKeyFile) {
		return nil, core.E("keys", core.Invalid, "does not name a file of keys")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, core.E("keys", core.NotFound, "names a file that cannot be read; is it there, and may this user read it?")
	}
	return b, nil
}

// splitKeys returns the lines, without blank ones and comments.
func splitKeys(text string) (keys []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			keys = append(keys, l)
		}
	}
	return keys
}
