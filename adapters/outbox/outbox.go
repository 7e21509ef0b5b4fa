// Package outbox keeps letters in memory instead of sending them: for a demo, and
// for whoever tries the product on their own machine.
package outbox

import (
	"context"
	"slices"
	"sync"

	"github.com/jobfluss/nexo/core/seal"
)

// most is how many letters are kept; the oldest make room.
const most = 50

// A Box is a [seal.Post] that keeps letters. The zero Box is empty and ready. It
// is safe for concurrent use.
type Box struct {
	mu      sync.Mutex
	letters []seal.Letter
}

var _ seal.Post = (*Box)(nil)

// Send keeps a letter. It never fails.
func (b *Box) Send(_ context.Context, l seal.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.letters) == most {
		b.letters = slices.Delete(b.letters, 0, 1)
	}
	b.letters = append(b.letters, l)
	return nil
}

// Letters returns what was sent, the newest first.
func (b *Box) Letters() []seal.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.letters)
	slices.Reverse(out)
	return out
}
