package law

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/place"
)

const opLoad = "law.Load"

// noDay stands for an open end.
const noDay = Day(1<<31 - 1)

// file is the shape of us.json. Rows are decoded one by one, so that a mistake
// in one does not hide the next.
type file struct {
	Name     string                     `json:"name"`
	AsOf     string                     `json:"as_of"`
	Since    string                     `json:"since"`
	Profiles map[string]json.RawMessage `json:"profiles"`
	Holidays map[string]json.RawMessage `json:"holidays"`
	Rows     []json.RawMessage          `json:"rows"`
	Rules    []json.RawMessage          `json:"rules"`
	Sources  map[string]Source          `json:"sources"`
}

// Load parses and checks a rulebook. The error, of kind [core.Invalid], lists
// every mistake, each after the row that it is in.
func Load(data []byte) (*Rulebook, error) {
	var f file
	if err := strictly(data, &f); err != nil {
		return nil, core.E(opLoad, core.Invalid, "the file is not a rulebook: "+err.Error())
	}
	l := &loader{rb: &Rulebook{name: f.Name, asOf: f.AsOf, sources: f.Sources, holidays: map[string]*HolidayList{}}}
	l.head(&f)
	l.holidays(f.Holidays)
	l.profiles(f.Profiles)
	for i, raw := range f.Rows {
		l.row(i, raw)
	}
	for i, raw := range f.Rules {
		l.rule(i, raw)
	}
	l.timelines()
	if len(l.errs) > 0 {
		return nil, core.E(opLoad, core.Invalid, strings.Join(l.errs, "\n"))
	}
	l.rb.hash = l.rb.fingerprint()
	l.rb.compile()
	return l.rb, nil
}

// strictly decodes one JSON value and refuses fields that are not in v: a
// misspelt "untill" would leave an old law in force.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the value")
	}
	return nil
}

type loader struct {
	rb   *Rulebook
	errs []string
}

func (l *loader) errorf(where, format string, args ...any) {
	l.errs = append(l.errs, where+": "+fmt.Sprintf(format, args...))
}

func (l *loader) head(f *file) {
	if f.Name == "" {
		l.errorf("file", "has no name")
	}
	if _, ok := parseDay(f.AsOf); !ok {
		l.errorf("file", "as_of %q is not a date like 2026-10-18", f.AsOf)
	}
	var ok bool
	if l.rb.since, ok = parseDay(f.Since); !ok {
		l.errorf("file", "since %q is not a date like 2026-10-18", f.Since)
	}
}

func (l *loader) holidays(lists map[string]json.RawMessage) {
	for _, name := range sortedKeys(lists) {
		where, hl := "holidays "+name, &HolidayList{}
		if err := strictly(lists[name], hl); err != nil {
			l.errorf(where, "%v", err)
			continue
		}
		for i := range hl.Days {
			if err := hl.Days[i].check(); err != nil {
				l.errorf(where+" "+hl.Days[i].Name, "%v", err)
			}
		}
		for day, on := range hl.Observed {
			if !(day == "sat" && on == "fri" || day == "sun" && on == "mon") {
				l.errorf(where, "observed %s on %s: only sat on fri and sun on mon are known", day, on)
			}
		}
		l.rb.holidays[name] = hl
	}
	for name, hl := range l.rb.holidays {
		for _, in := range hl.Include {
			if got := l.rb.holidays[in]; got == nil || len(got.Include) > 0 {
				l.errorf("holidays "+name, "includes %q, which is no list or includes others itself", in)
			}
		}
	}
}

func (h *Holiday) check() error {
	rules := 0
	for _, has := range []bool{h.Fixed != "", h.N != 0, h.Easter != nil, h.Election, h.MondayOf != ""} {
		if has {
			rules++
		}
	}
	if h.Name == "" || rules != 1 {
		return fmt.Errorf("needs a name and exactly one rule")
	}
	if date := h.Fixed + h.MondayOf; date != "" {
		// 2001 has no 29 February: a holiday must exist in every year.
		t, err := time.Parse(time.DateOnly, "2001-"+date)
		if err != nil {
			return fmt.Errorf("%q is not a date like 07-04", date)
		}
		h.fixed = dayRule{t.Month(), t.Day()}
	}
	if h.N == 0 {
		return nil
	}
	if _, ok := weekdays[h.Weekday]; !ok || h.Month < 1 || h.Month > 12 || h.N < -1 || h.N > 4 || h.Plus < 0 || h.Plus > 6 {
		return fmt.Errorf("needs a month 1-12, a weekday like mon, and n of 1-4 or -1")
	}
	return nil
}

