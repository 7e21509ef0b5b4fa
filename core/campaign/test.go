package campaign

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// A Test is a second text that is tried beside the first on a sample of the
// audience. The better one then goes to the rest. The zero Test is none.
type Test struct {
	Body string `json:"body"` // the second text; the campaign's is the first
	// Percent of the audience is the sample, half of it for each text. With 100
	// there is no rest.
	Percent int `json:"percent"`
	// After is how long after the sample was planned the winner is chosen; 0: a
	// person chooses.
	After time.Duration `json:"after_ns,omitempty"`

	// Sampled is when the whole sample was planned.
	Sampled time.Time `json:"sampled,omitzero"`
	// Winner is FirstText or SecondText once it is chosen, by By or, where that is
	// zero, by the figures.
	Winner message.Arm `json:"winner,omitempty"`
	Chosen time.Time   `json:"chosen,omitzero"`
	By     core.UserID `json:"by,omitzero"`
}

// The bounds of a test.
const (
	LeastPercent = 2
	ShortestTest = 15 * time.Minute
	LongestTest  = 7 * 24 * time.Hour
)

// IsZero reports whether there is no test.
func (t Test) IsZero() bool { return t == Test{} }

// Waits reports whether the sample is planned and the winner is not chosen.
func (t Test) Waits() bool { return !t.IsZero() && !t.Sampled.IsZero() && t.Winner == message.NoArm }

// Due is when the winner is to be chosen by the figures, zero for never.
func (t Test) Due() time.Time {
	if !t.Waits() || t.After == 0 {
		return time.Time{}
	}
	return t.Sampled.Add(t.After)
}

// Turn reports whether an arm is to be planned: first the sample, and when the
// winner is chosen the rest. Where a winner is supposed and no sample was
// planned, that is everybody.
func (t Test) Turn(a message.Arm) bool {
	if a != message.TheRest {
		return t.Sampled.IsZero()
	}
	return t.Winner != message.NoArm
}

// ArmOf is which text a guest gets: the same, however often it is asked.
func (c *Campaign) ArmOf(n core.Number) message.Arm {
	switch {
	case c.Test.IsZero():
		return message.NoArm
	case c.Test.Percent < 100 && Chance(c.ID, "test", n) >= float64(c.Test.Percent)/100:
		return message.TheRest
	case Chance(c.ID, "arm", n) < 0.5:
		return message.FirstText
	}
	return message.SecondText
}

// Text is what an arm is sent. The rest has no text before the winner is chosen.
func (c *Campaign) Text(a message.Arm) string {
	if a == message.TheRest {
		a = c.Test.Winner
	}
	if a == message.SecondText {
		return c.Test.Body
	}
	return c.Body
}

// Problem says why a test of a campaign that begins and ends so makes no sense,
// "" if it does.
func (t Test) Problem(first string, begin, end time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case strings.TrimSpace(t.Body) == "":
		return "The second text is empty. Write it, or send only one."
	case strings.TrimSpace(t.Body) == strings.TrimSpace(first):
		return "Both texts are the same, so there is nothing to compare. Change one of them."
	case t.Percent < LeastPercent || t.Percent > 100:
		return "The sample is from 2 to 100 percent of the guests."
	case t.After != 0 && (t.After < ShortestTest || t.After > LongestTest):
		return "Choose the winner after 15 minutes at least and seven days at most."
	case t.Percent < 100 && !end.IsZero() && !begin.Add(t.After).Before(end):
		return "The winner would be chosen when the text makes no sense any more. Choose it sooner, or a later end."
	}
	return ""
}

// Better is the text that did better: fewer opt-outs for each that was sent,
// then more replies. Where the two are equal it is the first.
func Better(first, second message.Result) message.Arm {
	// Rates are compared without dividing: a text that was not sent has none.
	x, y := first.OptedOut*second.Sent, second.OptedOut*first.Sent
	if x == y {
		x, y = second.Replied*first.Sent, first.Replied*second.Sent
	}
	if first.Sent == 0 && second.Sent > 0 || y < x {
		return message.SecondText
	}
	return message.FirstText
}

// EncodeTest writes it as JSON, "" for none.
func EncodeTest(t Test) string {
	if t.IsZero() {
		return ""
	}
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // words, numbers and times of this century: a bug in Test
	}
	return string(b)
}

// ParseTest reads what EncodeTest writes. Errors have kind Invalid.
func ParseTest(s string) (Test, error) {
	var t Test
	if s == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(s), &t); err != nil {
		return Test{}, core.Wrap("campaign.ParseTest", core.Invalid, "the second text of this campaign cannot be read", err)
	}
	return t, nil
}
