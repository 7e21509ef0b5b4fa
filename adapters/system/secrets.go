package system

import (
	"crypto/rand"

	"github.com/jobfluss/nexo/core/access"
)

// Secrets makes secrets from the system's randomness.
type Secrets struct{}

var _ access.Secrets = Secrets{}

// Secret returns 32 random bytes.
func (Secrets) Secret() (s [32]byte) {
	rand.Read(s[:]) //nolint:errcheck // it never fails: without randomness the process ends
	return s
}
