package launch_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
)

// Whatever people press and whenever the worker comes by, a campaign moves as
// the table allows, each move is noted once, and what is over stays over.
func TestOnlyAllowedMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := venuetest.New(t)
		w.Join(guest)
		d := launch.Draft{Body: venuetest.Text}
		if rapid.Bool().Draw(t, "later") {
			d.SendAt = w.Clock.Now().Add(90 * time.Minute)
		}
		if rapid.Bool().Draw(t, "with an end") {
			d.NotAfter = w.Clock.Now().Add(150 * time.Minute)
		}
		c, err := w.Launch.Save(t.Context(), w.Business.ID, core.CampaignID{}, d)
		if err != nil {
			t.Fatal(err)
		}
		b, id, as := w.Business.ID, c.ID, w.Launch.As(owner)
		press := map[string]func() error{
			"save":       func() error { _, err := w.Launch.Save(t.Context(), b, id, d); return err },
			"approve":    func() error { _, err := w.Launch.Approve(t.Context(), b, id, owner); return err },
			"unschedule": func() error { return as.Unschedule(t.Context(), b, id) },
			"pause":      func() error { return as.Pause(t.Context(), b, id) },
			"resume":     func() error { return as.Resume(t.Context(), b, id) },
			"cancel":     func() error { return as.Cancel(t.Context(), b, id) },
			"step":       func() error { _, err := w.Launch.Step(t.Context(), b, id); return err },
			"send":       func() error { w.Send(); return nil },
			"wait":       func() error { w.Clock.Add(30 * time.Minute); return nil },
		}
		names := []string{"save", "approve", "approve", "unschedule", "pause", "resume", "cancel", "step", "step", "send", "wait", "wait"}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 1, 25).Draw(t, "presses") {
			before := w.Stored(id)
			err := press[name]()
			after := w.Stored(id)
			if err != nil && !errors.Is(err, core.Conflict) && !errors.Is(err, core.Invalid) {
				t.Fatalf("%s of a campaign that is %v: %v", name, before.Status, err)
			}
			if err != nil && after.Revision != before.Revision {
				t.Errorf("%s was refused (%v), and changed the campaign", name, err)
			}
			if after.Status != before.Status && !before.Status.May(after.Status) {
				t.Errorf("%s: %v → %v", name, before.Status, after.Status)
			}
			if before.Status.Over() && after.Revision != before.Revision {
				t.Errorf("%s changes a campaign that is %v", name, before.Status)
			}
			if after.Status != campaign.Draft && after.Status != campaign.Cancelled && after.NotAfter.IsZero() {
				t.Errorf("%v without an end", after.Status)
			}
		}
		moves, err := w.Launch.Moves(t.Context(), b, id)
		if err != nil {
			t.Fatal(err)
		}
		at := campaign.Draft
		for _, m := range moves {
			if m.From != at || !m.From.May(m.To) {
				t.Errorf("the moves have %v → %v where it was %v", m.From, m.To, at)
			}
			at = m.To
		}
		if s := w.Stored(id).Status; s != at {
			t.Errorf("the moves end at %v, the campaign is %v", at, s)
		}
		if n := len(w.Carrier.Calls(message.Marketing)); n > 1 {
			t.Errorf("the guest got %d texts", n)
		}
	})
}

func TestAChangeNeedsADraft(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	b := w.Business.ID
	later := launch.Draft{Body: venuetest.Text, SendAt: w.Clock.Now().Add(time.Hour)}
	c := save(t, w, later)
	refused := func(says string) {
		t.Helper()
		_, err := w.Launch.Save(t.Context(), b, c.ID, launch.Draft{Body: "other words"})
		if !errors.Is(err, core.Conflict) || !strings.Contains(core.MessageOf(err), says) {
			t.Errorf("%v: %v, want a conflict that says %q", w.Stored(c.ID).Status, err, says)
		}
	}
	approve := func() {
		t.Helper()
		if _, err := w.Launch.Approve(t.Context(), b, c.ID, owner); err != nil {
			t.Fatal(err)
		}
	}
	approve()
	refused("unschedule it first")
	if err := w.Launch.As(owner).Unschedule(t.Context(), b, c.ID); err != nil {
		t.Fatal(err)
	}
	got := w.Stored(c.ID)
	if !got.Approved.IsZero() || !got.NotAfter.IsZero() || !got.SendAt.Equal(later.SendAt) {
		t.Errorf("a draft again: approved %v, not after %v, at %v", got.Approved, got.NotAfter, got.SendAt)
	}
	late := venuetest.Guest(7)
	w.Join(late)
	later.Body = venuetest.Text + "!"
	if _, err := w.Launch.Save(t.Context(), b, c.ID, later); err != nil {
		t.Fatal(err)
	}
	approve()
	w.Clock.Add(time.Hour)
	step(t, w, c.ID)
	refused("cancel it, or copy it")
	if err := w.Launch.Unschedule(t.Context(), b, c.ID); !errors.Is(err, core.Conflict) {
		t.Errorf("unscheduling what is on its way: %v", err)
	}
	w.Send()
	if ms := w.Texts(late, message.Marketing); len(ms) != 1 || ms[0].Body != later.Body {
		t.Errorf("who joined before the second approval has %d texts", len(ms))
	}
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Fatal(s)
	}
	refused("copy it into a new one")
	cp, err := w.Launch.Copy(t.Context(), b, c.ID)
	if err != nil || cp.Body != later.Body || cp.Status != campaign.Draft || cp.ID == c.ID || !cp.SendAt.IsZero() {
		t.Errorf("the copy is %+v, %v", cp, err)
	}
}

func TestAChosenEnd(t *testing.T) {
	now := venuetest.Afternoon
	for _, tt := range []struct {
		sendAt, end time.Time
		problem     string
	}{
		{time.Time{}, now.Add(time.Hour), ""},
		{now.Add(time.Hour), now.Add(2 * time.Hour), ""},
		{now.Add(time.Hour), now.Add(30 * time.Minute), "ends before it begins"},
		{time.Time{}, now.Add(-time.Hour), "ends before it begins"},
		{time.Time{}, now.Add(15 * 24 * time.Hour), "more than two weeks"},
	} {
		w := venuetest.New(t)
		w.Join(guest)
		c := save(t, w, launch.Draft{Body: venuetest.Text, SendAt: tt.sendAt, NotAfter: tt.end})
		got, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
		if tt.problem != "" {
			if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), tt.problem) {
				t.Errorf("%v to %v: %v, want %q", tt.sendAt, tt.end, err, tt.problem)
			}
			continue
		}
		if err != nil || !got.NotAfter.Equal(tt.end) {
			t.Errorf("%v to %v: not after %v, %v", tt.sendAt, tt.end, got.NotAfter, err)
		}
		w.Clock.Add(3 * time.Hour)
		w.Plan(c.ID)
		w.Send()
		if n := len(w.Carrier.Calls(message.Marketing)); n != 0 {
			t.Errorf("a text left after its end")
		}
	}
}
