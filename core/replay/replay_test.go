package replay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/replay"
	"github.com/jobfluss/nexo/core/store"
)

func service(w *venuetest.World) *replay.Service {
	return &replay.Service{Store: w.Store, Judge: replay.NewJudge(law.US()), Page: 7}
}

// texan is a guest with a number from Dallas.
var texan = venuetest.Guest(3 * 99)

// sent is a venue with a campaign that has gone to the guests.
func sent(t venuetest.TB, guests ...core.Number) (*venuetest.World, core.CampaignID) {
	w := venuetest.New(t)
	w.Join(guests...)
	w.Clock.Add(24 * time.Hour)
	c := w.Campaign()
	w.Send()
	return w, c.ID
}

func records(w *venuetest.World, id core.MessageID) []evidence.Record {
	var out []evidence.Record
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		out, err = tx.Evidence.OfMessage(ctx, w.Business.ID, id)
		return err
	})
	return out
}

func TestMessageAgrees(t *testing.T) {
	w, _ := sent(t, texan)
	m := w.Texts(texan, message.Marketing)[0]
	for name, b := range map[string]core.BusinessID{"of the business": w.Business.ID, "looked for": {}} {
		got, err := service(w).Message(t.Context(), b, m.ID, replay.Supposition{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a := got.Last(); !a.Same || a.Decision.Verdict != decide.Send || a.Supposed != nil || got.Business != w.Business.ID || a.Message != m.ID {
			t.Errorf("%s: the text that was sent replays to %+v", name, a)
		}
	}
}

// What another reading, instant or edition says is what the engine says of the
// same facts under it.
func TestSuppositions(t *testing.T) {
	floridian := venuetest.Guest(7 * 99) // 305: Miami
	w, _ := sent(t, floridian)
	m := w.Texts(floridian, message.Marketing)[0]
	evening := time.Date(2026, 12, 10, 1, 30, 0, 0, time.UTC) // 8:30 pm there: the federal window is open, the state's is not
	for _, c := range []struct {
		name    string
		sup     replay.Supposition
		verdict decide.Verdict
		rule    string // one that changes
		says    string
	}{
		{"the same instant", replay.Supposition{Profile: law.Default}, decide.Send, "", ""},
		{"the federal law alone", replay.Supposition{Profile: law.Federal}, decide.Send, "cap", ""},
		{"in the evening", replay.Supposition{At: evening}, decide.Wait, "hours", "waiting until"},
		{"in the evening, by the federal law alone", replay.Supposition{At: evening, Profile: law.Federal}, decide.Send, "hours", "8:30 pm"},
		{"in the evening, before there was a law of the state's", replay.Supposition{At: evening, Edition: "us-2020-01-01"}, decide.Send, "cap", ""},
		{"before the guest agreed", replay.Supposition{At: venuetest.Afternoon.Add(-time.Hour)}, decide.Block, "consent", "begins after"},
		{"before there is any law", replay.Supposition{At: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)}, decide.Block, "book", "no law for this instant"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := service(w).Message(t.Context(), w.Business.ID, m.ID, c.sup)
			if err != nil {
				t.Fatal(err)
			}
			a := got.Last()
			if a.Supposed == nil || a.Supposed.Decision.Verdict != c.verdict {
				t.Fatalf("it supposes %+v, want %v", a.Supposed, c.verdict)
			}
			if !a.Same || a.Decision.Verdict != decide.Send {
				t.Error("what is supposed changed what was decided")
			}
			found := c.rule == "" && len(a.Supposed.Changes) == 0
			for _, ch := range a.Supposed.Changes {
				found = found || ch.Rule == c.rule && (ch.After == nil || strings.Contains(ch.After.Why, c.says))
			}
			if !found {
				t.Errorf("the rule %q is not among the changes, or does not say %q: %+v", c.rule, c.says, a.Supposed.Changes)
			}
			if n := a.Supposed.Alike + len(a.Supposed.Changes); n < len(a.Decision.Findings()) {
				t.Errorf("%d findings were compared, there are %d", n, len(a.Decision.Findings()))
			}
		})
	}
}

