package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/site/words"
	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A verdict is one decision about a text, with what every rule said.
type verdict struct {
	Verdict              string // send, wait or block
	Title, When, Edition string
	Lines                []whyLine
}

// A whyLine is what one rule said, and where it is written. Tone is ok, no or
// later.
type whyLine struct{ Tone, Text, Cite string }

// reason says why a text stands where it does: the engine's code, or the
// carrier's, in a sentence with its time. "" where there is nothing to say.
func (v *visit) reason(code string, at time.Time) string {
	if code == "" {
		return ""
	}
	for _, key := range []string{"reason." + code, "reason." + ruleOf(code)} {
		switch {
		case !at.IsZero() && words.English.Has(key+".at"):
			return v.say(key+".at", "when", v.when(at))
		case words.English.Has(key):
			return v.say(key)
		}
	}
	return v.say("reason.other", "code", code)
}

// ruleOf is the rule of a code "rule.finding".
func ruleOf(code string) string {
	rule, _, _ := strings.Cut(code, ".")
	return rule
}

// decisions reads what was decided about a text, oldest first.
func decisions(ctx context.Context, tx store.Tx, m message.Message) ([]evidence.DecisionBody, error) {
	rs, err := tx.Evidence.OfMessage(ctx, m.Business, m.ID)
	if err != nil {
		return nil, err
	}
	return evidence.Decisions(rs)
}

// verdicts explains recorded decisions, newest first. What was decided is read
// from the record, not decided anew.
func (v *visit) verdicts(ds []evidence.DecisionBody, reason string, at time.Time) []verdict {
	var out []verdict
	for i := len(ds) - 1; i >= 0; i-- {
		d := ds[i]
		x := verdict{Verdict: d.Verdict, Title: v.say("verdict." + d.Verdict), When: v.when(d.At), Edition: d.Edition}
		replay, err := v.s.book.Replay(d.Facts, d.Findings)
		if err != nil {
			// An edition that this program does not have: the record still stands.
			x.Lines = append(x.Lines, whyLine{Tone: toneOf(d.Verdict), Text: v.reason(reason, at)})
		} else {
			x.Lines = v.lines(&replay)
		}
		out = append(out, x)
	}
	return out
}

func (v *visit) lines(r *decide.Replay) []whyLine {
	return v.whyLines(v.s.book.Explain(&r.Facts, &r.Decision))
}

func (v *visit) whyLines(lines []decide.Line) []whyLine {
	var out []whyLine
	for _, l := range lines {
		out = append(out, whyLine{Tone: toneOf(l.Verdict.String()), Text: l.Why, Cite: l.Cite})
	}
	// What stands against it is what people look for.
	slices.SortStableFunc(out, func(a, b whyLine) int { return weight(a.Tone) - weight(b.Tone) })
	return out
}

func weight(tone string) int {
	switch tone {
	case "no":
		return 0
	case "later":
		return 1
	}
	return 2
}

func toneOf(verdict string) string {
	switch verdict {
	case "send":
		return "ok"
	case "wait":
		return "later"
	}
	return "no"
}

// A group is a few states that a venue thinks of as one.
type group struct {
	key, tone, icon string
	states          []message.State
}

// groups are all states, each once, so the numbers sum to the audience.
var groups = []group{
	{"delivered", "good", "check", []message.State{message.Delivered}},
	{"sent", "info", "send", []message.State{message.Sent, message.Unconfirmed}},
	{"waiting", "wait", "wait", []message.State{message.Planned, message.Sending}},
	{"unknown", "warn", "ask", []message.State{message.Unknown}},
	{"undelivered", "warn", "warn", []message.State{message.Undelivered}},
	{"notsent", "bad", "cross", []message.State{message.Blocked, message.Failed, message.Cancelled, message.Expired}},
}

func groupOf(s message.State) group {
	for _, g := range groups {
		for _, x := range g.states {
			if x == s {
				return g
			}
		}
	}
	return group{key: "none", icon: "info"}
}

func groupByKey(key string) (group, bool) {
	for _, g := range groups {
		if g.key == key {
			return g, true
		}
	}
	return group{}, false
}

func (v *visit) messageBadge(m message.Message) ui.Badge {
	g := groupOf(m.State)
	tone := g.tone
	if tone == "wait" {
		tone = ""
	}
	return ui.Badge{Tone: tone, Icon: g.icon, Text: v.say("state." + orNone(m.State.String()))}
}
