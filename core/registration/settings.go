package registration

import (
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/answer"
)

// Settings are what a messaging profile does, as far as it matters to us. Every
// business has a profile to itself: the carrier keeps its list of opt-outs for
// each profile.
type Settings struct {
	Name        string // names the profile to us: [ProfileName]
	Enabled     bool
	WebhookURL  string // what guests write, and receipts, go there
	FailoverURL string // where the first does not answer
	APIVersion  string
	Countries   []string // where texts may go, sorted
	// What must be off: each makes another text of ours, or sends it from another
	// number.
	NumberPool, LinkShortener, SmartEncoding, MMSFallback bool
	AlphaSender                                           string
	Answers                                               []Answer
}

// An Answer is what the carrier says by itself to certain words.
type Answer struct {
	ID    string // the carrier's; "" for one that is wanted
	Op    string // [OpStop], [OpStart] or [OpHelp]
	Words []string
	Text  string
}

// What the carrier can do about a word.
const (
	OpStop  = "stop"
	OpStart = "start"
	OpHelp  = "info"
)

// countries are the United States with their territories: the engine lets texts
// go nowhere else.
var countries = []string{"AS", "GU", "MP", "PR", "US", "VI"}

// Expect says how the profile of a business should be. webhook is the address of
// the ingester.
//
// The venue's own keywords are not among the carrier's words: it would answer
// each of them with a text of its own, beside ours. So who has opted out comes
// back with START, as the confirmation says.
func Expect(b account.Business, webhook string) Settings {
	webhook = strings.TrimSuffix(webhook, "/")
	return Settings{
		Name: ProfileName(b), Enabled: true, WebhookURL: webhook + "/telnyx", FailoverURL: webhook + "/telnyx/failover", APIVersion: "2", Countries: countries,
		Answers: []Answer{
			{Op: OpStop, Words: []string{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "OPTOUT"}, Text: answer.OptedOut(b)},
			{Op: OpStart, Words: StartWords, Text: b.Name + ": Got your START. More in a moment. Reply HELP for help, STOP to opt out."},
			{Op: OpHelp, Words: HelpWords, Text: answer.Help(b, "")},
		},
	}
}

// ProfileName names the profile of a business, so that one whose making was not
// answered is found again.
func ProfileName(b account.Business) string { return "nexo " + b.ID.String() }

// The codes of drift.
const (
	DriftNoProfile = "profile_missing"
	DriftDisabled  = "profile_disabled"
	DriftWebhook   = "webhook"
	DriftFailover  = "failover"
	DriftVersion   = "api_version"
	DriftCountries = "countries"
	DriftPool      = "number_pool"
	DriftShortener = "link_shortener"
	DriftEncoding  = "smart_encoding"
	DriftFallback  = "mms_fallback"
	DriftAlpha     = "alpha_sender"
	DriftStop      = "answer_stop"
	DriftStart     = "answer_start"
	DriftHelp      = "answer_info"
	DriftNumber    = "number_elsewhere" // it is on another profile
	DriftUnknown   = "number_unknown"   // it is not in the carrier account
	DriftShared    = "profile_shared"   // another business of ours has the same
)

// Compare says where a profile is not as it should be.
func Compare(is, want Settings) []Drift {
	var out []Drift
	differ := func(code, is, want string) {
		if is != want {
			out = append(out, Drift{Code: code, Is: is, Want: want})
		}
	}
	differ(DriftDisabled, onOff(is.Enabled), onOff(want.Enabled))
	differ(DriftWebhook, is.WebhookURL, want.WebhookURL)
	differ(DriftFailover, is.FailoverURL, want.FailoverURL)
	differ(DriftVersion, is.APIVersion, want.APIVersion)
	differ(DriftCountries, strings.Join(slices.Sorted(slices.Values(is.Countries)), ", "), strings.Join(want.Countries, ", "))
	differ(DriftPool, onOff(is.NumberPool), onOff(want.NumberPool))
	differ(DriftShortener, onOff(is.LinkShortener), onOff(want.LinkShortener))
	differ(DriftEncoding, onOff(is.SmartEncoding), onOff(want.SmartEncoding))
	differ(DriftFallback, onOff(is.MMSFallback), onOff(want.MMSFallback))
	differ(DriftAlpha, is.AlphaSender, want.AlphaSender)
	for _, w := range want.Answers {
		have := is.Answer(w.Op)
		switch {
		case have.Text != w.Text:
			out = append(out, Drift{Code: "answer_" + w.Op, Is: have.Text, Want: w.Text})
		case !subset(w.Words, have.Words):
			out = append(out, Drift{Code: "answer_" + w.Op, Is: strings.Join(have.Words, ", "), Want: strings.Join(w.Words, ", ")})
		}
	}
	return out
}

// Answer returns the carrier's answer to one sort of words.
func (s Settings) Answer(op string) Answer {
	for _, a := range s.Answers {
		if a.Op == op {
			return a
		}
	}
	return Answer{}
}

// subset compares without regard to case: the carrier's words have none.
func subset(want, have []string) bool {
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, w) }) {
			return false
		}
	}
	return true
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
