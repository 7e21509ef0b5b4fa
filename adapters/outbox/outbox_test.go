package outbox_test

import (
	"fmt"
	"testing"

	"github.com/jobfluss/nexo/adapters/outbox"
	"github.com/jobfluss/nexo/core/seal"
)

func TestTheNewestFiftyAreKept(t *testing.T) {
	var b outbox.Box
	for i := range 60 {
		if err := b.Send(t.Context(), seal.Letter{ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if ls := b.Letters(); len(ls) != 50 || ls[0].ID != "59" || ls[49].ID != "10" {
		t.Errorf("%d letters are kept, from %s to %s", len(ls), ls[0].ID, ls[len(ls)-1].ID)
	}
}
