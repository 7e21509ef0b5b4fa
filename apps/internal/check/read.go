package check

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A kind is a type of JSON value.
type kind uint8

const (
	text    kind = iota
	instant      // text in RFC 3339
	moment       // an instant, or a whole number of Unix seconds
	bytes64      // text in base64
	boolean
	integer
	object
	list
)

// A field is one field of an object: what is read, what is written, and what the
// schema says are all made of it.
type field struct {
	name     string
	kind     kind
	need     bool // must be there; the others may be left out, or be null
	nullable bool // of an answer: may be null though it is always there
	about    string
	enum     []string
	valid    func(string) bool // of text
	must     string            // what valid asks for, in words
	min, max int64             // of an integer its value, of a list its length; bound only if max > min or max > 0
	fields   []field           // of an object
	item     *field            // of a list
}

func (f *field) bound() bool { return f.min != 0 || f.max != 0 }

// maxFields is more than the fields of any check.
const maxFields = 24

// Values are the fields of one line, as they stand in it. They are good until the
// next read.
type values struct {
	raw [maxFields][]byte // nil for a field that was not given
}

var errNotText = errors.New("the line is not UTF-8")

// read checks a line against the fields and remembers where their values are.
// Nothing in it may be unknown, of another type, or there twice: a fact that was
// misspelt must not pass for one that is not so.
func (v *values) read(line []byte, fields []field) error {
	clear(v.raw[:])
	if !utf8.Valid(line) {
		return errNotText
	}
	if !json.Valid(line) {
		return syntax(line)
	}
	at := space(line, 0)
	if line[at] != '{' {
		return errors.New("the line is not a JSON object")
	}
	return readObject(line[at:], fields, "", &v.raw)
}

// syntax says what is wrong with a line that is no JSON.
func syntax(line []byte) error {
	if space(line, 0) == len(line) {
		return errors.New("the line is empty; write one JSON object on each line")
	}
	var ignored json.RawMessage
	err := json.Unmarshal(line, &ignored)
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return fmt.Errorf("the line is not JSON: %s, at byte %d", s.Error(), s.Offset)
	}
	return fmt.Errorf("the line is not JSON: %w", err)
}

// readObject takes a valid object, and stores its values where raw is not nil.
func readObject(b []byte, fields []field, path string, raw *[maxFields][]byte) error {
	var own [maxFields][]byte
	if raw == nil {
		raw = &own
	}
	var seen uint32
	for i := space(b, 1); b[i] != '}'; {
		end := skip(b, i)
		n := find(fields, b[i:end])
		if n < 0 {
			return fmt.Errorf("there is no field %s; the fields here are %s", shown(path, b[i:end]), namesOf(fields))
		}
		f := &fields[n]
		if seen&(1<<n) != 0 {
			return fmt.Errorf("the field %q is there twice", path+f.name)
		}
		seen |= 1 << n
		i = space(b, space(b, end)+1)
		end = skip(b, i)
		if value := b[i:end]; value[0] != 'n' {
			if err := f.check(value, path+f.name); err != nil {
				return err
			}
			raw[n] = value
		}
		if i = space(b, end); b[i] == ',' {
			i = space(b, i+1)
		}
	}
	for n := range fields {
		if fields[n].need && raw[n] == nil {
			return fmt.Errorf("the field %q is missing", path+fields[n].name)
		}
	}
	return nil
}

// find returns the index of the field that a quoted key names, or -1.
func find(fields []field, key []byte) int {
	if bytes.IndexByte(key, '\\') >= 0 {
		key = []byte(`"` + unquote(key) + `"`)
	}
	key = key[1 : len(key)-1]
	for i := range fields {
		if fields[i].name == string(key) {
			return i
		}
	}
	return -1
}

// shown is a key that was not understood, unless it could be something private:
// what people put in the wrong place is often a phone number.
func shown(path string, key []byte) string {
	k := unquote(key)
	digits := strings.ContainsFunc(k, func(r rune) bool { return r >= '0' && r <= '9' || r >= utf8.RuneSelf || r < ' ' })
	if digits || len(k) > 40 || k == "" {
		return "of that name"
	}
	return strconv.Quote(path + k)
}

func namesOf(fields []field) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.name)
	}
	return b.String()
}

// check judges one value, which is valid JSON and not null. Messages do not
// repeat it.
func (f *field) check(b []byte, path string) error {
	switch f.kind {
	case boolean:
		if b[0] != 't' && b[0] != 'f' {
			return fmt.Errorf("the field %q must be true or false", path)
		}
	case integer:
		return f.checkInteger(b, path)
	case object:
		if b[0] != '{' {
			return fmt.Errorf("the field %q must be an object", path)
		}
		return readObject(b, f.fields, path+".", nil)
	case list:
		return f.checkList(b, path)
	case moment:
		if b[0] != '"' {
			if _, ok := whole(b); !ok {
				return fmt.Errorf("the field %q must be an instant as in RFC 3339, such as 2026-11-24T18:30:00Z, or whole Unix seconds", path)
			}
			return nil
		}
		return f.checkText(b, path)
	default:
		return f.checkText(b, path)
	}
	return nil
}

