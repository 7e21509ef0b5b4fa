//go:build embedded

package tsa

import (
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// Open refuses: what a program that is built for embedded parts never uses is
// not in it, since a newcomer waits for each line that is compiled.
func Open(string) (seal.Anchor, error) {
	return nil, core.E("tsa.Open", core.Invalid,
		"this program was built for a trial on embedded parts and cannot have checkpoints timestamped; build it without the tag embedded")
}
