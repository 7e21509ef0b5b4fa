package site

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/apps/web/site/words"
	"github.com/jobfluss/nexo/core/place"
)

// t says a sentence of the catalogue in the language of the request. There is
// one language yet.
func t(_ context.Context, key string, pairs ...any) string { return words.English.Say(key, pairs...) }

// num writes a whole number as people read it.
func num(n int) string { return words.Number(n) }

// A day is written with its year only where that is not obvious.
const (
	withoutYear = "Mon 2 Jan, 3:04 pm"
	withYear    = "Mon 2 Jan 2006, 3:04 pm"
)

// when writes an instant in the venue's zone: "Thu 3 Dec, 7:40 pm".
func when(at time.Time, z place.Zone, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	loc := located(z)
	if d := now.Sub(at); d > 300*24*time.Hour || d < -300*24*time.Hour {
		return at.In(loc).Format(withYear)
	}
	return at.In(loc).Format(withoutYear)
}

func located(z place.Zone) *time.Location {
	if loc := z.Location(); loc != nil {
		return loc
	}
	return time.UTC
}

func (v *visit) when(at time.Time) string { return when(at, v.biz.Zone, v.s.Clock.Now()) }
