package proof

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep values may lie in each other. A decision's facts are four
// deep.
const maxDepth = 16

// A field is a name of an object with its value as it is written.
type field struct{ name, value []byte }

// fields appends the fields of an object to dst, and reports whether b is one in the
// form of RFC 8785: names in the order of their UTF-16 units, each once, no spaces,
// the shortest escapes and numbers. There is then no other way to write the value,
// and what one reader takes it for, all do.
func fields(dst []field, b []byte) ([]field, bool) {
	c := canon{b: b, out: dst, keep: true}
	ok := len(b) > 0 && b[0] == '{' && c.value(0) && c.i == len(b)
	return c.out, ok
}

type canon struct {
	b    []byte
	i    int
	out  []field
	keep bool // the fields of the outermost object go to out
}

func (c *canon) byte(x byte) bool {
	if c.i < len(c.b) && c.b[c.i] == x {
		c.i++
		return true
	}
	return false
}

func (c *canon) value(depth int) bool {
	if depth > maxDepth || c.i >= len(c.b) {
		return false
	}
	switch c.b[c.i] {
	case '{':
		return c.object(depth)
	case '[':
		return c.array(depth)
	case '"':
		_, ok := c.string()
		return ok
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

func (c *canon) word(w string) bool {
	ok := bytes.HasPrefix(c.b[c.i:], []byte(w))
	c.i += len(w)
	return ok
}

func (c *canon) object(depth int) bool {
	c.i++
	if c.byte('}') {
		return true
	}
	var last []byte
	for first := true; ; first = false {
		name, ok := c.string()
		start := c.i + 1
		if !ok || bytes.IndexByte(name, '\\') >= 0 || !first && !before(last, name) || !c.byte(':') || !c.value(depth+1) {
			return false
		}
		if c.keep && depth == 0 {
			c.out = append(c.out, field{name, c.b[start:c.i]})
		}
		last = name
		if c.byte('}') {
			return true
		}
		if !c.byte(',') {
			return false
		}
	}
}

func (c *canon) array(depth int) bool {
	c.i++
	if c.byte(']') {
		return true
	}
	for {
		if !c.value(depth + 1) {
			return false
		}
		if c.byte(']') {
			return true
		}
		if !c.byte(',') {
			return false
		}
	}
}

// before compares names by their UTF-16 units. Names that need escapes are in no
// record, and are refused before.
func before(a, b []byte) bool {
	for _, s := range [...][]byte{a, b} {
		for _, x := range s {
			if x >= utf8.RuneSelf {
				return wide(a, b)
			}
		}
	}
	return bytes.Compare(a, b) < 0
}

func wide(a, b []byte) bool {
	x, y := utf16.Encode(bytes.Runes(a)), utf16.Encode(bytes.Runes(b))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

// string returns the string as it is written, without its quotes.
func (c *canon) string() ([]byte, bool) {
	if !c.byte('"') {
		return nil, false
	}
	start := c.i
	for c.i < len(c.b) {
		switch x := c.b[c.i]; {
		case x == '"':
			c.i++
			return c.b[start : c.i-1], true
		case x == '\\':
			if !c.escape() {
				return nil, false
			}
		case x < ' ':
			return nil, false
		case x < utf8.RuneSelf:
			c.i++
		default:
			r, n := utf8.DecodeRune(c.b[c.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, false
			}
			c.i += n
		}
	}
	return nil, false
}

// escape allows the two-letter escapes, and \u00xx for the other control
// characters.
func (c *canon) escape() bool {
	if c.i+1 >= len(c.b) {
		return false
	}
	switch c.b[c.i+1] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		c.i += 2
		return true
	case 'u':
	default:
		return false
	}
	if c.i+6 > len(c.b) || c.b[c.i+2] != '0' || c.b[c.i+3] != '0' || c.b[c.i+4] > '1' || c.b[c.i+4] < '0' {
		return false
	}
	x := c.b[c.i+5]
	if !(x >= '0' && x <= '9' || x >= 'a' && x <= 'f') {
		return false
	}
	if c.b[c.i+4] == '0' && bytes.IndexByte([]byte("89acd"), x) >= 0 { // \b \t \n \f \r
		return false
	}
	c.i += 6
	return true
}

// number allows whole numbers that every reader keeps exactly. Records have no
// others.
func (c *canon) number() bool {
	start := c.i
	if c.i < len(c.b) && c.b[c.i] == '-' {
		c.i++
	}
	digits := c.i
	for c.i < len(c.b) && c.b[c.i] >= '0' && c.b[c.i] <= '9' {
		c.i++
	}
	n := c.i - digits
	if n == 0 || n > 16 || c.b[digits] == '0' && (n > 1 || digits > start) {
		return false
	}
	if n < 16 {
		return true
	}
	v, err := strconv.ParseInt(string(c.b[digits:c.i]), 10, 64)
	return err == nil && v <= 1<<53
}
