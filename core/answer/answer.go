// Package answer writes the texts that every guest gets in answer to a word:
// to the keyword, to STOP and to HELP. The engine's answers, what the carrier is
// told to answer by itself and what reviewers of a registration are shown are
// these same words, so that they cannot come to differ.
package answer

import (
	"fmt"

	"github.com/jobfluss/nexo/core/account"
)

// Welcome has what CTIA 5.1.2.1 asks of the first text of a programme: name,
// that it recurs and how often, rates, help, how to stop. Who was here before
// and joins again by a word gets the way to the terms with it, which a poster
// would have shown.
func Welcome(b account.Business, again bool) string {
	t := fmt.Sprintf("%s: You're on our list for offers & events. Up to %d msgs/month. Msg & data rates may apply. Reply HELP for help, STOP to opt out.", b.Name, b.MonthlyTexts)
	if again && b.TermsURL != "" {
		t += " Terms: " + b.TermsURL
	}
	return t
}

// OptedOut names the brand and says that nothing more comes (CTIA 5.1.3). It
// markets nothing: 47 CFR 64.1200(a)(12).
func OptedOut(b account.Business) string {
	return fmt.Sprintf("%s: You're opted out and will get no more marketing texts from us. Changed your mind? Reply START.", b.Name)
}

// Help names the brand and where to reach a person (CTIA 5.1.4). link is the
// guest's own opt-out page; "" leaves it out.
func Help(b account.Business, link string) string {
	stop := "Reply STOP to opt out."
	if link != "" {
		stop = "Reply STOP to opt out, or open " + link
	}
	return fmt.Sprintf("%s: For help, contact %s. Msg frequency varies. Msg & data rates may apply. %s", b.Name, b.HelpContact, stop)
}
