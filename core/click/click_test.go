package click_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/sms"
)

const text = "Luna's: menu {https://lunas.example/menu?a=1} and https://plain.example, book {https://lunas.example/b}. {first_name} Reply STOP to opt out"

func TestFill(t *testing.T) {
	t.Parallel()
	if got := click.Targets(text); len(got) != 2 || got[0] != "https://lunas.example/menu?a=1" || got[1] != "https://lunas.example/b" {
		t.Errorf("targets: %q", got)
	}
	base := click.Base("https://go.example")
	got := base.Fill(text, func(n int) click.Token { return click.Token(strings.Repeat(string(rune('a'+n)), 10)) })
	want := "Luna's: menu go.example/c/aaaaaaaaaa and https://plain.example, book go.example/c/bbbbbbbbbb. {first_name} Reply STOP to opt out"
	if got != want {
		t.Errorf("filled: %s", got)
	}
	if bare := click.Base("").Fill(text, nil); bare != click.Bare(text) || strings.Contains(bare, "{http") {
		t.Errorf("without a base: %s", bare)
	}
	if plain := "no {braces} here"; click.Has(plain) || base.Shown(plain) != plain || click.Bare(plain) != plain {
		t.Error("a text without links is changed")
	}
}

// TestShownIsAsLong: what is counted before is what is sent.
func TestShownIsAsLong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"tacos ", "{https://lunas.example/x}", "{https://a.example}", "é", "🌮", "{", "}", "http"}), 0, 40).Draw(t, "bits"), "")
		base := click.Base("https://go.example")
		var id core.UUID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		filled := base.Fill(body, func(int) click.Token { return click.NewToken(id) })
		if sms.Measure(filled) != sms.Measure(base.Shown(body)) {
			t.Fatalf("%q is sent as %q", body, filled)
		}
		if tok, ok := click.ParseToken(string(click.NewToken(id))); !ok || tok != click.NewToken(id) {
			t.Fatalf("token %q", tok)
		}
	})
}

func TestParseToken(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"abcABC0129": true, "": false, "abc": false, "abcABC012-": false, "abcABC01290": false, "../../../x": false} {
		if _, got := click.ParseToken(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestMachines(t *testing.T) {
	t.Parallel()
	const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
	for _, c := range []struct {
		name, method, agent, key, value string
		want                            bool
	}{
		{"iPhone", "GET", iphone, "", "", false},
		{"Android", "GET", "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36", "", "", false},
		{"desktop", "GET", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "", "", false},
		{"in Instagram", "GET", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/22B83 Instagram 350.0", "", "", false},
		{"head", "HEAD", iphone, "", "", true},
		{"loads ahead", "GET", iphone, "Sec-Purpose", "prefetch;prerender", true},
		{"preview of Safari", "GET", iphone, "X-Purpose", "preview", true},
		{"nobody", "GET", "", "", "", true},
		{"iMessage", "GET", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", "", "", true},
		{"Android messages", "GET", "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 Google-PageRenderer (+https://developers.google.com/+/web/snippet/)", "", "", true},
		{"WhatsApp", "GET", "WhatsApp/2.23.20.0", "", "", true},
		{"Googlebot", "GET", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "", true},
		{"curl", "GET", "curl/8.5.0", "", "", true},
		{"headless", "GET", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0 Safari/537.36", "", "", true},
	} {
		header := func(k string) string {
			switch k {
			case "User-Agent":
				return c.agent
			case c.key:
				return c.value
			}
			return ""
		}
		if got := click.Machine(c.method, header); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
