package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/registration"
)

// A brand is one of The Campaign Registry's, by way of the carrier.
type brand struct {
	ID          string `json:"brandId,omitempty"`
	Entity      string `json:"entityType"`
	DisplayName string `json:"displayName"`
	Company     string `json:"companyName"`
	EIN         string `json:"ein"`
	Country     string `json:"country"`
	Vertical    string `json:"vertical"`
	First       string `json:"firstName"`
	Last        string `json:"lastName"`
	Email       string `json:"email"`
	Phone       string `json:"phone"`
	Street      string `json:"street"`
	City        string `json:"city"`
	State       string `json:"state"`
	ZIP         string `json:"postalCode"`
	Website     string `json:"website"`
	Contact     string `json:"businessContactEmail,omitempty"`
	WebhookURL  string `json:"webhookURL,omitempty"`
	Failover    string `json:"webhookFailoverURL,omitempty"`
}

// A brandState is what the registry says of a brand.
type brandState struct {
	ID       loose           `json:"brandId"`
	Company  loose           `json:"companyName"`
	EIN      loose           `json:"ein"`
	Website  loose           `json:"website"`
	Status   loose           `json:"status"`
	Identity loose           `json:"identityStatus"`
	Failure  json.RawMessage `json:"failureReasons"`
}

func (b brandState) review() enroll.Review {
	r := enroll.Review{ID: clip(clean(string(b.ID)), maxID), State: registration.InReview, Reason: reasons(b.Failure)}
	switch {
	case b.Status == "REGISTRATION_FAILED":
		r.State = registration.Rejected
	case b.Identity == "VERIFIED", b.Identity == "VETTED_VERIFIED":
		r.State = registration.Approved
	case b.Identity == "UNVERIFIED" && b.Status != "REGISTRATION_PENDING":
		r.State = registration.Rejected
		if r.Reason == "" {
			r.Reason = "The brand's identity is UNVERIFIED: legal name, EIN and address do not match."
		}
	}
	return r
}

// reasons reads what may be a string, a list of strings or of objects.
func reasons(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return words(s)
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var out []string
	for _, r := range list {
		var o struct {
			Description loose `json:"description"`
			Detail      loose `json:"detail"`
			Title       loose `json:"title"`
		}
		if json.Unmarshal(r, &s) == nil {
			out = append(out, s)
		} else if json.Unmarshal(r, &o) == nil {
			out = append(out, firstText(o.Description, o.Detail, o.Title))
		}
	}
	return words(strings.Join(out, "; "))
}

// status is where the registry's news go, "" where we have no address. The
// profile's address takes them.
func (c *Client) status() string {
	base, ok := strings.CutSuffix(c.webhookBase, "/m/")
	if !ok {
		return ""
	}
	return base
}

func (c *Client) brandOf(b registration.Brand) brand {
	out := brand{
		Entity: string(b.Entity), DisplayName: b.Name, Company: b.LegalName, EIN: b.EIN, Country: "US", Vertical: "HOSPITALITY",
		First: b.First, Last: b.Last, Email: b.Email, Phone: b.Phone, Street: b.Street, City: b.City, State: b.State.String(), ZIP: b.ZIP,
		Website: b.Website, WebhookURL: c.status(),
	}
	if b.Entity == registration.Public {
		out.Contact = b.Email
	}
	if out.WebhookURL != "" {
		out.Failover = out.WebhookURL + "/failover"
	}
	return out
}

// recordsPage fits well into the greatest answer that is read.
const recordsPage = 10

// records walks a list of the registry's until f has found what it looks for.
// They are the only ones of the carrier's without an envelope.
func records[T any](ctx context.Context, c *Client, op string, at *url.URL, q url.Values, f func(T) bool) error {
	for page := 1; page <= 50; page++ {
		q.Set("page", strconv.Itoa(page))
		q.Set("recordsPerPage", strconv.Itoa(recordsPage))
		var a struct {
			Records []T `json:"records"`
		}
		if err := c.call(ctx, op, http.MethodGet, with(at, q), nil, &a); err != nil {
			return err
		}
		for _, r := range a.Records {
			if f(r) {
				return nil
			}
		}
		if len(a.Records) < recordsPage {
			return nil
		}
	}
	return nil
}

