package registration_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/registration"
)

const site = "https://texts.example"

func luna() (account.Business, []account.Keyword, registration.Particulars) {
	b := account.Business{
		ID: core.BusinessID{1}, Name: "Luna's Cantina", LegalName: "Luna Hospitality LLC", Street: "1 Congress Ave", City: "Austin", State: place.MustState("TX"), ZIP: "78701",
		Website: "https://lunas.example", TermsURL: site + "/t/abcd2345", PrivacyURL: site + "/p/abcd2345", HelpContact: "help@lunas.example",
		MonthlyTexts: 6, Sender: core.MustNumber("+15125550100"), Status: account.Active,
	}
	return b, []account.Keyword{{Word: "LUNA", Business: b.ID, Number: b.Sender, Code: "abcd2345"}},
		registration.Particulars{Entity: registration.Company, EIN: "12-3456789", First: "Luna", Last: "Reyes", Email: "luna@lunas.example", Phone: "(512) 555-0101"}.Clean()
}

// compose makes the pack of a venue that something is changed about.
func compose(change func(*account.Business, *registration.Particulars)) registration.Pack {
	b, words, p := luna()
	if change != nil {
		change(&b, &p)
	}
	return registration.Compose(b, words, p.Clean(), site)
}

func codes(fs []registration.Finding, blocking bool) (out []string) {
	for _, f := range fs {
		if f.Blocks == blocking {
			out = append(out, f.Code)
		}
	}
	return out
}

func TestAVenueInOrderHasNothingInTheWay(t *testing.T) {
	p := compose(nil)
	if fs := registration.Check(p); len(fs) > 0 {
		t.Fatalf("%v", fs)
	}
	for _, must := range []string{"LUNA", "(512) 555-0100", site + "/q/abcd2345", "no sign-in", "1 Congress Ave", p.Disclosure, p.Welcome} {
		if !strings.Contains(p.Flow, must) {
			t.Errorf("the opt-in flow does not say %q", must)
		}
	}
	if p.Brand.LegalName != "Luna Hospitality LLC" || p.Brand.Phone != "+15125550101" || p.Brand.EIN != "123456789" || p.Kind != registration.Local || !p.PrivacyOurs {
		t.Errorf("%+v", p)
	}
}

