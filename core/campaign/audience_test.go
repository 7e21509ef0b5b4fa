package campaign_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/guest"
)

var approved = time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)

func days(n int) time.Time { return approved.AddDate(0, 0, -n) }

func TestMatches(t *testing.T) {
	vip, wine := guest.Tag("vip"), guest.Tag("wine club")
	first := core.CampaignID{1}
	ana := campaign.Guest{Number: core.MustNumber("+15125550101"), Joined: days(40), Keyword: "TACOS", Note: guest.Note{Wrote: days(10), Tags: []guest.Tag{vip}}, Got: []core.CampaignID{first}}
	for name, tt := range map[string]struct {
		a    campaign.Audience
		want bool
	}{
		"everybody":            {campaign.Audience{}, true},
		"her keyword":          {campaign.Audience{Keywords: []string{"LUNA", "TACOS"}}, true},
		"another keyword":      {campaign.Audience{Keywords: []string{"LUNA"}}, false},
		"joined since":         {campaign.Audience{JoinedSince: days(40)}, true},
		"joined since later":   {campaign.Audience{JoinedSince: days(39)}, false},
		"joined before":        {campaign.Audience{JoinedBefore: days(39)}, true},
		"joined before that":   {campaign.Audience{JoinedBefore: days(40)}, false},
		"wrote in ten days":    {campaign.Audience{WroteWithin: 10}, true},
		"wrote in nine days":   {campaign.Audience{WroteWithin: 9}, false},
		"silent for nine days": {campaign.Audience{SilentFor: 9}, true},
		"silent for ten days":  {campaign.Audience{SilentFor: 10}, false},
		"her tag":              {campaign.Audience{Tags: []guest.Tag{wine, vip}}, true},
		"another tag":          {campaign.Audience{Tags: []guest.Tag{wine}}, false},
		"without her tag":      {campaign.Audience{NoTags: []guest.Tag{vip}}, false},
		"without another":      {campaign.Audience{NoTags: []guest.Tag{wine}}, true},
		"did not get one":      {campaign.Audience{NotGot: []core.CampaignID{{2}, first}}, false},
		"did not get another":  {campaign.Audience{NotGot: []core.CampaignID{{2}}}, true},
		"all of them":          {campaign.Audience{Percent: 100}, true},
	} {
		if got := tt.a.Matches(ana, core.CampaignID{9}, approved); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	late, never, silent := ana, ana, ana
	late.Joined, never.Joined, silent.Note.Wrote = approved, time.Time{}, time.Time{}
	if (campaign.Audience{}).Matches(late, first, approved) || (campaign.Audience{}).Matches(never, first, approved) {
		t.Error("who joins at or after the approval, or never, is part of no audience")
	}
	if !(campaign.Audience{SilentFor: 3000}).Matches(silent, first, approved) || (campaign.Audience{WroteWithin: 3000}).Matches(silent, first, approved) {
		t.Error("who never wrote is silent")
	}
}

var someTags = []guest.Tag{"vip", "wine club", "staff"}

func drawAudience(t *rapid.T) campaign.Audience {
	ids := func(label string) (out []core.CampaignID) {
		for _, n := range rapid.SliceOfNDistinct(rapid.ByteRange(1, 5), 0, 2, rapid.ID).Draw(t, label) {
			out = append(out, core.CampaignID{n})
		}
		return out
	}
	tags := func(label string) []guest.Tag {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(someTags), 0, 2, rapid.ID).Draw(t, label)
	}
	a := campaign.Audience{
		Keywords: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"TACOS", "LUNA"}), 0, 1, rapid.ID).Draw(t, "keywords"),
		Tags:     tags("tags"), NoTags: tags("no tags"), NotGot: ids("not got"), Percent: rapid.IntRange(0, 100).Draw(t, "percent"),
	}
	if rapid.Bool().Draw(t, "since") {
		a.JoinedSince = days(rapid.IntRange(0, 60).Draw(t, "joined since"))
	}
	if rapid.Bool().Draw(t, "before") {
		a.JoinedBefore = days(rapid.IntRange(0, 60).Draw(t, "joined before"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "engaged") {
	case 1:
		a.WroteWithin = rapid.IntRange(1, 60).Draw(t, "wrote within")
	case 2:
		a.SilentFor = rapid.IntRange(1, 60).Draw(t, "silent for")
	}
	return a
}

func drawGuest(t *rapid.T) campaign.Guest {
	g := campaign.Guest{
		Number: core.MustNumber(fmt.Sprintf("+15125550%03d", rapid.IntRange(100, 199).Draw(t, "number"))), Joined: days(rapid.IntRange(1, 70).Draw(t, "joined")),
		Keyword: rapid.SampledFrom([]string{"", "TACOS", "LUNA"}).Draw(t, "keyword"),
		Note:    guest.Note{Tags: rapid.SliceOfNDistinct(rapid.SampledFrom(someTags), 0, 3, rapid.ID).Draw(t, "has")},
	}
	if rapid.Bool().Draw(t, "wrote") {
		g.Note.Wrote = days(rapid.IntRange(0, 70).Draw(t, "days ago"))
	}
	return g
}

// Each field only ever leaves guests out, what is written as JSON reads back the
// same, and a guest's answer does not hang on when or how often one asks.
func TestAudienceLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, g, c := drawAudience(t), drawGuest(t), core.CampaignID{rapid.Byte().Draw(t, "campaign")}
		in := a.Matches(g, c, approved)
		if in != a.Matches(g, c, approved) {
			t.Error("the answer changes")
		}
		if in && !(campaign.Audience{}).Matches(g, c, approved) {
			t.Error("an audience has somebody whom everybody does not have")
		}
		wider := a
		switch rapid.IntRange(0, 6).Draw(t, "without") {
		case 0:
			wider.Keywords = nil
		case 1:
			wider.JoinedSince = time.Time{}
		case 2:
			wider.JoinedBefore = time.Time{}
		case 3:
			wider.WroteWithin, wider.SilentFor = 0, 0
		case 4:
			wider.Tags = nil
		case 5:
			wider.NoTags, wider.NotGot = nil, nil
		case 6:
			wider.Percent = min(100, a.Percent+20)
			if a.Percent == 0 {
				wider.Percent = 0
			}
		}
		if in && !wider.Matches(g, c, approved) {
			t.Errorf("%s has the guest, the wider %s does not", a.Encode(), wider.Encode())
		}
		if a.Valid() != nil {
			return
		}
		back, err := campaign.ParseAudience(a.Encode())
		if err != nil || back.Matches(g, c, approved) != in {
			t.Errorf("%s reads as %s, %v", a.Encode(), back.Encode(), err)
		}
		if a.IsZero() != (a.Encode() == "") {
			t.Errorf("%q is everybody: %v", a.Encode(), a.IsZero())
		}
		if !a.IsZero() && !cmp.Equal(a, back, cmp.Comparer(func(x, y time.Time) bool { return x.Equal(y) }), cmp.Comparer(slices.Equal[[]string]), cmp.Comparer(slices.Equal[[]guest.Tag]), cmp.Comparer(slices.Equal[[]core.CampaignID])) {
			t.Errorf("%+v reads back as %+v", a, back)
		}
	})
}

