// Package jcs appends JSON in the canonical form of RFC 8785, so that the same
// value always gives the same bytes and can be hashed as it is. It writes in
// one pass: whoever uses it names keys in their order. Numbers are integers that
// every reader of JSON holds exactly; no fraction is needed here.
package jcs

import (
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"
)

// MaxInt is the greatest integer that is written exactly by everybody
// (RFC 7493, 2.2); -MaxInt is the least.
const MaxInt = 1<<53 - 1

// TimeLayout is how instants are written: RFC 3339, UTC, microseconds.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// AppendString appends a JSON string with the escapes of RFC 8785, 3.2.2.2, and
// no others. A byte that is no UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		n := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, n = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\t':
		return append(b, '\\', 't')
	case '\n':
		return append(b, '\\', 'n')
	case '\f':
		return append(b, '\\', 'f')
	case '\r':
		return append(b, '\\', 'r')
	}
	if c < ' ' {
		const digits = "0123456789abcdef"
		return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
	return append(b, "\uFFFD"...)
}

// AppendTime appends an instant as a JSON string in TimeLayout.
func AppendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, TimeLayout)
	return append(b, '"')
}

// An Object appends the members of one JSON object. Its zero value is not of
// use: begin with [Begin].
type Object struct{ B []byte }

// Begin opens an object behind dst.
func Begin(dst []byte) Object { return Object{append(dst, '{')} }

// End closes the object and returns everything.
func (o *Object) End() []byte { return append(o.B, '}') }

// Key begins a member. The caller appends its value to B.
func (o *Object) Key(k string) {
	if o.B[len(o.B)-1] != '{' {
		o.B = append(o.B, ',')
	}
	o.B = append(o.B, '"')
	o.B = append(o.B, k...)
	o.B = append(o.B, '"', ':')
}

// Open begins a member that is an object; Shut ends it.
func (o *Object) Open(k string) { o.Key(k); o.B = append(o.B, '{') }

// Shut ends what Open began.
func (o *Object) Shut() { o.B = append(o.B, '}') }

// Null is a member without a value.
func (o *Object) Null(k string) { o.Key(k); o.B = append(o.B, "null"...) }

// Raw is a member whose value is in canonical form already.
func (o *Object) Raw(k string, v []byte) { o.Key(k); o.B = append(o.B, v...) }

// Str is a text, left out where it is empty.
func (o *Object) Str(k, v string) {
	if v != "" {
		o.Key(k)
		o.B = AppendString(o.B, v)
	}
}

// Hex is bytes in hexadecimal digits, left out where there are none.
func (o *Object) Hex(k string, v []byte) {
	if len(v) > 0 {
		o.Key(k)
		o.B = append(o.B, '"')
		o.B = hex.AppendEncode(o.B, v)
		o.B = append(o.B, '"')
	}
}

// Int is an integer within MaxInt.
func (o *Object) Int(k string, v int64) {
	o.Key(k)
	o.B = strconv.AppendInt(o.B, v, 10)
}

// Bool is a truth value.
func (o *Object) Bool(k string, v bool) {
	o.Key(k)
	o.B = strconv.AppendBool(o.B, v)
}

// Time is an instant, left out where it is zero.
func (o *Object) Time(k string, t time.Time) {
	if !t.IsZero() {
		o.Key(k)
		o.B = AppendTime(o.B, t)
	}
}

// Strs is a list of texts, left out where it is empty.
func (o *Object) Strs(k string, vs []string) {
	if len(vs) == 0 {
		return
	}
	o.Key(k)
	o.B = append(o.B, '[')
	for i, v := range vs {
		if i > 0 {
			o.B = append(o.B, ',')
		}
		o.B = AppendString(o.B, v)
	}
	o.B = append(o.B, ']')
}
