package intake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
)

// HELP is answered to anybody: a stranger, a guest, one who opted out.
func TestHelpForEverybody(t *testing.T) {
	w := venuetest.New(t)
	member, gone := venuetest.Guest(1), venuetest.Guest(2) // and 3 is a stranger
	w.Join(member, gone)
	w.Says(gone, "STOP")
	w.Hear()
	for i, g := range []struct {
		name string
		says string
	}{{"a guest", "HELP"}, {"one who opted out", "help please"}, {"a stranger", "Help!"}} {
		n := venuetest.Guest(i + 1)
		w.Says(n, g.says)
		w.Hear()
		w.Send()
		if got := len(w.Texts(n, message.Help)); got != 1 {
			t.Errorf("%s asks %q and gets %d answers, want 1", g.name, g.says, got)
		}
	}
	if sent := len(w.Carrier.Calls(message.Help)); sent != 3 {
		t.Errorf("%d answers were sent, want 3", sent)
	}
}

// Two robots that answer each other's answers come to rest; a person who asks an
// hour later is answered again, and others are at any time.
func TestHelpDoesNotPlayPingPong(t *testing.T) {
	w := venuetest.New(t)
	var last string
	for range 50 {
		last = w.Says(guest, "INFO")
		w.Hear()
		w.Send()
		w.Clock.Add(time.Second)
	}
	if n := len(w.Carrier.Calls(message.Help)); n != 3 {
		t.Errorf("a robot got %d answers within a minute, want 3", n)
	}
	if note := w.Notes()[last]; !strings.Contains(note, "three times") {
		t.Errorf("the inbox says %q", note)
	}
	w.Says(venuetest.Guest(9), "HELP")
	w.Hear()
	if n := len(w.Texts(venuetest.Guest(9), message.Help)); n != 1 {
		t.Errorf("another gets %d answers", n)
	}
	w.Clock.Add(time.Hour)
	w.Says(guest, "HELP")
	w.Hear()
	if n := len(w.Texts(guest, message.Help)); n != 4 {
		t.Errorf("%d answers in all, want the fourth an hour later", n)
	}
}

// What else a robot says in between does not start the count anew.
func TestHelpIsCountedAmongOtherTexts(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	for range 20 {
		for _, says := range []string{"HELP", "STOP", "START"} {
			w.Says(guest, says)
			w.Hear()
			w.Send()
			w.Clock.Add(time.Second)
		}
	}
	if n := len(w.Texts(guest, message.Help)); n != 3 {
		t.Errorf("%d answers, want 3", n)
	}
}