// A share of n percent has about that many guests, others in another campaign,
// and a larger share has all of a smaller one.
func TestShareIsFair(t *testing.T) {
	const guests = 20_000
	for _, percent := range []int{1, 10, 50, 90} {
		in, both := 0, 0
		for i := range guests {
			n, err := core.NumberFromDigits(uint64(15125550000 + i))
			if err != nil {
				t.Fatal(err)
			}
			g := campaign.Guest{Number: n, Joined: days(1)}
			a := campaign.Audience{Percent: percent}
			x, y := a.Matches(g, core.CampaignID{1}, approved), a.Matches(g, core.CampaignID{2}, approved)
			if x {
				in++
			}
			if x && y {
				both++
			}
		}
		p := float64(percent) / 100
		if got := float64(in) / guests; got < p-0.012 || got > p+0.012 {
			t.Errorf("%d %% are %.1f %%", percent, 100*got)
		}
		if got := float64(both) / guests; got < p*p-0.012 || got > p*p+0.012 {
			t.Errorf("%d %%: %.1f %% are in both of two campaigns", percent, 100*got)
		}
	}
}

func TestBadAudiences(t *testing.T) {
	for name, a := range map[string]campaign.Audience{
		"since after before":  {JoinedSince: days(1), JoinedBefore: days(2)},
		"negative days":       {WroteWithin: -1},
		"too many days":       {SilentFor: 4000},
		"both":                {SilentFor: 1, WroteWithin: 1},
		"more than all":       {Percent: 101},
		"less than none":      {Percent: -1},
		"with and without":    {Tags: []guest.Tag{"vip"}, NoTags: []guest.Tag{"vip"}},
		"too many exclusions": {NotGot: make([]core.CampaignID, 21)},
	} {
		if err := a.Valid(); !errors.Is(err, core.Invalid) || core.MessageOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, s := range []string{"x", "[]", `{"percent":-3}`, `{"joined_since":"yesterday"}`} {
		a, err := campaign.ParseAudience(s)
		if !errors.Is(err, core.Invalid) {
			t.Errorf("%s: %v", s, err)
		}
		if a.Matches(campaign.Guest{Number: core.MustNumber("+15125550101"), Joined: days(1)}, core.CampaignID{1}, approved) {
			t.Errorf("%s has somebody", s)
		}
	}
}

func FuzzParseAudience(f *testing.F) {
	f.Add(`{"tags":["vip"],"percent":20}`)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := campaign.ParseAudience(s)
		if err != nil {
			return
		}
		again, err := campaign.ParseAudience(a.Encode())
		if err != nil || again.Encode() != a.Encode() {
			t.Errorf("%q is %q, then %q, %v", s, a.Encode(), again.Encode(), err)
		}
	})
}
