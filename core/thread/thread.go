// Package thread holds the conversation of a venue with one guest: what the
// guest wrote, who of the staff looks after it, what they answered, and what they
// noted for each other. It declares where conversations are kept.
//
// The texts that went out are core/message's; a thread says only which person
// wrote which of them.
package thread

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
)

// A State says whether a thread waits for somebody at the venue. The zero State
// does not.
type State uint8

// The states. Their numbers are stored.
const (
	Closed State = iota
	Open
)

func (s State) String() string {
	if s == Open {
		return "open"
	}
	return "closed"
}

// A Side is who said what was said last. The numbers are stored.
type Side uint8

// The sides.
const (
	Nobody Side = iota
	Guest
	Staff
)

// A Thread is the conversation with one guest. There is one for each guest who
// ever wrote.
type Thread struct {
	ID       core.ThreadID
	Business core.BusinessID
	Number   core.Number
	State    State
	Assignee core.UserID // zero for nobody
	// Heard counts the guest's texts that are for people, and Read those of them
	// that somebody has seen.
	Heard, Read int
	// Asked is when the carrier received the latest text that is for people: what
	// a reply answers. Zero where there is none.
	Asked time.Time
	// At is when something was said last, by either side.
	At   time.Time
	Last string // the beginning of what was said last
	By   Side   // who said it
	Made time.Time
}

// Pair returns whose conversation it is.
func (t Thread) Pair() core.Pair { return core.Pair{Business: t.Business, Number: t.Number} }

// Unread is how many texts nobody has seen.
func (t Thread) Unread() int { return max(0, t.Heard-t.Read) }

// New is the thread of a guest of whom there is none.
func New(id core.ThreadID, p core.Pair, now time.Time) Thread {
	return Thread{ID: id, Business: p.Business, Number: p.Number, Made: now}
}

// Hear takes in what the guest wrote. What a machine has answered is shown, and
// asks nobody to do anything: it opens no thread, and is not unread.
func (t *Thread) Hear(i Item) {
	t.say(i.At, i.Text, Guest)
	if !i.As.ForPeople() {
		return
	}
	t.State = Open
	t.Heard++
	if i.At.After(t.Asked) {
		t.Asked = i.At
	}
}

// Reply takes in what staff answer. Who answers has read.
func (t *Thread) Reply(text string, at time.Time) {
	t.say(at, text, Staff)
	t.State, t.Read = Open, t.Heard
}

// See notes that somebody has seen the first so many texts.
func (t *Thread) See(heard int) { t.Read = max(t.Read, min(heard, t.Heard)) }

// say keeps what was said last. Texts may come in another order than they were
// written in.
func (t *Thread) say(at time.Time, text string, by Side) {
	if at.Before(t.At) {
		return
	}
	t.At, t.Last, t.By = at, Preview(text), by
}

// previewLength is how many characters of a text a list shows.
const previewLength = 120

// Preview is the beginning of a text, in one line.
func Preview(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if utf8.RuneCountInString(s) <= previewLength {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:previewLength-1]), " ") + "…"
}

// A Kind says what an item is. Their numbers are stored.
type Kind uint8

// The kinds.
const (
	NoKind  Kind = iota
	Heard        // a text of the guest's
	Replied      // says who wrote the reply whose message has the item's id
	Noted        // staff for staff: never sent
)

// An As says what a guest's text was read as. The numbers are stored.
type As uint8

// What it may be read as.
const (
	AsWords  As = iota // words for a person
	AsDoubt            // what may be an opt-out: a person must read it
	AsOptOut           // the rest is answered by a machine
	AsHelp
	AsJoin // a keyword, a START, a YES
	AsAge  // a date of birth, which is not kept
	AsTest // asks for a text that is being written
	numAs
)

var asNames = [numAs]string{"words", "doubt", "opt_out", "help", "join", "age", "test"}

func (a As) String() string {
	if a < numAs {
		return asNames[a]
	}
	return asNames[AsWords]
}

// ForPeople reports whether somebody at the venue should read it.
func (a As) ForPeople() bool { return a == AsWords || a == AsDoubt || a >= numAs }

// An Item is one thing of a thread, beside the texts that went out.
type Item struct {
	ID       core.ItemID // of a reply: its message's
	Business core.BusinessID
	Thread   core.ThreadID
	Kind     Kind
	At       time.Time
	Text     string      // what the guest wrote, or a note; "" for a reply
	By       core.UserID // who replied or noted
	As       As          // of what the guest wrote
	// Media is how many pictures and the like came with it.
	Media int
}
