package rights_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/hold"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/rights"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

var guest = core.MustNumber("+15125550142")

type desk struct {
	*venuetest.World
	s     *rights.Service
	staff rights.Caller
}

func newDesk(t *testing.T) *desk {
	w := venuetest.New(t)
	d := &desk{World: w, s: &rights.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}}
	d.staff = rights.Caller{User: core.UserID(w.IDs.New()), Source: privacy.ByStaff}
	return d
}

// texted plans a marketing text to the guest.
func (d *desk) texted(n core.Number) message.Message {
	now := d.Clock.Now()
	m := message.Message{ID: core.MessageID(d.IDs.New()), Business: d.Business.ID, Campaign: core.CampaignID{1}, To: n, From: d.Business.Sender, Class: message.Marketing,
		Body: "tacos tonight", Segments: 1, Key: message.CampaignKey(core.CampaignID{1}, n, 0), State: message.Planned, Due: now, NotAfter: now.Add(time.Hour), Planned: now}
	d.Update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, []message.Message{m})
		return err
	})
	return m
}

func (d *desk) look() rights.Data {
	x, err := d.s.Look(context.Background(), d.Pair(guest))
	if err != nil {
		panic(err)
	}
	return x
}

func (d *desk) requests() []privacy.Request {
	rs, err := d.s.List(context.Background(), d.Business.ID, 100)
	if err != nil {
		panic(err)
	}
	return rs
}

func TestKnowTellsEverything(t *testing.T) {
	d := newDesk(t)
	if x := d.look(); x.Held {
		t.Errorf("of a stranger there is %+v", x)
	}
	d.Join(guest)
	d.texted(guest)
	d.Update(func(ctx context.Context, tx store.Tx) error { return tx.Guests.Tag(ctx, d.Pair(guest), "vip") })
	r, err := d.s.Enter(t.Context(), d.staff, d.Pair(guest), privacy.Know, "what do you have on me?", "")
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.s.Export(t.Context(), d.staff, d.Pair(guest))
	if err != nil {
		t.Fatal(err)
	}
	if !x.Held || x.Standing == nil || x.Standing.State != "active" || len(x.Consent) == 0 || len(x.Texts) == 0 || len(x.Tags) != 1 || len(x.Kept) == 0 {
		t.Errorf("the answer lacks something: %+v", x)
	}
	b, err := json.Marshal(x)
	if err != nil || !strings.Contains(string(b), `"tacos tonight"`) || !strings.Contains(string(b), guest.E164()) {
		t.Errorf("as JSON it is %s, %v", b, err)
	}
	rs := d.requests()
	if len(rs) != 1 || rs[0].ID != r.ID || rs[0].Outcome != privacy.Answered || rs[0].Acknowledged.IsZero() || rs[0].ClosedBy != d.staff.User {
		t.Errorf("the log says %+v", rs)
	}
}

func TestEraseForgetsAndStillBars(t *testing.T) {
	d := newDesk(t)
	keys, _ := suppression.NewKeys(strings.Repeat("k", 32))
	d.Store.Store.(interface{ UseTagKeys(*suppression.Keys) }).UseTagKeys(keys)
	d.Join(guest)
	waiting := d.texted(guest)
	proofs := d.look().Records
	// Two requests for one number have one answer.
	first, err1 := d.s.Enter(t.Context(), d.staff, d.Pair(guest), privacy.Delete, "forget me", "")
	second, err2 := d.s.Enter(t.Context(), rights.Caller{Source: privacy.ByLink}, d.Pair(guest), privacy.Delete, "", "")
	if err1 != nil || err2 != nil || first.ID != second.ID {
		t.Fatalf("two requests: %v, %v, %v, %v", first.ID, second.ID, err1, err2)
	}
	e, err := d.s.Erase(t.Context(), d.staff, d.Pair(guest), "")
	if err != nil {
		t.Fatal(err)
	}
	if e.Cancelled != 1 || !e.Hashed || e.Forgotten.Events == 0 || len(e.Kept) == 0 {
		t.Errorf("erased: %+v", e)
	}
	d.Update(func(ctx context.Context, tx store.Tx) error {
		m, err := tx.Messages.Message(ctx, d.Business.ID, waiting.ID)
		if m.State != message.Cancelled || m.Body != "" {
			t.Errorf("the text that waited is %v: %q", m.State, m.Body)
		}
		es, err2 := tx.Suppression.Barring(ctx, []core.Pair{d.Pair(guest)})
		if len(es) != 1 || es[0].Reason != suppression.OptOut {
			t.Errorf("barred by %+v", es)
		}
		subs, err3 := tx.Consent.Subscribers(ctx, d.Business.ID, consent.Query{}, 10)
		if len(subs) != 0 {
			t.Errorf("the guest is a subscriber still")
		}
		return errors.Join(err, err2, err3)
	})
	x := d.look()
	if x.Standing != nil || len(x.Consent)+len(x.Tags)+len(x.Said) != 0 || x.Records != proofs+1 || len(x.Barred) != 1 {
		t.Errorf("what is left: %+v; want the proofs, the opt-out's among them, and the bar", x)
	}
	if rs := d.requests(); len(rs) != 1 || rs[0].Outcome != privacy.Erased {
		t.Errorf("the log says %+v", rs)
	}
	// Again, for good measure.
	if e, err = d.s.Erase(t.Context(), d.staff, d.Pair(guest), ""); err != nil || e.Cancelled+e.Forgotten.Events+e.Forgotten.Texts != 0 {
		t.Errorf("erased twice: %+v, %v", e, err)
	}
	// Who joins again may be texted again.
	d.Clock.Add(time.Hour)
	d.Join(guest)
	if x := d.look(); x.Standing == nil || x.Standing.State != "active" || len(x.Barred) != 0 {
		t.Errorf("who came back is %+v, barred by %+v", x.Standing, x.Barred)
	}
}

