package intake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/age"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/reply"
)

const (
	// answerableFor is how long a guest who asked to join may take to answer what
	// we asked. Later, nobody remembers what they agreed to.
	answerableFor = 30 * 24 * time.Hour
	// refusedFor is how long a guest who is under age is not asked again.
	refusedFor = 30 * 24 * time.Hour
	// asksAtMost is how often the date of birth is asked for, the first time
	// included.
	asksAtMost = 2
)

// notKept stands for a date of birth wherever the guest's words are kept.
const notKept = "[date of birth given, not kept]"

// join is what a keyword, or a START of somebody who was here before, leads to:
// consent, or a question that comes before it.
func (h *hearing) join(ctx context.Context, d consent.Disclosure, method consent.Method, rep *Report) (string, error) {
	st := h.subscriber.Standing
	switch {
	case h.asksAge() && st.AgeGate == consent.Failed && h.now.Sub(st.AgeAt) < refusedFor:
		_, err := h.answer(ctx, message.Welcome, underageText(h.business), answerWithin)
		return "under age, and not asked again", err
	case h.asksAge():
		if err := h.joining(ctx, d, method); err != nil {
			return "", err
		}
		if err := h.askAge(ctx, d.Keyword, ageText(h.business)); err != nil {
			return "", err
		}
		return "asked for the date of birth", nil
	case h.business.DoubleOptIn && st.State != consent.Active && method != consent.ByReply:
		if err := h.joining(ctx, d, method); err != nil {
			return "", err
		}
		_, err := h.answer(ctx, message.Welcome, yesText(h.business), answerWithin)
		return "asked for a YES", err
	}
	e, err := h.granted(ctx, d, method)
	if err != nil {
		return "", err
	}
	return h.optIn(ctx, e, d, rep)
}

// asksAge reports whether the guest's age must be known and is not.
func (h *hearing) asksAge() bool {
	return h.business.AgeGate && h.subscriber.Standing.AgeGate != consent.Passed
}

// granted is the event of an opt-in by this text. It names the printed page that
// showed the words, where there is one.
func (h *hearing) granted(ctx context.Context, d consent.Disclosure, method consent.Method) (consent.Event, error) {
	e := h.newEvent(consent.Granted, method)
	e.Scope = consent.Marketing
	e.Venue = place.Place{State: h.business.State, Zone: h.business.Zone}
	e.Evidence.Disclosure, e.Evidence.Keyword, e.Evidence.Promised = d.Version, d.Keyword, d.Monthly
	if h.sheet == consent.NoPoster {
		return e, nil
	}
	ps, err := h.tx.Consent.Posters(ctx, h.business.ID, d.Version)
	if i := slices.IndexFunc(ps, func(p consent.Poster) bool { return p.Size == h.sheet }); i >= 0 {
		e.Evidence.Poster = ps[i].SHA256
	}
	return e, err
}

// joining records that the guest asked to join, with the evidence that the
// opt-in will have. Bars that the guest's own words began are lifted, or nothing
// could be asked; until there is an answer, no consent takes their place.
func (h *hearing) joining(ctx context.Context, d consent.Disclosure, method consent.Method) error {
	e, err := h.granted(ctx, d, method)
	if err != nil {
		return err
	}
	e.ID, e.Kind = h.eventID(consent.Joining), consent.Joining
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	if err := h.record(ctx, evidence.NewConsent(h.s.Salts.Salt(), e, d)); err != nil {
		return err
	}
	sub, err := h.tx.Consent.Subscriber(ctx, h.pair)
	if err != nil || sub.Standing.State != consent.Pending {
		return err
	}
	return h.lift(ctx)
}

// askAge asks for the date of birth. keyword is "" where it asks again.
func (h *hearing) askAge(ctx context.Context, keyword, text string) error {
	e := h.newEvent(consent.AgeAsked, consent.ByReply)
	e.Evidence.Keyword, e.Evidence.RawText = keyword, ""
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	if err := h.record(ctx, evidence.NewConsent(h.s.Salts.Salt(), e, consent.Disclosure{})); err != nil {
		return err
	}
	_, err := h.answer(ctx, message.Welcome, text, answerWithin)
	return err
}

// An asking is a date of birth that was asked for.
type asking struct {
	times int           // that it was asked for
	last  time.Time     // when it was asked for last
	join  consent.Event // what it is asked for; zero for a guest who had joined
}

// asking reads from the log what was asked and is not answered.
func (h *hearing) asking(ctx context.Context) (asking, error) {
	events, err := h.tx.Consent.History(ctx, h.pair)
	var a asking
	for _, e := range events {
		switch e.Kind {
		case consent.Joining:
			a.join = e
		case consent.AgeAsked:
			if e.Evidence.Keyword != "" {
				a.times = 0
			}
			a.times++
			a.last = e.At
		case consent.Granted, consent.Revoked, consent.Doubted:
			a.join = consent.Event{}
		}
	}
	return a, err
}

// told is what a text says about its writer's age, where that was asked. Such a
// text is not kept: redact is set if it has a date in it, also where nothing
// comes of it.
func (h *hearing) told(ctx context.Context) (age.Result, asking, error) {
	if !h.business.AgeGate {
		return age.NoDate, asking{}, nil
	}
	loc := h.business.Zone.Location()
	if loc == nil {
		loc = time.UTC
	}
	r := age.Check(h.event.Text.Body, h.asked().In(loc), age.OfAge)
	a, err := h.asking(ctx)
	if err != nil || a.times == 0 || h.now.Sub(a.last) > answerableFor {
		return age.NoDate, asking{}, err
	}
	h.redact = r != age.NoDate
	return r, a, nil
}

