package decide_test

import (
	"embed"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

//go:embed testdata/*.txtar
var vectors embed.FS

// TestVectors runs testdata: one file per paragraph of law, in words that counsel
// can read. testdata/README.txt says how to write one. Each case starts from
// marketing that may go, to a Texan phone on Tuesday 8 December 2026 at 2:30 pm.
func TestVectors(t *testing.T) {
	files, err := vectors.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := vectors.ReadFile(path.Join("testdata", file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range sections(string(data)) {
			t.Run(strings.TrimSuffix(file.Name(), ".txtar")+"/"+c.name, func(t *testing.T) { c.run(t) })
		}
	}
}

type vector struct{ name, body string }

// sections splits a file at its "-- name --" lines. What comes before the first
// is the paragraph.
func sections(s string) []vector {
	var out []vector
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --") {
			out = append(out, vector{name: strings.TrimSuffix(name, " --")})
		} else if len(out) > 0 {
			out[len(out)-1].body += line + "\n"
		}
	}
	return out
}

func (c vector) run(t *testing.T) {
	v := &vectorFacts{t: t, f: goodFacts()}
	v.f.Margin, v.f.Caps, v.f.Recent = 0, nil, nil
	var wants [][2]string
	for line := range strings.Lines(c.body) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("line %q is not like \"key: value\"", line)
		}
		switch key {
		case "want", "because", "cite", "edition", "not":
			wants = append(wants, [2]string{key, value})
		default:
			v.set(key, value)
		}
	}
	v.relate()
	book := decide.US()
	d := book.Decide(&v.f)
	lines := book.Explain(&v.f, &d)
	wanted := false
	for _, w := range wants {
		wanted = wanted || w[0] == "want"
		if !v.met(w[0], w[1], &d, lines) {
			t.Errorf("%s: %s\ngot %v %v under %s\n%s", w[0], w[1], d.Verdict, d.NotBefore, d.Edition, strings.Join(sentences(lines), "\n"))
		}
	}
	if !wanted {
		t.Error("the case has no want")
	}
}

func sentences(lines []decide.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, "  "+l.Name+" "+l.Verdict.String()+" ("+l.Code.String()+") "+l.String())
	}
	return out
}

// vectorFacts gathers the facts of one case. Instants that are given as "ago"
// are set when all lines are read, since the time of sending may come last.
type vectorFacts struct {
	t      *testing.T
	f      decide.Facts
	placed bool
	later  []func()
}

func (v *vectorFacts) set(key, value string) {
	f := &v.f
	switch key {
	case "at":
		f.Now = v.instant(value)
	case "place":
		if !v.placed {
			f.Places, v.placed = nil, true
		}
		if value != "unknown" {
			f.Places = append(f.Places, v.place(value))
		}
	case "profile":
		f.Profile, _ = law.ParseProfile(value)
	case "margin":
		f.Margin = v.duration(value)
	case "class":
		f.Class = decide.Class(v.pick(value, func(i int) string { return decide.Class(i).String() }))
	case "consent":
		f.Consent.State = decide.ConsentState(v.pick(value, func(i int) string { return decide.ConsentState(i).String() }))
	case "agreed":
		v.ago(value, &f.Consent.Since)
	case "revoked":
		v.ago(value, &f.Consent.RevokedAt)
	case "scope":
		f.Consent.Scope = map[string]decide.Scope{"none": 0, "marketing": 1, "informational": 2, "both": 3}[value]
	case "age":
		f.Consent.AgeGate = decide.AgeGate(v.pick(value, func(i int) string { return decide.AgeGate(i).String() }))
	case "disclosed":
		f.Consent.Disclosed = v.yes(value)
	case "evidence":
		f.Consent.Verified = v.yes(value)
	default:
		v.setMore(key, value)
	}
}

