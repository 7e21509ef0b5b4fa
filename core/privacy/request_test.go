package privacy_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/privacy"
)

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		at, ack, answer string
		extended        bool
	}{
		{"2026-11-23 10:00", "2026-12-07 10:00", "2027-01-07 10:00", false}, // Monday
		{"2026-11-27 23:00", "2026-12-11 23:00", "2027-01-11 23:00", false}, // Friday
		{"2026-11-28 10:00", "2026-12-11 10:00", "2027-01-12 10:00", false}, // Saturday
		{"2026-11-23 10:00", "2026-12-07 10:00", "2027-02-21 10:00", true},
	} {
		r := privacy.Request{At: day(c.at)}
		if c.extended {
			r.Extended = day(c.at)
		}
		if got := r.AcknowledgeBy(nil); !got.Equal(day(c.ack)) {
			t.Errorf("asked %s: acknowledge by %v, want %s", c.at, got, c.ack)
		}
		if got := r.AnswerBy(); !got.Equal(day(c.answer)) {
			t.Errorf("asked %s, extended %v: answer by %v, want %s", c.at, c.extended, got, c.answer)
		}
	}
	// Thanksgiving is no business day where the calendar says so.
	r := privacy.Request{At: day("2026-11-23 10:00")}
	holiday := func(d time.Time) bool { return d.Month() == time.November && d.Day() == 26 }
	if got := r.AcknowledgeBy(holiday); !got.Equal(day("2026-12-08 10:00")) {
		t.Errorf("with a holiday: %v", got)
	}
}

func TestTheClockSaysWhatIsNext(t *testing.T) {
	r := privacy.Request{At: day("2026-11-23 10:00")}
	c := r.Clock(day("2026-11-24 10:00"))
	if !c.Acknowledge || c.Overdue || c.Left != 13 {
		t.Errorf("a day later: %+v", c)
	}
	if c = r.Clock(day("2026-12-07 11:00")); !c.Acknowledge || !c.Overdue || c.Left != -1 {
		t.Errorf("an hour after the tenth business day: %+v", c)
	}
	r.Acknowledged = day("2026-11-24 10:00")
	if c = r.Clock(day("2026-12-08 10:00")); c.Acknowledge || c.Overdue || c.Left != 30 {
		t.Errorf("acknowledged: %+v", c)
	}
	if c = r.Clock(day("2027-01-09 11:00")); !c.Overdue || c.Left != -3 {
		t.Errorf("two days and an hour late: %+v", c)
	}
	r.Closed = day("2027-01-10 10:00")
	if c = r.Clock(day("2027-02-10 11:00")); c != (privacy.Clock{}) {
		t.Errorf("answered: %+v", c)
	}
}
