package core

import "time"

// A Clock tells the time. Implementations are safe for concurrent use. Code of
// the domain takes one now at the start of a transaction and passes it on, so
// that rows written together agree.
type Clock interface {
	Now() time.Time
}
