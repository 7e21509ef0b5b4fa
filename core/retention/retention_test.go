package retention_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
)

// TestPromise12NothingIsDueBeforeItsPeriod: whatever a cutoff gives up has had
// its whole period by the calendar, and what it leaves waits a few days at most.
func TestPromise12NothingIsDueBeforeItsPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := retention.Period{Years: rapid.IntRange(0, 12).Draw(t, "years"), Months: rapid.IntRange(0, 30).Draw(t, "months"), Days: rapid.IntRange(0, 800).Draw(t, "days")}
		if p.Ever() {
			return
		}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 2_500_000_000).Draw(t, "now"), 0).UTC()
		cut := p.Before(now)
		if end := p.Ends(cut); end.After(now) {
			t.Fatalf("kept %v, what is of %v would go on %v, though it is due on %v", p, cut, now, end)
		}
		if late := p.Ends(cut.AddDate(0, 0, 4)); !late.After(now) {
			t.Fatalf("kept %v, what is of %v stays on %v, though it was due on %v", p, cut.AddDate(0, 0, 4), now, late)
		}
	})
}

func TestBeforeByTheCalendar(t *testing.T) {
	for _, c := range []struct{ period, now, want string }{
		{"12m", "2027-02-28", "2026-02-28"},
		{"12m", "2028-02-29", "2027-02-28"},
		{"1m", "2027-03-31", "2027-02-28"},
		{"90d", "2026-11-24", "2026-08-26"},
		{"5y", "2026-11-24", "2021-11-24"},
	} {
		p, err := retention.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse("2006-01-02", c.now)
		if got := p.Before(now).Format("2006-01-02"); got != c.want {
			t.Errorf("%s before %s is %s, want %s", c.period, c.now, got, c.want)
		}
	}
}

func TestRulesAreWhole(t *testing.T) {
	for _, r := range retention.Rules() {
		if r.Name == "" || r.Holds == "" || r.From == "" || r.Why == "" || r.Source == "" {
			t.Errorf("the rule of %q lacks a part: %+v", r.Name, r)
		}
		if c, ok := retention.ParseClass(r.Name); !ok || c != r.Class {
			t.Errorf("%q is not read back", r.Name)
		}
		if r.Class == retention.Nothing {
			continue
		}
		if _, err := (retention.Periods{}).With(r.Class, r.Period); err != nil {
			t.Errorf("the default of %s is outside its own bounds: %v", r.Name, err)
		}
	}
}

func TestPeriodsWithinBounds(t *testing.T) {
	for _, c := range []struct {
		in string
		ok bool
	}{
		{"", true},
		{"words=6m,webhooks=30d", true},
		{"revocations=ever", true},
		{"words=13m", false},        // the policy promises twelve
		{"decisions=3y", false},     // a claim may come after four
		{"suppressions=10y", false}, // for ever
		{"account=31d", false},
		{"requests=12m", false},
		{"everything=1d", false},
		{"words", false},
		{"words=-1m", false},
		{"words=12", false},
		{"words=1w", false},
	} {
		_, err := retention.ParsePeriods(c.in)
		if (err == nil) != c.ok || err != nil && (core.KindOf(err) != core.Invalid || core.MessageOf(err) == "") {
			t.Errorf("%q: %v, accepted should be %v", c.in, err, c.ok)
		}
	}
	p, _ := retention.ParsePeriods("words=6m")
	if got := p.Of(retention.Words).String(); got != "6 months" {
		t.Errorf("words are kept %s", got)
	}
	if got := p.Of(retention.Texts).String(); got != "5 years" {
		t.Errorf("texts are kept %s", got)
	}
	if _, ok := p.Before(retention.Suppressions, time.Now()); ok {
		t.Error("a suppression is due")
	}
}

func TestCheckNamesWhatHasNoClass(t *testing.T) {
	schema := make(map[string][]string)
	for _, tb := range retention.Tables() {
		for c := range tb.Columns {
			schema[tb.Name] = append(schema[tb.Name], c)
		}
	}
	if bad := retention.Check(schema); len(bad) > 0 {
		t.Fatalf("the inventory does not fit itself: %q", bad)
	}
	schema["birthdays"] = []string{"number", "day"}
	schema["users"] = append(schema["users"], "birthday")
	schema["keywords"] = schema["keywords"][1:]
	delete(schema, "spools")
	bad := strings.Join(retention.Check(schema), "\n")
	for _, want := range []string{"birthdays", "users.birthday", "keywords.", "spools"} {
		if !strings.Contains(bad, want) {
			t.Errorf("nothing is said of %s:\n%s", want, bad)
		}
	}
}