// FindBrand implements [enroll.Carrier]. The list does not say the tax number, so
// whoever has the name is asked for all of it.
func (c *Client) FindBrand(ctx context.Context, b registration.Brand) (enroll.Review, bool, error) {
	const op = "telnyx.FindBrand"
	var ids []string
	err := records(ctx, c, op, c.at("10dlc", "brand"), url.Values{"displayName": {b.Name}}, func(s brandState) bool {
		ids = append(ids, string(s.ID))
		return false
	})
	if err != nil {
		return enroll.Review{}, false, err
	}
	for _, id := range ids {
		s, ok, err := c.brand(ctx, op, id)
		if err != nil {
			return enroll.Review{}, false, err
		}
		if ok && string(s.EIN) == b.EIN && b.EIN != "" {
			return s.review(), true, nil
		}
	}
	return enroll.Review{}, false, nil
}

func (c *Client) brand(ctx context.Context, op, id string) (s brandState, ok bool, err error) {
	ok, err = found(c.call(ctx, op, http.MethodGet, c.at("10dlc", "brand", id), nil, &s))
	return s, ok, err
}

// Brand implements [enroll.Carrier].
func (c *Client) Brand(ctx context.Context, id string) (enroll.Review, bool, error) {
	const op = "telnyx.Brand"
	s, ok, err := c.brand(ctx, op, id)
	if !ok || err != nil {
		return enroll.Review{}, false, err
	}
	r := s.review()
	r.ID = id
	return r, true, nil
}

// MakeBrand implements [enroll.Carrier].
func (c *Client) MakeBrand(ctx context.Context, b registration.Brand) (enroll.Review, error) {
	const op = "telnyx.MakeBrand"
	var s brandState
	if err := c.call(ctx, op, http.MethodPost, c.at("10dlc", "brand"), c.brandOf(b), &s); err != nil {
		return enroll.Review{}, err
	}
	if s.ID == "" {
		return enroll.Review{}, core.E(op, core.Ambiguous, "the carrier's answer names no brand")
	}
	return s.review(), nil
}

// SaveBrand implements [enroll.Carrier].
func (c *Client) SaveBrand(ctx context.Context, id string, b registration.Brand) error {
	const op = "telnyx.SaveBrand"
	if err := c.call(ctx, op, http.MethodPut, c.at("10dlc", "brand", id), c.brandOf(b), nil); err != nil {
		return err
	}
	return c.call(ctx, op, http.MethodPut, c.at("10dlc", "brand", id, "revet"), struct{}{}, nil)
}

// A campaign as it is submitted. Lists are written with commas.
type campaign struct {
	Brand        string `json:"brandId"`
	UseCase      string `json:"usecase"`
	Description  string `json:"description"`
	Flow         string `json:"messageFlow"`
	Sample1      string `json:"sample1,omitempty"`
	Sample2      string `json:"sample2,omitempty"`
	OptIn        bool   `json:"subscriberOptin"`
	OptOut       bool   `json:"subscriberOptout"`
	Help         bool   `json:"subscriberHelp"`
	OptInWords   string `json:"optinKeywords"`
	OptOutWords  string `json:"optoutKeywords"`
	HelpWords    string `json:"helpKeywords"`
	OptInText    string `json:"optinMessage"`
	OptOutText   string `json:"optoutMessage"`
	HelpText     string `json:"helpMessage"`
	Link         bool   `json:"embeddedLink"`
	Phone        bool   `json:"embeddedPhone"`
	Pool         bool   `json:"numberPool"`
	AgeGated     bool   `json:"ageGated"`
	Lending      bool   `json:"directLending"`
	Privacy      string `json:"privacyPolicyLink"`
	TermsLink    string `json:"termsAndConditionsLink"`
	Terms        bool   `json:"termsAndConditions"`
	AutoRenewal  bool   `json:"autoRenewal"`
	Reference    string `json:"referenceId"`
	WebhookURL   string `json:"webhookURL,omitempty"`
	WebhookOther string `json:"webhookFailoverURL,omitempty"`
}

type campaignState struct {
	ID         loose           `json:"campaignId"`
	Reference  loose           `json:"referenceId"`
	Status     loose           `json:"campaignStatus"`
	Whole      loose           `json:"status"`
	Submission loose           `json:"submissionStatus"`
	Failure    json.RawMessage `json:"failureReasons"`
}

