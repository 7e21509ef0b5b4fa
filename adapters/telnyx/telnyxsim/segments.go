package telnyxsim

import (
	"strings"
	"unicode/utf16"
)

// The characters of GSM 03.38, and those that cost two.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€"
)

// segments returns how the carrier would cut the text.
func segments(text string) (encoding string, parts int) {
	units := 0
	for _, r := range text {
		switch {
		case r < 0x80 && r != '`' && !strings.ContainsRune(gsmExtended, r) && r >= ' ' || r == '\n' || r == '\r':
			units++
		case strings.ContainsRune(gsmExtended, r):
			units += 2
		case strings.ContainsRune(gsmBasic, r):
			units++
		default:
			return "UCS-2", cut(len(utf16.Encode([]rune(text))), 70, 67)
		}
	}
	return "GSM-7", cut(units, 160, 153)
}

func cut(units, one, many int) int {
	if units <= one {
		return 1
	}
	return (units + many - 1) / many
}
