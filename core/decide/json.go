package decide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// factsVersion is the form of the JSON. A later form must still read this one.
const factsVersion = 1

// AppendJSON appends the facts as one line of JSON in the canonical form of
// RFC 8785 and returns the extended slice: the same facts give the same bytes.
// Facts at their zero value are left out. It holds no phone number.
func (f *Facts) AppendJSON(dst []byte) []byte {
	o := object{append(dst, '{')}
	o.account(&f.Account)
	o.flag("already_confirmed", f.AlreadyConfirmed)
	o.time("answers_to", f.AnswersTo)
	o.caps(f.Caps)
	o.name("class", f.Class.String())
	o.consent(&f.Consent)
	o.open("content")
	o.flag("blocked", f.Content.Blocked)
	o.flag("checked", f.Content.Checked)
	o.flag("needs_age_gate", f.Content.NeedsAgeGate)
	o.shut()
	o.emergency(f.Emergency)
	o.int("margin_ns", int64(f.Margin))
	o.time("not_after", f.NotAfter)
	o.time("now", f.Now)
	o.places(f.Places)
	o.name("profile", f.Profile.String())
	o.recent(f.Recent)
	o.time("recent_since", f.RecentSince)
	o.suppressed(f.Suppressed)
	o.flag("suppression_read", f.SuppressionRead)
	o.int("v", factsVersion)
	return append(o.b, '}')
}

// MarshalJSON is AppendJSON for package encoding/json.
func (f Facts) MarshalJSON() ([]byte, error) { return f.AppendJSON(nil), nil }

// UnmarshalJSON is ParseFacts for package encoding/json.
func (f *Facts) UnmarshalJSON(data []byte) error {
	p, err := ParseFacts(data)
	if err == nil {
		*f = p
	}
	return err
}

// An object appends the fields of one JSON object.
type object struct{ b []byte }

func (o *object) key(k string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *object) comma(i int) {
	if i > 0 {
		o.b = append(o.b, ',')
	}
}

func (o *object) open(k string) { o.key(k); o.b = append(o.b, '{') }
func (o *object) shut()         { o.b = append(o.b, '}') }

func (o *object) str(k, v string) {
	if v != "" {
		o.key(k)
		o.b = jcs.AppendString(o.b, v)
	}
}

// name is str for our own names, which need no escape.
func (o *object) name(k, v string) {
	if v != "" {
		o.key(k)
		o.b = append(o.b, '"')
		o.b = append(o.b, v...)
		o.b = append(o.b, '"')
	}
}

func (o *object) int(k string, v int64) {
	if v != 0 {
		o.key(k)
		o.b = strconv.AppendInt(o.b, v, 10)
	}
}

func (o *object) flag(k string, v bool) {
	if v {
		o.key(k)
		o.b = append(o.b, "true"...)
	}
}

func (o *object) time(k string, t time.Time) {
	if !t.IsZero() {
		o.key(k)
		o.b = appendTime(o.b, t)
	}
}

func (o *object) account(a *Account) {
	o.open("account")
	o.flag("active", a.Active)
	o.flag("registered", a.Registered)
	o.flag("test_phone", a.TestPhone)
	o.flag("trial", a.Trial)
	o.shut()
}

func (o *object) places(ps []place.Place) {
	if len(ps) == 0 {
		return
	}
	o.key("places")
	o.b = append(o.b, '[')
	for i, p := range ps {
		o.comma(i)
		o.b = append(o.b, '{')
		o.name("state", p.State.String())
		o.name("zone", p.Zone.String())
		o.shut()
	}
	o.b = append(o.b, ']')
}

func (o *object) recent(ts []time.Time) {
	if len(ts) == 0 {
		return
	}
	o.key("recent")
	o.b = append(o.b, '[')
	for i := range ts {
		o.comma(i)
		o.b = appendTime(o.b, ts[i])
	}
	o.b = append(o.b, ']')
}

