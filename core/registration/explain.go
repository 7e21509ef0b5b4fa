package registration

import (
	"regexp"
	"strings"
)

// An Explanation says in plain words what a refusal means and what to do.
type Explanation struct {
	Code, Says, Do string
}

// refusals are looked through in order: what is more particular goes first. The
// carriers' own words differ, and codes come and go, so each is known by either.
var refusals = []struct {
	is *regexp.Regexp
	Explanation
}{
	{regexp.MustCompile(`(?i)\b706\b|age[ -]?gat`), Explanation{"age_gate", "Reviewers found alcohol, or took something for it, and no check of age.", "Switch the age check on under Settings, look at your website with a reviewer's eyes, and submit again."}},
	{regexp.MustCompile(`(?i)\b70[1-9]\b|\b71[0-2]\b|shaft|alcohol|tobacco|cannabis|gambl|prohibited|high[- ]risk`), Explanation{"content", "Reviewers found content that carriers forbid, in the samples or on the website.", "Take it out of both. Some of these refusals are final: then ask the carrier before you pay for another try."}},
	{regexp.MustCompile(`(?i)\b805\b|\b851\b|privacy`), Explanation{"privacy", "The privacy policy could not be opened, or does not say that mobile numbers are not shared.", "Leave its address empty under Settings to use ours, or add that sentence to yours."}},
	{regexp.MustCompile(`(?i)terms (and|&|of)`), Explanation{"terms", "The terms could not be opened or lack something.", "Leave their address empty under Settings to use ours."}},
	{regexp.MustCompile(`(?i)opt[- ]?in|call[- ]to[- ]action|\bCTA\b|message flow|consent`), Explanation{"opt_in", "Reviewers could not see how guests opt in, or the words there lack something.", "Open the opt-in page in a private window: it must show without signing in. Then submit again."}},
	{regexp.MustCompile(`(?i)opt[- ]?out|\bSTOP\b`), Explanation{"opt_out", "Reviewers miss how to opt out.", "End each sample text with “Reply STOP to opt out”."}},
	{regexp.MustCompile(`(?i)\bEIN\b|tax id|company ?name|legal name|unverified|identity`), Explanation{"identity", "The legal name, the EIN and the address do not match the tax office's records.", "Copy all three from your IRS letter (CP 575 or 147C), comma for comma, and submit again."}},
	{regexp.MustCompile(`(?i)e-?mail`), Explanation{"email", "The e-mail address does not show that it is the venue's.", "Use one at your website's domain."}},
	{regexp.MustCompile(`(?i)shorten|bit\.ly|url|link`), Explanation{"link", "A link is one that carriers refuse, or could not be opened.", "Use the full address at your own domain."}},
	{regexp.MustCompile(`(?i)website|online presence`), Explanation{"website", "Reviewers could not open the website, or could not see that it is the venue's.", "Give one that anybody can open and that names the venue."}},
	{regexp.MustCompile(`(?i)sample`), Explanation{"sample", "The sample texts do not fit what was said about the texts.", "Write two that you would really send, each with the venue's name."}},
	{regexp.MustCompile(`(?i)use ?case|description|vague`), Explanation{"use_case", "It was not plain enough what the texts are about.", "Say what guests get, how often, and how they joined."}},
	{regexp.MustCompile(`(?i)address`), Explanation{"address", "The address could not be found.", "Write it as the post office and the tax office have it. No P.O. box."}},
}

// Explain reads a carrier's reason.
func Explain(reason string) Explanation {
	reason = strings.Join(strings.Fields(reason), " ")
	for _, r := range refusals {
		if r.is.MatchString(reason) {
			return r.Explanation
		}
	}
	return Explanation{"other", "The carrier refused it for a reason of its own.", "Read its words below, mend what they name, and submit again."}
}
