package registration

import (
	"strings"

	"github.com/jobfluss/nexo/core"
)

// Particulars are what a registration needs and the venue's settings do not
// have. The owner fills them in.
type Particulars struct {
	Entity  Entity `json:"entity,omitempty"`
	EIN     string `json:"ein,omitempty"` // nine digits
	First   string `json:"first,omitempty"`
	Last    string `json:"last,omitempty"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"` // E.164
	Offers  string `json:"offers,omitempty"`
	Sample1 string `json:"sample1,omitempty"`
	Sample2 string `json:"sample2,omitempty"`
	// PrivacySays: the owner says that the venue's own privacy policy says that
	// mobile numbers and opt-ins are shared with nobody for marketing.
	PrivacySays bool `json:"privacy_says,omitempty"`
}

// An Entity is the form of a business, as the registry has it.
type Entity string

// The entities.
const (
	Company   Entity = "PRIVATE_PROFIT"
	Public    Entity = "PUBLIC_PROFIT"
	NonProfit Entity = "NON_PROFIT"
	Sole      Entity = "SOLE_PROPRIETOR"
)

// Entities are all that can be chosen. A sole proprietor without a tax number is
// not among them: most carriers refuse those campaigns.
var Entities = []Entity{Company, NonProfit, Public}

// Clean trims what was typed, leaves the digits of the tax number and completes
// the phone number. What cannot be read stays as it was typed, and is a finding.
func (p Particulars) Clean() Particulars {
	for _, s := range []*string{&p.First, &p.Last, &p.Email, &p.Offers, &p.Sample1, &p.Sample2, &p.Phone, &p.EIN} {
		*s = strings.Join(strings.Fields(strings.ToValidUTF8(*s, "")), " ")
	}
	p.Email = strings.ToLower(p.Email)
	if d := digits(p.EIN); len(d) == 9 && strings.Trim(p.EIN, "0123456789- ") == "" {
		p.EIN = d
	}
	if d := digits(p.Phone); len(d) == 10 && strings.Trim(p.Phone, "0123456789-.() \u00A0") == "" {
		p.Phone = "+1" + d
	} else if len(d) == 11 && d[0] == '1' && strings.Trim(p.Phone, "+0123456789-.() \u00A0") == "" {
		p.Phone = "+" + d
	}
	return p
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// validPhone reports whether s is a US number in E.164.
func validPhone(s string) bool {
	n, err := core.ParseNumber(s)
	_, ok := n.NANP()
	return err == nil && ok
}
