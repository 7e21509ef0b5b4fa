package picture_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/collect"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/media/mediatest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/store"
)

const secret = "a secret that is long enough for links"

// noisy is a picture that hardly shrinks, red in its upper left corner.
func noisy(w, h int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	seed := uint32(1)
	for y := range h {
		for x := range w {
			seed = seed*1664525 + 1013904223
			im.Set(x, y, color.RGBA{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 8), 255})
			if x < w/4 && y < h/4 {
				im.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	return im
}

func jpegOf(im image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, im, &jpeg.Options{Quality: 95})
	return b.Bytes()
}

func pngOf(im image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, im)
	return b.Bytes()
}

// held is a JPEG of a camera that was held as an orientation says, with a place in
// its EXIF.
func held(b []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	exif = append(exif, "GPS 30.2672N"...)
	seg := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif...)
	return append(seg, b[2:]...)
}

func TestPhotographsAreMadeToFit(t *testing.T) {
	big := jpegOf(noisy(1800, 1200))
	if len(big) < picture.MaxBytes {
		t.Fatalf("the test's picture has only %d bytes", len(big))
	}
	for what, b := range map[string][]byte{"a large photograph": big, "a large drawing": pngOf(noisy(700, 500))} {
		fit, kind, err := picture.Fit(b)
		if err != nil || kind != media.JPEG || len(fit) > picture.MaxBytes {
			t.Fatalf("%s becomes %v of %d bytes, %v", what, kind, len(fit), err)
		}
		c, _, err := image.DecodeConfig(bytes.NewReader(fit))
		if err != nil || max(c.Width, c.Height) > 1600 || c.Width < c.Height {
			t.Errorf("%s is %d by %d, %v", what, c.Width, c.Height, err)
		}
	}
}

// Where a photograph was taken does not go out with it, and it stands upright.
func TestPhotographsTellNothing(t *testing.T) {
	corners := map[byte][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}}
	for o, c := range corners {
		fit, _, err := picture.Fit(held(jpegOf(noisy(400, 200)), o))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(fit, []byte("GPS")) || bytes.Contains(fit, []byte("Exif")) {
			t.Errorf("orientation %d: the place goes out with it", o)
		}
		im, err := jpeg.Decode(bytes.NewReader(fit))
		if err != nil {
			t.Fatal(err)
		}
		w, h := im.Bounds().Dx(), im.Bounds().Dy()
		if o >= 5 != (h > w) {
			t.Errorf("orientation %d: it is %d by %d", o, w, h)
		}
		r, g, b, _ := im.At(10+c[0]*(w-21), 10+c[1]*(h-21)).RGBA()
		if r>>8 < 200 || g>>8 > 60 || b>>8 > 60 {
			t.Errorf("orientation %d: the red corner is not where it should be", o)
		}
	}
	small := pngOf(noisy(60, 60))
	if fit, kind, err := picture.Fit(small); err != nil || kind != media.PNG || !bytes.Equal(fit, small) {
		t.Error("a small drawing is changed")
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	var moving bytes.Buffer
	pal := image.NewPaletted(image.Rect(0, 0, 1400, 1400), color.Palette{color.Black, color.White, color.RGBA{R: 9, A: 255}, color.RGBA{G: 9, A: 255}})
	seed := uint32(7)
	for i := range pal.Pix {
		seed = seed*1664525 + 1013904223
		pal.Pix[i] = uint8(seed>>24) % 4
	}
	frames := &gif.GIF{Image: []*image.Paletted{pal, pal}, Delay: []int{1, 1}}
	if err := gif.EncodeAll(&moving, frames); err != nil || moving.Len() < picture.MaxBytes {
		t.Fatal(err, moving.Len())
	}
	bomb := pngOf(image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(bomb[16:24], "\x00\x00\xff\xff\x00\x00\xff\xff") // says that it is 65,535 by 65,535
	for what, b := range map[string][]byte{
		"nothing": nil, "an SVG": []byte("<svg/>"), "a PDF": []byte("%PDF-1.7"), "half a JPEG": jpegOf(noisy(64, 64))[:200], "a video": []byte("\x00\x00\x00\x18ftypmp42"),
		"a GIF that is too large": moving.Bytes(), "a bomb": bomb, "too many bytes": append([]byte("\xff\xd8\xff"), make([]byte, picture.MaxUpload)...),
	} {
		if _, _, err := picture.Fit(b); !errors.Is(err, core.Invalid) || core.MessageOf(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add(held(jpegOf(noisy(8, 8)), 6))
	f.Add(pngOf(noisy(8, 8)))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 {
			return
		}
		if fit, _, err := picture.Fit(b); err == nil && len(fit) > picture.MaxBytes {
			t.Error("what fits is too large")
		}
	})
}

// A wall is a venue with pictures.
type wall struct {
	*venuetest.World
	s     *picture.Service
	blobs *mediatest.Memory
}

func newWall(t *testing.T) *wall {
	w := &wall{World: venuetest.New(t), blobs: &mediatest.Memory{}}
	w.s = &picture.Service{Store: w.Store, Blobs: w.blobs, Links: picture.NewLinks("https://nexo.example/", secret), Clock: w.Clock, IDs: w.IDs}
	return w
}

func (w *wall) keep() picture.Ref {
	w.T.Helper()
	r, err := w.s.Keep(context.Background(), w.Business.ID, pngOf(noisy(20, 20)))
	if err != nil {
		w.T.Fatalf("%v", err)
	}
	return r
}

func TestAPictureThatNoTextTookGoes(t *testing.T) {
	w := newWall(t)
	loose, used := w.keep(), w.keep()
	ctx := context.Background()
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return picture.Use(ctx, tx, w.Business.ID, core.CampaignID(w.IDs.New()), []string{used.String()}, w.Clock.Now())
	})
	c := &collect.Service{Store: w.Store, Blobs: w.blobs, Clock: w.Clock}
	if r, err := c.Step(ctx, 10); err != nil || r.Did() != 0 {
		t.Fatalf("at once: %+v, %v", r, err)
	}
	w.Clock.Add(25 * time.Hour)
	if r, err := c.Step(ctx, 10); err != nil || r.Deleted != 1 || w.blobs.Len() != 1 {
		t.Fatalf("a day later: %+v, %v, %d files", r, err, w.blobs.Len())
	}
	if _, err := w.s.Open(ctx, w.Business.ID, used); err != nil {
		t.Error("the one that a campaign has is gone:", err)
	}
	if _, err := w.s.Open(ctx, w.Business.ID, loose); !errors.Is(err, core.NotFound) {
		t.Error("the other is there:", err)
	}
	err := w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return picture.Use(ctx, tx, w.Business.ID, core.CampaignID(w.IDs.New()), []string{loose.String()}, w.Clock.Now())
	})
	if !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), "Add it again") {
		t.Error("a text takes a picture that is gone:", err)
	}
}

