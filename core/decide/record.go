package decide

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// AppendJSON appends the decision as one line of JSON in the canonical form of
// RFC 8785: edition, each finding with the names of its codes, not_before,
// verdict. It is for the record and for machines; [Book.ExplainJSON] adds the
// words.
func (d *Decision) AppendJSON(dst []byte) []byte {
	o := object{append(dst, '{')}
	o.str("edition", d.Edition)
	o.key("findings")
	o.b = append(o.b, '[')
	for i := range d.findings[:d.n] {
		o.comma(i)
		o.b = append(o.b, '{')
		o.recorded(&d.findings[i])
		o.shut()
	}
	o.b = append(o.b, ']')
	o.int("more", int64(d.more))
	o.time("not_before", d.NotBefore)
	o.str("verdict", d.Verdict.String())
	return append(o.b, '}')
}

// MarshalJSON is AppendJSON for package encoding/json.
func (d Decision) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }

// recorded is a finding in the order of its keys.
func (o *object) recorded(f *Finding) {
	if f.At != 0 {
		o.time("at", f.Time())
	}
	if f.Rule >= RuleOwn {
		o.int("code", int64(f.Code))
	} else {
		o.name("code", f.Code.String())
	}
	o.int("hours", int64(f.Hours))
	o.int("of", int64(f.Of))
	o.name("rule", f.Rule.String())
	if f.Of != 0 {
		o.key("sent")
		o.b = strconv.AppendInt(o.b, int64(f.N), 10)
	}
	o.name("state", f.State.String())
	o.name("verdict", f.Verdict.String())
	o.name("zone", f.Zone.String())
}

// finding is a finding in the order in which people read.
func (o *object) finding(f *Finding) {
	o.name("rule", f.Rule.String())
	o.name("verdict", f.Verdict.String())
	if f.Rule >= RuleOwn {
		o.int("code", int64(f.Code))
	} else {
		o.name("code", f.Code.String())
	}
	o.name("state", f.State.String())
	o.name("zone", f.Zone.String())
	if f.Of != 0 {
		o.key("sent")
		o.b = strconv.AppendInt(o.b, int64(f.N), 10)
	}
	o.int("of", int64(f.Of))
	o.int("hours", int64(f.Hours))
	if f.At != 0 {
		o.time("at", f.Time())
	}
}

// A Replay is what came of deciding anew.
type Replay struct {
	Facts    Facts
	Decision Decision
	// Same reports whether the recorded decision came out again, to the byte.
	Same bool
}

// Replay decides recorded facts again and compares. The error is of kind
// [core.Invalid] if the facts cannot be read, and of kind [core.NotFound] if the
// recorded decision names an edition that is not of this Book's rulebook: load the
// file of that edition and replay with a Book over it.
func (b *Book) Replay(facts, decision []byte) (Replay, error) {
	f, err := ParseFacts(facts)
	if err != nil {
		return Replay{}, err
	}
	var named struct{ Edition string }
	if err := json.Unmarshal(decision, &named); err != nil {
		return Replay{}, core.E("decide.Replay", core.Invalid, "this is no decision: "+err.Error())
	}
	if named.Edition != "" {
		if _, ok := b.rb.Edition(named.Edition); !ok {
			return Replay{}, core.E("decide.Replay", core.NotFound, "the decision was made by edition "+named.Edition+", which this rulebook does not hold")
		}
	}
	d := b.Decide(&f)
	return Replay{Facts: f, Decision: d, Same: bytes.Equal(d.AppendJSON(nil), bytes.TrimSpace(decision))}, nil
}

// ParseVerdict reads a verdict's name; any other text is Block and false.
func ParseVerdict(s string) (Verdict, bool) {
	for i, n := range verdictNames {
		if n == s {
			return Verdict(i), true
		}
	}
	return Block, false
}

// Outcome reads from a recorded decision only what lists show: the verdict, the
// instant to wait for, and the edition.
func Outcome(decision []byte) (v Verdict, notBefore time.Time, edition string, err error) {
	var w struct {
		Verdict   string    `json:"verdict"`
		NotBefore time.Time `json:"not_before"`
		Edition   string    `json:"edition"`
	}
	if err := json.Unmarshal(decision, &w); err != nil {
		return Block, time.Time{}, "", core.E("decide.Outcome", core.Invalid, "this is no decision: "+err.Error())
	}
	v, ok := ParseVerdict(w.Verdict)
	if !ok {
		return Block, time.Time{}, "", core.E("decide.Outcome", core.Invalid, "no verdict "+strconv.Quote(strings.ToValidUTF8(w.Verdict, "?")))
	}
	return v, w.NotBefore, w.Edition, nil
}
