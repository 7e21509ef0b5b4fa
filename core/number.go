package core

import (
	"strconv"
	"unique"
)

// A Number is a telephone number in E.164 form. It is comparable and eight
// bytes wide. The zero Number is no number.
//
// A Number never shows itself: every fmt verb, JSON, text and slog print only
// the last two digits, and because the digits are behind a [unique.Handle],
// printing a struct that holds a Number in an unexported field shows an
// address. [Number.E164] and [Number.Digits] are the only ways out, so every
// disclosure can be found by searching for them.
type Number struct {
	h unique.Handle[uint64]
}

// ParseNumber reads an E.164 number: a plus sign and 8 to 15 digits, the first
// not zero. A number of the North American plan (+1) must have ten digits after
// the 1, with area code and exchange in 2–9. Errors have kind [Invalid] and do
// not repeat the input.
//
// It accepts nothing else: what people type is made into E.164 by an adapter.
func ParseNumber(s string) (Number, error) {
	const op = "core.ParseNumber"
	if len(s) == 0 {
		return Number{}, E(op, Invalid, "the phone number is empty; write it as + and country code, like +1 and ten digits")
	}
	if s[0] != '+' {
		return Number{}, E(op, Invalid, "the phone number must begin with + and the country code, like +1 and ten digits")
	}
	var d uint64
	for i := 1; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' || i > 15 {
			return Number{}, E(op, Invalid, "the phone number must be + and at most 15 digits, without spaces or other signs")
		}
		d = d*10 + uint64(c-'0')
	}
	return numberFromDigits(op, d, len(s)-1)
}

// NumberFromDigits is the inverse of [Number.Digits]. Zero gives the zero Number.
func NumberFromDigits(d uint64) (Number, error) {
	if d == 0 {
		return Number{}, nil
	}
	return numberFromDigits("core.NumberFromDigits", d, len(strconv.FormatUint(d, 10)))
}

// MustNumber is ParseNumber for constants in tests and examples; it panics on
// a bad number.
func MustNumber(s string) Number {
	n, err := ParseNumber(s)
	if err != nil {
		panic(err)
	}
	return n
}

func numberFromDigits(op string, d uint64, digits int) (Number, error) {
	switch {
	case digits < 8 || digits > 15:
		return Number{}, E(op, Invalid, "the phone number must have 8 to 15 digits")
	case strconv.FormatUint(d, 10)[0] == '0' || len(strconv.FormatUint(d, 10)) != digits:
		return Number{}, E(op, Invalid, "no country code begins with 0")
	case isNANP(d, digits):
		area, exchange := d/1e7%1000, d/1e4%1000
		if area < 200 || exchange < 200 {
			return Number{}, E(op, Invalid, "area code and exchange of a +1 number begin with 2 to 9")
		}
	case leading(d) == 1:
		return Number{}, E(op, Invalid, "a +1 number has ten digits after the 1")
	}
	return Number{h: unique.Make(d)}, nil
}

func isNANP(d uint64, digits int) bool { return digits == 11 && d/1e10 == 1 }

func leading(d uint64) uint64 {
	for d >= 10 {
		d /= 10
	}
	return d
}

// IsZero reports whether n is no number.
func (n Number) IsZero() bool { return n == Number{} }

// Digits returns country code and number as one integer, 0 for the zero
// Number. It is for stores and tables: do not print it.
func (n Number) Digits() uint64 {
	if n.IsZero() {
		return 0
	}
	return n.h.Value()
}

// E164 returns the number in full, "" for the zero Number. It is the one way
// out as text: for the carrier, the store, and a person entitled to see it.
func (n Number) E164() string {
	if n.IsZero() {
		return ""
	}
	return "+" + strconv.FormatUint(n.h.Value(), 10)
}

// NANP returns area code and true if n belongs to the North American plan.
func (n Number) NANP() (areaCode int, ok bool) {
	d := n.Digits()
	if d/1e10 != 1 {
		return 0, false
	}
	return int(d / 1e7 % 1000), true
}

// Last4 returns the last four digits, for people who look for one of their own
// guests. It is not an identifier.
func (n Number) Last4() string {
	if n.IsZero() {
		return ""
	}
	s := strconv.FormatUint(n.h.Value(), 10)
	return s[len(s)-4:]
}

// Masked is how a page shows the number: "(•••) •••-0123".
func (n Number) Masked() string {
	if n.IsZero() {
		return "no number"
	}
	if _, ok := n.NANP(); ok {
		return "(•••) •••-" + n.Last4()
	}
	return "••••••" + n.Last4()
}

// String returns the redacted number, "+…23".
func (n Number) String() string {
	if n.IsZero() {
		return "+"
	}
	s := strconv.FormatUint(n.h.Value(), 10)
	return "+…" + s[len(s)-2:]
}

// GoString is String, so that %#v is redacted too.
func (n Number) GoString() string { return n.String() }

// MarshalText returns the redacted number. Whoever must write the number in
// full calls [Number.E164].
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
