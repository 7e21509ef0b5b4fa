package registration

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/answer"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// A Pack is everything that is submitted, for either kind of number.
type Pack struct {
	Kind   Kind   `json:"kind"`
	Sender string `json:"sender"` // E.164: the venue's own number
	Brand  Brand  `json:"brand"`

	UseCase     string   `json:"use_case"`
	Description string   `json:"description"`
	Flow        string   `json:"flow"` // how guests opt in
	OptInPage   string   `json:"opt_in_page"`
	Disclosure  string   `json:"disclosure"`
	Samples     []string `json:"samples"`
	Privacy     string   `json:"privacy"`
	Terms       string   `json:"terms"`

	OptInWords, OptOutWords, HelpWords []string
	Welcome, OptedOut, Help            string

	AgeGated bool `json:"age_gated"`
	Links    bool `json:"links"` // the texts carry links
	Monthly  int  `json:"monthly"`
	// PrivacyOurs: the privacy policy is the page that we serve.
	PrivacyOurs bool `json:"privacy_ours"`
	PrivacySays bool `json:"privacy_says"`
	Alcohol     bool `json:"alcohol"`
	// Simulated: the carrier is a simulator beside us, which can open pages that
	// nobody else can.
	Simulated bool `json:"simulated,omitempty"`
}

// A Brand is who is behind the texts.
type Brand struct {
	Name      string      `json:"name"`       // as guests know it
	LegalName string      `json:"legal_name"` // as the tax office knows it
	Entity    Entity      `json:"entity"`
	EIN       string      `json:"ein"`
	Street    string      `json:"street"`
	City      string      `json:"city"`
	State     place.State `json:"state"`
	StateName string      `json:"state_name"` // in full
	ZIP       string      `json:"zip"`
	Website   string      `json:"website"`
	First     string      `json:"first"`
	Last      string      `json:"last"`
	Email     string      `json:"email"`
	Phone     string      `json:"phone"`
}

// The words that the carrier and we act on, as they are put on file. The engine
// understands many more. Sources: 47 CFR 64.1200(a)(10); CTIA 5.1.3.
var (
	OptOutWords = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
	HelpWords   = []string{"HELP", "INFO"}
	StartWords  = []string{"START", "UNSTOP"}
)

// Compose makes the pack of a business from what is in force: its settings, its
// keywords (the first is the one that reviewers are shown), what its owner
// filled in, and where its pages are.
func Compose(b account.Business, words []account.Keyword, p Particulars, publicURL string) Pack {
	publicURL = strings.TrimSuffix(publicURL, "/")
	pk := Pack{
		Kind: KindOf(b.Sender), Sender: b.Sender.E164(), UseCase: "MARKETING",
		Brand: Brand{
			Name: b.Name, LegalName: b.Legal(), Entity: p.Entity, EIN: p.EIN, Street: b.Street, City: b.City, State: b.State, StateName: stateName(b.State), ZIP: b.ZIP,
			Website: b.Website, First: p.First, Last: p.Last, Email: p.Email, Phone: p.Phone,
		},
		Privacy: b.PrivacyURL, Terms: b.TermsURL,
		OptOutWords: OptOutWords, HelpWords: HelpWords,
		Welcome: answer.Welcome(b, false), OptedOut: answer.OptedOut(b), Help: answer.Help(b, ""),
		AgeGated: b.AgeGate, Monthly: b.MonthlyTexts, Alcohol: b.ServesAlcohol,
		PrivacyOurs: publicURL != "" && strings.HasPrefix(b.PrivacyURL, publicURL+"/"), PrivacySays: p.PrivacySays,
	}
	for _, w := range words {
		pk.OptInWords = append(pk.OptInWords, w.Word)
	}
	if len(words) > 0 {
		pk.OptInPage = publicURL + "/q/" + words[0].Code
		pk.Disclosure = consent.Disclose(b, words[0].Word, time.Time{}).Text
	}
	pk.Samples = samples(b, p)
	pk.Description = description(b, p)
	pk.Flow = flow(b, pk)
	for _, s := range pk.Samples {
		pk.Links = pk.Links || strings.Contains(s, "://") || strings.Contains(s, "www.")
	}
	return pk
}

func stateName(s place.State) string {
	if !s.US() {
		return ""
	}
	return law.US().Latest().Row(s).Name
}

// description says who texts whom what and how often: a vague one is the most
// frequent reason of all.
func description(b account.Business, p Particulars) string {
	offers := p.Offers
	if offers == "" {
		offers = "weekly specials, live music and other events, and invitations for regulars"
	}
	d := fmt.Sprintf("%s, a bar and restaurant in %s, %s, texts guests who have opted in by texting a keyword. The texts are about %s. Each guest gets at most %d a month.",
		b.Name, b.City, b.State, strings.TrimSuffix(offers, "."), b.MonthlyTexts)
	if b.AgeGate {
		d += " Every guest gives a full date of birth by text first, and only those aged 21 or older are subscribed."
	}
	return d
}

// samples are the owner's texts, or ours for what a bar sends.
func samples(b account.Business, p Particulars) []string {
	ours := [2]string{
		fmt.Sprintf("%s: Taco Tuesday is back: two for one from 5 to 9 pm, tonight only. Reply STOP to opt out.", b.Name),
		fmt.Sprintf("%s: Live music this Friday at 8 pm, no cover for our regulars. See you there? Reply HELP for help, STOP to opt out.", b.Name),
	}
	out := []string{ours[0], ours[1]}
	for i, s := range []string{p.Sample1, p.Sample2} {
		if s != "" {
			out[i] = s
		}
	}
	return out
}

// flow tells reviewers how a guest opts in, from where to the words shown. They
// must be able to reach the page without signing in.
func flow(b account.Business, p Pack) string {
	if len(p.OptInWords) == 0 {
		return ""
	}
	var t strings.Builder
	fmt.Fprintf(&t, "Guests opt in by texting the keyword %s to %s. ", p.OptInWords[0], consent.Pretty(b.Sender))
	fmt.Fprintf(&t, "They find it on printed posters and table tents in the venue at %s, %s, %s %s, whose QR code opens %s (public, no sign-in). ", b.Street, b.City, b.State, b.ZIP, p.OptInPage)
	fmt.Fprintf(&t, "Poster and page both show this before the guest texts: “%s” ", p.Disclosure)
	switch {
	case b.AgeGate && b.DoubleOptIn:
		t.WriteString("The guest is then asked for a full date of birth and a YES, and is subscribed only if 21 or older. ")
	case b.AgeGate:
		t.WriteString("The guest is then asked by text for a full date of birth, and is subscribed only if 21 or older. ")
	case b.DoubleOptIn:
		t.WriteString("The guest is then asked by text for a YES, and is subscribed only after it. ")
	}
	fmt.Fprintf(&t, "Once subscribed, the guest gets: “%s” No numbers are imported, bought or shared.", p.Welcome)
	return t.String()
}

// Fingerprint names the words of the pack: another pack has another.
func (p Pack) Fingerprint() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // the types here are our own
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// host is that of an address, "" where there is none.
func host(address string) string {
	if address != "" && !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(u.Hostname(), "www."))
}
