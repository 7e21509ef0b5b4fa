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

const second = "Luna's Cantina: tacos at half price, tonight till 9. Reply STOP to opt out"

// tested approves and plans a campaign of two texts for 1,200 guests.
func tested(t *testing.T, w *venuetest.World, x campaign.Test) campaign.Campaign {
	t.Helper()
	join(w, 1200)
	x.Body = second
	c := save(t, w, launch.Draft{Body: venuetest.Text, Test: x})
	c, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
	if err != nil {
		t.Fatal(err)
	}
	w.Plan(c.ID)
	return c
}

func arms(w *venuetest.World, id core.CampaignID) map[message.Arm]message.Tally {
	var out map[message.Arm]message.Tally
	w.Update(func(ctx context.Context, tx store.Tx) (err error) {
		out, err = tx.Messages.Arms(ctx, w.Business.ID, id)
		return err
	})
	return out
}

// bodies counts what was handed to the carrier, by text.
func bodies(w *venuetest.World) map[string]int {
	out := map[string]int{}
	for _, x := range w.Carrier.Calls(message.Marketing) {
		out[x.Message.Body]++
	}
	return out
}

func TestTheBetterTextGoesToTheRest(t *testing.T) {
	w := venuetest.New(t)
	c := tested(t, w, campaign.Test{Percent: 20, After: time.Hour})
	w.Send()
	sample := bodies(w)
	if a, b := sample[venuetest.Text], sample[second]; a < 80 || a > 160 || b < 80 || b > 160 {
		t.Fatalf("the sample is %d and %d of 1200", a, b)
	}
	if s := step(t, w, c.ID); s != campaign.Sending || !w.Stored(c.ID).Test.Waits() {
		t.Errorf("with the rest to come it is %v, %+v", s, w.Stored(c.ID).Test)
	}
	out := 0
	for _, x := range w.Carrier.Calls(message.Marketing) { // the first text drives three away
		if x.Message.Body == venuetest.Text && out < 3 {
			out++
			w.Says(x.Message.To, "STOP")
		}
	}
	w.Hear()
	w.Send()
	w.Clock.Add(59 * time.Minute)
	w.Plan(c.ID)
	w.Send()
	if got := bodies(w); got[second] != sample[second] {
		t.Error("the rest is texted before the time has come")
	}
	w.Clock.Add(time.Minute)
	w.Plan(c.ID)
	w.Plan(c.ID)
	w.Send()
	got := bodies(w)
	if got[venuetest.Text] != sample[venuetest.Text] || got[second]+got[venuetest.Text] != 1200 {
		t.Errorf("in the end %d got the first text, %d the second", got[venuetest.Text], got[second])
	}
	stored := w.Stored(c.ID)
	if stored.Test.Winner != message.SecondText || !stored.Test.By.IsZero() || stored.Planned != 1200 {
		t.Errorf("%+v, planned %d", stored.Test, stored.Planned)
	}
	by := arms(w, c.ID)
	if n := by[message.FirstText].Audience() + by[message.SecondText].Audience() + by[message.TheRest].Audience(); n != 1200 || len(by) != 3 {
		t.Errorf("the arms sum to %d: %v", n, by)
	}
	if s := step(t, w, c.ID); s != campaign.Finished {
		t.Error(s)
	}
	once := map[core.Number]int{}
	for _, x := range w.Carrier.Calls(message.Marketing) {
		if once[x.Message.To]++; once[x.Message.To] > 1 {
			t.Fatal("a guest got two texts")
		}
	}
}

func TestTheOwnerChooses(t *testing.T) {
	w := venuetest.New(t)
	c := tested(t, w, campaign.Test{Percent: 10})
	as, b := w.Launch.As(owner), w.Business.ID
	w.Send()
	w.Clock.Add(2 * time.Hour)
	w.Plan(c.ID)
	if !w.Stored(c.ID).Test.Waits() {
		t.Fatal("it was chosen without the owner")
	}
	if err := as.Choose(t.Context(), b, c.ID, message.TheRest); !errors.Is(err, core.Invalid) {
		t.Errorf("choosing nothing: %v", err)
	}
	if err := as.Choose(t.Context(), b, c.ID, message.SecondText); err != nil {
		t.Fatal(err)
	}
	if err := as.Choose(t.Context(), b, c.ID, message.FirstText); !errors.Is(err, core.Conflict) {
		t.Errorf("choosing twice: %v", err)
	}
	w.Plan(c.ID)
	w.Send()
	if got := bodies(w); got[second] < 1000 || got[second]+got[venuetest.Text] != 1200 {
		t.Errorf("%d got the one, %d the other", got[venuetest.Text], got[second])
	}
	var said []string
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, _, err := tx.Evidence.OfCampaign(ctx, b, c.ID, 0, 5000)
		for _, r := range rs {
			if r.Kind != evidence.KindStaffAction {
				continue
			}
			x, err := evidence.ParseStaffAction(r)
			if err != nil {
				return err
			}
			said = append(said, x.Action+" "+x.Details["text"]+" "+x.Details["second_text"])
		}
		return err
	})
	if all := strings.Join(said, "|"); all != "campaign_approved "+venuetest.Text+" "+second+"|winner_chosen "+second+" " {
		t.Errorf("the records say %q", all)
	}
}

// A campaign whose end comes before anybody chose accounts for everybody.
func TestNobodyChooses(t *testing.T) {
	for _, pause := range []bool{false, true} {
		w := venuetest.New(t)
		c := tested(t, w, campaign.Test{Percent: 10})
		w.Send()
		n := len(w.Carrier.Calls(message.Marketing))
		if pause {
			if err := w.Launch.Pause(t.Context(), w.Business.ID, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.Clock.Add(48 * time.Hour)
		w.Plan(c.ID)
		w.Plan(c.ID)
		w.Send()
		if got := w.Tally(c.ID); got.Audience() != 1200 || got.Of(message.Expired) != 1200-n || len(w.Carrier.Calls(message.Marketing)) != n {
			t.Errorf("paused %v: %v", pause, got.ByReason)
		}
		if s := step(t, w, c.ID); s != campaign.Finished {
			t.Errorf("paused %v: %v", pause, s)
		}
	}
}

func TestTestsAreChecked(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	for _, tt := range []struct {
		test campaign.Test
		want string
	}{
		{campaign.Test{Body: "no brand and no way out", Percent: 20}, "In the second text:"},
		{campaign.Test{Body: venuetest.Text, Percent: 20}, "Both texts are the same"},
		{campaign.Test{Body: second, Percent: 20, After: 100 * time.Hour}, "no sense any more"},
	} {
		c := save(t, w, launch.Draft{Body: venuetest.Text, Test: tt.test, NotAfter: w.Clock.Now().Add(99 * time.Hour)})
		if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), tt.want) {
			t.Errorf("%q: %v, want %q", tt.test.Body, err, tt.want)
		}
	}
	c := w.Campaign()
	if err := w.Launch.Choose(t.Context(), w.Business.ID, c.ID, message.FirstText); !errors.Is(err, core.Conflict) {
		t.Errorf("choosing where there is one text: %v", err)
	}
}
