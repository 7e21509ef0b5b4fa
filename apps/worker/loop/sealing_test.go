package loop

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

// away is a store whose database can be taken away.
type away struct {
	store.Store
	gone atomic.Bool
}

func (a *away) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	if a.gone.Load() {
		return core.E("away.Update", core.Unavailable, "the database is away")
	}
	return a.Store.Update(ctx, f)
}

func sealer(t *testing.T) (*seal.Service, *away) {
	t.Helper()
	key, _, err := seal.NewKey(rand.Reader, "test.example/evidence")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.ParseKeys([]string{key})
	if err != nil {
		t.Fatal(err)
	}
	a := &away{Store: memstore.New()}
	return &seal.Service{Store: a, Clock: system.Clock(), Origin: keys.Origin, Signers: keys.Signers, Batch: 10}, a
}

func (a *away) write(t *testing.T, n int) {
	t.Helper()
	rs := make([]evidence.Record, n)
	for i := range rs {
		rs[i] = evidence.NewStaffAction(evidence.NewSeed(system.UUIDs{}, system.Salts{}), core.BusinessID{1}, time.Now(), core.UserID{1},
			evidence.SettingsChanged, core.CampaignID{}, nil)
	}
	if err := a.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) }); err != nil {
		t.Fatal(err)
	}
}

func (a *away) size(t *testing.T) (size int64) {
	t.Helper()
	err := a.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Evidence.Head(ctx)
		size = c.Size
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// One ring seals all there is, bundle after bundle. A database that is away is
// reported once, and what came meanwhile is sealed when it is back.
func TestSealing(t *testing.T) {
	s, a := sealer(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		bell := make(chan struct{}, 1)
		var said bytes.Buffer
		ended := make(chan struct{})
		go func() {
			sealing(ctx, s, bell, nil, slog.New(slog.NewTextHandler(&said, nil)))
			close(ended)
		}()
		next := func(write int, gone bool, want int64) {
			t.Helper()
			a.gone.Store(gone)
			a.write(t, write)
			ring(bell)
			ring(bell) // never in the way
			synctest.Wait()
			if got := a.size(t); got != want {
				t.Errorf("the tree has %d leaves, want %d", got, want)
			}
		}
		next(95, false, 95)
		next(5, true, 95)
		next(5, true, 95)
		next(5, false, 110)
		next(0, false, 110)
		cancel()
		<-ended
		for text, times := range map[string]int{"msg=sealed": 2, "sealing failed": 1, "works again": 1} {
			if n := strings.Count(said.String(), text); n != times {
				t.Errorf("the log says %q %d times, want %d:\n%s", text, n, times, said.String())
			}
		}
	})
}
