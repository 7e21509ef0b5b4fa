package campaign_test

import (
	"slices"
	"testing"

	"github.com/jobfluss/nexo/core/campaign"
)

func TestMay(t *testing.T) {
	const draft, scheduled, sending, paused, finished, cancelled, expired = campaign.Draft, campaign.Scheduled, campaign.Sending,
		campaign.Paused, campaign.Finished, campaign.Cancelled, campaign.Expired
	moves := map[campaign.Status][]campaign.Status{
		draft:     {scheduled, cancelled},
		scheduled: {sending, draft, cancelled, expired, finished},
		sending:   {paused, finished, cancelled, expired},
		paused:    {sending, finished, cancelled, expired},
	}
	for from := range campaign.Status(10) {
		for to := range campaign.Status(10) {
			if got, want := from.May(to), slices.Contains(moves[from], to); got != want {
				t.Errorf("%v → %v: %v, want %v", from, to, got, want)
			}
		}
		if over := from == finished || from == cancelled || from == expired; from.Over() != over {
			t.Errorf("%v is over: %v", from, from.Over())
		}
	}
}

func TestNames(t *testing.T) {
	for s := campaign.Draft; s <= campaign.Expired; s++ {
		if got, ok := campaign.ParseStatus(s.String()); got != s || !ok {
			t.Errorf("status %d: %q reads as %d", s, s, got)
		}
	}
	if s, ok := campaign.ParseStatus("nonsense"); s != campaign.Draft || ok {
		t.Error("an unknown status must not send")
	}
}