func (v *vectorFacts) setMore(key, value string) {
	f := &v.f
	switch key {
	case "suppressed":
		words := strings.Fields(value)
		f.Suppressed = append(f.Suppressed, decide.Suppression{Global: strings.HasPrefix(value, "for all "),
			Reason: decide.Reason(v.pick(words[len(words)-3], func(i int) string { return decide.Reason(i).String() }))})
		s := &f.Suppressed[len(f.Suppressed)-1]
		v.ago(words[len(words)-2]+" ago", &s.At)
	case "lists":
		f.SuppressionRead = value == "read"
	case "sent":
		for _, ago := range strings.Fields(strings.TrimSuffix(value, " ago")) {
			f.Recent = append(f.Recent, time.Time{})
			i := len(f.Recent) - 1
			v.later = append(v.later, func() { f.Recent[i] = f.Now.Add(-v.duration(ago)) })
		}
	case "history":
		v.ago(value, &f.RecentSince)
	case "own cap":
		n, window, _ := strings.Cut(value, " in ")
		count, _ := strconv.Atoi(n)
		f.Caps = append(f.Caps, decide.Cap{Count: count, Window: v.duration(window), Source: "your own limit"})
	case "checked":
		f.Content.Checked = v.yes(value)
	case "forbidden":
		f.Content.Blocked = v.yes(value)
	case "alcohol":
		f.Content.NeedsAgeGate = v.yes(value)
	case "account":
		f.Account = decide.Account{Active: value != "suspended", Registered: value != "unregistered", Trial: strings.HasPrefix(value, "trial"), TestPhone: value == "trial, test phone"}
	case "not after":
		f.NotAfter = v.instant(value)
	case "answers":
		v.ago(value, &f.AnswersTo)
	case "confirmed already":
		f.AlreadyConfirmed = v.yes(value)
	case "emergency":
		f.Emergency = decide.StatesOf(place.MustState(value))
	default:
		v.t.Fatalf("no key %q", key)
	}
}

// relate sets what is relative to the time of sending.
func (v *vectorFacts) relate() {
	agreed, since := v.f.Consent.Since, v.f.RecentSince
	v.f.Consent.Since, v.f.RecentSince = v.f.Now.AddDate(0, -2, 0), v.f.Now.AddDate(0, 0, -60)
	if agreed.IsZero() {
		v.f.Consent.Since = agreed
	}
	if since.IsZero() {
		v.f.RecentSince = since
	}
	for _, f := range v.later {
		f()
	}
}

func (v *vectorFacts) ago(value string, to *time.Time) {
	switch d, ok := strings.CutSuffix(value, " ago"); {
	case value == "unknown" || value == "never":
		v.later = append(v.later, func() { *to = time.Time{} })
	case ok:
		v.later = append(v.later, func() { *to = v.f.Now.Add(-v.duration(d)) })
	default:
		at := v.instant(value)
		v.later = append(v.later, func() { *to = at })
	}
}

func (v *vectorFacts) instant(s string) time.Time {
	i := strings.LastIndexByte(s, ' ')
	z, ok := place.ParseZone(s[i+1:])
	if !ok {
		v.t.Fatalf("%q ends in no zone", s)
	}
	for _, form := range []string{"Mon 2006-01-02 15:04:05", "Mon 2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, s[:i], z.Location()); err == nil {
			if at.Format("Mon") != s[:3] {
				v.t.Fatalf("%q is a %s", s, at.Format("Mon"))
			}
			return at
		}
	}
	v.t.Fatalf("%q is not like \"Tue 2026-12-08 14:30 America/Chicago\"", s)
	return time.Time{}
}

func (v *vectorFacts) place(s string) place.Place {
	state, zone, _ := strings.Cut(s, " ")
	z, okZone := place.ParseZone(zone)
	st, ok := place.ParseState(state)
	if !ok && state != "?" || !okZone && zone != "" {
		v.t.Fatalf("%q is no place", s)
	}
	return place.Place{State: st, Zone: z}
}

func (v *vectorFacts) duration(s string) time.Duration {
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || unit == 0 {
		v.t.Fatalf("%q is not like 15m, 24h or 30d", s)
	}
	return time.Duration(n) * unit
}

func (v *vectorFacts) pick(s string, name func(int) string) int {
	for i := range 16 {
		if name(i) == s {
			return i
		}
	}
	v.t.Fatalf("no %q", s)
	return 0
}

func (v *vectorFacts) yes(s string) bool {
	if s != "yes" && s != "no" {
		v.t.Fatalf("%q is not yes or no", s)
	}
	return s == "yes"
}

// met reports whether one wish holds: the verdict and instant, a finding that
// speaks, a citation, or the edition.
func (v *vectorFacts) met(key, value string, d *decide.Decision, lines []decide.Line) bool {
	switch key {
	case "want":
		verdict, at, waits := strings.Cut(value, " until ")
		return d.Verdict.String() == verdict && (!waits || d.NotBefore.Equal(v.instant(at)))
	case "edition":
		return strings.HasPrefix(d.Edition, value+"@")
	case "cite":
		for _, l := range lines {
			if strings.Contains(l.Cite, value) {
				return true
			}
		}
		return false
	}
	heard := false
	for _, l := range lines {
		heard = heard || l.Name+" "+l.Code.String() == value
	}
	return heard == (key == "because")
}