func TestRecordsThatCannotBeTakenAgain(t *testing.T) {
	w, c := sent(t, texan)
	m := w.Texts(texan, message.Marketing)[0]
	r := records(w, m.ID)[0]
	j := replay.NewJudge(law.US())

	other := []byte(strings.Replace(string(r.Body), "us-2026-10-18@", "us-2026-10-18@0", 1))
	older := r
	older.Body, older.Commitment = other, evidence.Commit(r.Salt, other)
	changed := r
	changed.Body = []byte(strings.Replace(string(r.Body), `"send"`, `"wait"`, 1))
	lying := changed
	lying.Commitment = evidence.Commit(lying.Salt, lying.Body)
	erased := r
	erased.Body = nil
	submission := records(w, m.ID)[1]

	for _, c := range []struct {
		name string
		r    evidence.Record
		sup  replay.Supposition
		kind core.Kind
		says string
	}{
		{"of another file of the law", older, replay.Supposition{}, core.NotFound, "--rulebook"},
		{"changed", changed, replay.Supposition{}, core.Invalid, "was changed"},
		{"erased", erased, replay.Supposition{}, core.Conflict, "erased"},
		{"no decision", submission, replay.Supposition{}, core.Invalid, "no decision"},
		{"an edition that nobody knows", r, replay.Supposition{Edition: "us-1999-01-01"}, core.NotFound, "us-2026-10-18"},
	} {
		_, err := j.Replay(c.r, c.sup)
		if !errors.Is(err, c.kind) || !strings.Contains(core.MessageOf(err), c.says) {
			t.Errorf("%s: %v, want %v that says %q", c.name, err, c.kind, c.says)
		}
	}
	// A decision that nothing was done to, but that the engine would not take.
	a, err := j.Replay(lying, replay.Supposition{})
	if err != nil || a.Same || a.Recorded.Verdict == a.Decision.Verdict.String() && len(a.Recorded.Lost) == 0 {
		t.Errorf("a decision that the facts do not give: %+v, %v", a.Recorded, err)
	}

	s := service(w)
	if _, err := s.Message(t.Context(), core.BusinessID{}, core.MessageID{9}, replay.Supposition{}); !errors.Is(err, core.NotFound) {
		t.Errorf("a text that there is not: %v", err)
	}
	if _, err := s.Message(t.Context(), core.BusinessID{9}, m.ID, replay.Supposition{}); !errors.Is(err, core.NotFound) {
		t.Errorf("a text of another business: %v", err)
	}
	none := func(replay.Difference) error { return nil }
	if _, err := s.Campaign(t.Context(), core.BusinessID{}, core.CampaignID{9}, replay.Supposition{}, none); !errors.Is(err, core.NotFound) {
		t.Errorf("a campaign that there is not: %v", err)
	}
	if _, err := s.Campaign(t.Context(), core.BusinessID{}, c, replay.Supposition{Edition: "us-1999-01-01"}, none); !errors.Is(err, core.NotFound) {
		t.Errorf("a campaign by an edition that there is not: %v", err)
	}
}

