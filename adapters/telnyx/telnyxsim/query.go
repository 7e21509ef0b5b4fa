package telnyxsim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

func (s *Sim) getMessage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	rec := s.records[r.PathValue("id")]
	if rec == nil || s.opt.Clock.Now().Sub(rec.received) > 10*24*time.Hour {
		s.mu.Unlock()
		refuse(w, 0, "40303", "", "", 0)
		return
	}
	b := append(appendRecord([]byte(`{"data":`), rec, rec.status), '}')
	s.mu.Unlock()
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(b)
}

func (s *Sim) getOptOuts(w http.ResponseWriter, r *http.Request) {
	type row struct {
		From      string `json:"from"`
		To        string `json:"to"`
		Profile   string `json:"messaging_profile_id"`
		Keyword   string `json:"keyword"`
		CreatedAt string `json:"created_at"`
	}
	q := r.URL.Query()
	var rows []row
	s.mu.Lock()
	seen := map[*profile]bool{}
	for _, p := range s.profiles {
		if id := q.Get("filter[messaging_profile_id]"); seen[p] || (id != "" && id != p.id) {
			continue
		}
		seen[p] = true
		for person, o := range p.blocked {
			if f := q.Get("filter[from]"); f == "" || f == person {
				rows = append(rows, row{From: person, To: o.from, Profile: p.id, Keyword: o.keyword, CreatedAt: o.at.UTC().Format("2006-01-02 15:04:05.000000")})
			}
		}
	}
	s.mu.Unlock()
	sort.Slice(rows, func(i, j int) bool {
		return rows[i].CreatedAt+rows[i].Profile+rows[i].From < rows[j].CreatedAt+rows[j].Profile+rows[j].From
	})
	page(w, q, rows)
}

func (s *Sim) getDeliveries(w http.ResponseWriter, r *http.Request) {
	type attempt struct {
		Status    string    `json:"status"`
		StartedAt time.Time `json:"started_at"`
		HTTP      any       `json:"http"`
	}
	type row struct {
		ID         string          `json:"id"`
		Status     string          `json:"status"`
		StartedAt  time.Time       `json:"started_at"`
		FinishedAt time.Time       `json:"finished_at"`
		Webhook    json.RawMessage `json:"webhook"`
		Attempts   []attempt       `json:"attempts"`
	}
	q := r.URL.Query()
	types := q.Get("filter[event_type]")
	var rows []row
	s.mu.Lock()
	for _, h := range s.hooks.all() {
		status := "failed"
		if h.ok {
			status = "delivered"
		}
		switch {
		case h.finished.IsZero(),
			q.Get("filter[status][eq]") != "" && q.Get("filter[status][eq]") != status,
			types != "" && !strings.Contains(","+types+",", ","+h.typ+","),
			!strings.Contains(string(h.data), q.Get("filter[webhook][contains]")):
			continue
		}
		x := row{ID: h.id, Status: status, StartedAt: h.started, FinishedAt: h.finished, Webhook: h.data[len(`{"data":`):]}
		for _, t := range h.tries {
			a := attempt{Status: "failed", StartedAt: t.at, HTTP: map[string]any{"request": map[string]any{"url": t.url}, "response": map[string]any{"status": t.status}}}
			if t.status/100 == 2 {
				a.Status = "delivered"
			}
			x.Attempts = append(x.Attempts, a)
		}
		rows = append(rows, x)
	}
	s.mu.Unlock()
	page(w, q, rows)
}

