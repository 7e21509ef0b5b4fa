// Package words holds every sentence that the web app says, by key, one file a
// language, so that another language is another file.
package words

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed en.txt
var english string

// English is the catalogue of en.txt.
var English = parse(english)

// A Catalogue is the sentences of one language, by key.
type Catalogue map[string]string

// parse reads lines of "key = sentence". Empty lines and those that begin with
// # are for people.
func parse(text string) Catalogue {
	c := Catalogue{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, sentence, ok := strings.Cut(line, " = ")
		if _, twice := c[key]; !ok || twice {
			panic("words: bad or repeated line: " + line) // the file is compiled in: a bug in it
		}
		c[key] = sentence
	}
	return c
}

// Has reports whether there is a sentence.
func (c Catalogue) Has(key string) bool { _, ok := c[key]; return ok }

// Say returns the sentence with its places filled in from pairs of name and
// value: {n} with "n", 5. Whole numbers are written as people read them, 1,204.
// A sentence with two forms, "{n} text | {n} texts", takes the first where n is
// 1. A key without a sentence is returned as it is: a test finds those.
func (c Catalogue) Say(key string, pairs ...any) string {
	s, ok := c[key]
	if !ok {
		return key
	}
	if one, many, two := strings.Cut(s, " | "); two {
		s = many
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == "n" && pairs[i+1] == 1 {
				s = one
			}
		}
	}
	if len(pairs) == 0 {
		return s
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		value := fmt.Sprint(pairs[i+1])
		if n, ok := pairs[i+1].(int); ok {
			value = Number(n)
		}
		old = append(old, "{"+fmt.Sprint(pairs[i])+"}", value)
	}
	return strings.NewReplacer(old...).Replace(s)
}

// Number writes 1204 as "1,204".
func Number(n int) string {
	if n < 0 {
		return "-" + Number(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return Number(n/1000) + "," + fmt.Sprintf("%03d", n%1000)
}
