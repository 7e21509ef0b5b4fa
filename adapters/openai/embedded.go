//go:build embedded

package openai

import (
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

// New refuses: what a program that is built for embedded parts never uses is not
// in it, since a newcomer waits for each line that is compiled.
func New(Config) (draft.Writer, error) {
	return nil, core.E("openai.New", core.Invalid,
		"this program was built for a trial on embedded parts and drafts nothing; build it without the tag embedded")
}
