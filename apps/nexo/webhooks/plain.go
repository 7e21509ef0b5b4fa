package webhooks

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// phone is what may be a phone number: ten digits or more, as people and
// carriers write them. What is none and looks like one is masked too.
var phone = regexp.MustCompile(`\+\d[\d\-. ()]{5,18}\d|\(?\b\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}\b|\b1?\d{10}\b`)

// mask leaves the last two digits of phone numbers.
func mask(s string) string {
	return phone.ReplaceAllStringFunc(s, func(n string) string { return "+…" + n[len(n)-2:] })
}

// plain is a text that may be shown on a terminal: numbers masked, and nothing in
// it that moves the cursor or turns the direction of writing.
func plain(s string) string {
	s = mask(strings.ToValidUTF8(s, "\uFFFD"))
	if !strings.ContainsFunc(s, isUnseen) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isUnseen(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isUnseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
