package telnyx_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var errBroken = errors.New("broken")

// A transport writes from a goroutine of its own, which may wake up after the
// call has failed. It must not get hold of a text that was called unsent.
func TestATextCalledUnsentCannotBeSentLater(t *testing.T) {
	var late io.Reader
	c, err := telnyx.New(telnyx.Config{APIKey: testKey}, transport(func(r *http.Request) (*http.Response, error) {
		if r.GetBody != nil {
			t.Error("the transport can get the body again, and so repeat the text")
		}
		late = r.Body
		return nil, errBroken
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Submit(t.Context(), text()); core.KindOf(err) != core.Unavailable {
		t.Fatalf("got %v, want Unavailable", err)
	}
	if n, err := late.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a late read got %d bytes, %v", n, err)
	}
}

// One byte of a text on its way is enough to be unsure.
func TestATextThatWasBegunMayHaveGoneOut(t *testing.T) {
	c, err := telnyx.New(telnyx.Config{APIKey: testKey}, transport(func(r *http.Request) (*http.Response, error) {
		_, _ = r.Body.Read(make([]byte, 1))
		return nil, errBroken
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Submit(t.Context(), text()); core.KindOf(err) != core.Ambiguous {
		t.Errorf("got %v, want Ambiguous", err)
	}
}
