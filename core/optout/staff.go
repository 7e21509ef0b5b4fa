package optout

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Means is how a guest told staff. The zero Means is none.
type Means uint8

// The means.
const (
	NoMeans Means = iota
	ByEmail
	ByPhone
	InPerson
	ByLetter
)

var meansNames = [...]string{"", "email", "phone", "in_person", "letter"}

// String returns the means' name, "" for none.
func (m Means) String() string {
	if int(m) < len(meansNames) {
		return meansNames[m]
	}
	return ""
}

// ParseMeans reads what String writes; any other text is NoMeans and false.
func ParseMeans(s string) (Means, bool) {
	i := slices.Index(meansNames[:], s)
	if i <= 0 {
		return NoMeans, false
	}
	return Means(i), true
}

// Source is what entries say that were made by the means: "staff.phone".
func (m Means) Source() string { return "staff." + m.String() }

// A Request is what staff enter about a guest who told them.
type Request struct {
	Number core.Number
	Means  string // as Means.String writes it
	Words  string // what the guest said, as staff remember it
	Day    string // on which the guest said it, at the venue: 2006-01-02
}

// The fields of a Request, as Problems names them.
const (
	FieldNumber = "number"
	FieldMeans  = "means"
	FieldWords  = "words"
	FieldDay    = "day"
)

// Problems says what is wrong with a request: for each field one sentence with
// what to do. It is an error of kind [core.Invalid].
type Problems map[string]string

func (p Problems) Error() string { return fmt.Sprintf("optout: %d fields need a change", len(p)) }

// Unwrap makes Problems an error of kind Invalid.
func (p Problems) Unwrap() error { return core.Invalid }

// maxWords bounds what is kept of a guest's words, in characters.
const maxWords = 1000

// longAgo is how far back a day may be: records of requests are kept five years
// (47 CFR 64.1200(d)(6)), so an older day is a slip.
const longAgo = 5 * 366 * 24 * time.Hour

// Enter records what a guest told staff, and bars the guest at once. It reports
// whether the guest is barred: not where they opted in again after that day,
// since the later word is theirs. Mistakes come back as [Problems]; a user whose
// role does not reach gets Denied.
func (s *Service) Enter(ctx context.Context, by account.User, r Request) (barred bool, err error) {
	if err := mayDecide(by); err != nil {
		return false, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		barred = false
		b, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		m, at, err := r.check(b, now)
		if err != nil {
			return err
		}
		p := core.Pair{Business: b.ID, Number: r.Number}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		st, _, err := standing(ctx, tx, p)
		if err != nil {
			return err
		}
		if !at.Before(now) {
			at = Now(now, st)
		}
		e := consent.Event{
			ID: core.EventID(s.IDs.New()), Business: b.ID, Number: r.Number,
			Kind: consent.Revoked, Method: consent.ByStaff, At: at, Recorded: now,
			Evidence: consent.Evidence{RawText: strings.TrimSpace(r.Words), Rule: m.Source(), Actor: by.ID.String(), Note: "received on " + r.Day + " by the venue's calendar"},
		}
		if st.State == consent.Active && st.Since.After(at) {
			// It is on record, and changes nothing.
			return record(ctx, tx, s.Salts, e)
		}
		barred = true
		return s.bar(ctx, tx, e, m.Source())
	})
	return barred, err
}

func mayDecide(by account.User) error {
	if by.Role < account.Staff {
		return core.E("optout", core.Denied, "You may look, and not change who is texted. Ask a manager.")
	}
	return nil
}

// check returns how and when the guest said it. Only the day is known, so of an
// earlier one it is the end: of two words on a day the one that texts less wins.
func (r Request) check(b account.Business, now time.Time) (Means, time.Time, error) {
	bad := Problems{}
	if _, ok := r.Number.NANP(); !ok {
		bad[FieldNumber] = "Write the guest's ten-digit number, like (512) 555-0100."
	}
	m, ok := ParseMeans(r.Means)
	if !ok {
		bad[FieldMeans] = "Choose how the guest told you."
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(r.Words)); {
	case n == 0 || !utf8.ValidString(r.Words):
		bad[FieldWords] = "Write what the guest said, as well as you remember it. It is kept as evidence."
	case n > maxWords:
		bad[FieldWords] = "This is too long. Use at most 1,000 characters."
	}
	loc := b.Zone.Location()
	if loc == nil {
		loc = time.UTC
	}
	local := now.In(loc)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, loc)
	day, err := time.ParseInLocation("2006-01-02", r.Day, loc)
	at := now
	switch {
	case err != nil:
		bad[FieldDay] = "Choose the day on which the guest told you."
	case day.After(today):
		bad[FieldDay] = "This day is still to come. Choose the day on which the guest told you."
	case now.Sub(day) > longAgo:
		bad[FieldDay] = "This day is more than five years ago. Choose the day on which the guest told you."
	case day.Before(today):
		at = day.AddDate(0, 0, 1).Add(-time.Second)
	}
	if len(bad) > 0 {
		return NoMeans, time.Time{}, bad
	}
	return m, at, nil
}

