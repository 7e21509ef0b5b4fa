package optout_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A town is a venue with the service, and a person who works there.
type town struct {
	*venuetest.World
	s     *optout.Service
	staff account.User
}

func newTown(t *testing.T) *town {
	w := venuetest.New(t)
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "LUNA", Business: w.Business.ID, Number: w.Business.Sender, Code: code, Created: w.Clock.Now()})
	})
	return &town{
		World: w, s: &optout.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs, Links: links(t, secret)},
		staff: account.User{ID: core.UserID(w.IDs.New()), Business: w.Business.ID, Role: account.Staff},
	}
}

func (w *town) standing(n core.Number) (s consent.State) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		sub, err := tx.Consent.Subscriber(ctx, w.Pair(n))
		s = sub.Standing.State
		if errors.Is(err, core.NotFound) {
			return nil
		}
		return err
	})
	return s
}

func (w *town) bars(n core.Number) (es []suppression.Entry) {
	w.Update(func(ctx context.Context, tx store.Tx) (err error) {
		es, err = tx.Suppression.Barring(ctx, []core.Pair{w.Pair(n)})
		return err
	})
	return es
}

func (w *town) doubts() (ds []optout.Doubt) {
	w.Update(func(ctx context.Context, tx store.Tx) (err error) {
		ds, err = optout.Doubts(ctx, tx, w.Business.ID, 10)
		return err
	})
	return ds
}

func (w *town) records(n core.Number, k evidence.Kind) (out []evidence.Record) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(n), core.RecordID{}, 100)
		for _, r := range rs {
			if r.Kind == k {
				out = append(out, r)
			}
		}
		return err
	})
	return out
}

// silent fails the test if a campaign reaches the guest.
func (w *town) silent(t *testing.T, n core.Number) {
	t.Helper()
	before := len(w.Texts(n, message.Marketing))
	w.Campaign()
	w.Send()
	for _, m := range w.Texts(n, message.Marketing)[before:] {
		if m.State != message.Blocked {
			t.Errorf("a campaign text to the guest is %v", m.State)
		}
	}
}

