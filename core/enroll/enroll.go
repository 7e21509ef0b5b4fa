package enroll

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

// A Site says where we are to be found.
type Site struct {
	PublicURL  string // of the pages
	WebhookURL string // of the ingester
	// Simulated: the carrier is a simulator beside us. It can open pages that
	// nobody else can.
	Simulated bool
}

// A Service is the use case. Its methods are safe for concurrent use. With no
// Carrier it knows what is stored and does nothing.
type Service struct {
	Store   store.Store
	Carrier Carrier
	Clock   core.Clock
	IDs     core.IDs
	Salts   evidence.Salts
	Site    Site
}

// Works reports whether there is a carrier to speak with.
func (s *Service) Works() bool { return s != nil && s.Carrier != nil }

const (
	// lease is longer than the calls of one step can take.
	lease = 3 * time.Minute
	// Between two looks at a line on which nothing is open, and after trouble.
	calm    = time.Hour
	trouble = 2 * time.Minute
	// soonest is how soon something that is open is looked at again; later it is a
	// tenth of its age.
	soonest = 5 * time.Second
)

// A View is a line with what follows from it today.
type View struct {
	Business account.Business
	Line     registration.Line
	Pack     registration.Pack
	Findings []registration.Finding
	// Outdated: what is on file is not what guests meet any more.
	Outdated bool
}

// View reads a business's line.
func (s *Service) View(ctx context.Context, b core.BusinessID) (v View, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		v, err = s.view(ctx, tx, b)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, tx store.Tx, b core.BusinessID) (v View, err error) {
	if v.Business, err = tx.Accounts.Business(ctx, b); err != nil {
		return v, err
	}
	words, err := tx.Accounts.Keywords(ctx, b)
	if err != nil {
		return v, err
	}
	if v.Line, err = tx.Registration.Line(ctx, b); err != nil {
		return v, err
	}
	v.Pack = s.pack(v.Business, words, v.Line.Filing.Particulars)
	v.Findings = registration.Check(v.Pack)
	f := v.Line.Filing
	v.Outdated = f.Pack != nil && f.State != registration.Draft && f.Pack.Fingerprint() != v.Pack.Fingerprint()
	return v, nil
}

func (s *Service) pack(b account.Business, words []account.Keyword, p registration.Particulars) registration.Pack {
	words = slices.DeleteFunc(slices.Clone(words), func(k account.Keyword) bool { return k.Retired() })
	pk := registration.Compose(b, words, p, s.Site.PublicURL)
	pk.Simulated = s.Site.Simulated
	return pk
}

// Offers looks for numbers that can be had. An area code that is none is Invalid.
func (s *Service) Offers(ctx context.Context, q Search) ([]Offer, error) {
	const op = "enroll.Offers"
	if !s.Works() {
		return nil, offline(op)
	}
	if q.AreaCode != "" && (len(q.AreaCode) != 3 || q.AreaCode[0] < '2' || q.AreaCode[1] > '9' || q.AreaCode[2] > '9') {
		return nil, core.E(op, core.Invalid, "An area code has three digits, like 512.")
	}
	return s.Carrier.Offers(ctx, q)
}

func offline(op string) error {
	return core.E(op, core.Denied, "This program has no access to the carrier. Set NEXO_TELNYX_API_KEY and NEXO_WEBHOOK_URL.")
}

// Order orders a number for a business that has none. It is written down before
// the carrier is asked, and the carrier is asked once: should the answer be
// lost, [Service.Step] finds out what became of it. Conflict means that there is
// a number, or an order, already.
func (s *Service) Order(ctx context.Context, by core.UserID, b core.BusinessID, n core.Number) error {
	const op = "enroll.Order"
	if !s.Works() {
		return offline(op)
	}
	if registration.KindOf(n) == registration.NoKind {
		return core.E(op, core.Invalid, "This is not a number that can text.")
	}
	var o registration.Order
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, b)
		if err != nil {
			return err
		}
		biz, err := tx.Accounts.Business(ctx, b)
		if err != nil {
			return err
		}
		if !biz.Sender.IsZero() || l.Order.Open() {
			return core.E(op, core.Conflict, "You have a number, or have ordered one, already.")
		}
		l.Order = registration.Order{Reference: "nexo-" + s.IDs.New().String(), Number: n, State: registration.Asked, Asked: s.Clock.Now(), By: by}
		l.Due, o = l.Order.Asked, l.Order
		return tx.Registration.Save(ctx, l)
	})
	if err != nil {
		return err
	}
	return s.step(ctx, b, o.Reference)
}

// Save keeps what the owner filled in.
func (s *Service) Save(ctx context.Context, b core.BusinessID, p registration.Particulars) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, b)
		if err != nil {
			return err
		}
		l.Filing.Particulars = p.Clean()
		return tx.Registration.Save(ctx, l)
	})
}

