package proof

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
)

// maxDisclosure is more than any disclosure.
const maxDisclosure = 64 << 10

func (v *verifier) disclosures() error {
	v.shown = map[string]bool{}
	for _, e := range v.box.files {
		version, ok := strings.CutPrefix(e.name, dirDisclosures)
		if !ok {
			continue
		}
		data, err := v.box.bytes(e.name, maxDisclosure)
		if err != nil {
			return err
		}
		if disclosureVersion(data)+".txt" != version || !strings.HasPrefix(string(data), v.m.Business.String()+"\n") {
			return bad("the words in %s are not those of its version", e.name)
		}
		v.shown[disclosureVersion(data)] = true
	}
	if v.m.Kind == KindNumber {
		v.rep.pass("disclosures", "%d, each with the words that its version names", len(v.shown))
	}
	return nil
}

// texts reads the words of texts. Their hashes are compared with the decisions'.
func (v *verifier) texts() error {
	v.said = map[string]string{}
	r, e, ok := v.box.file(fileTexts)
	if !ok {
		return nil
	}
	if e.size > maxTexts*maxLine {
		return bad("%s has %d bytes: more than all texts that one guest can get", fileTexts, e.size)
	}
	in := bufio.NewReaderSize(r, 64<<10)
	var t textLine
	var buf []byte
	for n := 1; ; n++ {
		var err error
		if buf, err = readLine(in, buf[:0]); err == io.EOF {
			break
		} else if err == nil {
			err = t.parse(buf)
		}
		if err != nil || n > maxTexts {
			return bad("%s, line %d: %s", fileTexts, n, core.MessageOf(err))
		}
		v.said[t.Message.String()] = evidence.TextHash(t.Text)
	}
	return nil
}

// A replay is what came of taking a decision again.
type replay uint8

const (
	noReplay   replay = iota
	sameAgain         // the same, to the byte
	lawMissing        // there is no law of its edition here
)

// alone checks what can be said of a line by itself. It is called for many lines at
// once.
func (v *verifier) alone(c *checked) error {
	l := &c.line
	if err := l.parse(c.text); err != nil {
		return err
	}
	if err := inclusion(l, v.m.Business, v.head); err != nil {
		return err
	}
	c.again = noReplay
	if l.body == nil {
		return nil
	}
	if evidence.Commit(l.salt, l.body) != l.commitment {
		return bad("the body is not the one that was committed to: it was changed")
	}
	if err := readFact(l.body, &c.fact); err != nil {
		return err
	}
	if string(c.fact.business) != v.m.Business.String() {
		return bad("the record is another business's")
	}
	if c.fact.kind == evidence.KindDecision {
		return v.decideAgain(c)
	}
	return nil
}

// decideAgain takes a decision again, by the law of its edition.
func (v *verifier) decideAgain(c *checked) error {
	f := &c.fact
	var err error
	if c.facts, err = decide.ParseFacts(f.facts); err != nil {
		return err
	}
	book := v.rules.book(f.edition)
	if book == nil {
		c.again = lawMissing
		return nil
	}
	d := book.Decide(&c.facts)
	if c.buf = d.AppendJSON(c.buf[:0]); !bytes.Equal(c.buf, f.decision) {
		return bad("the decision about text %s, taken again by edition %s, comes out otherwise: facts or findings are not those of its time", f.message, f.edition)
	}
	c.again = sameAgain
	return nil
}

// count notes what a line is.
func (v *verifier) count(c *checked) {
	enter(v.seen, &c.line, c.kind())
	if c.line.body != nil && c.fact.kind == evidence.KindDecision {
		v.again[c.again]++
	}
}

func (c *checked) kind() evidence.Kind {
	if c.line.body == nil {
		return c.line.erased.kind
	}
	return c.fact.kind
}

