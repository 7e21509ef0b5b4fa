package hold_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/hold"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

func TestAHoldIsOnRecordFromPlacingToLifting(t *testing.T) {
	w := venuetest.New(t)
	s := &hold.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}
	guest := core.MustNumber("+15125550142")
	user := core.UserID(w.IDs.New())
	h, err := s.Place(t.Context(), retention.Hold{Business: w.Business.ID, Number: guest, Matter: " Doe v. Luna’s ", Reason: "a letter of counsel", By: user})
	if err != nil || h.ID.IsZero() || h.Matter != "Doe v. Luna’s" || h.Placed.IsZero() {
		t.Fatalf("%+v, %v", h, err)
	}
	if hs, err := s.List(t.Context(), w.Business.ID, 10); err != nil || len(hs) != 1 || hs[0] != h {
		t.Errorf("listed: %+v, %v", hs, err)
	}
	if _, err := s.Lift(t.Context(), w.Business.ID, h.ID, user, "the suit was settled"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lift(t.Context(), w.Business.ID, h.ID, user, "again"); core.KindOf(err) != core.Conflict {
		t.Errorf("lifted twice: %v", err)
	}
	var bodies []evidence.HoldBody
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(guest), core.RecordID{}, 10)
		for _, r := range rs {
			b, err := evidence.ParseHold(r)
			if err != nil {
				return err
			}
			bodies = append(bodies, b)
		}
		return err
	})
	if len(bodies) != 2 || !bodies[0].Placed || bodies[1].Placed || bodies[0].By != user.String() || !strings.Contains(bodies[1].Reason, "the suit was settled") {
		t.Errorf("on record is %+v", bodies)
	}
}

func TestAHoldSaysWhatItIs(t *testing.T) {
	w := venuetest.New(t)
	s := &hold.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}
	good := retention.Hold{Business: w.Business.ID, Matter: "Doe", Reason: "letter"}
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for name, x := range map[string]struct {
		change func(*retention.Hold)
		kind   core.Kind
	}{
		"no business":         {func(h *retention.Hold) { h.Business = core.BusinessID{} }, core.Invalid},
		"an unknown business": {func(h *retention.Hold) { h.Business = core.BusinessID{9} }, core.NotFound},
		"an unknown campaign": {func(h *retention.Hold) { h.Campaign = core.CampaignID{9} }, core.NotFound},
		"no matter":           {func(h *retention.Hold) { h.Matter = " " }, core.Invalid},
		"no reason":           {func(h *retention.Hold) { h.Reason = "" }, core.Invalid},
		"a novel":             {func(h *retention.Hold) { h.Reason = strings.Repeat("x", 501) }, core.Invalid},
		"days swapped":        {func(h *retention.Hold) { h.From, h.To = day, day.AddDate(0, 0, -1) }, core.Invalid},
	} {
		h := good
		x.change(&h)
		if _, err := s.Place(t.Context(), h); core.KindOf(err) != x.kind || core.MessageOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hs, _ := s.List(t.Context(), core.BusinessID{}, 10); len(hs) != 0 {
		t.Errorf("a hold that was refused is in force: %+v", hs)
	}
	if _, err := s.Lift(t.Context(), w.Business.ID, core.RecordID{1}, core.UserID{}, ""); core.KindOf(err) != core.Invalid {
		t.Errorf("lifted without a reason: %v", err)
	}
}
