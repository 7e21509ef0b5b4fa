package proof

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
)

// A teller says in words what records hold.
type teller struct {
	ctx   context.Context
	n     *numberPack
	users map[string]string // names of staff
	said  map[core.MessageID]bool
}

func (t *teller) moment(r evidence.Record) (moment, error) {
	at := t.n.local(r.At)
	m := moment{ISO: r.At.UTC().Format(time.RFC3339), Day: at.Format("2 Jan 2006"), Time: at.Format("3:04:05 pm MST")}
	if r.Erased() {
		m.Title = "A record that was erased"
		m.Facts = "What it said (" + kindWords(r.Kind) + ") was erased. That it was written, and when, remains proven."
		return m, nil
	}
	var err error
	switch r.Kind {
	case evidence.KindConsent:
		err = t.consent(r, &m)
	case evidence.KindRevocation:
		err = t.revocation(r, &m)
	case evidence.KindDecision:
		err = t.decision(r, &m)
	case evidence.KindSubmission:
		err = t.submission(r, &m)
	case evidence.KindReceipt:
		err = t.receipt(r, &m)
	case evidence.KindStaffAction:
		err = t.action(r, &m)
	case evidence.KindHold:
		err = t.hold(r, &m)
	case evidence.KindErasure:
		err = t.erasure(r, &m)
	default:
		m.Title = "A record of another kind: " + kindWords(r.Kind)
	}
	return m, err
}

func kindWords(k evidence.Kind) string { return strings.ReplaceAll(k.String(), "_", " ") }

func (t *teller) consent(r evidence.Record, m *moment) error {
	b, err := evidence.ParseConsent(r)
	if err != nil {
		return err
	}
	switch b.Act {
	case "granted":
		m.Title, m.Tone = "The guest agreed to be texted", "good"
	case "doubted":
		m.Title, m.Tone = "The guest’s words may be an opt-out: texts stopped until staff look", "bad"
	case "cleared":
		m.Title, m.Tone = "Staff found that it was no opt-out", "good"
	case "age_passed":
		m.Title = "The guest is of age"
	case "age_failed":
		m.Title, m.Tone = "The guest is not of age", "bad"
	default:
		m.Title = "Consent: " + strings.ReplaceAll(b.Act, "_", " ")
	}
	m.Who = t.by(b.Actor, methodWords(b.Method))
	m.Quote, m.Quoted = b.Said, "The guest wrote"
	f := facts{}
	f.add("Number texted", pretty(b.To))
	f.add("Keyword", b.Keyword)
	f.add("For", strings.Join(b.Scope, " and "))
	if b.Disclosure != nil {
		f.add("Words shown", "version "+short(b.Disclosure.Version)+", printed below")
	}
	if b.Age != nil {
		f.add("Age", b.Age.Result+", by "+methodWords(b.Age.Method))
	}
	if b.Venue != nil {
		f.add("At a venue in", b.Venue.State)
	}
	f.add("Taken for an opt-out", b.Rule)
	f.add("Note", b.Note)
	f.add("Carrier’s id of the text", b.CarrierID)
	f.later(t, b.At, b.Recorded)
	m.Facts = f.String()
	return nil
}

func (t *teller) revocation(r evidence.Record, m *moment) error {
	b, err := evidence.ParseRevocation(r)
	if err != nil {
		return err
	}
	m.Title, m.Tone = "The guest opted out", "bad"
	if b.Act == "confirmed" {
		m.Title, m.Tone = "A confirmation of the opt-out was planned", ""
	}
	m.Who = t.by(b.Actor, methodWords(b.Method))
	m.Quote, m.Quoted = b.Said, "The guest wrote"
	f := facts{}
	f.add("Understood by", b.Rule)
	f.add("Note", b.Note)
	f.add("Carrier’s id of the text", b.CarrierID)
	f.later(t, b.At, b.Recorded)
	m.Facts = f.String()
	return nil
}

func (t *teller) decision(r evidence.Record, m *moment) error {
	b, err := evidence.ParseDecision(r)
	if err != nil {
		return err
	}
	what := classWords(b.Class)
	switch b.Verdict {
	case "send":
		m.Title, m.Tone = what+" was allowed", "good"
	case "wait":
		m.Title, m.Tone = what+" had to wait", "wait"
	default:
		m.Title, m.Tone = what+" was refused", "bad"
	}
	summary, lines := t.n.s.explain(&b)
	m.Who = summary
	m.Why = reasons(lines)
	if text, ok := t.n.texts[b.Message]; ok && !t.said[b.Message] && evidence.TextHash(text.Body) == b.TextSHA256 {
		t.said[b.Message] = true
		m.Quote, m.Quoted = text.Body, "The text"
	}
	f := facts{}
	f.add("Text", b.Message.String())
	f.add("Edition of the law", cmp.Or(b.Edition, "none"))
	m.Facts = f.String()
	return nil
}