// Each usual cause of a refusal is found beforehand, and nothing else is said.
func TestUsualCauses(t *testing.T) {
	type business = *account.Business
	type particulars = *registration.Particulars
	for _, tt := range []struct {
		code   string
		blocks bool
		change func(business, particulars)
	}{
		{"entity_missing", true, func(_ business, p particulars) { p.Entity = "" }},
		{"entity_missing", true, func(_ business, p particulars) { p.Entity = registration.Sole }},
		{"ein_missing", true, func(_ business, p particulars) { p.EIN = "" }},
		{"ein_malformed", true, func(_ business, p particulars) { p.EIN = "12-34567" }},
		{"ein_malformed", true, func(_ business, p particulars) { p.EIN = "00-1234567" }},
		{"legal_name_is_brand", false, func(b business, _ particulars) { b.LegalName = "" }},
		{"address_po_box", true, func(b business, _ particulars) { b.Street = "P.O. Box 12" }},
		{"address_po_box", true, func(b business, _ particulars) { b.Street = "po box 12" }},
		{"address_no_number", false, func(b business, _ particulars) { b.Street = "Congress Ave" }},
		{"website_missing", true, func(b business, _ particulars) { b.Website = "" }},
		{"website_unreachable", true, func(b business, _ particulars) { b.Website = "http://10.0.0.3/menu" }},
		{"website_shortener", true, func(b business, p particulars) { b.Website = "https://bit.ly/luna"; p.Email = "a@bit.ly" }},
		{"website_social", false, func(b business, _ particulars) { b.Website = "https://www.facebook.com/lunas" }},
		{"first_name_missing", true, func(_ business, p particulars) { p.First = " " }},
		{"last_name_missing", true, func(_ business, p particulars) { p.Last = "" }},
		{"phone_malformed", true, func(_ business, p particulars) { p.Phone = "555-0101" }},
		{"email_malformed", true, func(_ business, p particulars) { p.Email = "luna" }},
		{"email_free", false, func(_ business, p particulars) { p.Email = "Luna@Gmail.com" }},
		{"email_other_domain", false, func(_ business, p particulars) { p.Email = "luna@another.example" }},
		{"use_case_vague", true, func(_ business, p particulars) { p.Offers = "Offers and promotions" }},
		{"use_case_vague", true, func(_ business, p particulars) { p.Offers = "tacos" }},
		{"sample_brand_missing", true, func(_ business, p particulars) { p.Sample1 = "Two for one tonight. Reply STOP to opt out." }},
		{"sample_optout_missing", true, func(_ business, p particulars) { p.Sample2 = "Luna's Cantina: Two for one tonight." }},
		{"sample_url_shortener", true, func(_ business, p particulars) {
			p.Sample1 = "Luna's Cantina: See https://bit.ly/3x Reply STOP to opt out."
		}},
		{"sample_alcohol_not_age_gated", true, func(_ business, p particulars) {
			p.Sample1 = "Luna's Cantina: $3 margaritas tonight. Reply STOP to opt out."
		}},
		{"sample_content_cannabis", true, func(b business, p particulars) {
			b.AgeGate = true
			p.Sample1 = "Luna's Cantina: CBD shots tonight. Reply STOP to opt out."
		}},
		{"samples_same", true, func(_ business, p particulars) {
			p.Sample1 = "Luna's Cantina: Tacos tonight. Reply STOP to opt out."
			p.Sample2 = p.Sample1
		}},
		{"alcohol_no_age_gate", false, func(b business, _ particulars) { b.ServesAlcohol = true }},
		{"privacy_sharing", true, func(b business, _ particulars) { b.PrivacyURL = "https://lunas.example/privacy" }},
		{"privacy_unreachable", true, func(b business, p particulars) { b.PrivacyURL = "https://localhost/privacy"; p.PrivacySays = true }},
		{"terms_unreachable", true, func(b business, _ particulars) { b.TermsURL = "http://127.0.0.1/t" }},
		{"number_missing", true, func(b business, _ particulars) { b.Sender = core.MustNumber("+19005550100") }},
	} {
		fs := registration.Check(compose(tt.change))
		if got := append(codes(fs, true), codes(fs, false)...); !slices.Equal(got, []string{tt.code}) || registration.Blocked(fs) != tt.blocks {
			t.Errorf("%s: found %v, blocked %v", tt.code, got, registration.Blocked(fs))
		}
		for _, f := range fs {
			if f.Says == "" || f.Do == "" || f.Field == "" || !strings.HasSuffix(f.Do, ".") {
				t.Errorf("%s does not say what to do: %+v", f.Code, f)
			}
		}
	}
}

func TestAlcoholWithAGate(t *testing.T) {
	p := compose(func(b *account.Business, p *registration.Particulars) {
		b.ServesAlcohol, b.AgeGate = true, true
		p.Sample1 = "Luna's Cantina: $3 margaritas tonight. Reply STOP to opt out."
	})
	if fs := registration.Check(p); registration.Blocked(fs) {
		t.Errorf("%v", fs)
	}
	if !p.AgeGated || !strings.Contains(p.Flow, "full date of birth") || !strings.Contains(p.Description, "21") {
		t.Error("the age check is not on file")
	}
}

func TestWithoutNumberOrPages(t *testing.T) {
	b, _, p := luna()
	b.Sender = core.Number{}
	fs := registration.Check(registration.Compose(b, nil, p, site))
	if got := codes(fs, true); !slices.Equal(got, []string{"number_missing", "keyword_missing"}) {
		t.Errorf("found %v", got)
	}
	b, words, p := luna()
	local := registration.Compose(b, words, p, "http://127.0.0.1:8080")
	if got := codes(registration.Check(local), true); !slices.Contains(got, "opt_in_unreachable") {
		t.Errorf("a page that nobody can open: %v", got)
	}
	if local.Simulated = true; slices.Contains(codes(registration.Check(local), true), "opt_in_unreachable") {
		t.Error("a simulator opens every page")
	}
	b.Sender = core.MustNumber("+18885550100")
	if k := registration.Compose(b, words, p, site).Kind; k != registration.TollFree {
		t.Errorf("888 is of kind %v", k)
	}
}

