//go:build !embedded

// Package phonenumbers makes [core.Number] of what people type, with Google's
// libphonenumber as ported to Go.
//
// The library was made to find a number in almost any text, which is too kind
// for a system that will text what it finds: it takes "O1OO" for the keys 6-1-6-6,
// passes over words before a number, and leaves it to its caller whether the
// result can exist. So this package first looks at what was typed, and asks for
// more afterwards.
package phonenumbers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	lib "github.com/nyaruka/phonenumbers"

	"github.com/jobfluss/nexo/core"
)

// maxInput is the longest input that is looked at, in bytes. The longest that
// people need, a tel: URI with an extension, has some 60.
const maxInput = 200

// maxExtension is the longest extension, in digits. More is a second number.
const maxExtension = 7

// Parse reads a telephone number as a person types it: with spaces, dots,
// brackets and dashes of any script, digits of any script, letters for keys
// (1-800-FLOWERS), an international prefix, a tel: or sms: URI, "Tel." or the
// like before it. region is the ISO 3166-1 alpha-2 code of the country whose
// numbers come without a country code.
//
// An extension is left out, as E.164 has none. Anything else before or after the
// number is refused rather than guessed at, as are short codes, numbers without
// their area code, and numbers of the North American plan whose area code cannot
// be one (N11, or kept for expansion). Errors have kind [core.Invalid] and do not
// repeat the input. Parse is safe for concurrent use.
func Parse(input, region string) (core.Number, error) {
	const op = "phonenumbers.Parse"
	if !Known(region) {
		return core.Number{}, core.E(op, core.Invalid, "the region is not a country's two-letter code, like US")
	}
	typed, problem := prepare(input)
	if problem != "" {
		return core.Number{}, core.E(op, core.Invalid, problem)
	}
	p, err := lib.Parse(typed, strings.ToUpper(region))
	if err != nil {
		return core.Number{}, core.E(op, core.Invalid, "this is not a phone number; write it with its area code, or with + and its country code")
	}
	if problem := possible(p); problem != "" {
		return core.Number{}, core.E(op, core.Invalid, problem)
	}
	n, err := core.ParseNumber(lib.Format(p, lib.E164))
	if err != nil {
		return core.Number{}, core.E(op, core.Invalid, core.MessageOf(err))
	}
	// Some input, mostly zeros, is read one way from its country and another way
	// from E.164: then nobody knows whose phone it is.
	if again, err := lib.Parse(n.E164(), ""); err != nil || lib.Format(again, lib.E164) != n.E164() {
		return core.Number{}, core.E(op, core.Invalid, "this is no phone number of any country")
	}
	if err := Possible(n); err != nil {
		return core.Number{}, err
	}
	return n, nil
}

// Possible refuses a number of the North American plan whose area code can never
// be one: N11 codes are services (911), and N9X, 37X and 96X are kept for the
// plan's expansion. A code that is merely not in use yet passes. Errors have
// kind [core.Invalid].
func Possible(n core.Number) error {
	area, ok := n.NANP()
	if !ok {
		return nil
	}
	switch tail := area % 100; {
	case tail == 11:
		return core.E("phonenumbers.Possible", core.Invalid, "no area code ends in 11: those are services")
	case tail/10 == 9, area/10 == 37, area/10 == 96:
		return core.E("phonenumbers.Possible", core.Invalid, "the area code is one of those that the numbering plan keeps for its expansion")
	}
	return nil
}

// Region returns the ISO 3166-1 alpha-2 code of the country that n belongs to,
// "001" for a worldwide service, "" where it cannot be told.
func Region(n core.Number) string {
	if n.IsZero() {
		return ""
	}
	p, err := lib.Parse(n.E164(), "")
	if err != nil {
		return ""
	}
	r := lib.GetRegionCodeForNumber(p)
	if r == "" && p.GetCountryCode() != 1 {
		// Not in use: then it is the country that the code is best known for.
		// Of +1 nothing can be said, as twenty-five countries share it.
		r = lib.GetRegionCodeForCountryCode(int(p.GetCountryCode()))
	}
	if r == lib.UNKNOWN_REGION {
		return ""
	}
	return r
}

