// Package judge decides texts on what the store knows about them. [Gather] reads
// the facts for a batch, and [Knowledge.Judge] puts them to the engine and says
// what is to be done with each text.
//
// core/dispatch judges what it is about to send, core/dryrun what it would send.
// There is no other way from a message to a verdict, so the two cannot differ.
package judge

import (
	"time"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
)

// Settings are how the operator reads the law.
type Settings struct {
	Profile law.Profile
	// Margin is how long before the end of a window the last text leaves.
	Margin time.Duration
}

// A Case is one text with what was decided. It may be used for the next text:
// its slices are then used again.
type Case struct {
	// Verdict is what is to be done with the text. A text that may go is in state
	// Sending; its Lease is the caller's to set.
	Verdict message.Verdict
	// Decided is false where the text's campaign does not run, and so nothing was
	// put to the engine: Facts and Decision then mean nothing.
	Decided  bool
	Facts    decide.Facts
	Decision decide.Decision
}

// Suppose takes c for what the store holds under its id: for a campaign that is
// not approved yet.
func (k *Knowledge) Suppose(c campaign.Campaign) { k.campaigns[c.ID] = c }

// Judge fills in c with what is to be done with m, one of those that were
// gathered. A marketing text that may go counts against the caps of the next
// one to the same guest.
func (k *Knowledge) Judge(book *decide.Book, set Settings, m message.Message, now time.Time, c *Case) {
	c.Verdict = message.Verdict{Business: m.Business, Message: m.ID, Attempt: m.Attempt, At: now}
	c.Decided = k.campaignRuns(m, &c.Verdict, now)
	if !c.Decided {
		return
	}
	k.facts(m, set, now, &c.Facts)
	c.Decision = book.Decide(&c.Facts)
	apply(&c.Decision, &c.Facts, &c.Verdict)
	if c.Verdict.State == message.Sending && m.Class == message.Marketing {
		k.recent[m.Pair()] = append(k.recent[m.Pair()], now)
	}
}

// campaignRuns reports whether the campaign of m, if it has one, is running; if
// not, it fills in v.
func (k *Knowledge) campaignRuns(m message.Message, v *message.Verdict, now time.Time) bool {
	if m.Campaign.IsZero() {
		return true
	}
	c, ok := k.campaigns[m.Campaign]
	switch {
	case ok && c.Status == campaign.Sending:
		return true
	case ok && c.Status == campaign.Paused && now.Before(m.NotAfter):
		// It stays due: claims pass it over until the campaign goes on.
		v.State, v.Due, v.Reason = message.Planned, m.Due, "campaign_paused"
	case ok && c.Status == campaign.Paused:
		v.State, v.Reason, v.ReasonAt = message.Expired, "expiry.past", m.NotAfter
	default:
		v.State, v.Reason, v.ReasonAt = message.Cancelled, "campaign_"+c.Status.String(), c.Ended
	}
	return false
}

// apply turns a decision into what is done with the message.
func apply(d *decide.Decision, f *decide.Facts, v *message.Verdict) {
	if d.Verdict == decide.Send {
		v.State = message.Sending
		return
	}
	why := reason(d)
	v.Reason, v.ReasonAt = why.Rule.String()+"."+why.Code.String(), why.Time()
	if own := ownCap(d); own != "" && why.Verdict == decide.Wait && why.Rule == decide.RuleCap {
		v.Reason = "cap." + own
	} else if own != "" && why.Code == decide.ExpiryWait {
		v.Reason = "expiry." + own // what it would wait for, so that it can be changed
	}
	if v.ReasonAt.IsZero() && why.Rule == decide.RuleConsent {
		v.ReasonAt = f.Consent.RevokedAt // a report names the time of the opt-out
	}
	switch {
	case d.Verdict == decide.Wait:
		v.State, v.Due, v.ReasonAt = message.Planned, d.NotBefore, d.NotBefore
	case onlyExpired(d):
		v.State = message.Expired
	default:
		v.State = message.Blocked
	}
}

// ownCap names the venue's own cap that a text waits for, "" for none or where
// the law's is reached too.
func ownCap(d *decide.Decision) string {
	for _, f := range d.Findings() {
		if f.Rule != decide.RuleCap || f.Verdict != decide.Wait {
			continue
		}
		if i, own := f.OwnCap(); own && i < len(capNames) {
			return capNames[i]
		}
		return ""
	}
	return ""
}

// reason is the finding that a report names: the first of the strictest. Rules
// speak in the order in which people ask: may we, then may we now.
func reason(d *decide.Decision) decide.Finding {
	for _, f := range d.Findings() {
		if f.Verdict == d.Verdict {
			return f
		}
	}
	return decide.Finding{}
}

// onlyExpired reports whether nothing but time stands in the way.
func onlyExpired(d *decide.Decision) bool {
	for _, f := range d.Findings() {
		if f.Verdict == decide.Block && f.Rule != decide.RuleExpiry {
			return false
		}
	}
	return true
}
