package loop

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

// A street is a store with one venue that two guests have joined.
type street struct {
	*away
	t      *testing.T
	biz    account.Business
	launch *launch.Service
	bad    atomic.Pointer[core.CampaignID] // whose step the database fails
}

func newStreet(t *testing.T) *street {
	t.Helper()
	ids := system.UUIDs{}
	s := &street{t: t, away: &away{Store: memstore.New()}, biz: account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true,
	}}
	s.launch = &launch.Service{Store: failing{s}, Clock: system.Clock(), IDs: ids, Salts: system.Salts{}}
	return s
}

// open stores the venue and the guests, an hour ago by the bubble's clock.
func (s *street) open() {
	ago := time.Now().Add(-time.Hour)
	s.update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, s.biz); err != nil {
			return err
		}
		var es []consent.Event
		for _, n := range []string{"+15125550111", "+15125550112"} {
			es = append(es, consent.Event{
				ID: core.EventID(system.UUIDs{}.New()), Business: s.biz.ID, Number: core.MustNumber(n), Kind: consent.Granted,
				Method: consent.ByKeyword, Scope: consent.Marketing, At: ago, Recorded: ago,
			})
		}
		return tx.Consent.Append(ctx, es)
	})
}

func (s *street) update(f func(context.Context, store.Tx) error) {
	s.t.Helper()
	if err := s.Store.Update(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

// schedule adds a campaign that is due in the given time.
func (s *street) schedule(in time.Duration) campaign.Campaign {
	s.t.Helper()
	now := time.Now()
	c := campaign.Campaign{
		ID: core.CampaignID(system.UUIDs{}.New()), Business: s.biz.ID, Status: campaign.Scheduled, Body: "Luna's Cantina: tacos. Reply STOP to opt out.",
		SendAt: now.Add(in), NotAfter: now.Add(time.Hour), Created: now, Approved: now, Segments: 1,
	}
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Campaigns.Add(ctx, c) })
	return c
}

// status returns a campaign's status and how many texts it has.
func (s *street) status(c campaign.Campaign) (status campaign.Status, planned int) {
	s.t.Helper()
	err := s.Store.View(s.t.Context(), func(ctx context.Context, tx store.Tx) error {
		now, err := tx.Campaigns.Campaign(ctx, c.Business, c.ID)
		if err != nil {
			return err
		}
		t, err := tx.Messages.Tally(ctx, c.Business, c.ID)
		status, planned = now.Status, t.Of(message.Planned)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return status, planned
}

// failing is the street's store, whose writes fail where one campaign is read.
type failing struct{ s *street }

func (f failing) Ping(ctx context.Context) error { return f.s.Ping(ctx) }
func (f failing) View(ctx context.Context, do func(context.Context, store.Tx) error) error {
	return f.s.away.View(ctx, do)
}
func (f failing) Update(ctx context.Context, do func(context.Context, store.Tx) error) error {
	return f.s.away.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Campaigns = picky{tx.Campaigns, f.s}
		return do(ctx, tx)
	})
}

type picky struct {
	campaign.Book
	s *street
}

func (p picky) Campaign(ctx context.Context, b core.BusinessID, id core.CampaignID) (campaign.Campaign, error) {
	if bad := p.s.bad.Load(); bad != nil && *bad == id {
		return campaign.Campaign{}, core.E("street", core.Unavailable, "this row cannot be read")
	}
	return p.Book.Campaign(ctx, b, id)
}

// running runs the loop in a bubble, with a bell, and returns what was logged.
func (s *street) running(t *testing.T, do func(bell chan struct{})) (logged string) {
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		s.open()
		ctx, cancel := context.WithCancel(t.Context())
		bell := make(chan struct{}, 1)
		var said bytes.Buffer
		ended := make(chan struct{})
		go func() {
			launching(ctx, s.launch, 2, bell, slog.New(slog.NewTextHandler(&said, nil)))
			close(ended)
		}()
		synctest.Wait()
		do(bell)
		cancel()
		<-ended
		logged = said.String()
	})
	return logged
}

func (s *street) want(c campaign.Campaign, status campaign.Status, planned int) {
	s.t.Helper()
	if got, n := s.status(c); got != status || n != planned {
		s.t.Errorf("the campaign is %v with %d texts planned, want %v with %d", got, n, status, planned)
	}
}

// A campaign begins with the beat after its time has come, not before.
func TestCampaignsBeginWithTheBeat(t *testing.T) {
	s := newStreet(t)
	s.running(t, func(bell chan struct{}) {
		now, later := s.schedule(0), s.schedule(2*time.Second)
		ring(bell)
		synctest.Wait()
		s.want(now, campaign.Sending, 2)
		s.want(later, campaign.Scheduled, 0)
		<-time.After(2 * time.Second)
		ring(bell)
		synctest.Wait()
		s.want(later, campaign.Sending, 2)
	})
}

// Where the leader was killed nobody rings, and campaigns begin all the same.
func TestCampaignsBeginWithoutALeader(t *testing.T) {
	s := newStreet(t)
	s.running(t, func(chan struct{}) {
		c := s.schedule(0)
		<-time.After(launchAlone)
		synctest.Wait()
		s.want(c, campaign.Sending, 2)
	})
}

// One campaign that cannot be moved on holds up no other, and is said to fail
// once; so is a database that is away.
func TestOneBadCampaignHoldsUpNoOther(t *testing.T) {
	s := newStreet(t)
	logged := s.running(t, func(bell chan struct{}) {
		bad, good := s.schedule(0), s.schedule(time.Millisecond)
		s.bad.Store(&bad.ID)
		<-time.After(time.Millisecond)
		for range 3 {
			ring(bell)
			synctest.Wait()
		}
		s.want(bad, campaign.Scheduled, 0)
		s.want(good, campaign.Sending, 2)
		s.bad.Store(nil)
		ring(bell)
		synctest.Wait()
		s.want(bad, campaign.Sending, 2)
	})
	for text, times := range map[string]int{"moving campaigns on failed": 1, "works again": 1, "msg=planned": 2, "55501": 0} {
		if n := strings.Count(logged, text); n != times {
			t.Errorf("the log says %q %d times, want %d:\n%s", text, n, times, logged)
		}
	}
}
