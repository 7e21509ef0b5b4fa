package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
)

func TestParseNumber(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want string // what the message says; "" if the number is good
	}{
		{"+15125550123", ""},
		{"+442079460123", ""},
		{"+12345678", "ten digits after the 1"},
		{"+20123456", ""},
		{"+123456789012345", "ten digits after the 1"},
		{"+223456789012345", ""},
		{"+2234567890123456", "at most 15 digits"},
		{"", "is empty"},
		{"+", "8 to 15 digits"},
		{"+1234567", "8 to 15 digits"},
		{"15125550123", "must begin with +"},
		{" +15125550123", "must begin with +"},
		{"+1 512 555 0123", "without spaces"},
		{"+1512555012a", "without spaces"},
		{"+1512555０123", "without spaces"},
		{"+15125550123\n", "without spaces"},
		{"+05125550123", "begins with 0"},
		{"+00000000", "begins with 0"},
		{"+11125550123", "2 to 9"},
		{"+10125550123", "2 to 9"},
		{"+1512" + "1550123", "2 to 9"},
		{"+1512" + "0550123", "2 to 9"},
		{"+1512555012", "ten digits after the 1"},
		{"+151255501234", "ten digits after the 1"},
		{"+99999999999999999999999", "at most 15 digits"},
	} {
		n, err := core.ParseNumber(tt.in)
		if tt.want == "" {
			if err != nil || n.E164() != tt.in {
				t.Errorf("ParseNumber(%q) = %q, %v", tt.in, n.E164(), err)
			}
			continue
		}
		if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), tt.want) || !n.IsZero() {
			t.Errorf("ParseNumber(%q): %v, want Invalid with %q", tt.in, err, tt.want)
		}
		if digits := strings.Trim(tt.in, "+ \n"); len(digits) > 6 && strings.Contains(err.Error(), digits) {
			t.Errorf("ParseNumber(%q): the error repeats the input", tt.in)
		}
	}
}

func TestNumberRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Uint64().Draw(t, "digits")
		n, err := core.NumberFromDigits(d)
		if (err == nil) != (d == 0 || n.Digits() == d) {
			t.Fatalf("NumberFromDigits(%d) = %d, %v", d, n.Digits(), err)
		}
		if err != nil || d == 0 {
			return
		}
		again, err := core.ParseNumber(n.E164())
		if err != nil || again != n {
			t.Fatalf("ParseNumber(%s) is another number, %v", n.E164(), err)
		}
	})
	if n, err := core.NumberFromDigits(0); err != nil || !n.IsZero() {
		t.Errorf("NumberFromDigits(0) = %v, %v", n, err)
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"+15125550123", "+442079460123", "+1", "", "++1512", "+15125550123 ", "+0000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := core.ParseNumber(s)
		if err != nil {
			if !n.IsZero() || core.KindOf(err) != core.Invalid {
				t.Errorf("ParseNumber(%q) = %v, %v", s, n, err)
			}
			return
		}
		if n.E164() != s || n.IsZero() || n.Digits() == 0 {
			t.Errorf("ParseNumber(%q).E164() = %q", s, n.E164())
		}
		if area, ok := n.NANP(); ok && (area < 200 || len(s) != 12) {
			t.Errorf("%q has area code %d", s, area)
		}
	})
}

// wraps are the ways in which a number may be inside of something else.
func wraps(n core.Number) map[string]any {
	type hidden struct{ n core.Number }
	type deep struct{ m map[string]*hidden }
	return map[string]any{
		"itself":              n,
		"pointer":             &n,
		"exported field":      struct{ To core.Number }{n},
		"exported pointer":    struct{ To *core.Number }{&n},
		"unexported field":    hidden{n},
		"pointer to struct":   &hidden{n},
		"slice":               []core.Number{n},
		"slice of unexported": []hidden{{n}},
		"slice of pointers":   []*hidden{{n}},
		"array":               [1]core.Number{n},
		"map key":             map[core.Number]int{n: 1},
		"map value":           map[string]core.Number{"to": n},
		"map of unexported":   map[string]hidden{"to": {n}},
		"deep":                deep{map[string]*hidden{"to": {n}}},
		"interface":           struct{ v any }{n},
		"unexported key":      struct{ m map[core.Number]bool }{map[core.Number]bool{n: true}},
		"pair":                core.Pair{Number: n},
		"error":               fmt.Errorf("sending to %v: %w", n, core.E("x", core.Invalid, n.String())),
	}
}

func TestNumberCannotLeak(t *testing.T) {
	const national, hex, hexText = "5125550123", "384ee5b8b", "2b31353132353535"
	n := core.MustNumber("+1" + national)
	show := func(where, s string) {
		t.Helper()
		for _, secret := range []string{national, "555012", fmt.Sprintf("%x", n.Digits()), fmt.Sprintf("%o", n.Digits()), fmt.Sprintf("%b", n.Digits()), hex, hexText} {
			if strings.Contains(strings.ToLower(s), secret) {
				t.Errorf("%s shows the number: %s", where, s)
			}
		}
	}
	for name, v := range wraps(n) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%e", "%T", "%p", "%t"} {
			show(verb+" of "+name, fmt.Sprintf(verb, v))
		}
		show("Println of "+name, fmt.Sprintln(v))
		if b, err := json.Marshal(v); err == nil {
			show("JSON of "+name, string(b))
		}
	}
	if got := fmt.Sprint(n); got != "+…23" {
		t.Errorf("printed as %q", got)
	}
	text, err := n.MarshalText()
	if err != nil || string(text) != "+…23" {
		t.Errorf("MarshalText: %q, %v", text, err)
	}
}

func TestNumberForPeople(t *testing.T) {
	us, uk, none := core.MustNumber("+15125550123"), core.MustNumber("+442079460123"), core.Number{}
	for _, tt := range []struct{ got, want string }{
		{us.Masked(), "(•••) •••-0123"}, {uk.Masked(), "••••••0123"}, {none.Masked(), "no number"},
		{us.Last4(), "0123"}, {none.Last4(), ""}, {none.E164(), ""}, {none.String(), "+"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if area, ok := us.NANP(); area != 512 || !ok {
		t.Errorf("NANP: %d %v", area, ok)
	}
	if _, ok := uk.NANP(); ok {
		t.Error("a British number is not of the North American plan")
	}
	if us == uk || us != core.MustNumber("+15125550123") {
		t.Error("numbers compare by their digits")
	}
}