// Each text of a campaign counts once, by its last decision, and the list is of
// those that differ.
func TestCampaign(t *testing.T) {
	var guests []core.Number
	for i := range 40 {
		guests = append(guests, venuetest.Guest(i*67))
	}
	w := venuetest.New(t)
	w.Join(guests...)
	w.Says(guests[3], "STOP")
	w.Hear()
	w.Clock.Add(24*time.Hour + 4*time.Hour) // 6:30 pm in Austin, half past seven in the east
	c := w.Campaign()
	w.Send()
	w.Clock.Add(16 * time.Hour)
	w.Send()
	var gone core.RecordID
	for _, r := range records(w, w.Texts(guests[5], message.Marketing)[0].ID) {
		if r.Kind == evidence.KindDecision {
			gone = r.ID
		}
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return tx.Evidence.Erase(ctx, w.Business.ID, []core.RecordID{gone})
	})

	s := service(w)
	walk := func(sup replay.Supposition) (replay.Sum, []replay.Difference) {
		var ds []replay.Difference
		sum, err := s.Campaign(t.Context(), core.BusinessID{}, c.ID, sup, func(d replay.Difference) error { ds = append(ds, d); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return sum, ds
	}
	sum, ds := walk(replay.Supposition{})
	if sum.Texts != 40 || sum.Erased != 1 || sum.Was(decide.Block) != 1 || sum.Was(decide.Send) != 38 || sum.Moved()+sum.Broken+sum.Unread+len(ds) != 0 {
		t.Errorf("taken again: %+v with %d differences", sum, len(ds))
	}
	if sum.Decisions <= sum.Texts {
		t.Fatal("no text waited: the test shows nothing about texts that were decided twice")
	}

	sum, ds = walk(replay.Supposition{Profile: law.Strict})
	counted := 0
	for _, n := range sum.Reasons {
		counted += n
	}
	if sum.Texts != 40 || sum.Moved() != len(ds) || counted != len(ds) || sum.Is(decide.Send)+sum.Is(decide.Wait)+sum.Is(decide.Block) != 39 {
		t.Errorf("by the strict reading: %+v with %d differences", sum, len(ds))
	}
	sum, ds = walk(replay.Supposition{At: venuetest.Afternoon.Add(31 * time.Hour)}) // the same evening, at half past nine
	if sum.Is(decide.Send) != 0 || sum.Is(decide.Wait) != 38 || len(ds) != 38 {
		t.Errorf("at night: %+v with %d differences", sum, len(ds))
	}
	for _, d := range ds {
		if !strings.Contains(d.Why, "Waiting until") || d.Is != decide.Wait || d.IsUntil.IsZero() || d.Unread != "" {
			t.Errorf("at night: %+v", d)
		}
		w.NoWholeNumber("a difference", fmt.Sprintf("%+v", d), d.Number)
	}
	if _, err := s.Campaign(t.Context(), w.Business.ID, c.ID, replay.Supposition{Profile: law.Strict, At: venuetest.Afternoon.Add(31 * time.Hour)},
		func(replay.Difference) error { return context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who has enough: %v", err)
	}
}

// Whoever supposes what was so anyway gets what was decided, whatever the facts.
func TestSupposingTheSame(t *testing.T) {
	j := replay.NewJudge(law.US())
	book := decide.US()
	rapid.Check(t, func(t *rapid.T) {
		f := decide.Facts{
			Now: time.Unix(rapid.Int64Range(1577836800, 1830000000).Draw(t, "now"), 0).UTC(), Class: decide.Class(rapid.IntRange(0, 6).Draw(t, "class")),
			Profile: law.Profile(rapid.IntRange(1, 3).Draw(t, "profile")), SuppressionRead: rapid.Bool().Draw(t, "read"),
			Consent: decide.Consent{State: decide.ConsentState(rapid.IntRange(0, 4).Draw(t, "state")), Since: time.Unix(1577836800, 0), Scope: decide.ScopeMarketing, Disclosed: true, Verified: rapid.Bool().Draw(t, "proven")},
			Content: decide.Content{Checked: true}, Account: decide.Account{Active: true, Registered: true},
			RecentSince: time.Unix(1500000000, 0), Caps: []decide.Cap{{Count: 8, Window: 720 * time.Hour, Source: "the promise"}, {Count: rapid.IntRange(0, 3).Draw(t, "cap"), Window: time.Hour}},
		}
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			f.Suppressed = append(f.Suppressed, decide.Suppression{Reason: decide.Reason(rapid.IntRange(0, 7).Draw(t, "reason")), Global: rapid.Bool().Draw(t, "global")})
		}
		d := book.Decide(&f)
		m := message.Message{ID: core.MessageID{1}, Business: core.BusinessID{2}, To: texan, Class: message.Class(f.Class)}
		r := evidence.NewDecision(evidence.Seed{ID: core.RecordID{3}}, m, f.Now, &f, &d)
		a, err := j.Replay(r, replay.Supposition{Profile: f.Profile, At: f.Now})
		if err != nil || !a.Same {
			t.Fatalf("it replays to %+v, %v", a, err)
		}
		if a.Supposed.Decision != d || len(a.Supposed.Changes) != 0 || a.Supposed.Alike != len(d.Findings()) {
			t.Fatalf("supposing the same changes %+v", a.Supposed.Changes)
		}
		// Under the edition of the day, only waits into a later one may differ.
		same, err := j.Replay(r, replay.Supposition{Edition: d.Edition})
		if err != nil || same.Supposed != nil && d.Verdict != decide.Wait && same.Supposed.Decision.Verdict != d.Verdict {
			t.Fatalf("under the edition of the day: %+v, %v", same.Supposed, err)
		}
	})
}

func TestParseText(t *testing.T) {
	m := message.Message{ID: core.MessageID{1, 2}, Business: core.BusinessID{3}}
	for in, want := range map[string]core.BusinessID{m.ID.String(): {}, string(m.Token()): m.Business, strings.ToLower(string(m.Token())): m.Business} {
		b, id, err := replay.ParseText(in)
		if err != nil || b != want || id != m.ID {
			t.Errorf("%q is read as %v of %v, %v", in, id, b, err)
		}
	}
	for _, in := range []string{"", "x", "+15125550101", m.ID.String() + "0"} {
		if _, _, err := replay.ParseText(in); !errors.Is(err, core.Invalid) || strings.Contains(err.Error(), "555") {
			t.Errorf("%q is read, or its error is %v", in, err)
		}
	}
}
