package telnyxsim

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
)

//go:embed phone/index.html phone/phone.css phone/phone.js
var phoneFiles embed.FS

// A Handset is a virtual phone. Its number is shown in full: it is made up.
type Handset struct {
	Name   string `json:"name"`
	Number string `json:"number"` // E.164
}

// What phones keep.
const (
	maxHandsets      = 40
	maxConversations = 50  // a handset
	maxBubbles       = 300 // a conversation
)

// A bubble is a text as a handset shows it.
type bubble struct {
	ID    int      `json:"id"`
	In    bool     `json:"in"` // to the handset
	Text  string   `json:"text"`
	Media []string `json:"media,omitempty"`
	// Pictures is how many went out with it.
	Pictures int       `json:"pictures,omitempty"`
	pictures [][]byte  // of Media
	At       time.Time `json:"at"`
	Status   string    `json:"status"` // received; sending, sent, failed
}

type conversation struct {
	Peer    string    `json:"peer"`
	Name    string    `json:"name"`
	Bubbles []*bubble `json:"bubbles"`
}

type handset struct {
	Handset
	Conversations []*conversation `json:"conversations"`
}

// A phone is all handsets. It is guarded by Sim.mu.
type phone struct {
	handsets []*handset
	contacts map[string]string
	next     int // id of a bubble
	watchers map[chan []byte]struct{}
}

func newPhone(hs []Handset, contacts map[string]string) phone {
	if hs == nil {
		hs = []Handset{{"Ana", "+15125550141"}, {"Ben", "+12145550142"}, {"Chloe", "+19175550143"}}
	}
	p := phone{contacts: map[string]string{}, watchers: map[chan []byte]struct{}{}}
	for n, name := range contacts {
		p.contacts[n] = name
	}
	for _, h := range hs {
		p.handsets = append(p.handsets, &handset{Handset: h, Conversations: []*conversation{}})
	}
	return p
}

// SetContact gives a business's number the name that handsets show.
func (s *Sim) SetContact(number, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phone.contacts[number] = name
	for _, h := range s.phone.handsets {
		for _, c := range h.Conversations {
			if c.Peer == number {
				c.Name = name
			}
		}
	}
	s.publish("contacts", s.phone.contacts)
}

// Handsets returns the virtual phones.
func (s *Sim) Handsets() []Handset {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hs []Handset
	for _, h := range s.phone.handsets {
		hs = append(hs, h.Handset)
	}
	return hs
}

