// Package guest holds what a venue notes about its guests beside their consent:
// tags, and when they last wrote. It narrows whom a campaign is for; it never
// widens who may be texted.
package guest

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jobfluss/nexo/core"
)

// A Tag is a word that a venue puts on guests, like "vip": up to 30 lower-case
// letters, digits, spaces and hyphens.
type Tag string

// MostTags is how many one guest may have.
const MostTags = 20

const longestTag = 30

// ParseTag reads a tag as it was typed. Errors have kind Invalid.
func ParseTag(s string) (Tag, error) {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if n := len([]rune(s)); n == 0 || n > longestTag {
		return "", core.E("guest.ParseTag", core.Invalid, "A tag has 1 to 30 letters and digits, like vip or wine club.")
	}
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-' {
			return "", core.E("guest.ParseTag", core.Invalid, "A tag has only letters, digits, spaces and hyphens, like vip or wine club.")
		}
	}
	if digits >= 7 {
		return "", core.E("guest.ParseTag", core.Invalid, "A tag is a word about the guest, not a number to reach them.")
	}
	return Tag(s), nil
}

// ParseTags reads a list of tags with commas between them, each once, sorted.
func ParseTags(s string) ([]Tag, error) {
	var out []Tag
	for _, x := range strings.Split(s, ",") {
		if strings.TrimSpace(x) == "" {
			continue
		}
		t, err := ParseTag(x)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// A Note is what is noted about one guest. The zero Note is nothing.
type Note struct {
	// Wrote is when the guest last wrote to the venue, a person's own words: not
	// the keyword to join, and no opt-out. Zero for never.
	Wrote time.Time
	// Clicked is when the guest last opened a link in a text. Zero for never.
	Clicked time.Time
	Tags    []Tag // sorted
}

// Engaged is when the guest last wrote or opened a link.
func (n Note) Engaged() time.Time {
	if n.Clicked.After(n.Wrote) {
		return n.Clicked
	}
	return n.Wrote
}

// A TagCount is a tag and how many guests have it.
type TagCount struct {
	Tag Tag
	N   int
}

// Notes holds them. Errors are [core.Error].
type Notes interface {
	// Heard notes that a guest wrote. An earlier instant changes nothing.
	Heard(ctx context.Context, p core.Pair, at time.Time) error
	// Tag puts a tag on a guest. Done twice, it is there once.
	Tag(ctx context.Context, p core.Pair, t Tag) error
	// Untag takes it off, if it is there.
	Untag(ctx context.Context, p core.Pair, t Tag) error
	// Tags returns every tag of the business, by name.
	Tags(ctx context.Context, b core.BusinessID) ([]TagCount, error)
	// Of returns what is noted about each of the business's guests, in two
	// queries; a guest about whom nothing is noted is left out.
	Of(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]Note, error)
}
