package sms

import "unicode/utf8"

// MaxSegments is the most parts a text may have. Carriers refuse longer ones.
const MaxSegments = 10

// Sizes of parts, in units of their encoding: alone, and with the header that
// joins several.
const (
	gsmSingle, gsmPart   = 160, 153
	ucs2Single, ucs2Part = 70, 67
)

// An Encoding is how a text travels. The zero value is no encoding.
type Encoding uint8

// The encodings.
const (
	GSM7 Encoding = iota + 1 // 7-bit; 160 characters in one part
	UCS2                     // UTF-16; 70 units in one part
)

func (e Encoding) String() string {
	switch e {
	case GSM7:
		return "GSM-7"
	case UCS2:
		return "UCS-2"
	}
	return ""
}

// MarshalText returns the name of the encoding.
func (e Encoding) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// A Size is what a text takes up on the air.
type Size struct {
	Encoding Encoding
	Units    int // septets in GSM-7 (an extension character is 2), UTF-16 units in UCS-2
	Segments int // parts that are sent, and paid for; an empty text has none
}

// Sendable reports whether the text is neither empty nor longer than
// [MaxSegments].
func (s Size) Sendable() bool { return s.Segments >= 1 && s.Segments <= MaxSegments }

// Measure returns the size of text. Bytes that are not UTF-8 count as U+FFFD
// each, and so force UCS-2. It does not allocate.
func Measure(text string) Size {
	septs, paired := 0, false
	for i := 0; i < len(text); {
		n, w := 0, 1
		if c := text[i]; c < utf8.RuneSelf {
			n = int(gsmCost[c])
		} else {
			var r rune
			r, w = utf8.DecodeRuneInString(text[i:])
			n = septets(r)
		}
		if n == 0 {
			return measureUCS2(text)
		}
		paired = paired || n == 2
		septs += n
		i += w
	}
	return Size{GSM7, septs, count(text, GSM7, septs, paired)}
}

func measureUCS2(text string) Size {
	units, paired := 0, false
	for _, r := range text {
		n := utf16Units(r)
		paired = paired || n == 2
		units += n
	}
	return Size{UCS2, units, count(text, UCS2, units, paired)}
}

// count returns the number of parts. Only a text with pairs needs to be walked:
// without them every part but the last is full.
func count(text string, e Encoding, units int, paired bool) int {
	single, part := limits(e)
	switch {
	case units == 0:
		return 0
	case units <= single:
		return 1
	case !paired:
		return (units + part - 1) / part
	}
	n := 1
	cut(text, e, func(int) { n++ })
	return n
}

func limits(e Encoding) (int, int) {
	if e == GSM7 {
		return gsmSingle, gsmPart
	}
	return ucs2Single, ucs2Part
}

// cut calls at with the byte offset of each part after the first. A pair never
// straddles a cut, since a phone would show half of it as rubbish: such a part
// carries one unit less (152 or 66).
func cut(text string, e Encoding, at func(offset int)) {
	_, part := limits(e)
	fill := 0
	for i, r := range text {
		n := utf16Units(r)
		if e == GSM7 {
			n = septets(r)
		}
		if fill+n > part {
			at(i)
			fill = 0
		}
		fill += n
	}
}

// Split returns the parts of text as they are sent; joined, they are text.
// There are as many as [Measure] says.
func Split(text string) []string {
	size := Measure(text)
	if size.Segments == 0 {
		return nil
	}
	if size.Segments == 1 {
		return []string{text}
	}
	parts, from := make([]string, 0, size.Segments), 0
	cut(text, size.Encoding, func(i int) {
		parts = append(parts, text[from:i])
		from = i
	})
	return append(parts, text[from:])
}
