package registration

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core/copy"
)

// A Finding is one thing that registrations are refused for.
type Finding struct {
	Code   string
	Field  string // the part of the pack or of the form that it is about
	Blocks bool   // it would be refused; otherwise a person should look
	Says   string
	Do     string
}

// Blocked reports whether one of the findings blocks.
func Blocked(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Blocks })
}

// The fields that findings are about.
const (
	FieldNumber  = "number"
	FieldKeyword = "keyword"
	FieldEntity  = "entity"
	FieldEIN     = "ein"
	FieldLegal   = "legal_name"
	FieldStreet  = "street"
	FieldWebsite = "website"
	FieldFirst   = "first"
	FieldLast    = "last"
	FieldEmail   = "email"
	FieldPhone   = "phone"
	FieldOffers  = "offers"
	FieldSample  = "sample" // with 1 or 2 behind it
	FieldPrivacy = "privacy"
	FieldTerms   = "terms"
	FieldAge     = "age_gate"
	FieldPage    = "opt_in_page"
	FieldAnswers = "answers"
)

// A checker collects findings.
type checker struct {
	p   Pack
	out []Finding
}

// Check looks for what reviewers refuse, in the order in which an owner would
// mend it. None of them that blocks means that nothing is known to stand in the
// way; whether reviewers agree is theirs to say.
func Check(p Pack) []Finding {
	c := &checker{p: p}
	c.number()
	c.who()
	c.where()
	c.contact()
	c.what()
	c.texts()
	c.age()
	c.optIn()
	c.policies()
	c.answers()
	return c.out
}

func (c *checker) block(code, field, says, do string) {
	c.out = append(c.out, Finding{Code: code, Field: field, Blocks: true, Says: says, Do: do})
}

func (c *checker) warn(code, field, says, do string) {
	c.out = append(c.out, Finding{Code: code, Field: field, Says: says, Do: do})
}

func (c *checker) number() {
	if c.p.Kind == NoKind {
		c.block("number_missing", FieldNumber, "There is no number to register yet.", "Choose a number first.")
	}
	if len(c.p.OptInWords) == 0 {
		c.block("keyword_missing", FieldKeyword, "There is no keyword that guests join by.", "Make one under Grow.")
	}
}

// einPrefixes that the tax office has not given out. A tax number of nine
// digits can also be a person's, which the registry refuses.
var einBad = regexp.MustCompile(`^(00|07|08|09|17|18|19|28|29|49|69|70|78|79|89|96|97)`)

func (c *checker) who() {
	b := c.p.Brand
	if !slices.Contains(Entities, b.Entity) {
		c.block("entity_missing", FieldEntity, "It is not said what kind of business this is.", "Choose the kind that your tax papers name.")
	}
	switch {
	case b.EIN == "":
		c.block("ein_missing", FieldEIN, "Carriers match the brand with the tax office by its EIN.", "Write the nine digits from your IRS letter (CP 575 or 147C).")
	case len(b.EIN) != 9 || digits(b.EIN) != b.EIN || einBad.MatchString(b.EIN):
		c.block("ein_malformed", FieldEIN, "This is not an EIN: it has nine digits, like 12-3456789, and no such beginning.", "Copy it from your IRS letter. A Social Security number is refused.")
	}
	if same(b.LegalName, b.Name) && !legalForm.MatchString(b.LegalName) {
		c.warn("legal_name_is_brand", FieldLegal, "The legal name is the same as the name that guests know. A mismatch with the tax office is what brands fail for most.",
			"If your IRS letter names a company, like Luna Hospitality LLC, write it under Settings exactly as it stands there.")
	}
}

var legalForm = regexp.MustCompile(`(?i)\b(llc|l\.l\.c\.|inc|corp|corporation|incorporated|ltd|lp|llp|pllc|co|company|foundation|association)\b`)

