package pace_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/pace"
)

var now = time.Date(2026, 12, 8, 23, 0, 0, 0, time.UTC) // 3 pm in Los Angeles

func TestLimitsAreThoseOfTheCarriers(t *testing.T) {
	for c, want := range map[pace.Class]int{pace.ClassUnknown: 0, pace.ClassAB: 4500, pace.ClassCD: 2400, pace.ClassEF: 240, pace.ClassT: 75, pace.ClassSole: 15, 200: 0} {
		if got := c.Rate(); got.N != want || got.Limited() != (want > 0) {
			t.Errorf("class %v: %+v, want %d a minute", c, got, want)
		}
		if back, ok := pace.ParseClass(c.String()); ok && back != c || !ok && want > 0 {
			t.Errorf("%v reads as %v", c, back)
		}
	}
	for tier, want := range []int{0, 200_000, 40_000, 10_000, 2_000, 1_000, 0} {
		if got := pace.Tier(tier).Daily(); got != want {
			t.Errorf("tier %d: %d a day, want %d", tier, got, want)
		}
	}
}

func TestMidnightIsPacific(t *testing.T) {
	for from, want := range map[string]string{
		"2026-12-08T23:00:00Z": "2026-12-09T08:00:00Z",
		"2026-12-09T07:59:59Z": "2026-12-09T08:00:00Z",
		"2026-12-09T08:00:00Z": "2026-12-10T08:00:00Z",
		"2026-03-08T09:00:00Z": "2026-03-09T07:00:00Z", // the day on which the clock goes forward
		"2026-11-01T08:00:00Z": "2026-11-02T08:00:00Z", // and back
	} {
		at, _ := time.Parse(time.RFC3339, from)
		if got := pace.Midnight(at).Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
}

// Whatever sizes workers take and whenever, what leaves in any time is no more
// than the rate allows, but for one batch and a second's worth ahead.
func TestMeterKeepsTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := pace.Rate{N: rapid.IntRange(1, 5000).Draw(t, "rate"), Per: time.Minute}
		largest := rapid.IntRange(1, 500).Draw(t, "largest batch")
		var m pace.Meter
		sent, at := 0, now
		for range 50 {
			at = at.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond)
			if m.NotBefore().After(at) {
				continue
			}
			n := rapid.IntRange(1, largest).Draw(t, "batch")
			m = m.Spend(rate, n, at)
			sent += n
		}
		allowed := float64(rate.N)*(at.Sub(now).Seconds()+1)/60 + float64(largest)
		if float64(sent) > allowed+1 {
			t.Fatalf("%d left in %v, %.0f are allowed", sent, at.Sub(now), allowed)
		}
	})
}

func TestRefusalsSlowDownAndWearOff(t *testing.T) {
	rate := pace.Rate{N: 60, Per: time.Second}
	m := pace.Meter{}.Refused(now, 2*time.Second)
	if !m.NotBefore().Equal(now.Add(2 * time.Second)) {
		t.Errorf("asked to wait 2 s, it waits until %v", m.NotBefore())
	}
	if got := m.Rate(rate, now).Time(60); got != 2*time.Second {
		t.Errorf("after one refusal a second's worth takes %v, want 2s", got)
	}
	if again := m.Refused(now.Add(100*time.Millisecond), 0); again.Slow != m.Slow {
		t.Error("the refusals of one burst count more than once")
	}
	for i := range 30 {
		m = m.Refused(now.Add(time.Duration(i)*1100*time.Millisecond), 0)
	}
	at := now.Add(30 * 1100 * time.Millisecond)
	slowed := m.Rate(rate, at).Time(60)
	if slowed < 10*time.Second || slowed > 65*time.Second {
		t.Errorf("after thirty refusals a second's worth takes %v", slowed)
	}
	before := slowed
	for i := 1; i <= 6; i++ {
		got := m.Rate(rate, at.Add(time.Duration(i)*10*time.Second)).Time(60)
		if got > before {
			t.Errorf("it gets slower by itself: %v, then %v", before, got)
		}
		before = got
	}
	if before != time.Second || !m.Idle(at.Add(time.Minute)) {
		t.Errorf("a minute later a second's worth takes %v, want 1s", before)
	}
}