func (l *loader) profiles(ps map[string]json.RawMessage) {
	for _, name := range sortedKeys(ps) {
		where, pd := "profile "+name, &profileData{}
		p, ok := ParseProfile(name)
		if !ok {
			l.errorf(where, "is not federal, default or strict")
			continue
		}
		if err := strictly(ps[name], pd); err != nil {
			l.errorf(where, "%v", err)
			continue
		}
		pd.Unknown.week = l.week(where, pd.Unknown.Windows, pd.Unknown.Closed)
		for _, h := range pd.Unknown.Holidays {
			l.listed(where, h)
		}
		l.cap(where, pd.Unknown.Cap)
		l.rb.profiles[p] = pd
	}
	for p := Federal; p < NumProfiles; p++ {
		if l.rb.profiles[p] == nil {
			l.errorf("profile "+p.String(), "is missing")
		}
	}
}

func (l *loader) listed(where, list string) {
	if l.rb.holidays[list] == nil {
		l.errorf(where, "no holiday list %q", list)
	}
}

func (l *loader) cap(where string, c *RowCap) {
	if c != nil && (c.Count < 1 || c.Hours < 1 || c.Hours > 24*366) {
		l.errorf(where, "cap of %d in %d hours: both must be 1 or more", c.Count, c.Hours)
	}
}

var (
	covers     = []string{"express", "likely", "unclear", "no", "n/a"}
	reaches    = []string{"federal_rule", "unsolicited_only", "consent_exempts", "disputed", "no_textual_consent_exception", "time_specific_consent_needed", "ebr_exempts_cap", "voice_only"}
	confidence = []string{"high", "medium", "low"}
)

func (l *loader) row(i int, raw json.RawMessage) {
	r := &Row{}
	where := "row " + strconv.Itoa(i+1)
	if err := strictly(raw, r); err != nil {
		l.errorf(where, "%v", err)
		return
	}
	where += " (" + r.ID + ")"
	r.from, r.until = l.span(where, r.From, r.Until)
	var ok bool
	if r.state, ok = place.ParseState(r.State); r.State != "US" && !(ok && r.state.US()) {
		l.errorf(where, "no state %q", r.State)
	}
	if r.enforce, ok = ParseProfile(r.Enforce); !ok {
		l.errorf(where, "enforce %q is not federal, default or strict", r.Enforce)
	}
	if r.standard, ok = ParseProfile(r.Standard); r.Standard != "" && !ok {
		l.errorf(where, "standard_time %q is not federal, default or strict", r.Standard)
	}
	for _, z := range r.Zones {
		zone, ok := place.ParseZone(z)
		if !ok {
			l.errorf(where, "no zone %q", z)
		}
		r.zones = append(r.zones, zone)
	}
	if len(r.Zones) == 0 && r.State != "US" {
		l.errorf(where, "names no zones")
	}
	l.describe(where, r)
	r.week = l.week(where, r.Windows, r.Closed)
	if r.State == "US" || r.state.US() {
		l.rb.rows = append(l.rb.rows, r)
	}
}

func (l *loader) describe(where string, r *Row) {
	if want := strings.TrimSuffix(r.State+"-"+r.From, "-"); r.ID != want {
		l.errorf(where, "the id should be %s", want)
	}
	if r.Holidays != "" {
		l.listed(where, r.Holidays)
	}
	l.cap(where, r.Cap)
	l.oneOf(where, "covers_text", r.Covers, covers)
	l.oneOf(where, "reach", r.Reach, reaches)
	if r.Name == "" || r.Cite == "" {
		l.errorf(where, "needs a name and a cite")
	}
	if r.Honor < 1 {
		l.errorf(where, "stop_honor_years must be 1 or more")
	}
	l.sourced(where, r.Source, r.Sure)
}

func (l *loader) sourced(where string, sources []string, sure string) {
	l.oneOf(where, "confidence", sure, confidence)
	if len(sources) == 0 {
		l.errorf(where, "names no source")
	}
	for _, s := range sources {
		if _, ok := l.rb.sources[s]; !ok {
			l.errorf(where, "no source %q", s)
		}
	}
}

func (l *loader) oneOf(where, field, got string, want []string) {
	if !slices.Contains(want, got) {
		l.errorf(where, "%s %q is not one of %s", field, got, strings.Join(want, ", "))
	}
}

func (l *loader) rule(i int, raw json.RawMessage) {
	r := &Rule{}
	where := "rule " + strconv.Itoa(i+1)
	if err := strictly(raw, r); err != nil {
		l.errorf(where, "%v", err)
		return
	}
	where += " (" + r.ID + ")"
	r.from, r.until = l.span(where, r.From, r.Until)
	if r.ID == "" || r.Cite == "" || r.Says == "" {
		l.errorf(where, "needs an id, a cite and what it says")
	}
	if r.Pending && r.From+r.Until != "" {
		l.errorf(where, "is pending and has dates")
	}
	l.sourced(where, r.Source, r.Sure)
	l.rb.rules = append(l.rb.rules, r)
}

