package telnyxsim

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What the simulator keeps of pictures.
const (
	maxFiles    = 40      // the oldest go first
	maxFileSize = 2 << 20 // bytes
)

// Host keeps a file as the carrier does, for a while, and returns the path of its
// address. Like Telnyx it hands it only to who has the key.
func (s *Sim) Host(b []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = make(map[string][]byte)
	}
	name := strings.ToLower(rand.Text())
	s.files[name] = b
	s.fileNames = append(s.fileNames, name)
	if len(s.fileNames) > maxFiles {
		delete(s.files, s.fileNames[0])
		s.fileNames = s.fileNames[1:]
	}
	return "/media/" + name
}

func (s *Sim) getMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b, ok := s.files[r.PathValue("name")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(b)
}

// fetchFor is how long the simulator waits for a picture that goes out.
const fetchFor = 10 * time.Second

// fetch gets the pictures of a text that goes to a handset, as Telnyx does when it
// sends it: one that cannot be had is no picture.
func (s *Sim) fetch(urls []string) (out [][]byte) {
	ctx, cancel := context.WithTimeout(s.ctx, fetchFor)
	defer cancel()
	for _, u := range urls {
		b, ok := s.fetchOne(ctx, u)
		if !ok {
			return nil
		}
		out = append(out, b)
	}
	return out
}

func (s *Sim) fetchOne(ctx context.Context, u string) ([]byte, bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, false
	}
	res, err := s.via.RoundTrip(req)
	if err != nil {
		return nil, false
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxFileSize))
	return b, err == nil && res.StatusCode == http.StatusOK && strings.HasPrefix(http.DetectContentType(b), "image/")
}

// phonePicture serves what came with a text to a handset.
func (s *Sim) phonePicture(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("bubble"))
	n, err2 := strconv.Atoi(r.PathValue("n"))
	s.mu.Lock()
	b := s.phone.bubble(id)
	s.mu.Unlock()
	if err != nil || err2 != nil || b == nil || n < 0 || n >= len(b.pictures) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(b.pictures[n]))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(b.pictures[n])
}

func (s *Sim) hasHandset(number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phone.handset(number) != nil
}

// bubble is one of those that are shown, nil for none.
func (p *phone) bubble(id int) *bubble {
	for _, h := range p.handsets {
		for _, c := range h.Conversations {
			for _, b := range c.Bubbles {
				if b.ID == id {
					return b
				}
			}
		}
	}
	return nil
}
