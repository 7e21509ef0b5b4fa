package sms

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
)

// DefaultMax is the longest value of a tag that does not say otherwise, in
// characters; the longest that a tag may ask for is LargestMax.
const (
	DefaultMax = 20
	LargestMax = 160
)

// A Tag is a place in a template where a value goes.
type Tag struct {
	Name     string // lower-case letters, digits and _
	Fallback string // goes in where there is no value
	Max      int    // longest value, in characters (runes); longer ones are cut
	Plain    bool   // values are kept to the basic GSM-7 table; see [ParseTemplate]
	At       int    // byte offset of its { in the source
}

// A Template is a text with merge tags. The zero value is the empty text. It is
// immutable and safe for concurrent use.
type Template struct {
	source string
	// literals has one string more than tags has tags: they alternate.
	literals []string
	tags     []Tag
}

// plainTags name values that the venue or we make, never a guest: letters,
// digits and punctuation of the basic table. Everything else, above all names,
// may hold any character.
var plainTags = map[string]bool{
	"code": true, "coupon": true, "points": true, "amount": true, "link": true,
	"date": true, "time": true, "day": true, "keyword": true, "phone": true,
}

// ParseTemplate reads a text with merge tags:
//
//	{first_name}            the value, or nothing
//	{first_name|there}      the value, or "there"
//	{first_name|there|12}   the same, cut to 12 characters
//	{{ and }}               a brace
//
// The domain of a tag is known by its name: code, coupon, points, amount, link,
// date, time, day, keyword and phone hold basic GSM-7 characters only, one
// septet each, and [Template.Render] sees to it. Every other tag may hold any
// character, an emoji at worst.
//
// The error is [core.Invalid] and names the position, counted in characters
// from 1.
func ParseTemplate(source string) (Template, error) {
	t := Template{source: source}
	var lit strings.Builder
	for i := 0; i < len(source); {
		c := source[i]
		switch {
		case (c == '{' || c == '}') && strings.HasPrefix(source[i+1:], string(c)):
			lit.WriteByte(c)
			i += 2
		case c == '}':
			return Template{}, fault(source, i, "a } without its {; write }} for a brace")
		case c == '{':
			n := strings.IndexAny(source[i+1:], "{}")
			if n < 0 || source[i+1+n] != '}' {
				return Template{}, fault(source, i, "a { is never closed; close the tag with }, or write {{ for a brace")
			}
			tag, err := parseTag(source, i, source[i+1:i+1+n])
			if err != nil {
				return Template{}, err
			}
			t.literals = append(t.literals, lit.String())
			t.tags = append(t.tags, tag)
			lit.Reset()
			i += n + 2
		default:
			lit.WriteByte(c)
			i++
		}
	}
	t.literals = append(t.literals, lit.String())
	return t, nil
}

// parseTag reads the inside of a tag that opens at source[at].
func parseTag(source string, at int, inside string) (Tag, error) {
	fields := strings.Split(inside, "|")
	tag := Tag{Name: strings.TrimSpace(fields[0]), Max: DefaultMax, At: at}
	if !validName(tag.Name) {
		return Tag{}, fault(source, at, "a tag's name is lower-case letters, digits and _, as in {first_name|there}")
	}
	if len(fields) > 3 {
		return Tag{}, fault(source, at, "a tag has at most a name, a fallback and a length, as in {first_name|there|12}")
	}
	if len(fields) > 1 {
		tag.Fallback = fields[1]
	}
	if len(fields) == 3 {
		n, err := strconv.Atoi(strings.TrimSpace(fields[2]))
		if err != nil || n < 1 || n > LargestMax {
			return Tag{}, fault(source, at, fmt.Sprintf("a tag's length is a number from 1 to %d", LargestMax))
		}
		tag.Max = n
	}
	if utf8.RuneCountInString(tag.Fallback) > tag.Max {
		return Tag{}, fault(source, at, fmt.Sprintf("the fallback of {%s} is longer than the %d characters its value may have; shorten it, or raise the length", tag.Name, tag.Max))
	}
	tag.Plain = plainTags[tag.Name] && inBasic(tag.Fallback)
	return tag, nil
}

func validName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || i > 0 && (c == '_' || c >= '0' && c <= '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

func fault(source string, offset int, msg string) error {
	at := utf8.RuneCountInString(source[:offset]) + 1
	return core.E("sms.ParseTemplate", core.Invalid, fmt.Sprintf("at character %d: %s", at, msg))
}

// String returns the source of the template.
func (t Template) String() string { return t.source }

// Tags returns the tags in order, so that the caller may refuse names it has no
// value for.
func (t Template) Tags() []Tag { return append([]Tag(nil), t.tags...) }

// Render fills in the tags. values returns the value of a name, and whether
// there is one; a blank value counts as none. Values are data: braces in them
// mean nothing, control characters and runs of spaces become one space, and
// what is longer than the tag's length is cut.
func (t Template) Render(values func(name string) (string, bool)) string {
	var b strings.Builder
	for i, tag := range t.tags {
		b.WriteString(t.literals[i])
		v, ok := "", false
		if values != nil {
			v, ok = values(tag.Name)
		}
		if ok {
			v = tag.fit(v)
		}
		if v == "" {
			v = tag.Fallback
		}
		b.WriteString(v)
	}
	if n := len(t.literals); n > 0 {
		b.WriteString(t.literals[n-1])
	}
	return b.String()
}

// fit returns v as the tag may show it; "" if nothing is left.
func (t Tag) fit(v string) string {
	v = strings.ToValidUTF8(v, "")
	v = strings.Join(strings.FieldsFunc(v, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if t.Plain {
		v = strings.Map(func(r rune) rune {
			if septets(r) != 1 {
				return -1
			}
			return r
		}, Plain(v))
	}
	n := 0
	for i := range v {
		if n == t.Max {
			// A joiner at the end would glue to what follows.
			return strings.TrimRight(v[:i], " \u200D")
		}
		n++
	}
	return v
}

// Worst returns the size of the largest text that [Template.Render] can make:
// every value as long as its tag allows, in a plain tag of one septet each, in
// every other tag of emoji, two UTF-16 units each. One tag that may hold any
// character makes the worst case UCS-2.
//
// It is exact: parts are filled greedily, so a longer or wider value never
// makes fewer of them.
func (t Template) Worst() Size {
	var b strings.Builder
	for i, tag := range t.tags {
		b.WriteString(t.literals[i])
		widest := "😀"
		if tag.Plain {
			widest = "a"
		}
		b.WriteString(strings.Repeat(widest, tag.Max))
	}
	if n := len(t.literals); n > 0 {
		b.WriteString(t.literals[n-1])
	}
	return Measure(b.String())
}

// inBasic reports whether every character of s costs one septet.
func inBasic(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return septets(r) != 1 }) < 0
}
