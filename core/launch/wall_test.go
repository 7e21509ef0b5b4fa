package launch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Thursday 6 pm by each guest's own clock, from a venue in Austin.
func TestByEachGuestsClock(t *testing.T) {
	w := venuetest.New(t)
	wall, _ := campaign.ParseWall("2026-12-10T18:00")
	want := map[string]string{
		"+15125550101": "2026-12-11T00:00:00Z", // Austin
		"+14155550102": "2026-12-11T02:00:00Z", // San Francisco
		"+12125550103": "2026-12-11T00:00:00Z", // New York, but joined in Austin
		"+18085550104": "2026-12-11T04:00:00Z", // Honolulu
		"+19155550105": "2026-12-11T01:00:00Z", // El Paso, in the west of Texas
		"+15415550106": "2026-12-11T02:00:00Z", // Oregon, which has two zones: the later
		"+16715550107": "2026-12-11T00:00:00Z", // Guam, where it is long past
	}
	for n := range want {
		w.Join(core.MustNumber(n))
	}
	c := save(t, w, launch.Draft{Body: venuetest.Text, Wall: wall})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	if got := w.Stored(c.ID); !got.SendAt.Equal(time.Date(2026, 12, 11, 0, 0, 0, 0, time.UTC)) || got.Wall != wall {
		t.Errorf("it begins at %v, wall %v", got.SendAt, got.Wall)
	}
	w.Clock.Add(time.Date(2026, 12, 11, 0, 0, 0, 0, time.UTC).Sub(w.Clock.Now()))
	w.Plan(c.ID)
	for n, at := range want {
		if m := w.Texts(core.MustNumber(n), message.Marketing)[0]; m.Due.UTC().Format(time.RFC3339) != at {
			t.Errorf("%s is due at %v, want %s", n[:5], m.Due.UTC(), at)
		}
	}
	w.Send()
	if got := len(w.Carrier.Calls(message.Marketing)); got != 3 {
		t.Errorf("%d have left at once, want Austin, New York and Guam", got)
	}
	w.Clock.Add(48 * time.Hour)
	w.Plan(c.ID)
	w.Send()
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Errorf("at its end it is %v: %v", s, w.Tally(c.ID).ByReason)
	}
}

// Whose own clock shows the time only after the campaign's end gets nothing.
func TestByEachGuestsClockEndsInTime(t *testing.T) {
	w := venuetest.New(t)
	near, far := core.MustNumber("+15125550101"), core.MustNumber("+18085550104")
	w.Join(near, far)
	wall := campaign.WallOf(w.Clock.Now().Add(time.Hour).In(w.Business.Zone.Location()))
	c := save(t, w, launch.Draft{Body: venuetest.Text, Wall: wall, NotAfter: w.Clock.Now().Add(3 * time.Hour)})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		w.Clock.Add(time.Hour)
		w.Plan(c.ID)
		w.Send()
	}
	if a, b := w.Texts(near, message.Marketing)[0].State, w.Texts(far, message.Marketing)[0].State; a != message.Sent || b != message.Expired {
		t.Errorf("near is %v, far is %v", a, b)
	}
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Error(s)
	}
}

func TestAWallOfYesterdayIsRefused(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	wall := campaign.WallOf(w.Clock.Now().Add(-time.Hour).In(w.Business.Zone.Location()))
	c := save(t, w, launch.Draft{Body: venuetest.Text, Wall: wall})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), "has passed") {
		t.Error(err)
	}
}

// The record of an approval says by whose clocks.
func TestTheApprovalNamesTheClocks(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	wall := campaign.WallOf(w.Clock.Now().Add(time.Hour).In(w.Business.Zone.Location()))
	c := save(t, w, launch.Draft{Body: venuetest.Text, Wall: wall})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	if got := approval(t, w, c.ID)["by_guests_clocks"]; got != wall.String() {
		t.Errorf("the record says %q", got)
	}
}

// approval are the details of the last record of an approval.
func approval(t *testing.T, w *venuetest.World, id core.CampaignID) map[string]string {
	t.Helper()
	var details map[string]string
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, _, err := tx.Evidence.OfCampaign(ctx, w.Business.ID, id, 0, 1000)
		for _, r := range rs {
			if r.Kind != evidence.KindStaffAction {
				continue
			}
			b, err := evidence.ParseStaffAction(r)
			if err != nil {
				return err
			}
			if b.Action == evidence.CampaignApproved {
				details = b.Details
			}
		}
		return err
	})
	return details
}
