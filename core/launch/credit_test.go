package launch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/store"
)

// purse has so many parts left.
type purse struct{ left int }

func (p *purse) May(_ context.Context, _ store.Tx, _ core.BusinessID, need int, _ time.Time) (string, error) {
	if p.left <= 0 || need > p.left {
		return "There is not enough left.", nil
	}
	return "", nil
}

// TestOutOfCreditStopsWholeCampaigns: before they begin, never in the middle, and
// they begin by themselves once there is credit.
func TestOutOfCreditStopsWholeCampaigns(t *testing.T) {
	w := venuetest.New(t)
	p := &purse{left: 2}
	w.Launch.Credit = p
	w.Join(guest, venuetest.Guest(1), venuetest.Guest(2))
	c := w.Approve()
	step := func(want campaign.Status, planned int) {
		t.Helper()
		rep, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID)
		if err != nil || rep.Status != want || rep.Planned != planned {
			t.Fatalf("Step: %+v, %v; want %v with %d planned", rep, err, want, planned)
		}
	}
	step(campaign.Scheduled, 0)
	step(campaign.Scheduled, 0)
	if why, err := w.Launch.Short(t.Context(), w.Business.ID, c.ID); err != nil || !strings.Contains(why, "not enough") {
		t.Errorf("it does not begin because of %q, %v", why, err)
	}
	p.left = 3
	step(campaign.Sending, 3)
	p.left = 0 // what has begun is sent to its end
	step(campaign.Sending, 0)
	if why, err := w.Launch.Short(t.Context(), w.Business.ID, c.ID); err != nil || why != "" {
		t.Errorf("what is sending waits for credit: %q, %v", why, err)
	}
}

func TestOutOfCreditUntilItsEnd(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Approve()
	w.Launch.Credit = &purse{}
	w.Clock.Add(48 * time.Hour)
	if rep, err := w.Launch.Step(t.Context(), w.Business.ID, c.ID); err != nil || rep.Status != campaign.Expired {
		t.Errorf("after its end it is %v, %v", rep.Status, err)
	}
}

func TestApproveWithoutCredit(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Launch.Credit = &purse{}
	c := save(t, w, launch.Draft{Body: venuetest.Text})
	if r, err := w.Launch.Review(t.Context(), w.Business.ID, c.ID); err != nil || len(r.Problems) != 1 {
		t.Errorf("Review: %+v, %v", r.Problems, err)
	}
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); !errors.Is(err, core.Invalid) {
		t.Errorf("Approve: %v", err)
	}
}
