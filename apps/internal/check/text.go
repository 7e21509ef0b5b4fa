package check

import (
	"strconv"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core/reply"
	"github.com/jobfluss/nexo/core/sms"
)

// textSpec asks what a text costs.
var textSpec = spec{
	name:  "text",
	about: "What a text takes up on the air: its encoding, its units (septets or UTF-16 units), its parts, and the characters that force UCS-2.",
	in: []field{
		{name: "text", kind: text, need: true, about: "the text as it would be sent"},
	},
	out: []field{
		{name: "encoding", kind: text, need: true, enum: []string{sms.GSM7.String(), sms.UCS2.String()}, about: "how it travels"},
		{name: "units", kind: integer, need: true, about: "septets in GSM-7, where an extension character takes two; UTF-16 units in UCS-2"},
		{name: "segments", kind: integer, need: true, about: "parts that are sent, and paid for; 0 for the empty text"},
		{name: "costly", kind: list, need: true, about: "every character that GSM-7 cannot say, in order", item: &field{kind: object, fields: []field{
			{name: "char", kind: text, need: true, about: "the character"},
			{name: "at", kind: integer, need: true, about: "its index in the text, counted in characters (code points) from 0"},
		}}},
	},
	answer: func(_ *Checker, dst []byte, v *values) ([]byte, error) {
		t := v.str(0)
		size := sms.Measure(t)
		dst = appendField(append(dst, '{'), "encoding", size.Encoding.String())
		dst = strconv.AppendInt(appendKey(dst, "units"), int64(size.Units), 10)
		dst = strconv.AppendInt(appendKey(dst, "segments"), int64(size.Segments), 10)
		dst = append(appendKey(dst, "costly"), '[')
		for i, c := range sms.Costly(t) {
			if i > 0 {
				dst = append(dst, ',')
			}
			var b [utf8.UTFMax]byte
			dst = appendKey(append(dst, '{'), "char")
			dst = appendString(dst, b[:utf8.EncodeRune(b[:], c.Rune)])
			dst = strconv.AppendInt(appendKey(dst, "at"), int64(c.At), 10)
			dst = append(dst, '}')
		}
		return append(dst, ']', '}'), nil
	},
}

// replySpec asks what an inbound text means.
var replySpec = spec{
	name:  "reply",
	about: "What a text from a guest means. Act on certain at once; on likely stop marketing at once and let a person look.",
	in: []field{
		{name: "text", kind: text, need: true, about: "what the guest wrote"},
		{name: "context", kind: text, about: "our last text to them: where they quote it, the quotation is ignored, and where it asks for a YES, yes is an answer"},
	},
	out: []field{
		{name: "intent", kind: text, need: true, enum: []string{reply.OptOut.String(), reply.OptIn.String(), reply.Help.String(), reply.None.String()}, about: "what they want of us"},
		{name: "certainty", kind: text, need: true, enum: []string{reply.Certain.String(), reply.Likely.String()}, about: "how sure the reading is; certain for none"},
		{name: "matched", kind: text, need: true, about: "the words that decided, folded to plain lower case; empty for none"},
	},
	answer: func(_ *Checker, dst []byte, v *values) ([]byte, error) {
		m := reply.Read(v.str(0), reply.Context{LastToThem: v.str(1)})
		dst = appendField(append(dst, '{'), "intent", m.Intent.String())
		dst = appendField(dst, "certainty", m.Certainty.String())
		dst = appendField(dst, "matched", m.Matched)
		return append(dst, '}'), nil
	},
}
