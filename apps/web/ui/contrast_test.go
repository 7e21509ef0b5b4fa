package ui_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pairs are every text colour with each ground that pages put it on.
var pairs = map[string][]string{
	"ink":           {"ground", "surface", "sunken", "bubble", "accent-tint"},
	"muted":         {"ground", "surface", "sunken", "bubble"},
	"accent-strong": {"ground", "surface", "sunken", "accent-tint"},
	"on-accent":     {"accent", "accent-strong"},
	"good":          {"surface", "good-tint"},
	"warn":          {"surface", "warn-tint"},
	"bad":           {"surface", "ground", "bad-tint"},
	"info":          {"surface", "info-tint"},
}

func TestEveryTextIsLegible(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("../static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("the tokens have no dark scheme")
	}
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colours := tokens(text)
		for fg, grounds := range pairs {
			for _, bg := range grounds {
				if got := contrast(t, colours[fg], colours[bg]); got < 4.5 {
					t.Errorf("%s: %s on %s is %.2f : 1, want 4.5 or more", scheme, fg, bg, got)
				}
			}
		}
		// Edges of controls and bars are seen, not read (WCAG 2.2, 1.4.11).
		for _, fg := range []string{"line-strong", "accent", "good", "bad", "warn", "info"} {
			if got := contrast(t, colours[fg], colours["surface"]); got < 3 {
				t.Errorf("%s: %s on surface is %.2f : 1, want 3 or more", scheme, fg, got)
			}
		}
	}
}

var token = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

func tokens(css string) map[string]string {
	out := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// contrast is that of WCAG 2.2, 1.4.3.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour: %v", hex, err)
	}
	channel := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