func TestAChildIsErasedWithThatReason(t *testing.T) {
	d := newDesk(t)
	d.Join(guest)
	if _, err := d.s.Erase(t.Context(), d.staff, d.Pair(guest), privacy.ReasonChild); err != nil {
		t.Fatal(err)
	}
	x := d.look()
	if len(x.Barred) != 1 || x.Barred[0].Reason != suppression.Underage.String() {
		t.Errorf("barred by %+v", x.Barred)
	}
	var found bool
	d.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 100)
		for _, r := range rs {
			all, err := tx.Evidence.Aged(ctx, r.Business, []evidence.Kind{evidence.KindErasure}, d.Clock.Now().Add(time.Hour), core.RecordID{}, 10)
			found = found || len(all) > 0
			if err != nil {
				return err
			}
		}
		return err
	})
	if !found {
		t.Error("the erasure is not on record")
	}
}

func TestAHoldBeatsARequest(t *testing.T) {
	d := newDesk(t)
	d.Join(guest)
	holds := &hold.Service{Store: d.Store, Clock: d.Clock, IDs: d.IDs, Salts: d.IDs}
	h, err := holds.Place(t.Context(), retention.Hold{Business: d.Business.ID, Number: guest, Matter: "Doe", Reason: "letter"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Enter(t.Context(), d.staff, d.Pair(guest), privacy.Delete, "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Erase(t.Context(), d.staff, d.Pair(guest), ""); core.KindOf(err) != core.Conflict || !strings.Contains(core.MessageOf(err), "hold") {
		t.Errorf("erased under a hold: %v", err)
	}
	if x := d.look(); x.Standing == nil || len(x.Consent) == 0 {
		t.Errorf("under a hold there is %+v", x)
	}
	if rs, _ := d.s.Open(t.Context(), d.Business.ID, 10); len(rs) != 1 {
		t.Errorf("the request does not wait: %+v", rs)
	}
	if _, err := holds.Lift(t.Context(), d.Business.ID, h.ID, core.UserID{}, "settled"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Erase(t.Context(), d.staff, d.Pair(guest), ""); err != nil {
		t.Errorf("after the hold: %v", err)
	}
}

func TestRequestsAreAnsweredOnce(t *testing.T) {
	d := newDesk(t)
	ctx, b := t.Context(), d.Business.ID
	r, err := d.s.Enter(ctx, d.staff, d.Pair(guest), privacy.Correct, "my tag says Bob", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.s.Acknowledge(ctx, d.staff, b, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.s.Extend(ctx, d.staff, b, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.s.Extend(ctx, d.staff, b, r.ID); core.KindOf(err) != core.Conflict {
		t.Errorf("extended twice: %v", err)
	}
	if err := d.s.Close(ctx, d.staff, b, r.ID, privacy.Refused, ""); core.KindOf(err) != core.Invalid {
		t.Errorf("refused without a reason: %v", err)
	}
	if err := d.s.Close(ctx, d.staff, b, r.ID, privacy.Corrected, "the tag is gone"); err != nil {
		t.Fatal(err)
	}
	if err := d.s.Close(ctx, d.staff, b, r.ID, privacy.Corrected, ""); core.KindOf(err) != core.Conflict {
		t.Errorf("closed twice: %v", err)
	}
	del, err := d.s.Enter(ctx, d.staff, d.Pair(guest), privacy.Delete, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.s.Close(ctx, d.staff, b, del.ID, privacy.Answered, ""); core.KindOf(err) != core.Conflict {
		t.Errorf("a deletion that deletes nothing: %v", err)
	}
	for name, x := range map[string]struct {
		kind  privacy.Kind
		pair  core.Pair
		words string
	}{
		"nothing":                 {privacy.NoKind, d.Pair(guest), ""},
		"nobody":                  {privacy.Know, d.Pair(core.Number{}), ""},
		"a correction of nothing": {privacy.Correct, d.Pair(guest), " "},
		"a novel":                 {privacy.Know, d.Pair(guest), strings.Repeat("x", 1001)},
	} {
		if _, err := d.s.Enter(ctx, d.staff, x.pair, x.kind, x.words, ""); core.KindOf(err) != core.Invalid || core.MessageOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rights.Staff(account.User{Role: account.ReadOnly}); core.KindOf(err) != core.Denied {
		t.Errorf("who may only look: %v", err)
	}
}
