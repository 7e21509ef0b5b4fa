package intake

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/age"
	"github.com/jobfluss/nexo/core/answer"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/reply"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/thread"
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
	ours       []message.Message // our last texts to the guest, newest first
	sheet      consent.Size      // that the keyword was read or scanned from
	redact     bool              // the text has a date of birth in it
	retired    string            // the keyword that the text is, where it was taken down
	as         thread.As         // what the text was read as
}

// act does what the text asks for and says what that was. A certain opt-out
// comes before everything, a keyword before a likely one: who texts the word on
// the poster wants to join.
func (h *hearing) act(ctx context.Context, rep *Report) (string, error) {
	reason, meaning, out, err := h.revokes(ctx)
	if err != nil {
		return "", err
	}
	told, asked, err := h.told(ctx)
	if err != nil {
		return "", err
	}
	if out && reason == suppression.OptOut {
		rep.OptedOut++
		h.as = thread.AsOptOut
		return "opted out by " + meaning.Rule, h.optOut(ctx, meaning)
	}
	if disclosure, method, ok, err := h.keyword(ctx); err != nil {
		return "", err
	} else if ok && h.retired != "" {
		return h.retiredWord(ctx)
	} else if ok {
		h.as = thread.AsJoin
		return h.join(ctx, disclosure, method, rep)
	}
	if out {
		rep.OptedOut++
		h.as = thread.AsDoubt
		return "may have opted out by " + meaning.Rule, h.doubt(ctx, meaning)
	}
	if note, ok, err := h.answersAge(ctx, told, asked, meaning, rep); ok || err != nil {
		if told != age.NoDate {
			h.as = thread.AsAge // without a date in it, it may be a question
		}
		return note, err
	}
	if note, ok, err := h.try(ctx); ok || err != nil {
		h.as = thread.AsTest
		return note, err
	}
	switch {
	case meaning.Intent == reply.OptIn && h.subscriber.Standing.State == consent.Pending && !h.asksAge():
		h.as = thread.AsJoin
		join, err := h.pendingJoin(ctx)
		if err != nil {
			return "", err
		}
		return h.complete(ctx, join, "completed by "+meaning.Matched, rep)
	case meaning.Intent == reply.OptIn && meaning.Certainty == reply.Certain && !h.subscriber.Standing.Joined.IsZero():
		h.as = thread.AsJoin
		d, err := h.latestDisclosure(ctx)
		if err != nil {
			return "", err
		}
		return h.join(ctx, d, consent.ByReply, rep)
	case meaning.Intent == reply.Help || meaning.Intent == reply.OptIn:
		if meaning.Certainty == reply.Certain {
			h.as = thread.AsHelp // "help, I lost my coat" is for a person too
		}
		return h.help(ctx)
	}
	if !h.subscriber.Standing.Joined.IsZero() { // of a stranger nothing is noted
		err = h.tx.Guests.Heard(ctx, h.pair, h.at())
	}
	return "a text for the venue", err
}

// bar records an opt-out while its event is being kept; act finds it recorded.
func (h *hearing) bar(ctx context.Context) error {
	reason, meaning, out, err := h.revokes(ctx)
	if err != nil || !out {
		return err
	}
	if reason == suppression.OptOut {
		return h.revoke(ctx, consent.Revoked, reason, meaning)
	}
	if _, _, joins, err := h.keyword(ctx); err != nil || joins {
		return err
	}
	return h.revoke(ctx, consent.Doubted, reason, meaning)
}

// revokes reads the text with our last one to the guest beside it, since phones
// quote that in replies. What was recorded as an opt-out when it came in stays
// one, also where another text of ours has left since then.
func (h *hearing) revokes(ctx context.Context) (suppression.Reason, reply.Meaning, bool, error) {
	ms, err := h.tx.Messages.ForPair(ctx, h.pair, 10)
	if err != nil {
		return suppression.Unstated, reply.Meaning{}, false, err
	}
	h.ours = ms
	var c reply.Context
	if i := slices.IndexFunc(ms, func(m message.Message) bool { return m.State.Submitted() }); i >= 0 {
		c.LastToThem = ms[i].Body
	}
	reason, meaning, out := revokes(*h.event.Text, c)
	if !out && h.isInForce(consent.Revoked) {
		reason, meaning, out = revokes(*h.event.Text, reply.Context{})
	}
	return reason, meaning, out, nil
}

