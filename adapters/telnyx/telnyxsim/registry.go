package telnyxsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// byHand is the campaign, and the verification, of every number that was not
// bought from the simulator: somebody has registered it before.
const byHand = "CBYHAND"

// A paper is something that was submitted for a review. It is decided when it
// comes in, and known when the review is over.
type paper struct {
	id      string
	fields  map[string]any
	since   time.Time
	reason  string // why it is rejected; "" where it is not
	ended   string // why it is not in force any more
	number  string // of an assignment or a verification
	renewed int
}

// Registry is what was submitted. It is guarded by Sim.mu.
type registry struct {
	brands, campaigns, verifications []*paper
	assignments                      map[string]*paper // by number
	reject                           []string          // reasons for the next campaigns or verifications
}

// RejectNext makes the next campaign or verification be rejected for a reason.
func (s *Sim) RejectNext(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registry.reject = append(s.registry.reject, reason)
}

// Expire ends all campaigns.
func (s *Sim) Expire(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.registry.campaigns {
		p.ended = reason
	}
}

// Profiles returns how many were made through the API.
func (s *Sim) Profiles() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.byID {
		if p.settings != nil {
			n++
		}
	}
	return n
}

// Campaigns returns how many were submitted.
func (s *Sim) Campaigns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.registry.campaigns)
}

// Brands returns how many were submitted.
func (s *Sim) Brands() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.registry.brands)
}

func (s *Sim) registryRoutes(api func(string, http.HandlerFunc)) {
	api("POST /v2/10dlc/brand", s.postBrand)
	api("GET /v2/10dlc/brand", s.getBrands)
	api("GET /v2/10dlc/brand/{id}", s.getBrand)
	api("PUT /v2/10dlc/brand/{id}", s.putBrand)
	api("PUT /v2/10dlc/brand/{id}/revet", s.revetBrand)
	api("POST /v2/10dlc/campaignBuilder", s.postCampaign)
	api("GET /v2/10dlc/campaign", s.getCampaigns)
	api("GET /v2/10dlc/campaign/{id}", s.getCampaign)
	api("POST /v2/10dlc/phone_number_campaigns", s.postAssignment)
	api("GET /v2/10dlc/phone_number_campaigns/{number}", s.getAssignment)
	api("POST /v2/messaging_tollfree/verification/requests", s.postVerification)
	api("GET /v2/messaging_tollfree/verification/requests", s.getVerifications)
	api("PATCH /v2/messaging_tollfree/verification/requests/{id}", s.patchVerification)
}

// over reports whether so many reviews are over since the paper came. s.mu is
// held.
func (s *Sim) over(p *paper, reviews int) bool {
	return s.opt.Clock.Now().Sub(p.since) >= time.Duration(reviews)*s.opt.Review
}

func find(ps []*paper, id string) *paper {
	for _, p := range ps {
		if p.id == id {
			return p
		}
	}
	return nil
}

// bare refuses in the envelope-less form that the registry's endpoints have.
func bare(w http.ResponseWriter, status int, detail string) {
	writeJSON(w, status, map[string]any{"errors": []map[string]string{{"code": "10015", "title": "Bad Request", "detail": detail}}})
}

func missing(in map[string]any, names ...string) string {
	for _, n := range names {
		if text(in, n) == "" {
			return n
		}
	}
	return ""
}

func (s *Sim) postBrand(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	if m := missing(in, "entityType", "displayName", "country", "email", "vertical"); m != "" {
		bare(w, http.StatusUnprocessableEntity, m+" is required")
		return
	}
	s.mu.Lock()
	p := &paper{id: s.newID(), fields: in, since: s.opt.Clock.Now()}
	s.registry.brands = append(s.registry.brands, p)
	o := s.brand(p)
	s.mu.Unlock()
	s.tell(p, 1, "10dlc.brand.update", map[string]any{"brandId": p.id, "type": "TCR_BRAND_UPDATE", "status": "success"})
	writeJSON(w, http.StatusOK, o)
}

// brand is a brand as the API shows it: its identity is checked against the tax
// office, which knows who has nine digits. s.mu is held.
func (s *Sim) brand(p *paper) map[string]any {
	o := map[string]any{"brandId": p.id, "status": "REGISTRATION_PENDING", "identityStatus": "UNVERIFIED"}
	for k, v := range p.fields {
		o[k] = v
	}
	if s.over(p, 1) {
		o["status"] = "OK"
		if len(text(p.fields, "ein")) == 9 && text(p.fields, "companyName") != "" {
			o["identityStatus"] = "VERIFIED"
		} else {
			o["failureReasons"] = []map[string]string{{"description": "EIN and company name do not match"}}
		}
	}
	return o
}

