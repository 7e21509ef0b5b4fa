package replay

import (
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/place"
)

// A Change is what one rule says of a decision and of what is supposed in place
// of it. One of the two is nil where the rule has nothing to say there.
type Change struct {
	Rule  string
	State place.State // where the rule speaks about a place
	Zone  place.Zone
	// Before and After are the findings in plain English.
	Before, After *decide.Line
	// Words: the finding is the same, and only its sentence is another.
	Words bool
}

// Verdict reports whether the rule comes to another verdict.
func (c Change) Verdict() bool {
	return c.Before == nil || c.After == nil || c.Before.Verdict != c.After.Verdict
}

// A subject is what a finding is about: two decisions are compared subject by
// subject. nth tells findings apart that are about the same.
type subject struct {
	rule  decide.RuleID
	state place.State
	zone  place.Zone
	index uint8
	nth   int
}

// A said is one finding with its sentence.
type said struct {
	subject
	finding decide.Finding
	line    decide.Line
}

// compare goes through both decisions, rule by rule.
func compare(a, b *Again) (changes []Change, alike int) {
	before, after := findings(a), findings(b)
	later := make(map[subject]said, len(after))
	for _, s := range after {
		later[s.subject] = s
	}
	seen := make(map[subject]bool, len(before))
	for _, s := range before {
		seen[s.subject] = true
		then, ok := later[s.subject]
		if ok && then.finding == s.finding && then.line == s.line {
			alike++
			continue
		}
		c := s.change()
		c.Before = &s.line
		if ok {
			c.After, c.Words = &then.line, then.finding == s.finding
		}
		changes = append(changes, c)
	}
	for _, s := range after {
		if !seen[s.subject] {
			c := s.change()
			c.After = &s.line
			changes = append(changes, c)
		}
	}
	return changes, alike
}

func (s said) change() Change {
	c := Change{Rule: s.line.Name, State: s.state}
	if _, own := s.finding.OwnCap(); !own {
		c.Zone = s.zone
	}
	return c
}

// findings returns what a decision says, by subject. Several of a kind, like two
// entries of a list, are told apart by their order.
func findings(a *Again) []said {
	lines := a.Explain()
	out := make([]said, 0, len(lines))
	count := make(map[subject]int, len(lines))
	for i, f := range a.Decision.Findings() {
		s := said{subject: subject{rule: f.Rule, state: f.State, zone: f.Zone}, finding: f, line: lines[i]}
		if i, own := f.OwnCap(); own {
			s.index = uint8(i)
		}
		alike := s.subject
		s.nth = count[alike]
		count[alike]++
		s.finding.Index = 0 // where a fact stands in its list says nothing about it
		out = append(out, s)
	}
	return out
}
