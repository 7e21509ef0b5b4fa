package guest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/guest"
)

func TestParseTag(t *testing.T) {
	for in, want := range map[string]guest.Tag{"vip": "vip", "  Wine   Club ": "wine club", "après-ski": "après-ski", "Table 12": "table 12", strings.Repeat("é", 30): guest.Tag(strings.Repeat("é", 30))} {
		if got, err := guest.ParseTag(in); err != nil || got != want {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	for _, bad := range []string{"", " ", "a,b", "<b>", strings.Repeat("a", 31), "5125550101", "call 512-555-0101", "a\x00b", "🌮"} {
		if got, err := guest.ParseTag(bad); !errors.Is(err, core.Invalid) || core.MessageOf(err) == "" || got != "" {
			t.Errorf("%q is %q, %v", bad, got, err)
		}
	}
}

func TestParseTags(t *testing.T) {
	got, err := guest.ParseTags(" vip, wine club,,VIP , ")
	if err != nil || !slices.Equal(got, []guest.Tag{"vip", "wine club"}) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := guest.ParseTags(""); err != nil || got != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := guest.ParseTags("vip, <b>"); !errors.Is(err, core.Invalid) {
		t.Error(err)
	}
}
