package phonenumbers_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/adapters/phonenumbers"
	"github.com/jobfluss/nexo/core"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ input, region, want string }{
		{"(212) 555-0100", "US", "+12125550100"},
		{" 212.555.0100\t", "US", "+12125550100"},
		{"1 212 555 0100", "us", "+12125550100"},
		{"12125550100", "US", "+12125550100"},
		{"+1-212-555-0100", "GB", "+12125550100"},
		{"２１２－５５５－０１００", "US", "+12125550100"},
		{"＋１　（２１２）　５５５−０１００", "US", "+12125550100"},
		{"٢١٢٥٥٥٠١٠٠", "US", "+12125550100"},
		{"212‑555–0100", "US", "+12125550100"},
		{"212\u00a0555\u20110100", "US", "+12125550100"},
		{"\u202a+1 (212) 555-0100\u202c", "US", "+12125550100"},
		{"\ufeff212\u200b5550100", "US", "+12125550100"},
		{"tel:+1-212-555-0100", "US", "+12125550100"},
		{"tel://2125550100", "US", "+12125550100"},
		{"tel:555-0100;phone-context=+1-212", "US", "+12125550100"},
		{"tel:212-555-0100;ext=5", "US", "+12125550100"},
		{"Tel.: 212 555 0100", "US", "+12125550100"},
		{"sms:+12125550100", "US", "+12125550100"},
		{"212-555-0100 x5", "US", "+12125550100"},
		{"212-555-0100 ext. 512", "US", "+12125550100"},
		{"212-555-0100,,12#", "US", "+12125550100"},
		{"1-800-FLOWERS", "US", "+18003569377"},
		{"1-800-go-fedex", "US", "+18004633339"},
		{"011 44 20 7946 0958", "US", "+442079460958"},
		{"+44 (0)20 7946 0958", "US", "+442079460958"},
		{"020 7946 0958", "GB", "+442079460958"},
		{"06 12 34 56 78", "FR", "+33612345678"},
		{"+39 02 1234 5678", "US", "+390212345678"},
		{"+54 9 11 1234-5678", "US", "+5491112345678"},
		{"(416) 555-0100", "CA", "+14165550100"},
		{"555 555 0100", "US", "+15555550100"}, // not in use, yet possible
		{"+1 221 555 0100", "US", "+12215550100"},
	} {
		n, err := phonenumbers.Parse(c.input, c.region)
		if err != nil || n.E164() != c.want {
			t.Errorf("%q in %s: %q, %v, want %s", c.input, c.region, n.E164(), err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ input, region, why string }{
		{"", "US", "empty"},
		{" \u200b ", "US", "empty"},
		{"tel:", "US", "empty"},
		{"hello", "US", "words before"},
		{"call 212 555 0100", "US", "words before"},
		{"212 555 0100 please", "US", "something follows"},
		{"212 555 0100 (mobile)", "US", "something follows"},
		{"212 555 0100 or 212 555 0101", "US", "letters"},
		{"+1 212 555 O1OO", "US", "single letters"},
		{"2I2 555 0100", "US", "single letters"},
		{"212-555-0100 ab", "US", "letters after"},
		{"212-555-0100 / 212-555-0101", "US", "not a phone number"},
		{"212-555-0100 x 2125550101", "US", "letters"},
		{"212-555-0100 ext 2125550101", "US", "two numbers"},
		{"212-555-0100\n212-555-0101", "US", "not a phone number"},
		{"+12125550100+12125550101", "US", "a + within"},
		{"212-555-0100;drop", "US", "a sign"},
		{"212-555-0100 😀", "US", "a sign"},
		{"212-555-0100?", "US", "a sign"},
		{"2125550100@example.com", "US", "a sign"},
		{"555-0100", "US", "area code is missing"},
		{"911", "US", "too short"},
		{"24365", "US", "too short"},
		{"212 555 010", "US", "too short"},
		{"212 555 01000", "US", "too long"},
		{"911 555 0100", "US", "services"},
		{"+1 411 555 0100", "US", "services"},
		{"+1 290 555 0100", "US", "expansion"},
		{"+1 370 555 0100", "US", "expansion"},
		{"+1 112 555 0100", "US", "area code"},
		{"+1 212 155 0100", "US", "exchange"},
		{"+999 123 456 789", "US", "not a phone number"},
		{"2125550100", "XX", "region"},
		{"2125550100", "", "region"},
		{"2125550100", "USA", "region"},
		{"212\xff5550100", "US", "not text"},
		{strings.Repeat("2", 300), "US", "too long"},
	} {
		n, err := phonenumbers.Parse(c.input, c.region)
		if !errors.Is(err, core.Invalid) || !n.IsZero() {
			t.Errorf("%q in %q: %q, %v, want Invalid", c.input, c.region, n.E164(), err)
			continue
		}
		if !strings.Contains(core.MessageOf(err), c.why) {
			t.Errorf("%q: %q does not say %q", c.input, core.MessageOf(err), c.why)
		}
	}
}

func TestRegion(t *testing.T) {
	t.Parallel()
	for e164, want := range map[string]string{
		"+12125550100": "US", "+14165550100": "CA", "+18765550100": "JM", "+17875550100": "PR", "+18005550100": "US",
		"+442079460958": "GB", "+449999999999": "GB", "+80012345678": "001", "+15555550100": "", "+390212345678": "IT",
	} {
		if got := phonenumbers.Region(core.MustNumber(e164)); got != want {
			t.Errorf("area of %s…: %q, want %q", e164[:5], got, want)
		}
	}
	if got := phonenumbers.Region(core.Number{}); got != "" {
		t.Errorf("no number: %q", got)
	}
}

// TestPunctuationIsNothing: however a number is written, it is the same number.
func TestPunctuationIsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[2-8][02-8][02-8][2-9][0-9]{6}`).Filter(func(s string) bool {
			return s[1] != '9' && s[:2] != "37" && s[:2] != "96"
		}).Draw(t, "digits")
		sep := rapid.SampledFrom([]string{"", " ", "-", ".", "\u00a0", "–", " - "})
		open := rapid.SampledFrom([]string{"", "+1 ", "1-", "(", "tel:", "\u200e"}).Draw(t, "open")
		shut := ""
		if open == "(" {
			shut = ")"
		}
		typed := open + digits[:3] + shut + sep.Draw(t, "first") + digits[3:6] + sep.Draw(t, "second") + digits[6:]
		n, err := phonenumbers.Parse(typed, "US")
		if err != nil || n.E164() != "+1"+digits {
			t.Fatalf("%q: %q, %v", typed, n.E164(), err)
		}
	})
}

// FuzzParse: it never panics, and never repeats what was typed.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"(212) 555-0100", "1-800-FLOWERS", "tel:+1-212-555-0100;ext=5", "２１２", "+", "x5", "\xff"} {
		f.Add(s, "US")
	}
	f.Fuzz(func(t *testing.T, input, region string) {
		n, err := phonenumbers.Parse(input, region)
		switch {
		case err != nil && !errors.Is(err, core.Invalid):
			t.Fatalf("kind of %v", err)
		case err != nil && len(input) > 4 && strings.Trim(input, "0123456789") == "" && strings.Contains(err.Error(), input):
			t.Fatalf("%v repeats the input", err)
		case err == nil:
			if again, err := phonenumbers.Parse(n.E164(), "US"); err != nil || again != n {
				t.Fatalf("%s does not read back: %v", n.E164(), err)
			}
		}
	})
}
