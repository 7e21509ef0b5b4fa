package telnyx

import (
	"context"
	"net/http"
	"net/url"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/registration"
)

// A verification is a request to verify a toll-free number.
type verification struct {
	Business   string    `json:"businessName"`
	Website    string    `json:"corporateWebsite"`
	Street     string    `json:"businessAddr1"`
	City       string    `json:"businessCity"`
	State      string    `json:"businessState"` // in full
	ZIP        string    `json:"businessZip"`
	First      string    `json:"businessContactFirstName"`
	Last       string    `json:"businessContactLastName"`
	Email      string    `json:"businessContactEmail"`
	Phone      string    `json:"businessContactPhone"`
	Volume     string    `json:"messageVolume"`
	Numbers    []tfNum   `json:"phoneNumbers"`
	UseCase    string    `json:"useCase"`
	Summary    string    `json:"useCaseSummary"`
	Sample     string    `json:"productionMessageContent"`
	Flow       string    `json:"optInWorkflow"`
	Images     []tfImage `json:"optInWorkflowImageURLs"`
	More       string    `json:"additionalInformation"`
	DBA        string    `json:"doingBusinessAs"`
	Entity     string    `json:"entityType"`
	Tax        string    `json:"businessRegistrationNumber"`
	TaxType    string    `json:"businessRegistrationType"`
	TaxCountry string    `json:"businessRegistrationCountry"`
	Privacy    string    `json:"privacyPolicyURL"`
	Terms      string    `json:"termsAndConditionURL"`
	AgeGated   bool      `json:"ageGatedContent"`
	Help       string    `json:"helpMessageResponse"`
	Welcome    string    `json:"optInConfirmationResponse"`
	Words      string    `json:"optInKeywords"`
	WebhookURL string    `json:"webhookUrl,omitempty"`
}

type tfNum struct {
	Number loose `json:"phoneNumber"`
}

type tfImage struct {
	URL string `json:"url"`
}

type verificationState struct {
	ID      loose   `json:"id"`
	Status  loose   `json:"verificationStatus"`
	Reason  loose   `json:"reason"`
	Numbers []tfNum `json:"phoneNumbers"`
}

func (s verificationState) review() enroll.Review {
	r := enroll.Review{ID: clip(clean(string(s.ID)), maxID), State: registration.InReview, Reason: words(string(s.Reason))}
	switch string(s.Status) {
	case "Verified":
		r.State = registration.Approved
	case "Rejected", "Waiting For Customer":
		r.State = registration.Rejected
	}
	return r
}

func (c *Client) verificationOf(p registration.Pack) verification {
	v := verification{
		Business: p.Brand.LegalName, Website: p.Brand.Website, Street: p.Brand.Street, City: p.Brand.City, State: p.Brand.StateName, ZIP: p.Brand.ZIP,
		First: p.Brand.First, Last: p.Brand.Last, Email: p.Brand.Email, Phone: p.Brand.Phone,
		Volume: "10,000", Numbers: []tfNum{{loose(p.Sender)}}, UseCase: "General Marketing", Summary: p.Description,
		Flow: p.Flow, Images: []tfImage{{p.OptInPage}}, More: "Brand as guests know it: " + p.Brand.Name + ". Disclosure: " + p.Disclosure,
		DBA: p.Brand.Name, Entity: string(p.Brand.Entity), Tax: p.Brand.EIN, TaxType: "EIN", TaxCountry: "US", Privacy: p.Privacy, Terms: p.Terms, AgeGated: p.AgeGated,
		Help: p.Help, Welcome: p.Welcome, WebhookURL: c.status(),
	}
	for i, s := range p.Samples {
		if i > 0 {
			v.Sample += "\n"
		}
		v.Sample += s
	}
	for i, w := range p.OptInWords {
		if i > 0 {
			v.Words += ","
		}
		v.Words += w
	}
	return v
}

// FindVerification implements [enroll.Carrier]. The newest request for the number
// counts.
func (c *Client) FindVerification(ctx context.Context, n core.Number) (enroll.Review, bool, error) {
	const op = "telnyx.FindVerification"
	var a struct {
		Records []verificationState `json:"records"`
	}
	err := c.call(ctx, op, http.MethodGet, with(c.at("messaging_tollfree", "verification", "requests"),
		url.Values{"phone_number": {n.E164()}, "page": {"1"}, "page_size": {"10"}}), nil, &a)
	if err != nil {
		return enroll.Review{}, false, err
	}
	for _, r := range a.Records {
		for _, x := range r.Numbers {
			if string(x.Number) == n.E164() && r.ID != "" {
				return r.review(), true, nil
			}
		}
	}
	return enroll.Review{}, false, nil
}

// MakeVerification implements [enroll.Carrier].
func (c *Client) MakeVerification(ctx context.Context, p registration.Pack) (enroll.Review, error) {
	const op = "telnyx.MakeVerification"
	var s verificationState
	if err := c.call(ctx, op, http.MethodPost, c.at("messaging_tollfree", "verification", "requests"), c.verificationOf(p), &s); err != nil {
		return enroll.Review{}, err
	}
	if s.ID == "" {
		return enroll.Review{}, core.E(op, core.Ambiguous, "the carrier's answer names no verification")
	}
	return s.review(), nil
}

// SaveVerification implements [enroll.Carrier].
func (c *Client) SaveVerification(ctx context.Context, id string, p registration.Pack) error {
	return c.call(ctx, "telnyx.SaveVerification", http.MethodPatch, c.at("messaging_tollfree", "verification", "requests", id), c.verificationOf(p), nil)
}