// Known reports whether region is a country's two-letter code, in either case.
func Known(region string) bool {
	return len(region) == 2 && lib.GetSupportedRegions()[strings.ToUpper(region)]
}

func possible(p *lib.PhoneNumber) string {
	if len(p.GetExtension()) > maxExtension {
		return "there are two numbers, or the extension is too long; give one number"
	}
	switch lib.IsPossibleNumberWithReason(p) {
	case lib.IS_POSSIBLE:
		return ""
	case lib.IS_POSSIBLE_LOCAL_ONLY:
		return "the area code is missing"
	case lib.TOO_SHORT:
		return "the number is too short; short codes cannot be used here"
	case lib.TOO_LONG:
		return "the number is too long for its country, or something follows it"
	case lib.INVALID_COUNTRY_CODE:
		return "no country has this country code"
	default:
		return "no number of this country has that length"
	}
}

// prepare removes what is around a number and refuses what may not be in one.
func prepare(input string) (typed, problem string) {
	switch {
	case len(input) > maxInput:
		return "", "this is too long for a phone number"
	case !utf8.ValidString(input):
		return "", "this is not text"
	}
	typed = strings.TrimSpace(strings.Map(visible, input))
	typed = withoutLabel(typed)
	if typed == "" {
		return "", "the phone number is empty"
	}
	return typed, wrong(typed)
}

// visible drops marks that copying from an address book leaves in a number, and
// makes every space a plain one.
func visible(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r), r == '\u3164', unicode.Is(unicode.Variation_Selector, r):
		return -1
	case unicode.IsSpace(r), unicode.Is(unicode.Zs, r):
		return ' '
	case r >= '！' && r <= '～': // full-width forms of ASCII
		return r - '！' + '!'
	case unicode.Is(unicode.Pd, r), r == '\u2212':
		return '-'
	}
	return r
}

// labels are the words that people put before a number.
var labels = []string{"telephone", "tel", "phone", "ph", "mobile", "mob", "cell", "sms"}

// withoutLabel removes "Tel.:" and the like, and the scheme of a URI with the
// slashes that do not belong there.
func withoutLabel(s string) string {
	for _, l := range labels {
		if len(s) <= len(l) || !strings.EqualFold(s[:len(l)], l) {
			continue
		}
		rest := strings.TrimLeft(s[len(l):], ".: ")
		if len(rest) < len(s)-len(l) {
			return strings.TrimPrefix(rest, "//")
		}
	}
	return s
}

// wrong says what is in typed that no number has.
func wrong(typed string) string {
	number, digits := withoutExtension(typed), 0
	letters, word := 0, false
	for _, r := range number {
		switch {
		case unicode.Is(unicode.Nd, r):
			if word && letters < 3 {
				return "there are single letters among the digits; write O as 0 and l as 1"
			}
			digits, letters, word = digits+1, 0, false
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			if digits == 0 {
				return "there are words before the number; give the number alone"
			}
			letters, word = letters+1, true
		case !strings.ContainsRune("+-()[]./ ~", r):
			return "there is a sign in it that no phone number has; give the number alone"
		}
	}
	if word && letters < 3 {
		return "there are letters after the number; give the number alone"
	}
	if i := strings.LastIndexByte(number, '+'); i > strings.IndexFunc(number, func(r rune) bool { return unicode.Is(unicode.Nd, r) }) {
		return "there is a + within the number; give one number"
	}
	return ""
}

// withoutExtension returns what comes before the extension that the library
// will find, and before the parameters of a tel: URI.
func withoutExtension(typed string) string {
	if before, _, ok := strings.Cut(typed, ";phone-context="); ok {
		return before
	}
	before, _ := lib.MaybeSeparateExtensionFromPhone(typed)
	return before
}