func same(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

var poBox = regexp.MustCompile(`(?i)\b(p\.?\s*o\.?\s*box|post\s+office\s+box|pmb)\b`)

func (c *checker) where() {
	b := c.p.Brand
	switch {
	case b.Street == "" || b.City == "" || b.ZIP == "" || !b.State.US():
		c.block("address_missing", FieldStreet, "The address is not complete.", "Write street, city, state and ZIP code under Settings.")
	case poBox.MatchString(b.Street):
		c.block("address_po_box", FieldStreet, "A P.O. box is refused: reviewers want the place itself.", "Write the street address of the venue under Settings.")
	case digits(b.Street) == "":
		c.warn("address_no_number", FieldStreet, "The street has no house number.", "Write the address as the tax office has it.")
	}
	h := host(b.Website)
	switch {
	case h == "":
		c.block("website_missing", FieldWebsite, "There is no website. Reviewers look a business up, and refuse those that they cannot find.", "Add the venue's website under Settings. A public page on a social network does where there is none.")
	case !c.reachable(b.Website):
		c.block("website_unreachable", FieldWebsite, "Reviewers cannot open the website from where they are.", "Give one that anybody can open, at https.")
	case isShortener(h):
		c.block("website_shortener", FieldWebsite, "The website is a short link, which hides where it goes.", "Write the address that it leads to.")
	case social(h):
		c.warn("website_social", FieldWebsite, "The website is a page on a social network. It passes where it is public and names the venue.", "A site of your own is safer.")
	}
}

// freeMail are mailboxes that prove nothing about a business.
var freeMail = []string{"gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "aol.com", "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.com"}

func (c *checker) contact() {
	b := c.p.Brand
	if b.First == "" {
		c.block("first_name_missing", FieldFirst, "Reviewers want a person to speak with.", "Write the first name of whoever answers for the venue.")
	}
	if b.Last == "" {
		c.block("last_name_missing", FieldLast, "Reviewers want a person to speak with.", "Write the last name of whoever answers for the venue.")
	}
	if !validPhone(b.Phone) {
		c.block("phone_malformed", FieldPhone, "There is no phone number at which reviewers reach the venue.", "Write ten digits, like (512) 555-0100.")
	}
	user, domain, ok := strings.Cut(b.Email, "@")
	switch {
	case !ok || user == "" || !strings.Contains(domain, ".") || strings.ContainsAny(b.Email, " ,;<>"):
		c.block("email_malformed", FieldEmail, "There is no e-mail address at which reviewers reach the venue.", "Write one like luna@example.com.")
	case slices.Contains(freeMail, domain):
		c.warn("email_free", FieldEmail, "The address is a private mailbox. Reviewers look for one at the venue's own domain.", "Use one like you@"+orExample(host(b.Website))+", if you have it.")
	case host(b.Website) != "" && c.reachable(b.Website) && !sameDomain(domain, host(b.Website)) && !social(host(b.Website)):
		c.warn("email_other_domain", FieldEmail, "The address is at "+domain+" and the website at "+host(b.Website)+". Reviewers may take them for two businesses.", "Use an address at the website's domain.")
	}
}

func orExample(h string) string {
	if h == "" || social(h) {
		return "example.com"
	}
	return h
}

func sameDomain(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

var vague = regexp.MustCompile(`(?i)^(marketing|promotions?|offers?|deals?|news|updates?|notifications?|messages?|texts?|various|general|info(rmation)?|etc|and|or|\W|\s)*$`)

func (c *checker) what() {
	// What is ours in the description is never vague; what the owner adds may be.
	_, offers, _ := strings.Cut(c.p.Description, "The texts are about ")
	offers, _, _ = strings.Cut(offers, ". Each guest")
	if utf8.RuneCountInString(offers) < 20 || vague.MatchString(offers) {
		c.block("use_case_vague", FieldOffers, "It is not said plainly enough what the texts are about. A vague use case is what campaigns are refused for most.",
			"Name what guests get: “weekly specials, live music on Fridays, and birthday desserts”.")
	}
	if utf8.RuneCountInString(c.p.Description) > 4000 {
		c.block("use_case_long", FieldOffers, "The description is longer than the registry takes.", "Shorten what the texts are about.")
	}
}

// texts reads the samples as the engine reads every text.
func (c *checker) texts() {
	for i, s := range c.p.Samples {
		field := FieldSample + string(rune('1'+i))
		for _, f := range copy.Check(copy.Draft{Text: s, Brand: c.p.Brand.Name, AgeGated: c.p.AgeGated, Domains: c.domains()}).Findings {
			c.out = append(c.out, Finding{Code: "sample_" + f.Code, Field: field, Blocks: f.Verdict == copy.Block, Says: "A sample text: " + f.Why, Do: f.Mend})
		}
		if utf8.RuneCountInString(s) > 1024 {
			c.block("sample_long", field, "A sample text is longer than the registry takes.", "Shorten it.")
		}
	}
	if len(c.p.Samples) > 1 && same(c.p.Samples[0], c.p.Samples[1]) {
		c.block("samples_same", FieldSample+"2", "The two sample texts are the same.", "Write another one that you would send.")
	}
}

func (c *checker) domains() []string {
	var out []string
	for _, u := range []string{c.p.Brand.Website, c.p.Terms, c.p.Privacy} {
		if h := host(u); h != "" {
			out = append(out, h)
		}
	}
	return out
}

func (c *checker) age() {
	if c.p.Alcohol && !c.p.AgeGated {
		c.warn("alcohol_no_age_gate", FieldAge, "The venue serves alcohol and does not ask for a date of birth. Reviewers look at the website too, and refuse texts that could promote alcohol to anybody (TCR 706).",
			"Switch the age check on under Settings, unless your texts and your website never mention drinks.")
	}
}

func (c *checker) optIn() {
	if c.p.OptInPage == "" {
		return // there is no keyword, which is said
	}
	if !c.reachable(c.p.OptInPage) {
		c.block("opt_in_unreachable", FieldPage, "The opt-in page is not at an address that reviewers can open. Flows that they cannot see are refused.", "Run the product at a public https address (NEXO_PUBLIC_URL).")
	}
	for _, must := range []struct{ what, has string }{
		{"who texts", c.p.Brand.Name}, {"how often", "a month"}, {"that rates may apply", "rates may apply"}, {"STOP", "STOP"}, {"HELP", "HELP"},
		{"that agreeing is no condition of buying", "not a condition"}, {"the terms", c.p.Terms}, {"the privacy policy", c.p.Privacy},
	} {
		if must.has == "" || !strings.Contains(c.p.Disclosure, must.has) {
			c.block("disclosure_lacks", FieldPage, "The words on the opt-in page do not say "+must.what+".", "Complete the venue's details under Settings.")
		}
	}
}

func (c *checker) policies() {
	switch {
	case c.p.Privacy == "":
		c.block("privacy_missing", FieldPrivacy, "There is no privacy policy.", "Leave its address empty under Settings, and we serve one for you.")
	case !c.reachable(c.p.Privacy):
		c.block("privacy_unreachable", FieldPrivacy, "Reviewers cannot open the privacy policy.", "Give an address that anybody can open, at https.")
	case !c.p.PrivacyOurs && !c.p.PrivacySays:
		c.block("privacy_sharing", FieldPrivacy, "A privacy policy must say that mobile numbers and opt-ins are not shared with others for their marketing. Without it campaigns are refused (TCR 805).",
			"Look at yours and tick that it says so, or leave its address empty under Settings and use ours.")
	}
	switch {
	case c.p.Terms == "":
		c.block("terms_missing", FieldTerms, "There are no terms.", "Leave their address empty under Settings, and we serve them for you.")
	case !c.reachable(c.p.Terms):
		c.block("terms_unreachable", FieldTerms, "Reviewers cannot open the terms.", "Give an address that anybody can open, at https.")
	}
}

// answers makes sure of what we write ourselves.
func (c *checker) answers() {
	for _, a := range []struct {
		text string
		must []string
	}{
		{c.p.Welcome, []string{c.p.Brand.Name, "STOP", "HELP", "rates may apply", "month"}},
		{c.p.OptedOut, []string{c.p.Brand.Name, "opted out"}},
		{c.p.Help, []string{c.p.Brand.Name, "contact", "STOP"}},
	} {
		for _, m := range a.must {
			if m == "" || !strings.Contains(a.text, m) {
				c.block("answer_lacks", FieldAnswers, "One of the answers to guests does not say “"+m+"”.", "Complete the venue's details under Settings.")
			}
		}
	}
}

// reachable reports whether an address is one that a reviewer could open.
func (c *checker) reachable(address string) bool { return c.p.Simulated || reachable(address) }

func reachable(address string) bool {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return false
	}
	h := strings.ToLower(u.Hostname())
	if a, err := netip.ParseAddr(h); err == nil {
		return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsUnspecified()
	}
	return strings.Contains(h, ".") && !strings.HasSuffix(h, ".local") && !strings.HasSuffix(h, ".internal") && !strings.HasSuffix(h, ".localhost")
}

// isShortener asks the rule that texts are held to.
func isShortener(h string) bool {
	r := copy.Check(copy.Draft{Text: "Luna: https://" + h + "/x Reply STOP to opt out.", Brand: "Luna"})
	return slices.ContainsFunc(r.Findings, func(f copy.Finding) bool { return f.Code == "url_shortener" })
}

func social(h string) bool {
	return slices.ContainsFunc([]string{"facebook.com", "fb.com", "instagram.com", "tiktok.com", "linktr.ee", "yelp.com", "x.com"}, func(s string) bool { return h == s || strings.HasSuffix(h, "."+s) })
}
