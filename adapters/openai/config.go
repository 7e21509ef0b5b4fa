package openai

import "time"

// Config is how the service is reached.
type Config struct {
	Key   string
	URL   string // with its version, as in https://api.openai.com/v1; "" is OpenAI's own
	Model string // "" is [DefaultModel]
	// NoModeration: the service has none, or it is not wanted.
	NoModeration bool
	// Wait is how long one answer may take; 0 means 25 seconds.
	Wait time.Duration
	// Pause is how long to wait before a second try where the service does not say;
	// 0 means a second.
	Pause time.Duration
}

// DefaultModel writes well enough and costs little.
const DefaultModel = "gpt-4.1-mini"
