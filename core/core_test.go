package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
)

func TestIDRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u core.UUID
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		id := core.MessageID(u)
		for _, s := range []string{u.String(), strings.ToUpper(u.String())} {
			if got, err := core.ParseUUID(s); err != nil || got != u {
				t.Fatalf("ParseUUID(%q) = %v, %v", s, got, err)
			}
		}
		b, err := json.Marshal(map[core.MessageID]core.MessageID{id: id})
		if err != nil {
			t.Fatalf("Marshal: %v", err)
		}
		var back map[core.MessageID]core.MessageID
		if err := json.Unmarshal(b, &back); err != nil || back[id] != id {
			t.Fatalf("%s came back as %v, %v", b, back, err)
		}
	})
	var zero core.MessageID
	if zero.String() != "" || !zero.IsZero() {
		t.Errorf("the zero id is %q", zero)
	}
}

func TestBadIDs(t *testing.T) {
	good := core.UUID{1, 2, 3}.String()
	for _, s := range []string{
		"", "x", good[:35], good + "0", strings.ReplaceAll(good, "-", ""), strings.Replace(good, "-", "_", 1),
		"g" + good[1:], "{" + good + "}", strings.Replace(good, "0", "é", 1)[:36],
	} {
		if _, err := core.ParseUUID(s); !errors.Is(err, core.Invalid) {
			t.Errorf("ParseUUID(%q): %v, want Invalid", s, err)
		}
	}
	id := core.MessageID{9}
	if err := id.UnmarshalText([]byte("nonsense")); err == nil || id != (core.MessageID{9}) {
		t.Errorf("UnmarshalText of nonsense: %v, id now %v", err, id)
	}
}

func TestKinds(t *testing.T) {
	inner := core.E("store.Get", core.NotFound, "no such campaign")
	outer := core.Wrap("launch.Step", core.Unavailable, "", inner)
	for _, tt := range []struct {
		err     error
		kind    core.Kind
		message string
	}{
		{nil, core.Internal, ""},
		{io.EOF, core.Internal, ""},
		{context.Canceled, core.Internal, ""},
		{core.Conflict, core.Conflict, ""},
		{inner, core.NotFound, "no such campaign"},
		{fmt.Errorf("web: %w", inner), core.NotFound, "no such campaign"},
		{core.Wrap("a", core.NotFound, "", inner), core.NotFound, "no such campaign"},
		{core.Wrap("a", core.NotFound, "look elsewhere", inner), core.NotFound, "look elsewhere"},
		{errors.Join(inner, io.EOF), core.NotFound, "no such campaign"},
		// The message of another kind was meant for somebody else.
		{outer, core.Unavailable, ""},
		{core.Wrap("a", core.Invalid, "", core.E("b", core.Internal, "SELECT failed")), core.Invalid, ""},
		{core.Wrap("a", core.Internal, "secret", inner), core.Internal, ""},
	} {
		if got := core.KindOf(tt.err); got != tt.kind {
			t.Errorf("KindOf(%v) = %v, want %v", tt.err, got, tt.kind)
		}
		if got := core.MessageOf(tt.err); got != tt.message {
			t.Errorf("MessageOf(%v) = %q, want %q", tt.err, got, tt.message)
		}
		if tt.err != nil && tt.kind != core.Internal && !errors.Is(tt.err, tt.kind) {
			t.Errorf("errors.Is(%v, %v) is false", tt.err, tt.kind)
		}
	}
	if errors.Is(inner, core.Conflict) {
		t.Error("NotFound is not Conflict")
	}
	var e *core.Error
	if !errors.As(fmt.Errorf("x: %w", outer), &e) || e.Op != "launch.Step" || !errors.Is(outer, error(inner)) {
		t.Errorf("errors.As found %+v", e)
	}
}

func TestErrorText(t *testing.T) {
	for _, tt := range []struct {
		err  *core.Error
		want string
	}{
		{core.E("telnyx.Submit", core.Denied, "the key is wrong"), "telnyx.Submit: the key is wrong"},
		{core.E("telnyx.Submit", core.Denied, ""), "telnyx.Submit: denied"},
		{&core.Error{Op: "telnyx.Submit", Kind: core.Invalid, Msg: "refused", Code: "40310", Err: io.EOF}, "telnyx.Submit: refused (code 40310): EOF"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	for k := core.Internal; k <= core.Ambiguous; k++ {
		if k.String() == "" || k != core.Internal && k.String() == core.Internal.String() {
			t.Errorf("kind %d is called %q", k, k)
		}
	}
	if core.Kind(99).String() != "internal" {
		t.Error("a kind that is none reads as the safest")
	}
}
