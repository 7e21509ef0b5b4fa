package proof

import (
	"bytes"
	"encoding/json"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
	"github.com/jobfluss/nexo/core/message"
)

// A member is one line of audience.jsonl: one text of a campaign, what became of
// it, and how many lines of records.jsonl are about it and its guest.
//
//	{"message":"0193…","reason":"consent.opted_out","records":3,"state":"blocked"}
type member struct {
	Message core.MessageID `json:"message"`
	Reason  string         `json:"reason"`
	Records int64          `json:"records"`
	State   string         `json:"state"`
}

func (m *member) append(dst []byte) []byte {
	o := jcs.Begin(dst)
	o.Str("message", m.Message.String())
	o.Str("reason", m.Reason)
	o.Int("records", m.Records)
	o.Str("state", m.State)
	return append(o.End(), '\n')
}

// parse reads what append writes, without the newline, and nothing else.
func (m *member) parse(b []byte) error {
	*m = member{}
	if json.Unmarshal(b, m) != nil || !bytes.Equal(m.append(nil), append(b[:len(b):len(b)], '\n')) || m.Records < 0 {
		return bad("the line is not of the form that a text of the audience has")
	}
	if s, ok := message.ParseState(m.State); !ok || s == message.NoState {
		return bad("the text is in a state that this program does not know")
	}
	return nil
}

// submitted reports whether the text was, or may have been, handed over.
func (m *member) submitted() bool {
	s, _ := message.ParseState(m.State)
	return s.Submitted()
}

// enter counts the text as a manifest does.
func (m *member) enter(states, reasons map[string]int64) {
	states[m.State]++
	if m.Reason != "" {
		reasons[m.State+" "+m.Reason]++
	}
}
