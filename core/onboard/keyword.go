package onboard

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
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
// their place. One of the business's own that was retired comes back. Mistakes
// come back as [Problems].
func (s *Service) AddKeyword(ctx context.Context, by core.UserID, b core.BusinessID, typed, where string) (account.Keyword, error) {
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
		if biz.Sender.IsZero() {
			return Problems{FieldKeyword: "Choose a number first: guests text the word to it."}
		}
		if len(inUse(have)) >= mostKeywords {
			return Problems{FieldKeyword: "You have thirty keywords. That is as many as a venue may have."}
		}
		now := s.Clock.Now()
		switch k, err := tx.Accounts.Keyword(ctx, biz.Sender, word); {
		case err == nil && k.Business == b && k.Retired():
			out, out.RetiredAt = k, time.Time{}
			err = tx.Accounts.RetireKeyword(ctx, b, biz.Sender, word, time.Time{})
			if err != nil {
				return err
			}
		case err == nil:
			return takenWord(ctx, tx, biz.Sender, word)
		case !errors.Is(err, core.NotFound):
			return err
		default:
			out = account.Keyword{Word: word, Business: b, Number: biz.Sender, Code: code(s.IDs.New()), Place: where, Created: now}
			if err := tx.Accounts.AddKeyword(ctx, out); err != nil {
				return keywordTaken(err, word)
			}
		}
		d := consent.Disclose(biz, word, now)
		if err := tx.Consent.PutDisclosure(ctx, d); err != nil {
			return err
		}
		return s.acted(ctx, tx, b, by, now, evidence.KeywordAdded, map[string]string{"keyword": word, "place": out.Place, "disclosure": d.Version.String()})
	})
	return out, err
}

// RetireKeyword takes a keyword down. Who joined by it stays, its pages go on to
// say what was agreed to, nobody else gets the word, and a guest who texts it is
// told which one is in use. Conflict means that it is the last one.
func (s *Service) RetireKeyword(ctx context.Context, by core.UserID, b core.BusinessID, word string) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		have, err := tx.Accounts.Keywords(ctx, b)
		if err != nil {
			return err
		}
		used := inUse(have)
		i := slices.IndexFunc(used, func(k account.Keyword) bool { return k.Word == word })
		switch {
		case i < 0:
			return core.E("onboard.RetireKeyword", core.NotFound, "There is no such keyword in use.")
		case len(used) == 1:
			return core.E("onboard.RetireKeyword", core.Conflict, "This is your only keyword: guests need one to join by. Add another first.")
		}
		now := s.Clock.Now()
		if err := tx.Accounts.RetireKeyword(ctx, b, used[i].Number, word, now); err != nil {
			return err
		}
		return s.acted(ctx, tx, b, by, now, evidence.KeywordRetired, map[string]string{"keyword": word, "place": used[i].Place})
	})
}

func inUse(ks []account.Keyword) []account.Keyword {
	return slices.DeleteFunc(slices.Clone(ks), func(k account.Keyword) bool { return k.Retired() })
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
