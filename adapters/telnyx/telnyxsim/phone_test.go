package telnyxsim_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
)

// stream reads the phone's events.
func (s *stage) stream(t *testing.T) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.api.URL+"/phone/events", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatalf("content type %q", ct)
	}
	return bufio.NewScanner(res.Body)
}

// until reads on until a line holds all of the words.
func until(t *testing.T, lines *bufio.Scanner, words ...string) {
	t.Helper()
next:
	for lines.Scan() {
		for _, w := range words {
			if !strings.Contains(lines.Text(), w) {
				continue next
			}
		}
		return
	}
	t.Fatalf("the stream ended before %q", words)
}

func TestPhoneIsLive(t *testing.T) {
	s := open(t, telnyxsim.Options{Contacts: map[string]string{venue: "Luna's Cantina"}})
	lines := s.stream(t)
	until(t, lines, `"handsets"`, guest, "Luna's Cantina")
	s.send(t, nil)
	until(t, lines, `"in":true`, "Half-price tacos", guest)
	post := func(path, body string) int {
		res, err := http.Post(s.api.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if status := post("/phone/send", `{"handset":"`+guest+`","to":"`+venue+`","text":"STOP"}`); status != 200 {
		t.Fatalf("status %d", status)
	}
	until(t, lines, `"in":false`, "STOP", `"sending"`)
	until(t, lines, `"in":true`, "unsubscribed")
	until(t, lines, `"in":false`, "STOP", `"sent"`)
	if status := post("/phone/handsets", `{}`); status != 201 {
		t.Errorf("status %d", status)
	}
	until(t, lines, "+15125550150")
	s.venue.Close()
	if status := post("/phone/send", `{"handset":"`+guest+`","to":"`+venue+`","text":"hello?"}`); status != 502 {
		t.Errorf("status %d where nobody answers", status)
	}
	until(t, lines, "hello?", `"failed"`)
}

// A picture that is sent is fetched as the carrier does, and the phone's page asks
// nobody else for it. What is no picture is not shown as one.
func TestPhoneShowsPictures(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/flyer.png" {
			_, _ = io.WriteString(w, "\x89PNG\r\n\x1a\n and so on")
			return
		}
		_, _ = io.WriteString(w, "<html>")
	}))
	defer shop.Close()
	lines := s.stream(t)
	// One after the other: each shows when its picture has been fetched.
	show := func(path string) {
		s.send(t, map[string]any{"text": "Look at " + path, "media_urls": []string{shop.URL + path}})
	}
	show("/page")
	until(t, lines, `"in":true`, "Look at /page")
	if strings.Contains(lines.Text(), `"media"`) {
		t.Errorf("a page is shown as a picture: %s", lines.Text())
	}
	show("/flyer.png")
	until(t, lines, `"in":true`, "Look at /flyer.png", `"media"`)
	_, rest, _ := strings.Cut(lines.Text(), `"bubble":{"id":`)
	id, _, _ := strings.Cut(rest, ",")
	res, err := http.Get(s.api.URL + "/phone/pictures/" + id + "/0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if b, _ := io.ReadAll(res.Body); !strings.HasPrefix(string(b), "\x89PNG") || res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the phone's picture is %d, %v", res.StatusCode, res.Header)
	}
}

func TestPhonePageStandsAlone(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	for _, path := range []string{"/phone", "/phone/phone.css", "/phone/phone.js"} {
		res, err := http.Get(s.api.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
		for _, outside := range []string{"src=\"http", "href=\"http", "url(", "@import", "<script>", " style=", " onclick="} {
			if strings.Contains(string(b), outside) {
				t.Errorf("%s has %q", path, outside)
			}
		}
	}
}

func TestOtherOriginsCannotPullStrings(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	for _, path := range []string{"/sim/inbound", "/phone/send", "/sim/faults"} {
		req, _ := http.NewRequest(http.MethodPost, s.api.URL+path, strings.NewReader("{}"))
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
}
