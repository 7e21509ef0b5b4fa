package words_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/web/site/words"
)

var (
	used   = regexp.MustCompile(`(?:\bt\([a-zA-Z.()]+, ?|say\(|\.page\("[a-z]*", ?)"([a-z0-9_.]+)"( ?\+)?`)
	quoted = regexp.MustCompile(`"([a-z]+(?:\.[a-z0-9_]+)+)"`)
)

// A key without a sentence would be shown to somebody, and a sentence that
// nothing says is in the way of translating.
func TestEveryKeyHasASentenceAndEverySentenceAUse(t *testing.T) {
	t.Parallel()
	said, prefixes := map[string]bool{}, []string{}
	for _, pattern := range []string{"../*.go", "../*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "_templ.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range used.FindAllStringSubmatch(string(src), -1) {
				if m[2] != "" {
					prefixes = append(prefixes, m[1])
					continue
				}
				said[m[1]] = true
				if !words.English.Has(m[1]) {
					t.Errorf("%s says %q, which has no sentence", f, m[1])
				}
			}
			for _, m := range quoted.FindAllStringSubmatch(string(src), -1) {
				said[m[1]] = true
			}
		}
	}
	prefixes = append(prefixes, "reason.", "short.", "terms.", "privacy.")
	for key := range words.English {
		if !said[key] && !hasPrefix(key, prefixes) {
			t.Errorf("nothing says %q", key)
		}
	}
}

func hasPrefix(key string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(key, strings.TrimSuffix(p, ".")+".") || strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

func TestSay(t *testing.T) {
	t.Parallel()
	c := words.English
	for _, x := range []struct{ got, want string }{
		{c.Say("review.button.now", "n", 1), "Text 1 guest now"},
		{c.Say("review.button.now", "n", 1204), "Text 1,204 guests now"},
		{c.Say("grow.title"), "Grow"},
		{c.Say("no.such.key"), "no.such.key"},
		{words.Number(1234567), "1,234,567"},
		{words.Number(-1000), "-1,000"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}