// Submit sends the pack of today to the carrier, for the first time or again.
// Invalid means that a finding blocks: [View] has them. Conflict means that one
// is under way, or approved as it is.
func (s *Service) Submit(ctx context.Context, by core.UserID, b core.BusinessID) error {
	const op = "enroll.Submit"
	if !s.Works() {
		return offline(op)
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, b)
		if err != nil {
			return err
		}
		v, err := s.view(ctx, tx, b)
		if err != nil {
			return err
		}
		switch f := l.Filing; {
		case registration.Blocked(v.Findings):
			return core.E(op, core.Invalid, "Mend what is marked first: the carriers would refuse it.")
		case f.State.Open():
			return core.E(op, core.Conflict, "It is under way already.")
		case f.State == registration.Approved && !v.Outdated:
			return core.E(op, core.Conflict, "It is approved as it is.")
		}
		now := s.Clock.Now()
		l.Filing = registration.Filing{
			State: registration.Submitted, Particulars: l.Filing.Particulars, Attempt: l.Filing.Attempt + 1, Pack: &v.Pack,
			BrandID: l.Filing.BrandID, RequestID: l.Filing.RequestID, Submitted: now, Changed: now,
		}
		l.Due = now
		if err := tx.Registration.Save(ctx, l); err != nil {
			return err
		}
		return s.acted(ctx, tx, b, by, evidence.RegistrationSent, map[string]string{
			"attempt": itoa(l.Filing.Attempt), "pack": v.Pack.Fingerprint(), "description": v.Pack.Description, "flow": v.Pack.Flow,
			"sample1": v.Pack.Samples[0], "sample2": v.Pack.Samples[1],
		})
	})
	if err != nil {
		return err
	}
	return s.Step(ctx, b)
}

// PutRight makes the profile as it should be and puts the number on it.
func (s *Service) PutRight(ctx context.Context, by core.UserID, b core.BusinessID) error {
	const op = "enroll.PutRight"
	if !s.Works() {
		return offline(op)
	}
	v, err := s.View(ctx, b)
	if err != nil {
		return err
	}
	if v.Business.ProfileID == "" || slices.ContainsFunc(v.Line.Drift, needsNewProfile) {
		if err := s.renewProfile(ctx, v.Business); err != nil {
			return err
		}
		if v, err = s.View(ctx, b); err != nil {
			return err
		}
	}
	if err := s.Carrier.SaveSettings(ctx, v.Business.ProfileID, registration.Expect(v.Business, s.Site.WebhookURL)); err != nil {
		return err
	}
	if !v.Business.Sender.IsZero() {
		if err := s.Carrier.Attach(ctx, v.Business.Sender, v.Business.ProfileID); err != nil && !errors.Is(err, core.NotFound) {
			return err
		}
	}
	codes := make(map[string]string, len(v.Line.Drift))
	for _, d := range v.Line.Drift {
		codes[d.Code] = d.Is
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, b)
		if err != nil {
			return err
		}
		l.Due = s.Clock.Now()
		if err := tx.Registration.Save(ctx, l); err != nil {
			return err
		}
		return s.acted(ctx, tx, b, by, evidence.ProfilePutRight, codes)
	})
	if err != nil {
		return err
	}
	return s.Step(ctx, b)
}

func needsNewProfile(d registration.Drift) bool {
	return d.Code == registration.DriftNoProfile || d.Code == registration.DriftShared
}

func (s *Service) acted(ctx context.Context, tx store.Tx, b core.BusinessID, by core.UserID, action string, what map[string]string) error {
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), b, s.Clock.Now(), by, action, core.CampaignID{}, what),
	})
}

// A Report says what going through the lines has come to.
type Report struct {
	Asked, Failed, Drifted int
}

// Go asks the carrier about every line that is due, one after the other. It ends
// when none is due, or the carrier is away.
func (s *Service) Go(ctx context.Context) (Report, error) {
	var r Report
	if !s.Works() {
		return r, nil
	}
	for failed := 0; failed < 3; {
		var due []core.BusinessID
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			due, err = tx.Registration.Due(ctx, s.Clock.Now(), 1)
			return err
		})
		if err != nil || len(due) == 0 {
			return r, err
		}
		r.Asked++
		switch err := s.Step(ctx, due[0]); {
		case err == nil:
			failed = 0
		case ctx.Err() != nil:
			return r, err
		default:
			failed++
			if r.Failed++; failed == 3 {
				return r, err
			}
		}
		err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
			l, err := tx.Registration.Line(ctx, due[0])
			if len(l.Drift) > 0 {
				r.Drifted++
			}
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
