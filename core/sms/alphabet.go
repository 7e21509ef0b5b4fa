package sms

import (
	"strings"
	"unicode/utf8"
)

// The GSM 7-bit default alphabet outside of ASCII, and the extension table.
// ESC itself is no character: a text that holds U+001B cannot be sent in it.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// gsmCost holds the septets of every rune below 1024: 0 = not in the alphabet.
// Greek capitals end at U+03A9; only the euro sign lies beyond.
var gsmCost = buildCosts()

func buildCosts() [1024]uint8 {
	var t [1024]uint8
	for _, r := range gsmBasic {
		t[r] = 1
	}
	for _, r := range gsmExtension {
		if int(r) < len(t) {
			t[r] = 2
		}
	}
	return t
}

// septets returns what r costs in GSM-7, or 0 if GSM-7 cannot say it.
func septets(r rune) int {
	if uint32(r) < uint32(len(gsmCost)) {
		return int(gsmCost[r])
	}
	if r == '€' {
		return 2
	}
	return 0
}

// utf16Units returns what r costs in UCS-2: an astral rune is a surrogate pair.
func utf16Units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// inGSM reports whether all of s fits the GSM-7 alphabet.
func inGSM(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || septets(r) == 0 }) < 0
}
