package draft

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
)

// MostWords is the longest that a person may write for one draft, in characters.
const MostWords = 600

// Words are what a person wrote for the model, or the venue's name: free text
// without a phone number or a mailbox. The zero Words are empty.
type Words struct{ text string }

// NewWords is Invalid where s is too long, or where [Clean] is.
func NewWords(s string) (Words, error) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > MostWords {
		return Words{}, core.E("draft.NewWords", core.Invalid, fmt.Sprintf("This is longer than %d characters. Say it in fewer words.", MostWords))
	}
	if err := Clean(s); err != nil {
		return Words{}, err
	}
	return Words{s}, nil
}

func (w Words) String() string { return w.text }

// Empty reports whether there are none.
func (w Words) Empty() bool { return w.text == "" }

// An Ask is what is wanted. The zero Ask is a new text.
type Ask uint8

// The asks. All but New rewrite a text.
const (
	New Ask = iota
	Shorter
	Warmer
	Bilingual
)

var askNames = [...]string{"new", "shorter", "warmer", "bilingual"}

func (a Ask) String() string {
	if int(a) < len(askNames) {
		return askNames[a]
	}
	return askNames[New]
}

// ParseAsk reads what String writes; any other text is New and false.
func ParseAsk(s string) (Ask, bool) {
	for i, n := range askNames {
		if n == s {
			return Ask(i), true
		}
	}
	return New, false
}

// A Tone is how a text sounds.
type Tone uint8

// The tones.
const (
	Friendly Tone = iota
	Playful
	Plain
)

var toneNames = [...]string{"friendly", "playful", "plain"}

func (t Tone) String() string {
	if int(t) < len(toneNames) {
		return toneNames[t]
	}
	return toneNames[Friendly]
}

// ParseTone reads what String writes; any other text is Friendly.
func ParseTone(s string) Tone {
	for i, n := range toneNames {
		if n == s {
			return Tone(i)
		}
	}
	return Friendly
}

// A Language is what a text is written in.
type Language uint8

// The languages.
const (
	English Language = iota
	Spanish
)

// ParseLanguage reads en or es; any other text is English.
func ParseLanguage(s string) Language {
	if s == "es" {
		return Spanish
	}
	return English
}

// A Brief is all that a prompt is made of. It has no field that could hold a
// guest, on purpose, and a test looks at its fields.
type Brief struct {
	Brand    Words
	Idea     Words // what the text is to say: for New
	Text     Words // what is rewritten: for all others
	Ask      Ask
	Tone     Tone
	Language Language
	AgeGated bool // every guest is of age
}

// Subject is what the model is given to go by.
func (b Brief) Subject() Words {
	if b.Ask == New {
		return b.Idea
	}
	return b.Text
}

// Parts is how many parts a text may take: one, and two where it says everything
// twice.
func (b Brief) Parts() int {
	if b.Ask == Bilingual {
		return 2
	}
	return 1
}
