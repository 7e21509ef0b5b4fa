package site

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/store"
)

// A growView is the page about how guests join.
type growView struct {
	In       invitation
	Sheets   []sheetLink
	Keywords []keywordRow
	Typed    onboard.Form // what was typed into the form for a keyword
	Place    string
	Bad      onboard.Problems
	Scans    []scanRow
	Places   []string // where scans come from, with how many
	Retired  []string
}

type sheetLink struct{ Name, URL string }

type keywordRow struct {
	URL, Word, Place string
	Current          bool
	MayRetire        bool
}

// A scanRow sums up the scans of a keyword from one sheet.
type scanRow struct {
	Word, Sheet       string
	Phones, Computers int
}

// words are the keywords of the business that are in use, the one that is named, or the first,
// as the second value. A name that is none of them is NotFound.
func (v *visit) words(named string) ([]account.Keyword, account.Keyword, error) {
	var ks []account.Keyword
	err := v.view(func(ctx context.Context, tx store.Tx) (err error) {
		ks, err = tx.Accounts.Keywords(ctx, v.biz.ID)
		return err
	})
	if err != nil {
		return nil, account.Keyword{}, err
	}
	ks = slices.DeleteFunc(ks, account.Keyword.Retired)
	if len(ks) == 0 {
		return nil, account.Keyword{}, core.E("site.words", core.NotFound, v.say("grow.none"))
	}
	i := slices.IndexFunc(ks, func(k account.Keyword) bool { return named == "" || k.Word == named })
	if i < 0 {
		return nil, account.Keyword{}, errNotFound
	}
	return ks, ks[i], nil
}

// invitation returns that of a keyword, of the first where none is named.
func (v *visit) invitation(named string) (invitation, error) {
	_, k, err := v.words(named)
	if err != nil {
		return invitation{}, err
	}
	d, err := v.s.current(v.ctx(), v.biz, k)
	if err != nil {
		return invitation{}, err
	}
	return v.s.invite(v.biz, k, d, consent.NoPoster)
}

func (s *site) grow(v *visit) error {
	if v.biz.Sender.IsZero() {
		return v.show(growWaits(v.page("grow", "grow.title")))
	}
	return v.showGrow(http.StatusOK, growView{})
}

func (v *visit) showGrow(code int, x growView) error {
	named := v.req.URL.Query().Get("word")
	ks, k, err := v.words(named)
	if err != nil {
		return err
	}
	if x.In, err = v.invitation(named); err != nil {
		return err
	}
	for _, size := range consent.Sizes() {
		x.Sheets = append(x.Sheets, sheetLink{size.String(), "/grow/poster?size=" + size.String() + "&word=" + k.Word})
	}
	for i, other := range ks {
		row := keywordRow{URL: "/grow?word=" + other.Word, Word: other.Word, Place: other.Place, Current: other.Word == k.Word, MayRetire: len(ks) > 1 && v.user.Role >= account.Manager}
		if i == 0 && row.Place == "" {
			row.Place = v.say("grow.keyword.first")
		}
		x.Keywords = append(x.Keywords, row)
	}
	if x.Scans, x.Places, err = v.scans(); err != nil {
		return err
	}
	if x.Retired, err = v.retired(); err != nil {
		return err
	}
	return v.showWith(code, growPage(v.page("grow", "grow.title"), x))
}

func (s *site) addKeyword(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	typed, place := v.req.PostFormValue("keyword"), v.req.PostFormValue("place")
	k, err := s.Onboard.AddKeyword(v.ctx(), v.user.ID, v.biz.ID, typed, place)
	var bad onboard.Problems
	if errors.As(err, &bad) {
		return v.showGrow(http.StatusUnprocessableEntity, growView{Typed: onboard.Form{Keyword: typed}, Place: place, Bad: bad})
	}
	if err != nil {
		return err
	}
	v.flash("good", v.say("grow.keyword.added", "word", k.Word))
	return v.see("/grow?word=" + k.Word)
}

// retired are the words that were taken down.
func (v *visit) retired() (out []string, err error) {
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		ks, err := tx.Accounts.Keywords(ctx, v.biz.ID)
		for _, k := range ks {
			if k.Retired() {
				out = append(out, k.Word)
			}
		}
		return err
	})
	return out, err
}

func (s *site) retireKeyword(v *visit) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	word := v.req.PostFormValue("word")
	if err := s.Onboard.RetireKeyword(v.ctx(), v.user.ID, v.biz.ID, word); errors.Is(err, core.Conflict) {
		v.flash("bad", core.MessageOf(err))
	} else if err != nil {
		return err
	} else {
		v.flash("good", v.say("grow.keyword.gone", "word", word))
	}
	return v.see("/grow")
}

