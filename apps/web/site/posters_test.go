package site_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

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
