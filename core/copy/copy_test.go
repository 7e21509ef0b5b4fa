package copy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core/copy"
)

const stop = " Reply STOP to opt out"

func check(text string) copy.Report {
	return copy.Check(copy.Draft{Text: text, Brand: "Luna's Cantina", Domains: []string{"lunascantina.com"}})
}

func TestBrand(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		brand, text string
		named       bool
	}{
		{"Luna's Cantina", "Lunas Cantina has tacos.", true},
		{"Luna's Cantina", "LUNA'S CANTINA: tacos.", true},
		{"Luna's Cantina", "Luna’s  Cantina - tacos.", true},
		{"Luna's Cantina", "Luna Cantina: tacos.", true},
		{"Luna's Cantina", "Tacos at lunas-cantina!", true},
		{"Luna's Cantina", "Tacos at @lunascantina!", true},
		{"Luna's Cantina", "Luna's Cantina's tacos.", true},
		{"Luna's Cantina", "Tacos from Luna’s Cantina’s kitchen.", true},
		{"Luna's Cantina", "lunascantina.com has tacos.", false},
		{"Luna's Cantina", "Write to hi@lunascantina.com.", false},
		{"Luna's Cantina", "Luna's has tacos.", false},
		{"Luna", "Lunar eclipse tonight.", false},
		{"Luna", "Luna's tacos are back.", true},
		{"Café Río", "CAFE RIO: tacos.", true},
		{"Cafe Rio", "Café Río: tacos.", true},
		{"Smoke & Barrel", "Smoke and Barrel: ribs.", true},
		{"Smoke and Barrel", "SMOKE & BARREL ribs.", true},
		{"The Rusty Nail LLC", "Rusty Nail: ribs.", true},
		{"St. Elmo's", "St Elmos: ribs.", true},
		{"Bar 21", "Bar 21: ribs.", true},
		{"Bar 21", "Bar 212: ribs.", false},
		{"寿司之夜", "今晚寿司之夜见", true},
		{"Ωmega", "ΩMEGA: gyros.", true},
		{"!!!", "!!! band night.", true},
		{"", "Tacos tonight.", false},
		{"   ", "Tacos tonight.", false},
	} {
		r := copy.Check(copy.Draft{Text: tc.text + stop, Brand: tc.brand})
		missing := slices.Contains(codes(r), "brand_missing")
		if missing == tc.named {
			t.Errorf("%q in %q: missing = %v", tc.brand, tc.text, missing)
		}
		if missing && r.Verdict != copy.Block {
			t.Errorf("%q: verdict %v", tc.text, r.Verdict)
		}
	}
}

func TestBrandMaySayWhatItIsCalled(t *testing.T) {
	t.Parallel()
	for brand, want := range map[string]copy.Verdict{
		"Joe's Beer Garden":     copy.Pass,
		"The Smoking Gun BBQ":   copy.Pass,
		"Moby Dick Wine Cellar": copy.Pass,
		"Weed World":            copy.Block, // no name excuses it
	} {
		if r := copy.Check(copy.Draft{Text: brand + ": tacos tonight." + stop, Brand: brand}); r.Verdict != want {
			t.Errorf("%s: %v %v", brand, r.Verdict, codes(r))
		}
	}
}

