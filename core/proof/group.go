package proof

import (
	"bufio"
	"io"
	"maps"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// campaign checks a certificate's records: first what staff did, then, in the order
// of the audience's lines, those of each text and its guest.
func (v *verifier) campaign(r io.Reader) error {
	a, _, ok := v.box.file(fileAudience)
	if !ok {
		return bad("the pack has no %s", fileAudience)
	}
	g := &groups{v: v, in: bufio.NewReaderSize(a, 64<<10), states: map[string]int64{}, reasons: map[string]int64{}}
	err := eachLine(r, fileRecords, v.alone, g.take)
	if err != nil {
		return err
	}
	if err := g.end(); err != nil {
		return err
	}
	if g.audience != v.m.Audience || !maps.Equal(g.states, v.m.States) || !maps.Equal(g.reasons, v.m.Reasons) {
		return bad("the audience is not the one that %s counts: it says %d texts, %s; there are %d, %s", fileManifest, v.m.Audience, counts(v.m.States), g.audience, counts(g.states))
	}
	v.rep.pass("audience", "%d texts, which is the sum of: %s", g.audience, counts(g.states))
	return nil
}

// groups runs over the audience beside the records.
type groups struct {
	v        *verifier
	in       *bufio.Reader
	n        int // lines of the audience so far
	buf      []byte
	states   map[string]int64
	reasons  map[string]int64
	audience int64

	open      bool // there is a text
	member    member
	left      int64 // lines of the text that are still to come
	last      position
	number    string
	story     *story
	erased    bool
	allowed   bool // the last decision let the text go
	refused   bool // the last decision was to block it
	submitted bool
}

func (g *groups) take(c *checked) error {
	g.v.count(c)
	if !g.open && c.kind() == evidence.KindStaffAction {
		return g.act(c)
	}
	for !g.open || g.left == 0 {
		more, err := g.next()
		if err != nil {
			return err
		}
		if !more {
			return bad("the record belongs to no text of %s", fileAudience)
		}
	}
	g.left--
	at := c.position()
	if !g.last.before(at) {
		return bad("it is not later than the one before it: the order was changed, or a record is there twice")
	}
	g.last = at
	if c.line.body == nil {
		g.erased = true
		if c.line.erased.message != core.UUID(g.member.Message) {
			return bad("the erased record is about another text than %s says", fileAudience)
		}
		return nil
	}
	return g.ofText(c)
}

// act checks what staff did.
func (g *groups) act(c *checked) error {
	at := c.position()
	if !g.last.before(at) {
		return bad("it is not later than the one before it: the order was changed, or a record is there twice")
	}
	g.last = at
	if c.line.body != nil && string(c.fact.campaign) != g.v.m.Campaign.String() {
		return bad("the record is about another campaign")
	}
	return nil
}

func (g *groups) ofText(c *checked) error {
	f := &c.fact
	if g.number == "" {
		g.number = string(f.number)
	}
	if string(f.number) != g.number || g.number == "" {
		return bad("the record is about another guest than the one before it")
	}
	switch f.kind {
	case evidence.KindConsent, evidence.KindRevocation:
	default:
		if f.about() != g.member.Message.String() || string(f.campaign) != g.v.m.Campaign.String() {
			return bad("the record is about another text or another campaign")
		}
	}
	if f.kind == evidence.KindDecision {
		g.allowed, g.refused = f.verdict == "send", f.verdict == "block"
	}
	if f.kind == evidence.KindSubmission && f.handed && string(f.outcome) != "planned" {
		g.submitted = true
	}
	return g.story.hear(f, &c.facts)
}

// next ends a text and begins the next one.
func (g *groups) next() (bool, error) {
	if err := g.shut(); err != nil {
		return false, err
	}
	var err error
	if g.buf, err = readLine(g.in, g.buf[:0]); err == io.EOF {
		return false, nil
	}
	before := g.member.Message
	if err == nil {
		err = g.member.parse(g.buf)
	}
	g.n++
	if err == nil && string(before[:]) >= string(g.member.Message[:]) {
		err = bad("the text does not come after the one before it")
	}
	if err != nil {
		return false, bad("%s, line %d: %s", fileAudience, g.n, core.MessageOf(err))
	}
	g.member.enter(g.states, g.reasons)
	g.audience++
	g.open, g.left, g.last, g.number, g.story = true, g.member.Records, position{}, "", newStory()
	g.erased, g.allowed, g.refused, g.submitted = false, false, false, false
	return true, nil
}

// shut judges a text whose records were all seen.
func (g *groups) shut() error {
	if !g.open {
		return nil
	}
	g.open = false
	m := &g.member
	if g.left > 0 {
		return bad("records of text %s are missing: %s promises %d more", m.Message, fileAudience, g.left)
	}
	err := g.story.tell()
	g.v.story.add(g.story.rep)
	switch {
	case err != nil || g.erased:
		return err
	case (m.submitted() || m.State == "failed") && !g.allowed:
		return bad("text %s counts as %s, and no record says that it was allowed", m.Message, m.State)
	case !m.submitted() && m.State != "failed" && g.submitted:
		return bad("text %s counts as %s, and a record says that it was handed to the carrier", m.Message, m.State)
	case m.State == "blocked" && !g.refused:
		return bad("text %s counts as refused, and no record says so", m.Message)
	}
	return nil
}

// end demands that there are no more texts, but for those without records.
func (g *groups) end() error {
	for {
		more, err := g.next()
		if err != nil || !more {
			return err
		}
	}
}
