package proof

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// A fact is what checks need of a record's body. The byte slices are parts of the
// body, as they are written.
type fact struct {
	kind                      evidence.Kind
	at, recorded              time.Time
	id                        core.RecordID
	business, number, message []byte
	campaign                  []byte

	act, disclosure, shown []byte // of consent; shown is the disclosure as it stands there
	class, textSum         []byte // of a decision
	decision, facts        []byte
	verdict, edition       string
	attempt                int64
	handed                 bool // of a submission
	outcome                []byte

	head, what, inner []field // used again
}

// effective is when the record was written down, as far as it says: an opt-out
// binds from then on.
func (f *fact) effective() time.Time {
	if f.recorded.IsZero() {
		return f.at
	}
	return f.recorded
}

// about is the message that the record is about.
func (f *fact) about() string { return string(f.message) }

// readFact reads a body, which must be canonical JSON of the form that package
// evidence writes. It uses f's slices again.
func readFact(body []byte, f *fact) error {
	*f = fact{head: f.head[:0], what: f.what[:0], inner: f.inner[:0]}
	var ok bool
	if f.head, ok = fields(f.head, body); !ok {
		return bad("the body is not canonical JSON")
	}
	var what []byte
	for _, x := range f.head {
		if !f.setHead(string(x.name), x.value, &what) {
			return bad("the body's %.20s is not of the form that it should be", x.name)
		}
	}
	if f.kind == evidence.NoKind || f.at.IsZero() || f.id.IsZero() || len(f.business) == 0 || what == nil {
		return bad("the body does not say what it is about")
	}
	if f.what, ok = fields(f.what, what); !ok {
		return bad("the body does not say what was so")
	}
	for _, x := range f.what {
		if !f.setWhat(string(x.name), x.value) {
			return bad("the body's %.20s is not of the form that it should be", x.name)
		}
	}
	if f.kind == evidence.KindDecision {
		return f.judged()
	}
	return nil
}

func (f *fact) setHead(name string, v []byte, what *[]byte) bool {
	switch name {
	case "at":
		return instant(v, &f.at)
	case "business":
		return plain(v, &f.business)
	case "campaign":
		return plain(v, &f.campaign)
	case "id":
		var id []byte
		return plain(v, &id) && f.id.UnmarshalText(id) == nil
	case "kind":
		var k []byte
		ok := plain(v, &k)
		if ok {
			f.kind, ok = evidence.ParseKind(string(k))
		}
		return ok
	case "message":
		return plain(v, &f.message)
	case "number":
		return plain(v, &f.number)
	case "v":
		return string(v) == "1"
	case "what":
		*what = v
		return true
	}
	return false
}

func (f *fact) setWhat(name string, v []byte) bool {
	switch name {
	case "recorded_at":
		return instant(v, &f.recorded)
	case "act":
		return plain(v, &f.act)
	case "disclosure":
		f.shown = v
		return f.discloses(v)
	case "class":
		return plain(v, &f.class)
	case "text_sha256":
		return plain(v, &f.textSum)
	case "decision":
		f.decision = v
	case "facts":
		f.facts = v
	case "attempt":
		n, err := strconv.ParseInt(string(v), 10, 32)
		f.attempt = n
		return err == nil
	case "handed_over":
		f.handed = string(v) == "true"
	case "outcome":
		return plain(v, &f.outcome)
	}
	return true
}

// discloses finds the version of the words shown.
func (f *fact) discloses(v []byte) bool {
	if string(v) == "null" {
		return true
	}
	var ok bool
	if f.inner, ok = fields(f.inner[:0], v); !ok {
		return false
	}
	for _, x := range f.inner {
		if string(x.name) == "version" && !plain(x.value, &f.disclosure) {
			return false
		}
	}
	return true
}

// judged finds verdict and edition of a decision.
func (f *fact) judged() error {
	var ok bool
	if f.inner, ok = fields(f.inner[:0], f.decision); !ok || len(f.facts) == 0 || len(f.textSum) == 0 {
		return bad("the decision lacks its facts, its findings or the text's hash")
	}
	for _, x := range f.inner {
		var s []byte
		switch string(x.name) {
		case "verdict":
			ok = plain(x.value, &s)
			f.verdict = string(s)
		case "edition":
			ok = plain(x.value, &s)
			f.edition = string(s)
		}
		if !ok {
			return bad("the decision's %s is not of the form that it should be", x.name)
		}
	}
	return nil
}

// plain is the inside of a JSON string that needs no escape.
func plain(v []byte, s *[]byte) bool {
	if len(v) < 2 || v[0] != '"' || bytes.IndexByte(v, '\\') >= 0 {
		return false
	}
	*s = v[1 : len(v)-1]
	return true
}

func instant(v []byte, t *time.Time) bool {
	var s []byte
	if !plain(v, &s) {
		return false
	}
	var err error
	*t, err = time.Parse(time.RFC3339Nano, string(s))
	return err == nil
}

// shownText reads the words out of a disclosure as a body has it.
func shownText(v []byte) (evidence.Shown, error) {
	var s evidence.Shown
	if err := json.Unmarshal(v, &s); err != nil {
		return s, bad("the disclosure in the body is not of the form that it should be")
	}
	return s, nil
}
