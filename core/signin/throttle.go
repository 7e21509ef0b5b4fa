package signin

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// span is for how long failures count.
const span = 15 * time.Minute

// A throttle counts failures by key, in 65,536 counters. It does not grow beyond
// them, and nothing in it makes room for something else: whoever floods it with
// invented names cannot wash their own count away. Two names share a counter by
// chance only, since the salt is secret.
type throttle struct {
	salt [32]byte
	mu   sync.Mutex
	at   map[uint16]tries
}

type tries struct {
	n     int
	since time.Time
}

func (t *throttle) place(key string) uint16 {
	h := sha256.New()
	h.Write(t.salt[:])
	h.Write([]byte(key))
	return binary.BigEndian.Uint16(h.Sum(nil))
}

// allow reports whether there were fewer failures than most.
func (t *throttle) allow(key string, most int, now time.Time) bool {
	if key == "" {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.at[t.place(key)]
	return x.n < most || now.Sub(x.since) >= span
}

func (t *throttle) failed(key string, now time.Time) {
	if key == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		t.at = make(map[uint16]tries)
	}
	p := t.place(key)
	x := t.at[p]
	if now.Sub(x.since) >= span {
		x = tries{since: now}
	}
	x.n++
	t.at[p] = x
}

func (t *throttle) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.at, t.place(key))
}
