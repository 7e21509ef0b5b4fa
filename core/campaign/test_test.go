package campaign_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
)

func TestBetter(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b message.Result
		want message.Arm
	}{
		"nothing is known":            {message.Result{}, message.Result{}, message.FirstText},
		"the first was not sent":      {message.Result{}, message.Result{Sent: 9, OptedOut: 3}, message.SecondText},
		"the second was not sent":     {message.Result{Sent: 9, OptedOut: 3}, message.Result{}, message.FirstText},
		"fewer opt-outs":              {message.Result{Sent: 100, OptedOut: 2, Replied: 50}, message.Result{Sent: 100, OptedOut: 1}, message.SecondText},
		"fewer for each that is sent": {message.Result{Sent: 200, OptedOut: 2}, message.Result{Sent: 50, OptedOut: 1}, message.FirstText},
		"then more replies":           {message.Result{Sent: 100, OptedOut: 1, Replied: 3}, message.Result{Sent: 100, OptedOut: 1, Replied: 4}, message.SecondText},
		"all the same":                {message.Result{Sent: 100, OptedOut: 1, Replied: 3}, message.Result{Sent: 100, OptedOut: 1, Replied: 3}, message.FirstText},
	} {
		if got := campaign.Better(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	// Which of the two is called the first decides nothing but ties.
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) message.Result {
			n := rapid.IntRange(0, 50).Draw(t, name)
			return message.Result{Sent: n, OptedOut: rapid.IntRange(0, n).Draw(t, "opted out"), Replied: rapid.IntRange(0, n).Draw(t, "replied")}
		}
		a, b := draw("a"), draw("b")
		if campaign.Better(a, b) == message.SecondText && campaign.Better(b, a) == message.SecondText {
			t.Errorf("both of %+v and %+v are better", a, b)
		}
	})
}

// Everybody has one arm, the sample has its share, its halves are alike, and
// who is in it does not hang on who is in the campaign's random share.
func TestArms(t *testing.T) {
	c := campaign.Campaign{ID: core.CampaignID{7}, Body: "A", Test: campaign.Test{Body: "B", Percent: 20}}
	n := map[message.Arm]int{}
	for i := range 20_000 {
		g, err := core.NumberFromDigits(uint64(15125550000 + i))
		if err != nil {
			t.Fatal(err)
		}
		arm := c.ArmOf(g)
		if arm != c.ArmOf(g) {
			t.Fatal("the arm changes")
		}
		n[arm]++
	}
	if n[message.NoArm] != 0 || n[message.FirstText] < 1800 || n[message.FirstText] > 2200 || n[message.SecondText] < 1800 || n[message.SecondText] > 2200 {
		t.Errorf("the arms of 20,000 with a sample of 20 %%: %v", n)
	}
	if c.Text(message.FirstText) != "A" || c.Text(message.SecondText) != "B" {
		t.Error("the texts are mixed up")
	}
	if c.Test.Winner = message.SecondText; c.Text(message.TheRest) != "B" {
		t.Error("the rest does not get the winner")
	}
	c.Test.Percent = 100
	if c.ArmOf(core.MustNumber("+15125550101")) == message.TheRest {
		t.Error("with a sample of everybody there is a rest")
	}
}

func TestTestProblems(t *testing.T) {
	begin := approved
	good := campaign.Test{Body: "B", Percent: 20, After: time.Hour}
	for name, tt := range map[string]struct {
		change func(*campaign.Test)
		end    time.Time
		want   string
	}{
		"good":            {func(*campaign.Test) {}, begin.Add(2 * time.Hour), ""},
		"none":            {func(x *campaign.Test) { *x = campaign.Test{} }, begin, ""},
		"empty":           {func(x *campaign.Test) { x.Body = " " }, time.Time{}, "is empty"},
		"the same":        {func(x *campaign.Test) { x.Body = "A " }, time.Time{}, "the same"},
		"too few":         {func(x *campaign.Test) { x.Percent = 1 }, time.Time{}, "2 to 100"},
		"too soon":        {func(x *campaign.Test) { x.After = time.Minute }, time.Time{}, "15 minutes"},
		"too late":        {func(*campaign.Test) {}, begin.Add(time.Hour), "no sense any more"},
		"there is no too": {func(x *campaign.Test) { x.Percent = 100 }, begin.Add(time.Hour), ""},
	} {
		x := good
		tt.change(&x)
		if got := x.Problem("A", begin, tt.end); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		back, err := campaign.ParseTest(campaign.EncodeTest(x))
		if err != nil || fmt.Sprint(back) != fmt.Sprint(x) {
			t.Errorf("%s: %+v reads back as %+v, %v", name, x, back, err)
		}
	}
	if _, err := campaign.ParseTest("{"); core.KindOf(err) != core.Invalid {
		t.Error(err)
	}
}
