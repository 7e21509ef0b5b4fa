package intake

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
)

// maxWords is of how many words a keyword with its reference may be written:
// "happy hour club", "T A C O S BCDF".
const maxWords = 8

// keyword reports whether the text is the keyword of the business, alone or
// with the reference that the opt-in page puts behind it, and so which
// disclosure the guest was shown and where. A keyword among other words joins
// nobody: "pizza was cold tonight" is no consent.
func (h *hearing) keyword(ctx context.Context) (consent.Disclosure, consent.Method, bool, error) {
	none := func(err error) (consent.Disclosure, consent.Method, bool, error) {
		return consent.Disclosure{}, consent.Unstated, false, err
	}
	words := keywordWords(h.event.Text.Body)
	if len(words) == 0 || len(words) > maxWords {
		return none(nil)
	}
	// Without a reference the guest typed the word from a poster, which shows
	// the latest words.
	ds, err := h.disclosures(ctx, strings.Join(words, ""))
	if err != nil {
		return none(err)
	} else if len(ds) > 0 {
		h.sheet = consent.Wall
		return ds[0], consent.ByKeyword, true, nil
	}
	ref := words[len(words)-1]
	if !consent.IsRef(ref) || len(words) == 1 {
		return none(nil)
	}
	if ds, err = h.disclosures(ctx, strings.Join(words[:len(words)-1], "")); err != nil || len(ds) == 0 {
		return none(err)
	}
	for _, d := range ds {
		if sheet, ok := d.Named(ref); ok {
			h.sheet = sheet
			return d, consent.ByQR, true, nil
		}
	}
	return ds[0], consent.ByKeyword, true, nil // a reference with a slip in it
}

// disclosures are those of the word, newest first, if it is a keyword of the
// business. One without a disclosure cannot give consent.
func (h *hearing) disclosures(ctx context.Context, word string) ([]consent.Disclosure, error) {
	k, err := h.tx.Accounts.Keyword(ctx, h.event.Text.To, word)
	if errors.Is(err, core.NotFound) || err == nil && k.Business != h.business.ID {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if k.Retired() {
		h.retired = k.Word
	}
	ds, err := h.tx.Consent.Disclosures(ctx, h.business.ID, k.Word)
	if err == nil && len(ds) == 0 {
		err = core.E("intake.Step", core.Internal, "the keyword has no disclosure")
	}
	return ds, err
}

// keywordWords are the words of a text in upper-case letters and digits,
// without accents, apostrophes and invisible characters. Unlike [reply.Fold] it
// leaves doubled letters alone: WELL is another keyword than WEL.
func keywordWords(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToUpper(r))
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
