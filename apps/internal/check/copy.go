package check

import (
	"strconv"

	"github.com/jobfluss/nexo/core/copy"
)

// copySpec asks what carriers will refuse in a text.
var copySpec = spec{
	name:  "copy",
	about: "What carriers refuse in a marketing text, and how to mend it.",
	in: []field{
		{name: "text", kind: text, need: true, about: "the text as it would be sent"},
		{name: "brand", kind: text, need: true, about: "the name that guests know the venue by"},
		{name: "age_gated", kind: boolean, about: "whether every recipient passed a 21+ check by date of birth; false unless given"},
		{name: "domains", kind: list, item: &field{kind: text}, about: "the venue's own domains for links; their subdomains count"},
	},
	out: []field{
		{name: "verdict", kind: text, need: true, enum: []string{copy.Pass.String(), copy.Warn.String(), copy.Block.String()}, about: "the strictest of the findings"},
		{name: "findings", kind: list, need: true, about: "what is wrong, in the order of the text; what is missing comes first", item: &field{kind: object, fields: []field{
			{name: "code", kind: text, need: true, enum: copy.Codes(), about: "what it is; stable"},
			{name: "span", kind: list, need: true, min: 2, max: 2, item: &field{kind: integer}, about: "where it is: byte offsets into the text as UTF-8, half-open; 0, 0 where something is missing"},
			{name: "why", kind: text, need: true, about: "the reason, in a sentence"},
			{name: "mend", kind: text, need: true, about: "what to write instead"},
		}}},
	},
	answer: func(_ *Checker, dst []byte, v *values) ([]byte, error) {
		r := copy.Check(copy.Draft{Text: v.str(0), Brand: v.str(1), AgeGated: v.flag(2), Domains: v.strs(3)})
		dst = appendField(append(dst, '{'), "verdict", r.Verdict.String())
		dst = append(appendKey(dst, "findings"), '[')
		for i, f := range r.Findings {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendField(append(dst, '{'), "code", f.Code)
			dst = append(appendKey(dst, "span"), '[')
			dst = append(strconv.AppendInt(dst, int64(f.Span[0]), 10), ',')
			dst = append(strconv.AppendInt(dst, int64(f.Span[1]), 10), ']')
			dst = appendField(dst, "why", f.Why)
			dst = appendField(dst, "mend", f.Mend)
			dst = append(dst, '}')
		}
		return append(dst, ']', '}'), nil
	},
}
