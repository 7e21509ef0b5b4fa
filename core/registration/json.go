package registration

import (
	"encoding/json"

	"github.com/jobfluss/nexo/core"
)

// A stored is a Line as stores keep it beside what they look it up by. The number
// is the venue's own.
type stored struct {
	Line
	Number uint64 `json:"order_number,omitempty"`
}

// MarshalLine writes what a store need not look a line up by.
func MarshalLine(l Line) []byte {
	b, err := json.Marshal(stored{l, l.Order.Number.Digits()})
	if err != nil {
		panic(err) // the types here are our own
	}
	return b
}

// UnmarshalLine reads what MarshalLine wrote. Errors have kind Internal.
func UnmarshalLine(b []byte) (Line, error) {
	var s stored
	err := json.Unmarshal(b, &s)
	if err == nil && s.Number != 0 {
		s.Order.Number, err = core.NumberFromDigits(s.Number)
	}
	if err != nil {
		return Line{}, core.Wrap("registration.UnmarshalLine", core.Internal, "what is stored of a line cannot be read", err)
	}
	return s.Line, nil
}