func (f *field) checkText(b []byte, path string) error {
	if b[0] != '"' {
		return fmt.Errorf("the field %q must be text", path)
	}
	switch {
	case f.kind == instant || f.kind == moment:
		if _, err := parseInstant(b); err != nil {
			return fmt.Errorf("the field %q must be an instant as in RFC 3339, such as 2026-11-24T18:30:00Z", path)
		}
	case f.kind == bytes64:
		if _, err := decode64(b); err != nil {
			return fmt.Errorf("the field %q must be base64", path)
		}
	case f.enum != nil:
		s := unquote(b)
		for _, e := range f.enum {
			if e == s {
				return nil
			}
		}
		return fmt.Errorf("the field %q must be one of %s", path, strings.Join(f.enum, ", "))
	case f.valid != nil && !f.valid(unquote(b)):
		return fmt.Errorf("the field %q must be %s", path, f.must)
	}
	return nil
}

func (f *field) checkInteger(b []byte, path string) error {
	n, ok := whole(b)
	switch {
	case !ok:
		return fmt.Errorf("the field %q must be a whole number", path)
	case f.bound() && n < f.min:
		return fmt.Errorf("the field %q must be at least %d", path, f.min)
	case f.bound() && n > f.max:
		return fmt.Errorf("the field %q must be at most %d", path, f.max)
	}
	return nil
}

func (f *field) checkList(b []byte, path string) error {
	if b[0] != '[' {
		return fmt.Errorf("the field %q must be a list", path)
	}
	n := 0
	for item := range items(b) {
		at := path + "[" + strconv.Itoa(n) + "]"
		if item[0] == 'n' {
			return fmt.Errorf("the field %q must not be null", at)
		}
		if err := f.item.check(item, at); err != nil {
			return err
		}
		n++
	}
	if f.bound() && (int64(n) < f.min || int64(n) > f.max) {
		return fmt.Errorf("the field %q must have %d items", path, f.max)
	}
	return nil
}

// items calls yield with every item of a valid list.
func items(b []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for i := space(b, 1); b[i] != ']'; {
			end := skip(b, i)
			if !yield(b[i:end]) {
				return
			}
			if i = space(b, end); b[i] == ',' {
				i = space(b, i+1)
			}
		}
	}
}

// space returns the index of the first byte from i on that is no white space.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skip returns the index after the value that begins at i, in valid JSON.
func skip(b []byte, i int) int {
	for depth := 0; ; {
		switch b[i] {
		case '"':
			i = skipText(b, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++
			continue
		default:
			for i < len(b) && !bytes.ContainsRune([]byte(",:}] \t\n\r"), rune(b[i])) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
}

func skipText(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// unquote returns the text of a valid JSON string. Half a surrogate pair becomes
// U+FFFD.
func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1])
	}
	var s string
	_ = json.Unmarshal(b, &s) // it is valid
	return s
}

// whole reads an integer, in any form that JSON has for it: 5, 5.0 and 5e0.
func whole(b []byte) (int64, bool) {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n, true
	}
	if b[0] != '-' && (b[0] < '0' || b[0] > '9') {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(b), 64)
	// Beyond 2^53 a float is not the number that was written.
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, false
	}
	return int64(x), true
}

func parseInstant(b []byte) (time.Time, error) {
	var t time.Time
	if bytes.IndexByte(b, '\\') >= 0 {
		err := t.UnmarshalText([]byte(unquote(b)))
		return t, err
	}
	err := t.UnmarshalText(b[1 : len(b)-1])
	return t, err
}

func decode64(b []byte) ([]byte, error) { return base64.StdEncoding.DecodeString(unquote(b)) }

func (v *values) has(i int) bool { return v.raw[i] != nil }

// str returns a field of text, "" where it was not given.
func (v *values) str(i int) string {
	if v.raw[i] == nil {
		return ""
	}
	return unquote(v.raw[i])
}

func (v *values) flag(i int) bool { return v.raw[i] != nil && v.raw[i][0] == 't' }

func (v *values) int(i int) int64 {
	if v.raw[i] == nil {
		return 0
	}
	n, _ := whole(v.raw[i]) // it was checked
	return n
}

// time returns an instant, or instead where it was not given.
func (v *values) time(i int, instead time.Time) time.Time {
	if v.raw[i] == nil {
		return instead
	}
	if v.raw[i][0] != '"' {
		return time.Unix(v.int(i), 0).UTC()
	}
	t, _ := parseInstant(v.raw[i]) // it was checked
	return t
}

func (v *values) strs(i int) []string {
	if v.raw[i] == nil {
		return nil
	}
	var ss []string
	for item := range items(v.raw[i]) {
		ss = append(ss, unquote(item))
	}
	return ss
}
