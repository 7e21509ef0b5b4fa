package retention

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Class is a kind of data that is kept for the same reason and equally long.
type Class uint8

// The classes. Their names are stored.
const (
	NoClass      Class = iota
	Nothing            // says nothing about anybody
	Account            // the venue and its people
	Session            // who is signed in
	Subscriber         // who joined, as campaigns need it, and what the venue noted
	Words              // what texts said
	Clicks             // which links were opened
	Texts              // that a text went to whom, and when
	Webhooks           // what carriers sent, to the byte
	Decisions          // why a text was lawful, with what the carrier said of it
	ConsentProof       // the opt-in: words shown, words said, when
	Revocations        // the opt-out
	Suppressions       // who must not be texted
	Acts               // what staff did, what was erased, what is held
	Requests           // what people asked to know or to have erased
	numClasses
)

// A Rule is how long a class is kept.
type Rule struct {
	Class Class
	Name  string
	Holds string // what of people is in it
	// Period is the default, Min and Max the bounds within which it may be set.
	// Where all are the same it may not.
	Period, Min, Max Period
	From             string // from when it runs
	Why              string
	Source           string // a law's paragraph, or the privacy policy's
}

var (
	ever     = Period{}
	rulebook = [numClasses]Rule{
		Nothing: {Name: "nothing", Holds: "nothing about anybody", From: "–",
			Why: "counts, hashes and state of the program", Source: "–"},
		Account: {Name: "account", Holds: "venue, address, users and their e-mail addresses, keywords, campaigns", Period: days(30), Min: days(30), Max: days(30),
			From: "the account's deletion", Why: "an account that was deleted by mistake comes back", Source: "privacy policy 6, customer data"},
		Session: {Name: "session", Holds: "who is signed in on which device, links that were sent by e-mail, what happened to the safety of an account", Period: days(30), Min: days(1), Max: days(30),
			From: "the last request", Why: "nobody signs in for every page", Source: "privacy policy 7"},
		Subscriber: {Name: "subscriber", Holds: "number, standing, tags, where and when the guest joined", Period: days(30), Min: days(30), Max: days(30),
			From: "the account's deletion, or the guest's request", Why: "the guest asked for the texts", Source: "privacy policy 6, subscriber data"},
		Words: {Name: "words", Holds: "what texts to guests said, and pictures", Period: months(12), Min: days(30), Max: months(12),
			From: "what last happened to the text", Why: "analytics, the conversation, disputes; its hash stays in the decision", Source: "privacy policy 6, message logs"},
		Clicks: {Name: "clicks", Holds: "which links were opened when", Period: months(12), Min: days(30), Max: months(12),
			From: "the click", Why: "engagement", Source: "privacy policy 6, message logs"},
		Texts: {Name: "texts", Holds: "number, times, state and outcome of each text", Period: years(5), Min: years(4), Max: years(10),
			From: "what last happened to the text", Why: "a claim may come four years after the text", Source: "28 U.S.C. 1658(a); 47 U.S.C. 227(b)(3), (c)(5)"},
		Webhooks: {Name: "webhooks", Holds: "what guests wrote and what became of texts, as the carrier sent it", Period: days(90), Min: days(14), Max: days(90),
			From: "arrival, once acted on", Why: "troubleshooting; what proves is copied to the records first", Source: "privacy policy 6, webhook and delivery logs"},
		Decisions: {Name: "decisions", Holds: "number, facts and findings of each decision, submissions, receipts", Period: years(5), Min: years(4), Max: years(10),
			From: "the decision", Why: "a claim may come four years after the text", Source: "28 U.S.C. 1658(a); 16 CFR 310.5"},
		ConsentProof: {Name: "consent_proof", Holds: "number, words shown and said, times of the opt-in", Period: years(5), Min: years(5), Max: years(10),
			From: "the last text under it, once the guest is no longer subscribed", Why: "the sender has to prove consent", Source: "47 CFR 64.1200(f)(9); 16 CFR 310.5(a)(8)"},
		Revocations: {Name: "revocations", Holds: "number, words and times of the opt-out", Period: years(10), Min: years(10), Max: ever,
			From: "the opt-out", Why: "an opt-out holds for ten years in Virginia, and is recorded for five under federal law", Source: "Va. Code 59.1-514; 47 CFR 64.1200(d)(6)"},
		Suppressions: {Name: "suppressions", Holds: "number, or its keyed hash once the guest is erased", Period: ever, Min: ever, Max: ever,
			From: "–", Why: "who opted out is never texted again unless they ask", Source: "47 CFR 64.1200(d)(6); privacy policy 6"},
		Acts: {Name: "acts", Holds: "which user did what, what was erased and why, what is held", Period: ever, Min: years(10), Max: ever,
			From: "the act", Why: "whoever reads the evidence must see who touched it", Source: "Fed. R. Evid. 901, 902(13)"},
		Requests: {Name: "requests", Holds: "number, words and times of a request to know, correct or delete", Period: months(24), Min: months(24), Max: months(60),
			From: "its answer", Why: "to show that requests were answered in time", Source: "Cal. Code Regs. tit. 11, 7101(a)"},
	}
)

