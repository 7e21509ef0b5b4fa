package storetest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
)

type thing struct {
	At    time.Time
	To    core.Number
	Parts []string
	Of    map[string]any
	kept  int
}

// A comparison that overlooks something would let every store pass.
func TestDifference(t *testing.T) {
	made := func(change func(*thing)) thing {
		x := thing{At: time.Unix(1, 0).UTC(), To: core.MustNumber("+15125550101"), Parts: []string{"a", "b"}, Of: map[string]any{"n": 1}, kept: 1}
		if change != nil {
			change(&x)
		}
		return x
	}
	elsewhere := func(x *thing) { x.At = x.At.In(time.FixedZone("CST", -6*3600)) }
	if d := difference(reflect.ValueOf(made(nil)), reflect.ValueOf(made(elsewhere)), ""); d != "" {
		t.Errorf("the same differs: %s", d)
	}
	for want, change := range map[string]func(*thing){
		".At":               func(x *thing) { x.At = x.At.Add(1) },
		".To":               func(x *thing) { x.To = core.MustNumber("+15125550102") },
		".Parts":            func(x *thing) { x.Parts = nil },
		".Parts[1]":         func(x *thing) { x.Parts[1] = "c" },
		".Of[n]":            func(x *thing) { x.Of["n"] = "1" },
		".Of[n] is missing": func(x *thing) { x.Of = map[string]any{"m": nil} },
		".kept":             func(x *thing) { x.kept = 2 },
	} {
		d := difference(reflect.ValueOf(made(nil)), reflect.ValueOf(made(change)), "")
		if !strings.HasPrefix(d, want) {
			t.Errorf("what differs at %s is told as %q", want, d)
		}
	}
}
