package message_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// moves is every allowed move, written out.
var moves = map[message.State]string{
	message.Planned:     "planned sending blocked cancelled expired",
	message.Sending:     "planned sent delivered undelivered failed blocked unknown cancelled expired unconfirmed",
	message.Unknown:     "sent delivered undelivered unconfirmed failed",
	message.Sent:        "delivered undelivered unconfirmed",
	message.Unconfirmed: "delivered undelivered",
}

func TestMay(t *testing.T) {
	for from := range message.State(16) {
		for to := range message.State(16) {
			want := to != message.NoState && to <= message.Unconfirmed && strings.Contains(" "+moves[from]+" ", " "+to.String()+" ")
			if got := from.May(to); got != want {
				t.Errorf("%d %v → %d %v: %v, want %v", from, from, to, to, got, want)
			}
		}
	}
}

// What has reached the carrier, or may have, never becomes planned again, but
// for Sending, where the carrier surely did not take it.
func TestNothingSubmittedIsPlannedAgain(t *testing.T) {
	for s := message.NoState; s <= message.Unconfirmed; s++ {
		if s.Submitted() && s != message.Sending && (s.May(message.Planned) || s.May(message.Sending)) {
			t.Errorf("%v may be sent again", s)
		}
		if s.Final() && (s.May(message.Planned) || s.May(message.Sent)) {
			t.Errorf("%v is final, and moves on", s)
		}
	}
}

func TestNames(t *testing.T) {
	for s := message.Planned; s <= message.Unconfirmed; s++ {
		if got, ok := message.ParseState(s.String()); got != s || !ok {
			t.Errorf("state %d: %q reads as %d", s, s, got)
		}
	}
	for c := message.Marketing; c <= message.Informational; c++ {
		if got, ok := message.ParseClass(c.String()); got != c || !ok {
			t.Errorf("class %d: %q reads as %d", c, c, got)
		}
		want := c != message.Marketing && c != message.Informational
		if c.Answers() != want {
			t.Errorf("%v answers what the guest sent: %v", c, c.Answers())
		}
	}
	if s, ok := message.ParseState(""); s != message.NoState || ok {
		t.Error("no text is no state")
	}
	if message.State(200).String() != "" || message.Class(200).String() != "" || message.NoClass.Answers() {
		t.Error("a number that is none has no name")
	}
}

func TestToken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m message.Message
		copy(m.Business[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "business"))
		copy(m.ID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		token := m.Token()
		b, id, err := token.Parse()
		if err != nil || b != m.Business || id != m.ID {
			t.Fatalf("%s names %v %v, %v", token, b, id, err)
		}
		if len(token) != 52 || strings.Trim(string(token), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Fatalf("%q does not fit into an address", token)
		}
	})
	good := string(message.Message{ID: core.MessageID{1}}.Token())
	for _, s := range []string{"", good[:51], good + "A", strings.ToLower(good), "!" + good[1:], good[:50] + "=="} {
		if _, _, err := message.Token(s).Parse(); !errors.Is(err, core.Invalid) {
			t.Errorf("Token(%q).Parse(): %v, want Invalid", s, err)
		}
	}
}

func FuzzToken(f *testing.F) {
	f.Add(string(message.Message{ID: core.MessageID{1}}.Token()))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		b, id, err := message.Token(s).Parse()
		if err != nil {
			return
		}
		again := message.Message{Business: b, ID: id}.Token()
		if b2, id2, err := again.Parse(); err != nil || b2 != b || id2 != id {
			t.Errorf("%q names something else than what it says", s)
		}
	})
}

func TestKeys(t *testing.T) {
	seen := map[message.Key]string{}
	add := func(name string, k message.Key) {
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
	}
	a, b := core.MustNumber("+15125550123"), core.MustNumber("+15125550124")
	add("campaign", message.CampaignKey(core.CampaignID{1}, a, 0))
	add("other campaign", message.CampaignKey(core.CampaignID{2}, a, 0))
	add("other guest", message.CampaignKey(core.CampaignID{1}, b, 0))
	add("next step", message.CampaignKey(core.CampaignID{1}, a, 1))
	add("help", message.AnswerKey("event", message.Help))
	add("welcome", message.AnswerKey("event", message.Welcome))
	add("other event", message.AnswerKey("event2", message.Help))
	if message.CampaignKey(core.CampaignID{1}, a, 0) != message.CampaignKey(core.CampaignID{1}, core.MustNumber(a.E164()), 0) {
		t.Error("the same campaign and guest have the same key")
	}
}

func TestTally(t *testing.T) {
	y := message.Tally{ByState: map[message.State]int{message.Sent: 3, message.Blocked: 2, message.Unknown: 1}}
	if y.Audience() != 6 || y.Of(message.Sent, message.Unknown) != 4 || y.Of(message.Failed) != 0 || (message.Tally{}).Audience() != 0 {
		t.Errorf("audience %d, sent and unknown %d", y.Audience(), y.Of(message.Sent, message.Unknown))
	}
}