// Whatever a venue is called and promises, what we write ourselves passes.
func TestOurOwnWordsPass(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := compose(func(b *account.Business, _ *registration.Particulars) {
			b.Name = rapid.SampledFrom([]string{"The Stop", "Luna's Cantina", "Café Olé", "Joe & Sons", "Bar 21", "A", "Señor Frog's", "Help!", "O'Malley's Pub"}).Draw(rt, "name")
			b.MonthlyTexts = rapid.IntRange(1, 60).Draw(rt, "monthly")
			b.AgeGate, b.DoubleOptIn = rapid.Bool().Draw(rt, "gate"), rapid.Bool().Draw(rt, "double")
			b.LegalName = rapid.SampledFrom([]string{"", "Luna Hospitality LLC"}).Draw(rt, "legal")
		})
		if fs := registration.Check(p); registration.Blocked(fs) {
			rt.Fatalf("%v", codes(fs, true))
		}
		for _, s := range p.Samples {
			if copy.Check(copy.Draft{Text: s, Brand: p.Brand.Name}).Verdict != copy.Pass {
				rt.Fatalf("our sample does not pass: %s", s)
			}
		}
	})
}

// Fingerprints tell packs apart, and a pack is the same whenever it is made.
func TestFingerprint(t *testing.T) {
	a := compose(nil).Fingerprint()
	if a != compose(nil).Fingerprint() {
		t.Error("the same pack has two names")
	}
	if a == compose(func(b *account.Business, _ *registration.Particulars) { b.MonthlyTexts++ }).Fingerprint() {
		t.Error("what guests are promised changed, and the pack is named the same")
	}
}

func TestExplain(t *testing.T) {
	for reason, code := range map[string]string{
		"TCR 805: privacy policy does not mention sharing of mobile information": "privacy",
		"706 Age gate missing":                                         "age_gate",
		"SHAFT content detected on website":                            "content",
		"Call to action does not contain clear opt-in":                 "opt_in",
		"Sample messages are missing opt-out language":                 "opt_out",
		"Brand identity UNVERIFIED: EIN and company name do not match": "identity",
		"The campaign contains a public URL shortener":                 "link",
		"Unable to verify website":                                     "website",
		"Use case description is too vague":                            "use_case",
		"":                                                             "other",
		"\xff\x00":                                                     "other",
	} {
		if e := registration.Explain(reason); e.Code != code || e.Says == "" || e.Do == "" {
			t.Errorf("%q: %+v, want %s", reason, e, code)
		}
	}
}

func FuzzParticulars(f *testing.F) {
	f.Add("12-3456789", "luna@lunas.example", "(512) 555-0101", "Luna's Cantina: Tacos. Reply STOP to opt out.", "P.O. Box 3")
	f.Fuzz(func(t *testing.T, ein, email, phone, sample, street string) {
		p := compose(func(b *account.Business, p *registration.Particulars) {
			b.Street, p.EIN, p.Email, p.Phone, p.Sample1 = street, ein, email, phone, sample
		})
		for _, s := range []string{p.Brand.EIN, p.Brand.Email, p.Samples[0]} {
			if !utf8.ValidString(s) {
				t.Error("not UTF-8")
			}
		}
		if fs := registration.Check(p); !registration.Blocked(fs) && (len(p.Brand.EIN) != 9 || !strings.Contains(p.Brand.Email, "@") || !strings.HasPrefix(p.Brand.Phone, "+1")) {
			t.Errorf("passed: %+v", p.Brand)
		}
	})
}
