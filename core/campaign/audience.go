package campaign

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/guest"
)

// An Audience says which guests a campaign is for. The zero Audience is everybody
// who has ever joined; each field that is set leaves some of them out. Whom a
// text may go to is another matter: the engine decides that for each.
//
// Who belongs to it is found out page by page while the campaign is planned. Of
// those who joined before it was approved, a guest is judged by the tags and
// texts that are known when their page is planned; who joins after the approval
// is never part of it, and who was planned stays.
type Audience struct {
	// Keywords: who joined last by one of these. A venue with several locations
	// has a keyword for each.
	Keywords     []string  `json:"keywords,omitempty"`
	JoinedSince  time.Time `json:"joined_since,omitzero"`  // first opt-in, inclusive
	JoinedBefore time.Time `json:"joined_before,omitzero"` // exclusive
	// WroteWithin and SilentFor are days before the approval in which the guest
	// wrote to the venue or opened a link, or did neither. At most one of them is set.
	WroteWithin int         `json:"wrote_within_days,omitempty"`
	SilentFor   int         `json:"silent_for_days,omitempty"`
	Tags        []guest.Tag `json:"tags,omitempty"`    // has any of these
	NoTags      []guest.Tag `json:"no_tags,omitempty"` // has none of these
	// NotGot: was not texted by any of these campaigns.
	NotGot []core.CampaignID `json:"not_got,omitempty"`
	// Percent of the guests, chosen by chance and always the same for one
	// campaign; 0 and 100 are all.
	Percent int `json:"percent,omitempty"`
}

// Nobody is the audience that has no guest. It is not valid: it stands for one
// that could not be read.
var Nobody = Audience{Percent: -1}

// The bounds of an audience.
const (
	mostDays     = 3650
	mostOfAField = 20
)

// A Guest is what an Audience looks at.
type Guest struct {
	Number  core.Number
	Joined  time.Time // first opt-in; zero: never, and then part of no audience
	Keyword string    // of the last opt-in
	Note    guest.Note
	Got     []core.CampaignID // which of NotGot the guest was texted by
}

// IsZero reports whether a is everybody.
func (a Audience) IsZero() bool {
	return len(a.Keywords) == 0 && a.JoinedSince.IsZero() && a.JoinedBefore.IsZero() && a.WroteWithin == 0 && a.SilentFor == 0 &&
		len(a.Tags) == 0 && len(a.NoTags) == 0 && len(a.NotGot) == 0 && (a.Percent == 0 || a.Percent == 100)
}

// Valid is Invalid, and says why, for an audience that makes no sense.
func (a Audience) Valid() error {
	bad := func(msg string) error { return core.E("campaign.Audience", core.Invalid, msg) }
	switch {
	case !a.JoinedSince.IsZero() && !a.JoinedBefore.IsZero() && !a.JoinedSince.Before(a.JoinedBefore):
		return bad("Nobody joined both since the first day and before the second. Choose a later second day.")
	case a.WroteWithin < 0 || a.WroteWithin > mostDays || a.SilentFor < 0 || a.SilentFor > mostDays:
		return bad("Choose a number of days from 1 to 3650.")
	case a.WroteWithin > 0 && a.SilentFor > 0:
		return bad("Choose guests who wrote or opened a link, or guests who did neither, not both.")
	case a.Percent < 0 || a.Percent > 100:
		return bad("A random share is from 1 to 100 percent.")
	case len(a.Keywords) > mostOfAField || len(a.Tags) > mostOfAField || len(a.NoTags) > mostOfAField || len(a.NotGot) > mostOfAField:
		return bad("Choose at most 20 of a kind.")
	}
	for _, t := range a.Tags {
		if slices.Contains(a.NoTags, t) {
			return bad("Nobody has the tag " + string(t) + " and does not have it. Take it out of one of the two lists.")
		}
	}
	return nil
}

// Matches reports whether g is part of the audience of a campaign that was
// approved at the instant. It is a pure function: the same guest gets the same
// answer from every store, at every page, however often it is asked.
func (a Audience) Matches(g Guest, c core.CampaignID, approved time.Time) bool {
	day := func(n int) time.Time { return approved.AddDate(0, 0, -n) }
	switch {
	case g.Joined.IsZero() || !g.Joined.Before(approved):
		return false
	case len(a.Keywords) > 0 && !slices.Contains(a.Keywords, g.Keyword):
		return false
	case !a.JoinedSince.IsZero() && g.Joined.Before(a.JoinedSince):
		return false
	case !a.JoinedBefore.IsZero() && !g.Joined.Before(a.JoinedBefore):
		return false
	case a.WroteWithin > 0 && g.Note.Engaged().Before(day(a.WroteWithin)):
		return false
	case a.SilentFor > 0 && !g.Note.Engaged().Before(day(a.SilentFor)):
		return false
	case len(a.Tags) > 0 && !any(a.Tags, g.Note.Tags):
		return false
	case any(a.NoTags, g.Note.Tags):
		return false
	case any(a.NotGot, g.Got):
		return false
	}
	return a.Percent == 0 || a.Percent == 100 || Chance(c, "sample", g.Number) < float64(a.Percent)/100
}

func any[T comparable](some, of []T) bool {
	return slices.ContainsFunc(some, func(x T) bool { return slices.Contains(of, x) })
}

// Chance is a number in [0, 1) that is always the same for a campaign, a guest
// and what it is for, and evenly spread over guests.
func Chance(c core.CampaignID, what string, n core.Number) float64 {
	b := make([]byte, 0, 64)
	b = append(b, c[:]...)
	b = binary.BigEndian.AppendUint64(b, n.Digits())
	h := sha256.Sum256(append(b, what...))
	return float64(binary.BigEndian.Uint64(h[:8])>>11) / (1 << 53)
}

// Encode writes the audience as JSON, "" for everybody.
func (a Audience) Encode() string {
	if a.IsZero() {
		return ""
	}
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // words, numbers and times of this century: a bug in Audience
	}
	return string(b)
}

// ParseAudience reads what Encode writes. Errors have kind Invalid, and come with
// Nobody.
func ParseAudience(s string) (Audience, error) {
	var a Audience
	if s == "" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		return Nobody, core.Wrap("campaign.ParseAudience", core.Invalid, "whom this campaign is for cannot be read", err)
	}
	if err := a.Valid(); err != nil {
		return Nobody, err
	}
	return a, nil
}
