package telnyxsim

import (
	"crypto/rand"
	"net/http"
	"strings"
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
