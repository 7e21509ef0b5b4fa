package sms_test

import (
	"embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/sms"
	"pgregory.net/rapid"
)

//go:embed testdata
var testdata embed.FS

// A vector is one line of the file that the browser's counter is held to also.
type vector struct {
	Name, Text, Encoding string
	Units, Segments      int
	Costly               []struct {
		Char string
		At   int
	}
	Plain *string
}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	raw, err := testdata.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(raw, &vs); err != nil {
		tb.Fatal(err)
	}
	if len(vs) < 60 {
		tb.Fatalf("only %d vectors", len(vs))
	}
	return vs
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			got := sms.Measure(v.Text)
			if got.Encoding.String() != v.Encoding || got.Units != v.Units || got.Segments != v.Segments {
				t.Errorf("Measure = %v, want %s %d %d", got, v.Encoding, v.Units, v.Segments)
			}
			costly := sms.Costly(v.Text)
			if len(costly) != len(v.Costly) {
				t.Fatalf("Costly found %d characters, want %d", len(costly), len(v.Costly))
			}
			for i, c := range costly {
				if string(c.Rune) != v.Costly[i].Char || c.At != v.Costly[i].At {
					t.Errorf("Costly[%d] = %q at %d, want %q at %d", i, c.Rune, c.At, v.Costly[i].Char, v.Costly[i].At)
				}
				if !strings.HasPrefix(v.Text[c.Offset:], string(c.Rune)) {
					t.Errorf("Costly[%d] is not at byte %d", i, c.Offset)
				}
			}
			if v.Plain != nil && sms.Plain(v.Text) != *v.Plain {
				t.Errorf("Plain = %q, want %q", sms.Plain(v.Text), *v.Plain)
			}
		})
	}
}

func TestPartsAreWhole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		sizes      []int
	}{
		{"plain", strings.Repeat("a", 161), []int{153, 8}},
		{"escape pair", strings.Repeat("a", 152) + "€" + strings.Repeat("b", 20), []int{152, 22}},
		{"surrogate pair", strings.Repeat("a", 66) + "😀" + strings.Repeat("b", 20), []int{66, 22}},
		{"one part", "hello", []int{5}},
		{"nothing", "", nil},
	} {
		var sizes []int
		for _, p := range sms.Split(tc.text) {
			// Measured on its own a part of a UCS-2 text may look like GSM-7.
			units := sms.Measure(p).Units
			sizes = append(sizes, units)
		}
		if diff := cmp.Diff(tc.sizes, sizes); diff != "" {
			t.Errorf("%s: parts (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestInvalidUTF8ForcesUCS2(t *testing.T) {
	t.Parallel()
	text := "ab\xff\xfe"
	if got, want := sms.Measure(text), (sms.Size{Encoding: sms.UCS2, Units: 4, Segments: 1}); got != want {
		t.Errorf("Measure = %v, want %v", got, want)
	}
	c := sms.Costly(text)
	if len(c) != 2 || c[1].Rune != utf8.RuneError || c[1].Offset != 3 || c[1].HasPlain {
		t.Errorf("Costly = %+v", c)
	}
	if got := sms.Plain(text); got != text {
		t.Errorf("Plain = %q", got)
	}
	long := strings.Repeat("\xff", 100)
	if got := strings.Join(sms.Split(long), ""); got != long {
		t.Errorf("Split changed the bytes: %q", got)
	}
}

func TestSendable(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{0: false, 1: true, 1530: true, 1531: false} {
		if got := sms.Measure(strings.Repeat("a", n)).Sendable(); got != want {
			t.Errorf("%d characters: Sendable = %v", n, got)
		}
	}
}

func TestMeasureDoesNotAllocate(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 160), strings.Repeat("€", 700), strings.Repeat("😀", 300)} {
		if n := testing.AllocsPerRun(100, func() { sms.Measure(text) }); n != 0 {
			t.Errorf("%.0f allocations for %.10s…", n, text)
		}
	}
}