// poster shows a printable sheet, and freezes it before anybody can print it: an
// opt-in names the page that hung there, to the byte.
func (s *site) poster(v *visit) error {
	q := v.req.URL.Query()
	size, ok := consent.ParseSize(q.Get("size"))
	if !ok && q.Get("size") != "" {
		return errNotFound
	}
	if !ok {
		size = consent.Wall
	}
	_, k, err := v.words(q.Get("word"))
	if err != nil {
		return err
	}
	d, err := s.current(v.ctx(), v.biz, k)
	if err != nil {
		return err
	}
	in, err := s.invite(v.biz, k, d, size)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := posterPage(in, size.String()).Render(v.ctx(), &page); err != nil {
		return core.Wrap("site.poster", core.Internal, "", err)
	}
	p := consent.NewPoster(d, size, page.Bytes(), s.Clock.Now())
	if err := s.Database.Store.Update(v.ctx(), func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutPoster(ctx, p) }); err != nil {
		return err
	}
	return v.sheet(p)
}

// frozenPoster shows a sheet as it hung.
func (s *site) frozenPoster(v *visit) error {
	hash, err := consent.ParseVersion(v.req.Param("sha256"))
	if err != nil || hash.IsZero() {
		return errNotFound
	}
	var p consent.Poster
	err = v.view(func(ctx context.Context, tx store.Tx) (err error) {
		p, err = tx.Consent.Poster(ctx, v.biz.ID, hash)
		return err
	})
	if err != nil {
		return err
	}
	return v.sheet(p)
}

func (v *visit) sheet(p consent.Poster) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Poster-SHA256", p.SHA256.String())
	if style, ok := styleOf(p.Page); ok {
		sum := sha256.Sum256(style)
		h.Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", 1))
	}
	_, _ = v.w.Write(p.Page) // the browser has gone: nobody to tell
	return nil
}

// What stands around the style of a sheet.
const styleBegin, styleEnd = "<style>", "</style>"

// styleOf is the style in a sheet; one that was frozen long ago has none.
func styleOf(page []byte) ([]byte, bool) {
	_, rest, ok := bytes.Cut(page, []byte(styleBegin))
	style, _, ok2 := bytes.Cut(rest, []byte(styleEnd))
	return style, ok && ok2
}

// countScan counts that the opt-in page was opened: which sheet, what kind of
// device, which day. Robots and looks without the page are not counted, and a
// count that fails costs nobody the page.
func (s *site) countScan(req bunrouter.Request, b account.Business, k account.Keyword, sheet consent.Size, d device) {
	if req.Method != http.MethodGet || robot(req.UserAgent()) {
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), time.Second)
	defer cancel()
	day := s.Clock.Now().In(located(b.Zone)).Format("2006-01-02")
	scan := account.Scan{Business: b.ID, Keyword: k.Word, Sheet: sheet.String(), Device: d.String(), Day: day, Place: s.region(req.Header), N: 1}
	if err := s.Database.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Accounts.CountScan(ctx, scan) }); err != nil {
		s.o.Log.WarnContext(ctx, "a scan was not counted", "kind", core.KindOf(err).String())
	}
}

// region is the state or region that a delivery network in front of us says the
// guest is in, "" where none is configured or it says something else. The network
// knows the address; we never do.
func (s *site) region(h http.Header) string {
	if s.o.RegionHeader == "" {
		return ""
	}
	r := strings.TrimSpace(h.Get(s.o.RegionHeader))
	if len(r) > 40 || strings.ContainsFunc(r, func(c rune) bool { return !unicode.IsLetter(c) && c != ' ' && c != '-' }) {
		return ""
	}
	return r
}

func robot(userAgent string) bool {
	u := strings.ToLower(userAgent)
	return u == "" || slices.ContainsFunc([]string{"bot", "crawl", "spider", "preview", "facebookexternalhit", "monitor"}, func(w string) bool { return strings.Contains(u, w) })
}

var deviceNames = [...]string{"desktop", "iphone", "android"}

func (d device) String() string { return deviceNames[d] }

// mostPlaces is how many places are named.
const mostPlaces = 8

// scans sums up the last thirty days, and where they came from.
func (v *visit) scans() ([]scanRow, []string, error) {
	from := v.s.Clock.Now().In(located(v.biz.Zone)).AddDate(0, 0, -29).Format("2006-01-02")
	var all []account.Scan
	err := v.view(func(ctx context.Context, tx store.Tx) (err error) {
		all, err = tx.Accounts.Scans(ctx, v.biz.ID, from)
		return err
	})
	type key struct{ word, sheet string }
	sums := map[key]*scanRow{}
	var rows []*scanRow
	places := map[string]int{}
	for _, x := range all {
		if x.Place != "" {
			places[x.Place] += x.N
		}
		k := key{x.Keyword, x.Sheet}
		if sums[k] == nil {
			sums[k] = &scanRow{Word: x.Keyword, Sheet: v.say("sheet." + orNone(x.Sheet))}
			rows = append(rows, sums[k])
		}
		if x.Device == desktop.String() {
			sums[k].Computers += x.N
		} else {
			sums[k].Phones += x.N
		}
	}
	slices.SortStableFunc(rows, func(a, b *scanRow) int { return b.Phones + b.Computers - a.Phones - a.Computers })
	var out []scanRow
	for _, r := range rows {
		out = append(out, *r)
	}
	names := slices.SortedFunc(maps.Keys(places), func(a, b string) int { return cmp.Or(places[b]-places[a], strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = name + " " + num(places[name])
	}
	return out, names[:min(len(names), mostPlaces)], err
}