// records answers with a page in the registry's own form.
func records[T any](w http.ResponseWriter, r *http.Request, rows []T) {
	q := r.URL.Query()
	number, size := atLeast1(q.Get("page"), 1), min(atLeast1(q.Get("recordsPerPage"), 10), 500)
	from := min((number-1)*size, len(rows))
	writeJSON(w, http.StatusOK, map[string]any{"records": append([]T{}, rows[from:min(from+size, len(rows))]...), "page": number, "totalRecords": len(rows)})
}

func (s *Sim) getBrands(w http.ResponseWriter, r *http.Request) {
	var rows []map[string]any
	s.mu.Lock()
	for _, p := range s.registry.brands {
		if name := r.URL.Query().Get("displayName"); name == "" || name == text(p.fields, "displayName") {
			o := s.brand(p)
			delete(o, "ein") // the list does not say it
			rows = append(rows, o)
		}
	}
	s.mu.Unlock()
	records(w, r, rows)
}

// onBrand calls f with the brand that a request names and s.mu held, and shows
// the brand.
func (s *Sim) onBrand(w http.ResponseWriter, r *http.Request, f func(*paper)) {
	s.mu.Lock()
	p := find(s.registry.brands, r.PathValue("id"))
	if p == nil {
		s.mu.Unlock()
		bare(w, http.StatusNotFound, "there is no such brand")
		return
	}
	f(p)
	o := s.brand(p)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, o)
}

func (s *Sim) getBrand(w http.ResponseWriter, r *http.Request) { s.onBrand(w, r, func(*paper) {}) }

func (s *Sim) putBrand(w http.ResponseWriter, r *http.Request) {
	if in, ok := body(w, r); ok {
		s.onBrand(w, r, func(p *paper) { p.fields = in })
	}
}

func (s *Sim) revetBrand(w http.ResponseWriter, r *http.Request) {
	s.onBrand(w, r, func(p *paper) { p.since = s.opt.Clock.Now(); p.renewed++ })
}

func (s *Sim) postCampaign(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	if m := missing(in, "brandId", "usecase", "description"); m != "" {
		bare(w, http.StatusUnprocessableEntity, m+" is required")
		return
	}
	s.mu.Lock()
	b := find(s.registry.brands, text(in, "brandId"))
	ref := text(in, "referenceId")
	switch {
	case b == nil || s.brand(b)["identityStatus"] != "VERIFIED":
		s.mu.Unlock()
		bare(w, http.StatusBadRequest, "the brand is not verified")
		return
	case ref != "" && slices.ContainsFunc(s.registry.campaigns, func(p *paper) bool { return text(p.fields, "referenceId") == ref }):
		s.mu.Unlock()
		bare(w, http.StatusBadRequest, "referenceId is used already")
		return
	}
	p := &paper{id: s.newID(), fields: in, since: s.opt.Clock.Now(), reason: s.judged(campaignFault(in))}
	s.registry.campaigns = append(s.registry.campaigns, p)
	o := s.campaign(p)
	s.mu.Unlock()
	s.tell(p, 2, "10dlc.campaign.update", map[string]any{"campaignId": p.id, "brandId": text(in, "brandId"), "type": "MNO_REVIEW", "status": "ACCEPTED"})
	writeJSON(w, http.StatusOK, o)
}

// judged is the reason that was asked for, or the one that was found. s.mu is
// held.
func (s *Sim) judged(found string) string {
	if len(s.registry.reject) == 0 {
		return found
	}
	r := s.registry.reject[0]
	s.registry.reject = s.registry.reject[1:]
	return r
}

var (
	drinks     = regexp.MustCompile(`(?i)\b(margaritas?|beers?|wine|tequila|cocktails?|whiske?y|shots)\b`)
	shorteners = regexp.MustCompile(`(?i)\b(bit\.ly|tinyurl\.com|t\.co|goo\.gl)/`)
)

