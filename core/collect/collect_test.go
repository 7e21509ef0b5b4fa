package collect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/collect"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/media/mediatest"
	"github.com/jobfluss/nexo/core/store"
)

var guest = venuetest.Guest(0)

const png = "\x89PNG\r\n\x1a\npicture"

// A gallery is a venue whose guests send pictures.
type gallery struct {
	*venuetest.World
	s     *collect.Service
	blobs *mediatest.Memory
	// Have is what the carrier has, by address; a nil error and no bytes is a
	// carrier that is away.
	have  map[string]string
	asked int
	while func() // happens while something is fetched
}

func newGallery(t *testing.T) *gallery {
	g := &gallery{World: venuetest.New(t), blobs: &mediatest.Memory{}, have: map[string]string{}}
	g.s = &collect.Service{Store: g.Store, Blobs: g.blobs, Fetcher: g, Clock: g.Clock}
	return g
}

// Fetch is the carrier.
func (g *gallery) Fetch(_ context.Context, url string, most int) ([]byte, error) {
	g.asked++
	if g.while != nil {
		g.while()
	}
	b, ok := g.have[url]
	switch {
	case !ok:
		return nil, core.E("test", core.Unavailable, "away")
	case b == "gone", len(b) > most:
		return nil, core.E("test", core.Invalid, "not to be had")
	}
	return []byte(b), nil
}

func (g *gallery) sends(urls ...string) {
	g.Accept(venuetest.Wire{From: guest.E164(), To: g.Business.Sender.E164(), Body: "Look", Media: urls, At: g.Clock.Now()})
	g.Hear()
}

func (g *gallery) step() collect.Report {
	g.T.Helper()
	r, err := g.s.Step(context.Background(), 10)
	if err != nil {
		g.T.Fatalf("Step: %v", err)
	}
	return r
}

// media are the guest's, in the order in which they were sent.
func (g *gallery) media() (ms []media.Medium) {
	g.T.Helper()
	g.Update(func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Threads.OfGuest(ctx, g.Pair(guest))
		if err != nil {
			return err
		}
		ms, err = tx.Media.OfThread(ctx, g.Business.ID, t.ID)
		return err
	})
	return ms
}

func TestPicturesAreFetchedOnce(t *testing.T) {
	g := newGallery(t)
	g.have = map[string]string{"a": png, "b": "<svg/>", "c": "gone", "d": strings.Repeat("x", media.MaxSize+1)}
	g.sends("a", "b", "c", "d")
	if r := g.step(); r.Kept != 1 || r.Refused != 3 {
		t.Errorf("of a picture and three others: %+v", r)
	}
	kept := 0
	for _, m := range g.media() {
		if m.URL != "" {
			t.Error("the address is kept, though it is not needed any more")
		}
		if m.State != media.Kept {
			continue
		}
		kept++
		if b, err := g.blobs.Get(t.Context(), m.Key()); err != nil || string(b) != png || m.Kind != media.PNG || m.Size != len(png) {
			t.Errorf("the picture is %q, %v, %+v", b, err, m)
		}
	}
	if kept != 1 || g.blobs.Len() != 1 {
		t.Errorf("%d are kept, %d files", kept, g.blobs.Len())
	}
	asked := g.asked
	g.Clock.Add(100 * time.Hour)
	if r := g.step(); r.Did() != 0 || g.asked != asked {
		t.Errorf("a second time: %+v", r)
	}
}

// A carrier that is away is asked again, less and less often, and not for ever.
func TestACarrierThatIsAway(t *testing.T) {
	g := newGallery(t)
	g.sends("a")
	if r := g.step(); r.Later != 1 {
		t.Fatalf("the first time: %+v", r)
	}
	if r := g.step(); r.Did() != 0 {
		t.Errorf("at once again: %+v", r)
	}
	for i := 0; g.media()[0].State == media.Waiting; i++ {
		if i > 20 {
			t.Fatal("it is asked for ever")
		}
		g.Clock.Add(13 * time.Hour)
		g.step()
	}
	if g.media()[0].State != media.Refused {
		t.Errorf("in the end it is %+v", g.media()[0])
	}
}

// A worker that dies with one leaves it to another.
func TestAWorkerThatDies(t *testing.T) {
	g := newGallery(t)
	g.have["a"] = png
	g.sends("a")
	g.while = func() { g.Store.Fail(func() error { return core.E("store", core.Internal, "dead") }, nil) }
	if _, err := g.s.Step(t.Context(), 10); err == nil {
		t.Fatal("the store failed, and nothing is said")
	}
	g.Store.Fail(nil, nil)
	g.while = nil
	if r := g.step(); r.Did() != 0 {
		t.Errorf("while the first may still be at it: %+v", r)
	}
	g.Clock.Add(3 * time.Minute)
	if r := g.step(); r.Kept != 1 {
		t.Errorf("after that: %+v", r)
	}
}

// With the conversation its pictures go, those on their way too.
func TestPicturesGoWithTheirTexts(t *testing.T) {
	g := newGallery(t)
	g.have = map[string]string{"a": png, "b": png}
	g.sends("a")
	g.step()
	g.sends("b")
	erase := func() {
		g.Update(func(ctx context.Context, tx store.Tx) error { return tx.Threads.Erase(ctx, g.Pair(guest)) })
	}
	g.while = erase // just now
	g.step()
	g.while = nil
	g.Clock.Add(3 * time.Minute)
	g.step()
	if n := g.blobs.Len(); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if r := g.step(); r.Did() != 0 {
		t.Errorf("there is still something to do: %+v", r)
	}
}
