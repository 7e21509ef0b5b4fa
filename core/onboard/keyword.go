package onboard

import (
	"context"
	"errors"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/reply"
	"github.com/jobfluss/nexo/core/store"
)

// FieldPlace is where a keyword hangs.
const FieldPlace = "place"

// mostKeywords is how many a business may have.
const mostKeywords = 30

// AddKeyword gives a business one more keyword, with its disclosure: for another
// place in the venue, or another poster. Words that stop, start or ask for help
// are refused, and those that are taken on the number; free ones are offered in
// their place. Mistakes come back as [Problems].
func (s *Service) AddKeyword(ctx context.Context, b core.BusinessID, typed, where string) (account.Keyword, error) {
	word, where := Fold(typed), line(where)
	bad := Problems{}
	checkKeyword(word, bad)
	atMost(bad, FieldPlace, where, 40)
	if len(bad) > 0 {
		return account.Keyword{}, bad
	}
	var out account.Keyword
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, b)
		if err != nil {
			return err
		}
		have, err := tx.Accounts.Keywords(ctx, b)
		if err != nil {
			return err
		}
		if len(have) >= mostKeywords {
			return Problems{FieldKeyword: "You have thirty keywords. That is as many as a venue may have."}
		}
		switch _, err := tx.Accounts.Keyword(ctx, biz.Sender, word); {
		case err == nil:
			return takenWord(ctx, tx, biz.Sender, word)
		case !errors.Is(err, core.NotFound):
			return err
		}
		out = account.Keyword{Word: word, Business: b, Number: biz.Sender, Code: code(s.IDs.New()), Place: where, Created: s.Clock.Now()}
		if err := tx.Accounts.AddKeyword(ctx, out); err != nil {
			return keywordTaken(err, word)
		}
		return tx.Consent.PutDisclosure(ctx, consent.Disclose(biz, word, out.Created))
	})
	return out, err
}

// takenWord says that a word is taken, and which like it are not.
func takenWord(ctx context.Context, tx store.Tx, n core.Number, word string) error {
	var free []string
	for _, w := range alternatives(word) {
		if _, err := tx.Accounts.Keyword(ctx, n, w); errors.Is(err, core.NotFound) {
			free = append(free, w)
		} else if err != nil {
			return err
		}
	}
	try := "a shorter word"
	if len(free) > 0 {
		try = strings.Join(free[:min(3, len(free))], ", ")
	}
	return Problems{FieldKeyword: word + " is taken on this number. Try " + try + "."}
}

// alternatives are words like the word that nothing else means.
func alternatives(word string) []string {
	var out []string
	for _, w := range []string{word + "VIP", "MY" + word, word + "CLUB", word + "21", "JOIN" + word, word + "BAR", "AT" + word} {
		if len(w) <= 15 && !reply.Reserved(w) {
			out = append(out, w)
		}
	}
	return out
}