// answersAge acts on a text of somebody who was asked for a date of birth, if it
// is an answer to that.
func (h *hearing) answersAge(ctx context.Context, r age.Result, a asking, m reply.Meaning, rep *Report) (string, bool, error) {
	st := h.subscriber.Standing
	open := h.asksAge() && a.times > 0 && (st.State == consent.Active || st.State == consent.Pending) && st.AgeGate != consent.Failed
	switch {
	case !open && h.redact:
		return "a date of birth, not asked for and not kept", true, nil
	case !open, r == age.NoDate && m.Intent == reply.Help:
		return "", false, nil
	case r == age.Passed:
		note, err := h.passed(ctx, a, rep)
		return note, true, err
	case r == age.Under:
		return "under age", true, h.underage(ctx)
	case a.times < asksAtMost:
		return "asked for the date of birth again", true, h.askAge(ctx, "", ageAgainText(h.business))
	case a.times == asksAtMost && r == age.Unclear:
		return "gave no date of birth that can be read", true, h.askAge(ctx, "", ageGivenUpText(h.business))
	}
	return "", false, nil
}

// ageEvent is the event of an age gate: that a date was given, not which.
func (h *hearing) ageEvent(ctx context.Context, k consent.Kind) error {
	e := h.newEvent(k, consent.ByReply)
	e.Evidence.RawText, e.Evidence.Note = notKept, "full date of birth, by text"
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return err
	}
	return h.record(ctx, evidence.NewConsent(h.s.Salts.Salt(), e, consent.Disclosure{}))
}

// passed notes the result, and makes an opt-in of the asking to join.
func (h *hearing) passed(ctx context.Context, a asking, rep *Report) (string, error) {
	if err := h.ageEvent(ctx, consent.AgePassed); err != nil {
		return "", err
	}
	if h.subscriber.Standing.State == consent.Active {
		_, err := h.answer(ctx, message.Welcome, ageThanksText(h.business), answerWithin)
		return "of age", err
	}
	note, err := h.complete(ctx, a.join, "completed by a date of birth, not kept", rep)
	return "of age; " + note, err
}

// complete makes an opt-in of an asking to join: it proves what that proved, from
// now on.
func (h *hearing) complete(ctx context.Context, join consent.Event, how string, rep *Report) (string, error) {
	if join.ID.IsZero() || h.now.Sub(join.At) > answerableFor {
		return "asked to join too long ago", nil
	}
	d, err := h.tx.Consent.Disclosure(ctx, h.business.ID, join.Evidence.Disclosure)
	if err != nil {
		return "", err
	}
	e := h.newEvent(consent.Granted, join.Method)
	e.Scope, e.Venue = join.Scope, join.Venue
	e.Evidence = join.Evidence
	e.Evidence.Note = fmt.Sprintf("%s, in the text %s", how, h.event.Text.CarrierID)
	return h.optIn(ctx, e, d, rep)
}

// underage notes the result, and nothing more is sent but a polite no.
func (h *hearing) underage(ctx context.Context) error {
	if err := h.ageEvent(ctx, consent.AgeFailed); err != nil {
		return err
	}
	if err := h.cancel(ctx, "underage"); err != nil {
		return err
	}
	_, err := h.answer(ctx, message.Welcome, underageText(h.business), answerWithin)
	return err
}

// pendingJoin is the asking to join that a YES completes.
func (h *hearing) pendingJoin(ctx context.Context) (consent.Event, error) {
	events, err := h.tx.Consent.History(ctx, h.pair)
	i := slices.IndexFunc(events, func(e consent.Event) bool { return e.ID == h.subscriber.Standing.Event })
	if err != nil || i < 0 {
		return consent.Event{}, err
	}
	return events[i], nil
}

// forget puts the body of an event without the date of birth in its place.
func (h *hearing) forget(ctx context.Context) error {
	e := h.event
	return h.tx.Inbox.Replace(ctx, e.ID, inbox.Redact(e.Raw, e.Text.Body, notKept))
}

// ageText asks for the date of birth. The answer stands for a YES too. It has no
// example of a date: a phone that quotes us would answer with it.
func ageText(b account.Business) string {
	return fmt.Sprintf("%s: One more step. To get our offers & events texts, up to %d/month, you must be %d+. Reply with your full date of birth, MM/DD/YYYY. We do not keep it. Msg & data rates may apply. Reply HELP for help, STOP to opt out.", b.Name, b.MonthlyTexts, age.OfAge)
}

func ageAgainText(b account.Business) string {
	return fmt.Sprintf("%s: Sorry, we could not read that. To join, reply with your full date of birth as MM/DD/YYYY. We do not keep it. Reply STOP to opt out.", b.Name)
}

func ageGivenUpText(b account.Business) string {
	return fmt.Sprintf("%s: Sorry, we still could not read a date of birth, so you are not on our list. Questions? %s", b.Name, b.HelpContact)
}

func ageThanksText(b account.Business) string {
	return fmt.Sprintf("%s: Thanks, you're all set. Reply HELP for help, STOP to opt out.", b.Name)
}

func underageText(b account.Business) string {
	return fmt.Sprintf("%s: Thanks for asking. Our texts are for guests %d and older, so we can't add you, and you will get no texts from us.", b.Name, age.OfAge)
}

// yesText is the double opt-in of CTIA 5.1.2.2: the programme, its rates, and how
// to answer.
func yesText(b account.Business) string {
	return fmt.Sprintf("%s: Reply YES to join our list for offers & events. Up to %d msgs/month. Msg & data rates may apply. Not a condition of purchase. Reply HELP for help, STOP to opt out.", b.Name, b.MonthlyTexts)
}
