package campaign

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Repeat makes a campaign a series: it is never sent itself. It stays scheduled,
// its SendAt is its next occurrence, and each occurrence is a campaign of its own
// that the worker makes when its time has come. The zero Repeat is none.
type Repeat struct {
	// Rule is an RRULE of RFC 5545 without DTSTART, by the venue's clock.
	Rule string `json:"rule"`
	// From is the first occurrence, fixed by the approval.
	From Wall `json:"from,omitzero"`
	// Last is the campaign that the last occurrence became.
	Last core.CampaignID `json:"last,omitzero"`
	// Skipped is how many occurrences were left out, since the one before them was
	// not over or since no worker ran in their time.
	Skipped int `json:"skipped,omitempty"`
}

// IsZero reports whether it is none.
func (r Repeat) IsZero() bool { return r == Repeat{} }

// A Calendar reads rules. It knows no zone: what it is given and gives is what
// the clock shows, so a series at 6 pm stays at 6 pm when clocks change.
type Calendar interface {
	// Next returns the first occurrence after the given one of a rule that begins
	// at from; false where there is none. A rule that cannot be read, or that
	// repeats more often than daily, is Invalid.
	Next(rule string, from, after Wall) (Wall, bool, error)
}

// OccurrenceID is the id of the campaign that the series becomes at the instant:
// always the same, so that no occurrence is made twice.
func OccurrenceID(series core.CampaignID, at time.Time) core.CampaignID {
	b := append([]byte("occurrence\n"), series[:]...)
	h := sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro())))
	var id core.CampaignID
	// The instant comes first, as in the ids of other campaigns: lists are by id.
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	copy(id[6:], h[:10])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8, RFC 9562
	return id
}

// EncodeRepeat writes it as JSON, "" for none.
func EncodeRepeat(r Repeat) string {
	if r.IsZero() {
		return ""
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // words and numbers: a bug in Repeat
	}
	return string(b)
}

// ParseRepeat reads what EncodeRepeat writes. Errors have kind Invalid.
func ParseRepeat(s string) (Repeat, error) {
	var r Repeat
	if s == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(s), &r); err != nil {
		return Repeat{}, core.Wrap("campaign.ParseRepeat", core.Invalid, "when this campaign repeats cannot be read", err)
	}
	return r, nil
}
