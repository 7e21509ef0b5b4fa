package proof

import (
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
)

// grace is how much later than an opt-out was written down a text may have been
// allowed: the two transactions ran at once, and each notes when it began. It is
// longer than any transaction lasts, and far shorter than any law gives.
const grace = 5 * time.Second

// A story is what is known of one guest, and tells what must not have been. It
// hears records in the order of their instants.
type story struct {
	agreed  []agreement
	outs    []optOut
	allowed []allowance            // marketing that was allowed to go
	last    map[string]*judgedText // of each text the last decision
	rep     storyReport
}

// A storyReport counts what was looked at.
type storyReport struct {
	optIns, optOuts, texts, marketing, crossed, unproven int64
}

func (r *storyReport) add(o storyReport) {
	r.optIns += o.optIns
	r.optOuts += o.optOuts
	r.texts += o.texts
	r.marketing += o.marketing
	r.crossed += o.crossed
	r.unproven += o.unproven
}

// An agreement is an instant from which on a guest might be texted.
type agreement struct{ at time.Time }

// An optOut is one from the instant that the guest sent it, and from the instant
// that it was written down. A doubt is none if staff clear it.
type optOut struct {
	at, written time.Time
	doubt       bool
}

type judgedText struct {
	may, marketing bool
	allowed        int    // which of the story's, for marketing
	sum            string // hash of the words
}

type allowance struct {
	message            string
	at, since, handed  time.Time // of decision, opt-in that it went by, and the carrier's answer
	suppressed, unread bool
}

func newStory() *story { return &story{last: map[string]*judgedText{}} }

// hear takes in a record; d is what a decision's facts say, nil for others.
func (s *story) hear(f *fact, d *decide.Facts) error {
	switch f.kind {
	case evidence.KindConsent:
		switch string(f.act) {
		case "granted":
			s.rep.optIns++
			s.agreed = append(s.agreed, agreement{f.at})
		case "cleared": // staff found that what seemed to be an opt-out was none
			s.agreed = append(s.agreed, agreement{f.at})
		case "doubted":
			s.outs = append(s.outs, optOut{f.at, f.effective(), true})
		}
	case evidence.KindRevocation:
		if string(f.act) == "revoked" {
			s.rep.optOuts++
			s.outs = append(s.outs, optOut{f.at, f.effective(), false})
		}
	case evidence.KindDecision:
		s.decided(f, d)
	case evidence.KindSubmission:
		return s.submitted(f)
	}
	return nil
}

func (s *story) decided(f *fact, d *decide.Facts) {
	j := &judgedText{may: f.verdict == "send", marketing: d.Class == decide.Marketing, sum: string(f.textSum)}
	s.last[f.about()] = j
	if j.may && j.marketing {
		j.allowed = len(s.allowed)
		s.allowed = append(s.allowed, allowance{message: f.about(), at: f.at, since: d.Consent.Since, suppressed: len(d.Suppressed) > 0, unread: !d.SuppressionRead})
	}
}

// submitted demands that what was handed over had been allowed.
func (s *story) submitted(f *fact) error {
	if !f.handed {
		return nil
	}
	j := s.last[f.about()]
	if j == nil || !j.may {
		return bad("text %s was handed to the carrier, and the last decision before it did not allow it", f.message)
	}
	s.rep.texts++
	if j.marketing {
		s.rep.marketing++
		s.allowed[j.allowed].handed = f.at
	}
	return nil
}

// tell judges the whole story.
func (s *story) tell() error {
	for i := range s.allowed {
		if err := s.lawful(&s.allowed[i]); err != nil {
			return err
		}
	}
	return nil
}

// lawful demands what must be so for a marketing text that was allowed to go: no
// opt-out, and no doubt that nobody has cleared, stood when it was allowed.
func (s *story) lawful(a *allowance) error {
	if a.suppressed || a.unread {
		return bad("text %s was allowed at %s to a number that was suppressed, or of which that had not been looked up", a.message, stamp(a.at))
	}
	if !s.behind(a.since) {
		s.rep.unproven++
	}
	for _, out := range s.outs {
		if s.agreedBetween(out.at, a.at) {
			continue
		}
		if out.written.Add(grace).Before(a.at) {
			return bad("text %s was allowed at %s, after the opt-out of %s and before any new opt-in", a.message, stamp(a.at), stamp(out.at))
		}
		if !out.written.After(a.at) || !a.handed.IsZero() && out.written.Before(a.handed) {
			s.rep.crossed++
		}
	}
	return nil
}

// behind reports whether there is a record of the opt-in that a text went by.
// Bodies hold microseconds.
func (s *story) behind(since time.Time) bool {
	for i := range s.agreed {
		if s.agreed[i].at.Equal(since.Truncate(time.Microsecond)) {
			return true
		}
	}
	return false
}

// agreedBetween reports whether there is an opt-in later than the opt-out, and not
// later than the text.
func (s *story) agreedBetween(out, text time.Time) bool {
	for _, c := range s.agreed {
		if c.at.After(out) && !c.at.After(text) {
			return true
		}
	}
	return false
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
