package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/reply"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// confirmWithin is how long after an opt-out its confirmation may leave: later
// than five minutes, a sender must justify it (47 CFR 64.1200(a)(12)), so we
// rather send none.
const confirmWithin = 5 * time.Minute

// answerWithin is how long other answers are still worth sending.
const answerWithin = 12 * time.Hour

// A hearing is one text of one guest to one business, under the guest's lock.
type hearing struct {
	s          *Service
	tx         store.Tx
	business   account.Business
	event      inbox.Event
	pair       core.Pair
	subscriber consent.Subscriber // zero for a stranger
	now        time.Time
}

// act does what the text asks for and says what that was. A certain opt-out
// comes before everything, a keyword before a likely one: who texts the word on
// the poster wants to join.
func (h *hearing) act(ctx context.Context, rep *Report) (string, error) {
	last, err := h.lastToThem(ctx)
	if err != nil {
		return "", err
	}
	reason, meaning, out := revokes(*h.event.Text, reply.Context{LastToThem: last})
	if out && reason == suppression.OptOut {
		rep.OptedOut++
		return "opted out by " + meaning.Rule, h.optOut(ctx, meaning)
	}
	if disclosure, method, ok, err := h.keyword(ctx); err != nil {
		return "", err
	} else if ok {
		rep.OptedIn++
		return "opted in by " + method.String(), h.optIn(ctx, disclosure, method)
	}
	switch {
	case out:
		rep.OptedOut++
		return "may have opted out by " + meaning.Rule, h.doubt(ctx, meaning)
	case meaning.Intent == reply.OptIn && !h.subscriber.Standing.Joined.IsZero():
		d, err := h.latestDisclosure(ctx)
		if err != nil {
			return "", err
		}
		rep.OptedIn++
		return "opted in again", h.optIn(ctx, d, consent.ByReply)
	case meaning.Intent == reply.Help || meaning.Intent == reply.OptIn:
		return "asked for help", h.answer(ctx, message.Help, helpText(h.business), answerWithin)
	}
	return "a text for the venue", nil
}

// lastToThem is our last text to the guest, which phones quote in replies.
func (h *hearing) lastToThem(ctx context.Context) (string, error) {
	ms, err := h.tx.Messages.ForPair(ctx, h.pair, 1)
	if err != nil || len(ms) == 0 {
		return "", err
	}
	return ms[0].Body, nil
}

// keyword reports whether the text is the keyword of the business, alone or
// with the reference that the opt-in page puts behind it, and so which
// disclosure the guest was shown and where.
func (h *hearing) keyword(ctx context.Context) (consent.Disclosure, consent.Method, bool, error) {
	words := strings.Fields(strings.ToUpper(reply.Fold(h.event.Text.Body)))
	if len(words) == 0 || len(words) > 4 {
		return consent.Disclosure{}, consent.Unstated, false, nil
	}
	k, err := h.tx.Accounts.Keyword(ctx, h.event.Text.To, words[0])
	if errors.Is(err, core.NotFound) || err == nil && k.Business != h.business.ID {
		return consent.Disclosure{}, consent.Unstated, false, nil
	} else if err != nil {
		return consent.Disclosure{}, consent.Unstated, false, err
	}
	ds, err := h.tx.Consent.Disclosures(ctx, h.business.ID, k.Word)
	if err != nil {
		return consent.Disclosure{}, consent.Unstated, false, err
	}
	if len(ds) == 0 {
		// A keyword without a disclosure cannot give consent.
		return consent.Disclosure{}, consent.Unstated, false, core.E("intake", core.Internal, "the keyword has no disclosure")
	}
	for _, w := range words[1:] {
		for _, d := range ds {
			if d.Ref == w {
				return d, consent.ByQR, true, nil
			}
		}
	}
	// Without a reference the guest typed the word from a poster, which shows
	// the latest words.
	return ds[0], consent.ByKeyword, true, nil
}

func (h *hearing) latestDisclosure(ctx context.Context) (consent.Disclosure, error) {
	ks, err := h.tx.Accounts.Keywords(ctx, h.business.ID)
	if err != nil {
		return consent.Disclosure{}, err
	}
	for _, k := range ks {
		ds, err := h.tx.Consent.Disclosures(ctx, h.business.ID, k.Word)
		if err != nil {
			return consent.Disclosure{}, err
		}
		if len(ds) > 0 {
			return ds[0], nil
		}
	}
	return consent.Disclosure{}, core.E("intake", core.Internal, "the business has no disclosure")
}

