package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/replay"
)

// A page is text for people, 80 columns wide. It keeps the first error.
type page struct {
	w    io.Writer
	err  error
	rows int // of a list that was begun
}

const columns = 80

// line writes words behind a head, and goes on under the words where they do not
// fit.
func (p *page) line(head, words string) {
	indent := utf8.RuneCountInString(head)
	var b strings.Builder
	b.WriteString(head)
	at := indent
	for i, word := range strings.Fields(words) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && at+1+n > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	p.print(strings.TrimRight(b.String(), " ") + "\n")
}

func (p *page) blank() { p.print("\n") }

func (p *page) print(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

func moment(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04:05 UTC") }

// text writes all decisions about a text, and the last of them in full.
func (p *page) text(t replay.Text, sup replay.Supposition) error {
	last := t.Last()
	p.line("Text      ", t.Message.String()+" to "+last.Number.Masked())
	p.line("Business  ", t.Business.String())
	if !t.Campaign.IsZero() {
		p.line("Campaign  ", t.Campaign.String())
	}
	for i, a := range t.Answers {
		p.blank()
		p.line(fmt.Sprintf("%d. ", i+1), moment(a.At)+": "+a.Recorded.Verdict+until(a.Recorded.Verdict, a.Recorded.NotBefore)+", by "+cmp.Or(a.Recorded.Edition, "no edition")+", the "+a.Facts.Profile.String()+" reading")
		if a.Same {
			p.line("   ", "Taken again, the same comes out: "+lower(a.Summary()))
		} else {
			p.broken(a)
		}
	}
	p.blank()
	p.line("", "What every rule said:")
	for _, l := range last.Explain() {
		p.finding("  ", l)
	}
	if last.Supposed != nil {
		p.supposed(last, sup)
	}
	return p.err
}

func until(verdict string, t time.Time) string {
	if verdict != decide.Wait.String() {
		return ""
	}
	return " until " + moment(t)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// broken says where a decision parts from its record.
func (p *page) broken(a replay.Answer) {
	p.line("   ", "TAKEN AGAIN, IT IS ANOTHER: "+a.Decision.Verdict.String()+until(a.Decision.Verdict.String(), a.Decision.NotBefore)+".")
	for _, f := range a.Recorded.Lost {
		p.line("   recorded: ", string(f))
	}
	for _, f := range a.Recorded.New {
		p.line("   now:      ", string(f))
	}
}

// signs stand before findings.
var signs = [...]string{decide.Block: "blocks", decide.Wait: "waits ", decide.Send: "passes"}

func (p *page) finding(indent string, l decide.Line) {
	p.line(indent+signs[min(l.Verdict, decide.Send)]+" ", l.Name+": "+l.String())
}

// supposed writes what would have been.
func (p *page) supposed(a replay.Answer, sup replay.Supposition) {
	s := a.Supposed
	p.blank()
	p.line("", suppose(sup)+", the answer is "+s.Decision.Verdict.String()+": "+lower(s.Summary()))
	if a.Decision.Verdict == s.Decision.Verdict && a.Decision.NotBefore.Equal(s.Decision.NotBefore) {
		p.line("", "That is what was decided.")
	}
	for _, words := range []bool{false, true} {
		some := false
		for _, c := range s.Changes {
			if c.Words != words {
				continue
			}
			if !some {
				p.blank()
				p.line("", map[bool]string{false: "What changes:", true: "The same, for another reason:"}[words])
			}
			some = true
			p.change(c)
		}
	}
	p.blank()
	p.line("", count(s.Alike, "finding stays as it is.", "findings stay as they are."))
	if !sup.At.IsZero() {
		p.line("", "What was known of the guest is what was known when it was decided: a later opt-out, or another text since then, is not in it.")
	}
}

func (p *page) change(c replay.Change) {
	p.line("  ", c.Rule+where(c.State, c.Zone))
	if c.Before != nil {
		p.line("    was:   ", c.Before.Verdict.String()+". "+c.Before.String())
	}
	if c.After != nil {
		p.line("    would: ", c.After.Verdict.String()+". "+c.After.String())
	} else {
		p.line("    would: ", "not speak.")
	}
}

func where(s place.State, z place.Zone) string {
	var out []string
	if s.String() != "" {
		out = append(out, s.String())
	}
	if z.String() != "" {
		out = append(out, z.String())
	}
	if len(out) == 0 {
		return ""
	}
	return " in " + strings.Join(out, ", ")
}

// suppose says what is supposed, as the beginning of a sentence.
func suppose(s replay.Supposition) string {
	var ifs []string
	if s.Profile != law.NoProfile {
		ifs = append(ifs, "by the "+s.Profile.String()+" reading")
	}
	if s.Edition != "" {
		ifs = append(ifs, "under "+s.Edition)
	}
	if !s.At.IsZero() {
		ifs = append(ifs, "at "+moment(s.At))
	}
	out := strings.Join(ifs, ", ")
	return strings.ToUpper(out[:1]) + out[1:]
}

// difference writes one text of the list.
func (p *page) difference(d replay.Difference) error {
	if p.rows == 0 {
		p.line("", "Texts that are decided otherwise (text, guest, when it was decided):")
	}
	p.rows++
	p.blank()
	p.line("", d.Message.String()+" "+d.Number.Masked()+" "+d.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	if d.Unread != "" {
		p.line("  ", "Cannot be taken again: "+d.Unread)
		return p.err
	}
	head := "  " + d.Was.String() + " -> " + d.Is.String() + ": "
	if d.Broken {
		head = "  ITS RECORD SAYS OTHERWISE: " + strings.TrimLeft(head, " ")
	}
	p.line(head, d.Why)
	return p.err
}

// sum writes the counts.
func (p *page) sum(s replay.Sum, sup replay.Supposition) error {
	if p.rows > 0 {
		p.blank()
	}
	p.line("", fmt.Sprintf("%s, %s taken again, %s.", count(s.Texts, "text was decided", "texts were decided"), count(s.Decisions, "decision", "decisions"), agreed(s)))
	if s.Erased > 0 {
		p.line("", count(s.Erased, "text's decision was", "texts' decisions were")+" erased; their leaves are in the log.")
	}
	if s.Unread > 0 {
		p.line("", count(s.Unread, "text's decision", "texts' decisions")+" could not be taken again.")
	}
	if sup.IsZero() && s.Broken == 0 {
		p.line("", fmt.Sprintf("Sent %d, waiting %d, blocked %d.", s.Is(decide.Send), s.Is(decide.Wait), s.Is(decide.Block)))
		return p.err
	}
	p.blank()
	if sup.IsZero() {
		p.print("         decided  now\n")
	} else {
		p.line("", suppose(sup)+", "+count(s.Moved(), "text is", "texts are")+" decided otherwise:")
		p.print("         decided  supposed\n")
	}
	for _, v := range []decide.Verdict{decide.Send, decide.Wait, decide.Block} {
		p.print(fmt.Sprintf("  %-5s %9d %9d\n", v, s.Was(v), s.Is(v)))
	}
	for _, m := range sorted(s.Moves, func(m replay.Move) string { return m.Was.String() + m.Is.String() }) {
		if m.Was != m.Is {
			p.line("  ", fmt.Sprintf("%d from %s to %s", s.Moves[m], m.Was, m.Is))
		}
	}
	if s.Later > 0 {
		p.line("  ", fmt.Sprintf("%d wait as they did, but until another instant", s.Later))
	}
	for _, r := range sorted(s.Reasons, func(r replay.Reason) string {
		return fmt.Sprintf("%09d", 1e9-s.Reasons[r]) + r.Rule.String() + r.Code.String()
	}) {
		words := "for"
		if r.Is == decide.Send {
			words = "without"
		}
		p.line("  ", fmt.Sprintf("%d: %s %s %s.%s", s.Reasons[r], r.Is, words, r.Rule, r.Code))
	}
	return p.err
}

func agreed(s replay.Sum) string {
	if s.Broken == 0 {
		return "and each came out as it is recorded"
	}
	return count(s.Broken, "of them came", "of them came") + " out OTHERWISE than it is recorded"
}

func sorted[K comparable, V any](m map[K]V, key func(K) string) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return cmp.Compare(key(a), key(b)) })
}