func TestAnotherVenuesPictureIsNotThere(t *testing.T) {
	w := newWall(t)
	r := w.keep()
	if _, err := w.s.Open(t.Context(), core.BusinessID(w.IDs.New()), r); !errors.Is(err, core.NotFound) {
		t.Error("another venue sees it:", err)
	}
	r.SHA256[0]++
	if _, err := w.s.Open(t.Context(), w.Business.ID, r); !errors.Is(err, core.NotFound) {
		t.Error("bytes are handed out under another hash:", err)
	}
}

func TestRefs(t *testing.T) {
	w := newWall(t)
	r := w.keep()
	if got, ok := picture.Parse(r.String()); !ok || got != r {
		t.Error("a name is read as", got, ok)
	}
	for _, s := range []string{"", "https://example.com/a.png", strings.ToUpper(r.String()), r.String() + ".", strings.Replace(r.String(), ".png", ".svg", 1), r.String()[1:]} {
		if _, ok := picture.Parse(s); ok {
			t.Errorf("%q is taken for a name", s)
		}
	}
}

func TestLinksEnd(t *testing.T) {
	w := newWall(t)
	r, now := w.keep(), w.Clock.Now()
	url := w.s.Links.URL(w.Business.ID, r, now.Add(time.Hour))
	token, ok := strings.CutPrefix(url, "https://nexo.example/m/")
	if !ok || !strings.HasSuffix(url, ".png") {
		t.Fatal("the link is", url)
	}
	if b, got, ok := w.s.Links.Open(token, now); !ok || b != w.Business.ID || got != r {
		t.Error("the link opens", b, got, ok)
	}
	if _, _, ok := w.s.Links.Open(token, now.Add(time.Hour)); ok {
		t.Error("it opens after its end")
	}
	rolled := picture.NewLinks("https://nexo.example", "a newer secret that is long enough", secret)
	if _, _, ok := rolled.Open(token, now); !ok {
		t.Error("it does not open once there is a newer secret")
	}
	if _, _, ok := picture.NewLinks("https://nexo.example", "another secret that is long enough").Open(token, now); ok {
		t.Error("it opens with another secret")
	}
	for i := range token {
		forged := []byte(token)
		forged[i] ^= 1
		if _, _, ok := w.s.Links.Open(string(forged), now); ok {
			t.Fatalf("with sign %d changed it opens", i)
		}
	}
	if (*picture.Links)(nil).URL(w.Business.ID, r, now) != "" {
		t.Error("nobody's links are made")
	}
}

type wire struct{ got []message.Message }

func (w *wire) Submit(_ context.Context, m message.Message) (message.Ticket, error) {
	w.got = append(w.got, m)
	return message.Ticket{}, nil
}

// The carrier is told where it can fetch a picture, and never another's address.
func TestTheCarrierGetsALink(t *testing.T) {
	w := newWall(t)
	r, out := w.keep(), &wire{}
	c := &picture.Carrier{Next: out, Links: w.s.Links, Clock: w.Clock}
	m := message.Message{Business: w.Business.ID, Body: "Tacos", Media: []string{r.String()}}
	if _, err := c.Submit(t.Context(), m); err != nil || len(out.got) != 1 || !strings.HasPrefix(out.got[0].Media[0], "https://nexo.example/m/") {
		t.Errorf("the carrier gets %+v, %v", out.got, err)
	}
	if m.Media[0] != r.String() {
		t.Error("the text itself is changed")
	}
	m.Media = []string{"https://example.com/not-ours.png"}
	if _, err := c.Submit(t.Context(), m); !errors.Is(err, core.Invalid) || len(out.got) != 1 {
		t.Error("somebody else's address goes out:", err)
	}
	m.Media = nil
	if _, err := c.Submit(t.Context(), m); err != nil || len(out.got) != 2 || out.got[1].Media != nil {
		t.Error("a text without a picture is held up:", err)
	}
}
