package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // its size
	"image/jpeg"
	_ "image/png" // what venues draw
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// MaxBytes is what every carrier takes for every kind of number: Telnyx's own
// limit is 1 MB for a text, AT&T's and Verizon's 600 KB for toll-free ones.
const MaxBytes = 600 << 10

// MaxUpload is the most bytes that are taken in; what phones make is smaller.
const MaxUpload = 12 << 20

const (
	maxPixels = 50 << 20 // beyond them it is no photograph, and would cost memory
	maxSide   = 1600     // phones have no more
)

// Fit makes a picture that every carrier takes out of what somebody chose:
// photographs are turned upright, made smaller and written anew as JPEG, which
// leaves out where and by whom they were taken. What is small already and is no
// photograph stays as it is. Errors of kind Invalid say what to do.
func Fit(b []byte) ([]byte, media.Kind, error) {
	kind := media.KindOf(b)
	if _, ok := endings[kind]; !ok {
		return nil, kind, refuse("That is not a picture that phones show. Choose a JPEG, PNG or GIF file.")
	}
	if len(b) > MaxUpload {
		return nil, kind, refuse("The picture is larger than 12 MB. Choose a smaller one.")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return nil, kind, refuse("The file is damaged. Save the picture anew, or choose another.")
	}
	if size.Width > maxPixels/size.Height {
		return nil, kind, refuse("The picture has more than 50 million points. Choose a smaller one.")
	}
	if kind == media.GIF { // it may move, and then nothing else shows it
		if len(b) > MaxBytes {
			return nil, kind, refuse("A GIF may have 600 KB: carriers drop larger ones. Make it shorter or smaller.")
		}
		return b, kind, nil
	}
	im, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, kind, refuse("The file is damaged. Save the picture anew, or choose another.")
	}
	if kind == media.PNG && len(b) <= MaxBytes && plainPNG(b) {
		return b, kind, nil
	}
	out, err := shrink(im, orientation(b))
	return out, media.JPEG, err
}

func refuse(s string) error { return core.E("picture.Fit", core.Invalid, s) }

// plainPNG reports whether a PNG has nothing in it that tells who made it.
func plainPNG(b []byte) bool {
	for _, c := range []string{"tEXt", "iTXt", "zTXt", "eXIf"} {
		if bytes.Contains(b, []byte(c)) {
			return false
		}
	}
	return true
}

// shrink writes a picture as JPEG, smaller and plainer until it fits.
func shrink(im image.Image, turn int) ([]byte, error) {
	for side := maxSide; side >= 200; side = side * 3 / 4 {
		small := upright(scaled(im, side), turn)
		for _, q := range []int{85, 70} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: q}); err != nil {
				return nil, core.Wrap("picture.Fit", core.Internal, "", err)
			}
			if out.Len() <= MaxBytes {
				return out.Bytes(), nil
			}
		}
	}
	return nil, core.Wrap("picture.Fit", core.Invalid, "The picture cannot be made small enough. Choose another.", errors.New("over 600 KB at 200 points"))
}

// most samples a side that are averaged for a point of the smaller picture.
const mostSamples = 4

// scaled returns a picture whose longer side has at most side points, each the
// average of what it stands for, on white: JPEG knows no transparency.
func scaled(im image.Image, side int) *image.RGBA {
	from := im.Bounds()
	w, h := from.Dx(), from.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := from.Min.Y+y*from.Dy()/h, from.Min.Y+(y+1)*from.Dy()/h
		for x := range w {
			x0, x1 := from.Min.X+x*from.Dx()/w, from.Min.X+(x+1)*from.Dx()/w
			out.SetRGBA(x, y, average(im, x0, y0, max(x1, x0+1), max(y1, y0+1)))
		}
	}
	return out
}

func average(im image.Image, x0, y0, x1, y1 int) color.RGBA {
	dx, dy := max(1, (x1-x0)/mostSamples), max(1, (y1-y0)/mostSamples)
	var r, g, b, n uint32
	for y := y0; y < y1; y += dy {
		for x := x0; x < x1; x += dx {
			cr, cg, cb, ca := im.At(x, y).RGBA()
			white := 0xffff - ca
			r, g, b, n = r+(cr+white)>>8, g+(cg+white)>>8, b+(cb+white)>>8, n+1
		}
	}
	return color.RGBA{R: uint8(r / n), G: uint8(g / n), B: uint8(b / n), A: 0xff}
}

// upright turns and mirrors as EXIF's orientation, 1 to 8, says.
func upright(im *image.RGBA, o int) *image.RGBA {
	if o < 2 || o > 8 {
		return im
	}
	w, h := im.Rect.Dx(), im.Rect.Dy()
	ow, oh := w, h
	if o >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch o {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetRGBA(tx, ty, im.RGBAAt(x, y))
		}
	}
	return out
}

// orientation reads how a camera was held out of a JPEG's EXIF, 1 where it does
// not say (Exif 2.32, 4.6.4, tag 0x0112).
func orientation(b []byte) int {
	for i := 2; i+4 <= len(b) && b[i] == 0xff && b[i+1] != 0xda; {
		n := int(b[i+2])<<8 | int(b[i+3])
		if n < 2 || i+2+n > len(b) {
			break
		}
		if seg := b[i+4 : i+2+n]; b[i+1] == 0xe1 && strings.HasPrefix(string(seg), "Exif\x00\x00") {
			return tiffOrientation(seg[6:])
		}
		i += 2 + n
	}
	return 1
}

func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	little := t[0] == 'I'
	u16 := func(i int) int {
		if i < 0 || i+2 > len(t) {
			return 0
		}
		if little {
			return int(t[i]) | int(t[i+1])<<8
		}
		return int(t[i])<<8 | int(t[i+1])
	}
	at := u16(4) | u16(6)<<16
	if !little {
		at = u16(4)<<16 | u16(6)
	}
	if at > len(t) {
		return 1
	}
	for n, i := u16(at), at+2; n > 0 && i+12 <= len(t); n, i = n-1, i+12 {
		if u16(i) == 0x0112 {
			return u16(i + 8)
		}
	}
	return 1
}
