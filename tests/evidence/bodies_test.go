// Package evidence_test holds the bodies of records against another program's
// reading of RFC 8785.
package evidence_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
)

var noon = time.Date(2026, 12, 8, 18, 0, 0, 123456000, time.UTC)

// A sample draws what records are made of.
type sample struct{ t *rapid.T }

func (s sample) text(name string) string {
	if rapid.Bool().Draw(s.t, name+" is bytes") {
		return string(rapid.SliceOf(rapid.Byte()).Draw(s.t, name))
	}
	return rapid.String().Draw(s.t, name)
}

func (s sample) id(name string) (u core.UUID) {
	copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(s.t, name))
	return u
}

func (s sample) time(name string) time.Time {
	return noon.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(s.t, name)) * time.Microsecond)
}

func (s sample) seed() evidence.Seed {
	return evidence.Seed{ID: core.RecordID(s.id("record")), Salt: evidence.Salt(s.id("salt"))}
}

func (s sample) number() core.Number {
	return core.MustNumber("+1512555010" + string(rune('0'+rapid.IntRange(0, 9).Draw(s.t, "number"))))
}

func (s sample) event() consent.Event {
	return consent.Event{
		ID: core.EventID(s.id("event")), Business: core.BusinessID(s.id("business")), Number: s.number(),
		Kind:   consent.Kind(rapid.IntRange(int(consent.Granted), int(consent.AgeFailed)).Draw(s.t, "kind")),
		Method: consent.ByQR, Scope: consent.Scope(rapid.IntRange(0, 3).Draw(s.t, "scope")), At: s.time("at"), Recorded: s.time("recorded"),
		Venue: place.Place{State: place.MustState("TX"), Zone: place.MustZone("America/Chicago")},
		Evidence: consent.Evidence{
			Disclosure: consent.Version(bytes.Repeat([]byte{byte(rapid.IntRange(0, 1).Draw(s.t, "version"))}, 32)),
			RawText:    s.text("said"), Keyword: s.text("keyword"), To: s.number(), CarrierID: s.text("carrier"), InboxID: s.text("inbox"),
			Rule: s.text("rule"), Actor: s.text("actor"), Note: s.text("note"),
		},
	}
}

func (s sample) message() message.Message {
	return message.Message{
		ID: core.MessageID(s.id("message")), Business: core.BusinessID(s.id("business")), Campaign: core.CampaignID(s.id("campaign")),
		To: s.number(), Class: message.Marketing, Body: s.text("text"), Attempt: rapid.IntRange(0, 9).Draw(s.t, "attempt"),
	}
}

func (s sample) facts() *decide.Facts {
	f := &decide.Facts{
		Now: s.time("now"), Class: decide.Marketing, Profile: law.Strict, Margin: time.Minute,
		Places:  []place.Place{{State: place.MustState("TX"), Zone: place.MustZone("America/Chicago")}, {State: place.MustState("FL")}},
		Consent: decide.Consent{State: decide.Active, Since: s.time("since"), RevokedAt: s.time("revoked"), Scope: 3, Disclosed: true, Verified: true, AgeGate: decide.AgePassed},
		Recent:  []time.Time{s.time("recent")}, RecentSince: s.time("recent since"), SuppressionRead: true,
		Suppressed: []decide.Suppression{{Global: true, Reason: decide.Complaint, At: s.time("suppressed")}},
		Caps:       []decide.Cap{{Count: 8, Window: 31 * 24 * time.Hour, Source: s.text("source")}},
		Content:    decide.Content{Checked: true, Blocked: true, NeedsAgeGate: true},
		Account:    decide.Account{Active: true, Registered: true, Trial: true, TestPhone: true},
		NotAfter:   s.time("not after"), AnswersTo: s.time("answers"), AlreadyConfirmed: true, Emergency: decide.StatesOf(place.MustState("FL")),
	}
	if rapid.Bool().Draw(s.t, "bare") {
		return &decide.Facts{}
	}
	return f
}

// records are one of each kind.
func (s sample) records() []evidence.Record {
	e, m := s.event(), s.message()
	shown := consent.Disclosure{Keyword: s.text("shown keyword"), Text: s.text("shown"), Since: s.time("shown since")}
	f := s.facts()
	d := decide.US().Decide(f)
	revoked := s.event()
	revoked.Kind = consent.Revoked
	out := message.Outcome{Attempt: 1, State: message.Sent, CarrierID: s.text("carrier id"), Code: s.text("code"), Reason: s.text("reason"), At: s.time("outcome")}
	rc := message.Receipt{CarrierID: s.text("carrier id"), State: message.Delivered, Code: s.text("code"), OptedOut: true, At: s.time("receipt")}
	user := core.UserID(s.id("user"))
	return []evidence.Record{
		evidence.NewEvent(s.seed().Salt, e, shown), evidence.NewRevocation(s.seed().Salt, revoked), evidence.NewConfirmed(s.seed(), revoked, m.ID),
		evidence.NewDecision(s.seed(), m, f.Now, f, &d), evidence.NewSubmission(s.seed(), m, out, true), evidence.NewReceipt(s.seed(), m, rc, s.text("webhook")),
		evidence.NewStaffAction(s.seed(), m.Business, noon, user, s.text("action"), m.Campaign, map[string]string{"b": s.text("b"), "a": s.text("a"), "a_1": "x"}),
		evidence.NewErasure(s.seed(), m.Business, noon, user, s.text("why"), []core.RecordID{core.RecordID(s.id("1")), core.RecordID(s.id("2"))}),
		evidence.NewHold(s.seed(), m.Pair(), noon, user, true, s.text("why")),
	}
}

