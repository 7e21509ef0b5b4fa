package onboard

import (
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/reply"
)

// A Form is what a person typed, as they typed it.
type Form struct {
	BusinessName, LegalName string
	Street, City, State     string
	ZIP                     string
	// Zone is the IANA name; it is needed only where the ZIP code and the state
	// leave more than one (see [Zones]).
	Zone                 string
	Website, HelpContact string
	// TermsURL and PrivacyURL may be empty: pages under PublicURL are used then.
	TermsURL, PrivacyURL string
	PublicURL            string
	ServesAlcohol        bool
	// AgeGate asks guests for their date of birth before they count as joined, and
	// DoubleOptIn for a YES.
	AgeGate, DoubleOptIn bool
	// Registered: the owner says that brand, campaign and number are on file
	// with the carriers.
	Registered bool
	// FromCarrier: what the carrier says of the registration holds, not Registered.
	FromCarrier  bool
	MonthlyTexts string // "" means 8
	// RhythmTexts in any RhythmHours hours are the most marketing texts to one
	// guest; "" means account.DefaultRhythm.
	RhythmTexts, RhythmHours string

	// ATTClass and TMobileTier are what the carriers' registry gave the campaign
	// and the brand, as the numbers of pace.Class and pace.Tier; "" is not known.
	ATTClass, TMobileTier string

	OwnerName, Email, Password string
	Keyword                    string
	Sender                     string // the venue's number; E.164, or as people write US numbers
	// NewNumber: the venue has none and chooses one later. Its keyword waits for it.
	NewNumber bool
}

// The fields of a [Form], as [Problems] names them.
const (
	FieldBusinessName = "business_name"
	FieldLegalName    = "legal_name"
	FieldStreet       = "street"
	FieldCity         = "city"
	FieldState        = "state"
	FieldZIP          = "zip"
	FieldZone         = "zone"
	FieldWebsite      = "website"
	FieldHelp         = "help_contact"
	FieldTerms        = "terms_url"
	FieldPrivacy      = "privacy_url"
	FieldMonthly      = "monthly_texts"
	FieldATTClass     = "att_class"
	FieldTMobileTier  = "tmobile_tier"
	FieldRhythmTexts  = "rhythm_texts"
	FieldRhythmHours  = "rhythm_hours"
	FieldOwnerName    = "owner_name"
	FieldEmail        = "email"
	FieldPassword     = "password"
	FieldKeyword      = "keyword"
	FieldSender       = "sender"
)

// Problems says what is wrong with a form: for each field one sentence with
// what to do. It is an error of kind [core.Invalid].
type Problems map[string]string

// Error returns every sentence, in the order of the fields' names.
func (p Problems) Error() string {
	fields := make([]string, 0, len(p))
	for f := range p {
		fields = append(fields, f)
	}
	sort.Strings(fields)
	for i, f := range fields {
		fields[i] = f + ": " + p[f]
	}
	return "onboard: " + strings.Join(fields, " ")
}

// Unwrap makes Problems an error of kind Invalid.
func (p Problems) Unwrap() error { return core.Invalid }

func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

const (
	maxName       = 100
	maxLine       = 200
	defaultTexts  = 8
	mostTexts     = 60
	msgEmailTaken = "There is an account with this e-mail address already. Sign in instead."
)