// campaignFault is what reviewers have against a campaign.
func campaignFault(in map[string]any) string {
	samples := text(in, "sample1") + "\n" + text(in, "sample2")
	gated, _ := in["ageGated"].(bool)
	switch {
	case !strings.Contains(samples, "STOP"):
		return "Sample messages are missing opt-out language"
	case shorteners.MatchString(samples):
		return "Samples contain a public URL shortener"
	case drinks.MatchString(samples) && !gated:
		return "706: age-gated content without an age gate"
	case text(in, "privacyPolicyLink") == "":
		return "805: privacy policy is missing"
	case len(text(in, "messageFlow")) < 40:
		return "Call to action does not contain a clear opt-in"
	case len(text(in, "description")) < 40:
		return "Use case description is too vague"
	}
	return ""
}

// campaign is a campaign as the API shows it. s.mu is held.
func (s *Sim) campaign(p *paper) map[string]any {
	o := map[string]any{"campaignId": p.id, "status": "ACTIVE", "submissionStatus": "CREATED", "campaignStatus": "TCR_PENDING"}
	for k, v := range p.fields {
		o[k] = v
	}
	switch {
	case p.ended != "":
		o["status"], o["campaignStatus"], o["failureReasons"] = "EXPIRED", "TCR_EXPIRED", p.ended
	case s.over(p, 2) && p.reason == "":
		o["campaignStatus"] = "MNO_PROVISIONED"
	case s.over(p, 1) && p.reason != "":
		o["campaignStatus"], o["failureReasons"] = "TELNYX_FAILED", p.reason
	case s.over(p, 1):
		o["campaignStatus"] = "MNO_PENDING"
	}
	return o
}

func (s *Sim) getCampaigns(w http.ResponseWriter, r *http.Request) {
	var rows []map[string]any
	s.mu.Lock()
	for _, p := range s.registry.campaigns {
		if text(p.fields, "brandId") == r.URL.Query().Get("brandId") {
			rows = append(rows, s.campaign(p))
		}
	}
	s.mu.Unlock()
	records(w, r, rows)
}

func (s *Sim) getCampaign(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	if p := find(s.registry.campaigns, id); p != nil {
		writeJSON(w, http.StatusOK, s.campaign(p))
	} else if id == byHand {
		writeJSON(w, http.StatusOK, map[string]any{"campaignId": byHand, "status": "ACTIVE", "campaignStatus": "MNO_PROVISIONED"})
	} else {
		bare(w, http.StatusNotFound, "there is no such campaign")
	}
}

func (s *Sim) postAssignment(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	n := text(in, "phoneNumber")
	s.mu.Lock()
	defer s.mu.Unlock()
	c := find(s.registry.campaigns, text(in, "campaignId"))
	switch {
	case c == nil || s.campaign(c)["campaignStatus"] != "MNO_PROVISIONED":
		bare(w, http.StatusBadRequest, "the campaign is not ready")
		return
	case s.profiles[n] == nil:
		bare(w, http.StatusBadRequest, "the number is on no messaging profile")
		return
	}
	if a := s.registry.assignments[n]; a == nil || text(a.fields, "campaignId") != c.id {
		s.registry.assignments[n] = &paper{id: n, number: n, fields: in, since: s.opt.Clock.Now()}
	}
	writeJSON(w, http.StatusOK, s.assignment(s.registry.assignments[n]))
}

func (s *Sim) assignment(p *paper) map[string]any {
	status := "PENDING_ASSIGNMENT"
	if s.over(p, 1) {
		status = "ASSIGNED"
	}
	return map[string]any{"phoneNumber": p.number, "campaignId": text(p.fields, "campaignId"), "assignmentStatus": status}
}

func (s *Sim) getAssignment(w http.ResponseWriter, r *http.Request) {
	n := r.PathValue("number")
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.registry.assignments[n]; a != nil {
		writeJSON(w, http.StatusOK, s.assignment(a))
	} else if s.registeredByHand(n) {
		writeJSON(w, http.StatusOK, map[string]any{"phoneNumber": n, "campaignId": byHand, "assignmentStatus": "ASSIGNED"})
	} else {
		bare(w, http.StatusNotFound, "the number is assigned to no campaign")
	}
}

// registeredByHand reports whether a number is one that was registered before
// anything was asked of the simulator. s.mu is held.
func (s *Sim) registeredByHand(n string) bool {
	return !s.opt.Unregistered && isE164(n) && !s.bought[n] && !s.offered[n]
}

// registered reports whether carriers let a number's texts through. s.mu is held.
func (s *Sim) registered(n string) bool {
	if s.registeredByHand(n) || !s.bought[n] {
		return true // what was sent before anybody thought of registering goes through
	}
	if a := s.registry.assignments[n]; a != nil && s.over(a, 1) {
		return true
	}
	return slices.ContainsFunc(s.registry.verifications, func(p *paper) bool { return p.number == n && p.reason == "" && s.over(p, 1) })
}