// records checks all lines, and what they say together.
func (v *verifier) records() error {
	r, _, ok := v.box.file(fileRecords)
	if !ok {
		return bad("the pack has no %s", fileRecords)
	}
	var err error
	if v.m.Kind == KindNumber {
		err = v.number(r)
	} else {
		err = v.campaign(r)
	}
	if err != nil {
		return err
	}
	if !maps.Equal(v.seen, v.m.Counts) {
		return bad("the records are not those that %s counts: it says %s, and there are %s", fileManifest, counts(v.m.Counts), counts(v.seen))
	}
	v.summary()
	return nil
}

func counts(m map[string]int64) string {
	var s []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if len(s) < 16 {
			s = append(s, fmt.Sprintf("%.20s %d", k, m[k]))
		}
	}
	return strings.Join(s, ", ")
}

// summary says what was found of the records.
func (v *verifier) summary() {
	n, erased, open := v.seen["records"], v.seen["erased"], v.seen["unsealed"]
	v.rep.pass("records", "%d, in order, each as it was committed to", n)
	if erased > 0 {
		v.rep.pass("erased", "%d of them: that they were written is proven, what they said is gone", erased)
	}
	if n > open {
		v.rep.pass("log", "%d of them are in the log of the checkpoint", n-open)
	}
	if open > 0 {
		v.rep.note("log", "%d of them were not in the log yet when the pack was made: only its signature speaks for them", open)
	}
	v.rep.pass("decisions", "%d taken again, with the same result", v.again[sameAgain])
	if x := v.again[lawMissing]; x > 0 {
		v.rep.note("decisions", "%d could not be taken again: neither the pack nor this program has the law of their edition", x)
	}
	s := v.story
	v.rep.pass("texts", "%d handed to the carrier, each after a decision that allowed it", s.texts)
	v.rep.pass("suppression", "no marketing text (of %d) was allowed while an opt-out stood (of %d)", s.marketing, s.optOuts)
	if s.crossed > 0 {
		v.rep.note("suppression", "%d times an opt-out came in while a text was on its way", s.crossed)
	}
	if s.unproven > 0 {
		v.rep.note("consent", "%d marketing texts went by an opt-in of which there is no record here", s.unproven)
	}
}

// number checks the records of one guest: they are all the guest's, in the order of
// their instants, and with words that are there.
func (v *verifier) number(r io.Reader) error {
	s := newStory()
	var last position
	err := eachLine(r, fileRecords, v.alone, func(c *checked) error {
		at := c.position()
		if !last.before(at) {
			return bad("it is not later than the one before it: the order was changed, or a record is there twice")
		}
		last = at
		v.count(c)
		if c.line.body == nil {
			return nil
		}
		return v.ofGuest(c, s)
	})
	if err != nil {
		return err
	}
	for message := range v.said {
		if s.last[message] == nil {
			return bad("%s has the words of text %s, about which nothing was decided here", fileTexts, message)
		}
	}
	err = s.tell()
	v.story.add(s.rep)
	return err
}

func (v *verifier) ofGuest(c *checked, s *story) error {
	f := &c.fact
	if f.kind != evidence.KindStaffAction && string(f.number) != v.m.Number {
		return bad("the record is about another number than the pack")
	}
	if len(f.disclosure) > 0 && !v.shown[string(f.disclosure)] {
		return bad("the guest was shown disclosure %.8s…, and its words are missing", f.disclosure)
	}
	if f.kind == evidence.KindDecision {
		if sum, ok := v.said[f.about()]; ok && sum != string(f.textSum) {
			return bad("the words of text %s in %s are not those that were decided about", f.message, fileTexts)
		}
	}
	return s.hear(f, &c.facts)
}

// A position is where a record stands in the order of a pack.
type position struct {
	at int64 // microseconds
	id core.RecordID
}

func (c *checked) position() position {
	if c.line.body == nil {
		return position{c.line.erased.at.UnixMicro(), c.line.erased.id}
	}
	return position{c.fact.at.UnixMicro(), c.fact.id}
}

func (p position) before(q position) bool {
	return p.at < q.at || p.at == q.at && string(p.id[:]) < string(q.id[:]) || p.id.IsZero()
}
