package thread_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/thread"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Peña's PATIO, patio!":  "patio penas",
		"¿Hay mesa a las 8:30?": "30 8 a hay las mesa",
		"ＦＵＬＬ ﬁne\u200bprint":   "fineprint full",
		" \xff 🌮 ":              "",
	} {
		if got := strings.Join(thread.Words(text), " "); got != want {
			t.Errorf("Words(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParseSearch(t *testing.T) {
	for typed, want := range map[string]thread.Search{
		"":               {},
		"0123":           {Words: []string{"0123"}, Digits: "0123", Tag: "0123"},
		"12":             {Words: []string{"12"}, Tag: "12"},
		"(512) 555-0123": {Words: []string{"0123", "512", "555"}, Digits: "5125550123"},
		"+15125550123":   {Words: []string{"15125550123"}, Digits: "5125550123"},
		"#VIP":           {Words: []string{"vip"}, Tag: "vip"},
		"two tacos":      {Words: []string{"tacos", "two"}, Tag: "two tacos"},
	} {
		if got := thread.ParseSearch(typed); !reflect.DeepEqual(got, want) && !(got.IsZero() && want.IsZero()) {
			t.Errorf("ParseSearch(%q) = %+v, want %+v", typed, got, want)
		}
	}
}

// Whatever a guest writes: the words are few, short, sorted, each once, and finding
// them again finds the text.
func FuzzWords(f *testing.F) {
	f.Add("Do you have a table?")
	f.Add(strings.Repeat("x", 500))
	f.Add("é\u0301\xff")
	f.Fuzz(func(t *testing.T, s string) {
		words := thread.Words(s)
		if len(words) > 200 || !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
			t.Fatalf("%d words of %q", len(words), s)
		}
		for _, w := range words {
			if w == "" || utf8.RuneCountInString(w) > 40 || !utf8.ValidString(w) {
				t.Errorf("the word %q", w)
			}
			if again := thread.Words(w); len(again) != 1 || again[0] != w {
				t.Errorf("%q is sought as %q", w, again)
			}
		}
		if p := thread.Preview(s); utf8.RuneCountInString(p) > 120 || strings.ContainsAny(p, "\n\r") || !utf8.ValidString(p) {
			t.Errorf("the preview %q", p)
		}
	})
}

// Whatever happens: unread is never less than nothing nor more than was heard, and
// a thread with unread texts is open.
func TestUnread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x thread.Thread
		now, heard := time.Unix(0, 0), 0
		for range rapid.IntRange(1, 20).Draw(t, "acts") {
			now = now.Add(time.Second)
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0, 1:
				i := thread.Item{At: now, Text: "x", As: rapid.SampledFrom([]thread.As{thread.AsWords, thread.AsDoubt, thread.AsHelp, thread.AsOptOut}).Draw(t, "as")}
				if i.As.ForPeople() {
					heard++
				}
				x.Hear(i)
			case 2:
				x.See(rapid.IntRange(-1, 30).Draw(t, "seen"))
			case 3:
				x.Reply("y", now)
			}
			if x.Unread() < 0 || x.Heard != heard || x.Read > x.Heard || x.Unread() > 0 && x.State != thread.Open || !x.At.Equal(now) && x.By != thread.Nobody && x.At.After(now) {
				t.Fatalf("%+v after %d texts", x, heard)
			}
		}
	})
}

func TestNames(t *testing.T) {
	for f := thread.All; f <= thread.WithUnread; f++ {
		if got, ok := thread.ParseFilter(f.String()); got != f || !ok {
			t.Errorf("filter %d reads as %d", f, got)
		}
	}
	if f, ok := thread.ParseFilter("x"); ok || f != thread.All || thread.Filter(99).String() != "all" || thread.As(99).String() != "words" || !thread.As(99).ForPeople() {
		t.Error("what is none reads as all, and for people")
	}
}