func tollFree(n string) bool { return len(n) == 12 && slices.Contains(tollFreeCodes, n[2:5]) }

func (s *Sim) postVerification(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok || !s.complete(w, in) {
		return
	}
	list, _ := in["phoneNumbers"].([]any)
	first, _ := list[0].(map[string]any)
	s.mu.Lock()
	p := &paper{id: s.newID(), fields: in, since: s.opt.Clock.Now(), number: text(first, "phoneNumber"), reason: s.judged(verificationFault(in))}
	s.registry.verifications = append(s.registry.verifications, p)
	o := s.verification(p)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, o)
}

// complete reports whether a verification has what is required of it; otherwise
// it has answered.
func (s *Sim) complete(w http.ResponseWriter, in map[string]any) bool {
	m := missing(in, "businessName", "corporateWebsite", "businessAddr1", "businessCity", "businessState", "businessZip", "businessContactFirstName",
		"businessContactLastName", "businessContactEmail", "businessContactPhone", "messageVolume", "useCase", "useCaseSummary", "productionMessageContent",
		"optInWorkflow", "additionalInformation", "businessRegistrationNumber", "businessRegistrationType", "businessRegistrationCountry")
	list, _ := in["phoneNumbers"].([]any)
	images, _ := in["optInWorkflowImageURLs"].([]any)
	switch {
	case m != "":
	case len(list) != 1:
		m = "phoneNumbers"
	case len(images) == 0:
		m = "optInWorkflowImageURLs"
	default:
		return true
	}
	bare(w, http.StatusUnprocessableEntity, m+" is required")
	return false
}

func verificationFault(in map[string]any) string {
	switch sample := text(in, "productionMessageContent"); {
	case !strings.Contains(sample, "STOP"):
		return "Sample messages are missing opt-out language"
	case text(in, "privacyPolicyURL") == "":
		return "The privacy policy is missing"
	}
	return ""
}

func (s *Sim) verification(p *paper) map[string]any {
	o := map[string]any{"id": p.id, "verificationStatus": "In Progress", "phoneNumbers": []map[string]string{{"phoneNumber": p.number}}}
	switch {
	case s.over(p, 1) && p.reason != "":
		o["verificationStatus"], o["reason"] = "Rejected", p.reason
	case s.over(p, 1):
		o["verificationStatus"] = "Verified"
	}
	return o
}

func (s *Sim) getVerifications(w http.ResponseWriter, r *http.Request) {
	n := r.URL.Query().Get("phone_number")
	rows := []map[string]any{}
	s.mu.Lock()
	for _, p := range slices.Backward(s.registry.verifications) {
		if n == "" || p.number == n {
			rows = append(rows, s.verification(p))
		}
	}
	if len(rows) == 0 && tollFree(n) && s.registeredByHand(n) {
		rows = append(rows, map[string]any{"id": byHand, "verificationStatus": "Verified", "phoneNumbers": []map[string]string{{"phoneNumber": n}}})
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"records": rows, "total_records": len(rows)})
}

func (s *Sim) patchVerification(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok || !s.complete(w, in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := find(s.registry.verifications, r.PathValue("id"))
	if p == nil {
		bare(w, http.StatusNotFound, "there is no such request")
		return
	}
	p.fields, p.since, p.reason = in, s.opt.Clock.Now(), s.judged(verificationFault(in))
	p.renewed++
	writeJSON(w, http.StatusOK, s.verification(p))
}

// tell sends the news of a paper when so many reviews are over.
func (s *Sim) tell(p *paper, reviews int, typ string, payload map[string]any) {
	urls := attempts(text(p.fields, "webhookURL"), text(p.fields, "webhookFailoverURL"))
	if len(urls) == 0 {
		return
	}
	now := s.opt.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &hook{id: s.newID(), typ: typ, urls: urls, started: now}
	b, err := json.Marshal(map[string]any{"event_type": typ, "id": h.id, "occurred_at": now.UTC().Format(timeForm), "record_type": "event", "payload": payload})
	if err != nil {
		panic(fmt.Sprint("the types here are our own: ", err))
	}
	h.data = append([]byte(`{"data":`), b...)
	s.hooks.add(h)
	s.hold()
	s.later(time.Duration(reviews)*s.opt.Review, &job{hook: h})
}