// Never a date of birth (privacy policy 11, and nothing needs it).
func TestNoColumnIsADateOfBirth(t *testing.T) {
	for _, tb := range retention.Tables() {
		for c := range tb.Columns {
			if strings.Contains(c, "birth") || strings.Contains(c, "dob") || strings.Contains(c, "ip_") || c == "ip" || strings.Contains(c, "card") {
				t.Errorf("%s.%s is what we never keep", tb.Name, c)
			}
		}
	}
}

func TestHoldsCover(t *testing.T) {
	b, other := core.BusinessID{1}, core.BusinessID{2}
	c := core.CampaignID{3}
	guest, _ := core.ParseNumber("+15125550101")
	friend, _ := core.ParseNumber("+15125550102")
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for name, x := range map[string]struct {
		hold  retention.Hold
		thing retention.Thing
		want  bool
	}{
		"the business's":             {retention.Hold{Business: b}, retention.Thing{Business: b, Number: guest, At: day(1)}, true},
		"another business's":         {retention.Hold{Business: b}, retention.Thing{Business: other, Number: guest, At: day(1)}, false},
		"the guest's":                {retention.Hold{Business: b, Number: guest}, retention.Thing{Business: b, Number: guest, At: day(1)}, true},
		"another guest's":            {retention.Hold{Business: b, Number: guest}, retention.Thing{Business: b, Number: friend, At: day(1)}, false},
		"nobody knows whose":         {retention.Hold{Business: b, Number: guest}, retention.Thing{Business: b, At: day(1)}, true},
		"the campaign's":             {retention.Hold{Business: b, Campaign: c}, retention.Thing{Business: b, Campaign: c, Number: guest}, true},
		"another campaign's":         {retention.Hold{Business: b, Campaign: c}, retention.Thing{Business: b, Campaign: core.CampaignID{4}, Number: guest}, false},
		"before":                     {retention.Hold{Business: b, From: day(2), To: day(4)}, retention.Thing{Business: b, At: day(1)}, false},
		"from the first instant":     {retention.Hold{Business: b, From: day(2), To: day(4)}, retention.Thing{Business: b, At: day(2)}, true},
		"to the last, without it":    {retention.Hold{Business: b, From: day(2), To: day(4)}, retention.Thing{Business: b, At: day(4)}, false},
		"begun before, ended within": {retention.Hold{Business: b, From: day(2), To: day(4)}, retention.Thing{Business: b, At: day(1), Until: day(3)}, true},
		"of an unknown time":         {retention.Hold{Business: b, From: day(2), To: day(4)}, retention.Thing{Business: b}, true},
		"lifted":                     {retention.Hold{Business: b, Lifted: day(5)}, retention.Thing{Business: b, At: day(1)}, false},
	} {
		if got := (retention.Holds{x.hold}).Held(x.thing); got != x.want {
			t.Errorf("%s: held %v", name, got)
		}
	}
}

func TestAWrongClockIsNotBelieved(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	year := 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		newest, clock time.Time
		ok            bool
	}{
		"an empty store":                {time.Time{}, time.Time{}, true},
		"a store in use":                {now.Add(-time.Minute), now.Add(time.Second), true},
		"a quiet month":                 {now.AddDate(0, -1, 0), now, true},
		"we are a year ahead":           {now.Add(-year), time.Time{}, false},
		"we are a year behind":          {now.Add(year), time.Time{}, false},
		"the database is a year behind": {now, now.Add(-year), false},
		"the database is a year ahead":  {now, now.Add(year), false},
		"an hour of a demonstration":    {now.Add(9 * time.Hour), now.Add(9 * time.Hour), true},
	} {
		err := retention.Believe(now, c.newest, c.clock)
		if (err == nil) != c.ok || err != nil && core.KindOf(err) != core.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBoundIsTheFirstIDOfItsInstant(t *testing.T) {
	at := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	before, after := retention.Bound(at.Add(-time.Millisecond)), retention.Bound(at.Add(time.Millisecond))
	b := retention.Bound(at)
	if string(before[:]) >= string(b[:]) || string(b[:]) >= string(after[:]) {
		t.Errorf("bounds do not rise: %x %x %x", before, b, after)
	}
	if got := retention.Bound(time.Time{}); got != (core.UUID{}) {
		t.Errorf("the bound of no time is %x", got)
	}
}