func TestAgeGate(t *testing.T) {
	t.Parallel()
	text := "Luna's Cantina: $5 margaritas." + stop
	open := copy.Check(copy.Draft{Text: text, Brand: "Luna's Cantina"})
	gated := copy.Check(copy.Draft{Text: text, Brand: "Luna's Cantina", AgeGated: true})
	if open.Verdict != copy.Block || !open.NeedsAgeGate {
		t.Errorf("open audience: %+v", open)
	}
	if gated.Verdict != copy.Pass || !gated.NeedsAgeGate || len(gated.Findings) != 0 {
		t.Errorf("gated audience: %+v", gated)
	}
	// A gate for alcohol opens no other door.
	weed := copy.Check(copy.Draft{Text: "Luna's Cantina: weed and wine." + stop, Brand: "Luna's Cantina", AgeGated: true})
	if weed.Verdict != copy.Block || !slices.Equal(codes(weed), []string{"content_cannabis"}) {
		t.Errorf("weed: %+v", weed)
	}
	if r := check("Luna's Cantina: root beer." + stop); r.NeedsAgeGate {
		t.Error("root beer needs an age gate")
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, code, part string }{
		{"Luna's Cantina: ¡cerveza fría!" + stop, "alcohol_not_age_gated", "cerveza"},
		{"Luna's Cantina: 🌮 + b33r, yes." + stop, "alcohol_not_age_gated", "b33r"},
		{"Luna's Cantina: 🌮 w e e d here." + stop, "content_cannabis", "w e e d"},
		{"Luna's Cantina: w€€d here." + stop, "content_cannabis", "w€€d"},
		{"Luna's Cantina: wе\u200bed here." + stop, "content_cannabis", "wе\u200bed"},
		{"Luna's Cantina: weeeeed here." + stop, "content_cannabis", "weeeeed"},
		{"Luna's Cantina: ｗｅｅｄ here." + stop, "content_cannabis", "ｗｅｅｄ"},
		{"Luna's Cantina: 𝓌𝑒𝑒𝒹 here." + stop, "content_cannabis", "𝓌𝑒𝑒𝒹"},
		{"Luna's Cantina: w**d here." + stop, "content_cannabis", "w**d"},
		{"Luna's Cantina: $ex here." + stop, "content_sex", "$ex"},
		{"Luna's Cantina: see https://bit.ly/3xY?a=1, ok." + stop, "url_shortener", "https://bit.ly/3xY?a=1"},
		{"Luna's Cantina: (bit.ly/x)." + stop, "url_shortener", "bit.ly/x"},
		{"Luna's Cantina: bіt.ly/x now." + stop, "url_shortener", "bіt.ly/x"},
		{"Luna's Cantina: é bit dot ly/x now." + stop, "url_shortener", "bit dot ly"},
		{"Luna's Cantina: é yelp.com/luna." + stop, "foreign_domain", "yelp.com/luna"},
		{"Luna's Cantina: go http://192.168.7.7/x" + stop, "suspicious_link", "http://192.168.7.7/x"},
		{"Luna's Cantina: tacos. Reply S.T.O.P to end", "optout_malformed", "S.T.O.P"},
		{"Luna's Cantina: tacos!!!!" + stop, "spam_shape", "!!!!"},
		{"Luna's Cantina: 🔥🔥🔥🔥🔥🔥 tacos." + stop, "spam_shape", "🔥🔥🔥🔥🔥🔥"},
	} {
		r := check(tc.text)
		k := slices.IndexFunc(r.Findings, func(f copy.Finding) bool { return f.Code == tc.code })
		if k < 0 {
			t.Errorf("%s: no %s in %v", tc.text, tc.code, codes(r))
			continue
		}
		if s := r.Findings[k].Span; tc.text[s[0]:s[1]] != tc.part {
			t.Errorf("%s: %s spans %q, want %q", tc.text, tc.code, tc.text[s[0]:s[1]], tc.part)
		}
	}
}

func TestDisguiseIsNamed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"b33r", "B E E R", "w€€d", "bееr", "be\u200ber", "v.o.d.k.a", "s*x", "𝐁𝐞𝐞𝐫"} {
		if r := check("Luna's Cantina: " + text + "." + stop); !slices.Contains(codes(r), "disguised_text") || r.Verdict != copy.Block {
			t.Errorf("%s: %v %v", text, r.Verdict, codes(r))
		}
	}
	for _, text := range []string{"D.J. night", "R.S.V.P. now", "5 p.m. show", "Q & A", "A B C of tacos", "Café olé", "Живая музыка", "T.G.I.F.", "B2B lunch", "4x4 pizza", "I ♥ tacos", "👩‍🍳 cooks"} {
		if r := check("Luna's Cantina: " + text + "." + stop); r.Verdict != copy.Pass {
			t.Errorf("%s: %v %v", text, r.Verdict, codes(r))
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"lunascantina.com":                    "",
		"LunasCantina.com":                    "",
		"https://lunascantina.com":            "",
		"http://www.lunascantina.com/a?b=c#d": "",
		"go.lunascantina.com/x":               "",
		"evil-lunascantina.com":               "foreign_domain",
		"lunascantina.com.example.net/x":      "foreign_domain",
		"lunascantina.co":                     "foreign_domain",
		"https://user@evil.example":           "suspicious_link",
		"https://lunascantina.com@evil.com/x": "suspicious_link",
		"bit.ly":                              "url_shortener",
		"Bit.Ly/abc":                          "url_shortener",
		"me.bit.ly/abc":                       "url_shortener",
		"hola@lunascantina.com":               "",
		"hola@example.com":                    "",
		"9pm.Come early":                      "",
		"$5.Wings":                            "",
		"Open till 2a.m. daily":               "",
		"Tacos.Bar opens at 5":                "",
		"$4.20 tacos":                         "",
		"12.5 oz steak":                       "",
		"St.Patrick is here":                  "",
		"We're back.So are the tacos":         "",
		"one...two":                           "",
		"Dr.Pepper floats":                    "",
	} {
		r := check("Luna's Cantina: " + text + " ok." + stop)
		got := strings.Join(codes(r), ",")
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	own := copy.Draft{Text: "Luna: bit.ly/x." + stop, Brand: "Luna", Domains: []string{"bit.ly"}}
	if r := copy.Check(own); r.Verdict != copy.Block {
		t.Error("a shortener is nobody's own domain")
	}
	typed := copy.Draft{Text: "Luna: luna.bar/x." + stop, Brand: "Luna", Domains: []string{" HTTPS://www.Luna.bar/ "}}
	if r := copy.Check(typed); r.Verdict != copy.Pass {
		t.Errorf("a domain as people type it: %v", codes(r))
	}
}

func TestShape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"TONIGHT is TACO night.":         "",
		"BBQ and BLT for the NFL.":       "",
		"Wow!! Tacos!":                   "",
		"What?! Tacos?":                  "",
		"🌮🌮🌮 tonight.":                   "",
		"FREE!! tacos.":                  "spam_shape",
		"Tacos $$$.":                     "spam_shape",
		"WE HAVE ALL THE TACOS TONIGHT.": "all_caps",
	} {
		if got := strings.Join(codes(check("Luna's Cantina: "+text+stop)), ","); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for words, want := range map[int]string{50: "", 140: "long_text", 400: "too_long"} {
		if got := strings.Join(codes(check("Luna's Cantina: "+strings.Repeat("tacos ", words)+stop)), ","); got != want {
			t.Errorf("%d words: %q, want %q", words, got, want)
		}
	}
}

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Luna's Cantina: tacos." + stop: `{"verdict":"pass","findings":[]}`,
		"Tacos." + stop:                 `{"verdict":"block","findings":[{"code":"brand_missing","span":[0,0],"why":"The text does not say who it is from.","mend":"Begin with the venue's name, as in “Luna's Cantina: …”."}]}`,
	} {
		got, err := json.Marshal(check(text))
		if err != nil || string(got) != want {
			t.Errorf("%s (%v)", got, err)
		}
	}
}

