package evidence

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// bodyVersion is the form of the bodies. A later form must still read this one.
const bodyVersion = 1

// A Seed is what a record takes from outside: its id and its salt.
type Seed struct {
	ID   core.RecordID
	Salt Salt
}

// NewSeed makes one.
func NewSeed(ids core.IDs, salts Salts) Seed {
	return Seed{ID: core.RecordID(ids.New()), Salt: salts.Salt()}
}

// A Head is what every body says first. It repeats what stores find a record
// by, so that neither can be changed without the other.
type Head struct {
	ID       core.RecordID
	Business core.BusinessID
	Kind     Kind
	At       time.Time
	Number   core.Number
	Message  core.MessageID
	Campaign core.CampaignID
}

// instant is a time as bodies and stores hold it.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// write makes the record of a head and of what the kind says. All keys of the
// head come before "what".
func write(s Seed, h Head, size int, what func(*jcs.Object)) Record {
	h.ID, h.At = s.ID, instant(h.At)
	o := jcs.Begin(make([]byte, 0, size))
	o.Time("at", h.At)
	o.Str("business", h.Business.String())
	o.Str("campaign", h.Campaign.String())
	o.Str("id", h.ID.String())
	o.Str("kind", h.Kind.String())
	o.Str("message", h.Message.String())
	o.Str("number", h.Number.E164())
	o.Int("v", bodyVersion)
	o.Open("what")
	what(&o)
	o.Shut()
	body := o.End()
	return Record{
		ID: h.ID, Business: h.Business, Kind: h.Kind, At: h.At, Number: h.Number, Message: h.Message, Campaign: h.Campaign,
		Body: body, Salt: s.Salt, Commitment: Commit(s.Salt, body),
	}
}

// head is the Head that a record's columns make.
func (r Record) head() Head {
	return Head{ID: r.ID, Business: r.Business, Kind: r.Kind, At: r.At, Number: r.Number, Message: r.Message, Campaign: r.Campaign}
}

// Check reports as an error of kind Invalid what is wrong with a record that is
// not erased: a body that is not what was committed to, or that is about
// something else than the record says.
func (r Record) Check() error {
	const op = "evidence.Check"
	if Commit(r.Salt, r.Body) != r.Commitment {
		return core.E(op, core.Invalid, "record "+r.ID.String()+" was changed: its commitment is to another body")
	}
	h, err := ParseHead(r.Body)
	if err != nil {
		return err
	}
	want := r.head()
	if !h.At.Equal(want.At) {
		return core.E(op, core.Invalid, "record "+r.ID.String()+" is kept under another instant than its body names")
	}
	if h.At = want.At; h != want {
		return core.E(op, core.Invalid, "record "+r.ID.String()+" is kept under another name, guest or text than its body names")
	}
	return nil
}

// wire is a body as JSON has it.
type wire[T any] struct {
	At       time.Time       `json:"at"`
	Business core.BusinessID `json:"business"`
	Campaign core.CampaignID `json:"campaign"`
	ID       core.RecordID   `json:"id"`
	Kind     string          `json:"kind"`
	Message  core.MessageID  `json:"message"`
	Number   string          `json:"number"`
	V        int             `json:"v"`
	What     T               `json:"what"`
}

// ParseHead reads the head of a body of any kind. Like all parsers here it
// refuses what it does not know, with an error of kind Invalid that quotes
// nothing of the body.
func ParseHead(body []byte) (Head, error) {
	h, _, err := parse[json.RawMessage]("evidence.ParseHead", body)
	return h, err
}

// parse reads a body of one of the kinds, of any where none are named.
func parse[T any](op string, body []byte, kinds ...Kind) (Head, T, error) {
	var w wire[T]
	none := func(msg string) (Head, T, error) {
		var zero T
		return Head{}, zero, core.E(op, core.Invalid, msg)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil || dec.More() {
		return none("this is no body of a record that this program knows")
	}
	if w.V != bodyVersion {
		return none("the body is of version " + strconv.Itoa(w.V) + "; this program reads version 1")
	}
	k, ok := ParseKind(w.Kind)
	if !ok || len(kinds) > 0 && !slices.Contains(kinds, k) {
		return none("the body is of another kind of record")
	}
	h := Head{ID: w.ID, Business: w.Business, Kind: k, At: w.At, Message: w.Message, Campaign: w.Campaign}
	var err error
	if h.Number, err = parseNumber(w.Number); err != nil {
		return none("the body names a guest by something that is no phone number")
	}
	return h, w.What, nil
}

func parseNumber(s string) (core.Number, error) {
	if s == "" {
		return core.Number{}, nil
	}
	return core.ParseNumber(s)
}