// link is where the guest opts out by a tap, "" where there are no links.
func (h *hearing) link(ctx context.Context) (string, error) {
	if h.s.Links == nil {
		return "", nil
	}
	ks, err := h.tx.Accounts.Keywords(ctx, h.business.ID)
	if err != nil || len(ks) == 0 {
		return "", err
	}
	return h.s.Links.URL(ks[0].Code, h.pair.Number), nil
}

func (h *hearing) latestDisclosure(ctx context.Context) (consent.Disclosure, error) {
	ks, err := h.tx.Accounts.Keywords(ctx, h.business.ID)
	if err != nil {
		return consent.Disclosure{}, err
	}
	// Words that are retired were shown last to fewer.
	slices.SortStableFunc(ks, func(a, b account.Keyword) int { return a.RetiredAt.Compare(b.RetiredAt) })
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

// aheadAtMost is how far the carrier's clock may be ahead of ours before we
// believe our own.
const aheadAtMost = 10 * time.Minute

// at is when the text was received, by the carrier's clock: it alone tells which
// of two texts came first. Our clocks, which differ from machine to machine,
// would make a STOP older than the START that it answers. Where the carrier says
// nothing, or nonsense, it is when the text came in, not when we came to read it.
func (h *hearing) at() time.Time {
	if t := h.event.Text.At; !t.IsZero() && t.Before(h.now.Add(aheadAtMost)) {
		return t
	}
	if t := h.event.Received; !t.IsZero() && t.Before(h.now) {
		return t
	}
	return h.now
}

// asked is at, but never later than our clock: nothing answers what is to come.
func (h *hearing) asked() time.Time {
	if t := h.at(); t.Before(h.now) {
		return t
	}
	return h.now
}

// eventID names the consent event of a kind that the text causes. It is always
// the same, so that what is recorded twice is there once.
func (h *hearing) eventID(k consent.Kind) core.EventID { return core.EventID(h.named(k.String())) }

// isInForce reports whether the guest stands where this very text put them.
func (h *hearing) isInForce(k consent.Kind) bool {
	return h.subscriber.Standing.Event == h.eventID(k)
}

// newEvent is a consent event with the evidence that every text carries.
func (h *hearing) newEvent(k consent.Kind, m consent.Method) consent.Event {
	t := h.event.Text
	return consent.Event{
		ID: h.eventID(k), Business: h.business.ID, Number: t.From,
		Kind: k, Method: m, At: h.at(), Recorded: h.now,
		Evidence: consent.Evidence{RawText: t.Body, To: t.To, CarrierID: t.CarrierID, InboxID: h.event.ID},
	}
}

// optIn records that the guest agreed, by an event with the disclosure that was
// shown. If the guest has opted out since then, and that text was faster, the
// later word stands.
func (h *hearing) optIn(ctx context.Context, e consent.Event, d consent.Disclosure, rep *Report) (string, error) {
	method, again := e.Method, !h.subscriber.Standing.Joined.IsZero()
	if err := h.tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
		return "", err
	}
	if err := h.record(ctx, evidence.NewConsent(h.s.Salts.Salt(), e, d)); err != nil {
		return "", err
	}
	sub, err := h.tx.Consent.Subscriber(ctx, h.pair)
	if err != nil {
		return "", err
	}
	if sub.Standing.State != consent.Active {
		return "opted in by " + method.String() + ", but has opted out since", nil
	}
	rep.OptedIn++
	if err := h.lift(ctx); err != nil {
		return "", err
	}
	_, err = h.answer(ctx, message.Welcome, answer.Welcome(h.business, again), answerWithin)
	return "opted in by " + method.String(), err
}

// lift ends what the guest's own words began, as far as they are older than
// this text. A block of the carrier's is lifted only by the word that the
// carrier takes for it.
func (h *hearing) lift(ctx context.Context) error {
	reasons := []suppression.Reason{suppression.OptOut, suppression.LikelyOut}
	if h.event.Text.Answered == "START" {
		reasons = append(reasons, suppression.Carrier)
	}
	_, err := h.tx.Suppression.Lift(ctx, h.business.ID, h.pair.Number, h.at(), reasons...)
	return err
}