func TestZeroDraftIsBlocked(t *testing.T) {
	t.Parallel()
	if r := copy.Check(copy.Draft{}); r.Verdict != copy.Block {
		t.Errorf("%+v", r)
	}
	if (copy.Report{}).Verdict != copy.Block {
		t.Error("the zero report passes")
	}
}

func TestEveryCodeSaysWhatToDo(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range corpus(t) {
		for _, f := range copy.Check(s.draft()).Findings {
			seen[f.Code] = true
			if f.Why == "" || f.Mend == "" {
				t.Errorf("%s says nothing", f.Code)
			}
			if !slices.Contains(copy.Codes(), f.Code) {
				t.Errorf("%s is not listed", f.Code)
			}
		}
	}
	for _, c := range copy.Codes() {
		if !seen[c] && !slices.Contains([]string{"too_long", "long_text", "suspicious_link"}, c) {
			t.Errorf("no text of the corpus shows %s", c)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range corpus(f) {
		f.Add(s.text, "Luna's Cantina")
	}
	raw, err := testdata.ReadFile("testdata/corpus.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw[:3000]), "\xff's")
	f.Add("http://@.\xff//bit.ly:9@x *****\u200d'’", "")
	f.Fuzz(func(t *testing.T, text, brand string) {
		d := copy.Draft{Text: text, Brand: brand, Domains: []string{brand}}
		r := copy.Check(d)
		for _, fd := range r.Findings {
			from, to := fd.Span[0], fd.Span[1]
			if from < 0 || from > to || to > len(text) {
				t.Fatalf("%s spans %d..%d of %d bytes", fd.Code, from, to, len(text))
			}
			if from < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[from]) || to < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[to]) {
				t.Fatalf("%s cuts a character at %d..%d", fd.Code, from, to)
			}
			if fd.Verdict < r.Verdict {
				t.Fatalf("%s is stricter than the report", fd.Code)
			}
		}
		if again := copy.Check(d); !slices.Equal(again.Findings, r.Findings) {
			t.Fatal("two readings differ")
		}
		d.AgeGated = true
		if gated := copy.Check(d); gated.Verdict < r.Verdict {
			t.Fatal("an age gate made it worse")
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for name, text := range map[string]string{
		"clean":  "Luna's Cantina: Taco Tuesday is back, 2-for-1 al pastor until 9pm. Show this text. Menu: lunascantina.com/menu. Reply HELP for help, STOP to opt out",
		"dirty":  "Luna’s Cantina: $5 margaritas & b33r, w e e d brownies!!! bit.ly/luna. Reply STOP to opt out",
		"longer": strings.Repeat("Luna's Cantina: tacos and live music tonight, see you at 8. ", 10) + stop,
	} {
		b.Run(name, func(b *testing.B) {
			d := copy.Draft{Text: text, Brand: "Luna's Cantina", Domains: []string{"lunascantina.com"}}
			b.ReportAllocs()
			for b.Loop() {
				copy.Check(d)
			}
		})
	}
}
