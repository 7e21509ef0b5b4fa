// Package mediatest is the suite that every blob store must pass, and one in
// memory.
package mediatest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// Run runs the suite over an empty store.
func Run(t *testing.T, s media.Store) {
	ctx := t.Context()
	key, other := media.Medium{ID: core.MediumID{1}, Business: core.BusinessID{2}}.Key(), media.Medium{ID: core.MediumID{3}}.Key()
	if _, err := s.Get(ctx, key); !errors.Is(err, core.NotFound) {
		t.Errorf("Get of what is not there: %v, want NotFound", err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Errorf("Delete of what is not there: %v", err)
	}
	large := bytes.Repeat([]byte("\x00\xffpicture"), media.MaxSize/9)
	for _, b := range [][]byte{[]byte("first"), {}, large} {
		if err := s.Put(ctx, key, b); err != nil {
			t.Fatalf("Put of %d bytes: %v", len(b), err)
		}
		if got, err := s.Get(ctx, key); err != nil || !bytes.Equal(got, b) {
			t.Errorf("Get of %d bytes: %d, %v", len(b), len(got), err)
		}
	}
	if err := s.Put(ctx, other, []byte("other")); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if _, err := s.Get(ctx, key); !errors.Is(err, core.NotFound) {
		t.Errorf("Get of what was deleted: %v, want NotFound", err)
	}
	if got, err := s.Get(ctx, other); err != nil || string(got) != "other" {
		t.Errorf("Get of what stays: %q, %v", got, err)
	}
	for _, bad := range []string{"", "../x", "a/../../b", "/etc/passwd", "a//b", "a\x00b", `a\b`} {
		if err := s.Put(ctx, bad, []byte("x")); !errors.Is(err, core.Invalid) {
			t.Errorf("Put under %q: %v, want Invalid", bad, err)
		}
	}
}

// A Memory keeps bytes until the process ends.
type Memory struct {
	mu sync.Mutex
	m  map[string][]byte
}

var _ media.Store = (*Memory)(nil)

// Put keeps a copy.
func (s *Memory) Put(_ context.Context, key string, b []byte) error {
	if !media.ValidKey(key) {
		return core.E("mediatest.Put", core.Invalid, "this is no key")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = make(map[string][]byte)
	}
	s.m[key] = bytes.Clone(b)
	return nil
}

// Get returns a copy.
func (s *Memory) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.m[key]
	if !ok {
		return nil, core.E("mediatest.Get", core.NotFound, "there is no such file")
	}
	return bytes.Clone(b), nil
}

// Delete forgets it.
func (s *Memory) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, key)
	return nil
}

// Len is how many are kept.
func (s *Memory) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m)
}