// span reads a pair of dates; an empty one is open.
func (l *loader) span(where, from, until string) (Day, Day) {
	a, b := l.rb.since, noDay
	var ok bool
	if from != "" {
		if a, ok = parseDay(from); !ok {
			l.errorf(where, "from %q is not a date like 2026-10-18", from)
		} else if a < l.rb.since {
			l.errorf(where, "from %s is before the book's own %s", from, l.rb.since)
		}
	}
	if until != "" {
		if b, ok = parseDay(until); !ok {
			l.errorf(where, "until %q is not a date like 2026-10-18", until)
		} else if b <= a {
			l.errorf(where, "until %s is not after from %s", until, a)
		}
	}
	return a, b
}

var weekdays = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// week reads windows and closed days, which together must name each weekday
// exactly once: a day that was merely forgotten must not pass for a closed one.
func (l *loader) week(where string, windows, closed []string) [7]weekday {
	var week [7]weekday
	var seen [7]int
	for _, w := range windows {
		first, last, hours, ok := parseWindow(w)
		if !ok {
			l.errorf(where, "window %q is not like \"mon-sat 09:00-19:00\"", w)
			continue
		}
		for d := first; ; d = (d + 1) % 7 {
			week[d] = hours
			seen[d]++
			if d == last {
				break
			}
		}
	}
	for _, c := range closed {
		if d, ok := weekdays[c]; ok {
			seen[d]++
		} else {
			l.errorf(where, "closed day %q is not like sun", c)
		}
	}
	for name, d := range weekdays {
		if seen[d] != 1 {
			l.errorf(where, "%s is named %d times in windows and closed", name, seen[d])
		}
	}
	return week
}

func parseWindow(s string) (first, last time.Weekday, hours weekday, ok bool) {
	days, times, ok1 := strings.Cut(s, " ")
	open, shut, ok2 := strings.Cut(times, "-")
	a, b, span := strings.Cut(days, "-")
	if !span {
		b = a
	}
	first, ok3 := weekdays[a]
	last, ok4 := weekdays[b]
	var ok5, ok6 bool
	hours.open, ok5 = parseMinutes(open)
	hours.close, ok6 = parseMinutes(shut)
	return first, last, hours, ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && hours.open < hours.close
}

func parseMinutes(s string) (uint16, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return uint16(t.Hour()*60 + t.Minute()), err == nil && len(s) == 5
}

// timelines checks that each state has exactly one row at any time.
func (l *loader) timelines() {
	byState := map[place.State][]*Row{}
	for _, r := range l.rb.rows {
		byState[r.state] = append(byState[r.state], r)
	}
	for s := place.State(0); int(s) < place.NumStates; s++ {
		if s != 0 && !s.US() {
			continue
		}
		name := s.String()
		if s == 0 {
			name = "US"
		}
		next := l.rb.since
		for _, r := range byState[s] {
			if r.from != next {
				l.errorf("state "+name, "row %s should begin on %s, where the one before it ends", r.ID, next)
			}
			next = r.until
		}
		if next != noDay {
			l.errorf("state "+name, "has no row from %s on", next)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fingerprint hashes all that can change a decision.
func (rb *Rulebook) fingerprint() string {
	h := sha256.New()
	fmt.Fprintln(h, rb.name, rb.since)
	for p := Federal; p < NumProfiles; p++ {
		u := &rb.profiles[p].Unknown
		fmt.Fprintln(h, p, u.week, u.Holidays, capOf(u.Cap))
	}
	for _, name := range sortedKeys(rb.holidays) {
		hl := rb.holidays[name]
		fmt.Fprintln(h, name, hl.Include, sortedKeys(hl.Observed))
		for _, d := range hl.Days {
			e := 1000
			if d.Easter != nil {
				e = *d.Easter
			}
			fmt.Fprintln(h, d.Fixed, d.Month, d.Weekday, d.N, d.Plus, e, d.Election, d.EvenYears, d.MondayOf)
		}
	}
	for _, r := range rb.rows {
		fmt.Fprintln(h, r.State, r.from, r.until, r.week, r.Holidays, r.standard, capOf(r.Cap), r.enforce, r.zones)
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

func capOf(c *RowCap) [2]int {
	if c == nil {
		return [2]int{}
	}
	return [2]int{c.Count, c.Hours}
}