func (o *object) consent(c *Consent) {
	o.open("consent")
	o.name("age_gate", c.AgeGate.String())
	o.flag("disclosed", c.Disclosed)
	o.time("revoked_at", c.RevokedAt)
	if c.Scope != 0 {
		o.key("scope")
		o.b = append(o.b, '[')
		if c.Scope&ScopeMarketing != 0 {
			o.b = append(o.b, `"marketing"`...)
		}
		if c.Scope&ScopeInformational != 0 {
			o.comma(int(c.Scope & ScopeMarketing))
			o.b = append(o.b, `"informational"`...)
		}
		o.b = append(o.b, ']')
	}
	o.time("since", c.Since)
	o.name("state", c.State.String())
	o.flag("verified", c.Verified)
	o.shut()
}

func (o *object) suppressed(ss []Suppression) {
	if len(ss) == 0 {
		return
	}
	o.key("suppressed")
	o.b = append(o.b, '[')
	for i := range ss {
		o.comma(i)
		o.b = append(o.b, '{')
		o.time("at", ss[i].At)
		o.flag("global", ss[i].Global)
		o.name("reason", ss[i].Reason.String())
		o.shut()
	}
	o.b = append(o.b, ']')
}

func (o *object) caps(cs []Cap) {
	if len(cs) == 0 {
		return
	}
	o.key("caps")
	o.b = append(o.b, '[')
	for i := range cs {
		o.comma(i)
		o.b = append(o.b, '{')
		o.int("count", int64(cs[i].Count))
		o.str("source", cs[i].Source)
		o.int("window_ns", int64(cs[i].Window))
		o.shut()
	}
	o.b = append(o.b, ']')
}

func (o *object) emergency(s States) {
	if s.empty() {
		return
	}
	o.key("emergency")
	o.b = append(o.b, '[')
	n := 0
	for st := place.State(1); int(st) < place.NumStates; st++ {
		if s.Has(st) {
			o.comma(n)
			o.b = jcs.AppendString(o.b, st.String())
			n++
		}
	}
	o.b = append(o.b, ']')
}

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// wireFacts is Facts as JSON has it.
type wireFacts struct {
	V       int           `json:"v"`
	Now     time.Time     `json:"now"`
	Class   string        `json:"class"`
	Profile string        `json:"profile"`
	Margin  time.Duration `json:"margin_ns"`
	Places  []struct {
		State string `json:"state"`
		Zone  string `json:"zone"`
	} `json:"places"`
	Consent struct {
		State     string    `json:"state"`
		Since     time.Time `json:"since"`
		RevokedAt time.Time `json:"revoked_at"`
		Scope     []string  `json:"scope"`
		Disclosed bool      `json:"disclosed"`
		Verified  bool      `json:"verified"`
		AgeGate   string    `json:"age_gate"`
	} `json:"consent"`
	SuppressionRead bool `json:"suppression_read"`
	Suppressed      []struct {
		Global bool      `json:"global"`
		Reason string    `json:"reason"`
		At     time.Time `json:"at"`
	} `json:"suppressed"`
	Recent      []time.Time `json:"recent"`
	RecentSince time.Time   `json:"recent_since"`
	Caps        []struct {
		Count  int           `json:"count"`
		Window time.Duration `json:"window_ns"`
		Source string        `json:"source"`
	} `json:"caps"`
	Content struct {
		Checked      bool `json:"checked"`
		Blocked      bool `json:"blocked"`
		NeedsAgeGate bool `json:"needs_age_gate"`
	} `json:"content"`
	Account struct {
		Active     bool `json:"active"`
		Registered bool `json:"registered"`
		Trial      bool `json:"trial"`
		TestPhone  bool `json:"test_phone"`
	} `json:"account"`
	NotAfter         time.Time `json:"not_after"`
	AnswersTo        time.Time `json:"answers_to"`
	AlreadyConfirmed bool      `json:"already_confirmed"`
	Emergency        []string  `json:"emergency"`
}

const opFacts = "decide.ParseFacts"

