package system

import (
	"crypto/rand"

	"github.com/jobfluss/nexo/core/evidence"
)

// Salts makes salts from the system's randomness.
type Salts struct{}

var _ evidence.Salts = Salts{}

// Salt returns 16 random bytes.
func (Salts) Salt() evidence.Salt {
	var s evidence.Salt
	rand.Read(s[:]) //nolint:errcheck // it never fails: without randomness the process ends
	return s
}
