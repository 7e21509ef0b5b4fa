package intake_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
)

const otherText = "Luna's Cantina: tacos at half price, tonight till 9. Reply STOP to opt out"

// Who texts the code of a draft gets its text, once for each text, and becomes
// no guest by it.
func TestATextIsTriedOnAPhone(t *testing.T) {
	w := venuetest.New(t)
	draft := func(body string, second campaign.Test) campaign.Campaign {
		t.Helper()
		c, err := w.Launch.Save(t.Context(), w.Business.ID, core.CampaignID{}, launch.Draft{Body: body, Test: second})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	good, bad := draft(venuetest.Text, campaign.Test{Body: otherText, Percent: 20}), draft("no brand", campaign.Test{})
	other, _ := w.Open("Sol Bar", "SOLBAR", core.MustNumber("+15125550199"))
	theirs, err := w.Launch.Save(t.Context(), other.ID, core.CampaignID{}, launch.Draft{Body: venuetest.Text})
	if err != nil {
		t.Fatal(err)
	}
	w.Join(venuetest.Guest(20))
	gone := w.Campaign()
	for i, tt := range []struct{ says, want string }{
		{"TEST " + campaign.Code(good.ID), venuetest.Text},
		{"test " + campaign.Code(good.ID), venuetest.Text},
		{"Test " + campaign.Code(good.ID) + " 2", otherText},
		{"TEST " + campaign.Code(bad.ID), ""},
		{"TEST " + campaign.Code(theirs.ID), ""},
		{"TEST " + campaign.Code(gone.ID), ""},
		{"TEST BCDFGH", ""},
		{"TEST", ""},
		{campaign.Code(good.ID), ""},
	} {
		phone := venuetest.Guest(i)
		w.Says(phone, tt.says)
		w.Hear()
		w.Send()
		got := ""
		for _, m := range w.Texts(phone, message.NoClass) {
			if got += m.Body; m.Class != message.Reply || m.State != message.Sent || !m.Campaign.IsZero() {
				t.Errorf("%q is answered by a %v that is %v (%s)", tt.says, m.Class, m.State, m.Reason)
			}
		}
		if got != tt.want {
			t.Errorf("%q is answered by %q, want %q", tt.says, got, tt.want)
		}
		if !w.Standing(phone).Joined.IsZero() {
			t.Errorf("%q makes a guest", tt.says)
		}
	}
	if n := w.Tally(good.ID).Audience(); n != 0 {
		t.Errorf("%d texts of the campaign are planned", n)
	}
}

// Who has opted out gets no text, also who asks for one.
func TestWhoOptedOutTriesNothing(t *testing.T) {
	w := venuetest.New(t)
	phone := venuetest.Guest(1)
	w.Join(phone)
	w.Says(phone, "STOP")
	w.Hear()
	w.Send()
	w.Clock.Add(time.Minute)
	c, err := w.Launch.Save(t.Context(), w.Business.ID, core.CampaignID{}, launch.Draft{Body: venuetest.Text})
	if err != nil {
		t.Fatal(err)
	}
	w.Says(phone, "TEST "+campaign.Code(c.ID))
	w.Hear()
	w.Send()
	if n := len(w.Carrier.Calls(message.Reply)); n != 0 {
		t.Errorf("%d texts left to who has opted out", n)
	}
}
