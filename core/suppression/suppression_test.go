package suppression_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/suppression"
)

func TestBars(t *testing.T) {
	noon := time.Date(2026, 12, 8, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name       string
		at, lifted time.Time
		want       bool
	}{
		{"before it began", noon.Add(1), time.Time{}, false},
		{"when it began", noon, time.Time{}, true},
		{"in force", noon.Add(-time.Hour), time.Time{}, true},
		{"to be lifted", noon.Add(-time.Hour), noon.Add(1), true},
		{"when it was lifted", noon.Add(-time.Hour), noon, false},
		{"lifted", noon.Add(-time.Hour), noon.Add(-time.Minute), false},
		{"since for ever", time.Time{}, time.Time{}, true},
	} {
		e := suppression.Entry{At: tt.at, Lifted: tt.lifted}
		if got := e.Bars(noon); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if !(suppression.Entry{}).Global() || (suppression.Entry{Business: core.BusinessID{1}}).Global() {
		t.Error("an entry without a business is everybody's")
	}
}

func TestNames(t *testing.T) {
	for r := suppression.Unstated; r <= suppression.ByOperator; r++ {
		if got, ok := suppression.ParseReason(r.String()); got != r || !ok {
			t.Errorf("reason %d: %q reads as %d", r, r, got)
		}
	}
	if r, ok := suppression.ParseReason("nonsense"); r != suppression.Unstated || ok {
		t.Error("an unknown reason is unstated")
	}
}