// business checks the venue's part of the form.
func (s *Service) business(f Form) (account.Business, Problems) {
	bad := Problems{}
	b := account.Business{
		Name: line(f.BusinessName), LegalName: line(f.LegalName), Street: line(f.Street), City: line(f.City), ZIP: line(f.ZIP),
		Website: line(f.Website), HelpContact: line(f.HelpContact), TermsURL: line(f.TermsURL), PrivacyURL: line(f.PrivacyURL),
		ServesAlcohol: f.ServesAlcohol, AgeGate: f.AgeGate, DoubleOptIn: f.DoubleOptIn, Registered: f.Registered,
	}
	need(bad, FieldBusinessName, b.Name, maxName, "Write the name your guests know you by. Every text carries it.")
	atMost(bad, FieldLegalName, b.LegalName, maxName)
	need(bad, FieldStreet, b.Street, maxLine, "Write the street address of the venue.")
	need(bad, FieldCity, b.City, maxName, "Write the city of the venue.")
	b.State = state(f.State, bad)
	b.Zone = zone(b.State, b.ZIP, line(f.Zone), bad)
	helpContact(b.HelpContact, bad)
	b.Website = webAddress(bad, FieldWebsite, b.Website)
	b.TermsURL = webAddress(bad, FieldTerms, b.TermsURL)
	b.PrivacyURL = webAddress(bad, FieldPrivacy, b.PrivacyURL)
	b.MonthlyTexts = monthly(f.MonthlyTexts, bad)
	b.Rhythm = rhythm(f, bad)
	class, tier := choice(f.ATTClass), choice(f.TMobileTier)
	if b.Class = pace.Class(class); class > 0 && !b.Class.Rate().Limited() {
		bad[FieldATTClass] = "Choose one of the classes, or that it is not known."
	}
	if b.Tier = pace.Tier(tier); tier > 0 && b.Tier.Daily() == 0 {
		bad[FieldTMobileTier] = "Choose one of the limits, or that it is not known."
	}
	if f.NewNumber {
		return b, bad
	}
	n, err := core.ParseNumber(e164(f.Sender))
	if _, nanp := n.NANP(); err != nil || !nanp {
		bad[FieldSender] = "Write the ten digits of the US number you text from, like (512) 555-0100."
	}
	b.Sender = n
	return b, bad
}

func state(typed string, bad Problems) place.State {
	st, ok := place.ParseState(strings.ToUpper(line(typed)))
	if !ok || !st.US() {
		bad[FieldState] = "Choose the state of the venue."
		return place.Unknown
	}
	return st
}

// zone takes the one zone that the ZIP code leaves, or the one that was chosen
// among several.
func zone(st place.State, zip, chosen string, bad Problems) place.Zone {
	zones, ok := Zones(st, zip)
	if !ok {
		bad[FieldZIP] = "Write the venue's five-digit ZIP code."
		return 0
	}
	if len(zones) == 0 {
		if st != place.Unknown {
			bad[FieldZIP] = "This ZIP code is not in " + st.String() + ". Correct the ZIP code or the state."
		}
		return 0
	}
	if z, ok := place.ParseZone(chosen); ok && slices.Contains(zones, z) {
		return z
	}
	if len(zones) == 1 {
		return zones[0]
	}
	bad[FieldZone] = "Part of this area lives by another clock. Choose the venue's time zone."
	return 0
}

// Zones returns the zones of a ZIP code in a state: none if the code is not
// there, and false for what is no ZIP code in use.
func Zones(st place.State, zip string) ([]place.Zone, bool) {
	places, ok := place.FromZIP(zip)
	if !ok {
		return nil, false
	}
	var in []place.Place
	for _, p := range places {
		if p.State == st {
			in = append(in, p)
		}
	}
	return place.Zones(nil, in), true
}

func helpContact(s string, bad Problems) {
	if s == "" || utf8.RuneCountInString(s) > maxName {
		bad[FieldHelp] = "Write a phone number or e-mail address. Guests who text HELP get it."
		return
	}
	if strings.Contains(s, "@") {
		if !isEmail(s) {
			bad[FieldHelp] = "This is not a whole e-mail address. Write it like luna@example.com, or a phone number."
		}
		return
	}
	if len(digits(s)) < 10 {
		bad[FieldHelp] = "A phone number has at least ten digits. Write it with its area code, or an e-mail address."
	}
}

