package telnyx_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

type hand struct {
	mu  sync.Mutex
	now time.Time
	n   uint64
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) add(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *hand) New() (u core.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	binary.BigEndian.PutUint64(u[:8], h.n)
	binary.BigEndian.PutUint64(u[8:], h.n*0x9E3779B97F4A7C15)
	return u
}

func (h *hand) Salt() evidence.Salt { return evidence.Salt(h.New()) }

func (*hand) Hash(p string) (string, error)    { return p, nil }
func (*hand) Check(hash, password string) bool { return hash == password }

// A desk is a business at a simulated carrier.
type desk struct {
	t     *testing.T
	hand  *hand
	sim   *telnyxsim.Sim
	srv   *httptest.Server
	store *memstore.Store
	*enroll.Service
	onboard *onboard.Service
	owner   account.User
	biz     core.BusinessID
}

func newDesk(t *testing.T, o telnyxsim.Options, sender string) *desk {
	t.Helper()
	h := &hand{now: time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)}
	o.APIKey, o.Seed, o.Clock = testKey, 1, h
	sim := telnyxsim.New(o)
	t.Cleanup(sim.Close)
	srv := serve(t, sim.Handler())
	st := memstore.New()
	c := newClient(t, telnyx.Config{BaseURL: srv.URL})
	d := &desk{t: t, hand: h, sim: sim, srv: srv, store: st, onboard: onboard.New(st, h, h, h, h)}
	d.Service = &enroll.Service{Store: st, Carrier: c, Clock: h, IDs: h, Salts: h, Site: enroll.Site{PublicURL: "https://texts.example", WebhookURL: hooks}}
	d.owner, d.biz = d.signUp("Luna's Cantina", "luna@lunas.example", sender)
	return d
}

