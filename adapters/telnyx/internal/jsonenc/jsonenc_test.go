package jsonenc_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/telnyx/internal/jsonenc"
	"pgregory.net/rapid"
)

func TestStringReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "s"))
		var got string
		if err := json.Unmarshal(jsonenc.String(nil, s), &got); err != nil {
			t.Fatalf("%q is not JSON: %v", s, err)
		}
		var want strings.Builder
		for _, r := range s { // ranging makes each bad byte U+FFFD
			want.WriteRune(r)
		}
		if got != want.String() {
			t.Fatalf("read back %q, want %q", got, want.String())
		}
	})
}

func TestStrings(t *testing.T) {
	if got := string(jsonenc.Strings([]byte("x:"), []string{"a\"", "b"})); got != `x:["a\"","b"]` {
		t.Errorf("got %s", got)
	}
	if got := string(jsonenc.Strings(nil, nil)); got != "[]" {
		t.Errorf("got %s", got)
	}
}
