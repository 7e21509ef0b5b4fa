package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

// An invitation is everything by which a guest can join: the keyword, the
// number, the code to scan and the words shown.
type invitation struct {
	Brand, Word, Number string
	URL, Label          string // of the opt-in page
	Text                string // the disclosure
	Body                string // what the guest's phone sends
	QR                  qrCode
	SMS                 string // opens the messaging app with Body filled in
	PhoneURL            string // the same for the virtual phone
	Terms, Privacy      string
	MonthlyTexts        int
	Help                string
}

// invite is for who looks at the page itself, or at a printed sheet.
func (s *site) invite(b account.Business, k account.Keyword, d consent.Disclosure, sheet consent.Size) (invitation, error) {
	page := s.o.PublicURL + "/q/" + k.Code
	scanned := page
	if sheet != consent.NoPoster {
		scanned += "?p=" + sheet.String()
	}
	code, err := encodeQR(scanned)
	if err != nil {
		return invitation{}, err
	}
	in := invitation{
		Brand: b.Name, Word: k.Word, Number: consent.Pretty(b.Sender), URL: page, Label: strings.TrimPrefix(strings.TrimPrefix(page, "https://"), "http://"),
		Text: d.Text, Body: k.Word + " " + d.RefOn(sheet), QR: code, Terms: b.TermsURL, Privacy: b.PrivacyURL, MonthlyTexts: b.MonthlyTexts, Help: b.HelpContact,
	}
	if s.o.Demo != nil && s.o.Demo.PhoneURL != "" {
		in.PhoneURL = s.o.Demo.PhoneURL + "?" + url.Values{"to": {b.Sender.E164()}, "body": {in.Body}}.Encode()
	}
	return in, nil
}

// current returns the disclosure in force for a keyword. It is made from the
// business as it is now, not taken as the newest that was stored: settings that
// are changed back give an older version again.
func (s *site) current(ctx context.Context, b account.Business, k account.Keyword) (consent.Disclosure, error) {
	d := consent.Disclose(b, k.Word, s.Clock.Now())
	err := s.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Consent.Disclosure(ctx, b.ID, d.Version)
		return err
	})
	if errors.Is(err, core.NotFound) {
		// Nobody may be shown words that are not on record.
		err = s.Database.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutDisclosure(ctx, d) })
	}
	return d, err
}

// keyword finds what a public address is about.
func (s *site) keyword(ctx context.Context, code string) (account.Business, account.Keyword, error) {
	var b account.Business
	var k account.Keyword
	err := s.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		if k, err = tx.Accounts.KeywordByCode(ctx, code); err != nil {
			return err
		}
		b, err = tx.Accounts.Business(ctx, k.Business)
		return err
	})
	if err == nil && b.Status != account.Active {
		return b, k, errNotFound
	}
	return b, k, err
}

// publicFor is how long a public page may be kept. A text that names older
// words is still understood: it says which words were shown.
const publicFor = "public, max-age=60"

func (s *site) optIn(w http.ResponseWriter, req bunrouter.Request) error {
	b, k, err := s.keyword(req.Context(), req.Param("code"))
	if err != nil {
		return err
	}
	if k.Retired() {
		return s.elsewhere(w, req, b)
	}
	d, err := s.current(req.Context(), b, k)
	if err != nil {
		return err
	}
	// What is no sheet of ours is none: the page is for everybody.
	sheet, _ := consent.ParseSize(req.URL.Query().Get("p"))
	in, err := s.invite(b, k, d, sheet)
	if err != nil {
		return err
	}
	device := deviceOf(req.UserAgent())
	in.SMS = smsLink(device, b.Sender, in.Body)
	s.countScan(req, b, k, sheet, device)
	w.Header().Set("Vary", "User-Agent")
	w.Header().Set("Cache-Control", publicFor)
	return render(w, req.Context(), http.StatusOK, optInPage(in, device))
}

// elsewhere sends who scanned a sheet with a retired keyword to the page of one
// that is in use: the words there are today's.
func (s *site) elsewhere(w http.ResponseWriter, req bunrouter.Request, b account.Business) error {
	var ks []account.Keyword
	err := s.Database.Store.View(req.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		ks, err = tx.Accounts.Keywords(ctx, b.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range ks {
		if !k.Retired() {
			return see(w, req.Request, "/q/"+k.Code)
		}
	}
	return errNotFound
}

func (s *site) terms(w http.ResponseWriter, req bunrouter.Request) error {
	return s.document(w, req, "terms")
}

func (s *site) privacy(w http.ResponseWriter, req bunrouter.Request) error {
	return s.document(w, req, "privacy")
}

func (s *site) document(w http.ResponseWriter, req bunrouter.Request, which string) error {
	b, k, err := s.keyword(req.Context(), req.Param("code"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", publicFor)
	return render(w, req.Context(), http.StatusOK, documentPage(which, b, k, consent.Pretty(b.Sender)))
}

// A device is the kind of machine that a guest looks at the opt-in page with.
type device uint8

const (
	desktop device = iota
	iphone
	android
)

func deviceOf(userAgent string) device {
	switch {
	case strings.Contains(userAgent, "iPhone"), strings.Contains(userAgent, "iPod"), strings.Contains(userAgent, "iPad"):
		return iphone
	case strings.Contains(userAgent, "Android"):
		return android
	}
	return desktop
}

// smsLink opens the messaging app with the text filled in. RFC 5724 has
// "?body=", which Android keeps to; iOS reads what follows "&" and drops the
// text after "?". Others get both, which each reads as its own.
func smsLink(d device, to core.Number, body string) string {
	text := "body=" + strings.ReplaceAll(url.QueryEscape(body), "+", "%20")
	switch d {
	case iphone:
		return "sms:" + to.E164() + "&" + text
	case android:
		return "sms:" + to.E164() + "?" + text
	}
	return "sms:" + to.E164() + "?&" + text
}

// A qrCode is a code as the path of an SVG, one unit a module, with the quiet
// zone of four modules that scanners need.
type qrCode struct {
	Size int
	Path string
}

func encodeQR(content string) (qrCode, error) {
	const quiet = 4
	// M survives a thumb or a drop of beer on the poster.
	c, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, core.Wrap("site.encodeQR", core.Internal, "", err)
	}
	n := c.Bounds().Dx()
	var p strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && dark(c.At(x, y)) {
				x++
			}
			if x > from {
				fmt.Fprintf(&p, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return qrCode{Size: n + 2*quiet, Path: p.String()}, nil
}

func dark(c interface{ RGBA() (r, g, b, a uint32) }) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
