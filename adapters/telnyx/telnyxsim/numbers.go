package telnyxsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// An order is a number that was bought.
type order struct {
	ID        string         `json:"id"`
	Record    string         `json:"record_type"`
	Status    string         `json:"status"`
	Reference string         `json:"customer_reference"`
	Profile   string         `json:"messaging_profile_id"`
	Numbers   []orderedPhone `json:"phone_numbers"`
	Created   time.Time      `json:"created_at"`
}

type orderedPhone struct {
	ID     string `json:"id"`
	Number string `json:"phone_number"`
	Status string `json:"status"`
}

// cities are some that numbers are to be had in.
var cities = map[string]string{
	"austin": "512", "dallas": "214", "houston": "713", "chicago": "312", "new york": "212", "los angeles": "213", "san francisco": "415",
	"miami": "305", "nashville": "615", "denver": "303", "seattle": "206", "boston": "617", "portland": "503", "new orleans": "504",
}

var tollFreeCodes = []string{"888", "877", "866", "855", "844", "833", "800"}

func (s *Sim) numberRoutes(api func(string, http.HandlerFunc)) {
	api("GET /v2/available_phone_numbers", s.getAvailable)
	api("POST /v2/number_orders", s.postOrder)
	api("GET /v2/number_orders", s.getOrders)
	api("GET /v2/number_orders/{id}", s.getOrder)
	api("GET /v2/phone_numbers/messaging", s.getHeld)
	api("PATCH /v2/phone_numbers/{id}/messaging", s.patchHeld)
}

// getAvailable offers up to ten numbers of the range that is nobody's.
func (s *Sim) getAvailable(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := q.Get("filter[national_destination_code]")
	city := strings.ToLower(q.Get("filter[locality]"))
	tollFree := q.Get("filter[phone_number_type]") == "toll_free"
	switch {
	case tollFree && code == "":
		code = tollFreeCodes[0]
	case code == "" && city != "":
		code = cities[city]
	case code == "":
		code = "512"
	}
	rows := []map[string]any{}
	s.mu.Lock()
	for i := 60; i < 70 && len(code) == 3 && code[0] >= '2' && slices.Contains(tollFreeCodes, code) == tollFree; i++ {
		n := fmt.Sprintf("+1%s55501%02d", code, i)
		if s.bought[n] || s.profiles[n] != nil {
			continue
		}
		s.offered[n] = true
		kind, monthly := "local", "1.00000"
		if tollFree {
			kind = "toll_free"
		}
		rows = append(rows, map[string]any{
			"record_type": "available_phone_number", "phone_number": n, "phone_number_type": kind, "best_effort": false, "quickship": true, "reservable": true,
			"features":           []map[string]string{{"name": "sms"}, {"name": "mms"}},
			"cost_information":   map[string]string{"monthly_cost": monthly, "upfront_cost": "1.00000", "currency": "USD"},
			"region_information": region(q.Get("filter[locality]"), q.Get("filter[administrative_area]"), tollFree),
		})
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"data": rows, "meta": map[string]int{"total_results": len(rows), "best_effort_results": 0}})
}

func region(city, state string, tollFree bool) []map[string]string {
	out := []map[string]string{{"region_type": "country_code", "region_name": "US"}}
	if tollFree {
		return out
	}
	if city != "" {
		out = append(out, map[string]string{"region_type": "rate_center", "region_name": strings.ToUpper(city)})
	}
	if state != "" {
		out = append(out, map[string]string{"region_type": "state", "region_name": state})
	}
	return out
}

func (s *Sim) postOrder(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	list, _ := in["phone_numbers"].([]any)
	var number string
	if len(list) == 1 {
		first, _ := list[0].(map[string]any)
		number = text(first, "phone_number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byID[text(in, "messaging_profile_id")]
	switch {
	case number == "":
		refuse(w, 0, "10004", "phone_numbers must have one number here", "/phone_numbers", 0)
		return
	case !s.offered[number] && !s.bought[number]:
		refuse(w, http.StatusBadRequest, "85000", "the number must be searched for first", "/phone_numbers", 0)
		return
	case s.bought[number]:
		refuse(w, http.StatusBadRequest, "85001", "the number is not available any more", "/phone_numbers", 0)
		return
	case p == nil:
		refuse(w, http.StatusBadRequest, "85002", "there is no such messaging profile", "/messaging_profile_id", 0)
		return
	}
	o := &order{
		ID: s.newID(), Record: "number_order", Status: "pending", Reference: text(in, "customer_reference"), Profile: p.id,
		Numbers: []orderedPhone{{ID: s.newID(), Number: number, Status: "pending"}}, Created: s.opt.Clock.Now().UTC(),
	}
	s.orders = append(s.orders, o)
	s.bought[number] = true
	s.profiles[number] = p
	data(w, *o)
}

// settled is the order as it is by now: it is done when it is asked for. s.mu is
// held.
func (s *Sim) settled(o *order) order {
	out := *o
	o.Status = "success"
	o.Numbers[0].Status = "success"
	out.Numbers = slices.Clone(o.Numbers)
	out.Status = o.Status
	return out
}

func (s *Sim) getOrders(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var rows []order
	s.mu.Lock()
	for _, o := range s.orders {
		if ref := q.Get("filter[customer_reference]"); ref == "" || o.Reference == ref {
			rows = append(rows, s.settled(o))
		}
	}
	s.mu.Unlock()
	page(w, q, rows)
}

func (s *Sim) getOrder(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.orders {
		if o.ID == r.PathValue("id") {
			data(w, s.settled(o))
			return
		}
	}
	refuse(w, http.StatusNotFound, "10005", "there is no such order", "", 0)
}

// Orders returns how many numbers were bought.
func (s *Sim) Orders() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.orders)
}

// getHeld lists the numbers of the account. Every number is in it that was not
// offered for sale: it is the business's, by hand.
func (s *Sim) getHeld(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	rows := []map[string]any{}
	n := q.Get("filter[phone_number]")
	s.mu.Lock()
	if isE164(n) && (s.bought[n] || !s.offered[n]) {
		p := s.profileOf(n)
		rows = append(rows, map[string]any{"record_type": "messaging_settings", "id": heldID(n), "phone_number": n, "messaging_profile_id": p.id, "type": "longcode"})
	}
	s.mu.Unlock()
	page(w, q, rows)
}

// heldID is the id of a number.
func heldID(n string) string { return "1" + strings.TrimPrefix(n, "+") }

func (s *Sim) patchHeld(w http.ResponseWriter, r *http.Request) {
	in, ok := body(w, r)
	if !ok {
		return
	}
	n := "+" + strings.TrimPrefix(r.PathValue("id"), "1")
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byID[text(in, "messaging_profile_id")]
	if !isE164(n) || p == nil {
		refuse(w, http.StatusNotFound, "10005", "there is no such number or profile", "", 0)
		return
	}
	s.profiles[n] = p
	data(w, map[string]any{"id": heldID(n), "phone_number": n, "messaging_profile_id": p.id})
}
