package enroll

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

// filing moves a registration on as far as it goes, and then takes over what the
// carrier says of the number: whoever registered it, and however.
func (w *work) filing(ctx context.Context) error {
	if w.line.Filing.State.Open() {
		if err := w.advance(ctx); err != nil {
			return err
		}
	}
	return w.standing(ctx)
}

func (w *work) advance(ctx context.Context) error {
	var r Review
	var err error
	switch registration.KindOf(w.biz.Sender) {
	case registration.Local:
		r, err = w.campaign(ctx)
	case registration.TollFree:
		r, err = w.verification(ctx)
	default:
		return nil
	}
	if errors.Is(err, core.Invalid) { // refused on the spot
		r, err = Review{State: registration.Rejected, Reason: core.MessageOf(err)}, nil
	}
	if err != nil {
		return err
	}
	return w.become(ctx, r.State, r.Reason)
}

// become notes a state that is new.
func (w *work) become(ctx context.Context, s registration.State, reason string) error {
	f := &w.line.Filing
	if s == registration.Approved || s.Open() {
		reason = ""
	}
	if f.State == s && f.Reason == reason {
		return w.keep(ctx, nil)
	}
	f.State, f.Reason, f.Changed = s, reason, w.Clock.Now()
	return w.keep(ctx, func(ctx context.Context, tx store.Tx) error {
		what := map[string]string{"state": string(s), "attempt": itoa(f.Attempt)}
		for k, v := range map[string]string{"reason": reason, "brand": f.BrandID, "campaign": f.CampaignID, "request": f.RequestID} {
			if v != "" {
				what[k] = v
			}
		}
		return w.acted(ctx, tx, w.biz.ID, core.UserID{}, evidence.RegistrationChanged, what)
	})
}

// asking writes down that something is about to be made with the carrier, and
// reports whether it may be: what was asked for a moment ago may still come to
// light.
func (w *work) asking(ctx context.Context) (bool, error) {
	f, now := &w.line.Filing, w.Clock.Now()
	if !f.Asked.IsZero() && now.Sub(f.Asked) < registration.Forgotten {
		return false, nil
	}
	f.Asked = now
	return true, w.keep(ctx, nil)
}

// answered forgets that something was asked for: it is known what became of it.
func (w *work) answered(err error) error {
	if !errors.Is(err, core.Ambiguous) {
		w.line.Filing.Asked = w.line.Filing.Asked.AddDate(-1, 0, 0)
	}
	return err
}

// inReview is what is said while the carrier has it.
var inReview = Review{State: registration.InReview}

// campaign registers a local number: brand, campaign, assignment.
func (w *work) campaign(ctx context.Context) (Review, error) {
	f := &w.line.Filing
	brand, err := w.brand(ctx)
	if err != nil || brand.State != registration.Approved {
		return brand, err
	}
	if f.CampaignID == "" {
		reference := "nexo-" + w.biz.ID.String() + "-" + itoa(f.Attempt)
		r, found, err := w.Carrier.FindCampaign(ctx, f.BrandID, reference)
		if err == nil && !found {
			var may bool
			if may, err = w.asking(ctx); err != nil || !may {
				return inReview, err
			}
			r, err = w.Carrier.MakeCampaign(ctx, f.BrandID, reference, *f.Pack)
			err = w.answered(err)
		}
		if err != nil {
			return r, err
		}
		f.CampaignID = r.ID
		if err := w.keep(ctx, nil); err != nil {
			return r, err
		}
	}
	r, found, err := w.Carrier.Campaign(ctx, f.CampaignID)
	if err != nil || !found || r.State != registration.Approved {
		return orReview(r, found), err
	}
	return w.assigned(ctx)
}

func orReview(r Review, found bool) Review {
	if !found {
		return inReview
	}
	return r
}