func (t *teller) submission(r evidence.Record, m *moment) error {
	b, err := evidence.ParseSubmission(r)
	if err != nil {
		return err
	}
	switch {
	case !b.Handed:
		m.Title, m.Tone = "The text was held back before it left", "wait"
	case b.Outcome == "sent":
		m.Title, m.Tone = "The carrier took the text", "good"
	case b.Outcome == "failed":
		m.Title, m.Tone = "The carrier refused the text", "bad"
	case b.Outcome == "unknown":
		m.Title, m.Tone = "The carrier gave no answer: the text may have gone out", "wait"
	default:
		m.Title, m.Tone = "The carrier did not take the text; it was put back", "wait"
	}
	f := facts{}
	f.add("Text", b.Message.String())
	f.add("Carrier’s id", b.CarrierID)
	f.add("Carrier’s code", b.Code)
	f.add("Reason", strings.ReplaceAll(b.Reason, "_", " "))
	m.Facts = f.String()
	return nil
}

func (t *teller) receipt(r evidence.Record, m *moment) error {
	b, err := evidence.ParseReceipt(r)
	if err != nil {
		return err
	}
	switch b.State {
	case "delivered":
		m.Title, m.Tone = "The carrier says that the text arrived", "good"
	case "undelivered":
		m.Title, m.Tone = "The carrier says that the text did not arrive", "bad"
	case "unconfirmed":
		m.Title = "The carrier cannot say whether the text arrived"
	default:
		m.Title = "The carrier says: " + b.State
	}
	f := facts{}
	f.add("Text", b.Message.String())
	if b.OptedOut {
		f.add("Why", "the person has opted out with the carrier")
	}
	f.add("Carrier’s id", b.CarrierID)
	f.add("Carrier’s code", b.Code)
	m.Facts = f.String()
	return nil
}

func (t *teller) action(r evidence.Record, m *moment) error {
	b, err := evidence.ParseStaffAction(r)
	if err != nil {
		return err
	}
	words := strings.ReplaceAll(b.Action, "_", " ")
	m.Title = strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
	m.Who = t.by(b.By, "")
	if text := b.Details["text"]; text != "" {
		m.Quote, m.Quoted = text, "The campaign’s text"
	}
	f := facts{}
	f.add("Campaign", b.Details["name"])
	f.add("To begin", t.time(b.Details["send_at"]))
	f.add("No text after", t.time(b.Details["not_after"]))
	m.Facts = f.String()
	return nil
}

func (t *teller) hold(r evidence.Record, m *moment) error {
	b, err := evidence.ParseHold(r)
	if err != nil {
		return err
	}
	m.Title = "A hold was placed: nothing may be erased"
	if !b.Placed {
		m.Title = "A hold was lifted"
	}
	m.Who, m.Facts = t.by(b.By, ""), b.Reason
	return nil
}

// by names a person of the staff, and the way.
func (t *teller) by(id, way string) string {
	if id == "" {
		return way
	}
	name, ok := t.users[id]
	if !ok {
		var u core.UserID
		if u.UnmarshalText([]byte(id)) == nil {
			if who, err := t.n.tx.Accounts.User(t.ctx, u); err == nil && who.Business == t.n.biz.ID {
				name = cmp.Or(who.Name, who.Email)
			}
		}
		t.users[id] = name
	}
	switch {
	case name == "" && way == "":
		return "By user " + id
	case name == "":
		return way + ", by user " + id
	case way == "":
		return "By " + name + " (user " + id + ")"
	}
	return way + ", by " + name + " (user " + id + ")"
}

// time writes an instant of a record's details for people; what is none stays.
func (t *teller) time(s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	if at.IsZero() {
		return "at once"
	}
	return t.n.local(at).Format("2 Jan 2006, 3:04 pm MST")
}

func methodWords(m string) string {
	switch m {
	case "keyword":
		return "By texting the keyword"
	case "qr":
		return "By scanning the code and sending the text"
	case "reply":
		return "By a reply"
	case "carrier":
		return "The carrier said so"
	case "staff":
		return "Told to staff"
	case "web":
		return "By a link"
	}
	return m
}

func classWords(c string) string {
	switch c {
	case "marketing":
		return "A marketing text"
	case "reply":
		return "An answer"
	case "confirmation":
		return "A confirmation"
	case "welcome":
		return "A welcome"
	case "help":
		return "An answer to HELP"
	case "informational":
		return "An informational text"
	}
	return "A text"
}

// reasons are what each rule said, those that stood against it first.
func reasons(lines []decide.Line) []reason {
	var out []reason
	for _, v := range []decide.Verdict{decide.Block, decide.Wait, decide.Send} {
		for _, l := range lines {
			if l.Verdict == v {
				out = append(out, reason{l.Verdict.String(), l.Why, l.Cite})
			}
		}
	}
	return out
}

// facts are a moment's details in one line.
type facts []string

func (f *facts) add(name, value string) {
	if value != "" {
		*f = append(*f, name+": "+value)
	}
}

// later says when a fact was written down, where that was later than a moment.
func (f *facts) later(t *teller, at, recorded time.Time) {
	if recorded.Sub(at) >= 2*time.Second {
		f.add("Written down", t.n.local(recorded).Format("2 Jan 2006, 3:04:05 pm MST"))
	}
}

func (f *facts) String() string { return strings.Join(*f, " · ") }

func short(hash string) string { return hash[:min(8, len(hash))] }

func (t *teller) erasure(r evidence.Record, m *moment) error {
	b, err := evidence.ParseErasure(r)
	if err != nil {
		return err
	}
	m.Title = "Data was erased"
	m.Who, m.Facts = t.by(b.By, ""), b.Reason
	return nil
}
