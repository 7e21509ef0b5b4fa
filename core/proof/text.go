package proof

import (
	"bytes"
	"encoding/json"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// A textLine is one line of texts.jsonl: the words of one text.
//
//	{"message":"0193…","text":"Luna's Cantina: …"}
type textLine struct {
	Message core.MessageID `json:"message"`
	Text    string         `json:"text"`
}

func appendText(dst []byte, message, text string) []byte {
	o := jcs.Begin(dst)
	o.Str("message", message)
	o.Str("text", text)
	return append(o.End(), '\n')
}

// parse reads what appendText writes, without the newline, and nothing else.
func (t *textLine) parse(b []byte) error {
	*t = textLine{}
	if json.Unmarshal(b, t) != nil || !bytes.Equal(appendText(nil, t.Message.String(), t.Text), append(b[:len(b):len(b)], '\n')) {
		return bad("the line is not of the form that a text has")
	}
	return nil
}