// anyText draws from what makes trouble: pairs, marks, other scripts, rubbish.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		bits := rapid.SliceOfN(rapid.OneOf(
			rapid.StringOfN(rapid.SampledFrom([]rune("abc €{}[]~|\fñéüá’—…😀👩‍🍳ж")), 0, 60, -1),
			rapid.SampledFrom([]string{"\xff", strings.Repeat("a", 66), strings.Repeat("a", 152), "e\u0301"}),
		), 0, 12).Draw(t, "bits")
		return strings.Join(bits, "")
	})
}

func TestSplitAgreesWithMeasure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkSplit(t, anyText().Draw(t, "text")) })
}

func checkSplit(t interface {
	Fatalf(string, ...any)
}, text string) {
	size, parts := sms.Measure(text), sms.Split(text)
	if got := strings.Join(parts, ""); got != text {
		t.Fatalf("parts make %q of %q", got, text)
	}
	if len(parts) != size.Segments {
		t.Fatalf("%d parts, Measure says %d", len(parts), size.Segments)
	}
	limit := map[bool]int{true: 153, false: 67}[size.Encoding == sms.GSM7]
	if len(parts) == 1 {
		limit = map[bool]int{true: 160, false: 70}[size.Encoding == sms.GSM7]
	}
	units := 0
	for _, p := range parts {
		n := 0
		for _, r := range p {
			switch {
			case size.Encoding == sms.GSM7:
				n += sms.Measure(string(r)).Units
			case r > 0xFFFF:
				n += 2
			default:
				n++
			}
		}
		if n > limit || n == 0 {
			t.Fatalf("part %q has %d units, the limit is %d", p, n, limit)
		}
		units += n
	}
	if units != size.Units {
		t.Fatalf("parts have %d units, Measure says %d", units, size.Units)
	}
	if costly := sms.Costly(text); (len(costly) == 0) != (size.Encoding == sms.GSM7) {
		t.Fatalf("%d costly characters in %v", len(costly), size.Encoding)
	}
}

func TestPlainNeverCostsMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		plain := sms.Plain(text)
		if again := sms.Plain(plain); again != plain {
			t.Fatalf("Plain(%q) = %q, again %q", text, plain, again)
		}
		for _, c := range sms.Costly(plain) {
			if c.HasPlain {
				t.Fatalf("%q is left in %q", c.Rune, plain)
			}
		}
	})
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, source, value, want string }{
		{"value", "Hi {first_name|there}!", "Ana", "Hi Ana!"},
		{"fallback", "Hi {first_name|there}!", "", "Hi there!"},
		{"blank is none", "Hi {first_name|there}!", " \t\n ", "Hi there!"},
		{"no fallback", "Hi{first_name}!", "", "Hi!"},
		{"cut", "Hi {first_name|you|3}!", "Anabel", "Hi Ana!"},
		{"cut leaves no space", "Hi {first_name|you|4}!", "Ana Maria", "Hi Ana!"},
		{"cut counts characters", "Hi {first_name|me|2}!", "李小龍", "Hi 李小!"},
		{"values are data", "Hi {first_name|there}!", "{points}", "Hi {points}!"},
		{"one line", "Hi {first_name|there}!", "Ana\r\nMaria", "Hi Ana Maria!"},
		{"braces", "{{Hi}} {first_name}", "Ana", "{Hi} Ana"},
		{"plain tag is made plain", "Code {code}", "A’B😀€c", "Code A'Bc"},
		{"no tags", "Hello", "x", "Hello"},
		{"empty", "", "x", ""},
	} {
		tpl, err := sms.ParseTemplate(tc.source)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		got := tpl.Render(func(string) (string, bool) { return tc.value, tc.value != "" })
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestTemplateFaultsNameThePlace(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Hi {first_name":       "at character 4: a { is never closed",
		"Hi {a{b}":             "at character 4: a { is never closed",
		"ñé } x":               "at character 4: a } without its {",
		"{}":                   "at character 1: a tag's name",
		"{First Name}":         "at character 1: a tag's name",
		"{a|b|c}":              "at character 1: a tag's length is a number",
		"{a|b|0}":              "at character 1: a tag's length is a number",
		"{a|b|999}":            "at character 1: a tag's length is a number",
		"{a|b|9|c}":            "at character 1: a tag has at most",
		"x{a|fallback text|4}": "at character 2: the fallback of {a} is longer",
		"{":                    "at character 1: a { is never closed",
	} {
		_, err := sms.ParseTemplate(source)
		if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), want) {
			t.Errorf("%q: %v, want %q", source, err, want)
		}
	}
}