func years(n int) Period  { return Period{Years: n} }
func months(n int) Period { return Period{Months: n} }
func days(n int) Period   { return Period{Days: n} }

// Rules returns every class's rule with its default period, in order.
func Rules() []Rule {
	out := make([]Rule, 0, numClasses-1)
	for c := Nothing; c < numClasses; c++ {
		out = append(out, c.Rule())
	}
	return out
}

// Rule returns the class's rule with its default period.
func (c Class) Rule() Rule {
	if c >= numClasses {
		c = NoClass
	}
	r := rulebook[c]
	r.Class = c
	return r
}

func (c Class) String() string { return c.Rule().Name }

// ParseClass reads what String writes; any other text is NoClass and false.
func ParseClass(s string) (Class, bool) {
	i := slices.IndexFunc(rulebook[:], func(r Rule) bool { return r.Name == s && s != "" })
	if i < 0 {
		return NoClass, false
	}
	return Class(i), true
}

// Periods are the periods in use. The zero Periods are the defaults.
type Periods struct{ set [numClasses]*Period }

// Of returns the class's period.
func (p Periods) Of(c Class) Period {
	if c < numClasses && p.set[c] != nil {
		return *p.set[c]
	}
	return c.Rule().Period
}

// Before returns what must be older to be due, and false for what is never due.
func (p Periods) Before(c Class, now time.Time) (time.Time, bool) {
	q := p.Of(c)
	if q.Ever() || c <= Nothing || c >= numClasses {
		return time.Time{}, false
	}
	return q.Before(now), true
}

// With returns the periods with another one for a class. One outside its bounds
// is Invalid, and the error says which they are.
func (p Periods) With(c Class, q Period) (Periods, error) {
	r := c.Rule()
	if c <= Nothing || r.Name == "" {
		return p, core.E("retention.With", core.Invalid, "there is no such class; nexo retention plan lists them")
	}
	if q.shorter(r.Min) || r.Max.shorter(q) {
		msg := fmt.Sprintf("%s is kept for at least %s and at most %s (%s)", r.Name, r.Min, r.Max, r.Source)
		if r.Min == r.Max {
			msg = fmt.Sprintf("%s is kept %s, and that may not be changed (%s)", r.Name, r.Min, r.Source)
		}
		return p, core.E("retention.With", core.Invalid, msg)
	}
	p.set[c] = &q
	return p, nil
}

// ParsePeriods reads "words=6m,webhooks=30d". Each must be within its bounds.
func ParsePeriods(s string) (Periods, error) {
	var p Periods
	if s == "" {
		return p, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		name, length, _ := strings.Cut(strings.TrimSpace(part), "=")
		c, ok := ParseClass(name)
		if !ok {
			return p, core.E("retention.ParsePeriods", core.Invalid, fmt.Sprintf("%.30q is no class of data; docs/privacy.md lists them", name))
		}
		q, err := ParsePeriod(length)
		if err != nil {
			return p, err
		}
		if p, err = p.With(c, q); err != nil {
			return p, err
		}
	}
	return p, nil
}