// Every body is its own canonical form, by another implementation of it.
func TestBodiesAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range (sample{t}).records() {
			again, err := jcs.Transform(r.Body)
			if err != nil {
				t.Fatalf("%v: %v\n%s", r.Kind, err, r.Body)
			}
			if !bytes.Equal(again, r.Body) {
				t.Fatalf("%v is not canonical:\n%s\nbut\n%s", r.Kind, r.Body, again)
			}
		}
	})
}

// What a record is made of comes out again, and it checks; with one bit of its
// body or salt turned it does not.
func TestRecordsCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range (sample{t}).records() {
			if r.At.IsZero() {
				continue // a bare decision has no instant, and is refused
			}
			if err := r.Check(); err != nil {
				t.Fatalf("%v: %v\n%s", r.Kind, err, r.Body)
			}
			if err := parse(r); err != nil {
				t.Fatalf("%v: %v\n%s", r.Kind, err, r.Body)
			}
			bad := r
			if i := rapid.IntRange(0, len(r.Body)*8-1).Draw(t, "bit"); true {
				bad.Body = bytes.Clone(r.Body)
				bad.Body[i/8] ^= 1 << (i % 8)
			}
			if bad.Check() == nil {
				t.Fatalf("%v: a changed body checks", r.Kind)
			}
			bad = r
			bad.Salt[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
			if bad.Check() == nil {
				t.Fatalf("%v: another salt checks", r.Kind)
			}
			bad = r
			bad.Number = core.MustNumber("+12125550177")
			if bad.Check() == nil {
				t.Fatalf("%v: it checks under another guest", r.Kind)
			}
		}
	})
}

func parse(r evidence.Record) (err error) {
	switch r.Kind {
	case evidence.KindConsent:
		_, err = evidence.ParseConsent(r)
	case evidence.KindRevocation:
		_, err = evidence.ParseRevocation(r)
	case evidence.KindDecision:
		_, err = evidence.ParseDecision(r)
	case evidence.KindSubmission:
		_, err = evidence.ParseSubmission(r)
	case evidence.KindReceipt:
		_, err = evidence.ParseReceipt(r)
	case evidence.KindStaffAction:
		_, err = evidence.ParseStaffAction(r)
	case evidence.KindErasure:
		_, err = evidence.ParseErasure(r)
	default:
		_, err = evidence.ParseHold(r)
	}
	return err
}

// What a guest wrote comes out to the byte, also where it is no text at all.
func TestSaidToTheLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := (sample{t}).event()
		e.Kind = consent.Revoked
		b, err := evidence.ParseRevocation(evidence.NewRevocation(evidence.Salt{1}, e))
		if err != nil || b.Said != e.Evidence.RawText || b.Number != e.Number || !b.Received.Equal(e.At) {
			t.Fatalf("%q came out as %q (%v)", e.Evidence.RawText, b.Said, err)
		}
	})
}

// A decision that was recorded is taken again from its record, to the byte.
func TestDecisionReplays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sample{t}
		f, m := s.facts(), s.message()
		d := decide.US().Decide(f)
		b, err := evidence.ParseDecision(evidence.NewDecision(s.seed(), m, noon, f, &d))
		if err != nil {
			t.Fatal(err)
		}
		again, err := decide.US().Replay(b.Facts, b.Findings)
		if err != nil || !again.Same || b.Verdict != d.Verdict.String() || b.TextSHA256 != evidence.TextHash(m.Body) {
			t.Fatalf("it comes out otherwise: %v, %+v", err, again.Decision)
		}
	})
}

// Hostile bodies are refused, and nothing of them is quoted.
func TestBadBodies(t *testing.T) {
	good := string(evidence.NewHold(evidence.Seed{ID: core.RecordID{1}}, core.Pair{Business: core.BusinessID{1}, Number: core.MustNumber("+15125550123")}, noon, core.UserID{1}, true, "suit").Body)
	for name, body := range map[string]string{
		"empty": "", "no object": `[]`, "cut off": good[:len(good)-1], "another kind": strings.Replace(good, `"hold"`, `"receipt"`, 1),
		"an unknown kind": strings.Replace(good, `"hold"`, `"holdup"`, 1), "an unknown field": strings.Replace(good, `"placed"`, `"plaid"`, 1),
		"another version": strings.Replace(good, `"v":1`, `"v":2`, 1), "no number": strings.Replace(good, "+15125550123", "+15125550", 1),
		"something behind": good + "{}",
	} {
		_, err := evidence.ParseHold(evidence.Record{Body: []byte(body)})
		if core.KindOf(err) != core.Invalid || err == nil || strings.Contains(err.Error(), "5125550") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := evidence.ParseHold(evidence.Record{Body: []byte(good)}); err != nil {
		t.Error(err)
	}
}
