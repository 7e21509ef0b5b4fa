package site_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/web/site"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

func TestASheetIsFrozenAsItIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	seen := map[string]bool{}
	for _, size := range []string{"wall", "card", "tent"} {
		p := owner.get("/grow/poster?word=LUNA&size="+size).must(200, "By texting LUNA to (512) 555-0100", "Agreeing is not a condition of any purchase")
		sum := sha256.Sum256([]byte(p.body))
		hash := hex.EncodeToString(sum[:])
		if p.header.Get("X-Poster-SHA256") != hash || seen[hash] {
			t.Errorf("the %s has the hash %s, and says %s", size, hash, p.header.Get("X-Poster-SHA256"))
		}
		seen[hash] = true
		// All that there was to see is in the bytes: no style sheet that could change.
		_, rest, _ := strings.Cut(p.body, "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		of := sha256.Sum256([]byte(style))
		if !strings.Contains(style, ".face") || strings.Contains(p.body, "stylesheet") || !strings.Contains(p.header.Get("Content-Security-Policy"), "'sha256-"+base64.StdEncoding.EncodeToString(of[:])+"'") {
			t.Errorf("the %s is not whole, or browsers do not show its style: %s", size, p.header.Get("Content-Security-Policy"))
		}
		if again := owner.get("/grow/poster?word=LUNA&size=" + size); again.body != p.body {
			t.Errorf("the %s is another each time", size)
		}
		if old := owner.get("/grow/posters/" + hash).must(200); old.body != p.body {
			t.Errorf("the frozen %s is another", size)
		}
	}
	// A change of the words makes other sheets; the old ones stay as they were.
	form := signUpForm("", "", "")
	form.Set("monthly_texts", "3")
	owner.submit("/settings", "/settings", form).must(200)
	if p := owner.get("/grow/poster"); seen[p.header.Get("X-Poster-SHA256")] || !p.has("3 texts a month") {
		t.Error("the sheet has the old words")
	}
	for hash := range seen {
		owner.get("/grow/posters/"+hash).must(200, "8 texts a month")
	}
	other, _ := w.venue("max@max.example", "(512) 555-0199", "maxes")
	for hash := range seen {
		other.get("/grow/posters/" + hash).must(404) // promise 10
		break
	}
	for _, bad := range []string{"/grow/poster?size=mural", "/grow/poster?word=NOPE", "/grow?word=NOPE", "/grow/posters/x", "/grow/posters/" + strings.Repeat("0", 64)} {
		owner.get(bad).must(404)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		ps, err := tx.Consent.Posters(ctx, biz.ID, consent.Disclose(biz, "LUNA", noon).Version)
		if len(ps) != 3 {
			t.Errorf("%d sheets are kept for the first words, want 3", len(ps))
		}
		return err
	})
}

var filledIn = regexp.MustCompile(`body=LUNA%20([A-Z]{4})`)

func TestScansAreCountedBySheetAndDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	owner.get("/grow").must(200, "Nobody has opened the page yet")
	link := regexp.MustCompile(`/q/[0-9a-z]{8}`).FindString(owner.get("/grow").body)
	guest, refs := w.browser(), map[string]bool{}
	look := func(agent, path string) {
		guest.agent = agent
		if m := filledIn.FindStringSubmatch(guest.get(path).must(200).body); m == nil {
			t.Errorf("%s fills in no text", path)
		} else {
			refs[m[1]] = true
		}
	}
	const iphone, android, mac = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)", "Mozilla/5.0 (Linux; Android 15)", "Mozilla/5.0 (Macintosh)"
	look(iphone, link+"?p=tent")
	look(android, link+"?p=tent")
	look(iphone, link+"?p=wall")
	look(mac, link)
	look(iphone, link+"?p=nonsense")
	look("Googlebot/2.1", link+"?p=tent") // sees the page, and is nobody
	if len(refs) != 3 {
		t.Errorf("the texts filled in name %d sheets, want 3", len(refs))
	}
	rows := strings.Join(owner.get("/grow").must(200).texts("scan-row"), "|")
	for _, want := range []string{"Table tent LUNA 2 0", "Poster LUNA 1 0", "The page itself LUNA 1 1"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the scans are %q, want %q among them", rows, want)
		}
	}
}

func TestAVenueHasKeywordsForItsPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	add := func(word, place string) page {
		return owner.submit("/grow", "/grow/keywords", url.Values{"keyword": {word}, "place": {place}})
	}
	for word, says := range map[string]string{
		"stop": "means something else to carriers", "baja": "means something else", "luna": "LUNA is taken on this number. Try LUNAVIP, MYLUNA, LUNACLUB", "no!": "Use only the letters", "12345": "at least one letter",
	} {
		p := add(word, "Patio").must(http.StatusUnprocessableEntity, `value="Patio"`)
		if got := p.text("keyword-problem"); !strings.Contains(got, says) {
			t.Errorf("%s is answered by %q, want %q", word, got, says)
		}
	}
	p := add("Patio 21", "Patio").must(200, "PATIO21 is yours")
	if p.text("keyword") != "PATIO21" || !strings.Contains(p.text("disclosure"), "By texting PATIO21") {
		t.Errorf("the page shows %s: %s", p.text("keyword"), p.text("disclosure"))
	}
	add("lunavip", "").must(200)
	if got := add("luna", "").must(http.StatusUnprocessableEntity).text("keyword-problem"); strings.Contains(got, "LUNAVIP") || !strings.Contains(got, "MYLUNA") {
		t.Errorf("a word that is taken is offered: %q", got)
	}
	if p := owner.get("/grow"); p.text("keyword") != "LUNA" || !strings.Contains(p.text("keywords"), "PATIO21 Patio") {
		t.Errorf("the list is %q", p.text("keywords"))
	}
	owner.get("/grow/poster?word=PATIO21&size=card").must(200, "text PATIO21 to")
}

func TestKeywordsAreRetired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	retire := func(word string) page {
		return owner.submit("/grow", "/grow/keywords/retire", url.Values{"word": {word}})
	}
	retire("LUNA").must(200, "your only keyword")
	owner.submit("/grow", "/grow/keywords", url.Values{"keyword": {"patio"}, "place": {"Patio"}}).must(200)
	var old, other account.Keyword
	w.update(func(ctx context.Context, tx store.Tx) error {
		ks, err := tx.Accounts.Keywords(ctx, biz.ID)
		old, other = ks[0], ks[1]
		return err
	})
	if p := retire("LUNA").must(200, "LUNA is retired", "Retired: LUNA"); p.text("keyword") != "PATIO" || strings.Contains(p.text("keywords"), "LUNA") {
		t.Errorf("the page shows %s of %s", p.text("keyword"), p.text("keywords"))
	}
	retire("LUNA").must(404)
	owner.get("/grow/poster?word=LUNA").must(404)
	// Sheets that hang on lead to today's words, and what was agreed to stays.
	w.browser().get("/q/"+old.Code).must(200, "By texting PATIO")
	w.browser().get("/t/" + old.Code).must(200)
	stranger, _ := w.venue("max@max.example", "(512) 555-0199", "maxes")
	stranger.submit("/grow", "/grow/keywords/retire", url.Values{"word": {other.Word}}).must(404) // promise 10
	owner.submit("/grow", "/grow/keywords", url.Values{"keyword": {"luna"}}).must(200, "LUNA is yours")
	w.browser().get("/q/"+old.Code).must(200, "By texting LUNA")
}

// A place is counted where somebody says it, and nothing else of the guest.
func TestScansAreCountedByPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *site.Options) { o.RegionHeader = "X-Region" })
	owner, biz := w.venue("luna@lunas.example", "(512) 555-0100", "luna")
	link := regexp.MustCompile(`/q/[0-9a-z]{8}`).FindString(owner.get("/grow").body)
	for _, region := range []string{"Texas", "Texas", "New Mexico", "203.0.113.9", "<b>", strings.Repeat("a", 41), ""} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+link, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "Mozilla/5.0 (iPhone)")
		req.Header.Set("X-Region", region)
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 200 {
			t.Fatal(res, err)
		}
		_ = res.Body.Close()
	}
	if got := owner.get("/grow").text("scan-places"); !strings.Contains(got, "Texas 2, New Mexico 1.") {
		t.Errorf("the places are %q", got)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		ss, err := tx.Accounts.Scans(ctx, biz.ID, "")
		n := 0
		for _, s := range ss {
			if n += s.N; s.Place != "" && s.Place != "Texas" && s.Place != "New Mexico" {
				t.Errorf("%q was kept", s.Place)
			}
		}
		if n != 7 {
			t.Errorf("%d scans are counted, want 7", n)
		}
		return err
	})
}