// newEvent is a consent event with the evidence that every text carries.
func (h *hearing) newEvent(k consent.Kind, m consent.Method) consent.Event {
	t := h.event.Text
	at := t.At
	if at.IsZero() || at.After(h.now) {
		at = h.now
	}
	return consent.Event{
		ID: core.EventID(h.s.IDs.New()), Business: h.business.ID, Number: t.From,
		Kind: k, Method: m, At: at, Recorded: h.now,
		Evidence: consent.Evidence{RawText: t.Body, To: t.To, CarrierID: t.CarrierID, InboxID: h.event.ID},
	}
}

func (h *hearing) optIn(ctx context.Context, d consent.Disclosure, method consent.Method) error {
	e := h.newEvent(consent.Granted, method)
	e.Scope = consent.Marketing
	e.Venue = place.Place{State: h.business.State, Zone: h.business.Zone}
	e.Evidence.Disclosure, e.Evidence.Keyword = d.Version, d.Keyword
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	// The guest's own word lifts what the guest's own words began. A block of
	// the carrier's is lifted only by the word that the carrier takes for it.
	reasons := []suppression.Reason{suppression.OptOut, suppression.LikelyOut}
	if h.event.Text.Answered == "START" {
		reasons = append(reasons, suppression.Carrier)
	}
	if _, err := h.tx.Suppression.Lift(ctx, h.business.ID, h.pair.Number, h.now, reasons...); err != nil {
		return err
	}
	return h.answer(ctx, message.Welcome, welcomeText(h.business), answerWithin)
}

func (h *hearing) optOut(ctx context.Context, m reply.Meaning) error {
	before := h.subscriber.Standing.State
	e := h.newEvent(consent.Revoked, consent.ByReply)
	e.Evidence.Rule = m.Rule
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	if err := h.end(ctx, suppression.OptOut, "opted_out"); err != nil {
		return err
	}
	// One confirmation for one opt-out, and none where the carrier has sent its
	// own: the confirmation must be the only later text.
	if before == consent.OptedOut || h.event.Text.Answered != "" {
		return nil
	}
	return h.answer(ctx, message.Confirmation, confirmText(h.business), confirmWithin)
}

// doubt stops marketing until staff have looked. The guest is not asked: a
// question would be another text to somebody who may want none.
func (h *hearing) doubt(ctx context.Context, m reply.Meaning) error {
	e := h.newEvent(consent.Doubted, consent.ByReply)
	e.Evidence.Rule = m.Rule
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	return h.end(ctx, suppression.LikelyOut, "may_have_opted_out")
}

func (h *hearing) end(ctx context.Context, r suppression.Reason, why string) error {
	if err := h.s.suppress(ctx, h.tx, []core.Pair{h.pair}, r, "reply", h.event.Text.At, h.now); err != nil {
		return err
	}
	_, err := h.tx.Messages.Cancel(ctx, h.pair, message.Marketing, why, h.now)
	return err
}

// answer plans one text in answer to the event. Handled twice, it is the same
// text.
func (h *hearing) answer(ctx context.Context, c message.Class, body string, within time.Duration) error {
	if c == message.Help && h.event.Text.Answered == "HELP" {
		return nil
	}
	at := h.event.Text.At
	if at.IsZero() || at.After(h.now) {
		at = h.now
	}
	_, err := h.tx.Messages.Plan(ctx, []message.Message{{
		ID: core.MessageID(h.s.IDs.New()), Business: h.business.ID, To: h.pair.Number, From: h.event.Text.To,
		Class: c, Body: body, Segments: sms.Measure(body).Segments, Key: message.AnswerKey(h.event.ID, c),
		Answers: at, State: message.Planned, Due: h.now, NotAfter: at.Add(within), Planned: h.now,
	}})
	return err
}

// welcomeText has what CTIA 5.1.2.1 asks of the first text of a programme:
// name, that it recurs and how often, rates, help, how to stop.
func welcomeText(b account.Business) string {
	return fmt.Sprintf("%s: You're on our list for offers & events. Up to %d msgs/month. Msg & data rates may apply. Reply HELP for help, STOP to opt out.", b.Name, b.MonthlyTexts)
}

// confirmText names the brand and says that nothing more comes (CTIA 5.1.3). It
// markets nothing: 47 CFR 64.1200(a)(12).
func confirmText(b account.Business) string {
	return fmt.Sprintf("%s: You're opted out and will get no more marketing texts from us. Changed your mind? Reply START.", b.Name)
}

// helpText names the brand and where to reach a person (CTIA 5.1.4).
func helpText(b account.Business) string {
	return fmt.Sprintf("%s: For help, contact %s. Msg frequency varies. Msg & data rates may apply. Reply STOP to opt out.", b.Name, b.HelpContact)
}