func (s campaignState) review() enroll.Review {
	r := enroll.Review{ID: clip(clean(string(s.ID)), maxID), State: registration.InReview, Reason: reasons(s.Failure)}
	switch string(s.Status) {
	case "MNO_PROVISIONED":
		r.State = registration.Approved
	case "TCR_FAILED", "TELNYX_FAILED", "MNO_REJECTED", "MNO_PROVISIONING_FAILED":
		r.State = registration.Rejected
	case "TCR_EXPIRED", "TCR_SUSPENDED":
		r.State = registration.Expired
	}
	switch {
	case s.Submission == "FAILED":
		r.State = registration.Rejected
	case s.Whole == "EXPIRED":
		r.State = registration.Expired
	}
	if r.Reason == "" && (r.State == registration.Rejected || r.State == registration.Expired) {
		r.Reason = plain(string(s.Status))
	}
	return r
}

// FindCampaign implements [enroll.Carrier].
func (c *Client) FindCampaign(ctx context.Context, brandID, reference string) (r enroll.Review, ok bool, err error) {
	const op = "telnyx.FindCampaign"
	err = records(ctx, c, op, c.at("10dlc", "campaign"), url.Values{"brandId": {brandID}}, func(s campaignState) bool {
		if string(s.Reference) == reference && s.ID != "" {
			r, ok = s.review(), true
		}
		return ok
	})
	return r, ok, err
}

// MakeCampaign implements [enroll.Carrier]. The reference is unique with the
// carrier, which refuses a second campaign under it.
func (c *Client) MakeCampaign(ctx context.Context, brandID, reference string, p registration.Pack) (enroll.Review, error) {
	const op = "telnyx.MakeCampaign"
	in := campaign{
		Brand: brandID, UseCase: p.UseCase, Description: p.Description, Flow: p.Flow, OptIn: true, OptOut: true, Help: true,
		OptInWords: strings.Join(p.OptInWords, ","), OptOutWords: strings.Join(p.OptOutWords, ","), HelpWords: strings.Join(p.HelpWords, ","),
		OptInText: p.Welcome, OptOutText: p.OptedOut, HelpText: p.Help,
		Link: p.Links, AgeGated: p.AgeGated, Privacy: p.Privacy, TermsLink: p.Terms, Terms: true, AutoRenewal: true,
		Reference: reference, WebhookURL: c.status(),
	}
	for i, to := range []*string{&in.Sample1, &in.Sample2} {
		if i < len(p.Samples) {
			*to = p.Samples[i]
		}
	}
	if in.WebhookURL != "" {
		in.WebhookOther = in.WebhookURL + "/failover"
	}
	var s campaignState
	if err := c.call(ctx, op, http.MethodPost, c.at("10dlc", "campaignBuilder"), in, &s); err != nil {
		return enroll.Review{}, err
	}
	if s.ID == "" {
		return enroll.Review{}, core.E(op, core.Ambiguous, "the carrier's answer names no campaign")
	}
	return s.review(), nil
}

// Campaign implements [enroll.Carrier].
func (c *Client) Campaign(ctx context.Context, id string) (enroll.Review, bool, error) {
	const op = "telnyx.Campaign"
	var s campaignState
	if ok, err := found(c.call(ctx, op, http.MethodGet, c.at("10dlc", "campaign", id), nil, &s)); !ok || err != nil {
		return enroll.Review{}, false, err
	}
	r := s.review()
	r.ID = id
	return r, true, nil
}

// Assignment implements [enroll.Carrier].
func (c *Client) Assignment(ctx context.Context, n core.Number) (string, enroll.Review, bool, error) {
	const op = "telnyx.Assignment"
	var a struct {
		Campaign loose           `json:"campaignId"`
		Status   loose           `json:"assignmentStatus"`
		Failure  json.RawMessage `json:"failureReasons"`
	}
	if ok, err := found(c.call(ctx, op, http.MethodGet, c.at("10dlc", "phone_number_campaigns", n.E164()), nil, &a)); !ok || err != nil {
		return "", enroll.Review{}, false, err
	}
	r := enroll.Review{State: registration.InReview, Reason: reasons(a.Failure)}
	switch string(a.Status) {
	case "ASSIGNED", "PENDING_UNASSIGNMENT", "FAILED_UNASSIGNMENT":
		r.State = registration.Approved
	case "FAILED_ASSIGNMENT":
		r.State = registration.Rejected
	}
	return clip(clean(string(a.Campaign)), maxID), r, true, nil
}

// Assign implements [enroll.Carrier].
func (c *Client) Assign(ctx context.Context, n core.Number, campaignID string) error {
	in := struct {
		Number   string `json:"phoneNumber"`
		Campaign string `json:"campaignId"`
	}{n.E164(), campaignID}
	return c.call(ctx, "telnyx.Assign", http.MethodPost, c.at("10dlc", "phone_number_campaigns"), in, nil)
}