// ParseFacts reads what AppendJSON writes. Unknown fields and names are refused:
// a fact that was not understood must not pass for one that is missing. The error
// is of kind [core.Invalid].
func ParseFacts(data []byte) (Facts, error) {
	var w wireFacts
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return Facts{}, core.E(opFacts, core.Invalid, "these are no facts: "+err.Error())
	}
	if dec.More() {
		return Facts{}, core.E(opFacts, core.Invalid, "something follows the facts; give one object")
	}
	if w.V > factsVersion || w.V < 0 {
		return Facts{}, core.E(opFacts, core.Invalid, "these facts are of version "+strconv.Itoa(w.V)+"; this program reads version 1")
	}
	r := reader{}
	f := r.facts(&w)
	r.years(&f)
	if r.err != nil {
		return Facts{}, core.E(opFacts, core.Invalid, r.err.Error())
	}
	return f, nil
}

// A reader turns names into values and keeps the first mistake.
type reader struct{ err error }

func (r *reader) facts(w *wireFacts) Facts {
	f := Facts{Now: w.Now, Margin: w.Margin, SuppressionRead: w.SuppressionRead, Recent: w.Recent, RecentSince: w.RecentSince,
		NotAfter: w.NotAfter, AnswersTo: w.AnswersTo, AlreadyConfirmed: w.AlreadyConfirmed}
	f.Class = Class(r.name("class", classNames[:], w.Class))
	if w.Profile != "" {
		p, ok := law.ParseProfile(w.Profile)
		r.check(ok, "profile", w.Profile)
		f.Profile = p
	}
	for _, p := range w.Places {
		f.Places = append(f.Places, place.Place{State: r.state(p.State), Zone: r.zone(p.Zone)})
	}
	c := &w.Consent
	f.Consent = Consent{State: ConsentState(r.name("consent state", consentNames[:], c.State)), Since: c.Since, RevokedAt: c.RevokedAt,
		Disclosed: c.Disclosed, Verified: c.Verified, AgeGate: AgeGate(r.name("age gate", ageNames[:], c.AgeGate))}
	for _, s := range c.Scope {
		r.check(s == "marketing" || s == "informational", "scope", s)
		if s == "marketing" {
			f.Consent.Scope |= ScopeMarketing
		} else {
			f.Consent.Scope |= ScopeInformational
		}
	}
	for _, s := range w.Suppressed {
		f.Suppressed = append(f.Suppressed, Suppression{Global: s.Global, Reason: Reason(r.name("reason", reasonNames[:], s.Reason)), At: s.At})
	}
	for _, c := range w.Caps {
		f.Caps = append(f.Caps, Cap{Count: c.Count, Window: c.Window, Source: c.Source})
	}
	f.Content = Content(w.Content)
	f.Account = Account(w.Account)
	for _, s := range w.Emergency {
		st := r.state(s)
		r.check(st != place.Unknown, "state", s)
		f.Emergency[st/64] |= 1 << (st % 64)
	}
	return f
}

// years refuses instants that RFC 3339 cannot write back.
func (r *reader) years(f *Facts) {
	ts := append([]time.Time{f.Now, f.Consent.Since, f.Consent.RevokedAt, f.RecentSince, f.NotAfter, f.AnswersTo}, f.Recent...)
	for _, s := range f.Suppressed {
		ts = append(ts, s.At)
	}
	for _, t := range ts {
		y := t.UTC().Year()
		r.check(y >= 1 && y <= 9999, "year", strconv.Itoa(y))
	}
}

func (r *reader) check(ok bool, what, got string) {
	if !ok && r.err == nil {
		r.err = fmt.Errorf("no %s %q", what, got)
	}
}

// name finds got in names; the empty one is the zero value.
func (r *reader) name(what string, names []string, got string) int {
	if got == "" {
		return 0
	}
	for i, n := range names {
		if n == got {
			return i
		}
	}
	r.check(false, what, got)
	return 0
}

func (r *reader) state(s string) place.State {
	st, ok := place.ParseState(s)
	r.check(ok || s == "", "state", s)
	return st
}

func (r *reader) zone(s string) place.Zone {
	z, ok := place.ParseZone(s)
	r.check(ok || s == "", "zone", s)
	return z
}
