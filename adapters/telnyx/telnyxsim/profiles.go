package telnyxsim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The settings of a profile that the simulator acts on or checks; the others it
// keeps as they are given.
var profileDefaults = map[string]any{
	"enabled": true, "webhook_api_version": "2", "webhook_url": "", "webhook_failover_url": "", "number_pool_settings": nil,
	"url_shortener_settings": nil, "alpha_sender": nil, "smart_encoding": false, "mms_fall_back_to_sms": false, "record_type": "messaging_profile",
}

// An autoresponse is what the carrier says by itself to some words.
type autoresponse struct {
	ID       string    `json:"id"`
	Op       string    `json:"op"`
	Keywords []string  `json:"keywords"`
	Text     string    `json:"resp_text"`
	Country  string    `json:"country_code"`
	Created  time.Time `json:"created_at"`
	Updated  time.Time `json:"updated_at"`
}

// autoresponseTypes are what a webhook calls the operations.
var autoresponseTypes = map[string]string{"stop": "STOP", "start": "START", "info": "HELP"}

// word says what the whole text means to a profile, and what it answers. s.mu is
// held.
func (p *profile) word(text string) (kind, reply string) {
	folded := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	kind = keywords[folded]
	for _, a := range p.answers {
		k := autoresponseTypes[a.Op]
		own := slices.ContainsFunc(a.Keywords, func(w string) bool { return strings.ToUpper(w) == folded })
		if own && kind == "" || kind == k {
			return k, a.Text
		}
	}
	return kind, autoReplies[kind]
}

// object is the profile as the API shows it. s.mu is held.
func (p *profile) object() map[string]any {
	o := maps.Clone(profileDefaults)
	if p.own {
		o["name"], o["whitelisted_destinations"] = "Made by hand", []string{"US"}
	}
	maps.Copy(o, p.settings)
	o["id"], o["webhook_url"], o["webhook_failover_url"] = p.id, p.webhookURL, p.failoverURL
	return o
}

func (s *Sim) profileRoutes(api func(string, http.HandlerFunc)) {
	api("GET /v2/messaging_profiles", s.getProfiles)
	api("POST /v2/messaging_profiles", s.postProfile)
	api("GET /v2/messaging_profiles/{id}", s.getProfile)
	api("PATCH /v2/messaging_profiles/{id}", s.patchProfile)
	api("GET /v2/messaging_profiles/{id}/autoresp_configs", s.getAnswers)
	api("POST /v2/messaging_profiles/{id}/autoresp_configs", s.putAnswer)
	api("PUT /v2/messaging_profiles/{id}/autoresp_configs/{answer}", s.putAnswer)
}

// body reads a JSON object, or says what is wrong with it.
func body(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var in map[string]any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in); err != nil || in == nil {
		refuse(w, 0, "10015", "the body is not the JSON that is asked for", "", 0)
		return nil, false
	}
	return in, true
}

func text(o map[string]any, name string) string {
	s, _ := o[name].(string)
	return s
}

func data(w http.ResponseWriter, v any) { writeJSON(w, http.StatusOK, map[string]any{"data": v}) }

func (s *Sim) getProfiles(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var rows []map[string]any
	s.mu.Lock()
	for _, p := range s.byID {
		o := p.object()
		if name := q.Get("filter[name][eq]"); name == "" || text(o, "name") == name {
			rows = append(rows, o)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(rows, func(a, b map[string]any) int { return strings.Compare(text(a, "id"), text(b, "id")) })
	page(w, q, rows)
}

func (s *Sim) postProfile(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	if countries, _ := in["whitelisted_destinations"].([]any); text(in, "name") == "" || len(countries) == 0 {
		refuse(w, 0, "10004", "name and whitelisted_destinations are required", "/name", 0)
		return
	}
	s.mu.Lock()
	p := &profile{id: s.newID(), blocked: map[string]optOut{}, settings: map[string]any{}}
	p.set(in)
	s.byID[p.id] = p
	o := p.object()
	s.mu.Unlock()
	data(w, o)
}

func (p *profile) set(in map[string]any) {
	if p.settings == nil {
		p.settings = map[string]any{}
	}
	maps.Copy(p.settings, in)
	delete(p.settings, "id")
	for name, to := range map[string]*string{"webhook_url": &p.webhookURL, "webhook_failover_url": &p.failoverURL} {
		if _, ok := in[name]; ok {
			*to = text(in, name)
			p.own = false // whoever set an address keeps it
		}
	}
}

// profile returns the profile that a request names, with s.mu held; otherwise it
// has answered.
func (s *Sim) profile(w http.ResponseWriter, r *http.Request) *profile {
	s.mu.Lock()
	p := s.byID[r.PathValue("id")]
	if p == nil {
		s.mu.Unlock()
		refuse(w, http.StatusNotFound, "10005", "there is no such profile", "", 0)
	}
	return p
}

func (s *Sim) getProfile(w http.ResponseWriter, r *http.Request) {
	if p := s.profile(w, r); p != nil {
		o := p.object()
		s.mu.Unlock()
		data(w, o)
	}
}

func (s *Sim) patchProfile(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	if p := s.profile(w, r); p != nil {
		name := text(p.object(), "name")
		p.set(in)
		if text(p.settings, "name") == "" {
			p.settings["name"] = name
		}
		o := p.object()
		s.mu.Unlock()
		data(w, o)
	}
}

func (s *Sim) getAnswers(w http.ResponseWriter, r *http.Request) {
	if p := s.profile(w, r); p != nil {
		as := slices.Clone(p.answers)
		s.mu.Unlock()
		if as == nil {
			as = []autoresponse{}
		}
		data(w, as)
	}
}

func (s *Sim) putAnswer(w http.ResponseWriter, r *http.Request) {
	var a autoresponse
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&a); err != nil {
		refuse(w, 0, "10015", "the body is not the JSON that is asked for", "", 0)
		return
	}
	if problem := a.problem(); problem != "" {
		refuse(w, http.StatusUnprocessableEntity, "10015", problem, "", 0)
		return
	}
	p := s.profile(w, r)
	if p == nil {
		return
	}
	defer s.mu.Unlock()
	a.Updated = s.opt.Clock.Now().UTC()
	if id := r.PathValue("answer"); id != "" {
		i := slices.IndexFunc(p.answers, func(x autoresponse) bool { return x.ID == id })
		if i < 0 {
			refuse(w, http.StatusNotFound, "10005", "there is no such answer", "", 0)
			return
		}
		a.ID, a.Created = id, p.answers[i].Created
		p.answers[i] = a
	} else {
		a.ID, a.Created = s.newID(), a.Updated
		p.answers = append(p.answers, a)
	}
	data(w, a)
}

// problem is what the carrier has against an answer. START, STOP and HELP cannot
// be moved to another operation.
func (a autoresponse) problem() string {
	kind := autoresponseTypes[a.Op]
	switch {
	case kind == "":
		return "op must be start, stop or info"
	case len(a.Keywords) == 0 || len(a.Keywords) > 20:
		return "there must be 1 to 20 keywords"
	case len(a.Text) < 20:
		return "resp_text must have at least 20 characters"
	case a.Country == "":
		return "country_code is required"
	}
	for _, w := range a.Keywords {
		if k := keywords[strings.ToUpper(w)]; k != "" && k != kind {
			return w + " belongs to another operation"
		}
	}
	return ""
}
