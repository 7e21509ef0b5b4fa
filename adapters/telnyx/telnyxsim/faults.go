package telnyxsim

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// A FaultKind is what goes wrong with one submission.
type FaultKind string

// The kinds.
const (
	Refuse      FaultKind = "refuse"       // answer Status with Code; not taken
	ServerError FaultKind = "server_error" // answer Status, or 500, with a page that is no JSON; not taken unless Taken
	LostReply   FaultKind = "lost_reply"   // take it and drop the connection
	Drop        FaultKind = "drop"         // drop the connection; not taken
	Garbled     FaultKind = "garbled"      // take it and answer 200 with half an object
	Hang        FaultKind = "hang"         // take it and never answer
	Slow        FaultKind = "slow"         // take it and answer after Delay
)

// A Fault is scripted for one submission.
type Fault struct {
	Kind       FaultKind     `json:"kind"`
	Status     int           `json:"status,omitempty"` // 0 for what Telnyx uses with Code
	Code       string        `json:"code,omitempty"`   // "" for 40318
	RetryAfter int           `json:"retry_after,omitempty"`
	Taken      bool          `json:"taken,omitempty"`
	Delay      time.Duration `json:"delay,omitempty"` // nanoseconds in JSON
}

// Faults are what goes wrong by chance, each with its probability from 0 to 1,
// and how long things take. The zero Faults is a carrier without fault.
type Faults struct {
	Refuse      float64 `json:"refuse,omitempty"`
	RefuseCode  string  `json:"refuse_code,omitempty"` // "" for 40318
	ServerError float64 `json:"server_error,omitempty"`
	LostReply   float64 `json:"lost_reply,omitempty"`
	Drop        float64 `json:"drop,omitempty"`
	Garbled     float64 `json:"garbled,omitempty"`
	Hang        float64 `json:"hang,omitempty"`

	LoseWebhook    float64 `json:"lose_webhook,omitempty"`
	RepeatWebhook  float64 `json:"repeat_webhook,omitempty"`
	ReorderWebhook float64 `json:"reorder_webhook,omitempty"` // finalized before sent

	Undelivered     float64           `json:"undelivered,omitempty"`
	UndeliveredCode string            `json:"undelivered_code,omitempty"` // "" for 40008
	Unconfirmed     float64           `json:"unconfirmed,omitempty"`
	Numbers         map[string]string `json:"numbers,omitempty"` // numbers that nothing is delivered to, and the code

	// Delays are nanoseconds in JSON.
	DelayReply   time.Duration `json:"delay_reply,omitempty"`
	DelayWebhook time.Duration `json:"delay_webhook,omitempty"`
}

// SetFaults replaces what goes wrong by chance.
func (s *Sim) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Numbers = maps.Clone(f.Numbers)
	s.faults = f
}

// Script makes faults happen to the next submissions, one each, before any
// chance. A zero Fault lets one submission pass.
func (s *Sim) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, faults...)
}

// ScriptCall makes faults happen to the next calls of an endpoint other than that
// of texts, which is named by its pattern: "POST /v2/number_orders".
func (s *Sim) ScriptCall(pattern string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[pattern] = append(s.calls[pattern], faults...)
}

// faulty does to an endpoint what was scripted for it.
func (s *Sim) faulty(pattern string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		var f Fault
		if script := s.calls[pattern]; len(script) > 0 {
			f, s.calls[pattern] = script[0], script[1:]
		}
		s.mu.Unlock()
		if !s.before(w, r, f) {
			return
		}
		switch f.Kind {
		case LostReply:
			h(nowhere{}, r)
			panic(http.ErrAbortHandler)
		case ServerError:
			h(nowhere{}, r)
			serverError(w, f)
		default:
			h(w, r)
		}
	}
}

// nowhere takes an answer that gets lost.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

// nextFault says what happens to the submission at hand. s.mu is held.
func (s *Sim) nextFault() Fault {
	if len(s.script) > 0 {
		f := s.script[0]
		s.script = s.script[1:]
		return f
	}
	f := &s.faults
	for _, c := range []struct {
		p    float64
		kind FaultKind
	}{{f.Refuse, Refuse}, {f.ServerError, ServerError}, {f.LostReply, LostReply}, {f.Drop, Drop}, {f.Garbled, Garbled}, {f.Hang, Hang}} {
		if s.chance(c.p) {
			return Fault{Kind: c.kind, Code: f.RefuseCode, Delay: f.DelayReply}
		}
	}
	return Fault{Delay: f.DelayReply}
}

// chance is true with probability p. It draws nothing where p is 0, so that an
// unused fault does not change a seeded run. s.mu is held.
func (s *Sim) chance(p float64) bool { return p > 0 && s.rng.Float64() < p }

// outcome decides what becomes of an accepted text. s.mu is held.
func (s *Sim) outcome(to string) (status, code string) {
	f := &s.faults
	if code, ok := f.Numbers[to]; ok {
		return "delivery_failed", code
	}
	switch {
	case s.chance(f.Undelivered):
		if f.UndeliveredCode == "" {
			return "delivery_failed", "40008"
		}
		return "delivery_failed", f.UndeliveredCode
	case s.chance(f.Unconfirmed):
		return "delivery_unconfirmed", ""
	}
	return "delivered", ""
}

// titles has the carrier's names of the codes that the simulator uses, and the
// HTTP status that comes with each.
var titles = map[string]struct {
	status int
	title  string
}{
	"10003": {422, "Invalid URL"},
	"10004": {422, "Missing required parameter"},
	"10005": {404, "Resource not found"},
	"10009": {401, "Authentication failed"},
	"10011": {429, "Too many requests"},
	"10015": {400, "Bad Request"},
	"10036": {503, "Resource busy"},
	"20012": {403, "Account inactive"},
	"40001": {400, "Not routable"},
	"40008": {400, "Undeliverable"},
	"40300": {400, "Blocked due to STOP message"},
	"40302": {400, "Message too large"},
	"40303": {404, "Message not found"},
	"40305": {400, "Invalid 'from' address"},
	"40310": {400, "Invalid 'to' address"},
	"40316": {400, "No content provided"},
	"40317": {400, "Invalid MMS content"},
	"40318": {429, "Message queue full"},
	"40322": {400, "Blocked content"},
	"40329": {403, "Toll-free number is not verified"},
	"40333": {429, "Spend limit reached"},
	"85000": {400, "Number was not searched for"},
	"85001": {400, "Number is not available"},
	"85002": {400, "Invalid messaging profile"},
}

// refuse writes the carrier's error envelope.
func refuse(w http.ResponseWriter, status int, code, detail, pointer string, retryAfter int) {
	t := titles[code]
	if t.title == "" {
		t.status, t.title = http.StatusBadRequest, "Refused"
	}
	if status == 0 {
		status = t.status
	}
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	type source struct {
		Pointer string `json:"pointer"`
	}
	type failure struct {
		Code   string  `json:"code"`
		Title  string  `json:"title"`
		Detail string  `json:"detail,omitempty"`
		Source *source `json:"source,omitempty"`
	}
	f := failure{Code: code, Title: t.title, Detail: detail}
	if pointer != "" {
		f.Source = &source{pointer}
	}
	writeJSON(w, status, map[string]any{"errors": []failure{f}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types here are our own
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
