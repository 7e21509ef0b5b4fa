package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core/campaign"
)

// A repeatForm is how a campaign repeats, as it was typed: one of the rules, and
// the last day that it may.
type repeatForm struct {
	Rule, Until string
	Problem     string
}

// rules are those that may be chosen. Their names in the catalogue are in the
// same order.
var rules = []string{"FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY"}

var ruleNames = []string{"daily", "weekly", "fortnightly", "monthly"}

const untilMark = ";UNTIL="

func typedRepeat(get func(string) string) repeatForm {
	return repeatForm{Rule: get("repeat"), Until: get("repeat_until")}
}

func repeatOf(r campaign.Repeat) repeatForm {
	rule, until, _ := strings.Cut(r.Rule, untilMark)
	f := repeatForm{Rule: rule}
	if day, err := time.Parse("20060102T150405Z", until); err == nil {
		f.Until = day.Format(time.DateOnly)
	}
	return f
}

// readRepeat reads f. If it cannot, it says so in f and reports false.
func (v *visit) readRepeat(f *repeatForm) (campaign.Repeat, bool) {
	if f.Rule == "" {
		return campaign.Repeat{}, true
	}
	if !slices.Contains(rules, f.Rule) {
		f.Problem = v.say("repeat.bad")
		return campaign.Repeat{}, false
	}
	rule := f.Rule
	if f.Until != "" {
		day, err := time.Parse(time.DateOnly, f.Until)
		if err != nil {
			f.Problem = v.say("repeat.until.bad")
			return campaign.Repeat{}, false
		}
		rule += untilMark + day.Add(24*time.Hour-time.Second).Format("20060102T150405Z")
	}
	return campaign.Repeat{Rule: rule}, true
}

// repeatOptions are the choices.
func repeatOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: t(ctx, "repeat.never")}}
	for i, rule := range rules {
		out = append(out, ui.Option{Value: rule, Label: t(ctx, "repeat."+ruleNames[i])})
	}
	return out
}

// repeatWords say how a campaign repeats, "" where it does not.
func (v *visit) repeatWords(r campaign.Repeat) string {
	if r.IsZero() {
		return ""
	}
	f := repeatOf(r)
	said := r.Rule // of a program's own
	if i := slices.Index(rules, f.Rule); i >= 0 {
		said = v.say("repeat." + ruleNames[i])
	}
	if day, err := time.Parse(time.DateOnly, f.Until); err == nil {
		said = v.say("repeat.said.until", "how", said, "day", day.Format("Mon 2 Jan 2006"))
	}
	if r.Skipped > 0 {
		said = v.say("repeat.said.skipped", "how", said, "n", r.Skipped)
	}
	return said
}