// A sender without a limit of its own is held to the account's default while it
// is slowed, and free again after.
func TestUnlimitedSenderIsSlowedToo(t *testing.T) {
	var m pace.Meter
	if m = m.Spend(pace.Rate{}, 10_000, now); !m.Idle(now) {
		t.Error("a sender without a limit waits")
	}
	m = m.Refused(now, 0).Spend(pace.Rate{}, 500, now)
	if got := m.Free.Sub(now); got != 20*time.Second {
		t.Errorf("500 parts at half of 50 a second take %v, want 20s", got)
	}
	if m.Halted(now.Add(time.Hour)).NotBefore() != now.Add(time.Hour) {
		t.Error("a halted sender is tried before its time")
	}
}

func TestForecast(t *testing.T) {
	perSecond := pace.Rate{N: 10, Per: time.Second}
	morning := now.Add(15 * time.Hour)
	for name, tt := range map[string]struct {
		plan pace.Plan
		want pace.Finish
	}{
		"nobody":        {pace.Plan{Now: now}, pace.Finish{}},
		"without limit": {pace.Plan{Now: now, Loads: []pace.Load{{now, 5000}}}, pace.Finish{At: now, Today: now}},
		"at the rate": {pace.Plan{Now: now, Rate: perSecond, Parts: 2, Ahead: 100, Loads: []pace.Load{{now, 50}}},
			pace.Finish{At: now.Add(20 * time.Second), Today: now.Add(20 * time.Second)}},
		"some wait for the morning": {pace.Plan{Now: now, Rate: perSecond, Loads: []pace.Load{{morning, 20}, {now, 100}}},
			pace.Finish{At: morning.Add(2 * time.Second), Today: now.Add(10 * time.Second)}},
		"some do not make it": {pace.Plan{Now: now, Rate: perSecond, NotAfter: now.Add(30 * time.Second), Loads: []pace.Load{{now, 1000}, {morning, 7}}},
			pace.Finish{At: now.Add(30 * time.Second), Today: now.Add(30 * time.Second), Late: 707}},
		"more than T-Mobile takes today": {pace.Plan{Now: now, Daily: 2000, Used: 1900, Loads: []pace.Load{{now, 1000}, {morning, 1000}}},
			pace.Finish{At: morning, Today: now, Over: 250}},
	} {
		if got := pace.Forecast(tt.plan); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

// A faster rate never ends later, and nobody is lost.
func TestForecastIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pace.Plan{Now: now, NotAfter: now.Add(9 * time.Hour), Rate: pace.Rate{N: rapid.IntRange(1, 5000).Draw(t, "rate"), Per: time.Minute}, Parts: rapid.IntRange(1, 4).Draw(t, "parts")}
		total := 0
		for range rapid.IntRange(0, 5).Draw(t, "loads") {
			l := pace.Load{At: now.Add(time.Duration(rapid.IntRange(-60, 600).Draw(t, "minute")) * time.Minute), N: rapid.IntRange(0, 5000).Draw(t, "texts")}
			p.Loads, total = append(p.Loads, l), total+l.N
		}
		slow := pace.Forecast(p)
		p.Rate.N *= 2
		fast := pace.Forecast(p)
		if fast.Late > slow.Late || slow.Late > total || slow.At.After(p.NotAfter) {
			t.Fatalf("slow %+v, fast %+v", slow, fast)
		}
	})
}

// What the carrier's pages say of texts with pictures is kept, whatever they are
// mixed with.
func TestPicturesCountForMore(t *testing.T) {
	for _, tt := range []struct {
		rate     pace.Rate
		pictures int // in the time
	}{
		{pace.ClassAB.Rate(), 2400}, {pace.ClassCD.Rate(), 1200}, {pace.ClassEF.Rate(), 150}, {pace.ClassT.Rate(), 50},
		{pace.ClassSole.Rate(), 15}, {pace.AccountDefault, 15},
	} {
		if n := tt.rate.N / tt.rate.Parts(1, true); n > tt.pictures || n < tt.pictures*3/4 {
			t.Errorf("%+v: %d pictures, want not much less than %d", tt.rate, n, tt.pictures)
		}
		if tt.rate.Parts(0, false) != 1 || tt.rate.Parts(3, false) != 3 {
			t.Errorf("%+v: a text without pictures counts as its parts", tt.rate)
		}
	}
	if r := pace.SenderRate(pace.ClassSole, true); r.Time(20) != time.Second || r.Parts(2, true) != 2 {
		t.Errorf("a toll-free number's rate is %+v, whatever its class", r)
	}
	if pace.SenderRate(pace.ClassT, false) != pace.ClassT.Rate() || pace.SenderRate(pace.ClassUnknown, false).Limited() {
		t.Error("a local number's rate is its class's")
	}
}