// A Doubt is a guest who wrote what may be an opt-out, and whom staff have not
// looked at. Marketing has stopped.
type Doubt struct {
	Number core.Number
	Since  time.Time
	Said   []consent.Event // oldest first
}

// Last names the newest of what the guest said, as [Service.Settle] takes it.
func (d Doubt) Last() core.EventID {
	if len(d.Said) == 0 {
		return core.EventID{}
	}
	return d.Said[len(d.Said)-1].ID
}

// Doubts returns up to n doubts of a business, newest first.
func Doubts(ctx context.Context, tx store.Tx, b core.BusinessID, n int) ([]Doubt, error) {
	entries, err := tx.Suppression.InForce(ctx, b, suppression.LikelyOut, n)
	if err != nil {
		return nil, err
	}
	out := make([]Doubt, len(entries))
	for i, e := range entries {
		out[i] = Doubt{Number: e.Number, Since: e.At}
		if out[i].Said, err = doubted(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// DoubtOf is the doubt about one guest, nil where there is none.
func DoubtOf(ctx context.Context, tx store.Tx, p core.Pair) (*Doubt, error) {
	es, err := tx.Suppression.Barring(ctx, []core.Pair{p})
	if err != nil {
		return nil, err
	}
	for _, e := range es {
		if e.Business == p.Business && e.Reason == suppression.LikelyOut {
			said, err := doubted(ctx, tx, e)
			return &Doubt{Number: e.Number, Since: e.At, Said: said}, err
		}
	}
	return nil, nil
}

// doubted are the texts that an entry is about: the one that made it, and those
// that came after it.
func doubted(ctx context.Context, tx store.Tx, e suppression.Entry) ([]consent.Event, error) {
	events, err := tx.Consent.History(ctx, core.Pair{Business: e.Business, Number: e.Number})
	return slices.DeleteFunc(events, func(x consent.Event) bool { return x.Kind != consent.Doubted || x.At.Before(e.At) }), err
}

// Settle says what a doubt was: an opt-out, which it then was from the instant
// that the guest wrote, or none, and the guest may be texted again. last is the
// newest text that the user has read: where the guest has written again, or
// somebody else was faster, it is a Conflict.
func (s *Service) Settle(ctx context.Context, by account.User, n core.Number, last core.EventID, out bool) error {
	const op = "optout.Settle"
	if err := mayDecide(by); err != nil {
		return err
	}
	p := core.Pair{Business: by.Business, Number: n}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
			return err
		}
		es, err := tx.Suppression.Barring(ctx, []core.Pair{p})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(es, func(e suppression.Entry) bool { return e.Business == p.Business && e.Reason == suppression.LikelyOut })
		if i < 0 {
			return core.E(op, core.Conflict, "This was settled already. Look at the list anew.")
		}
		said, err := doubted(ctx, tx, es[i])
		if err != nil {
			return err
		}
		if (Doubt{Said: said}).Last() != last {
			return core.E(op, core.Conflict, "The guest has written again since. Read it first, then decide.")
		}
		if out {
			return s.confirm(ctx, tx, by, es[i], said)
		}
		return s.clear(ctx, tx, by, es[i], said)
	})
}

// confirm makes an opt-out of a doubt, from when the guest first wrote.
func (s *Service) confirm(ctx context.Context, tx store.Tx, by account.User, entry suppression.Entry, said []consent.Event) error {
	e := consent.Event{
		ID: core.EventID(s.IDs.New()), Business: entry.Business, Number: entry.Number,
		Kind: consent.Revoked, Method: consent.ByReply, At: entry.At, Recorded: s.Clock.Now(),
		Evidence: consent.Evidence{RawText: entry.Words},
	}
	if len(said) > 0 {
		e.Evidence = said[0].Evidence
	}
	e.Evidence.Actor, e.Evidence.Note = by.ID.String(), "read by staff and confirmed"
	return s.bar(ctx, tx, e, entry.Source)
}

// clear lifts a doubt.
func (s *Service) clear(ctx context.Context, tx store.Tx, by account.User, entry suppression.Entry, said []consent.Event) error {
	now, at := s.Clock.Now(), entry.At
	if len(said) > 0 {
		at = said[len(said)-1].At
	}
	if at.Before(now) {
		at = now
	}
	e := consent.Event{
		ID: core.EventID(s.IDs.New()), Business: entry.Business, Number: entry.Number,
		Kind: consent.Cleared, Method: consent.ByStaff, At: at, Recorded: now,
		Evidence: consent.Evidence{Actor: by.ID.String(), Note: "read by staff: no opt-out"},
	}
	if len(said) > 0 {
		e.Evidence.RawText, e.Evidence.Rule = said[len(said)-1].Evidence.RawText, said[len(said)-1].Evidence.Rule
	}
	if err := record(ctx, tx, s.Salts, e); err != nil {
		return err
	}
	_, err := tx.Suppression.Lift(ctx, entry.Business, entry.Number, at, suppression.LikelyOut)
	return err
}

// record writes an event that bars nobody.
func record(ctx context.Context, tx store.Tx, salts evidence.Salts, e consent.Event) error {
	if err := tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	return tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(salts.Salt(), e, consent.Disclosure{})})
}
