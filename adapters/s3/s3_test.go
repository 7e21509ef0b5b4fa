package s3

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// The examples that Amazon publishes for Signature Version 4 in the header
// ("Authenticating Requests: Using the Authorization Header").
func TestSignature(t *testing.T) {
	cfg := Config{Region: "us-east-1", KeyID: "AKIA" + "IOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		method, path, body string
		header             map[string]string
		want               string
	}{
		{http.MethodGet, "/test.txt", "", map[string]string{"Range": "bytes=0-9"}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{http.MethodPut, "/test%24file.text", "Welcome to Amazon S3.", map[string]string{
			"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY",
		}, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
	} {
		r := httptest.NewRequest(c.method, "https://examplebucket.s3.amazonaws.com"+c.path, strings.NewReader(c.body))
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		sign(r, []byte(c.body), cfg, now)
		if _, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature="); got != c.want {
			t.Errorf("%s %s is signed %s, want %s", c.method, c.path, got, c.want)
		}
	}
}

// bucket answers as the service does to a key that it knows.
type bucket struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string]string
	status  int // instead of doing anything
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if b.status != 0 {
		w.WriteHeader(b.status)
		_, _ = io.WriteString(w, "<Error><Code>SlowDown</Code></Error>")
		return
	}
	again := r.Clone(r.Context())
	for _, added := range []string{"Authorization", "X-Amz-Date", "X-Amz-Content-Sha256", "Accept-Encoding", "User-Agent", "Content-Length"} {
		again.Header.Del(added)
	}
	again.URL.Host = r.Host
	when, _ := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	sign(again, body, Config{Region: "us-east-1", KeyID: "id", Secret: "s3cret"}, when)
	if r.Header.Get("Authorization") != again.Header.Get("Authorization") {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
		return
	}
	was, there := b.objects[r.URL.Path]
	switch {
	case r.Method == http.MethodPut && there && r.Header.Get("If-None-Match") == "*":
		w.WriteHeader(http.StatusPreconditionFailed)
	case r.Method == http.MethodPut:
		b.objects[r.URL.Path] = string(body)
	case there && r.Method == http.MethodDelete:
		delete(b.objects, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case there:
		_, _ = io.WriteString(w, was)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	}
}

func open(t *testing.T, secret string) (*bucket, *Checkpoints) {
	t.Helper()
	b := &bucket{t: t, objects: map[string]string{}}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	c, err := Open(Config{URL: s.URL + "/bucket/nexo/", Region: "us-east-1", KeyID: "id", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}

func TestKeep(t *testing.T) {
	b, c := open(t, "s3cret")
	cp := evidence.Checkpoint{Size: 42, Note: []byte("a head\n")}
	for range 2 {
		if _, err := c.Keep(t.Context(), cp); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.objects["/bucket/nexo/checkpoint-00000000000000000042.txt"]; got != "a head\n" || len(b.objects) != 1 {
		t.Errorf("the bucket holds %q", b.objects)
	}
	cp.Note = []byte("another head\n")
	if _, err := c.Keep(t.Context(), cp); !errors.Is(err, core.Conflict) {
		t.Errorf("another head of the same size: %v", err)
	}
	b.status = http.StatusServiceUnavailable
	var e *core.Error
	if _, err := c.Keep(t.Context(), cp); !errors.As(err, &e) || e.Kind != core.Unavailable || e.Code != "SlowDown" {
		t.Errorf("a bucket that is busy: %v", err)
	}
	_, wrong := open(t, "another")
	if _, err := wrong.Keep(t.Context(), cp); !errors.Is(err, core.Denied) || strings.Contains(err.Error(), "another") {
		t.Errorf("with another secret: %v", err)
	}
}

func TestConfiguration(t *testing.T) {
	whole := Config{URL: "https://b.example", Region: "r", KeyID: "k", Secret: "s"}
	if _, err := Open(whole); err != nil {
		t.Error(err)
	}
	for _, c := range []Config{{}, {URL: "b", Region: "r", KeyID: "k", Secret: "s"}, {URL: whole.URL, KeyID: "k", Secret: "s"}, {URL: whole.URL, Region: "r"}} {
		if _, err := Open(c); !errors.Is(err, core.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