// getDetailRecords lists finished texts only: queued ones do not appear.
func (s *Sim) getDetailRecords(w http.ResponseWriter, r *http.Request) {
	type row struct {
		RecordType string    `json:"record_type"`
		UUID       string    `json:"uuid"`
		CLI        string    `json:"cli"`
		CLD        string    `json:"cld"`
		Direction  string    `json:"direction"`
		Status     string    `json:"status"`
		Errors     []string  `json:"errors"`
		Parts      int       `json:"parts"`
		ProfileID  string    `json:"profile_id"`
		StatusURL  string    `json:"delivery_status_webhook_url"`
		CreatedAt  time.Time `json:"created_at"`
	}
	q := r.URL.Query()
	if q.Get("filter[record_type]") != "messaging" {
		refuse(w, 0, "10004", "filter[record_type] must be messaging", "", 0)
		return
	}
	since, _ := time.Parse(time.RFC3339, q.Get("filter[created_at][gte]"))
	var rows []row
	s.mu.Lock()
	for _, x := range s.kept.all() {
		direction, status := "outbound", map[string]string{"delivered": "delivered", "delivery_failed": "failed", "delivery_unconfirmed": "dlr_unconfirmed"}[x.status]
		if x.inbound {
			direction, status = "inbound", "received"
		}
		switch {
		case status == "", x.received.Before(since),
			q.Get("filter[cld]") != "" && q.Get("filter[cld]") != x.to,
			q.Get("filter[cli]") != "" && q.Get("filter[cli]") != x.from,
			q.Get("filter[direction]") != "" && q.Get("filter[direction]") != direction:
			continue
		}
		d := row{RecordType: "message_detail_record", UUID: x.id, CLI: x.from, CLD: x.to, Direction: direction, Status: status, Errors: []string{}, Parts: x.parts, ProfileID: x.profile, StatusURL: x.webhookURL, CreatedAt: x.received}
		if x.code != "" {
			d.Errors = append(d.Errors, x.code)
		}
		rows = append(rows, d)
	}
	s.mu.Unlock()
	page(w, q, rows)
}

// page answers with the page of the rows that is asked for.
func page[T any](w http.ResponseWriter, q url.Values, rows []T) {
	number, size := atLeast1(q.Get("page[number]"), 1), min(atLeast1(q.Get("page[size]"), 20), 250)
	from := min((number-1)*size, len(rows))
	part := append([]T{}, rows[from:min(from+size, len(rows))]...)
	writeJSON(w, http.StatusOK, map[string]any{"data": part, "meta": map[string]int{
		"page_number": number, "page_size": size, "total_pages": (len(rows) + size - 1) / size, "total_results": len(rows),
	}})
}

func atLeast1(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n < 1<<20 {
		return n
	}
	return otherwise
}

// strings are what a test in another process pulls.
func (s *Sim) strings() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/arrivals", func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("to")
		as := []Arrival{}
		for _, a := range s.Arrivals() {
			if to == "" || a.To == to || a.To == "+"+strings.TrimSpace(to) {
				as = append(as, a)
			}
		}
		writeJSON(w, http.StatusOK, as)
	})
	mux.HandleFunc("GET /sim/stats", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Stats()) })
	mux.HandleFunc("GET /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		f := s.faults
		s.mu.Unlock()
		writeJSON(w, http.StatusOK, f)
	})
	mux.HandleFunc("POST /sim/faults", func(w http.ResponseWriter, r *http.Request) {
		var x struct {
			Faults
			Script []Fault `json:"script"`
		}
		if readJSON(w, r, &x) {
			s.SetFaults(x.Faults)
			s.Script(x.Script...)
			writeJSON(w, http.StatusOK, x.Faults)
		}
	})
	mux.HandleFunc("POST /sim/reject", func(w http.ResponseWriter, r *http.Request) {
		var x struct{ Reason string }
		if readJSON(w, r, &x) {
			s.RejectNext(x.Reason)
			writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
		}
	})
	mux.HandleFunc("POST /sim/inbound", func(w http.ResponseWriter, r *http.Request) {
		var x struct{ From, To, Text string }
		if readJSON(w, r, &x) {
			answer(w, s.Inbound(r.Context(), x.From, x.To, x.Text))
		}
	})
	return mux
}

func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	return readJSONUpTo(maxRequest, w, r, v)
}

func readJSONUpTo(most int64, w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, most))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"problem": "the body is not the JSON that is asked for: " + err.Error()})
		return false
	}
	return true
}

// answer turns the end of an act into a response.
func answer(w http.ResponseWriter, err error) {
	status := map[core.Kind]int{core.Invalid: http.StatusBadRequest, core.Unavailable: http.StatusBadGateway}
	if err != nil {
		writeJSON(w, status[core.KindOf(err)], map[string]string{"problem": core.MessageOf(err)})
		return
	}
	writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
}