func TestWorst(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		source string
		want   sms.Size
	}{
		{"Hello", sms.Size{Encoding: sms.GSM7, Units: 5, Segments: 1}},
		{"Code {code||10}", sms.Size{Encoding: sms.GSM7, Units: 15, Segments: 1}},
		{"Hi {first_name|there}", sms.Size{Encoding: sms.UCS2, Units: 43, Segments: 1}},
		{strings.Repeat("a", 150) + "{code||11}", sms.Size{Encoding: sms.GSM7, Units: 161, Segments: 2}},
		{"", sms.Size{Encoding: sms.GSM7}},
	} {
		tpl, err := sms.ParseTemplate(tc.source)
		if err != nil {
			t.Fatal(err)
		}
		if got := tpl.Worst(); got != tc.want {
			t.Errorf("%q: Worst = %v, want %v", tc.source, got, tc.want)
		}
	}
}

func TestNothingRendersWorseThanWorst(t *testing.T) {
	t.Parallel()
	sources := []string{
		"Hi {first_name|there}, {points|no} points, code {code|SAVE|8}",
		strings.Repeat("a", 60) + "{first_name|😀|5}" + strings.Repeat("😀", 40) + "{last_name}",
		strings.Repeat("€", 70) + "{code||30}" + strings.Repeat("{{", 60) + "{points}",
	}
	rapid.Check(t, func(t *rapid.T) {
		tpl, err := sms.ParseTemplate(rapid.SampledFrom(sources).Draw(t, "source"))
		if err != nil {
			t.Fatal(err)
		}
		value := anyText().Draw(t, "value")
		got := sms.Measure(tpl.Render(func(string) (string, bool) { return value, true }))
		if worst := tpl.Worst(); got.Segments > worst.Segments {
			t.Fatalf("rendered %v, worst %v", got, worst)
		}
	})
}

func FuzzSMS(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Text)
	}
	f.Add("Hi {first_name|there|9}")
	f.Fuzz(func(t *testing.T, text string) {
		checkSplit(t, text)
		sms.Plain(text)
		tpl, err := sms.ParseTemplate(text)
		if err != nil {
			return
		}
		got := sms.Measure(tpl.Render(func(string) (string, bool) { return text, true }))
		if worst := tpl.Worst(); got.Segments > worst.Segments {
			t.Fatalf("rendered %v, worst %v", got, worst)
		}
	})
}

func BenchmarkMeasure(b *testing.B) {
	for name, text := range map[string]string{
		"160 GSM-7":         strings.Repeat("Taco 2-for-1! 56", 10),
		"160 with é":        strings.Repeat("Café ¡ñoño! más ", 10),
		"459 GSM-7, euros":  strings.Repeat("Taco €2! ", 51),
		"160 UCS-2":         strings.Repeat("Tacos 🌮 tonight ", 10),
		"160, curly at end": strings.Repeat("a", 159) + "’",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sms.Measure(text)
			}
		})
	}
}

func BenchmarkPlain(b *testing.B) {
	text := strings.Repeat("Luna’s — café… ", 10)
	b.ReportAllocs()
	for b.Loop() {
		sms.Plain(text)
	}
}