var moreNames = [...]string{"Dev", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jack", "Kemi", "Liam", "Mia", "Noor", "Omar"}

// AddHandset adds a virtual phone with the next free number of the 555-01xx
// range. An empty name is filled in. Errors have kind Invalid or Conflict.
func (s *Sim) AddHandset(name string) (Handset, error) {
	const op = "telnyxsim.AddHandset"
	if len(name) > 40 {
		return Handset{}, core.E(op, core.Invalid, "the name is longer than 40 characters")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.phone.handsets)
	if n >= maxHandsets {
		return Handset{}, core.E(op, core.Conflict, "there are phones enough")
	}
	if name == "" {
		name = s.phone.freeName()
	}
	number := ""
	for i := 150; number == "" || s.phone.handset(number) != nil; i++ {
		number = fmt.Sprintf("+1512555%04d", i) // 555-0150 to 0190: there are 40 phones at most
	}
	h := Handset{Name: name, Number: number}
	s.phone.handsets = append(s.phone.handsets, &handset{Handset: h, Conversations: []*conversation{}})
	s.publish("handset", s.phone.handsets[n])
	return h, nil
}

// freeName returns a name that no phone has yet, as long as there are any.
func (p *phone) freeName() string {
	for _, name := range moreNames {
		if !slices.ContainsFunc(p.handsets, func(h *handset) bool { return h.Name == name }) {
			return name
		}
	}
	return fmt.Sprint("Phone ", len(p.handsets)+1)
}

// toHandset shows a text on the handset that it goes to, if it is one. s.mu is
// held.
func (s *Sim) toHandset(r *record) {
	s.show(r.to, r.from, &bubble{In: true, Text: r.text, Media: r.media[:len(r.pictures)], pictures: r.pictures, At: r.sent, Status: "received"})
}

// fromHandset shows a text on the handset that it comes from, if it is one, and
// returns its id there. s.mu is held.
func (s *Sim) fromHandset(from, to, text string, pictures int, now time.Time) int {
	b := &bubble{Text: text, Pictures: pictures, At: now, Status: "sending"}
	s.show(from, to, b)
	return b.ID
}

type shown struct {
	Handset string  `json:"handset"`
	Peer    string  `json:"peer"`
	Name    string  `json:"name"`
	Bubble  *bubble `json:"bubble"`
}

func (s *Sim) show(number, peer string, b *bubble) {
	h := s.phone.handset(number)
	if h == nil {
		return
	}
	s.phone.next++
	b.ID = s.phone.next
	c := h.conversation(peer)
	c.Name = s.phone.contacts[peer]
	if len(c.Bubbles) == maxBubbles {
		c.Bubbles = append(c.Bubbles[:0], c.Bubbles[1:]...)
	}
	c.Bubbles = append(c.Bubbles, b)
	s.publish("bubble", shown{number, peer, c.Name, b})
}

// mark says on the handset what became of a text that it sent.
func (s *Sim) mark(number, peer string, id int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.phone.handset(number)
	if h == nil {
		return
	}
	c := h.conversation(peer)
	for _, b := range c.Bubbles {
		if b.ID == id {
			b.Status = "failed"
			if ok {
				b.Status = "sent"
			}
			s.publish("bubble", shown{number, peer, c.Name, b})
		}
	}
}

func (p *phone) handset(number string) *handset {
	for _, h := range p.handsets {
		if h.Number == number {
			return h
		}
	}
	return nil
}

// conversation returns the handset's conversation with peer, and makes it one
// if there is none; then the one that has been silent longest may have to go.
func (h *handset) conversation(peer string) *conversation {
	oldest := 0
	for i, c := range h.Conversations {
		if c.Peer == peer {
			return c
		}
		if o := h.Conversations[oldest]; c.last().Before(o.last()) {
			oldest = i
		}
	}
	if len(h.Conversations) == maxConversations {
		h.Conversations = append(h.Conversations[:oldest], h.Conversations[oldest+1:]...)
	}
	c := &conversation{Peer: peer, Bubbles: []*bubble{}}
	h.Conversations = append(h.Conversations, c)
	return c
}

func (c *conversation) last() time.Time {
	if len(c.Bubbles) == 0 {
		return time.Time{}
	}
	return c.Bubbles[len(c.Bubbles)-1].At
}

// publish tells every open page. A page that does not keep up is cut off: it
// comes back and reads everything anew. s.mu is held.
func (s *Sim) publish(event string, v any) {
	if len(s.phone.watchers) == 0 {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types here are our own
	}
	frame := []byte("event: " + event + "\ndata: " + string(data) + "\n\n")
	for w := range s.phone.watchers {
		select {
		case w <- frame:
		default:
			close(w)
			delete(s.phone.watchers, w)
		}
	}
}

func (s *Sim) phoneRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /phone", file("phone/index.html", "text/html; charset=utf-8"))
	mux.HandleFunc("GET /phone/phone.css", file("phone/phone.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /phone/phone.js", file("phone/phone.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /phone/events", s.phoneEvents)
	mux.HandleFunc("GET /phone/pictures/{bubble}/{n}", s.phonePicture)
	mux.HandleFunc("POST /phone/send", func(w http.ResponseWriter, r *http.Request) {
		var x struct {
			Handset, To, Text string
			Picture           []byte // base64
		}
		if !readJSONUpTo(2*maxFileSize, w, r, &x) {
			return
		}
		var media []string
		switch n := len(x.Picture); {
		case n > maxFileSize:
			answer(w, core.E("telnyxsim.phone", core.Invalid, "the picture is larger than 2 MB"))
			return
		case n > 0:
			media = append(media, "http://"+r.Host+s.Host(x.Picture))
		}
		answer(w, s.InboundMedia(r.Context(), x.Handset, x.To, x.Text, media...))
	})
	mux.HandleFunc("POST /phone/handsets", func(w http.ResponseWriter, r *http.Request) {
		var x struct{ Name string }
		if !readJSON(w, r, &x) {
			return
		}
		h, err := s.AddHandset(x.Name)
		if err != nil {
			answer(w, err)
			return
		}
		writeJSON(w, http.StatusCreated, h)
	})
	return mux
}

// file serves a part of the page. Nothing may be loaded from elsewhere, so that
// a picture in a text cannot call home: the simulator has fetched it, as a carrier does.
func file(name, contentType string) http.HandlerFunc {
	b, err := phoneFiles.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Content-Length", strconv.Itoa(len(b)))
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
		_, _ = w.Write(b)
	}
}

// phoneEvents streams everything there is, and then what is new.
func (s *Sim) phoneEvents(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	frames := make(chan []byte, 64)
	s.mu.Lock()
	state, err := json.Marshal(map[string]any{"handsets": s.phone.handsets, "contacts": s.phone.contacts})
	s.phone.watchers[frames] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.phone.watchers, frames)
		s.mu.Unlock()
	}()
	if err != nil {
		panic(err) // the types here are our own
	}
	rc := http.NewResponseController(w)
	frame := []byte("retry: 1000\nevent: state\ndata: " + string(state) + "\n\n")
	for {
		if _, err := w.Write(frame); err != nil || rc.Flush() != nil {
			return
		}
		var open bool
		select {
		case frame, open = <-frames:
			if !open {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