func (h *hearing) optOut(ctx context.Context, m reply.Meaning) error {
	// One confirmation for one opt-out, and none where the carrier has sent its
	// own: the confirmation must be the only later text.
	silent := h.event.Text.Answered != "" || h.confirmedSince() ||
		h.subscriber.Standing.State == consent.OptedOut && !h.isInForce(consent.Revoked)
	if err := h.revoke(ctx, consent.Revoked, suppression.OptOut, m); err != nil {
		return err
	}
	if err := h.cancel(ctx, "opted_out"); err != nil || silent {
		return err
	}
	id, err := h.answer(ctx, message.Confirmation, answer.OptedOut(h.business), confirmWithin)
	if err != nil || id.IsZero() {
		return err
	}
	return h.record(ctx, evidence.NewConfirmed(evidence.NewSeed(h.s.IDs, h.s.Salts), h.revocation(consent.Revoked, m), id))
}

// confirmedSince reports whether a later opt-out, whose text was faster, has
// been confirmed.
func (h *hearing) confirmedSince() bool {
	return slices.ContainsFunc(h.ours, func(m message.Message) bool {
		return m.Class == message.Confirmation && !m.Answers.Before(h.at())
	})
}

// doubt stops marketing until staff have looked. The guest is not asked: a
// question would be another text to somebody who may want none.
func (h *hearing) doubt(ctx context.Context, m reply.Meaning) error {
	if err := h.revoke(ctx, consent.Doubted, suppression.LikelyOut, m); err != nil {
		return err
	}
	return h.cancel(ctx, "may_have_opted_out")
}

// revoke records an opt-out, or what may be one, and bars the guest from then
// on. Done twice, it is recorded once.
func (h *hearing) revoke(ctx context.Context, k consent.Kind, r suppression.Reason, m reply.Meaning) error {
	return optout.Write(ctx, h.tx, h.s.Salts, h.revocation(k, m), r, "reply")
}

// revocation is the event of an opt-out, or of what may be one.
func (h *hearing) revocation(k consent.Kind, m reply.Meaning) consent.Event {
	e := h.newEvent(k, consent.ByReply)
	e.Evidence.Rule = m.Rule
	e.Evidence.RawText = h.words()
	return e
}

// words are what is kept of the text: all of it, but for a date of birth.
func (h *hearing) words() string {
	text := h.event.Text.Body
	if h.redact || h.subscriber.Standing.State == consent.Pending && h.business.AgeGate && age.Check(text, h.now, age.OfAge) != age.NoDate {
		return notKept
	}
	return text
}

func (h *hearing) record(ctx context.Context, r evidence.Record) error {
	return h.tx.Evidence.Append(ctx, []evidence.Record{r})
}

func (h *hearing) cancel(ctx context.Context, why string) error {
	_, err := h.tx.Messages.Cancel(ctx, h.pair, message.Marketing, why, h.now)
	return err
}

// answer plans one text in answer to the event and returns its id. Handled
// twice, it is the same text, and no id is returned.
func (h *hearing) answer(ctx context.Context, c message.Class, body string, within time.Duration) (core.MessageID, error) {
	if c == message.Help && h.event.Text.Answered == "HELP" {
		return core.MessageID{}, nil
	}
	at := h.asked()
	id := core.MessageID(h.s.IDs.New())
	added, err := h.tx.Messages.Plan(ctx, []message.Message{{
		ID: id, Business: h.business.ID, To: h.pair.Number, From: h.event.Text.To,
		Class: c, Body: body, Segments: sms.Measure(body).Segments, Key: message.AnswerKey(h.event.ID, c),
		Answers: at, State: message.Planned, Due: h.now, NotAfter: at.Add(within), Planned: h.now,
	}})
	if added == 0 {
		return core.MessageID{}, err
	}
	return id, err
}

// retiredWord answers who texts a word that was taken down. It joins nobody: the
// words that stood beside it are not what the venue says today.
func (h *hearing) retiredWord(ctx context.Context) (string, error) {
	ks, err := h.tx.Accounts.Keywords(ctx, h.business.ID)
	if err != nil {
		return "", err
	}
	text := h.business.Name + ": Thanks, but " + h.retired + " is not in use any more."
	if i := slices.IndexFunc(ks, func(k account.Keyword) bool { return !k.Retired() }); i >= 0 {
		text += " To join our texts, reply " + ks[i].Word + "."
	}
	_, err = h.answer(ctx, message.Welcome, text+" Reply HELP for help, STOP to opt out.", answerWithin)
	return "texted a keyword that is retired", err
}
