package evidence

import "time"

// An Anchoring says that a checkpoint was put where this program cannot change
// it any more.
type Anchoring struct {
	Anchor string // by whom, such as "file" or "mail/" and a business
	Size   int64  // of the checkpoint
	At     time.Time
	// Receipt is what was given in return and proves it, such as a timestamp
	// token; nil where nothing is.
	Receipt []byte
}