func (d *desk) signUp(name, email, sender string) (account.User, core.BusinessID) {
	d.t.Helper()
	u, b, err := d.onboard.SignUp(d.t.Context(), onboard.Form{
		BusinessName: name, LegalName: "Luna Hospitality LLC", Street: "1 Congress Ave", City: "Austin", State: "TX", ZIP: "78701",
		Website: "lunas.example", HelpContact: "help@lunas.example", PublicURL: "https://texts.example", MonthlyTexts: "6",
		OwnerName: "Luna", Email: email, Password: "tacos and mezcal", Keyword: "luna", Sender: sender, NewNumber: sender == "",
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return u, b.ID
}

func (d *desk) view() enroll.View { return must[enroll.View](d.t)(d.View(d.t.Context(), d.biz)) }

func (d *desk) step() {
	d.t.Helper()
	if err := d.Step(d.t.Context(), d.biz); err != nil {
		d.t.Fatal(err)
	}
}

// goOn lets time pass until nothing is open.
func (d *desk) goOn() enroll.View {
	d.t.Helper()
	for range 40 {
		if v := d.view(); !v.Line.Order.Open() && !v.Line.Filing.State.Open() {
			return v
		}
		d.hand.add(20 * time.Minute)
		if _, err := d.Go(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
	d.t.Fatalf("it does not end: %+v", d.view().Line)
	return enroll.View{}
}

func (d *desk) fill() {
	d.t.Helper()
	err := d.Save(d.t.Context(), d.biz, registration.Particulars{Entity: registration.Company, EIN: "12-3456789", First: "Luna", Last: "Reyes", Email: "luna@lunas.example", Phone: "(512) 555-0101"})
	if err != nil {
		d.t.Fatal(err)
	}
}

// order chooses the first number on offer.
func (d *desk) order(q enroll.Search) core.Number {
	d.t.Helper()
	n := must[[]enroll.Offer](d.t)(d.Offers(d.t.Context(), q))[0].Number
	if err := d.Order(d.t.Context(), d.owner.ID, d.biz, n); err != nil && !errors.Is(err, core.Ambiguous) {
		d.t.Fatal(err)
	}
	return n
}

// actions are what is on record.
func (d *desk) actions() (out []string) {
	d.t.Helper()
	err := d.store.Update(d.t.Context(), func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 1000)
		if err != nil {
			return err
		}
		var leaves []evidence.Leaf
		for i, r := range rs {
			leaves = append(leaves, evidence.Leaf{Index: int64(i), Business: r.Business, Seq: int64(i + 1), Commitment: r.Commitment})
		}
		if err := tx.Evidence.Seal(ctx, rs, leaves, nil, evidence.Checkpoint{Size: int64(len(rs))}); err != nil {
			return err
		}
		rs, _, err = tx.Evidence.OfBusiness(ctx, d.biz, 0, 1000)
		for _, r := range rs {
			b, err := evidence.ParseStaffAction(r)
			if err != nil {
				return err
			}
			s := b.Action
			if b.Action == evidence.RegistrationChanged {
				s += " " + b.Details["state"] + b.Details["registered"]
			}
			out = append(out, s)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func TestFromSignUpToApproved(t *testing.T) {
	d := newDesk(t, telnyxsim.Options{Review: time.Hour}, "")
	d.step()
	v := d.view()
	if v.Business.ProfileID == "" || len(v.Line.Drift) > 0 || v.Business.Registered {
		t.Fatalf("after the sign-up: profile %q, drift %v", v.Business.ProfileID, v.Line.Drift)
	}
	n := d.order(enroll.Search{AreaCode: "512"})
	v = d.goOn()
	if v.Business.Sender != n || len(v.Pack.OptInWords) != 1 || v.Pack.OptInWords[0] != "LUNA" || len(v.Line.Drift) > 0 || v.Business.Registered {
		t.Fatalf("the number came: %v, keywords %v, drift %v", v.Business.Sender == n, v.Pack.OptInWords, v.Line.Drift)
	}
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); !errors.Is(err, core.Invalid) {
		t.Errorf("submitted without a tax number: %v", err)
	}
	d.fill()
	if fs := d.view().Findings; registration.Blocked(fs) {
		t.Fatalf("%v", fs)
	}
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); err != nil {
		t.Fatal(err)
	}
	if v = d.view(); v.Line.Filing.State != registration.InReview || v.Business.Registered {
		t.Fatalf("submitted, it is %v", v.Line.Filing.State)
	}
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); !errors.Is(err, core.Conflict) {
		t.Errorf("submitted twice: %v", err)
	}
	if v = d.goOn(); v.Line.Filing.State != registration.Approved || !v.Business.Registered || v.Outdated {
		t.Fatalf("in the end it is %v, %q, registered %v", v.Line.Filing.State, v.Line.Filing.Reason, v.Business.Registered)
	}
	if d.sim.Brands() != 1 || d.sim.Campaigns() != 1 || d.sim.Orders() != 1 {
		t.Errorf("%d brands, %d campaigns, %d orders", d.sim.Brands(), d.sim.Campaigns(), d.sim.Orders())
	}
	want := []string{"signed_up", "number_ordered", "registration_sent", "registration_changed in_review", "registration_changed approved", "registration_changed yes"}
	if got := d.actions(); !slices.Equal(got, want) {
		t.Errorf("on record:\n got %v\nwant %v", got, want)
	}
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); !errors.Is(err, core.Conflict) {
		t.Errorf("approved as it is: %v", err)
	}
}

// Whatever answer is lost, nothing is bought or submitted twice.
func TestLostAnswersCostNothing(t *testing.T) {
	lost := telnyxsim.Fault{Kind: telnyxsim.LostReply}
	for _, call := range []string{
		"POST /v2/messaging_profiles", "PATCH /v2/messaging_profiles/{id}", "POST /v2/messaging_profiles/{id}/autoresp_configs", "POST /v2/number_orders",
		"POST /v2/10dlc/brand", "POST /v2/10dlc/campaignBuilder", "POST /v2/10dlc/phone_number_campaigns", "GET /v2/number_orders", "GET /v2/10dlc/brand/{id}",
	} {
		d := newDesk(t, telnyxsim.Options{}, "")
		d.sim.ScriptCall(call, lost)
		_ = d.Step(t.Context(), d.biz)
		d.hand.add(5 * time.Minute)
		d.step()
		d.order(enroll.Search{AreaCode: "512"})
		if v := d.goOn(); v.Business.Sender.IsZero() || len(v.Line.Drift) > 0 {
			t.Errorf("%s: no number, or drift %v", call, v.Line.Drift)
			continue
		}
		d.fill()
		_ = d.Submit(t.Context(), d.owner.ID, d.biz)
		if v := d.goOn(); !v.Business.Registered || v.Line.Trouble != "" {
			t.Errorf("%s: ends as %+v", call, v.Line)
		}
		if d.sim.Brands() != 1 || d.sim.Campaigns() != 1 || d.sim.Orders() != 1 {
			t.Errorf("%s: %d brands, %d campaigns, %d orders", call, d.sim.Brands(), d.sim.Campaigns(), d.sim.Orders())
		}
	}
}

func TestAnOrderThatFails(t *testing.T) {
	d := newDesk(t, telnyxsim.Options{}, "")
	d.step()
	n := must[[]enroll.Offer](t)(d.Offers(t.Context(), enroll.Search{AreaCode: "512"}))[0].Number
	other := must[string](t)(d.Carrier.MakeProfile(t.Context(), registration.Settings{Name: "x", Countries: []string{"US"}}))
	must[enroll.Ordered](t)(d.Carrier.MakeOrder(t.Context(), "somebody", n, other))
	if err := d.Order(t.Context(), d.owner.ID, d.biz, n); err != nil {
		t.Fatal(err)
	}
	if v := d.view(); v.Line.Order.State != registration.Failed || !strings.Contains(v.Line.Order.Note, "not available") || strings.Contains(v.Line.Order.Note, "5125550") {
		t.Errorf("a number that is gone: %+v", v.Line.Order)
	}
	// An order that the carrier never got is given up, not repeated.
	d.sim.ScriptCall("POST /v2/number_orders", telnyxsim.Fault{Kind: telnyxsim.Drop})
	d.order(enroll.Search{AreaCode: "512"})
	if v := d.goOn(); v.Line.Order.State != registration.Failed || d.sim.Orders() != 1 {
		t.Errorf("a lost order: %+v, %d orders", v.Line.Order.State, d.sim.Orders())
	}
	d.order(enroll.Search{TollFree: true})
	if v := d.goOn(); registration.KindOf(v.Business.Sender) != registration.TollFree {
		t.Error("another number could not be ordered")
	}
	if err := d.Order(t.Context(), d.owner.ID, d.biz, core.MustNumber("+15125550165")); !errors.Is(err, core.Conflict) {
		t.Errorf("a second number: %v", err)
	}
	d.fill()
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); err != nil {
		t.Fatal(err)
	}
	if v := d.goOn(); v.Line.Filing.State != registration.Approved || !v.Business.Registered || v.Line.Filing.RequestID == "" {
		t.Errorf("the toll-free number is %+v", v.Line.Filing.State)
	}
}

// A refusal is explained, mended and submitted again; the brand stays.
func TestRejectedAndSubmittedAgain(t *testing.T) {
	for _, q := range []enroll.Search{{AreaCode: "512"}, {TollFree: true}} {
		d := newDesk(t, telnyxsim.Options{}, "")
		d.step()
		d.order(q)
		d.goOn()
		d.fill()
		d.sim.RejectNext("805: privacy policy does not mention sharing")
		if err := d.Submit(t.Context(), d.owner.ID, d.biz); err != nil {
			t.Fatal(err)
		}
		v := d.goOn()
		if f := v.Line.Filing; f.State != registration.Rejected || registration.Explain(f.Reason).Code != "privacy" || v.Business.Registered {
			t.Fatalf("rejected: %v, %q", f.State, f.Reason)
		}
		if err := d.Submit(t.Context(), d.owner.ID, d.biz); err != nil {
			t.Fatal(err)
		}
		if v = d.goOn(); v.Line.Filing.State != registration.Approved || v.Line.Filing.Attempt != 2 || d.sim.Brands() > 1 {
			t.Errorf("submitted again: %v, %d brands", v.Line.Filing.State, d.sim.Brands())
		}
	}
}

// What was set up by hand is taken as it is, compared, and put right by a tap.
func TestDriftIsShownAndPutRight(t *testing.T) {
	d := newDesk(t, telnyxsim.Options{}, "+15125550100")
	if _, err := d.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := d.view()
	if v.Line.Filing.State != registration.Approved || !v.Business.Registered {
		t.Errorf("a number that somebody registered is %v, registered %v", v.Line.Filing.State, v.Business.Registered)
	}
	if got := driftCodes(v.Line.Drift); !slices.Contains(got, registration.DriftWebhook) || !slices.Contains(got, registration.DriftStop) || slices.Contains(got, registration.DriftNumber) {
		t.Errorf("drift %v", got)
	}
	if err := d.PutRight(t.Context(), d.owner.ID, d.biz); err != nil {
		t.Fatal(err)
	}
	if v = d.view(); len(v.Line.Drift) > 0 || !slices.Contains(d.actions(), "profile_put_right") {
		t.Errorf("put right, it differs in %v", driftCodes(v.Line.Drift))
	}
	// Somebody moves the number, and then takes the profile for another venue too.
	elsewhere := must[string](t)(d.Carrier.MakeProfile(t.Context(), registration.Settings{Name: "x", Countries: []string{"US"}}))
	if err := d.Carrier.Attach(t.Context(), v.Business.Sender, elsewhere); err != nil {
		t.Fatal(err)
	}
	d.hand.add(2 * time.Hour)
	if r, err := d.Go(t.Context()); err != nil || r.Drifted != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := driftCodes(d.view().Line.Drift); !slices.Equal(got, []string{registration.DriftNumber}) {
		t.Errorf("moved away: %v", got)
	}
	d.onProfile("max@max.example", "+15125550199", v.Business.ProfileID)
	d.step()
	if got := driftCodes(d.view().Line.Drift); !slices.Contains(got, registration.DriftShared) {
		t.Errorf("shared: %v", got)
	}
	if err := d.PutRight(t.Context(), d.owner.ID, d.biz); err != nil {
		t.Fatal(err)
	}
	if w := d.view(); w.Business.ProfileID == v.Business.ProfileID || len(w.Line.Drift) > 0 {
		t.Errorf("the venue has not got a profile of its own: %v", driftCodes(w.Line.Drift))
	}
}

func (d *desk) onProfile(email, sender, profile string) {
	d.t.Helper()
	_, id := d.signUp("Max's", email, sender)
	err := d.store.Update(d.t.Context(), func(ctx context.Context, tx store.Tx) error {
		b, err := tx.Accounts.Business(ctx, id)
		if err != nil {
			return err
		}
		b.ProfileID = profile
		return tx.Accounts.SaveBusiness(ctx, b)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// A registration that ends stops texts, and one that the carrier cannot be asked
// about does not.
func TestRegistrationThatEnds(t *testing.T) {
	d := newDesk(t, telnyxsim.Options{Unregistered: true}, "+15125550100")
	d.step()
	if v := d.view(); v.Business.Registered || v.Line.Filing.State != registration.Draft {
		t.Errorf("nobody registered it, and it is %v", v.Line.Filing.State)
	}
	d.fill()
	if err := d.Submit(t.Context(), d.owner.ID, d.biz); err != nil {
		t.Fatal(err)
	}
	if v := d.goOn(); !v.Business.Registered {
		t.Fatal("not registered")
	}
	d.sim.ScriptCall("GET /v2/10dlc/phone_number_campaigns/{number}", telnyxsim.Fault{Kind: telnyxsim.ServerError})
	d.hand.add(2 * time.Hour)
	if err := d.Step(t.Context(), d.biz); err == nil {
		t.Error("the carrier failed, and nobody was told")
	}
	if v := d.view(); !v.Business.Registered || v.Line.Trouble == "" {
		t.Errorf("the carrier was away: registered %v, trouble %q", v.Business.Registered, v.Line.Trouble)
	}
	d.sim.Expire("campaign is overdue")
	d.hand.add(2 * time.Hour)
	d.step()
	if v := d.view(); v.Business.Registered || v.Line.Filing.State != registration.Expired || v.Line.Filing.Reason == "" {
		t.Errorf("it ended: registered %v, %v, %q", v.Business.Registered, v.Line.Filing.State, v.Line.Filing.Reason)
	}
}

// Two at once work on a line one after the other, and one that is away for good
// does not hold up the others.
func TestLinesAreTakenInTurns(t *testing.T) {
	d := newDesk(t, telnyxsim.Options{}, "")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { _ = d.Step(t.Context(), d.biz) })
	}
	wg.Wait()
	if n := d.sim.Profiles(); n != 1 {
		t.Errorf("%d profiles were made", n)
	}
	err := d.store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		b, err := tx.Accounts.Business(ctx, d.biz)
		if err != nil {
			return err
		}
		b.Status = account.Closed
		return errors.Join(tx.Accounts.SaveBusiness(ctx, b), tx.Registration.Save(ctx, registration.Line{Business: core.BusinessID{99}, Due: d.hand.Now()}))
	})
	if err != nil {
		t.Fatal(err)
	}
	d.hand.add(2 * time.Hour)
	if r, err := d.Go(t.Context()); err != nil || r.Asked != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := d.Go(t.Context()); err != nil || r.Asked != 0 {
		t.Errorf("a venue that is closed and one that is gone are asked about again: %+v, %v", r, err)
	}
}
