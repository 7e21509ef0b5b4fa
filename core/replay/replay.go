// Package replay takes recorded decisions again. [Judge] is pure: it decides the
// facts of a record under the edition that the record names, which must give the
// same decision, or under what is supposed in place of it: another reading of the
// law, another instant, another edition. [Service] finds the records of a text or
// of a campaign, and changes nothing.
//
// What is supposed changes the question, not the facts: a decision knows only
// what was known when it was recorded.
package replay

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
)

// A Supposition is what to change about a decision. The zero value of a field
// leaves it as it was recorded.
type Supposition struct {
	Profile law.Profile
	At      time.Time
	// Edition is the name or the id of an edition that is to hold at any instant.
	Edition string
}

// IsZero reports whether nothing is supposed.
func (s Supposition) IsZero() bool { return s == Supposition{} }

// A Judge knows rulebooks. It is immutable and safe for concurrent use.
type Judge struct {
	books  []*decide.Book
	always []edition // of all books
}

// An edition is a book by which one edition has always been in force.
type edition struct {
	name, id string
	book     *decide.Book
}

// NewJudge returns a Judge over rulebooks. The first is looked into first.
func NewJudge(rbs ...*law.Rulebook) *Judge {
	j := &Judge{}
	for _, rb := range rbs {
		j.books = append(j.books, decide.New(rb))
		for _, e := range rb.Editions() {
			j.always = append(j.always, edition{e.Name(), e.ID(), decide.New(e.Always())})
		}
	}
	return j
}

// Knows is nil if the supposition can be asked, and otherwise an error of kind
// NotFound that names what can be.
func (j *Judge) Knows(s Supposition) error {
	if s.Edition == "" {
		return nil
	}
	_, err := j.under(s.Edition)
	return err
}

// An Answer is one decision taken again.
type Answer struct {
	Record  core.RecordID
	Message core.MessageID
	Number  core.Number
	At      time.Time // of the decision
	Attempt int       // how often the text had been handed over before
	Again
	// Same reports whether the recorded decision came out again. Where it did
	// not, Recorded has what differs.
	Same     bool
	Recorded Recorded
	// Supposed is what would have been decided, nil where nothing is supposed.
	Supposed *Supposed
}

// Again is a decision with what it was taken on, and by which book.
type Again struct {
	Book     *decide.Book
	Facts    decide.Facts
	Decision decide.Decision
}

// Explain is every finding in plain English.
func (a *Again) Explain() []decide.Line { return a.Book.Explain(&a.Facts, &a.Decision) }

// Summary is the decision in a sentence.
func (a *Again) Summary() string { return a.Book.Summary(&a.Facts, &a.Decision) }

// Supposed is what a supposition makes of a decision.
type Supposed struct {
	Again
	Changes []Change
	// Alike is how many findings stay as they are, to the word.
	Alike int
}

// Recorded is a decision as its record has it, and where it parts from the one
// that comes out now.
type Recorded struct {
	Verdict   string
	NotBefore time.Time
	Edition   string
	// Lost are findings, in JSON, that do not come out any more; New are those
	// that the record does not have.
	Lost, New []json.RawMessage
}

// Replay takes the decision of a record again, and also as s supposes it unless
// that is zero. The error is of kind Invalid where the record is not what was
// committed to or cannot be read, of kind Conflict where it is erased, and of
// kind NotFound where an edition is in none of the rulebooks.
func (j *Judge) Replay(r evidence.Record, s Supposition) (Answer, error) {
	const op = "replay.Replay"
	if r.Kind != evidence.KindDecision {
		return Answer{}, core.E(op, core.Invalid, "record "+r.ID.String()+" is of no decision: there is nothing to take again")
	}
	if r.Erased() {
		return Answer{}, core.E(op, core.Conflict, "record "+r.ID.String()+" was erased, and with it the facts of its decision: what is left of it is its leaf in the log, which proves that it was there. There is nothing to take again")
	}
	if err := r.Check(); err != nil {
		return Answer{}, err
	}
	body, err := evidence.ParseDecision(r)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Record: r.ID, Message: body.Message, Number: body.Number, At: body.At, Attempt: body.Attempt}
	a.Recorded = Recorded{Verdict: body.Verdict, NotBefore: body.NotBefore, Edition: body.Edition}
	if a.Book, err = j.bookOf(body.Edition); err != nil {
		return Answer{}, err
	}
	out, err := a.Book.Replay(body.Facts, body.Findings)
	if err != nil {
		return Answer{}, err
	}
	a.Facts, a.Decision, a.Same = out.Facts, out.Decision, out.Same
	if !a.Same {
		a.Recorded.compare(body.Findings, out.Decision.AppendJSON(nil))
	}
	if s.IsZero() {
		return a, nil
	}
	a.Supposed, err = j.suppose(&a.Again, s)
	return a, err
}

// bookOf returns the book that made a decision. One that no edition was in force
// for names none, and any book says so again.
func (j *Judge) bookOf(edition string) (*decide.Book, error) {
	for _, b := range j.books {
		if _, ok := b.Rulebook().Edition(edition); ok || edition == "" {
			return b, nil
		}
	}
	return nil, core.E("replay.Replay", core.NotFound, "the decision was made by edition "+edition+", which is of another file of the law than this program's: take the nexo of that time, or hand its file over with --rulebook")
}

// suppose decides the facts as s would have them.
func (j *Judge) suppose(a *Again, s Supposition) (*Supposed, error) {
	out := &Supposed{Again: *a}
	if s.Edition != "" {
		b, err := j.under(s.Edition)
		if err != nil {
			return nil, err
		}
		out.Book = b
	}
	if s.Profile != law.NoProfile {
		out.Facts.Profile = s.Profile
	}
	if !s.At.IsZero() {
		out.Facts.Now = s.At
	}
	out.Decision = out.Book.Decide(&out.Facts)
	out.Changes, out.Alike = compare(a, &out.Again)
	return out, nil
}

// under returns the book of an edition that is to hold at any instant.
func (j *Judge) under(name string) (*decide.Book, error) {
	names := ""
	for _, e := range j.always {
		if e.name == name || e.id == name {
			return e.book, nil
		}
		names += " " + e.name
	}
	return nil, core.E("replay.Replay", core.NotFound, "there is no edition of that name; the editions are"+names)
}

// compare notes which findings two decisions do not share.
func (r *Recorded) compare(recorded, now []byte) {
	was, is := findingsOf(recorded), findingsOf(now)
	r.Lost, r.New = without(was, is), without(is, was)
}

func findingsOf(decision []byte) []json.RawMessage {
	var w struct {
		Findings []json.RawMessage `json:"findings"`
	}
	if json.Unmarshal(decision, &w) != nil {
		return nil // what cannot be read shares nothing
	}
	return w.Findings
}

func without(xs, ys []json.RawMessage) []json.RawMessage {
	var out []json.RawMessage
	for _, x := range xs {
		found := false
		for _, y := range ys {
			found = found || bytes.Equal(x, y)
		}
		if !found {
			out = append(out, x)
		}
	}
	return out
}
