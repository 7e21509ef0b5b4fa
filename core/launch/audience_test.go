package launch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	guests "github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func tag(w *venuetest.World, n core.Number, t guests.Tag) {
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Guests.Tag(ctx, w.Pair(n), t) })
}

// sentTo approves and sends a campaign to an audience, and returns who got it.
func sentTo(t *testing.T, w *venuetest.World, a campaign.Audience) (campaign.Campaign, map[core.Number]bool) {
	t.Helper()
	c := save(t, w, launch.Draft{Body: venuetest.Text, Audience: a})
	r, err := w.Launch.Reach(t.Context(), w.Business.ID, c.ID, a)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	w.Plan(c.ID)
	w.Send()
	got := map[core.Number]bool{}
	for i := range 20 {
		for _, m := range w.Texts(venuetest.Guest(i), message.Marketing) {
			if m.Campaign == c.ID {
				got[m.To] = true
			}
		}
	}
	if n := w.Tally(c.ID).Audience(); n != len(got) || n != r.Guests || !r.Whole {
		t.Errorf("%d are planned, %d have a text, the count said %+v", n, len(got), r)
	}
	return c, got
}

func TestAudiences(t *testing.T) {
	w := venuetest.New(t)
	w.Business.MonthlyTexts = 20
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, w.Business) })
	var g []core.Number
	for i := range 6 {
		g = append(g, venuetest.Guest(i))
	}
	w.Join(g[:4]...)
	first, everybody := sentTo(t, w, campaign.Audience{})
	if len(everybody) != 4 {
		t.Fatalf("everybody is %d", len(everybody))
	}
	w.Clock.Add(24 * time.Hour)
	tag(w, g[0], "vip")
	tag(w, g[1], "vip")
	tag(w, g[1], "staff")
	w.Says(g[2], "is the patio open?")
	w.Hear()
	since := w.Clock.Now()
	w.Join(g[4:]...)
	w.Says(g[5], "STOP")
	w.Hear()
	for name, tt := range map[string]struct {
		a    campaign.Audience
		want []int
	}{
		"vips":                    {campaign.Audience{Tags: []guests.Tag{"vip"}}, []int{0, 1}},
		"vips but no staff":       {campaign.Audience{Tags: []guests.Tag{"vip"}, NoTags: []guests.Tag{"staff"}}, []int{0}},
		"who wrote":               {campaign.Audience{WroteWithin: 1}, []int{2}},
		"who did not":             {campaign.Audience{SilentFor: 1}, []int{0, 1, 3, 4, 5}},
		"who is new":              {campaign.Audience{JoinedSince: since}, []int{4, 5}}, // one has left: the report says so
		"who is not new":          {campaign.Audience{JoinedBefore: since}, []int{0, 1, 2, 3}},
		"who did not get another": {campaign.Audience{NotGot: []core.CampaignID{first.ID}}, []int{4, 5}},
		"by the keyword":          {campaign.Audience{Keywords: []string{"TACOS"}, NoTags: []guests.Tag{"vip"}}, []int{2, 3, 4, 5}},
	} {
		_, got := sentTo(t, w, tt.a)
		for _, i := range tt.want {
			if !got[g[i]] {
				t.Errorf("%s: guest %d is left out", name, i)
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %d guests, want %v", name, len(got), tt.want)
		}
	}
	if c := save(t, w, launch.Draft{Body: venuetest.Text, Audience: campaign.Audience{Tags: []guests.Tag{"nobody"}}}); true {
		_, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner)
		if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), "Nobody is like that") {
			t.Errorf("a campaign for nobody: %v", err)
		}
	}
	bad := campaign.Audience{Percent: 200}
	c := save(t, w, launch.Draft{Body: venuetest.Text, Audience: bad})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); !errors.Is(err, core.Invalid) {
		t.Errorf("a bad audience: %v", err)
	}
	if _, err := w.Launch.Reach(t.Context(), w.Business.ID, c.ID, bad); !errors.Is(err, core.Invalid) {
		t.Errorf("counting a bad audience: %v", err)
	}
}

// Over many pages, with most of each left out, the random share is planned once
// each, as it was counted; and the record of the approval says for whom.
func TestAudienceOverPages(t *testing.T) {
	w := venuetest.New(t)
	join(w, 2900)
	a := campaign.Audience{Percent: 7}
	c := save(t, w, launch.Draft{Body: venuetest.Text, Audience: a})
	r, err := w.Launch.Reach(t.Context(), w.Business.ID, c.ID, a)
	if err != nil || r.Guests < 120 || r.Guests > 290 || r.Guests != r.Active {
		t.Fatalf("%+v, %v", r, err)
	}
	if c, err = w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	w.Plan(c.ID)
	w.Plan(c.ID)
	if got := w.Stored(c.ID); got.Planned != r.Guests || w.Tally(c.ID).Audience() != r.Guests {
		t.Errorf("%d are planned, want %d", got.Planned, r.Guests)
	}
	if got := approval(t, w, c.ID)["audience"]; got != `{"percent":7}` {
		t.Errorf("the record says %q", got)
	}
}

// An audience that changes while the campaign is being planned. Who joins after
// the approval is never part of it; who was planned stays, whatever becomes of
// their tags; whose page has not come yet is judged as they are then. Who leaves
// is part of it, and blocked.
func TestAudienceChangedWhileSending(t *testing.T) {
	w := venuetest.New(t)
	join(w, 1200)
	early := []core.Number{venuetest.Guest(0), venuetest.Guest(1), venuetest.Guest(2)}
	late := []core.Number{venuetest.Guest(1100), venuetest.Guest(1101), venuetest.Guest(1102)} // of the second page
	for _, g := range []core.Number{early[0], early[1], late[0], late[1]} {
		tag(w, g, "vip")
	}
	c := save(t, w, launch.Draft{Body: venuetest.Text, Audience: campaign.Audience{Tags: []guests.Tag{"vip"}}})
	if _, err := w.Launch.Approve(t.Context(), w.Business.ID, c.ID, owner); err != nil {
		t.Fatal(err)
	}
	step(t, w, c.ID)
	untag := func(n core.Number) {
		w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Guests.Untag(ctx, w.Pair(n), "vip") })
	}
	w.Clock.Add(time.Second)
	untag(early[0])         // stays
	tag(w, early[2], "vip") // comes too late
	untag(late[0])          // in time
	tag(w, late[2], "vip")
	newcomer := venuetest.Guest(1300)
	w.Join(newcomer)
	tag(w, newcomer, "vip")
	w.Says(late[1], "STOP")
	w.Hear()
	w.Plan(c.ID)
	w.Send()
	want := map[core.Number]message.State{early[0]: message.Sent, early[1]: message.Sent, late[2]: message.Sent, late[1]: message.Blocked}
	if n := w.Tally(c.ID).Audience(); n != len(want) {
		t.Errorf("%d are part of it, want %d", n, len(want))
	}
	for g, state := range want {
		if ms := w.Texts(g, message.Marketing); len(ms) != 1 || ms[0].State != state {
			t.Errorf("…%s has %d texts, want one that is %v", g.Last4(), len(ms), state)
		}
	}
}