// brand finds or makes the brand, and corrects one that was refused before.
func (w *work) brand(ctx context.Context) (Review, error) {
	f := &w.line.Filing
	if f.BrandID == "" {
		r, found, err := w.Carrier.FindBrand(ctx, f.Pack.Brand)
		if err == nil && !found {
			var may bool
			if may, err = w.asking(ctx); err != nil || !may {
				return inReview, err
			}
			r, err = w.Carrier.MakeBrand(ctx, f.Pack.Brand)
			err = w.answered(err)
		}
		if err != nil {
			return r, err
		}
		f.BrandID = r.ID
		if err := w.keep(ctx, nil); err != nil {
			return r, err
		}
	}
	r, found, err := w.Carrier.Brand(ctx, f.BrandID)
	if err != nil || !found {
		return inReview, err
	}
	if r.State == registration.Rejected && f.Attempt > 1 && f.Corrected < f.Attempt {
		if err := w.Carrier.SaveBrand(ctx, f.BrandID, f.Pack.Brand); err != nil {
			return r, err
		}
		f.Corrected = f.Attempt
		return inReview, w.keep(ctx, nil)
	}
	return r, nil
}

// assigned sees to it that the number is assigned to the campaign.
func (w *work) assigned(ctx context.Context) (Review, error) {
	f := &w.line.Filing
	campaign, r, found, err := w.Carrier.Assignment(ctx, w.biz.Sender)
	if err != nil {
		return r, err
	}
	if found && campaign == f.CampaignID {
		return r, nil
	}
	return inReview, w.Carrier.Assign(ctx, w.biz.Sender, f.CampaignID)
}

// verification registers a toll-free number.
func (w *work) verification(ctx context.Context) (Review, error) {
	f := &w.line.Filing
	r, found, err := w.Carrier.FindVerification(ctx, w.biz.Sender)
	if err != nil {
		return r, err
	}
	if !found {
		may, err := w.asking(ctx)
		if err != nil || !may {
			return inReview, err
		}
		if r, err = w.Carrier.MakeVerification(ctx, *f.Pack); w.answered(err) != nil {
			return r, err
		}
	}
	if f.RequestID != r.ID {
		f.RequestID = r.ID
		if err := w.keep(ctx, nil); err != nil {
			return r, err
		}
	}
	if r.State == registration.Rejected && f.Attempt > 1 && f.Corrected < f.Attempt {
		if err := w.Carrier.SaveVerification(ctx, r.ID, *f.Pack); err != nil {
			return r, err
		}
		f.Corrected = f.Attempt
		return inReview, w.keep(ctx, nil)
	}
	return r, nil
}

// standing asks how the number stands, and has the engine go by it.
func (w *work) standing(ctx context.Context) error {
	var r Review
	var found bool
	var campaign string
	var err error
	switch registration.KindOf(w.biz.Sender) {
	case registration.Local:
		r, campaign, found, err = w.local(ctx)
	case registration.TollFree:
		r, found, err = w.Carrier.FindVerification(ctx, w.biz.Sender)
	}
	if err != nil {
		return err
	}
	approved := found && r.State == registration.Approved
	f := &w.line.Filing
	switch {
	case approved && f.State != registration.Approved && !f.State.Open():
		f.CampaignID = campaign
		if f.RequestID == "" && campaign == "" {
			f.RequestID = r.ID
		}
		if err := w.become(ctx, registration.Approved, ""); err != nil {
			return err
		}
	case !approved && f.State == registration.Approved:
		reason := r.Reason
		if reason == "" {
			reason = "The carrier does not have the number on file any more."
		}
		if err := w.become(ctx, registration.Expired, reason); err != nil {
			return err
		}
	}
	return w.register(ctx, approved)
}

// local is how a local number stands: its campaign, and its assignment to it.
func (w *work) local(ctx context.Context) (r Review, campaign string, found bool, err error) {
	campaign, r, found, err = w.Carrier.Assignment(ctx, w.biz.Sender)
	if err != nil || !found || r.State != registration.Approved {
		return r, campaign, found, err
	}
	r, found, err = w.Carrier.Campaign(ctx, campaign)
	return r, campaign, found, err
}

// register writes what the engine goes by, where it changes.
func (w *work) register(ctx context.Context, registered bool) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, w.biz.ID)
		if err != nil || biz.Registered == registered {
			return err
		}
		biz.Registered = registered
		if err := tx.Accounts.SaveBusiness(ctx, biz); err != nil {
			return err
		}
		w.biz = biz
		what := map[string]string{"registered": "yes"}
		if !registered {
			what["registered"] = "no"
		}
		return w.acted(ctx, tx, biz.ID, core.UserID{}, evidence.RegistrationChanged, what)
	})
}
