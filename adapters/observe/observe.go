// Package observe counts what programs do, for Prometheus. Labels are few and
// fixed: never a business, a campaign or a person, so that no series says whom a
// venue texts, and a server that scrapes a hundred thousand venues holds as many
// series as one that scrapes a single one.
//
// docs/operations.md explains each metric, and deploy/ has alerts on them.
package observe

import "time"

// Levels are what a gauge shows: how things stand, over all businesses.
type Levels struct {
	Due     int // texts that could leave now
	Unknown int // texts of which nobody knows what became
	Waiting int // webhooks that nobody has acted on yet
	// Oldest is when the longest waiting of those was received; zero where none is.
	Oldest time.Time
	// Unsealed is when the oldest record that the evidence log does not hold yet
	// was made; zero where there is none.
	Unsealed time.Time
	// Unread: opt-outs may wait outside the database, and marketing waits for them.
	Unread bool
}

// Outcomes of a webhook.
const (
	Kept     = "kept"     // on durable storage
	Refused  = "refused"  // not authentic, too large or too many
	Unstored = "unstored" // to be sent again: it could not be kept
)
