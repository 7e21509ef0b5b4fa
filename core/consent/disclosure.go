package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/age"
)

// A Version names the exact words of a disclosure: the SHA-256 of whose it is,
// the keyword and the text. The zero Version is none.
type Version [32]byte

// IsZero reports whether v is none.
func (v Version) IsZero() bool { return v == Version{} }

// String returns 64 hexadecimal digits, "" for none.
func (v Version) String() string {
	if v.IsZero() {
		return ""
	}
	return hex.EncodeToString(v[:])
}

// ParseVersion reads what String writes. Errors have kind Invalid.
func ParseVersion(s string) (Version, error) {
	var v Version
	if s == "" {
		return v, nil
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(v) {
		return v, core.E("consent.ParseVersion", core.Invalid, "a disclosure version is 64 hexadecimal digits")
	}
	copy(v[:], b)
	return v, nil
}

// A Disclosure is what a guest is shown before opting in. Its text is frozen:
// another text is another version.
type Disclosure struct {
	Version  Version
	Business core.BusinessID
	Keyword  string
	Text     string
	// Ref is four letters that the opt-in page puts behind the keyword in the
	// text it fills in, so that the text itself says which words were shown.
	Ref string
	// Monthly is the greatest number of texts a month that the text promises: a
	// cap for everybody who was shown it, whatever the business promises later. 0
	// is unknown.
	Monthly int
	Since   time.Time
}

// Disclose writes the disclosure for joining a business by a keyword. It says
// what 47 CFR 64.1200(f)(9) and CTIA 5.1.1 ask for: who texts, what and how
// often, that rates may apply, how to stop and to get help, where the terms
// and the privacy policy are, that opted-in numbers are not shared, and that
// agreeing is not a condition of buying anything.
func Disclose(b account.Business, keyword string, now time.Time) Disclosure {
	var t strings.Builder
	fmt.Fprintf(&t, "By texting %s to %s you agree to get recurring marketing texts from %s", keyword, Pretty(b.Sender), b.Name)
	if b.Legal() != b.Name {
		fmt.Fprintf(&t, " (%s)", b.Legal())
	}
	fmt.Fprintf(&t, " about offers and events at the number you text from, which may be sent by automated means. Up to %s a month. ", plural(b.MonthlyTexts, "text"))
	if b.AgeGate {
		fmt.Fprintf(&t, "For guests %d and older: we ask for your date of birth and do not keep it. ", age.OfAge)
	}
	t.WriteString("Message and data rates may apply. Agreeing is not a condition of any purchase. ")
	t.WriteString("Reply STOP to opt out, HELP for help. ")
	fmt.Fprintf(&t, "Terms: %s. Privacy: %s. ", b.TermsURL, b.PrivacyURL)
	t.WriteString("Links in our texts show us that you opened them. ")
	t.WriteString("Your number and opt-in are not sold or shared with others for their marketing.")
	d := Disclosure{Business: b.ID, Keyword: keyword, Text: t.String(), Monthly: b.MonthlyTexts, Since: now}
	d.Version = sha256.Sum256([]byte(b.ID.String() + "\n" + keyword + "\n" + d.Text))
	d.Ref = ref(d.Version)
	return d
}

// refLetters cannot be misread or spell a word: no vowels, no L, no digits.
const refLetters = "BCDFGHJKMNPQRSTVWXZ"

// ref folds the version into four letters.
func ref(v Version) string {
	var b [4]byte
	for i := range b {
		b[i] = refLetters[int(v[i])%len(refLetters)]
	}
	return string(b[:])
}

// IsRef reports whether s has the shape of a [Disclosure.Ref].
func IsRef(s string) bool { return len(s) == 4 && strings.Trim(s, refLetters) == "" }

// Pretty writes a sender's own number for people: "(512) 555-0100". It is for
// numbers that businesses publish, never for a guest's.
func Pretty(n core.Number) string {
	s := n.E164()
	if _, ok := n.NANP(); !ok {
		return s
	}
	return "(" + s[2:5] + ") " + s[5:8] + "-" + s[8:]
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
