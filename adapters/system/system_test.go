package system_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
)

func TestIDsRiseAndDoNotRepeat(t *testing.T) {
	var last core.UUID
	for range 100_000 {
		id := system.UUIDs{}.New()
		if bytes.Compare(id[:], last[:]) <= 0 {
			t.Fatalf("%v came after %v", id, last)
		}
		last = id
	}
}

func TestClockIsUTCAndMoves(t *testing.T) {
	moved := system.Time{Offset: 3 * time.Hour}.Now()
	plain := system.Clock().Now()
	if moved.Location() != time.UTC {
		t.Errorf("the clock is in %v, want UTC", moved.Location())
	}
	if d := moved.Sub(plain); d < 3*time.Hour-time.Minute || d > 3*time.Hour {
		t.Errorf("a clock moved by 3 h is off by %v", d)
	}
}
