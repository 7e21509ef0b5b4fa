package campaign

import (
	"crypto/sha256"

	"github.com/jobfluss/nexo/core"
)

// codeLetters have no vowels, so that no code is a word, and none that look
// alike.
const codeLetters = "BCDFGHJKLMNPQRTVWXZ"

// CodeLen is how many letters a code has.
const CodeLen = 6

// Code names a campaign to somebody who asks for its text by phone. It is made
// of the id, half of which is chance, and gives nothing of it away.
func Code(id core.CampaignID) string {
	h := sha256.Sum256(append([]byte("try\n"), id[:]...))
	var b [CodeLen]byte
	for i := range b {
		b[i] = codeLetters[int(h[i])%len(codeLetters)]
	}
	return string(b[:])
}
