package inbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/inbox"
)

func TestRedact(t *testing.T) {
	for name, x := range map[string]struct{ raw, said, want string }{
		"the text":        {`{"data":{"text":"3/4/1990","id":"e<1>","n":1.50}}`, "3/4/1990", `{"data":{"id":"e<1>","n":1.50,"text":"[gone]"}}`},
		"escaped":         {`{"text":"3\/4\/1990"}`, "3/4/1990", `{"text":"[gone]"}`},
		"white space":     {`{"text":" 3/4/1990 "}`, " 3/4/1990\n", `{"text":"[gone]"}`},
		"twice":           {`["3/4/1990",{"copy":["was: 3/4/1990"]}]`, "3/4/1990", `["[gone]",{"copy":["[gone]"]}]`},
		"as a number":     {`{"n":19900304}`, "19900304", `{"n":"[gone]"}`},
		"as a key":        {`{"19900304":1}`, "19900304", `{"[gone]":1}`},
		"no JSON":         {`text=3/4/1990`, "3/4/1990", inbox.Redacted},
		"JSON and more":   {`{} "3/4/1990"`, "3/4/1990", inbox.Redacted},
		"nothing to hide": {`{"a" : 1}`, " ", `{"a" : 1}`},
	} {
		if got := string(inbox.Redact([]byte(x.raw), x.said, "[gone]")); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// Whatever was said is in the result in no form.
func TestRedactLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.StringMatching(`[0-9/é" ]{3,12}[0-9]`).Draw(t, "said")
		raw, err := json.Marshal(map[string]any{"text": rapid.String().Draw(t, "before") + said, "other": rapid.String().Draw(t, "other"), "list": []string{said}})
		if err != nil {
			t.Fatal(err)
		}
		out := inbox.Redact(raw, said, "[gone]")
		if !json.Valid(out) {
			t.Fatalf("%s is no JSON", out)
		}
		var back any
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatal(err)
		}
		if has(back, strings.TrimSpace(said)) {
			t.Fatalf("%s still says %q", out, said)
		}
	})
}

func has(v any, said string) bool {
	switch x := v.(type) {
	case string:
		return strings.Contains(x, said)
	case []any:
		for _, y := range x {
			if has(y, said) {
				return true
			}
		}
	case map[string]any:
		for _, y := range x {
			if has(y, said) {
				return true
			}
		}
	}
	return false
}
