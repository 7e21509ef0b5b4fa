// Package converse is what staff do with conversations: read them, answer, hand
// them to each other, note things for each other, close them.
//
// An answer is a text of class reply: it answers what the guest wrote, is allowed
// for a limited time after it, and never to who has opted out. Whether it may go
// is the engine's to say, here when the page asks and again at the moment it
// leaves: there is no second rule.
package converse

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// A Service is the use case. Its methods are safe for concurrent use. A thread of
// another business is NotFound; a user whose role does not reach gets Denied.
type Service struct {
	Store    store.Store
	Book     *decide.Book
	Clock    core.Clock
	IDs      core.IDs
	Salts    evidence.Salts
	Settings judge.Settings // those that dispatch decides with
}

// A Key makes sending a form twice harmless: it is made with the form.
type Key = core.UUID

// NewKey returns one.
func (s *Service) NewKey() Key { return s.IDs.New() }

// MostParts is how many parts a reply may have: the carrier takes no more.
const MostParts = 10

// A Refused is why a reply may not go, by the engine. It is an error of kind
// [core.Denied].
type Refused struct {
	Verdict  message.Verdict // its Reason and ReasonAt are what reports name
	Decision decide.Decision
}

func (r *Refused) Error() string { return "converse: the reply may not go: " + r.Verdict.Reason }

// Unwrap makes Refused an error of kind Denied.
func (r *Refused) Unwrap() error { return core.Denied }

// A Problem is what is wrong with the words of a reply or a note, and what to do. It is an
// error of kind [core.Invalid].
type Problem string

func (p Problem) Error() string { return "converse: " + string(p) }

// Unwrap makes Problem an error of kind Invalid.
func (p Problem) Unwrap() error { return core.Invalid }

// Check reads a reply as [copy.Check] reads a campaign. A reply stands in a
// conversation, so it needs neither the name of the venue nor how to stop.
func Check(text string, b account.Business) copy.Report {
	r := copy.Check(copy.Draft{Text: text, Brand: b.Name, AgeGated: true, Domains: b.Domains()})
	out := copy.Report{Verdict: copy.Pass, Findings: []copy.Finding{}, NeedsAgeGate: r.NeedsAgeGate}
	for _, f := range r.Findings {
		switch f.Code {
		case "brand_missing", "optout_missing", "optout_malformed":
			continue
		}
		out.Findings = append(out.Findings, f)
		out.Verdict = min(out.Verdict, f.Verdict)
	}
	return out
}

// Reply plans a text to the guest, with the pictures that are named (core/picture). Done twice with one key, it is one text. The
// error is a [Problem] for words that may not be sent, and [Refused] where the
// engine does not let the text go, not even later.
func (s *Service) Reply(ctx context.Context, by account.User, id core.ThreadID, key Key, text string, pictures ...string) error {
	text = strings.TrimSpace(text)
	return s.change(ctx, by, id, func(ctx context.Context, tx store.Tx, t *thread.Thread, now time.Time) error {
		b, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		if err := check(text, pictures, b); err != nil {
			return err
		}
		m := answer(*t, b, text, now)
		if m.Media = pictures; len(pictures) > 0 {
			m.Segments = 1
		}
		m.ID, m.Key = core.MessageID(s.IDs.New()), replyKey(t.ID, key)
		added, err := tx.Messages.Plan(ctx, []message.Message{m})
		if err != nil {
			return err
		}
		if added == 0 {
			return errDone
		}
		c, err := s.judge(ctx, tx, m, now)
		if err != nil {
			return err
		}
		if st := c.Verdict.State; st != message.Sending && st != message.Planned {
			return &Refused{Verdict: c.Verdict, Decision: c.Decision}
		}
		i := thread.Item{ID: core.ItemID(m.ID), Business: t.Business, Thread: t.ID, Kind: thread.Replied, At: now, By: by.ID}
		if _, err := tx.Threads.Put(ctx, i, thread.Words(text)); err != nil {
			return err
		}
		if err := picture.Show(ctx, tx, t.Business, t.ID, i.ID, pictures, now); err != nil {
			return shown(err)
		}
		t.Reply(said(text), now)
		details := map[string]string{"message": m.ID.String(), "text_sha256": evidence.TextHash(text)}
		if len(pictures) > 0 {
			details["media"] = strings.Join(pictures, " ")
		}
		return s.acted(ctx, tx, *t, by, now, evidence.ThreadReplied, details)
	})
}

