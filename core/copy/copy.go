package copy

import (
	"cmp"
	"slices"

	"github.com/jobfluss/nexo/core/sms"
)

// A Verdict says whether a draft may be sent. The zero value is Block.
type Verdict uint8

// The verdicts, strictest first.
const (
	Block Verdict = iota // must be changed
	Warn                 // a person should look
	Pass
)

func (v Verdict) String() string {
	switch v {
	case Warn:
		return "warn"
	case Pass:
		return "pass"
	}
	return "block"
}

// MarshalText returns the name of the verdict.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// A Draft is what a venue wants to send.
type Draft struct {
	Text     string
	Brand    string   // the name guests know the venue by
	AgeGated bool     // every recipient passed a 21+ date-of-birth check
	Domains  []string // the venue's own link domains; their subdomains count
}

// A Report is what was found in a draft.
type Report struct {
	Verdict  Verdict   `json:"verdict"` // the strictest of the findings
	Findings []Finding `json:"findings"`
	// NeedsAgeGate is set where the text promotes alcohol, whether the audience
	// is gated or not.
	NeedsAgeGate bool `json:"-"`
}

// A Finding is one thing that is wrong.
type Finding struct {
	Code    string  `json:"code"` // one of [Codes]; stable
	Span    [2]int  `json:"span"` // byte offsets into the text, half-open; 0,0 where something is missing
	Why     string  `json:"why"`
	Mend    string  `json:"mend"`
	Verdict Verdict `json:"-"`
}

// Check reads a draft. Findings are in the order of the text; those about what
// is missing come first.
func Check(d Draft) Report {
	t := read(d.Text)
	r := &reader{draft: d, text: t}
	r.links = findLinks(t)
	t.hide(r.links)
	r.brand()
	r.optOut()
	r.checkLinks()
	r.content()
	r.shape()
	r.length()
	return r.report()
}

// A reader carries one draft through the checks.
type reader struct {
	draft    Draft
	text     *text
	links    []link
	brandAt  [][2]int // token ranges that name the brand
	optOutAt [][2]int // token ranges of opt-out wording
	found    []Finding
	alcohol  bool
}

// add files a finding under code, whose words are in [Codes].
func (r *reader) add(code string, v Verdict, from, to int) {
	n := notes[code]
	r.found = append(r.found, Finding{Code: code, Span: [2]int{from, to}, Why: n.why, Mend: n.mend, Verdict: v})
}

// addTokens files a finding over tokens i up to and including j.
func (r *reader) addTokens(code string, v Verdict, i, j int) {
	r.add(code, v, r.text.tokens[i].from, r.text.tokens[j].to)
}

func (r *reader) report() Report {
	out := Report{Verdict: Pass, Findings: r.found, NeedsAgeGate: r.alcohol}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Span[0], b.Span[0]), cmp.Compare(a.Span[1], b.Span[1]), cmp.Compare(a.Code, b.Code))
	})
	out.Findings = slices.CompactFunc(out.Findings, func(a, b Finding) bool {
		return a.Code == b.Code && a.Span == b.Span
	})
	if out.Findings == nil {
		out.Findings = []Finding{}
	}
	for _, f := range out.Findings {
		out.Verdict = min(out.Verdict, f.Verdict)
	}
	return out
}

// longText is the number of parts above which a text is worth a look: every
// part is paid for, and counts against the carriers' daily caps.
const longText = 4

func (r *reader) length() {
	switch n := sms.Measure(r.draft.Text).Segments; {
	case n > sms.MaxSegments:
		r.add("too_long", Block, 0, len(r.draft.Text))
	case n > longText:
		r.add("long_text", Warn, 0, len(r.draft.Text))
	}
}
