package message_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

func lane(b, c byte, due int) message.Lane {
	return message.Lane{Business: core.BusinessID{b}, Campaign: core.CampaignID{c}, Due: time.Unix(int64(due), 0)}
}

func TestShare(t *testing.T) {
	for name, tt := range map[string]struct {
		lanes []message.Lane
		n     int
		want  []int
	}{
		"one venue gets all":                  {[]message.Lane{lane(1, 1, 0)}, 500, []int{500}},
		"two venues get half each":            {[]message.Lane{lane(1, 1, 0), lane(2, 1, 9)}, 500, []int{250, 250}},
		"ten campaigns are no ten shares":     {[]message.Lane{lane(1, 1, 0), lane(2, 1, 1), lane(2, 2, 2)}, 100, []int{50, 25, 25}},
		"who has waited longest goes first":   {[]message.Lane{lane(1, 1, 5), lane(2, 1, 3), lane(3, 1, 4)}, 2, []int{0, 1, 1}},
		"what does not divide goes the same":  {[]message.Lane{lane(1, 1, 5), lane(2, 1, 3)}, 3, []int{1, 2}},
		"no place for anybody":                {[]message.Lane{lane(1, 1, 5)}, 0, []int{0}},
		"nobody to share with, and no places": {nil, -1, []int{}},
	} {
		got := message.Share(tt.lanes, tt.n)
		if len(got) != len(tt.want) {
			t.Fatalf("%s: %v", name, got)
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
				break
			}
		}
	}
}

// Every place is given, none twice, and no two businesses differ by more than
// one.
func TestShareIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1000).Draw(t, "places")
		seen := map[message.Lane]bool{}
		var lanes []message.Lane
		for range rapid.IntRange(1, 30).Draw(t, "lanes") {
			l := lane(rapid.Byte().Draw(t, "business")%8, rapid.Byte().Draw(t, "campaign"), rapid.IntRange(0, 5).Draw(t, "due"))
			if !seen[message.Lane{Business: l.Business, Campaign: l.Campaign}] {
				seen[message.Lane{Business: l.Business, Campaign: l.Campaign}] = true
				lanes = append(lanes, l)
			}
		}
		sum, per := 0, map[core.BusinessID]int{}
		for i, k := range message.Share(lanes, n) {
			sum += k
			per[lanes[i].Business] += k
		}
		least, most := n, 0
		for _, k := range per {
			least, most = min(least, k), max(most, k)
		}
		if sum != n || most-least > 1 {
			t.Fatalf("%d of %d places, between %d and %d a business", sum, n, least, most)
		}
	})
}