// shown makes what is wrong with a picture a Problem.
func shown(err error) error {
	if errors.Is(err, core.Invalid) {
		return Problem(core.MessageOf(err))
	}
	return err
}

// said is what lists show of a reply.
func said(text string) string {
	if text == "" {
		return "(a picture)"
	}
	return text
}

// check finds what may not be sent by anybody.
func check(text string, pictures []string, b account.Business) error {
	switch {
	case text == "" && len(pictures) > 0:
		return nil
	case text == "":
		return Problem("Write something first.")
	case len(pictures) > 0 && utf8.RuneCountInString(text) > picture.MostText:
		return Problem("A text with a picture may have 1,600 characters. Shorten it, or take the picture out.")
	case !utf8.ValidString(text):
		return Problem("This has signs in it that cannot be sent. Write it anew.")
	case len(pictures) == 0 && sms.Measure(text).Segments > MostParts:
		return Problem("This is too long for a text: it would take more than 10 parts. Shorten it.")
	}
	for _, f := range Check(text, b).Findings {
		if f.Verdict == copy.Block {
			return Problem(strings.TrimSpace(f.Why + " " + f.Mend))
		}
	}
	return nil
}

// answer is a reply to what the guest wrote last.
func answer(t thread.Thread, b account.Business, text string, now time.Time) message.Message {
	m := message.Message{
		Business: t.Business, To: t.Number, From: b.Sender, Class: message.Reply, Body: text, Segments: sms.Measure(text).Segments,
		Answers: t.Asked, State: message.Planned, Due: now, Planned: now,
	}
	if !t.Asked.IsZero() {
		m.NotAfter = t.Asked.Add(decide.ReplyWithin)
	}
	return m
}

// replyKey is the key of what a form sends.
func replyKey(t core.ThreadID, k Key) message.Key {
	h := sha256.New()
	h.Write([]byte("reply\n"))
	h.Write(t[:])
	h.Write(k[:])
	return message.Key(h.Sum(nil)[:16])
}

// judge asks what core/dispatch will ask when the text is about to leave.
func (s *Service) judge(ctx context.Context, tx store.Tx, m message.Message, now time.Time) (*judge.Case, error) {
	k, err := judge.Gather(ctx, tx, []message.Message{m}, now)
	if err != nil {
		return nil, err
	}
	var c judge.Case
	k.Judge(s.Book, s.Settings, m, now, &c)
	optedOutFirst(&c)
	return &c, nil
}

// optedOutFirst names the guest's own no as the reason where there is one, also
// where the answer would come too late besides: the other passes when the guest
// writes again.
func optedOutFirst(c *judge.Case) {
	if c.Decision.Verdict != decide.Block {
		return
	}
	for _, f := range c.Decision.Findings() {
		if f.Verdict != decide.Block || f.Rule != decide.RuleConsent && f.Rule != decide.RuleSuppression {
			continue
		}
		c.Verdict.Reason, c.Verdict.ReasonAt = f.Rule.String()+"."+f.Code.String(), f.Time()
		if c.Verdict.ReasonAt.IsZero() {
			c.Verdict.ReasonAt = c.Facts.Consent.RevokedAt
		}
		return
	}
}

// errDone ends a change that was made before.
var errDone = errors.New("converse: done before")

// change runs f on a thread that is locked, and keeps what it makes of it.
func (s *Service) change(ctx context.Context, by account.User, id core.ThreadID, f func(context.Context, store.Tx, *thread.Thread, time.Time) error) error {
	if by.Role < account.Staff {
		return core.E("converse", core.Denied, "You may look, and not answer guests. Ask a manager.")
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Threads.Thread(ctx, by.Business, id)
		if err != nil {
			return err
		}
		before := t
		if err := f(ctx, tx, &t, s.Clock.Now().UTC().Truncate(time.Microsecond)); err != nil {
			return err
		}
		if t != before {
			if err := tx.Threads.Save(ctx, t); err != nil {
				return err
			}
		}
		return tx.Threads.Touch(ctx, []core.BusinessID{t.Business})
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// acted records what somebody did.
func (s *Service) acted(ctx context.Context, tx store.Tx, t thread.Thread, by account.User, now time.Time, action string, details map[string]string) error {
	all := map[string]string{"thread": t.ID.String()}
	for k, v := range details {
		all[k] = v
	}
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), t.Business, now, by.ID, action, core.CampaignID{}, all),
	})
}