// webAddress completes and checks an address; "" stays "".
func webAddress(bad Problems, field, s string) string {
	if s == "" {
		return ""
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	loopback := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || len(s) > maxLine ||
		(!strings.Contains(u.Hostname(), ".") && !loopback) || strings.ContainsAny(s, " \"<>") {
		bad[field] = "This is not a web address. Write it like example.com/terms, or leave it empty."
	}
	return s
}

func monthly(s string, bad Problems) int {
	s = line(s)
	if s == "" {
		return defaultTexts
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > mostTexts {
		bad[FieldMonthly] = "Write how many texts a month a guest gets at most: a number from 1 to " + strconv.Itoa(mostTexts) + "."
		return 0
	}
	return n
}

// choice reads the number of an option: 0 for none, 255 for what is no option.
func choice(s string) uint8 {
	if s = line(s); s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return 255
	}
	return uint8(n)
}

// rhythm reads the venue's own cap. It may be looser or stricter than the
// default; what the law and the disclosure allow binds beside it.
func rhythm(f Form, bad Problems) account.Rhythm {
	number := func(field, typed string, def, most int, what string) int {
		typed = line(typed)
		if typed == "" {
			return def
		}
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > most {
			bad[field] = "Write " + what + ": a number from 1 to " + strconv.Itoa(most) + "."
			return def
		}
		return n
	}
	def := account.DefaultRhythm
	return account.Rhythm{
		Texts: number(FieldRhythmTexts, f.RhythmTexts, def.Texts, account.MostRhythmTexts, "how many texts a guest gets at most in that time"),
		Hours: number(FieldRhythmHours, f.RhythmHours, def.Hours, account.MostRhythmHours, "in how many hours"),
	}
}

// owner checks the person's part of the form.
func (s *Service) owner(f Form, bad Problems) account.User {
	u := account.User{Name: line(f.OwnerName), Email: strings.ToLower(line(f.Email)), Role: account.Owner}
	need(bad, FieldOwnerName, u.Name, maxName, "Write your name.")
	if !isEmail(u.Email) {
		bad[FieldEmail] = "Write your e-mail address, like luna@example.com. You sign in with it."
	}
	if p := access.CheckPassword(f.Password, u.Email, u.Name, f.BusinessName); p != "" {
		bad[FieldPassword] = p
	}
	return u
}

// isEmail tells what is surely no address; only a letter to it tells the rest.
func isEmail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	if !ok || user == "" || len(s) > 254 || strings.ContainsAny(s, " \t\"<>(),;:\\") || strings.Contains(host, "@") {
		return false
	}
	label, rest, ok := strings.Cut(host, ".")
	return ok && label != "" && rest != "" && !strings.HasSuffix(rest, ".") && !strings.Contains(host, "..")
}

// Fold makes a keyword of what was typed: upper-case letters and digits.
func Fold(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '\'' || r == '’' || r == '_' || r == '.':
			return -1
		}
		return utf8.RuneError // no sign is dropped silently: the word is refused
	}, strings.TrimSpace(word))
}

func checkKeyword(word string, bad Problems) {
	switch {
	case strings.ContainsRune(word, utf8.RuneError):
		bad[FieldKeyword] = "Use only the letters A to Z and digits. Guests must be able to type it on any phone."
	case len(word) < 3 || len(word) > 15:
		bad[FieldKeyword] = "Use 3 to 15 letters and digits, like LUNA."
	case len(digits(word)) == len(word):
		bad[FieldKeyword] = "Use at least one letter, so that it is not taken for a number."
	case reply.Reserved(word):
		bad[FieldKeyword] = word + " means something else to carriers. Try " + suggestions(word) + "."
	}
}

// suggestions offers words that are not reserved.
func suggestions(word string) string {
	out := alternatives(word)
	if len(out) == 0 {
		return "a shorter word"
	}
	return strings.Join(out[:min(3, len(out))], ", ")
}

// Number reads a US number as people write it. Errors have kind Invalid.
func Number(typed string) (core.Number, error) { return core.ParseNumber(e164(typed)) }

// e164 completes a US number as people write it; core.ParseNumber judges it.
func e164(typed string) string {
	s := strings.TrimSpace(typed)
	d := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '(', ')', '-', '.', '\u00A0', '\u2011', '\u2013':
			return -1
		}
		return r
	}, s)
	switch {
	case strings.HasPrefix(d, "+"):
		return d
	case len(d) == 10:
		return "+1" + d
	case len(d) == 11 && d[0] == '1':
		return "+" + d
	}
	return d
}

// line is one line of text: spaces at the ends and control characters go.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func need(bad Problems, field, value string, most int, sentence string) {
	if value == "" {
		bad[field] = sentence
		return
	}
	atMost(bad, field, value, most)
}

func atMost(bad Problems, field, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		bad[field] = "This is too long. Use at most " + strconv.Itoa(most) + " characters."
	}
}