func TestALinkOptsOutOnce(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	tok := w.s.Links.Token(code, guest)
	in, err := w.s.Open(t.Context(), tok)
	if err != nil || in.Business.ID != w.Business.ID || in.OptedOut {
		t.Fatalf("Open: %+v, %v", in, err)
	}
	for range 2 {
		if err := w.s.ByLink(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
	}
	if s := w.standing(guest); s != consent.OptedOut {
		t.Errorf("the guest is %v", s)
	}
	if b := w.bars(guest); len(b) != 1 || b[0].Reason != suppression.OptOut || b[0].Source != "link" {
		t.Errorf("the guest is barred by %+v", b)
	}
	if rs := w.records(guest, evidence.KindRevocation); len(rs) != 1 {
		t.Errorf("%d records of one opt-out", len(rs))
	} else if b, err := evidence.ParseRevocation(rs[0]); err != nil || b.Method != "web" || b.Rule != "link" {
		t.Errorf("the record says %+v, %v", b, err)
	}
	if in, err := w.s.Open(t.Context(), tok); err != nil || !in.OptedOut {
		t.Errorf("after it, the page says %+v, %v", in, err)
	}
	w.silent(t, guest)
	if n := len(w.Texts(guest, message.Confirmation)); n != 0 {
		t.Errorf("%d texts confirm what the page said already", n)
	}

	// Only the guest's own word lifts it.
	w.Clock.Add(time.Second)
	w.Join(guest)
	if s, b := w.standing(guest), w.bars(guest); s != consent.Active || len(b) != 0 {
		t.Errorf("after joining anew the guest is %v, barred by %v", s, b)
	}
	if err := w.s.ByLink(t.Context(), tok); err != nil || w.standing(guest) != consent.OptedOut {
		t.Errorf("the link does not work a second time: %v, %v", w.standing(guest), err)
	}
}

func TestALinkOptsOutWhoNeverJoined(t *testing.T) {
	w := newTown(t)
	if err := w.s.ByLink(t.Context(), w.s.Links.Token(code, guest)); err != nil {
		t.Fatal(err)
	}
	if len(w.bars(guest)) != 1 {
		t.Error("the stranger is not barred")
	}
	for _, tok := range []string{"", "nonsense", w.s.Links.Token("zzzzzzzz", guest)} {
		if err := w.s.ByLink(t.Context(), tok); !errors.Is(err, core.NotFound) {
			t.Errorf("ByLink(%q): %v, want NotFound", tok, err)
		}
	}
}

// A clock that lags behind the carrier's must not make the opt-out the older word.
func TestAnOptOutOnALaggingClockBarsAllTheSame(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	w.Clock.Add(-time.Hour)
	if err := w.s.ByLink(t.Context(), w.s.Links.Token(code, guest)); err != nil {
		t.Fatal(err)
	}
	if s := w.standing(guest); s != consent.OptedOut {
		t.Errorf("the guest is %v", s)
	}
}

func today(w *town) string {
	return w.Clock.Now().In(w.Business.Zone.Location()).Format("2006-01-02")
}

func TestStaffEnterAnOptOut(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	ok, err := w.s.Enter(t.Context(), w.staff, optout.Request{Number: guest, Means: "phone", Words: " take me off that list ", Day: today(w)})
	if err != nil || !ok {
		t.Fatalf("Enter: %v, %v", ok, err)
	}
	b := w.bars(guest)
	if len(b) != 1 || b[0].Source != "staff.phone" || b[0].Words != "take me off that list" || b[0].Actor != w.staff.ID.String() {
		t.Errorf("the guest is barred by %+v", b)
	}
	rs := w.records(guest, evidence.KindRevocation)
	if len(rs) != 1 {
		t.Fatalf("%d records", len(rs))
	}
	if x, err := evidence.ParseRevocation(rs[0]); err != nil || x.Said != "take me off that list" || x.Actor != w.staff.ID.String() || x.Method != "staff" || !strings.Contains(x.Note, today(w)) {
		t.Errorf("the record says %+v, %v", x, err)
	}
	w.silent(t, guest)
	if n := len(w.Texts(guest, message.Confirmation)); n != 0 {
		t.Error("a guest who phoned got a text")
	}
}

func TestAnEarlierDayCountsToItsEnd(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	yesterday := w.Clock.Now().Add(-24 * time.Hour).Format("2006-01-02")
	// The guest joined after that day: theirs is the later word.
	if ok, err := w.s.Enter(t.Context(), w.staff, optout.Request{Number: guest, Means: "email", Words: "stop", Day: yesterday}); err != nil || ok {
		t.Errorf("an opt-out older than the opt-in: %v, %v", ok, err)
	}
	if s := w.standing(guest); s != consent.Active || len(w.bars(guest)) != 0 {
		t.Errorf("the guest is %v", s)
	}
	if len(w.records(guest, evidence.KindRevocation)) != 1 {
		t.Error("what the guest said is not on record")
	}
	// A day later, the day of the opt-in is past: said on that day, it wins.
	w.Clock.Add(24 * time.Hour)
	joined := w.Clock.Now().Add(-24 * time.Hour).Format("2006-01-02")
	if ok, err := w.s.Enter(t.Context(), w.staff, optout.Request{Number: guest, Means: "in_person", Words: "no more", Day: joined}); err != nil || !ok {
		t.Errorf("an opt-out on the day of the opt-in: %v, %v", ok, err)
	}
	if s := w.standing(guest); s != consent.OptedOut {
		t.Errorf("the guest is %v", s)
	}
}

func TestWhatIsWrongWithARequestIsSaid(t *testing.T) {
	w := newTown(t)
	good := optout.Request{Number: guest, Means: "phone", Words: "stop", Day: today(w)}
	for name, x := range map[string]struct {
		change func(*optout.Request)
		field  string
	}{
		"no number":    {func(r *optout.Request) { r.Number = core.Number{} }, optout.FieldNumber},
		"no means":     {func(r *optout.Request) { r.Means = "telepathy" }, optout.FieldMeans},
		"no words":     {func(r *optout.Request) { r.Words = "  " }, optout.FieldWords},
		"bytes":        {func(r *optout.Request) { r.Words = "\xff" }, optout.FieldWords},
		"a novel":      {func(r *optout.Request) { r.Words = strings.Repeat("é", 1001) }, optout.FieldWords},
		"no day":       {func(r *optout.Request) { r.Day = "yesterday" }, optout.FieldDay},
		"to come":      {func(r *optout.Request) { r.Day = "2026-12-09" }, optout.FieldDay},
		"long ago":     {func(r *optout.Request) { r.Day = "1926-12-08" }, optout.FieldDay},
		"no such day":  {func(r *optout.Request) { r.Day = "2026-02-30" }, optout.FieldDay},
		"no such mean": {func(r *optout.Request) { r.Means = "" }, optout.FieldMeans},
	} {
		r := good
		x.change(&r)
		_, err := w.s.Enter(t.Context(), w.staff, r)
		var bad optout.Problems
		if !errors.As(err, &bad) || len(bad) != 1 || bad[x.field] == "" || core.KindOf(err) != core.Invalid {
			t.Errorf("%s: %v, want one problem of %s", name, err, x.field)
		}
	}
	w.staff.Role = account.ReadOnly
	if _, err := w.s.Enter(t.Context(), w.staff, good); !errors.Is(err, core.Denied) {
		t.Errorf("who may only look: %v, want Denied", err)
	}
	if len(w.bars(guest)) != 0 {
		t.Error("a refused request bars")
	}
}

const unsure = "im at work stop"

func TestADoubtIsConfirmedOrUndone(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	w.Says(guest, unsure)
	w.Hear()
	ds := w.doubts()
	if len(ds) != 1 || ds[0].Number != guest || len(ds[0].Said) != 1 || ds[0].Said[0].Evidence.RawText != unsure {
		t.Fatalf("doubts: %+v", ds)
	}
	w.Clock.Add(time.Minute)
	if err := w.s.Settle(t.Context(), w.staff, guest, ds[0].Last(), false); err != nil {
		t.Fatal(err)
	}
	if s := w.standing(guest); s != consent.Active || len(w.bars(guest)) != 0 || len(w.doubts()) != 0 {
		t.Errorf("after undoing, the guest is %v, barred by %v", s, w.bars(guest))
	}
	if err := w.s.Settle(t.Context(), w.staff, guest, ds[0].Last(), true); !errors.Is(err, core.Conflict) {
		t.Errorf("settled twice: %v, want Conflict", err)
	}

	// Again, and this time it was meant.
	w.Clock.Add(time.Hour)
	w.Says(guest, unsure)
	w.Hear()
	first := w.doubts()
	w.Clock.Add(time.Minute)
	w.Says(guest, "Stop friend")
	w.Hear()
	if err := w.s.Settle(t.Context(), w.staff, guest, first[0].Last(), false); !errors.Is(err, core.Conflict) {
		t.Errorf("undone without reading the newest: %v, want Conflict", err)
	}
	if err := w.s.Settle(t.Context(), w.staff, guest, w.doubts()[0].Last(), true); err != nil {
		t.Fatal(err)
	}
	b := w.bars(guest)
	if len(b) != 1 || b[0].Reason != suppression.OptOut || b[0].Words != unsure || b[0].Actor == "" || !b[0].At.Equal(first[0].Since) {
		t.Errorf("the guest is barred by %+v", b)
	}
	if len(w.doubts()) != 0 || w.standing(guest) != consent.OptedOut {
		t.Errorf("the guest is %v, with %d doubts", w.standing(guest), len(w.doubts()))
	}
	w.silent(t, guest)
}

func TestASureOptOutSettlesTheDoubt(t *testing.T) {
	w := newTown(t)
	w.Join(guest)
	w.Says(guest, unsure)
	w.Hear()
	w.Clock.Add(time.Minute)
	w.Says(guest, "STOP")
	w.Hear()
	if ds := w.doubts(); len(ds) != 0 {
		t.Errorf("staff are asked about a guest who said STOP: %+v", ds)
	}
	if b := w.bars(guest); len(b) != 1 || b[0].Words != "STOP" || b[0].Source != "reply" {
		t.Errorf("the guest is barred by %+v", b)
	}
}

// Somebody who never joined is a doubt all the same: they wrote to be left alone.
func TestAStrangersDoubtIsSettledToo(t *testing.T) {
	w := newTown(t)
	w.Says(guest, unsure)
	w.Hear()
	ds := w.doubts()
	if len(ds) != 1 {
		t.Fatalf("doubts: %+v", ds)
	}
	w.Clock.Add(time.Minute)
	if err := w.s.Settle(t.Context(), w.staff, guest, ds[0].Last(), false); err != nil {
		t.Fatal(err)
	}
	if s := w.standing(guest); s != consent.Never || len(w.bars(guest)) != 0 {
		t.Errorf("the stranger is %v, barred by %v", s, w.bars(guest))
	}
}

func TestTheAnswerToHelpHasTheLink(t *testing.T) {
	w := newTown(t)
	w.Intake.Links = w.s.Links
	w.Join(guest)
	w.Says(guest, "HELP")
	w.Hear()
	ms := w.Texts(guest, message.Help)
	if len(ms) != 1 || !strings.Contains(ms[0].Body, "Reply STOP to opt out, or open https://nexo.example/o/") {
		t.Fatalf("the answer is %+v", ms)
	}
}
